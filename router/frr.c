/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/cli_kept.h"
#include "router/frr_feed.h"
#include "router/frr_log.h"
#include "router/frr_loopback.h"
#include "router/frr_text.h"
#include "router/frr_vty.h"
#include "router/router_msg.h"
#include "router/router_priv.h"

enum {
	/* Lines are typed and pasted in bursts. */
	SETTLE_MS = 200,
};

struct program {
	struct frr *frr;
	enum frr_program id;
	uint32_t since;	     /* the order that wanted it */
	struct frr_vty *vty; /* NULL: does not run (yet) */
	int log;	     /* -1: none */
	struct loop_fd *log_watch;
	char line[FRR_LOG_LINE + 1]; /* of the log, up to now */
	size_t line_len;
	/* What it was told and did not refuse, and where the last command
	 * was. */
	struct frr_lines has;
	char *context; /* NULL: not in configuration mode */
};

struct frr {
	struct router *router;
	int fd;
	struct loop_fd *watch;
	struct frr_order order;
	bool started;
	struct loop_timer *timer;
	struct frr_config config;
	struct ip_addr router_id;
	struct frr_subnets subnets;
	struct program program[FRR_PROGRAMS];
};

static unsigned int ospf_process(const struct frr *frr);

/* --- neighbors come and go ------------------------------------------------ */

/* Also the device under its front, and the front's when it has gone. */
static bool is_of(const struct iface *i, const char *device)
{
	static const char front[] = "gv-";
	const char *under = i->wire ? i->wire : i->device;

	if (!i->device)
		return false;
	return !strcmp(i->device, device) || !strcmp(under, device) ||
	       (!strncmp(device, front, strlen(front)) &&
		!strcmp(device + strlen(front), under));
}

const char *frr_interface(const struct frr *frr, const char *device)
{
	struct port *port;

	TAILQ_FOREACH (port, &frr->router->ifaces->ports, link)
		if (is_of(&port->iface, device))
			return port->iface.name;
	return device;
}

static void tell(struct frr *frr, const struct frr_event_line *e)
{
	struct logging *log = &frr->router->log;
	char who[IP_ADDR_TEXT];

	ip_text(&e->neighbor, who);
	if (e->kind == FRR_OSPF_ADJACENCY)
		log_msg(log, OSPF_ADJCHG, ospf_process(frr), who,
			frr_interface(frr, e->device), e->from, e->to,
			e->reason);
	else if (e->up)
		log_msg(log, BGP_ADJCHANGE_UP, who);
	else
		log_msg(log, BGP_ADJCHANGE_DOWN, who, e->reason);
}

static void log_line(struct program *p)
{
	struct frr_event_line event;

	p->line[p->line_len] = '\0';
	p->line_len = 0;
	if (frr_log_read(p->line, &event))
		tell(p->frr, &event);
}

static void close_log(struct program *p)
{
	loop_fd_close(&p->log_watch);
	if (p->log >= 0)
		close(p->log);
	p->log = -1;
	p->line_len = 0;
}

static void log_ready(void *arg, unsigned int events)
{
	struct program *p = arg;
	char buf[4096];
	ssize_t n = read(p->log, buf, sizeof(buf));

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close_log(p);
		return;
	}
	for (ssize_t i = 0; i < n; i++) {
		if (buf[i] == '\n')
			log_line(p);
		else if (p->line_len < FRR_LOG_LINE)
			p->line[p->line_len++] = buf[i];
	}
}

/* --- what the programs are told ------------------------------------------- */

struct told {
	struct program *program;
	char *context, *text, *block, *source;
};

static void told_free(void *arg)
{
	struct told *t = arg;

	free(t->context);
	bytes_wipe(t->text, strlen(t->text));
	free(t->text);
	free(t->block);
	bytes_wipe(t->source, strlen(t->source));
	free(t->source);
	free(t);
}

/* A line that FRR does not take is not acted on.  It is tried again when the
 * configuration changes. */
static void told_answer(void *arg, bool good, const char *answer)
{
	struct told *t = arg;

	(void)answer;
	if (good)
		return;
	if (*t->source)
		frr_refuse(&t->program->frr->config, t->block, t->source,
			   "FRR refuses it");
	frr_lines_drop(&t->program->has, t->context, t->text);
}

static void enter(struct program *p, const char *context)
{
	char *copy, *rest, *line;

	if (p->context && !strcmp(p->context, context))
		return;
	if (p->context)
		frr_vty_ask(p->vty, "end", NULL, NULL, NULL);
	free(p->context);
	p->context = xstrdup(context);
	frr_vty_ask(p->vty, "configure terminal", NULL, NULL, NULL);
	copy = rest = xstrdup(context);
	while (*context && (line = strsep(&rest, "\n")))
		frr_vty_ask(p->vty, line, NULL, NULL, NULL);
	free(copy);
}

static void command(void *arg, const char *context, const char *text,
		    const struct frr_line *of)
{
	struct program *p = arg;
	struct told *t;

	enter(p, context);
	if (!of) {
		frr_vty_ask(p->vty, text, NULL, NULL, NULL);
	} else {
		t = xcalloc(1, sizeof(*t));
		t->program = p;
		t->context = xstrdup(context);
		t->text = xstrdup(text);
		t->block = xstrdup(of->block);
		t->source = xstrdup(of->source);
		frr_vty_ask(p->vty, text, told_answer, told_free, t);
	}
	/* That has left the block. */
	if (!*context) {
		frr_vty_ask(p->vty, "end", NULL, NULL, NULL);
		free(p->context);
		p->context = NULL;
	}
}

static void feed(struct program *p)
{
	struct frr_lines *want = &p->frr->config.part[p->id];
	struct frr_lines had = p->has;

	if (!p->vty)
		return;
	frr_lines_copy(&p->has, want);
	frr_feed(&had, want, command, p);
	frr_lines_fini(&had);
	if (p->context)
		frr_vty_ask(p->vty, "end", NULL, NULL, NULL);
	free(p->context);
	p->context = NULL;
}

/* --- the keeper ----------------------------------------------------------- */

static void send_order(struct frr *frr, uint32_t wanted)
{
	if (frr->fd <= 0 || frr->order.wanted == wanted)
		return;
	frr->order.number++;
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		if (wanted & ~frr->order.wanted & 1U << i)
			frr->program[i].since = frr->order.number;
	frr->order.wanted = wanted;
	if (send(frr->fd, &frr->order, sizeof(frr->order), MSG_NOSIGNAL) < 0)
		log_warn("routing protocols: %s", strerror(errno));
}

static void program_down(struct program *p)
{
	frr_vty_free(p->vty);
	p->vty = NULL;
	close_log(p);
	frr_lines_fini(&p->has);
	free(p->context);
	p->context = NULL;
}

/* It runs but does not talk as it should: the keeper ends it, and starts it
 * anew. */
static void broken(void *arg)
{
	struct program *p = arg;
	struct frr *frr = p->frr;
	uint32_t wanted = frr->order.wanted;

	program_down(p);
	send_order(frr, wanted & ~(1U << p->id));
	send_order(frr, wanted);
}

static void program_up(struct program *p, const int *fds)
{
	program_down(p);
	p->vty = frr_vty_new(p->frr->router->loop, fds[0], broken, p);
	p->log = fds[1];
	loop_fd_open(p->frr->router->loop, &p->log_watch, p->log, LOOP_READ,
		     log_ready, p);
	frr_vty_ask(p->vty, "enable", NULL, NULL, NULL);
	feed(p);
}

static void take_report(struct frr *frr, const struct frr_report *r,
			const int *fds, size_t n)
{
	struct program *p;
	bool good = r->program < FRR_PROGRAMS &&
		    frr->order.wanted & 1U << r->program;

	p = good ? &frr->program[r->program] : NULL;
	/* What an earlier order has brought is gone by now. */
	if (p && (int32_t)(r->number - p->since) < 0)
		p = NULL;
	if (p && r->event == FRR_UP && n == 2) {
		program_up(p, fds);
		return;
	}
	for (size_t i = 0; i < n; i++)
		close(fds[i]);
	if (p && r->event == FRR_DOWN)
		program_down(p);
}

/* It has been killed: nobody can start the programs again. */
static void keeper_gone(struct frr *frr)
{
	log_warn("routing protocols have ended");
	loop_fd_close(&frr->watch);
	frr->fd = -1;
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		program_down(&frr->program[i]);
}

static void keeper_ready(void *arg, unsigned int events)
{
	struct frr *frr = arg;
	struct frr_report r;
	struct iovec iov = { .iov_base = &r, .iov_len = sizeof(r) };
	union {
		struct cmsghdr align;
		char octets[CMSG_SPACE(2 * sizeof(int))];
	} control;
	struct msghdr msg = { .msg_iov = &iov,
			      .msg_iovlen = 1,
			      .msg_control = control.octets,
			      .msg_controllen = sizeof(control.octets) };
	ssize_t n = recvmsg(frr->fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
	struct cmsghdr *c;
	size_t n_fds = 0;
	int fds[2];

	(void)events;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		keeper_gone(frr);
		return;
	}
	c = CMSG_FIRSTHDR(&msg);
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
		n_fds = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		memcpy(fds, CMSG_DATA(c), n_fds * sizeof(int));
	}
	if (n != sizeof(r))
		r.program = FRR_PROGRAMS;
	take_report(frr, &r, fds, n_fds);
}

/* --- the configuration ---------------------------------------------------- */

static const char *device(void *ctx, const char *interface)
{
	const struct frr *frr = ctx;
	const struct iface *i = iface_find(frr->router->ifaces, interface);

	if (!i || i->vrf)
		return NULL;
	return i->loopback ? "lo" : i->device;
}

static bool address(void *ctx, const char *interface, struct ip_addr *out)
{
	const struct frr *frr = ctx;
	const struct iface *i = iface_find(frr->router->ifaces, interface);

	if (!i || i->vrf || !ip_is_set(&i->addr))
		return false;
	*out = i->addr;
	return true;
}

static const struct ip_addr *highest(struct ifaces *ifaces, bool loopback)
{
	const struct ip_addr *best = NULL;
	struct port *port;

	TAILQ_FOREACH (port, &ifaces->ports, link) {
		const struct iface *i = &port->iface;

		if (i->loopback != loopback || !i->line_up || i->vrf ||
		    !ip_is_set(&i->addr))
			continue;
		if (!best || ip_compare(&i->addr, best) > 0)
			best = &i->addr;
	}
	return best;
}

/* As IOS: the highest address of a loopback, else of an interface, and that
 * for as long as it is there. */
static void choose_router_id(struct frr *frr)
{
	struct ifaces *ifaces = frr->router->ifaces;
	const struct ip_addr *best;

	if (ip_is_set(&frr->router_id) &&
	    iface_by_addr(ifaces, &frr->router_id))
		return;
	best = highest(ifaces, true);
	if (!best)
		best = highest(ifaces, false);
	frr->router_id = best ? *best : (struct ip_addr){ 0 };
}

static void read_config(void *arg)
{
	struct frr *frr = arg;
	struct frr_world world = { .ctx = frr,
				   .device = device,
				   .address = address };
	char *text = cli_config_text(frr->router->cli);

	choose_router_id(frr);
	world.router_id = frr->router_id;
	frr_config_fini(&frr->config);
	frr_config_read(&frr->config, text, &world);
	bytes_wipe(text, strlen(text));
	free(text);
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		if (!(frr->config.wanted & 1U << i))
			program_down(&frr->program[i]);
	frr_subnets_set(&frr->subnets, frr->router->ifaces,
			&frr->config.part[FRR_BGPD]);
	send_order(frr, frr->config.wanted);
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		feed(&frr->program[i]);
}

static void changed(void *arg)
{
	struct frr *frr = arg;

	if (frr->fd > 0 && frr->started && !frr->timer)
		loop_timer_set(frr->router->loop, &frr->timer, MSEC(SETTLE_MS),
			       read_config, frr);
}

static void interface_changed(void *arg, struct iface *iface,
			      enum iface_change change)
{
	struct frr *frr = arg;

	(void)iface;
	(void)change;
	if (frr->config.wanted)
		changed(frr);
}

static void devices_changed(void *arg)
{
	interface_changed(arg, NULL, IFACE_ADDRESS);
}

static const char *why(void *ctx, const char *block, const char *line)
{
	const struct frr *frr = ctx;

	if (frr->fd <= 0)
		return "routing protocols without FRR";
	return frr_refused(&frr->config, block, line);
}

/* --- life ----------------------------------------------------------------- */

struct frr *frr_new(struct router *router, int fd)
{
	struct frr *frr = xcalloc(1, sizeof(*frr));
	const struct cli_kept_user user = { .ctx = frr,
					    .changed = changed,
					    .why = why };

	frr->router = router;
	frr->fd = fd;
	/* Above those of the router before a reload. */
	frr->order.number = (uint32_t)(clock_real_now() / MSEC(1));
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		frr->program[i] = (struct program){
			.frr = frr,
			.id = (enum frr_program)i,
			.log = -1,
		};
	if (fd > 0)
		loop_fd_open(router->loop, &frr->watch, fd, LOOP_READ,
			     keeper_ready, frr);
	cli_kept_use(router->cli, &user);
	ifaces_watch(router->ifaces, interface_changed, frr);
	router->ifaces->renamed = devices_changed;
	router->ifaces->renamed_arg = frr;
	return frr;
}

void frr_stop(struct frr *frr)
{
	if (!frr)
		return;
	frr->started = false;
	loop_timer_cancel(&frr->timer);
	for (size_t i = 0; i < FRR_PROGRAMS; i++)
		program_down(&frr->program[i]);
	if (frr->fd > 0)
		send_order(frr, 0);
	frr_subnets_fini(&frr->subnets, frr->router->ifaces);
	loop_fd_close(&frr->watch);
}

void frr_free(struct frr *frr)
{
	if (!frr)
		return;
	frr_config_fini(&frr->config);
	free(frr);
}

void frr_started(struct frr *frr)
{
	frr->started = true;
	changed(frr);
}

char *frr_fetch(struct frr *frr, enum frr_program program, const char *line)
{
	struct frr_vty *vty = frr->program[program].vty;

	return vty ? frr_vty_fetch(vty, line) : NULL;
}

static uint32_t number_behind(const struct frr_config *config,
			      enum frr_program program, const char *opener)
{
	const struct frr_lines *lines = &config->part[program];

	for (size_t i = 0; i < lines->n; i++)
		if (!strncmp(lines->v[i].source, opener, strlen(opener)))
			return (uint32_t)strtoul(
				lines->v[i].source + strlen(opener), NULL, 10);
	return 0;
}

uint32_t frr_bgp_as(const struct frr *frr)
{
	return number_behind(&frr->config, FRR_BGPD, "router bgp ");
}

static unsigned int ospf_process(const struct frr *frr)
{
	return number_behind(&frr->config, FRR_OSPFD, "router ospf ");
}
