/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show ip ospf neighbor, clear ip ospf process. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "router/frr_json.h"
#include "router/frr_show.h"
#include "router/router_priv.h"

/* "Full/DR" of ospfd as IOS writes it; a link of two has no such roles. */
static void state_text(const char *state, char *out, size_t len)
{
	size_t n = strcspn(state, "/");
	const char *role = state[n] ? state + n + 1 : "";
	size_t i;

	snprintf(out, len, "%.*s", (int)n, state);
	for (i = 0; out[i]; i++)
		out[i] = (char)toupper((unsigned char)out[i]);
	if (!strcmp(out, "2-WAY"))
		snprintf(out, len, "2WAY");
	i = strlen(out);
	if (!strcmp(role, "-"))
		snprintf(out + i, len - i, "/  -");
	else if (!strcmp(role, "Backup"))
		snprintf(out + i, len - i, "/BDR");
	else if (!strcmp(role, "DROther"))
		snprintf(out + i, len - i, "/DROTHER");
	else
		snprintf(out + i, len - i, "/%s", role);
}

static void say_neighbor(struct router *router, struct cli_out *o,
			 const char *id, const struct frr_node *n)
{
	const char *name = frr_json_text(n, "ifaceName");
	char state[32], device[32], dead[FRR_AGE];

	state_text(frr_json_text(n, "nbrState"), state, sizeof(state));
	snprintf(device, sizeof(device), "%.*s", (int)strcspn(name, ":"), name);
	frr_age(frr_json_number(n, "routerDeadIntervalTimerDueMsec") / 1000,
		dead);
	cli_say(o, "%-15s %3" PRIu64 "   %-15s %s    %-15s %s\n", id,
		strstr(state, "/  -") ? 0 : frr_json_number(n, "nbrPriority"),
		state, dead, frr_json_text(n, "ifaceAddress"),
		frr_interface(router->frr, device));
}

static void show_neighbors(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct router *router = obj;
	struct frr_json *json =
		frr_ask(router->frr, FRR_OSPFD, "show ip ospf neighbor json");
	const struct frr_node *id, *n;

	(void)a;
	if (!json)
		return;
	id = frr_json_get(frr_json_root(json), "neighbors");
	id = id ? id->child : NULL;
	if (id)
		cli_say(o, "\nNeighbor ID     Pri   State           Dead Time  "
			   " Address         Interface\n");
	for (; id; id = id->next)
		for (n = id->child; n; n = n->next)
			say_neighbor(router, o, id->key ? id->key : "", n);
	frr_json_free(json);
}

static void clear_process(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct router *router = obj;

	(void)a;
	(void)o;
	free(frr_fetch(router->frr, FRR_OSPFD, "clear ip ospf process"));
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show      Show running system information\n"
			 "ip        IP information\n"
			 "ospf      OSPF information\n"
			 "neighbor  Neighbor list\n",
		.run = show_neighbors,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear    Reset functions\n"
			 "ip       IP\n"
			 "ospf     OSPF clear commands\n"
			 "process  Reset OSPF process\n",
		.run = clear_process,
	},
};

void ospf_show_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
