/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor capture buffer, monitor capture point: as IOS had it first.  A
 * buffer is a capture whose interfaces are its points. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ipsec/capture_priv.h"
#include "ipsec/ipsec_msg.h"
#include "base/mem.h"

enum { KB = 1024 };

static struct capture_spot *spot_find(struct captures *all, const char *name)
{
	struct capture_spot *s;

	TAILQ_FOREACH (s, &all->spots, link)
		if (strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

static struct capture_spot *spot(void *obj, const struct cli_args *a,
				 struct cli_out *o)
{
	struct capture_spot *s = spot_find(obj, cli_str(a, "name"));

	if (!s)
		cli_error(o, "%% Capture point %s does not exist\n",
			  cli_str(a, "name"));
	return s;
}

/* --- buffers -------------------------------------------------------------- */

static struct capture *buffer(void *obj, const struct cli_args *a,
			      struct cli_out *o)
{
	struct capture *c = capture_get(obj, cli_str(a, "name"), true);

	if (!c) {
		cli_error(o, "%% No more than %u buffers\n", CAPTURES_MAX);
	} else if (c->active) {
		cli_error(o, "%% Capture buffer %s is in use\n", c->name);
		return NULL;
	}
	return c;
}

static void run_buffer(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = buffer(obj, a, o);

	if (!c)
		return;
	if (cli_has(a, "kb"))
		c->store.size = (size_t)cli_u32(a, "kb") * KB;
	if (cli_has(a, "octets"))
		c->packet_len = cli_u32(a, "octets");
	if (cli_has(a, "circular") || cli_has(a, "linear"))
		c->store.circular = cli_has(a, "circular");
}

static void forget_buffer(struct captures *all, struct capture *c)
{
	struct capture_spot *s;

	TAILQ_FOREACH (s, &all->spots, link) {
		if (strcmp(s->buffer, c->name) != 0)
			continue;
		s->active = false;
		s->buffer[0] = '\0';
	}
	capture_remove(c);
}

static void no_buffer(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = capture_find(obj, cli_str(a, "name"), true);

	if (!c)
		cli_error(o, "%% Capture buffer %s does not exist\n",
			  cli_str(a, "name"));
	else
		forget_buffer(obj, c);
}

static void run_filter(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = buffer(obj, a, o);

	if (!c)
		return;
	c->match = MATCH_ACL;
	snprintf(c->acl, sizeof(c->acl), "%s", cli_str(a, "acl"));
	cli_say(o, "Filter Association succeeded\n");
}

static void run_limit(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = buffer(obj, a, o);

	if (!c)
		return;
	if (cli_has(a, "packets"))
		c->packets = cli_u32(a, "packets");
	if (cli_has(a, "duration"))
		c->duration = cli_u32(a, "duration");
	if (cli_has(a, "every"))
		c->every = cli_u32(a, "every");
	if (cli_has(a, "pps"))
		c->pps = cli_u32(a, "pps");
}

static void run_clear(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = capture_find(obj, cli_str(a, "name"), true);

	if (!c) {
		cli_error(o, "%% Capture buffer %s does not exist\n",
			  cli_str(a, "name"));
		return;
	}
	capture_drain(obj);
	capture_store_clear(&c->store);
}

static void run_export(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = capture_find(obj, cli_str(a, "name"), true);

	if (c)
		capture_export(c, cli_str(a, "file"), o);
	else
		cli_error(o, "%% Capture buffer %s does not exist\n",
			  cli_str(a, "name"));
}

/* --- points --------------------------------------------------------------- */

static unsigned int points_of(const struct cli_args *a)
{
	unsigned int points =
		cli_has(a, "inside") ? CAPTURE_INSIDE : CAPTURE_OUTSIDE;

	if (cli_has(a, "in"))
		return points & CAPTURE_IN;
	return cli_has(a, "out") ? points & CAPTURE_OUT : points;
}

static void run_point(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	const char *name = cli_str(a, "name");
	struct capture_spot *s;
	unsigned int n = 0;

	TAILQ_FOREACH (s, &all->spots, link)
		n++;
	if (spot_find(all, name) || n >= CAPTURE_POINTS_MAX ||
	    strlen(name) >= CAPTURE_NAME) {
		cli_error(o, "%% Capture point %s cannot be created\n", name);
		return;
	}
	s = xcalloc(1, sizeof(*s));
	snprintf(s->name, sizeof(s->name), "%s", name);
	snprintf(s->ifname, sizeof(s->ifname), "%s", cli_str(a, "ifname"));
	s->points = points_of(a);
	s->v6 = cli_has(a, "ipv6");
	TAILQ_INSERT_TAIL(&all->spots, s, link);
	env_event(all->config.env, BUFCAP_CREATE, s->name);
}

static void run_associate(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct capture_spot *s = spot(obj, a, o);

	if (!s)
		return;
	if (s->active)
		cli_error(o, "%% Capture point %s is active\n", s->name);
	else if (!capture_find(obj, cli_str(a, "buffer"), true))
		cli_error(o, "%% Capture buffer %s does not exist\n",
			  cli_str(a, "buffer"));
	else
		snprintf(s->buffer, sizeof(s->buffer), "%s",
			 cli_str(a, "buffer"));
}

static void run_disassociate(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct capture_spot *s = spot(obj, a, o);

	if (s && s->active)
		cli_error(o, "%% Capture point %s is active\n", s->name);
	else if (s)
		s->buffer[0] = '\0';
}

/* The buffer goes on with the points that are active now. */
static const char *follow(struct captures *all, struct capture *c)
{
	const struct capture_spot *s;

	capture_stop(c);
	c->n_places = 0;
	TAILQ_FOREACH (s, &all->spots, link) {
		struct capture_place *p = &c->places[c->n_places];

		if (!s->active || strcmp(s->buffer, c->name) != 0 ||
		    c->n_places == CAPTURE_PLACES)
			continue;
		snprintf(p->ifname, sizeof(p->ifname), "%s", s->ifname);
		p->points = s->points;
		c->n_places++;
	}
	return c->n_places ? capture_start(c) : NULL;
}

static void start_one(struct captures *all, struct capture_spot *s,
		      struct cli_out *o)
{
	struct capture *c = capture_find(all, s->buffer, true);
	const char *error;

	if (!c) {
		cli_error(o,
			  "%% Capture point %s has no buffer associated "
			  "with it\n",
			  s->name);
		return;
	}
	s->active = true;
	error = follow(all, c);
	s->active = !error;
	if (error)
		cli_error(o, "%s\n", error);
	else
		env_event(all->config.env, BUFCAP_ENABLE, s->name);
}

static void stop_one(struct captures *all, struct capture_spot *s)
{
	struct capture *c = capture_find(all, s->buffer, true);

	if (s->active)
		env_event(all->config.env, BUFCAP_DISABLE, s->name);
	s->active = false;
	if (c)
		(void)follow(all, c);
}

static void run_start(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	struct capture_spot *s;

	if (cli_has(a, "all")) {
		TAILQ_FOREACH (s, &all->spots, link)
			start_one(all, s, o);
		return;
	}
	s = spot(obj, a, o);
	if (s)
		start_one(all, s, o);
}

static void run_stop(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	struct capture_spot *s;

	if (cli_has(a, "all")) {
		TAILQ_FOREACH (s, &all->spots, link)
			stop_one(all, s);
		return;
	}
	s = spot(obj, a, o);
	if (s)
		stop_one(all, s);
}

static void no_point(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	struct capture_spot *s = spot(obj, a, o);

	if (!s)
		return;
	stop_one(all, s);
	env_event(all->config.env, BUFCAP_DELETE, s->name);
	TAILQ_REMOVE(&all->spots, s, link);
	free(s);
}

#define MONITOR                                         \
	"monitor  Monitoring different system events\n" \
	"capture  Enable packet capture\n"
#define BUFFER                                      \
	MONITOR "buffer  Control Capture Buffers\n" \
		"WORD$name  Name of the Capture Buffer\n"
#define POINT MONITOR "point  Control Capture Points\n"
#define EXEC(text, run_fn, no_fn)                                     \
	{                                                             \
		.mode = &cli_mode_exec, .words = text, .run = run_fn, \
		.no = no_fn                                           \
	}

static const struct cli_cmd commands[] = {
	EXEC(BUFFER ".\n"
		    "{ size  Packet Dump buffer size (in Kbytes)\n"
		    "<1-102400>$kb  Buffer size in Kbytes\n"
		    "| max-size  Maximum size of element in the buffer\n"
		    "<1-9500>$octets  Element size in bytes\n"
		    "| ( circular  Circular Buffer\n"
		    "| linear  Linear Buffer(Default)\n) }\n",
	     run_buffer, no_buffer),
	EXEC(BUFFER "filter  Configure filters\n"
		    "access-list  Set access list\n"
		    "WORD$acl  Name or number of the access list\n",
	     run_filter, NULL),
	EXEC(BUFFER "limit  Limit the packets dumped to the buffer\n"
		    "( packet-count  Limit number of packets\n"
		    "<1-100000>$packets  Number of packets\n"
		    "| duration  Limit total duration of capture\n"
		    "<1-2147483647>$duration  Duration in seconds\n"
		    "| allow-nth-pak  Allow only every nth packet\n"
		    "<2-100000>$every  One in every nth packet\n"
		    "| packets-per-sec  Limit number of packets per second\n"
		    "<1-1000000>$pps  Packets per second\n)\n",
	     run_limit, NULL),
	EXEC(BUFFER "clear  Clear contents of capture buffer\n", run_clear,
	     NULL),
	EXEC(BUFFER "export  Export in pcap format\n"
		    "WORD$file  flash:NAME\n",
	     run_export, NULL),
	EXEC(POINT "( ip  IPv4\n| ipv6  IPv6\n)\n"
		   "( cef  IPv4 CEF\n| process-switched  Process switched\n)\n"
		   "WORD$name  Name of the Capture Point\n.\n"
		   "IFPORT$ifname\n"
		   "( in  In direction\n"
		   "| out  Out direction\n"
		   "| both  In and out direction\n)\n"
		   "[ ( inside  Clear packets, before encryption\n"
		   "| outside  Packets of the line, after encryption\n) ]\n",
	     run_point, no_point),
	EXEC(POINT "associate  Associate capture point with capture buffer\n"
		   "WORD$name  Name of the Capture Point\n"
		   "WORD$buffer  Name of the Capture Buffer\n",
	     run_associate, NULL),
	EXEC(POINT "disassociate  Dis-associate capture point from capture "
		   "buffer\n"
		   "WORD$name  Name of the Capture Point\n",
	     run_disassociate, NULL),
	EXEC(POINT "start  Enable Capture Point\n"
		   "( all  All Capture Points\n"
		   "| WORD$name  Name of the Capture Point\n)\n",
	     run_start, NULL),
	EXEC(POINT "stop  Disable Capture Point\n"
		   "( all  All Capture Points\n"
		   "| WORD$name  Name of the Capture Point\n)\n",
	     run_stop, NULL),
};

void capture_old_cli_init(struct captures *all)
{
	CLI_ADD(all->config.cli, commands, all);
}
