/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show ip bgp and clear ip bgp: bgpd is asked, IOS's layout is printed. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "router/frr_json.h"
#include "router/frr_show.h"
#include "router/router_priv.h"

static const struct frr_node *first(const struct frr_node *in)
{
	return in ? in->child : NULL;
}

/* NULL: BGP does not run, which has been said. */
static struct frr_json *ask(struct router *router, const char *line,
			    struct cli_out *o)
{
	struct frr_json *json = frr_ask(router->frr, FRR_BGPD, line);

	if (!json)
		cli_error(o, "%% BGP not active\n\n");
	return json;
}

/* --- show ip bgp ---------------------------------------------------------- */

static void say_legend(struct cli_out *o, const struct frr_node *root)
{
	cli_say(o,
		"BGP table version is %" PRIu64 ", local router ID is %s\n"
		"Status codes: s suppressed, d damped, h history, * valid, > "
		"best, i - internal, \n"
		"              r RIB-failure, S Stale, m multipath, b "
		"backup-path, f RT-Filter, \n"
		"              x best-external, a additional-path, c "
		"RIB-compressed, \n"
		"Origin codes: i - IGP, e - EGP, ? - incomplete\n"
		"RPKI validation codes: V valid, I invalid, N Not found\n\n"
		"     Network          Next Hop            Metric LocPrf Weight "
		"Path\n",
		frr_json_number(root, "tableVersion"),
		frr_json_text(root, "routerId"));
}

/* A network that is as large as its class is written without its length. */
static void network_text(const char *prefix, char *out, size_t len)
{
	size_t n = strcspn(prefix, "/");
	struct ip_addr addr;
	unsigned int length, natural;

	snprintf(out, len, "%s", prefix);
	if (n >= len || !prefix[n])
		return;
	out[n] = '\0';
	length = (unsigned int)strtoul(prefix + n + 1, NULL, 10);
	if (ip_parse(&addr, out) && addr.family == IP_V4) {
		natural = addr.b[0] < 128 ? 8 : addr.b[0] < 192 ? 16 : 24;
		if (length == natural || (!length && !strcmp(out, "0.0.0.0")))
			return;
	}
	out[n] = '/';
}

static void number_text(const struct frr_node *path, const char *key, char *out,
			size_t len)
{
	*out = '\0';
	if (frr_json_get(path, key))
		snprintf(out, len, "%" PRIu64, frr_json_number(path, key));
}

static char origin_of(const struct frr_node *path)
{
	const char *origin = frr_json_text(path, "origin");

	return !strcmp(origin, "IGP")	? 'i'
	       : !strcmp(origin, "EGP") ? 'e'
					: '?';
}

static void say_path(struct cli_out *o, const char *network,
		     const struct frr_node *path)
{
	const struct frr_node *hop = first(frr_json_get(path, "nexthops"));
	bool internal = !strcmp(frr_json_text(path, "pathFrom"), "internal");
	const char *as = frr_json_text(path, "path");
	char metric[24], preference[24];
	char state = frr_json_true(path, "suppressed") ? 's'
		     : frr_json_true(path, "damped")   ? 'd'
		     : frr_json_true(path, "history")  ? 'h'
		     : frr_json_true(path, "stale")    ? 'S'
						       : ' ';

	number_text(path, "metric", metric, sizeof(metric));
	number_text(path, "locPrf", preference, sizeof(preference));
	cli_say(o, "%c%c%c%c ", state, frr_json_true(path, "valid") ? '*' : ' ',
		frr_json_true(path, "bestpath")	   ? '>'
		: frr_json_true(path, "multipath") ? 'm'
						   : ' ',
		internal ? 'i' : ' ');
	if (strlen(network) > 16)
		cli_say(o, "%s\n%22s", network, "");
	else
		cli_say(o, "%-17s", network);
	cli_say(o, "%-15s%11s%7s%7" PRIu64 " %s%s%c\n",
		frr_json_text(hop, "ip"), metric, preference,
		frr_json_number(path, "weight"), as, *as ? " " : "",
		origin_of(path));
}

static void show_bgp(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct frr_json *json = ask(obj, "show ip bgp json", o);
	const struct frr_node *root, *route, *path;
	char network[48];

	(void)a;
	if (!json)
		return;
	root = frr_json_root(json);
	route = first(frr_json_get(root, "routes"));
	/* IOS prints nothing at all about an empty table. */
	if (route)
		say_legend(o, root);
	for (; route; route = route->next) {
		network_text(route->key ? route->key : "", network,
			     sizeof(network));
		for (path = route->child; path; path = path->next)
			say_path(o, path == route->child ? network : "", path);
	}
	frr_json_free(json);
}

/* --- show ip bgp summary -------------------------------------------------- */

static void say_peer(struct cli_out *o, const struct frr_node *peer)
{
	const char *state = frr_json_text(peer, "state");
	char age[FRR_AGE], prefixes[24];

	frr_age(frr_json_number(peer, "peerUptimeMsec") / 1000, age);
	if (!frr_json_number(peer, "peerUptimeMsec"))
		snprintf(age, sizeof(age), "never");
	snprintf(prefixes, sizeof(prefixes), "%8" PRIu64,
		 frr_json_number(peer, "pfxRcd"));
	cli_say(o,
		"%-15s %" PRIu64 " %12" PRIu64 " %7" PRIu64 " %7" PRIu64
		" %8" PRIu64 " %4" PRIu64 " %4" PRIu64 " %-8s %s\n",
		peer->key ? peer->key : "", frr_json_number(peer, "version"),
		frr_json_number(peer, "remoteAs"),
		frr_json_number(peer, "msgRcvd"),
		frr_json_number(peer, "msgSent"),
		frr_json_number(peer, "tableVersion"),
		frr_json_number(peer, "inq"), frr_json_number(peer, "outq"),
		age, !strcmp(state, "Established") ? prefixes : state);
}

static void show_summary(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct frr_json *json = ask(obj, "show ip bgp summary json", o);
	const struct frr_node *in, *peer;

	(void)a;
	if (!json)
		return;
	in = frr_json_get(frr_json_root(json), "ipv4Unicast");
	if (!in) {
		frr_json_free(json);
		return;
	}
	cli_say(o,
		"BGP router identifier %s, local AS number %" PRIu64 "\n"
		"BGP table version is %" PRIu64
		", main routing table version %" PRIu64 "\n"
		"BGP using %" PRIu64 " total bytes of memory\n\n"
		"Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ "
		"OutQ Up/Down  State/PfxRcd\n",
		frr_json_text(in, "routerId"), frr_json_number(in, "as"),
		frr_json_number(in, "tableVersion"),
		frr_json_number(in, "tableVersion"),
		frr_json_number(in, "ribMemory") +
			frr_json_number(in, "peerMemory"));
	peer = first(frr_json_get(in, "peers"));
	for (; peer; peer = peer->next)
		say_peer(o, peer);
	frr_json_free(json);
}

/* --- show ip bgp neighbors ------------------------------------------------ */

static void say_counts(struct cli_out *o, const struct frr_node *n)
{
	static const struct {
		const char *name, *sent, *received;
	} rows[] = {
		{ "Opens:", "opensSent", "opensRecv" },
		{ "Notifications:", "notificationsSent", "notificationsRecv" },
		{ "Updates:", "updatesSent", "updatesRecv" },
		{ "Keepalives:", "keepalivesSent", "keepalivesRecv" },
		{ "Route Refresh:", "routeRefreshSent", "routeRefreshRecv" },
		{ "Total:", "totalSent", "totalRecv" },
	};
	const struct frr_node *stats = frr_json_get(n, "messageStats");

	cli_say(o,
		"  Message statistics:\n"
		"    InQ depth is %" PRIu64 "\n"
		"    OutQ depth is %" PRIu64 "\n"
		"    \n"
		"                         Sent       Rcvd\n",
		frr_json_number(stats, "depthInq"),
		frr_json_number(stats, "depthOutq"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		cli_say(o, "    %-15s%10" PRIu64 " %10" PRIu64 "\n",
			rows[i].name, frr_json_number(stats, rows[i].sent),
			frr_json_number(stats, rows[i].received));
}

static void say_ends(struct cli_out *o, const struct frr_node *n)
{
	uint64_t reset = frr_json_number(n, "lastResetTimerMsecs");
	char age[FRR_AGE];

	cli_say(o,
		"  Connections established %" PRIu64 "; dropped %" PRIu64 "\n",
		frr_json_number(n, "connectionsEstablished"),
		frr_json_number(n, "connectionsDropped"));
	frr_age(reset / 1000, age);
	if (frr_json_number(n, "connectionsDropped"))
		cli_say(o, "  Last reset %s, due to %s\n", age,
			frr_json_text(n, "lastResetDueTo"));
	else
		cli_say(o, "  Last reset never\n");
	if (!frr_json_number(n, "portForeign")) {
		cli_say(o, "  No active TCP connection\n\n");
		return;
	}
	cli_say(o,
		"Local host: %s, Local port: %" PRIu64 "\n"
		"Foreign host: %s, Foreign port: %" PRIu64 "\n\n",
		frr_json_text(n, "hostLocal"), frr_json_number(n, "portLocal"),
		frr_json_text(n, "hostForeign"),
		frr_json_number(n, "portForeign"));
}

static void say_neighbor(struct cli_out *o, const struct frr_node *n)
{
	const struct frr_node *family = frr_json_get(
		frr_json_get(n, "addressFamilyInfo"), "ipv4Unicast");
	char age[FRR_AGE], read[FRR_AGE], wrote[FRR_AGE];
	bool up = !strcmp(frr_json_text(n, "bgpState"), "Established");

	cli_say(o, "BGP neighbor is %s,  remote AS %" PRIu64 ", %s link\n",
		n->key ? n->key : "", frr_json_number(n, "remoteAs"),
		frr_json_true(n, "nbrExternalLink") ? "external" : "internal");
	if (frr_json_get(n, "nbrDesc"))
		cli_say(o, " Description: %s\n", frr_json_text(n, "nbrDesc"));
	cli_say(o, "  BGP version 4, remote router ID %s\n",
		frr_json_text(n, "remoteRouterId"));
	frr_age(frr_json_number(n, "bgpTimerUpMsec") / 1000, age);
	frr_age(frr_json_number(n, "bgpTimerLastRead") / 1000, read);
	frr_age(frr_json_number(n, "bgpTimerLastWrite") / 1000, wrote);
	cli_say(o, "  BGP state = %s%s%s\n", frr_json_text(n, "bgpState"),
		up ? ", up for " : "", up ? age : "");
	if (up)
		cli_say(o,
			"  Last read %s, last write %s, hold time is %" PRIu64
			", keepalive interval is %" PRIu64 " seconds\n",
			read, wrote,
			frr_json_number(n, "bgpTimerHoldTimeMsecs") / 1000,
			frr_json_number(n, "bgpTimerKeepAliveIntervalMsecs") /
				1000);
	say_counts(o, n);
	cli_say(o,
		"\n For address family: IPv4 Unicast\n"
		"  Prefixes sent %" PRIu64 ", received %" PRIu64 "\n\n",
		frr_json_number(family, "sentPrefixCounter"),
		frr_json_number(family, "acceptedPrefixCounter"));
	say_ends(o, n);
}

static void show_neighbors(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ip_addr wanted = cli_addr(a, "address"), addr;
	struct frr_json *json = ask(obj, "show ip bgp neighbors json", o);
	const struct frr_node *n;
	bool found = false;

	if (!json)
		return;
	for (n = first(frr_json_root(json)); n; n = n->next) {
		/* Beside the neighbors stand things about bgpd. */
		if (!n->key || !ip_parse(&addr, n->key) ||
		    (ip_is_set(&wanted) && !ip_equal(&addr, &wanted)))
			continue;
		found = true;
		say_neighbor(o, n);
	}
	if (!found && ip_is_set(&wanted))
		cli_error(o, "%% No such neighbor or address family\n");
	frr_json_free(json);
}

/* --- clear ip bgp --------------------------------------------------------- */

static void clear_bgp(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	struct ip_addr addr = cli_addr(a, "address");
	char text[IP_ADDR_TEXT], line[96], *answer;

	snprintf(line, sizeof(line), "clear ip bgp %s%s%s",
		 ip_is_set(&addr) ? ip_text(&addr, text) : "*",
		 cli_has(a, "soft") ? " soft" : "",
		 cli_has(a, "in")    ? " in"
		 : cli_has(a, "out") ? " out"
				     : "");
	answer = frr_fetch(router->frr, FRR_BGPD, line);
	if (!answer)
		cli_error(o, "%% BGP not active\n");
	else if (*answer)
		cli_error(o, "%% Unknown neighbor - \"%s\"\n",
			  ip_text(&addr, text));
	free(answer);
}

#define SHOW_IP_BGP                               \
	"show  Show running system information\n" \
	"ip    IP information\n"                  \
	"bgp   BGP information\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_BGP,
		.run = show_bgp,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words =
			SHOW_IP_BGP "summary  Summary of BGP neighbor status\n",
		.run = show_summary,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW_IP_BGP
		"neighbors  Detailed information on TCP and BGP neighbor "
		"connections\n"
		"[ A.B.C.D$address  Neighbor to display information about\n"
		"]\n",
		.run = show_neighbors,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear  Reset functions\n"
			 "ip     IP\n"
			 "bgp    Clear BGP connections\n"
			 "( *    Clear all peers\n"
			 "| A.B.C.D$address  BGP neighbor address to clear\n"
			 ")\n"
			 "[ soft  Soft reconfig inbound and outbound updates\n"
			 "[ in   Soft reconfig inbound update\n"
			 "| out  Soft reconfig outbound update\n"
			 "] ]\n",
		.run = clear_bgp,
	},
};

void bgp_show_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
