/* SPDX-License-Identifier: GPL-3.0-or-later */
/* getvpnsh: the terminal session program. */
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/mem.h"
#include "cli/sh/confine.h"
#include "cli/sh/edit.h"
#include "cli/sh/link.h"
#include "cli/sh/relay.h"
#include "cli/sh/script.h"
#include "cli/sh/session.h"
#include "cli/sh/ssh.h"
#include "cli/sh/term.h"

enum {
	EXIT_USAGE = 2,
	PROBE_EVERY_S = 1, /* a client that will not type any more */
	/* A script that is connected to somewhere: nobody types there, so what
	 * says nothing for so long will not say more. */
	SILENCE_S = 10,
	CONNECTED_S = 120, /* and what never ends, has to */
};

struct options {
	const char *dir;
	struct script *script; /* NULL: interactive */
	int telnet, control;   /* -1: not given */
	bool ssh, password;
};

struct app {
	struct loop *loop;
	struct loop_fd *link_watch, *in_watch, *out_watch;
	struct loop_signal *winch, *term_signal, *hup;
	struct loop_timer *probe, *redraw;
	struct loop_fd *relay_in, *relay_out; /* on relay_fd */
	struct loop_timer *silence, *connected;
	int relay_fd; /* -1: none */
	struct term *term;
	struct link *link;
	struct session *session;
};

static void usage(FILE *to)
{
	fputs("usage: getvpnsh [-r DIR]\n"
	      "       getvpnsh [-r DIR] -c COMMAND [-c COMMAND ...]\n"
	      "       getvpnsh [-r DIR] -f FILE\n"
	      "       getvpnsh --telnet FD --control FD\n"
	      "       getvpnsh --ssh\n"
	      "       getvpnsh -r DIR --ssh-password\n"
	      "\n"
	      "  -r DIR      the router whose state directory is DIR\n"
	      "              (default: $GETVPN_STATE_DIR)\n"
	      "  -c COMMAND  run it in a privileged session; the answer to a\n"
	      "              question is the next -c\n"
	      "  -f FILE     type the file into configuration mode\n"
	      "  --telnet FD --control FD\n"
	      "              a telnet client on a socket and the router on\n"
	      "              another (started by getvpnd)\n"
	      "  --ssh       a session of sshd, of the router in this network\n"
	      "              namespace\n"
	      "  --ssh-password\n"
	      "              asks the router whether a password is right (started\n"
	      "              by PAM's pam_exec)\n"
	      "\n"
	      "Ctrl-] leaves an interactive session.  Status 1: a command\n"
	      "failed, or the router was lost.\n",
	      to);
}

static _Noreturn void bad_usage(void)
{
	usage(stderr);
	exit(EXIT_USAGE);
}

static int number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (!*text || *end || n < 0 || n > 65535)
		bad_usage();
	return (int)n;
}

static struct script *script_of(struct options *o)
{
	if (!o->script)
		o->script = script_new();
	return o->script;
}

static void add_file(struct options *o, const char *path)
{
	int error = script_add_file(script_of(o), path);

	if (error)
		log_fatal("%s: %s", path, strerror(-error));
}

static void parse_options(struct options *o, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "telnet", required_argument, NULL, 't' },
		{ "control", required_argument, NULL, 'C' },
		{ "ssh", no_argument, NULL, 'S' },
		{ "ssh-password", no_argument, NULL, 'P' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "r:c:f:h", longs, NULL)) != -1) {
		if (c == 'r') {
			o->dir = optarg;
		} else if (c == 'c') {
			script_add(script_of(o), optarg);
		} else if (c == 'f') {
			add_file(o, optarg);
		} else if (c == 't') {
			o->telnet = number(optarg);
		} else if (c == 'C') {
			o->control = number(optarg);
		} else if (c == 'S') {
			o->ssh = true;
		} else if (c == 'P') {
			o->password = true;
		} else if (c == 'h') {
			usage(stdout);
			exit(0);
		} else {
			bad_usage();
		}
	}
	if (optind < argc || (o->telnet < 0) != (o->control < 0))
		bad_usage();
	if (o->telnet < 0 && !o->dir && !o->ssh)
		bad_usage();
}

static void update(struct app *a);

static void on_link(void *arg, unsigned int events)
{
	(void)events;
	update(arg);
}

static void on_typed(void *arg, unsigned int events)
{
	struct app *a = arg;

	(void)events;
	if (session_wants_term(a->session))
		term_read(a->term);
	update(a);
}

static void on_winch(void *arg)
{
	struct app *a = arg;

	term_tty_resize(a->term);
	update(a);
}

static void on_stop(void *arg)
{
	struct app *a = arg;

	loop_stop(a->loop);
}

static void on_probe(void *arg)
{
	struct app *a = arg;

	a->term->ops->probe(a->term);
	update(a);
}

static void on_redraw(void *arg)
{
	struct app *a = arg;

	session_redraw(a->session);
	update(a);
}

static void on_relay(void *arg, unsigned int events)
{
	struct app *a = arg;

	(void)events;
	loop_timer_cancel(&a->silence);
	update(a);
}

static void on_silence(void *arg)
{
	struct app *a = arg;

	session_give_up(a->session);
	update(a);
}

static void want(struct app *a, struct loop_fd **watch, int fd, bool wanted,
		 unsigned int events, void (*ready)(void *, unsigned int))
{
	if (wanted && !*watch)
		loop_fd_open(a->loop, watch, fd, events, ready, a);
	else if (!wanted)
		loop_fd_close(watch);
}

/* The connection that has the terminal now, if any. */
static void watch_relay(struct app *a)
{
	const struct relay *r = session_relay(a->session);
	int fd = r ? relay_fd(r) : -1;

	if (fd != a->relay_fd) {
		loop_fd_close(&a->relay_in);
		loop_fd_close(&a->relay_out);
		loop_timer_cancel(&a->silence);
		loop_timer_cancel(&a->connected);
	}
	a->relay_fd = fd;
	if (!r)
		return;
	want(a, &a->relay_in, fd, relay_wants_read(r), LOOP_READ, on_relay);
	want(a, &a->relay_out, fd, relay_wants_write(r), LOOP_WRITE, on_link);
	if (a->term->in_fd >= 0 && !a->term->ended)
		return;
	if (!a->silence)
		loop_timer_set(a->loop, &a->silence, SEC(SILENCE_S), on_silence,
			       a);
	if (!a->connected)
		loop_timer_set(a->loop, &a->connected, SEC(CONNECTED_S),
			       on_silence, a);
}

/* After anything that happened: what follows from it, and what to wait for. */
static void update(struct app *a)
{
	session_run(a->session);
	if (session_is_over(a->session)) {
		loop_stop(a->loop);
		return;
	}
	want(a, &a->link_watch, a->link->fd, session_wants_link(a->session),
	     LOOP_READ, on_link);
	want(a, &a->in_watch, a->term->in_fd, session_wants_term(a->session),
	     LOOP_READ, on_typed);
	want(a, &a->out_watch, a->term->out_fd, !queue_is_empty(&a->term->out),
	     LOOP_WRITE, on_link);
	watch_relay(a);
	if (session_wants_redraw(a->session) && !a->redraw)
		loop_timer_set(a->loop, &a->redraw, MSEC(SESSION_REDRAW_MS),
			       on_redraw, a);
	if (a->term->ended && !a->probe)
		loop_timer_set(a->loop, &a->probe, SEC(PROBE_EVERY_S), on_probe,
			       a);
}

static int run(struct app *a, const struct session_config *config)
{
	int status;

	a->session = session_new(a->term, a->link, config);
	a->loop = loop_new();
	a->relay_fd = -1;
	loop_signal_open(a->loop, &a->winch, SIGWINCH, on_winch, a);
	loop_signal_open(a->loop, &a->term_signal, SIGTERM, on_stop, a);
	loop_signal_open(a->loop, &a->hup, SIGHUP, on_stop, a);
	update(a);
	if (!session_is_over(a->session))
		loop_run(a->loop);
	status = session_is_over(a->session) ? session_status(a->session) : 1;
	loop_fd_close(&a->link_watch);
	loop_fd_close(&a->in_watch);
	loop_fd_close(&a->out_watch);
	loop_signal_close(&a->winch);
	loop_signal_close(&a->term_signal);
	loop_signal_close(&a->hup);
	loop_timer_cancel(&a->probe);
	loop_timer_cancel(&a->redraw);
	loop_fd_close(&a->relay_in);
	loop_fd_close(&a->relay_out);
	loop_timer_cancel(&a->silence);
	loop_timer_cancel(&a->connected);
	loop_free(a->loop);
	session_free(a->session);
	term_free(a->term);
	link_free(a->link);
	return status;
}

/* Numbers only: no name service is asked about strangers. */
static void name_peer(int fd, char *out, size_t size)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof(ss);

	*out = '\0';
	if (getpeername(fd, (struct sockaddr *)&ss, &len) < 0 ||
	    (ss.ss_family != AF_INET && ss.ss_family != AF_INET6) ||
	    getnameinfo((struct sockaddr *)&ss, len, out, (socklen_t)size, NULL,
			0, NI_NUMERICHOST))
		*out = '\0';
}

static int run_telnet(const struct options *o)
{
	char peer[NI_MAXHOST];
	struct session_config config = { .kind = 'v', .peer = peer };
	struct app a = { 0 };

	confine_files(o->telnet, o->control);
	name_peer(o->telnet, peer, sizeof(peer));
	edit_init();
	confine();
	a.term = term_telnet_new(o->telnet);
	a.link = link_new(o->control);
	return run(&a, &config);
}

/* As sshd's ForceCommand: a command, if there is one, else a terminal. */
static int run_ssh(void)
{
	struct session_config config = { .kind = 'v' };
	const char *command = getenv("SSH_ORIGINAL_COMMAND");
	struct script *script = NULL;
	struct app a = { 0 };
	int fd = link_connect_ssh(), status;
	char *peer = ssh_peer();

	if (fd < 0 || !peer)
		log_fatal("no router here");
	edit_init();
	confine();
	if (command && *command) {
		script = script_new();
		script_add(script, command);
	}
	config.peer = peer;
	config.script = script;
	config.plain = script || !isatty(STDIN_FILENO);
	a.link = link_new(fd);
	a.term = script ? term_output_new() : term_tty_new();
	status = run(&a, &config);
	script_free(script);
	free(peer);
	return status;
}

static int run_local(const struct options *o)
{
	struct session_config config = {
		.kind = o->script ? 's' : 'c',
		.peer = "",
		.script = o->script,
		.plain = o->script || !isatty(STDIN_FILENO) ||
			 !isatty(STDOUT_FILENO),
		.detach = !o->script,
	};
	struct app a = { 0 };
	int fd = link_connect(o->dir);
	int status;

	if (fd < 0)
		log_fatal("no router at %s: %s", o->dir, strerror(-fd));
	edit_init();
	a.link = link_new(fd);
	a.term = o->script ? term_output_new() : term_tty_new();
	status = run(&a, &config);
	script_free(o->script);
	return status;
}

int main(int argc, char **argv)
{
	struct options o = { .telnet = -1, .control = -1 };

	o.dir = getenv("GETVPN_STATE_DIR");
	parse_options(&o, argc, argv);
	signal(SIGPIPE, SIG_IGN);
	/* epoll refuses plain files, which stdin and stdout may be. */
	setenv("EVENT_NOEPOLL", "1", 1);
	if (o.password)
		return ssh_ask_password(o.dir);
	if (o.ssh)
		return run_ssh();
	return o.telnet >= 0 ? run_telnet(&o) : run_local(&o);
}
