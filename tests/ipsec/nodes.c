/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ipsec/nodes.h"

#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>

#include "base/env_real.h"
#include "tests/ipsec/lanes.h"

static void no_send(void *ctx, const struct endpoint *local,
		    const struct endpoint *remote, const void *data, size_t len)
{
	(void)ctx;
	(void)local;
	(void)remote;
	(void)data;
	(void)len;
}

static void no_join(void *ctx, const struct ip_addr *group,
		    const struct endpoint *local, bool on)
{
	(void)ctx;
	(void)group;
	(void)local;
	(void)on;
}

static void count_message(void *ctx, const struct msg_def *def,
			  const char *text)
{
	struct node *n = ctx;

	n->messages++;
	fprintf(stderr, "%%%s-%d-%s: %s\n", def->facility, def->severity,
		def->mnemonic, text);
}

static void no_debug(void *ctx, const char *text)
{
	(void)ctx;
	(void)text;
}

static void configure(struct node *n)
{
	char path[128], text[256];
	int len = snprintf(text, sizeof(text),
			   "interface Ethernet0/0\n"
			   " ip address %s 255.255.255.0\n"
			   " no shutdown\n",
			   n->address);
	FILE *f;

	snprintf(path, sizeof(path), "%s/startup-config", n->dir);
	f = fopen(path, "w");
	NEED(f && fwrite(text, 1, (size_t)len, f) == (size_t)len);
	fclose(f);
}

void node_dir(struct node *n)
{
	snprintf(n->dir, sizeof(n->dir), "/tmp/test_netns.XXXXXX");
	NEED(mkdtemp(n->dir));
}

void node_remove_dir(struct node *n)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/startup-config", n->dir);
	unlink(path);
	rmdir(n->dir);
}

void node_start(struct node *n, const char *address)
{
	static const char *const map[] = { "Ethernet0/0=wire0" };
	const struct env_real_out out = { .ctx = n,
					  .send = no_send,
					  .join = no_join,
					  .event = count_message,
					  .debug = no_debug };
	struct router_config config = { .if_map = map, .n_map = 1 };

	n->address = address;
	if (!n->dir[0])
		node_dir(n);
	configure(n);
	n->loop = loop_new();
	clock_init(&n->clock, 1);
	config.loop = n->loop;
	config.clock = &n->clock;
	config.state_dir = n->dir;
	NEED(n->router = router_new(&config));
	NEED(n->env = env_real_new(n->loop, &n->clock, &out));
	router_set_env(n->router, n->env);
	router_boot(n->router, NULL);
	n->ipsec = ipsec_new(n->loop, n->env, &n->clock,
			     router_ifaces(n->router), 2);
	n->dataplane = ipsec_dataplane(n->ipsec);
	ipsec_cli_init(n->ipsec, router_cli(n->router));
}

void node_stop(struct node *n)
{
	ipsec_free(n->ipsec);
	router_free(n->router);
	env_real_free(n->env);
	loop_free(n->loop);
	node_remove_dir(n);
}

void node_wake(void *arg)
{
	loop_stop(arg);
}

/* Until the kernel has told that the cable is in: before, it has no route. */
void node_up(struct node *n)
{
	const struct iface *iface =
		iface_find(router_ifaces(n->router), "Ethernet0/0");
	struct loop_timer *t = NULL;

	while (!iface->line_up) {
		loop_timer_set(n->loop, &t, MSEC(10), node_wake, n->loop);
		loop_run(n->loop);
	}
}

void node_wait(struct node *n, unsigned int messages)
{
	struct loop_timer *t = NULL;
	unsigned int rounds = 0;

	do {
		loop_timer_set(n->loop, &t, MSEC(100), node_wake, n->loop);
		loop_run(n->loop);
	} while (n->messages < messages && ++rounds < 100);
}

void node_front(struct node *n)
{
	const struct dataplane *d = &n->dataplane;
	int err = d->ops->attach(d->ctx, "Ethernet0/0");

	if (err)
		log_fatal("attach: %s", strerror(-err));
}

int node_policy(struct node *n, struct ipsec_policy *p)
{
	const struct dataplane *d = &n->dataplane;

	return d->ops->set_policy(d->ctx, "Ethernet0/0", p);
}

/* Both clocks are the machine's, so their time stamps agree. */
void node_protect(struct node *n)
{
	struct ipsec_policy *p = policy_article();

	node_front(n);
	p->sas[0].pst_offset = clock_real_now() - clock_now(&n->clock);
	NEED(node_policy(n, p) == 0);
}

/* veth wire0 here, wire0 in the namespace of process other. */
void make_wire(pid_t other)
{
	_Alignas(8) char buf[1024];
	struct mnl_socket *nl = mnl_socket_open(NETLINK_ROUTE);
	struct nlmsghdr *h = mnl_nlmsg_put_header(buf);
	struct nlattr *info, *data, *peer;
	const struct nlmsgerr *answer;
	struct ifinfomsg *ifi;

	NEED(nl && mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) == 0);
	h->nlmsg_type = RTM_NEWLINK;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
	ifi = mnl_nlmsg_put_extra_header(h, sizeof(*ifi));
	ifi->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(h, IFLA_IFNAME, "wire0");
	info = mnl_attr_nest_start(h, IFLA_LINKINFO);
	mnl_attr_put_strz(h, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(h, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(h, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(h, sizeof(*ifi));
	mnl_attr_put_strz(h, IFLA_IFNAME, "wire0");
	mnl_attr_put_u32(h, IFLA_NET_NS_PID, (uint32_t)other);
	mnl_attr_nest_end(h, peer);
	mnl_attr_nest_end(h, data);
	mnl_attr_nest_end(h, info);
	NEED(mnl_socket_sendto(nl, h, h->nlmsg_len) > 0);
	NEED(mnl_socket_recvfrom(nl, buf, sizeof(buf)) > 0);
	answer = mnl_nlmsg_get_payload((struct nlmsghdr *)buf);
	errno = -answer->error;
	NEED(answer->error == 0);
	mnl_socket_close(nl);
}

void tell(int fd)
{
	NEED(write(fd, "x", 1) == 1);
}

void hear(int fd)
{
	char c;

	NEED(read(fd, &c, 1) == 1);
}

static void heard(void *arg, unsigned int events)
{
	(void)events;
	loop_stop(arg);
}

/* The node goes on hearing the kernel meanwhile, or would take a cable that
 * is just being plugged in for a dead one. */
void node_hear(struct node *n, int fd)
{
	struct loop_fd *h = NULL;

	loop_fd_open(n->loop, &h, fd, LOOP_READ, heard, n->loop);
	loop_run(n->loop);
	loop_fd_close(&h);
	hear(fd);
}

void expect(const char *what, uint64_t got, uint64_t low, uint64_t high)
{
	printf("%s: %llu\n", what, (unsigned long long)got);
	if (got < low || got > high)
		log_fatal("%s is not in %llu..%llu", what,
			  (unsigned long long)low, (unsigned long long)high);
}

struct ipsec_counters node_counters(struct node *n)
{
	struct ipsec_counters c;

	n->dataplane.ops->counters(n->dataplane.ctx, "G", &c);
	return c;
}
