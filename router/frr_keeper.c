/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

/* Where Debian's frr has its programs, and where these have their sockets. */
#define PROGRAMS "/usr/lib/frr/"
#define RUN	 "/run/frr"

enum {
	/* How often a socket that is not there yet is looked for. */
	TRY_MS = 20,
	/* After an end: 1, 2, 4 .. 60 s; from the start again when it has run
	 * that long. */
	AGAIN_MS = 1000,
	AGAIN_MAX_MS = 60000,
	/* For withdrawing routes and saying goodbye to neighbors. */
	GRACE_MS = 2000,
};

static const char *const names[FRR_PROGRAMS] = { "zebra", "bgpd", "ospfd" };
static const char *const paths[FRR_PROGRAMS] = { PROGRAMS "zebra",
						 PROGRAMS "bgpd",
						 PROGRAMS "ospfd" };
static const char *const sockets[FRR_PROGRAMS] = { RUN "/zebra.vty",
						   RUN "/bgpd.vty",
						   RUN "/ospfd.vty" };

struct child {
	pid_t pid;	 /* 0: does not run */
	int log;	 /* the reading end until it is handed over, or -1 */
	bool up;	 /* was handed over */
	int64_t since;	 /* ms: its start, or its end */
	int64_t wait_ms; /* before the next start */
};

struct keeper {
	int fd, signals;
	bool told; /* to end, by a signal */
	uint32_t number, wanted;
	struct child child[FRR_PROGRAMS];
};

const char *frr_program_name(enum frr_program program)
{
	return names[program];
}

bool frr_installed(void)
{
	return access(paths[FRR_ZEBRA], X_OK) == 0;
}

static int64_t now_ms(void)
{
	return clock_real_now() / MSEC(1);
}

/* --- one program ---------------------------------------------------------- */

static _Noreturn void become(enum frr_program program, int log)
{
	char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const envp[] = { path, NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (dup2(log, STDOUT_FILENO) < 0 || dup2(log, STDERR_FILENO) < 0)
		_exit(127);
	/* No TCP port for the command line, no configuration from a file:
	 * the router tells it all. */
	execle(paths[program], names[program], "-P", "0", "-f", "/dev/null",
	       "--log", "stdout", "--log-level", "informational", NULL, envp);
	_exit(127);
}

static void spawn(struct keeper *k, enum frr_program program)
{
	struct child *c = &k->child[program];
	int ends[2];

	(void)unlink(sockets[program]);
	c->since = now_ms();
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
		return;
	c->pid = fork();
	if (c->pid == 0) {
		/* A program that waits for its reader would stand still. */
		become(program, ends[1]);
	}
	close(ends[1]);
	if (c->pid < 0) {
		c->pid = 0;
		close(ends[0]);
		return;
	}
	c->log = ends[0];
	c->up = false;
}

static void forget_log(struct child *c)
{
	if (c->log >= 0)
		close(c->log);
	c->log = -1;
}

static int connect_to(enum frr_program program)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	memcpy(at.sun_path, sockets[program], strlen(sockets[program]) + 1);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* --- reports -------------------------------------------------------------- */

static void report(struct keeper *k, enum frr_event event,
		   enum frr_program program, const int *fds, size_t n)
{
	struct frr_report r = { .number = k->number,
				.event = (uint8_t)event,
				.program = (uint8_t)program };
	struct iovec iov = { .iov_base = &r, .iov_len = sizeof(r) };
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(2 * sizeof(int))];
	} control = { 0 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;

	if (n) {
		msg.msg_control = control.octets;
		msg.msg_controllen = sizeof(control.octets);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		memcpy(CMSG_DATA(c), fds, n * sizeof(int));
	}
	while (sendmsg(k->fd, &msg, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void hand_over(struct keeper *k, enum frr_program program)
{
	struct child *c = &k->child[program];
	int fds[2] = { connect_to(program), c->log };

	if (fds[0] < 0)
		return;
	report(k, FRR_UP, program, fds, 2);
	close(fds[0]);
	forget_log(c);
	c->up = true;
}

static void ended(struct keeper *k, enum frr_program program)
{
	struct child *c = &k->child[program];
	int64_t ran = now_ms() - c->since;

	c->pid = 0;
	c->up = false;
	c->since = now_ms();
	c->wait_ms =
		!c->wait_ms || ran > AGAIN_MAX_MS ? AGAIN_MS : 2 * c->wait_ms;
	if (c->wait_ms > AGAIN_MAX_MS)
		c->wait_ms = AGAIN_MAX_MS;
	forget_log(c);
	if (k->wanted & 1U << program)
		report(k, FRR_DOWN, program, NULL, 0);
}

/* --- all of them ---------------------------------------------------------- */

static void reap(struct keeper *k)
{
	struct signalfd_siginfo info;
	pid_t pid;
	int i;

	while (read(k->signals, &info, sizeof(info)) == sizeof(info))
		k->told |= info.ssi_signo == SIGTERM;
	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0)
		for (i = 0; i < FRR_PROGRAMS; i++)
			if (k->child[i].pid == pid)
				ended(k, (enum frr_program)i);
}

static bool any_left(const struct keeper *k, uint32_t which)
{
	for (int i = 0; i < FRR_PROGRAMS; i++)
		if (which & 1U << i && k->child[i].pid)
			return true;
	return false;
}

static void send_signal(const struct keeper *k, uint32_t which, int signo)
{
	for (int i = 0; i < FRR_PROGRAMS; i++)
		if (which & 1U << i && k->child[i].pid)
			(void)kill(k->child[i].pid, signo);
}

/* Protocols before zebra, which takes their routes out of the kernel. */
static void stop(struct keeper *k, uint32_t which)
{
	struct pollfd p = { .fd = k->signals, .events = POLLIN };
	int64_t until = now_ms() + GRACE_MS;

	k->wanted &= ~which;
	send_signal(k, which, SIGTERM);
	while (any_left(k, which) && now_ms() < until) {
		(void)poll(&p, 1, TRY_MS);
		reap(k);
	}
	send_signal(k, which, SIGKILL);
	while (any_left(k, which)) {
		(void)poll(&p, 1, TRY_MS);
		reap(k);
	}
	for (int i = 0; i < FRR_PROGRAMS; i++)
		if (which & 1U << i)
			k->child[i].wait_ms = 0;
}

static void stop_all(struct keeper *k)
{
	const uint32_t zebra = 1U << FRR_ZEBRA;

	stop(k, (1U << FRR_PROGRAMS) - 1 - zebra);
	stop(k, zebra);
}

/* Starts what is due; how long to sleep, ms. */
static int work(struct keeper *k)
{
	int64_t now = now_ms(), rest, sleep = -1;

	for (int i = 0; i < FRR_PROGRAMS; i++) {
		struct child *c = &k->child[i];

		/* Who comes before zebra looks for it again after 10 s. */
		if (!(k->wanted & 1U << i) ||
		    (i != FRR_ZEBRA && !k->child[FRR_ZEBRA].up && !c->pid))
			continue;
		rest = TRY_MS;
		if (!c->pid) {
			rest = c->since + c->wait_ms - now;
			if (c->wait_ms && rest > 0) {
				sleep = sleep < 0 || rest < sleep ? rest
								  : sleep;
				continue;
			}
			spawn(k, (enum frr_program)i);
			rest = c->pid ? TRY_MS : AGAIN_MS;
		} else if (!c->up) {
			hand_over(k, (enum frr_program)i);
		}
		if (!c->up && (sleep < 0 || rest < sleep))
			sleep = rest;
	}
	return (int)sleep;
}

/* False: the router has ended. */
static bool take_order(struct keeper *k)
{
	struct frr_order order;
	ssize_t n = recv(k->fd, &order, sizeof(order), MSG_TRUNC);
	uint32_t gone;

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (n != sizeof(order))
		return false;
	order.wanted &= (1U << FRR_PROGRAMS) - 1;
	gone = k->wanted & ~order.wanted;
	if (!order.wanted)
		stop_all(k);
	else if (gone)
		stop(k, gone);
	k->number = order.number;
	k->wanted = order.wanted;
	return true;
}

static void loop(struct keeper *k)
{
	struct pollfd p[2] = { { .fd = k->fd, .events = POLLIN },
			       { .fd = k->signals, .events = POLLIN } };

	while (!k->told) {
		p[0].revents = 0;
		(void)poll(p, 2, work(k));
		reap(k);
		if (p[0].revents && !take_order(k))
			break;
	}
	stop_all(k);
}

/* --- the process ---------------------------------------------------------- */

/* What FRR's programs need to become the user frr with the rights for the
 * network, and what the keeper needs to end them. */
static bool may_have(unsigned long cap)
{
	static const unsigned long caps[] = {
		CAP_CHOWN,   CAP_DAC_OVERRIDE, CAP_KILL,
		CAP_SETGID,  CAP_SETUID,       CAP_NET_BIND_SERVICE,
		CAP_NET_RAW, CAP_NET_ADMIN,    CAP_SYS_ADMIN,
	};

	for (size_t i = 0; i < ARRAY_SIZE(caps); i++)
		if (caps[i] == cap)
			return true;
	return false;
}

static int confine(void)
{
	const struct rlimit none = { 0, 0 };

	(void)setrlimit(RLIMIT_CORE, &none);
	for (unsigned long cap = 0; cap <= CAP_LAST_CAP; cap++)
		if (!may_have(cap))
			(void)prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Places that only these programs see: sockets, and what they log of a
 * crash. */
static int make_places(void)
{
	(void)mkdir(RUN, 0755);
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount("none", RUN, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "mode=0777,size=16m") < 0 ||
	    mount("none", "/var/tmp", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		  "mode=1777,size=16m") < 0)
		return -1;
	return 0;
}

/* Of all that the router had open its messages on stderr stay. */
static int only(int fd)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(null, STDOUT_FILENO) < 0)
		return -1;
	if (fd != STDERR_FILENO + 1) {
		if (dup3(fd, STDERR_FILENO + 1, O_CLOEXEC) < 0)
			return -1;
		fd = STDERR_FILENO + 1;
	}
	if (close_range((unsigned int)fd + 1, ~0U, 0) < 0)
		return -1;
	return fd;
}

static _Noreturn void keeper(int fd)
{
	struct keeper k = { 0 };
	sigset_t set;

	/* It ends with the router; if that has ended already, the socket says
	 * so. */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)prctl(PR_SET_NAME, "getvpn-frr");
	k.fd = only(fd);
	if (k.fd < 0 || chdir("/") < 0 || make_places() < 0 || confine() < 0) {
		log_warn("no routing protocols: %s", strerror(errno));
		_exit(1);
	}
	umask(022);
	for (int i = 0; i < FRR_PROGRAMS; i++)
		k.child[i].log = -1;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	k.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (k.signals < 0)
		_exit(1);
	loop(&k);
	_exit(0);
}

int frr_keeper_start(pid_t *out)
{
	const unsigned long flags = CLONE_NEWPID | CLONE_NEWNS | SIGCHLD;
	int pair[2], err;
	long pid;

	if (!frr_installed())
		return -ENOENT;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	pid = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
	if (pid == 0) {
		close(pair[0]);
		keeper(pair[1]);
	}
	err = errno;
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return -err;
	}
	(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
	*out = (pid_t)pid;
	return pair[0];
}

void frr_keeper_end(int fd, pid_t pid)
{
	const int64_t until = now_ms() + 3 * GRACE_MS;

	close(fd);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (now_ms() > until)
			(void)kill(pid, SIGKILL);
		(void)poll(NULL, 0, TRY_MS);
	}
}
