/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often real workers on real ports ask the kernel for something: of a
 * queue of frames, once a frame at the TAP, which knows no other way, and
 * otherwise once a batch.
 *
 *   this process, which traces:  sender (netns)  wire0 ---- wire0  receiver
 *
 * The workers are held while the frames are queued, so that every run has the
 * same batches.  Needs root; is skipped without. */
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/guard/tracer.h"
#include "tests/ipsec/nodes.h"

enum {
	FRAMES = 512,
	PORT = 7779,
	PAYLOAD = 200,
	PATIENCE_MS = 5000,
	QUIET_MS = 300,
	/* More than that is not once a batch any more. */
	FRAMES_A_CALL = 8,
	SOME = 24, /* to wake up, to see that the queue is empty */
};

struct end {
	pid_t pid;
	struct pipes pipes;
};

enum command { SEND = 's', COUNTERS = 'c', LEAVE = 'l' };

struct answer {
	uint64_t encrypt, decrypt;
};

/* --- the ends -------------------------------------------------------------- */

static void send_frames(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int size = 4 << 20;
	uint8_t payload[PAYLOAD] = { 0 };

	to.sin_addr.s_addr = htonl(0x0a090002);
	NEED(fd >= 0);
	NEED(setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)) ==
	     0);
	for (unsigned int i = 0; i < FRAMES; i++) {
		memcpy(payload, &i, sizeof(i));
		NEED(sendto(fd, payload, sizeof(payload), 0,
			    (struct sockaddr *)&to, sizeof(to)) == PAYLOAD);
	}
	close(fd);
}

static void obey(struct node *n, const struct pipes *p)
{
	char command;

	for (;;) {
		struct ipsec_counters c;
		struct answer answer;

		NEED(read(p->to_child[0], &command, 1) == 1);
		if (command == LEAVE)
			return;
		if (command == SEND)
			send_frames();
		c = node_counters(n);
		answer = (struct answer){ c.encrypt, c.decrypt };
		NEED(write(p->to_parent[1], &answer, sizeof(answer)) ==
		     sizeof(answer));
	}
}

/* other: who shall have the wire's other end; 0: somebody else makes it. */
static int end_run(const struct pipes *p, const char *address, pid_t other)
{
	struct node n = { 0 };

	NEED(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	NEED(unshare(CLONE_NEWNET) == 0);
	tell(p->to_parent[1]);
	hear(p->to_child[0]);
	if (other)
		make_wire(other);
	tell(p->to_parent[1]);
	hear(p->to_child[0]); /* the wire is there */
	node_start(&n, address);
	node_up(&n);
	node_protect(&n);
	tell(p->to_parent[1]);
	obey(&n, p);
	node_stop(&n);
	return 0;
}

static void end_fork(struct end *e, const char *address, pid_t other)
{
	NEED(pipe(e->pipes.to_child) == 0 && pipe(e->pipes.to_parent) == 0);
	e->pid = fork();
	NEED(e->pid >= 0);
	if (e->pid == 0)
		exit(end_run(&e->pipes, address, other));
	hear(e->pipes.to_parent[0]);
}

/* Both go on to what comes next. */
static void step(struct end *a, struct end *b)
{
	tell(a->pipes.to_child[1]);
	hear(a->pipes.to_parent[0]);
	tell(b->pipes.to_child[1]);
	hear(b->pipes.to_parent[0]);
}

static struct answer ask(struct end *e, enum command command)
{
	char c = (char)command;
	struct answer answer;

	NEED(write(e->pipes.to_child[1], &c, 1) == 1);
	NEED(read(e->pipes.to_parent[0], &answer, sizeof(answer)) ==
	     sizeof(answer));
	return answer;
}

static int end_wait(struct end *e)
{
	char c = LEAVE;
	int status;

	NEED(write(e->pipes.to_child[1], &c, 1) == 1);
	NEED(waitpid(e->pid, &status, 0) == e->pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

/* --- what is counted ------------------------------------------------------- */

static uint64_t decrypted(struct end *to, uint64_t want)
{
	uint64_t n = 0;

	for (int ms = 0; ms < PATIENCE_MS && n < want; ms += 10) {
		n = ask(to, COUNTERS).decrypt;
		usleep(10000);
	}
	return n;
}

/* The first frames of all find an address out, and tables empty. */
static uint64_t warm_up(struct end *from, struct end *to)
{
	ask(from, SEND);
	usleep(QUIET_MS * 1000);
	return decrypted(to, 1);
}

static void show(const char *what, const struct tracer_count *c)
{
	printf("figures: %s of %d frames: %llu reads, %llu writes, %llu "
	       "others\n",
	       what, FRAMES, (unsigned long long)c->reads,
	       (unsigned long long)c->writes, (unsigned long long)c->others);
}

static void count_sending(struct end *from)
{
	uint64_t before = ask(from, COUNTERS).encrypt;
	struct tracer *t = tracer_stop(from->pid);
	struct tracer_count c;

	ask(from, SEND);
	c = tracer_count(t);
	show("sending", &c);
	expect("encrypted", ask(from, COUNTERS).encrypt - before, FRAMES,
	       FRAMES);
	expect("reads, one a frame", c.reads, FRAMES,
	       FRAMES + FRAMES / FRAMES_A_CALL + SOME);
	expect("others, one a batch", c.writes + c.others, 1,
	       FRAMES / FRAMES_A_CALL + SOME);
}

static void count_receiving(struct end *from, struct end *to)
{
	uint64_t before = ask(to, COUNTERS).decrypt;
	struct tracer *t = tracer_stop(to->pid);
	struct tracer_count c;

	ask(from, SEND);
	usleep(QUIET_MS * 1000); /* they are at the other end's wire */
	c = tracer_count(t);
	show("receiving", &c);
	expect("decrypted", ask(to, COUNTERS).decrypt - before, FRAMES, FRAMES);
	expect("writes, one a frame at most", c.writes, 1, FRAMES + SOME);
	expect("others, one a batch", c.reads + c.others, 1,
	       FRAMES / FRAMES_A_CALL + SOME);
}

static int with_wire(const char *wire)
{
	struct end from = { 0 }, to = { 0 };

	if (wire)
		NEED(setenv("GETVPN_WIRE", wire, 1) == 0);
	printf("wire: %s\n", wire ? wire : "automatic");
	end_fork(&to, "10.9.0.2", 0);
	end_fork(&from, "10.9.0.1", to.pid);
	step(&from, &to); /* the wire */
	/* Both start at once: each waits for the other's end to be up. */
	tell(from.pipes.to_child[1]);
	tell(to.pipes.to_child[1]);
	hear(from.pipes.to_parent[0]);
	hear(to.pipes.to_parent[0]);
	expect("decrypted first", warm_up(&from, &to), 1, FRAMES);
	count_sending(&from);
	count_receiving(&from, &to);
	return end_wait(&from) || end_wait(&to);
}

int main(void)
{
	if (geteuid() != 0) {
		printf("skipped: needs root\n");
		return SKIPPED;
	}
	alarm(60);
	setlinebuf(stdout); /* a signal would lose it */
	return with_wire(NULL) || with_wire("af-packet");
}
