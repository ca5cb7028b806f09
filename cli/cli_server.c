/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli_channel.h"
#include "cli/cli_door.h"
#include "cli/cli_line.h"
#include "cli/cli_socket.h"

enum {
	BACKLOG = 16,
	VTY_MAX = 16,	 /* IOS: vty 0 to 15 */
	LOGIN_MAX = 4,	 /* of them, for those who have not logged in */
	CONSOLE_MAX = 8, /* terminals on the console port */
	LOCAL_MAX = 64,	 /* getvpnsh processes on this machine */
	BUSY_LOOK_S = 1, /* how often a full house looks for a free line */
	/* The only descriptors that a session process inherits besides 0-2. */
	CHILD_TELNET = 3,
	CHILD_CONTROL = 4,
};

struct listener {
	struct cli_server *server;
	enum cli_origin origin;
	int fd; /* -1: none */
	struct loop_fd *watch;
};

struct member {
	LIST_ENTRY(member) link;
	struct cli_server *server;
	enum cli_origin origin;
	struct cli_channel *channel;
};

struct child {
	LIST_ENTRY(child) link;
	pid_t pid;
};

struct cli_server {
	struct loop *loop;
	struct cli *cli;
	char *path; /* of the socket, NULL: none was made */
	char *getvpnsh;
	int vty_port;		   /* 0: none */
	struct listener listen[3]; /* by enum cli_origin */
	LIST_HEAD(, member) members;
	LIST_HEAD(, child) children;
	struct loop_signal *sigchld;
	struct loop_timer *busy; /* while no vty is free */
	struct cli_door *door;	 /* NULL: no SSH */
	struct cli_server_config config;
};

/* --- members --- */

static void look_for_free_vty(void *arg);

static void member_free(struct member *m)
{
	LIST_REMOVE(m, link);
	cli_channel_free(m->channel);
	free(m);
}

static void member_gone(void *arg)
{
	struct member *m = arg;
	struct cli_server *s = m->server;

	member_free(m);
	look_for_free_vty(s);
}

static void member_login(void *arg)
{
	struct member *m = arg;

	look_for_free_vty(m->server);
}

static void member_new(struct cli_server *s, int fd, enum cli_origin origin,
		       const char *peer, int vty)
{
	struct member *m = xcalloc(1, sizeof(*m));

	m->server = s;
	m->origin = origin;
	LIST_INSERT_HEAD(&s->members, m, link);
	m->channel = cli_channel_new(s->loop, s->cli, fd, origin, peer, vty,
				     member_gone, m);
	cli_channel_on_login(m->channel, member_login);
}

static int count(const struct cli_server *s, enum cli_origin origin)
{
	const struct member *m;
	int n = 0;

	LIST_FOREACH (m, &s->members, link) {
		n += m->origin == origin;
	}
	return n;
}

static bool vty_taken(const struct cli_server *s, int vty)
{
	const struct member *m;

	LIST_FOREACH (m, &s->members, link) {
		if ((m->origin == CLI_FROM_VTY || m->origin == CLI_FROM_SSH) &&
		    cli_channel_vty(m->channel) == vty)
			return true;
	}
	return s->door && cli_door_takes(s->door, vty);
}

static int logins(const struct cli_server *s)
{
	const struct member *m;
	int n = 0;

	LIST_FOREACH (m, &s->members, link) {
		n += m->origin == CLI_FROM_VTY &&
		     cli_channel_in_login(m->channel);
	}
	return n;
}

/* -1: none.  from NULL: for anybody. */
static int free_vty(const struct cli_server *s, const struct ip_addr *from,
		    bool ssh)
{
	int i, n = cli_line_vtys(s->cli);

	for (i = 0; i < n && i < VTY_MAX; i++)
		if (cli_line_open(s->cli, i, ssh) && !vty_taken(s, i) &&
		    (!from || cli_line_admits(s->cli, i, from)))
			return i;
	return -1;
}

/* Who only connects cannot keep those out who know the password: the one who
 * has been asked for it longest has to go, also for the last line. */
static void drop_slow_logins(struct cli_server *s)
{
	struct member *m, *oldest = NULL;
	int n = logins(s);

	if (!n || (n < LOGIN_MAX && free_vty(s, NULL, false) >= 0))
		return;
	/* The newest is the first. */
	LIST_FOREACH (m, &s->members, link) {
		if (m->origin == CLI_FROM_VTY &&
		    cli_channel_in_login(m->channel))
			oldest = m;
	}
	member_free(oldest);
}

/* --- session processes --- */

static void reap(void *arg)
{
	struct cli_server *s = arg;
	struct child *c, *next;

	/* Only our own: others may have children too. */
	for (c = LIST_FIRST(&s->children); c; c = next) {
		next = LIST_NEXT(c, link);
		if (waitpid(c->pid, NULL, WNOHANG) == 0)
			continue;
		LIST_REMOVE(c, link);
		free(c);
	}
}

/* Signals as a fresh process has them. */
static int child_signals(posix_spawnattr_t *attr)
{
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	if (posix_spawnattr_setsigmask(attr, &none) ||
	    posix_spawnattr_setsigdefault(attr, &all))
		return -1;
	return posix_spawnattr_setflags(attr, POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF);
}

/* The two sockets first go above the numbers they are to have. */
static int child_files(posix_spawn_file_actions_t *fa, int telnet, int control)
{
	if (posix_spawn_file_actions_addopen(fa, STDIN_FILENO, "/dev/null",
					     O_RDONLY, 0) ||
	    posix_spawn_file_actions_addopen(fa, STDOUT_FILENO, "/dev/null",
					     O_WRONLY, 0) ||
	    posix_spawn_file_actions_adddup2(fa, telnet, CHILD_TELNET) ||
	    posix_spawn_file_actions_adddup2(fa, control, CHILD_CONTROL))
		return -1;
	return posix_spawn_file_actions_addclosefrom_np(fa, CHILD_CONTROL + 1);
}

static int spawn(const char *program, int telnet, int control, pid_t *pid)
{
	char telnet_text[12], control_text[12];
	char *argv[] = { xstrdup(program),     xstrdup("--telnet"), telnet_text,
			 xstrdup("--control"), control_text,	    NULL };
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	int error;

	snprintf(telnet_text, sizeof(telnet_text), "%d", CHILD_TELNET);
	snprintf(control_text, sizeof(control_text), "%d", CHILD_CONTROL);
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	if (child_files(&fa, telnet, control) || child_signals(&attr))
		error = ENOMEM;
	else
		error = posix_spawnp(pid, program, &fa, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&fa);
	free(argv[0]);
	free(argv[1]);
	free(argv[3]);
	return error;
}

/* A copy of fd that is not one of the numbers the child gets. */
static int move_up(int fd)
{
	int up = fcntl(fd, F_DUPFD_CLOEXEC, CHILD_CONTROL + 1);

	close(fd);
	return up;
}

static void start_session(struct cli_server *s, int tcp, enum cli_origin origin,
			  const char *peer, int vty)
{
	struct child *child;
	int pair[2], error;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0) {
		log_warn("no socket for a terminal: %s", strerror(errno));
		close(tcp);
		return;
	}
	tcp = move_up(tcp);
	pair[1] = move_up(pair[1]);
	error = tcp < 0 || pair[1] < 0 ? EMFILE
				       : spawn(s->getvpnsh, tcp, pair[1], &pid);
	if (tcp >= 0)
		close(tcp);
	if (pair[1] >= 0)
		close(pair[1]);
	if (error) {
		log_warn("cannot start %s: %s", s->getvpnsh, strerror(error));
		close(pair[0]);
		return;
	}
	child = xcalloc(1, sizeof(*child));
	child->pid = pid;
	LIST_INSERT_HEAD(&s->children, child, link);
	(void)fcntl(pair[0], F_SETFL, O_NONBLOCK);
	member_new(s, pair[0], origin, peer, vty);
}

/* --- listening --- */

static bool peer_is_allowed(int fd)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		return false;
	return cred.uid == 0 || cred.uid == geteuid();
}

static void accept_local(struct cli_server *s, int fd)
{
	int c = accept4(fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (c < 0)
		return;
	if (!peer_is_allowed(c) || count(s, CLI_FROM_SOCKET) >= LOCAL_MAX)
		close(c);
	else
		member_new(s, c, CLI_FROM_SOCKET, "", -1);
}

static void accept_tcp(struct cli_server *s, int fd, enum cli_origin origin)
{
	struct endpoint from;
	char peer[IP_ADDR_TEXT];
	int c = cli_socket_accept(fd, &from), vty = -1;

	if (c < 0)
		return;
	if (origin == CLI_FROM_VTY) {
		drop_slow_logins(s);
		if (s->door && free_vty(s, NULL, false) < 0)
			(void)cli_door_make_room(s->door);
		vty = free_vty(s, &from.addr, false);
	}
	if ((origin == CLI_FROM_VTY && vty < 0) ||
	    (origin == CLI_FROM_CONSOLE && count(s, origin) >= CONSOLE_MAX)) {
		cli_socket_refuse(c);
		look_for_free_vty(s);
		return;
	}
	ip_text(&from.addr, peer);
	start_session(s, c, origin, peer, vty);
	look_for_free_vty(s);
}

static void knocked(void *arg, unsigned int events)
{
	struct listener *l = arg;

	(void)events;
	if (l->origin == CLI_FROM_SOCKET)
		accept_local(l->server, l->fd);
	else
		accept_tcp(l->server, l->fd, l->origin);
}

static void listen_on(struct cli_server *s, enum cli_origin origin, int fd)
{
	struct listener *l = &s->listen[origin];

	l->fd = fd;
	loop_fd_open(s->loop, &l->watch, fd, LOOP_READ, knocked, l);
}

/* Somebody already answers there. */
static bool in_use(const struct sockaddr_un *sa)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	bool used;

	if (fd < 0)
		return false;
	used = connect(fd, (const struct sockaddr *)sa, sizeof(*sa)) == 0;
	close(fd);
	return used;
}

static bool open_local(struct cli_server *s, const char *path)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int n = snprintf(sa.sun_path, sizeof(sa.sun_path), "%s", path);
	int fd;

	if (n < 0 || (size_t)n >= sizeof(sa.sun_path)) {
		log_warn("%s: name too long for a socket", path);
		return false;
	}
	if (in_use(&sa)) {
		log_warn("%s: another router answers there", path);
		return false;
	}
	fd = cli_socket_local(path, BACKLOG);
	if (fd < 0) {
		log_warn("%s: %s", path, strerror(errno));
		return false;
	}
	s->path = xstrdup(path);
	listen_on(s, CLI_FROM_SOCKET, fd);
	return true;
}

static bool open_vty(struct cli_server *s)
{
	int fd = cli_socket_listen(s->vty_port, BACKLOG);

	if (fd < 0) {
		log_warn("telnet port %d: %s", s->vty_port, strerror(errno));
		return false;
	}
	listen_on(s, CLI_FROM_VTY, fd);
	return true;
}

/* --- SSH -------------------------------------------------------------- */

static int vty_for_ssh(void *arg, const struct ip_addr *from)
{
	return free_vty(arg, from, true);
}

static bool is_full(void *arg)
{
	return free_vty(arg, NULL, true) < 0;
}

static bool claim(void *arg, const char *text, struct cli_guest *out)
{
	struct member *m = arg;

	return cli_door_claim(m->server->door, text, out);
}

static void session_of_ssh(void *arg, int fd)
{
	struct cli_server *s = arg;

	if (count(s, CLI_FROM_SSH) >= VTY_MAX) {
		close(fd);
		return;
	}
	member_new(s, fd, CLI_FROM_SSH, "", -1);
	cli_channel_on_claim(LIST_FIRST(&s->members)->channel, claim);
}

static char *host_key(void *arg, const char *label)
{
	struct cli_server *s = arg;

	return s->config.host_key(s->config.arg, label);
}

static void open_door(struct cli_server *s)
{
	const struct cli_door_config config = {
		.loop = s->loop,
		.cli = s->cli,
		.path = s->config.ssh_path,
		.vty = vty_for_ssh,
		.full = is_full,
		.session = session_of_ssh,
		.host_key = host_key,
		.arg = s,
	};

	if (s->config.ssh_path && s->config.host_key)
		s->door = cli_door_new(&config);
}

void cli_server_keys_changed(struct cli_server *s)
{
	if (s && s->door)
		cli_door_look(s->door);
}

/* As IOS does, who finds all lines taken by users is refused by TCP itself:
 * there is no listener then.  Nobody tells when lines were configured, so a
 * full house looks again and again. */
static void look_for_free_vty(void *arg)
{
	struct cli_server *s = arg;
	struct listener *l = &s->listen[CLI_FROM_VTY];
	bool full = free_vty(s, NULL, false) < 0;
	bool refuse = full && !logins(s);

	if (!s->vty_port)
		return;
	if (refuse && l->fd >= 0) {
		loop_fd_close(&l->watch);
		close(l->fd);
		l->fd = -1;
	} else if (!refuse && l->fd < 0) {
		open_vty(s);
	}
	if (full)
		loop_timer_set(s->loop, &s->busy, SEC(BUSY_LOOK_S),
			       look_for_free_vty, s);
	else
		loop_timer_cancel(&s->busy);
}

struct cli_server *cli_server_new(struct loop *loop, struct cli *cli,
				  const struct cli_server_config *config)
{
	struct cli_server *s = xcalloc(1, sizeof(*s));
	size_t i;

	s->loop = loop;
	s->cli = cli;
	s->config = *config;
	s->getvpnsh = xstrdup(config->getvpnsh ? config->getvpnsh : "getvpnsh");
	LIST_INIT(&s->members);
	LIST_INIT(&s->children);
	for (i = 0; i < ARRAY_SIZE(s->listen); i++)
		s->listen[i] = (struct listener){ .server = s,
						  .origin = (enum cli_origin)i,
						  .fd = -1 };
	loop_signal_open(loop, &s->sigchld, SIGCHLD, reap, s);
	s->vty_port = config->vty_port;
	if ((config->socket_path && !open_local(s, config->socket_path)) ||
	    (config->vty_port > 0 && !open_vty(s))) {
		cli_server_free(s);
		return NULL;
	}
	open_door(s);
	if (config->console_fd >= 0) {
		(void)fcntl(config->console_fd, F_SETFL, O_NONBLOCK);
		(void)fcntl(config->console_fd, F_SETFD, FD_CLOEXEC);
		listen_on(s, CLI_FROM_CONSOLE, config->console_fd);
	}
	look_for_free_vty(s);
	return s;
}

/* --- consoles that outlive a server ----------------------------------- */

struct cli_consoles {
	LIST_HEAD(, child) children;
	size_t n;
	struct {
		int fd;
		enum cli_origin origin;
	} at[CONSOLE_MAX + LOCAL_MAX];
};

/* A terminal that somebody sits at: the console's port, or a getvpnsh here. */
static bool is_console(const struct member *m)
{
	return cli_channel_is_console(m->channel) &&
	       (m->origin == CLI_FROM_CONSOLE || m->origin == CLI_FROM_SOCKET);
}

struct cli_consoles *cli_server_keep(struct cli_server *s)
{
	struct cli_consoles *kept = xcalloc(1, sizeof(*kept));
	struct member *m;
	struct child *c;

	LIST_INIT(&kept->children);
	while ((c = LIST_FIRST(&s->children))) {
		LIST_REMOVE(c, link);
		LIST_INSERT_HEAD(&kept->children, c, link);
	}
	LIST_FOREACH (m, &s->members, link) {
		if (!is_console(m) || kept->n == ARRAY_SIZE(kept->at))
			continue;
		kept->at[kept->n].origin = m->origin;
		kept->at[kept->n++].fd = cli_channel_copy(m->channel);
	}
	loop_fd_close(&s->listen[CLI_FROM_CONSOLE].watch);
	s->listen[CLI_FROM_CONSOLE].fd = -1;
	return kept;
}

void cli_server_adopt(struct cli_server *s, struct cli_consoles *kept)
{
	struct child *c;
	size_t i;

	while (kept && (c = LIST_FIRST(&kept->children))) {
		LIST_REMOVE(c, link);
		LIST_INSERT_HEAD(&s->children, c, link);
	}
	reap(s);
	for (i = 0; kept && i < kept->n; i++) {
		if (kept->at[i].fd < 0)
			continue;
		member_new(s, kept->at[i].fd, kept->at[i].origin, "", -1);
		cli_channel_begin(LIST_FIRST(&s->members)->channel);
	}
	free(kept);
}

void cli_server_free(struct cli_server *s)
{
	struct child *c;
	size_t i;

	if (!s)
		return;
	while (!LIST_EMPTY(&s->members))
		member_free(LIST_FIRST(&s->members));
	cli_door_free(s->door);
	for (i = 0; i < ARRAY_SIZE(s->listen); i++) {
		loop_fd_close(&s->listen[i].watch);
		if (s->listen[i].fd >= 0)
			close(s->listen[i].fd);
	}
	loop_signal_close(&s->sigchld);
	loop_timer_cancel(&s->busy);
	/* Their sockets are closed: they end by themselves. */
	while ((c = LIST_FIRST(&s->children))) {
		LIST_REMOVE(c, link);
		free(c);
	}
	if (s->path)
		(void)unlink(s->path);
	free(s->path);
	free(s->getvpnsh);
	free(s);
}
