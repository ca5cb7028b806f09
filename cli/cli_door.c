/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli_door.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli_login.h"
#include "cli/cli_priv.h"
#include "cli/cli_socket.h"
#include "cli/cli_ssh.h"

enum {
	SSH_PORT = 22,
	VISITORS_MAX = 8, /* at a time, not yet logged in */
	ASKERS_MAX = 16,
	BACKLOG = 16,
	MESSAGE_MAX = 2048,
	GRACE_S = 5, /* that sshd has to notice the end of its time */
};

/* Somebody who has connected and not logged in. */
struct visitor {
	TAILQ_ENTRY(visitor) link;
	struct cli_door *door;
	char *name; /* "ADDR PORT" */
	char *peer; /* ADDR */
	char *user; /* his password was right; else NULL */
	int vty;
	struct loop_timer *timer;
};

/* Whoever has connected to ssh.sock. */
struct asker {
	LIST_ENTRY(asker) link;
	struct cli_door *door;
	int fd;
	struct loop_fd *watch;
};

struct cli_door {
	struct cli_door_config config;
	char *path;
	int local, abstract, tcp; /* listening; -1: none */
	struct loop_fd *local_watch, *abstract_watch, *tcp_watch;
	TAILQ_HEAD(, visitor) visitors;
	LIST_HEAD(, asker) askers;
	struct asker *keeper; /* NULL: there is no sshd */
	uid_t uid;	      /* of sessions */
};

/* --- visitors --------------------------------------------------------- */

static void visitor_free(struct visitor *v)
{
	TAILQ_REMOVE(&v->door->visitors, v, link);
	loop_timer_cancel(&v->timer);
	free(v->name);
	free(v->peer);
	free(v->user);
	free(v);
}

/* His sshd ends, too: who only connects cannot make many of them. */
static void send_away(struct visitor *v)
{
	char *text = xasprintf("drop %s\n", v->name);

	if (v->door->keeper)
		(void)send(v->door->keeper->fd, text, strlen(text),
			   MSG_NOSIGNAL | MSG_DONTWAIT);
	free(text);
	visitor_free(v);
}

static void too_late(void *arg)
{
	send_away(arg);
}

bool cli_door_make_room(struct cli_door *d)
{
	struct visitor *v;

	TAILQ_FOREACH (v, &d->visitors, link) {
		if (v->user)
			continue;
		send_away(v);
		return true;
	}
	return false;
}

static struct visitor *find(const struct cli_door *d, const char *name)
{
	struct visitor *v;

	TAILQ_FOREACH (v, &d->visitors, link) {
		if (!strcmp(v->name, name))
			return v;
	}
	return NULL;
}

static void visitor_new(struct cli_door *d, const char *name, const char *peer,
			int vty)
{
	struct cli_ssh_settings set = cli_ssh_settings(d->config.cli);
	struct visitor *v = xcalloc(1, sizeof(*v)), *old = find(d, name);
	unsigned int n = 0;

	if (old)
		visitor_free(old);
	v->door = d;
	v->name = xstrdup(name);
	v->peer = xstrdup(peer);
	v->vty = vty;
	TAILQ_INSERT_TAIL(&d->visitors, v, link);
	loop_timer_set(d->config.loop, &v->timer, SEC(set.timeout + GRACE_S),
		       too_late, v);
	TAILQ_FOREACH (old, &d->visitors, link) {
		n++;
	}
	/* Who only connects cannot keep others out. */
	if (n > VISITORS_MAX)
		send_away(TAILQ_FIRST(&d->visitors));
}

bool cli_door_takes(const struct cli_door *d, int vty)
{
	const struct visitor *v;

	TAILQ_FOREACH (v, &d->visitors, link) {
		if (v->vty == vty)
			return true;
	}
	return false;
}

bool cli_door_claim(struct cli_door *d, const char *text, struct cli_guest *out)
{
	struct visitor *v = find(d, text);

	if (!v || !v->user)
		return false;
	*out = (struct cli_guest){ .user = v->user,
				   .peer = xstrdup(v->peer),
				   .vty = v->vty };
	v->user = NULL;
	visitor_free(v);
	return true;
}

/* --- askers ----------------------------------------------------------- */

static void asker_free(struct asker *a)
{
	struct cli_door *d = a->door;
	bool keeper = d->keeper == a;

	LIST_REMOVE(a, link);
	loop_fd_close(&a->watch);
	close(a->fd);
	free(a);
	if (!keeper)
		return;
	d->keeper = NULL;
	cli_door_look(d);
}

static bool is_right(struct cli_door *d, struct visitor *v, const char *user,
		     const char *password)
{
	struct cli_session *s =
		cli_session_new(d->config.cli, CLI_KIND_VTY,
				&(const struct cli_transport){ 0 });
	bool right;

	s->over = true; /* it shows nothing and is not shown */
	s->ssh = true;
	s->vty = v->vty;
	free(s->peer);
	s->peer = xstrdup(v->peer);
	right = cli_login_password(s, user, password);
	cli_login_report(s, right, user);
	cli_session_free(s);
	return right;
}

/* body ends in a NUL: visitor NUL user NUL password. */
static void check_password(struct asker *a, const char *body, size_t len)
{
	size_t first = strlen(body) + 1;
	const char *user = body + first, *password;
	struct visitor *v = find(a->door, body);
	char answer = 'n';

	if (first < len) {
		password = user + strlen(user) + 1;
		if (v && password <= body + len && *user &&
		    is_right(a->door, v, user, password)) {
			free(v->user);
			v->user = xstrdup(user);
			answer = 'y';
		}
	}
	(void)send(a->fd, &answer, 1, MSG_NOSIGNAL);
}

static void become_keeper(struct asker *a, const char *body)
{
	struct cli_door *d = a->door;
	char *end;
	long uid = strtol(body, &end, 10);

	if (end == body || *end || uid < 0)
		return;
	d->uid = (uid_t)uid;
	d->keeper = a;
	cli_door_look(d);
}

static void asked(void *arg, unsigned int events)
{
	struct asker *a = arg;
	struct cli_door *d = a->door;
	char buf[MESSAGE_MAX + 1];
	struct visitor *v;
	ssize_t n = recv(a->fd, buf, MESSAGE_MAX, MSG_DONTWAIT);

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		asker_free(a);
		return;
	}
	buf[n] = '\0';
	if (buf[0] == 'K') {
		become_keeper(a, buf + 1);
	} else if (buf[0] == 'P') {
		check_password(a, buf + 1, (size_t)n - 1);
	} else if (buf[0] == 'G' && d->keeper == a) {
		v = find(d, buf + 1);
		if (v)
			visitor_free(v);
	}
	bytes_wipe(buf, sizeof(buf)); /* it may have been a password */
}

static void somebody_asks(void *arg, unsigned int events)
{
	struct cli_door *d = arg;
	int fd = accept4(d->local, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct asker *a;
	unsigned int n = 0;

	(void)events;
	LIST_FOREACH (a, &d->askers, link) {
		n++;
	}
	if (fd < 0)
		return;
	if (!cli_socket_is_of(fd, 0) || n >= ASKERS_MAX) {
		close(fd);
		return;
	}
	a = xcalloc(1, sizeof(*a));
	a->door = d;
	a->fd = fd;
	LIST_INSERT_HEAD(&d->askers, a, link);
	loop_fd_open(d->config.loop, &a->watch, fd, LOOP_READ, asked, a);
}

/* --- connections ------------------------------------------------------ */

static void send_visitor(struct cli_door *d, const char *name, int fd,
			 char *key)
{
	struct cli_ssh_settings set = cli_ssh_settings(d->config.cli);
	char *text = xasprintf("visitor %s\ntimeout %u\nretries %u\n%s", name,
			       set.timeout, set.retries, key);

	if (!cli_socket_send(d->keeper->fd, text, strlen(text), fd))
		log_warn("the keeper of sshd does not listen");
	bytes_wipe(text, strlen(text));
	free(text);
}

static void knocked(void *arg, unsigned int events)
{
	struct cli_door *d = arg;
	struct cli_ssh_settings set = cli_ssh_settings(d->config.cli);
	char name[IP_ADDR_TEXT + 8], peer[IP_ADDR_TEXT];
	struct endpoint from;
	int fd = cli_socket_accept(d->tcp, &from), vty;
	char *key;

	(void)events;
	if (fd < 0)
		return;
	if (d->config.full(d->config.arg))
		(void)cli_door_make_room(d);
	vty = d->config.vty(d->config.arg, &from.addr);
	key = d->config.host_key(d->config.arg, set.keypair);
	if (vty >= 0 && key && d->keeper) {
		ip_text(&from.addr, peer);
		snprintf(name, sizeof(name), "%s %u", peer, from.port);
		visitor_new(d, name, peer, vty);
		send_visitor(d, name, fd, key);
		close(fd);
	} else {
		cli_socket_refuse(fd);
	}
	if (key)
		bytes_wipe(key, strlen(key));
	free(key);
}

static void session_comes(void *arg, unsigned int events)
{
	struct cli_door *d = arg;
	int fd = accept4(d->abstract, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	if (fd < 0)
		return;
	if (d->keeper && cli_socket_is_of(fd, d->uid))
		d->config.session(d->config.arg, fd);
	else
		close(fd);
}

/* --- the door itself -------------------------------------------------- */

static void close_up(int *fd, struct loop_fd **watch)
{
	loop_fd_close(watch);
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void cli_door_look(struct cli_door *d)
{
	struct cli_ssh_settings set = cli_ssh_settings(d->config.cli);
	char *key = d->keeper ? d->config.host_key(d->config.arg, set.keypair)
			      : NULL;

	if (key && d->tcp < 0) {
		d->tcp = cli_socket_listen(SSH_PORT, BACKLOG);
		if (d->tcp >= 0)
			loop_fd_open(d->config.loop, &d->tcp_watch, d->tcp,
				     LOOP_READ, knocked, d);
		else
			log_warn("SSH port %d: %s", SSH_PORT, strerror(errno));
	} else if (!key) {
		close_up(&d->tcp, &d->tcp_watch);
	}
	if (key)
		bytes_wipe(key, strlen(key));
	free(key);
	cli_ssh_serves(d->config.cli, d->tcp >= 0);
}

struct cli_door *cli_door_new(const struct cli_door_config *config)
{
	struct cli_door *d = xcalloc(1, sizeof(*d));

	d->config = *config;
	d->path = xstrdup(config->path);
	d->tcp = -1;
	TAILQ_INIT(&d->visitors);
	LIST_INIT(&d->askers);
	d->local = cli_socket_local(config->path, BACKLOG);
	d->abstract = cli_socket_abstract("getvpnd-ssh", BACKLOG);
	if (d->local >= 0)
		loop_fd_open(config->loop, &d->local_watch, d->local, LOOP_READ,
			     somebody_asks, d);
	if (d->abstract >= 0)
		loop_fd_open(config->loop, &d->abstract_watch, d->abstract,
			     LOOP_READ, session_comes, d);
	return d;
}

void cli_door_free(struct cli_door *d)
{
	if (!d)
		return;
	while (!LIST_EMPTY(&d->askers))
		asker_free(LIST_FIRST(&d->askers));
	while (!TAILQ_EMPTY(&d->visitors))
		visitor_free(TAILQ_FIRST(&d->visitors));
	close_up(&d->tcp, &d->tcp_watch);
	close_up(&d->abstract, &d->abstract_watch);
	if (d->local >= 0)
		(void)unlink(d->path);
	close_up(&d->local, &d->local_watch);
	free(d->path);
	free(d);
}
