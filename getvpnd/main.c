/* SPDX-License-Identifier: GPL-3.0-or-later */
/* getvpnd: one router.  This file only wires the parts together; each lives
 * in its own folder. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/env_real.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "cli/server.h"
#include "gdoi/gdoi_debug.h"
#include "gdoi/group.h"
#include "getvpnd/options.h"
#include "getvpnd/privileges.h"
#include "getvpnd/reference.h"
#include "getvpnd/sockets.h"
#include "gm/gm.h"
#include "ipsec/capture.h"
#include "ipsec/capture_keys.h"
#include "ipsec/ipsec.h"
#include "ipsec/qos_apply.h"
#include "isakmp/isakmp.h"
#include "ks/ks.h"
#include "router/frr_keeper.h"
#include "router/paste.h"
#include "router/router.h"

enum { SSH_KEY_BITS_MIN = 1024 }; /* RequiredRSASize of OpenSSH */

struct daemon {
	struct options options;
	struct cli_consoles *consoles; /* that wait for the next start */
	bool again;		       /* start anew instead of ending */
	bool dropped;		       /* privileges */
	int frr;		       /* to its keeper, or -errno */
	pid_t frr_keeper;
	struct clock clock;
	struct loop *loop;
	struct router *router;
	struct env *env;
	struct sockets *sockets;
	struct isakmp *isakmp;
	struct isakmp_keys *keys;
	struct ipsec_config *ipsec_config;
	struct ipsec *ipsec;
	struct captures *captures;
	struct qos_apply *qos;
	struct gdoi_groups *groups;
	struct ks *ks;
	struct gm *gm;
	struct cli_server *server;
	struct loop_signal *term, *interrupt;
};

/* --- what the layers need from each other ------------------------------- */

static void send_datagram(void *arg, const struct endpoint *local,
			  const struct endpoint *remote, const void *data,
			  size_t len)
{
	struct daemon *d = arg;

	if (d->sockets)
		sockets_send(d->sockets, local, remote, data, len);
}

static void join_group(void *arg, const struct ip_addr *group,
		       const struct endpoint *local, bool on)
{
	struct daemon *d = arg;

	if (d->sockets)
		sockets_join(d->sockets, group, local, on);
}

static void log_event(void *arg, const struct msg_def *def, const char *text)
{
	struct daemon *d = arg;

	router_log_event(d->router, def, text);
}

static void log_debug(void *arg, const char *text)
{
	struct daemon *d = arg;

	router_log_debug(d->router, text);
}

static void datagram(void *arg, const struct endpoint *local,
		     const struct endpoint *remote, const void *data,
		     size_t len)
{
	struct daemon *d = arg;

	isakmp_input(d->isakmp, local, remote, data, len);
}

/* As IOS calls an RSA key pair that was given no label. */
static char *key_label(void *arg)
{
	struct daemon *d = arg;
	const char *domain = router_domain(d->router);

	if (!domain)
		return NULL;
	return xasprintf("%s.%s", router_hostname(d->router), domain);
}

/* crypto isakmp identity hostname */
static char *own_name(void *arg)
{
	char *full = key_label(arg);

	return full ? full
		    : xstrdup(router_hostname(((struct daemon *)arg)->router));
}

static bool service_internal(void *arg)
{
	struct daemon *d = arg;

	return router_service_internal(d->router);
}

static bool is_local(void *arg, const struct ip_addr *addr)
{
	struct daemon *d = arg;
	const struct iface *i = iface_by_addr(router_ifaces(d->router), addr);

	return i && i->line_up;
}

static unsigned int device_of(void *arg, const struct vrf *vrf,
			      const struct ip_addr *addr)
{
	struct daemon *d = arg;
	const struct iface *i = iface_by_addr_in(router_ifaces(d->router),
						 vrf ? vrf->id : 0, addr);

	return i && !i->loopback ? i->ifindex : 0;
}

static bool interface_addr(void *arg, const char *name, struct ip_addr *out)
{
	struct daemon *d = arg;
	const struct iface *i = iface_find(router_ifaces(d->router), name);

	if (!i || !ip_is_set(&i->addr))
		return false;
	*out = i->addr;
	return true;
}

static void interface_view(void *arg, const char *name,
			   struct gm_interface *out)
{
	struct daemon *d = arg;
	const struct iface *i = iface_find(router_ifaces(d->router), name);

	*out = (struct gm_interface){ 0 };
	if (!i)
		return;
	out->exists = true;
	out->up = i->line_up;
	out->addr = i->addr;
	out->vrf = i->vrf;
	out->mtu = i->ip_mtu ? i->ip_mtu : i->mtu;
	out->mtu6 = i->ipv6_mtu ? i->ipv6_mtu : i->mtu;
}

static const char *vrf_name(void *arg, uint32_t id)
{
	struct daemon *d = arg;
	const struct vrf *vrf =
		vrf_by_id(ifaces_vrfs(router_ifaces(d->router)), id);

	return vrf ? vrf->name : NULL;
}

static const char *interface_at(void *arg, const struct endpoint *at)
{
	struct daemon *d = arg;
	const struct iface *i =
		iface_by_addr_in(router_ifaces(d->router), at->vrf, &at->addr);

	return i ? i->name : NULL;
}

static const char *interface_name(const void *iface)
{
	return ((const struct iface *)iface)->name;
}

static void interface_changed(void *arg, struct iface *iface,
			      enum iface_change change)
{
	struct daemon *d = arg;

	if (d->gm)
		gm_interface_changed(d->gm, iface->name);
	if (d->ks)
		ks_interface_changed(d->ks, iface->name);
	if (d->qos)
		qos_apply_interface_changed(d->qos, iface, change);
	if (d->sockets)
		sockets_interfaces_changed(d->sockets);
}

static bool pre_classify(void *arg, const char *ifname)
{
	struct daemon *d = arg;

	return d->gm && gm_pre_classify(d->gm, ifname);
}

static void maps_changed(void *arg)
{
	struct daemon *d = arg;

	if (d->qos)
		qos_apply_soon(d->qos);
}

static void stop(void *arg)
{
	struct daemon *d = arg;

	loop_stop(d->loop);
}

static void start_anew(void *arg)
{
	struct daemon *d = arg;

	d->again = true;
	loop_stop(d->loop);
}

/* --- life --------------------------------------------------------------- */

static char *state_path(const struct daemon *d, const char *name)
{
	return xasprintf("%s/%s", d->options.state_dir, name);
}

static void prepare_state_dir(const struct daemon *d)
{
	char *path = state_path(d, "getvpnd.pid");
	char pid[16];
	int n = snprintf(pid, sizeof(pid), "%ld\n", (long)getpid()), rc;

	if (mkdir(d->options.state_dir, 0700) < 0 && errno != EEXIST)
		log_fatal("%s: %s", d->options.state_dir, strerror(errno));
	rc = file_write(path, 0644, pid, (size_t)n);
	if (rc)
		log_fatal("%s: %s", path, strerror(-rc));
	free(path);
}

static void start_router(struct daemon *d)
{
	const struct router_config config = {
		.loop = d->loop,
		.clock = &d->clock,
		.state_dir = d->options.state_dir,
		.if_map = (const char *const *)d->options.if_map,
		.n_map = d->options.n_map,
		.frr = d->frr,
		.last_reload = d->again ? "Reload Command" : NULL,
	};
	const struct env_real_out out = {
		.ctx = d,
		.send = send_datagram,
		.join = join_group,
		.event = log_event,
		.debug = log_debug,
	};

	d->router = router_new(&config);
	if (!d->router)
		log_fatal("the router could not start");
	router_on_reload(d->router, start_anew, d);
	d->env = env_real_new(d->loop, &d->clock, &out);
	router_set_env(d->router, d->env);
}

/* The host key of SSH; sshd takes none that is shorter. */
static char *host_key(void *arg, const char *label)
{
	struct daemon *d = arg;

	return isakmp_keys_pem(d->keys, label, SSH_KEY_BITS_MIN);
}

static void keys_changed(void *arg, const char *label)
{
	struct daemon *d = arg;

	(void)label;
	cli_server_keys_changed(d->server);
}

static void configured(void *arg)
{
	keys_changed(arg, NULL);
}

static void start_isakmp(struct daemon *d)
{
	struct cli *cli = router_cli(d->router);
	char *path = state_path(d, "private-config");
	const struct udp_config udp = {
		.port = GDOI_PORT,
		.input = datagram,
		.device = device_of,
		.arg = d,
	};

	d->keys = isakmp_keys_new(d->env, path);
	free(path);
	isakmp_keys_cli_init(d->keys, cli, key_label, d);
	isakmp_keys_watch(d->keys, keys_changed, d);
	cli_on_configured(cli, configured, d);
	d->isakmp = isakmp_new(d->env);
	isakmp_cli_init(d->isakmp, cli, service_internal, d);
	isakmp_set_name(d->isakmp, own_name, d);
	isakmp_set_vrfs(d->isakmp, vrf_name, d);
	isakmp_set_interfaces(d->isakmp, interface_at, d);
	d->sockets = sockets_new(d->loop, &udp,
				 ifaces_vrfs(router_ifaces(d->router)));
	if (!d->sockets)
		log_fatal("ISAKMP needs its port");
}

static void phase1_keys(void *arg, const uint8_t *cookie, const uint8_t *key,
			size_t len)
{
	struct daemon *d = arg;

	capture_keys_phase1(captures_keys(d->captures), cookie,
			    ISAKMP_COOKIE_OCTETS, key, len);
}

static void start_captures(struct daemon *d)
{
	const struct captures_config config = {
		.loop = d->loop,
		.env = d->env,
		.ipsec = d->ipsec,
		.acls = router_acls(d->router),
		.cli = router_cli(d->router),
		.internal = service_internal,
		.arg = d,
	};

	d->captures = captures_new(&config);
	isakmp_on_keys(d->isakmp, phase1_keys, d);
}

static void start_qos(struct daemon *d)
{
	const struct qos_apply_config config = {
		.env = d->env,
		.cli = router_cli(d->router),
		.ipsec = d->ipsec,
		.ifaces = router_ifaces(d->router),
		.qos = router_qos(d->router),
		.pre_classify = pre_classify,
		.arg = d,
	};

	d->qos = qos_apply_new(&config);
}

static void start_ipsec(struct daemon *d)
{
	struct cli *cli = router_cli(d->router);

	d->ipsec_config = ipsec_config_new();
	ipsec_config_cli_init(d->ipsec_config, cli);
	d->ipsec = ipsec_new(d->loop, d->env, &d->clock,
			     router_ifaces(d->router), d->options.workers);
	if (!d->ipsec)
		log_fatal("the dataplane could not start");
	ipsec_follow(d->ipsec, d->ipsec_config);
	ipsec_cli_init(d->ipsec, cli);
	start_captures(d);
	start_qos(d);
}

static void start_roles(struct daemon *d)
{
	struct cli *cli = router_cli(d->router);
	const struct ks_config ks = {
		.env = d->env,
		.cli = cli,
		.isakmp = d->isakmp,
		.keys = d->keys,
		.groups = d->groups,
		.acls = router_acls(d->router),
		.ipsec = d->ipsec_config,
		.is_local = is_local,
		.interface_addr = interface_addr,
		.arg = d,
	};
	const struct gm_config gm = {
		.env = d->env,
		.cli = cli,
		.if_mode = &router_mode_if,
		.if_order = IFACE_O_CRYPTO_MAP,
		.if_name = interface_name,
		.isakmp = d->isakmp,
		.groups = d->groups,
		.acls = router_acls(d->router),
		.ipsec = d->ipsec_config,
		.dataplane = ipsec_dataplane(d->ipsec),
		.interface = interface_view,
		.vrf_name = vrf_name,
		.refreshed = maps_changed,
		.arg = d,
	};

	d->ks = ks_new(&ks);
	ks_cli_init(d->ks);
	d->gm = gm_new(&gm);
	gm_cli_init(d->gm);
	ifaces_watch(router_ifaces(d->router), interface_changed, d);
}

static void open_terminals(struct daemon *d)
{
	char *path = state_path(d, "cli.sock");
	char *ssh = state_path(d, "ssh.sock");
	const struct cli_server_config config = {
		.socket_path = path,
		.console_fd = d->options.console_fd,
		.vty_port = d->options.vty_port,
		.getvpnsh = d->options.getvpnsh,
		.ssh_path = ssh,
		.host_key = host_key,
		.arg = d,
	};

	d->server = cli_server_new(d->loop, router_cli(d->router), &config);
	if (!d->server)
		log_fatal("no terminals");
	free(path);
	free(ssh);
}

static void show_conditions(void *groups, struct cli_out *o)
{
	gdoi_debug_conditions_show(groups, o);
}

static void drop_privileges(struct daemon *d)
{
	if (!d->options.no_frr && !d->options.list_commands)
		d->frr = frr_keeper_start(&d->frr_keeper);
	if (d->frr < 0 && d->frr != -ENOENT)
		log_warn("no routing protocols: %s", strerror(-d->frr));
	privileges_drop(d->options.no_vrf);
}

static void make_parts(struct daemon *d)
{
	prepare_state_dir(d);
	/* Before the first thread: rights belong to threads. */
	if (!d->dropped)
		drop_privileges(d);
	d->dropped = true;
	clock_init(&d->clock, d->options.time_scale);
	d->loop = loop_new();
	signal(SIGPIPE, SIG_IGN);
	loop_signal_open(d->loop, &d->term, SIGTERM, stop, d);
	loop_signal_open(d->loop, &d->interrupt, SIGINT, stop, d);
	start_router(d);
	start_isakmp(d);
	start_ipsec(d);
	d->groups = gdoi_groups_new(d->env, router_cli(d->router));
	isakmp_on_conditions(d->isakmp, show_conditions, d->groups);
	gdoi_group_cli_init(d->groups);
	start_roles(d);
	/* When everybody has said what he knows. */
	paste_init(router_cli(d->router));
}

static void start(struct daemon *d)
{
	make_parts(d);
	router_boot(d->router, d->options.startup_config);
	open_terminals(d);
	cli_server_adopt(d->server, d->consoles);
	d->consoles = NULL;
	d->again = false;
}

/* A reload: this process ends everything and starts it again, with the rights
 * and the options that it has.  Consoles see it from outside, as those of a
 * router do: they stay. */
static void keep_for_reload(struct daemon *d)
{
	d->consoles = cli_server_keep(d->server);
	if (router_is_erased(d->router))
		d->options.startup_config = NULL;
}

/* In the reverse order of start(): nobody is left with a pointer to what is
 * gone. */
static void end(struct daemon *d)
{
	char *pid = state_path(d, "getvpnd.pid");

	if (d->again)
		keep_for_reload(d);
	cli_server_free(d->server);
	d->server = NULL;
	gm_free(d->gm);
	d->gm = NULL;
	ks_free(d->ks);
	gdoi_groups_free(d->groups);
	captures_free(d->captures);
	qos_apply_free(d->qos);
	d->qos = NULL;
	ipsec_free(d->ipsec);
	isakmp_free(d->isakmp);
	isakmp_keys_free(d->keys);
	env_real_free(d->env);
	d->env = NULL;
	sockets_free(d->sockets);
	d->sockets = NULL;
	ipsec_config_free(d->ipsec_config);
	router_free(d->router);
	loop_signal_close(&d->term);
	loop_signal_close(&d->interrupt);
	loop_free(d->loop);
	unlink(pid);
	free(pid);
}

int main(int argc, char **argv)
{
	struct daemon d = { .frr = -ENOENT };

	options_parse(&d.options, argc, argv);
	if (d.options.list_messages) {
		reference_messages();
		options_free(&d.options);
		return 0;
	}
	if (d.options.list_commands) {
		make_parts(&d);
		reference_commands(router_cli(d.router));
	} else {
		start(&d);
		loop_run(d.loop);
		while (d.again) {
			end(&d);
			start(&d);
			loop_run(d.loop);
		}
	}
	end(&d);
	if (d.frr >= 0)
		frr_keeper_end(d.frr, d.frr_keeper);
	options_free(&d.options);
	return 0;
}
