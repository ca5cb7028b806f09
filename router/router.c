/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "router/acl_priv.h"
#include "router/frr_show.h"
#include "router/mcast.h"
#include "router/router_msg.h"
#include "router/router_priv.h"
#include "router/system_priv.h"
#include "router/vrf_cli.h"

#define STARTUP_MODE 0600 /* it holds secrets */

/* --- hooks of the command line ---------------------------------------- */

static const char *hook_hostname(void *ctx)
{
	return router_hostname(ctx);
}

static int hook_save(void *ctx, const char *text, size_t len)
{
	struct router *router = ctx;

	return file_write(router->startup_path, STARTUP_MODE, text, len);
}

static char *hook_saved(void *ctx)
{
	struct router *router = ctx;

	return file_read(router->startup_path, STARTUP_MAX, NULL);
}

static int hook_erase(void *ctx)
{
	struct router *router = ctx;

	if (unlink(router->startup_path) && errno != ENOENT)
		return -errno;
	router->erased = true;
	log_msg(&router->log, SYS_NV_BLOCK_INIT);
	return 0;
}

static void hook_configured(void *ctx, const char *who)
{
	struct router *router = ctx;

	log_msg(&router->log, SYS_CONFIG_I, who);
}

static void hook_stamp(void *ctx, char *out)
{
	struct router *router = ctx;

	stamp_config(&router->time, out);
}

static void hook_expired(void *ctx, int line, const char *source,
			 const char *user)
{
	struct router *router = ctx;

	log_msg(&router->log, SYS_TTY_EXPIRE_TIMER, line, source, user);
}

static void hook_ssh(void *ctx, bool on)
{
	struct router *router = ctx;

	if (on)
		log_msg(&router->log, SSH_ENABLED, "2.0");
	else
		log_msg(&router->log, SSH_DISABLED, "2.0");
}

static void hook_login(void *ctx, const struct cli_login_report *report)
{
	system_login_report(ctx, report);
}

static char *hook_flash(void *ctx)
{
	const struct router *router = ctx;

	return xasprintf("%s/flash", router->state_dir);
}

static const char *hook_domain(void *ctx)
{
	return router_domain(ctx);
}

static bool admits(void *arg, const char *acl, const struct ip_addr *from)
{
	return system_admits(arg, acl, from);
}

static struct cli *make_cli(struct router *router)
{
	const struct cli_hooks hooks = {
		.ctx = router,
		.hostname = hook_hostname,
		.save = hook_save,
		.saved = hook_saved,
		.erase = hook_erase,
		.configured = hook_configured,
		.stamp = hook_stamp,
		.ssh = hook_ssh,
		.expired = hook_expired,
		.login = hook_login,
		.domain = hook_domain,
		.flash = hook_flash,
	};

	return cli_new(router->loop, &hooks);
}

/* --- life ------------------------------------------------------------- */

static void add_commands(struct router *router, int frr)
{
	struct cli *cli = router->cli;

	router_cli_init(router);
	router_kept_init(router);
	logging_cli_init(&router->log, cli);
	clock_cli_init(router);
	ifaces_cli_init(router->ifaces, cli);
	sroutes_cli_init(router->routes, cli);
	ipv6_routing_cli_init(router->ipv6, cli);
	mcast_cli_init(router->mcast, cli);
	mcast_show_init(router->mcast, cli);
	acl_cli_init(router->acls, cli);
	router->qos = qos_new(cli, router->acls, router->ifaces);
	router->frr = frr_new(router, frr);
	route_show_init(router);
	bgp_show_init(router);
	ospf_show_init(router);
	vrf_show_init(router);
	router_show_init(router);
	ping_init(router);
	telnet_init(router);
	traceroute_init(router);
	system_login_init(router);
	system_reload_init(router);
	system_show_init(router);
	system_tech_init(router);
}

struct router *router_new(const struct router_config *config)
{
	struct router *router = xcalloc(1, sizeof(*router));

	router->loop = config->loop;
	router->clock = config->clock;
	router->state_dir = xstrdup(config->state_dir);
	router->startup_path =
		xasprintf("%s/startup-config", config->state_dir);
	router->domain_lookup = true;
	router->last_reload = config->last_reload;
	snprintf(router->hostname, sizeof(router->hostname), "Router");
	timekeeper_init(&router->time, config->clock);
	logging_init(&router->log, &router->time);
	router->ifaces = ifaces_new(config->loop, &router->log, config->if_map,
				    config->n_map);
	if (!router->ifaces) {
		router_free(router);
		return NULL;
	}
	router->routes = sroutes_new(router->ifaces);
	router->ipv6 = ipv6_routing_new(router->ifaces);
	router->mcast = mcast_new(router);
	router->acls = acls_new();
	ifaces_filter_by(router->ifaces, router->acls);
	router->cli = make_cli(router);
	logging_set_cli(&router->log, router->cli);
	add_commands(router, config->frr);
	cli_set_access(router->cli, admits, router);
	return router;
}

void router_free(struct router *router)
{
	size_t i;

	if (!router)
		return;
	/* The terminals end first: a ping at work holds on to the rest. */
	logging_set_cli(&router->log, NULL);
	frr_stop(router->frr);
	cli_free(router->cli);
	system_reload_fini(router);
	system_show_fini(router);
	if (router->acls)
		acls_detach(router->acls);
	qos_free(router->qos);
	if (router->ifaces)
		ifaces_filter_by(router->ifaces, NULL);
	acls_free(router->acls);
	mcast_free(router->mcast);
	ipv6_routing_free(router->ipv6);
	sroutes_free(router->routes);
	ifaces_free(router->ifaces);
	frr_free(router->frr);
	logging_fini(&router->log);
	kept_fini(&router->kept);
	for (i = 0; i < router->n_hosts; i++)
		free(router->hosts[i].name);
	free(router->domain);
	free(router->state_dir);
	free(router->startup_path);
	free(router);
}

static void report(void *arg, unsigned int line, const char *what,
		   const char *error)
{
	log_warn("%s line %u: %s: %s", (const char *)arg, line, what, error);
}

static void load(struct router *router, const char *path)
{
	char name[512];
	char *text = file_read(path, STARTUP_MAX, NULL);

	if (!text) {
		log_warn("cannot read %s: %s", path, strerror(errno));
		return;
	}
	snprintf(name, sizeof(name), "%s", path);
	cli_load(router->cli, text, report, name);
	free(text);
}

void router_boot(struct router *router, const char *initial)
{
	if (!access(router->startup_path, F_OK))
		load(router, router->startup_path);
	else if (initial)
		load(router, initial);
	ifaces_started(router->ifaces);
	sroutes_sync(router->routes);
	ipv6_routing_sync(router->ipv6);
	mcast_sync(router->mcast);
	log_msg(&router->log, SYS_RESTART, PACKAGE_VERSION);
	frr_started(router->frr);
}

/* --- the face --------------------------------------------------------- */

struct cli *router_cli(struct router *router)
{
	return router->cli;
}

struct acls *router_acls(struct router *router)
{
	return router->acls;
}

struct qos *router_qos(struct router *router)
{
	return router->qos;
}

struct ifaces *router_ifaces(struct router *router)
{
	return router->ifaces;
}

const char *router_hostname(struct router *router)
{
	return router->hostname;
}

const char *router_domain(struct router *router)
{
	return router->domain;
}

void router_log_event(void *router, const struct msg_def *def, const char *text)
{
	struct router *r = router;

	logging_event(&r->log, def, text);
}

void router_log_debug(void *router, const char *text)
{
	struct router *r = router;

	logging_debug(&r->log, text);
}

void router_set_env(struct router *router, struct env *env)
{
	router->env = env;
}

bool router_is_erased(const struct router *router)
{
	return router->erased;
}

bool router_service_internal(struct router *router)
{
	return router->internal;
}

bool router_resolve(const struct router *router, const char *name,
		    struct ip_addr *out)
{
	size_t i;

	if (ip_parse(out, name))
		return true;
	for (i = 0; i < router->n_hosts; i++) {
		if (strcasecmp(router->hosts[i].name, name))
			continue;
		*out = router->hosts[i].addr;
		return true;
	}
	return false;
}
