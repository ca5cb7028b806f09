/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show monitor capture ... */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ipsec/capture_priv.h"
#include "ipsec/capture_text.h"

#define MB ((size_t)1048576)
#define KB 1024

static const char *side(unsigned int points)
{
	return points & CAPTURE_INSIDE ? " inside" : "";
}

static void say_limit(struct cli_out *o, const char *what, uint32_t n)
{
	cli_say(o, "   %s: %u%s\n", what, n, n ? "" : " (no limit)");
}

static void say_filter(struct cli_out *o, const struct capture *c)
{
	cli_say(o, "  Filter Details: \n");
	if (c->match == MATCH_ACL)
		cli_say(o, "   Access-list: %s\n", c->acl);
	else if (c->match == MATCH_LINE)
		cli_say(o, "   Match: %s\n", c->line);
	else
		cli_say(o, "   Capture all packets\n");
}

static void say_status(struct cli_out *o, const struct capture *c)
{
	cli_say(o,
		"\nStatus Information for Capture %s\n"
		"  Target Type: \n",
		c->name);
	for (size_t i = 0; i < c->n_places; i++)
		cli_say(o, "   Interface: %s, Direction: %s%s\n",
			c->places[i].ifname,
			capture_direction(c->places[i].points),
			side(c->places[i].points));
	cli_say(o, "   Status : %s\n", c->active ? "Active" : "Inactive");
	say_filter(o, c);
	cli_say(o,
		"  Buffer Details: \n"
		"   Buffer Type: %s\n"
		"   Buffer Size (in MB): %zu\n"
		"  Limit Details: \n",
		c->store.circular ? "CIRCULAR" : "LINEAR (default)",
		c->store.size / MB);
	say_limit(o, "Number of Packets to capture", c->packets);
	say_limit(o, "Packet Capture duration", c->duration);
	say_limit(o, "Packet Size to capture", c->packet_len);
	say_limit(o, "Maximum number of packets to capture per second", c->pps);
	cli_say(o, "   Packet sampling rate: %u%s\n", c->every,
		c->every ? "" : " (no sampling)");
}

static struct capture *named(void *obj, const struct cli_args *a,
			     struct cli_out *o, bool old)
{
	struct capture *c = capture_find(obj, cli_str(a, "name"), old);

	if (!c)
		cli_error(o, "%% Capture %s does not exist\n",
			  cli_str(a, "name"));
	else
		capture_drain(obj);
	return c;
}

static void show(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	const struct capture *c;

	if (cli_has(a, "name")) {
		c = named(obj, a, o, false);
		if (c)
			say_status(o, c);
		return;
	}
	TAILQ_FOREACH (c, &all->list, link)
		if (!c->old)
			say_status(o, c);
}

static void show_parameter(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	const struct capture *c = named(obj, a, o, false);

	if (!c)
		return;
#define SAY(...) cli_say(o, "   monitor capture %s " __VA_ARGS__)
	for (size_t i = 0; i < c->n_places; i++)
		SAY("interface %s %s%s\n", c->name, c->places[i].ifname,
		    capture_direction(c->places[i].points),
		    side(c->places[i].points));
	if (c->match == MATCH_ACL)
		SAY("access-list %s\n", c->name, c->acl);
	if (c->match == MATCH_ANY)
		SAY("match any\n", c->name);
	if (c->match == MATCH_LINE)
		SAY("match %s\n", c->name, c->line);
	SAY("buffer size %zu%s\n", c->name, c->store.size / MB,
	    c->store.circular ? " circular" : "");
	if (c->packets)
		SAY("limit packets %u\n", c->name, c->packets);
	if (c->duration)
		SAY("limit duration %u\n", c->name, c->duration);
	if (c->packet_len)
		SAY("limit packet-len %u\n", c->name, c->packet_len);
	if (c->every)
		SAY("limit every %u\n", c->name, c->every);
	if (c->pps)
		SAY("limit pps %u\n", c->name, c->pps);
#undef SAY
}

static unsigned int rate(const struct capture *c)
{
	const struct capture_packet *first = STAILQ_FIRST(&c->store.packets);
	const struct capture_packet *last =
		STAILQ_LAST(&c->store.packets, capture_packet, link);
	int64_t span = first ? last->wall - first->wall : 0;

	if (span < SEC(1))
		span = SEC(1);
	return (unsigned int)((int64_t)c->store.n * SEC(1) / span);
}

static void say_counts(struct cli_out *o, const struct capture *c)
{
	cli_say(o,
		" buffer size (KB) : %zu\n"
		" buffer used (KB) : %zu\n"
		" packets in buf   : %zu\n"
		" packets dropped  : %llu\n"
		" packets per sec  : %u\n\n",
		c->store.size / KB, (c->store.used + KB - 1) / KB, c->store.n,
		(unsigned long long)capture_lost(c), rate(c));
}

static void say_packets(struct cli_out *o, const struct capture *c, bool brief,
			bool octets)
{
	const struct capture_packet *p = STAILQ_FIRST(&c->store.packets);
	int64_t start = p ? p->wall : 0;
	size_t i = 0;

	if (brief)
		capture_brief_heading(o);
	STAILQ_FOREACH (p, &c->store.packets, link) {
		if (brief)
			capture_brief(o, p, i, start);
		else
			cli_say(o, "%zu\n", i);
		if (octets)
			capture_octets(o, p);
		i++;
	}
}

static void show_buffer(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct capture *c = named(obj, a, o, false);

	if (!c)
		return;
	if (cli_has(a, "brief"))
		say_packets(o, c, true, false);
	else if (cli_has(a, "detailed"))
		say_packets(o, c, true, true);
	else if (cli_has(a, "dump"))
		say_packets(o, c, false, true);
	else
		say_counts(o, c);
}

/* --- of old --------------------------------------------------------------- */

static void say_old_parameters(struct cli_out *o, const struct captures *all,
			       const struct capture *c)
{
	const char *type = c->store.circular ? "circular" : "linear";
	const struct capture_spot *s;

	cli_say(o,
		"Capture buffer %s (%s buffer)\n"
		"Buffer Size : %zu bytes, Max Element Size : %u bytes, "
		"Packets : %zu\n"
		"Allow-nth-pak : %u, Duration : %u (seconds), Max packets : "
		"%u, pps : %u\n"
		"Associated Capture Points:\n",
		c->name, type, c->store.size, c->packet_len, c->store.n,
		c->every, c->duration, c->packets, c->pps);
	TAILQ_FOREACH (s, &all->spots, link)
		if (strcmp(s->buffer, c->name) == 0)
			cli_say(o, "Name : %s, Status : %s\n", s->name,
				s->active && c->active ? "Active" : "Inactive");
	cli_say(o,
		"Configuration:\n"
		"monitor capture buffer %s size %zu max-size %u %s\n",
		c->name, c->store.size / KB, c->packet_len, type);
	if (c->match == MATCH_ACL)
		cli_say(o, "monitor capture buffer %s filter access-list %s\n",
			c->name, c->acl);
	TAILQ_FOREACH (s, &all->spots, link)
		if (strcmp(s->buffer, c->name) == 0)
			cli_say(o, "monitor capture point associate %s %s\n",
				s->name, c->name);
	cli_say(o, "\n");
}

static void say_old_packet(struct cli_out *o, const struct capture *c,
			   const struct capture_packet *p, bool octets)
{
	time_t seconds = (time_t)(p->wall / SEC(1));
	char clock[16], day[32];
	struct tm tm;
	bool in = p->point & CAPTURE_IN;
	const char *name = c->places[p->source].ifname;
	bool v6 = p->kept > ETH_HEADER && (p->data[ETH_HEADER] >> 4) == 6;

	gmtime_r(&seconds, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	strftime(day, sizeof(day), "%b %e %Y", &tm);
	cli_say(o, "%s.%03d UTC %s : IPv%d LES CEF    : %s %s\n\n", clock,
		(int)(p->wall % SEC(1) / 1000), day, v6 ? 6 : 4,
		in ? name : "None", in ? "None" : name);
	if (octets)
		capture_octets(o, p);
}

static void show_old(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	const struct capture_packet *p;
	const struct capture *c;

	if (cli_has(a, "all")) {
		TAILQ_FOREACH (c, &all->list, link)
			if (c->old)
				say_old_parameters(o, all, c);
		return;
	}
	c = named(obj, a, o, true);
	if (!c)
		return;
	if (cli_has(a, "parameters")) {
		say_old_parameters(o, all, c);
		return;
	}
	STAILQ_FOREACH (p, &c->store.packets, link)
		say_old_packet(o, c, p, cli_has(a, "dump"));
}

static void say_spot(struct captures *all, struct cli_out *o,
		     const struct capture_spot *s)
{
	const struct capture *c = capture_find(all, s->buffer, true);

	cli_say(o,
		"Status Information for Capture Point %s\n"
		"IPv%d CEF\n"
		"Switch Path: IPv%d CEF            , Capture Buffer: %s\n"
		"Status : %s\n\n"
		"Configuration:\n"
		"monitor capture point %s cef %s %s %s%s\n\n",
		s->name, s->v6 ? 6 : 4, s->v6 ? 6 : 4,
		*s->buffer ? s->buffer : "None",
		s->active && c && c->active ? "Active" : "Inactive",
		s->v6 ? "ipv6" : "ip", s->name, s->ifname,
		capture_direction(s->points), side(s->points));
}

static void show_spots(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	const struct capture_spot *s;

	TAILQ_FOREACH (s, &all->spots, link)
		if (cli_has(a, "all") ||
		    strcmp(s->name, cli_str(a, "name")) == 0)
			say_spot(all, o, s);
}

#define SHOW                                            \
	"show     Show running system information\n"    \
	"monitor  Monitoring different system events\n" \
	"capture  Show packet capture\n"
#define EXEC(text, fn)                                                \
	{                                                             \
		.mode = &cli_mode_exec, .words = SHOW text, .run = fn \
	}

static const struct cli_cmd commands[] = {
	EXEC("[ WORD$name  Name of the Capture\n]\n", show),
	EXEC("WORD$name  Name of the Capture\n"
	     "parameter  Capture commands\n",
	     show_parameter),
	EXEC("WORD$name  Name of the Capture\n"
	     "buffer  Captured packets\n"
	     "[ ( brief  A line for each packet\n"
	     "| detailed  A line and the octets of each packet\n"
	     "| dump  The octets of each packet\n) ]\n",
	     show_buffer),
	EXEC("buffer  Capture buffer\n"
	     "( all  All buffers\n"
	     "parameters  Parameters of the buffer\n"
	     "| WORD$name  Name of the buffer\n"
	     "[ ( dump  The octets of each packet\n"
	     "| parameters  Parameters of the buffer\n) ] )\n",
	     show_old),
	EXEC("point  Capture point\n"
	     "( all  All points\n"
	     "| WORD$name  Name of the point\n)\n",
	     show_spots),
};

void capture_show_init(struct captures *all)
{
	CLI_ADD(all->config.cli, commands, all);
}
