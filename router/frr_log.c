/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/frr_log.h"

#include <string.h>

#include "base/mem.h"

/* FRR's words and IOS's. */
struct words {
	const char *frr, *ios;
};

static const struct words reasons[] = {
	{ "Admin. shutdown", "Admin. shutdown" },
	{ "Address family activated", "Address family activated" },
	{ "BGP Notification received", "BGP Notification received" },
	{ "BGP Notification send", "BGP Notification sent" },
	{ "Capability changed", "Capability changed" },
	{ "Cluster ID changed", "Cluster ID changed" },
	{ "Interface down", "Interface flap" },
	{ "Local AS change", "Local AS change" },
	{ "Multihop config change", "Multihop config change" },
	{ "Neighbor address lost", "Interface flap" },
	{ "Neighbor deleted", "Neighbor deleted" },
	{ "No AFI/SAFI activated for peer", "Neighbor deleted" },
	{ "Passive config change", "Passive config change" },
	{ "Peer closed the session", "Peer closed the session" },
	{ "Peer-group add member", "Member added to peergroup" },
	{ "Peer-group delete member", "Member removed from peergroup" },
	{ "RR client config change", "RR client config change" },
	{ "Remote AS changed", "Remote AS changed" },
	{ "Router ID changed", "Router ID changed" },
	{ "Socket Error", "Peer closed the session" },
	{ "Update source change", "Update source change" },
	{ "User reset", "User reset" },
	{ "Waiting for NHT", "Route to peer lost" },
};

static const struct words states[] = {
	{ "2-Way", "2WAY" },	  { "Attempt", "ATTEMPT" },
	{ "Deleted", "DOWN" },	  { "Down", "DOWN" },
	{ "ExStart", "EXSTART" }, { "Exchange", "EXCHANGE" },
	{ "Full", "FULL" },	  { "Init", "INIT" },
	{ "Loading", "LOADING" },
};

static const struct words events[] = {
	{ "1-WayReceived", "1-Way" },
	{ "AdjOK?", "Adjacency lost" },
	{ "BadLSReq", "BadLSReq" },
	{ "ExchangeDone", "Exchange Done" },
	{ "InactivityTimer", "Neighbor Down: Dead timer expired" },
	{ "KillNbr", "Neighbor Down: Interface down or detached" },
	{ "LLDown", "Neighbor Down: Interface down or detached" },
	{ "LoadingDone", "Loading Done" },
	{ "SeqNumberMismatch", "SeqNumberMismatch" },
};

static const char *translate(const struct words *table, size_t n,
			     const char *word, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(table[i].frr) == len &&
		    !memcmp(table[i].frr, word, len))
			return table[i].ios;
	return NULL;
}

/* The address at the beginning; what stands behind it, or NULL. */
static const char *take_address(const char *p, struct ip_addr *out)
{
	char text[IP_ADDR_TEXT];
	size_t n = strspn(p, "0123456789.");

	if (!n || n >= sizeof(text))
		return NULL;
	memcpy(text, p, n);
	text[n] = '\0';
	return ip_parse(out, text) && out->family == IP_V4 ? p + n : NULL;
}

static const char *last(const char *in, const char *what)
{
	const char *found = NULL;

	for (; (in = strstr(in, what)); in++)
		found = in;
	return found;
}

/* "10.0.0.2(its name) in vrf default Down Peer closed the session" */
static bool read_bgp(const char *p, struct frr_event_line *out)
{
	static const char vrf[] = " in vrf default ";
	const char *state, *reason;

	p = take_address(p, &out->neighbor);
	/* What stands behind the name is FRR's again. */
	state = p ? last(p, vrf) : NULL;
	if (!state || (*p != '(' && state != p))
		return false;
	state += strlen(vrf);
	out->kind = FRR_BGP_ADJACENCY;
	out->reason = "";
	out->up = !strcmp(state, "Up");
	if (out->up)
		return true;
	if (strncmp(state, "Down ", 5) != 0)
		return false;
	state += 5;
	reason = translate(reasons, ARRAY_SIZE(reasons), state, strlen(state));
	out->reason = reason ? reason : "Peer reset";
	return true;
}

static const char *until(const char *p, const char *end)
{
	return p ? strstr(p, end) : NULL;
}

/* "2.2.2.2, NbrIP 10.0.0.2 (default) on eth1:10.0.0.1: Loading -> Full
 * (LoadingDone)" */
static bool read_ospf(const char *p, struct frr_event_line *out)
{
	static const char ip[] = ", NbrIP ", on[] = " (default) on ";
	struct ip_addr addr;
	const char *device, *from, *to, *event, *end;
	size_t n;

	p = take_address(p, &out->neighbor);
	if (!p || strncmp(p, ip, strlen(ip)) != 0)
		return false;
	p = take_address(p + strlen(ip), &addr);
	if (!p || strncmp(p, on, strlen(on)) != 0)
		return false;
	device = p + strlen(on);
	n = strcspn(device, ": ");
	from = until(device, ": ");
	to = until(from, " -> ");
	event = until(to, " (");
	end = until(event, ")");
	if (!end || end[1] || !n || n >= sizeof(out->device))
		return false;
	memcpy(out->device, device, n);
	out->device[n] = '\0';
	from += 2;
	out->kind = FRR_OSPF_ADJACENCY;
	out->from = translate(states, ARRAY_SIZE(states), from,
			      (size_t)(to - from));
	to += 4;
	out->to =
		translate(states, ARRAY_SIZE(states), to, (size_t)(event - to));
	event += 2;
	out->reason = translate(events, ARRAY_SIZE(events), event,
				(size_t)(end - event));
	if (!out->reason)
		out->reason = "";
	out->up = out->to && !strcmp(out->to, "FULL");
	/* FRR skips a state in which nothing has to be loaded. */
	if (out->up && out->from) {
		out->from = "LOADING";
		out->reason = "Loading Done";
	}
	return out->from && out->to;
}

bool frr_log_read(const char *line, struct frr_event_line *out)
{
	static const char bgp[] = " %ADJCHANGE: neighbor ";
	static const char ospf[] = " AdjChg: Nbr ";
	const char *p;

	*out = (struct frr_event_line){ 0 };
	p = strstr(line, bgp);
	if (p)
		return read_bgp(p + strlen(bgp), out);
	p = strstr(line, ospf);
	return p && read_ospf(p + strlen(ospf), out);
}
