/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>

#include "base/mem.h"
#include "router/acl.h"
#include "router/router_msg.h"
#include "router/system_priv.h"

enum { TCP = 6 };

bool system_admits(struct router *router, const char *acl,
		   const struct ip_addr *from)
{
	const struct packet_key key = { .src = *from, .protocol = TCP };
	const struct acl_entry *entry;
	const struct acl *list;

	list = from->family == IP_V6 ? acls_find6(router->acls, acl)
				     : acls_find(router->acls, acl);
	if (!list || !list->n)
		return true;
	entry = acl_match(list, &key);
	return entry && entry->ace.permit;
}

void system_login_report(struct router *router,
			 const struct cli_login_report *report)
{
	char now[STAMP_SIZE];

	stamp_config(&router->time, now);
	if (report->good && router->logins.on_success)
		log_msg(&router->log, LOGIN_SUCCESS, report->user,
			report->source, report->port, now);
	if (!report->good && router->logins.on_failure)
		log_msg(&router->log, LOGIN_FAILED, report->user,
			report->source, report->port, now);
}

static void set_failure(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	router->logins.on_failure = !cli_is_no(a);
}

static void set_success(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)o;
	router->logins.on_success = !cli_is_no(a);
}

static void write_logins(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;

	if (router->logins.on_failure)
		cli_say(o, "login on-failure log\n");
	if (router->logins.on_success)
		cli_say(o, "login on-success log\n");
}

#define LOGIN "login  Enable secure login checking\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = LOGIN
		"on-failure  Set options for failed login attempt\n.\n"
		"log  Generate syslogs on failure logins\n",
		.run = set_failure,
		.no = set_failure,
		.write = write_logins,
		.order = CLI_O_IP + 8,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGIN
		"on-success  Set options for successful login attempt\n.\n"
		"log  Generate syslogs on successful logins\n",
		.run = set_success,
		.no = set_success,
	},
};

void system_login_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}
