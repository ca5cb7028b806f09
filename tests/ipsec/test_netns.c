/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two gateways in two network namespaces, each with the real router model and
 * dataplane on its end of a veth pair:
 *
 *	parent's namespace            child's namespace
 *	kernel - gv-wire0 - wire0 === wire0 - gv-wire0 - kernel
 *	10.9.0.1                                  10.9.0.2
 *
 * Needs root; is skipped without. */
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "cli/cli_test.h"
#include "ipsec/ip.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/nodes.h"

enum {
	PINGS = 10,
	PING_SIZE = 56,
	DONT = IP_PMTUDISC_DONT,
	TCP_OCTETS = 16 << 20
};

/* The parent's wire and the child's. */
static const char *const runs[][2] = {
	{ "af-packet", "af-packet" },
#ifdef HAVE_XDP
	{ "af-xdp", "af-packet" },
	{ "af-xdp", "af-xdp" },
#endif
};

/* --- what passes on the wire ------------------------------------------ */

/* In the child's namespace: what AF_XDP sends and receives, packet sockets of
 * its own side do not see. */
static int sniffer_open(pid_t other)
{
	char theirs[64];
	struct sockaddr_ll at = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ALL) };
	int ours = open("/proc/self/ns/net", O_RDONLY), fd;

	snprintf(theirs, sizeof(theirs), "/proc/%d/ns/net", (int)other);
	fd = open(theirs, O_RDONLY);
	NEED(ours >= 0 && fd >= 0 && setns(fd, CLONE_NEWNET) == 0);
	close(fd);
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);
	at.sll_ifindex = (int)if_nametoindex("wire0");
	NEED(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	NEED(setns(ours, CLONE_NEWNET) == 0);
	close(ours);
	return fd;
}

struct seen {
	unsigned int esp, other, longest;
};

/* Nothing can be said about a wire whose both ends are AF_XDP's: there is no
 * sniffer. */
static void expect_seen(int sniffer, const char *what, unsigned int got,
			unsigned int low, unsigned int high)
{
	if (sniffer >= 0)
		expect(what, got, low, high);
}

static struct seen sniffer_read(int fd)
{
	uint8_t frame[2048];
	struct seen seen = { 0 };
	struct ipv4 ip;
	ssize_t len;

	while ((len = recv(fd, frame, sizeof(frame), 0)) > 0) {
		if (len < ETH_HEADER || get16(frame + 12) != ETHERTYPE_IPV4 ||
		    !ipv4_read(&ip, frame + ETH_HEADER,
			       (size_t)len - ETH_HEADER))
			continue;
		if (ip.protocol == ESP_PROTOCOL)
			seen.esp++;
		else
			seen.other++;
		if (ip.total > seen.longest)
			seen.longest = ip.total;
	}
	return seen;
}

/* --- ping -------------------------------------------------------------- */

struct pinger {
	pthread_t thread;
	size_t size;  /* ICMP payload */
	int discover; /* IP_PMTUDISC_... */
	unsigned int answered;
	struct loop *loop;
	struct loop_wake *done;
};

static bool ping(int fd, uint16_t sequence, size_t size)
{
	uint8_t packet[8192] = { ICMP_ECHO }, answer[8192];
	struct sockaddr_in to = { .sin_family = AF_INET };
	ssize_t len;

	to.sin_addr.s_addr = htonl(0x0a090002);
	put16(packet + 4, 4711);
	put16(packet + 6, sequence);
	put16(packet + 2, ip_checksum(packet, 8 + size));
	if (sendto(fd, packet, 8 + size, 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0)
		return false;
	while ((len = recv(fd, answer, sizeof(answer), 0)) > 28)
		if (answer[20] == ICMP_ECHOREPLY &&
		    get16(answer + 26) == sequence)
			return (size_t)len == 28 + size;
	return false;
}

static void *ping_run(void *arg)
{
	struct timeval patience = { .tv_sec = 1 };
	struct pinger *p = arg;
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);

	NEED(fd >= 0);
	NEED(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)) == 0);
	NEED(setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &p->discover,
			sizeof(p->discover)) == 0);
	for (uint16_t i = 0; i < PINGS; i++)
		p->answered += ping(fd, i, p->size);
	close(fd);
	loop_wake_ring(p->done);
	return NULL;
}

static unsigned int ping_other(struct node *n, size_t size, int discover)
{
	struct pinger p = { .size = size,
			    .discover = discover,
			    .loop = n->loop };

	loop_wake_open(n->loop, &p.done, node_wake, n->loop);
	NEED(pthread_create(&p.thread, NULL, ping_run, &p) == 0);
	loop_run(n->loop);
	pthread_join(p.thread, NULL);
	loop_wake_close(&p.done);
	return p.answered;
}

/* --- the two processes -------------------------------------------------- */

/* --- TCP --------------------------------------------------------------- */

static struct sockaddr_in tcp_address(uint32_t host)
{
	struct sockaddr_in a = { .sin_family = AF_INET };

	a.sin_port = htons(7777);
	a.sin_addr.s_addr = htonl(host);
	return a;
}

struct tcp_server {
	int fd, tell; /* the pipe's end, after each connection */
};

/* Takes connections for ever and answers each with how much it brought.  Tells
 * when nothing more will come of it: the last ACK is there. */
static void *tcp_serve(void *arg)
{
	static const struct linger linger = { .l_onoff = 1, .l_linger = 10 };
	static uint8_t buf[65536];
	const struct tcp_server *s = arg;
	int c;
	uint64_t total;
	ssize_t n;

	while ((c = accept(s->fd, NULL, NULL)) >= 0) {
		for (total = 0; (n = read(c, buf, sizeof(buf))) > 0;)
			total += (uint64_t)n;
		NEED(write(c, &total, sizeof(total)) == sizeof(total));
		NEED(setsockopt(c, SOL_SOCKET, SO_LINGER, &linger,
				sizeof(linger)) == 0);
		close(c);
		tell(s->tell);
	}
	return NULL;
}

/* Listens when it returns; s lives as long as the thread. */
static void tcp_start(struct tcp_server *s)
{
	struct sockaddr_in a = tcp_address(INADDR_ANY);
	pthread_t server;

	s->fd = socket(AF_INET, SOCK_STREAM, 0);
	NEED(bind(s->fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	NEED(listen(s->fd, 1) == 0);
	NEED(pthread_create(&server, NULL, tcp_serve, s) == 0);
}

/* Sends TCP_OCTETS to the other side: how many it says have come.  The
 * connection is over on both sides when it returns. */
static uint64_t tcp_send(const struct pipes *p)
{
	struct sockaddr_in a = tcp_address(0x0a090002);
	struct timeval patience = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	static uint8_t buf[65536];
	uint64_t total = 0;

	NEED(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)) == 0);
	NEED(connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0);
	for (uint64_t sent = 0; sent < TCP_OCTETS; sent += sizeof(buf))
		NEED(write(fd, buf, sizeof(buf)) == sizeof(buf));
	shutdown(fd, SHUT_WR);
	NEED(read(fd, &total, sizeof(total)) == sizeof(total));
	/* Its FIN: what came after the front would be sent again. */
	NEED(read(fd, buf, sizeof(buf)) == 0);
	close(fd);
	hear(p->to_parent[0]);
	return total;
}

/* --- the two sides ----------------------------------------------------- */

static int child(struct pipes *p)
{
	struct node n = { 0 };
	struct tcp_server server = { .tell = p->to_parent[1] };

	NEED(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	NEED(unshare(CLONE_NEWNET) == 0);
	tell(p->to_parent[1]);
	hear(p->to_child[0]); /* the wire is there */
	node_start(&n, "10.9.0.2");
	node_up(&n);
	tcp_start(&server);
	node_front(&n);
	NEED(node_policy(&n, xcalloc(1, sizeof(struct ipsec_policy))) == 0);
	tell(p->to_parent[1]);
	node_hear(&n, p->to_child[0]);
	node_protect(&n);
	tell(p->to_parent[1]);
	node_hear(&n, p->to_child[0]);
	node_stop(&n);
	return 0;
}

static void show(struct node *n, const char *want)
{
	char *screen = cli_test_run(router_cli(n->router),
				    "show platform packet-path\n");

	printf("%s", screen);
	NEED(strstr(screen, want));
	free(screen);
}

static void protected_pings(struct node *n, const struct pipes *p, int sniffer)
{
	struct seen seen;
	struct ipsec_counters c;

	(void)sniffer_read(sniffer);
	show(n, "Ethernet0/0: front gv-wire0, wire wire0 by ");
	expect("pings answered", ping_other(n, PING_SIZE, DONT), PINGS, PINGS);
	seen = sniffer_read(sniffer);
	c = node_counters(n);
	expect_seen(sniffer, "ESP packets on the wire", seen.esp, 2 * PINGS,
		    2 * PINGS);
	expect_seen(sniffer, "other IP packets on the wire", seen.other, 0, 0);
	expect("encrypted", c.encrypt, PINGS, PINGS);
	expect("decrypted", c.decrypt, PINGS, PINGS);
	/* 1472 + 28 octets fit into the MTU but not once encrypted. */
	expect("large pings answered", ping_other(n, 1472, DONT), PINGS, PINGS);
	seen = sniffer_read(sniffer);
	expect_seen(sniffer, "their ESP packets", seen.esp, 4 * PINGS,
		    4 * PINGS);
	expect_seen(sniffer, "longest packet", seen.longest, 1400, 1500);
	/* The first one with DF is lost and teaches the kernel the MTU. */
	expect("large pings with DF answered",
	       ping_other(n, 1472, IP_PMTUDISC_WANT), PINGS - 1, PINGS - 1);
	expect("TCP octets through ESP", tcp_send(p), TCP_OCTETS, TCP_OCTETS);
	expect("huge pings answered", ping_other(n, 6000, DONT), PINGS, PINGS);
}

/* A policy that cannot be: the one before goes on. */
static void refused_policy(struct node *n)
{
	struct ipsec_policy *p = policy_article();

	p->sas[0].replay = IPSEC_REPLAY_COUNTER;
	p->sas[0].window = REPLAY_WINDOW_MAX + 1;
	expect("a window too large refused", node_policy(n, p) == -EINVAL, 1,
	       1);
	expect("pings by the policy before", ping_other(n, PING_SIZE, DONT),
	       PINGS, PINGS);
}

/* What a policy takes from the interface is read when it is set, which the
 * member does at each change of the interface. */
static void changed_mtu(struct node *n, int sniffer)
{
	free(cli_test_run(router_cli(n->router),
			  "configure terminal\n"
			  "interface Ethernet0/0\nip mtu 1000\nend\n"));
	node_protect(n);
	(void)sniffer_read(sniffer);
	expect("pings with another MTU", ping_other(n, 900, DONT), PINGS,
	       PINGS);
	/* Cut on this side, whole on the other. */
	expect("large pings with it", ping_other(n, 960, DONT), PINGS, PINGS);
	expect_seen(sniffer, "their ESP packets", sniffer_read(sniffer).esp,
		    5 * PINGS, 5 * PINGS);
}

static bool has_address(const char *device)
{
	struct ifreq req = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	bool ok;

	memcpy(req.ifr_name, device, strlen(device));
	ok = ioctl(fd, SIOCGIFADDR, &req) == 0;
	close(fd);
	return ok;
}

static int flags_of(const char *device)
{
	struct ifreq req = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(req.ifr_name, device, strlen(device));
	NEED(ioctl(fd, SIOCGIFFLAGS, &req) == 0);
	close(fd);
	return (unsigned short)req.ifr_flags;
}

/* Whoever is in a call on a TAP holds it until the call is over. */
static void wait_for_taps(void)
{
	for (int i = 0; i < 100 && if_nametoindex("gv-wire0"); i++)
		usleep(10000);
}

static void given_back(void)
{
	wait_for_taps();
	expect("fronts left", if_nametoindex("gv-wire0"), 0, 0);
	expect("the device has its address", has_address("wire0"), 1, 1);
	expect("it answers ARP", !(flags_of("wire0") & IFF_NOARP), 1, 1);
}

static void expect_pings(struct node *n, const char *what)
{
	expect(what, ping_other(n, PING_SIZE, DONT), PINGS, PINGS);
}

/* Several features hold the front, come and go: it stays the one it was, and
 * is clear whenever no map has it.  The other side has no rules yet. */
static void users(struct node *n)
{
	static const char *const name = "Ethernet0/0";
	unsigned int front;

	NEED(ipsec_hold(n->ipsec, name, IPSEC_USER_QOS) == 0);
	front = if_nametoindex("gv-wire0");
	expect("a front for QoS alone", front != 0, 1, 1);
	expect_pings(n, "clear pings through it");
	NEED(ipsec_hold(n->ipsec, name, IPSEC_USER_CAPTURE) == 0);
	NEED(ipsec_hold(n->ipsec, name, IPSEC_USER_CAPTURE) == 0);
	ipsec_release(n->ipsec, name, IPSEC_USER_QOS);
	expect_pings(n, "pings through what is left to another");
	expect("a policy without a map",
	       node_policy(n, xcalloc(1, sizeof(struct ipsec_policy))) ==
		       -ENODEV,
	       1, 1);
	node_front(n);
	NEED(node_policy(n, xcalloc(1, sizeof(struct ipsec_policy))) == 0);
	expect_pings(n, "pings by a map's policy");
	n->dataplane.ops->detach(n->dataplane.ctx, name);
	expect_pings(n, "pings after the map");
	expect("the front all along", if_nametoindex("gv-wire0"), front, front);
	ipsec_release(n->ipsec, name, IPSEC_USER_QOS);
	expect("a front held by one", if_nametoindex("gv-wire0"), front, front);
	ipsec_release(n->ipsec, name, IPSEC_USER_CAPTURE);
	given_back();
}

/* A router that fronts its interface is killed in the middle of it. */
static void killed(void)
{
	struct node n = { 0 };
	int status;
	pid_t pid;

	node_dir(&n);
	pid = fork();
	NEED(pid >= 0);
	if (pid == 0) {
		node_start(&n, "10.9.0.1");
		node_protect(&n);
		raise(SIGKILL);
	}
	NEED(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	node_remove_dir(&n);
	expect("the killed one's address", has_address("wire0"), 0, 0);
}

static void after_the_kill(void)
{
	struct node n = { 0 };

	expect("fronts left", if_nametoindex("gv-wire0"), 0, 0);
	node_start(&n, "10.9.0.1");
	node_up(&n);
	expect("the device has its address", has_address("wire0"), 1, 1);
	node_protect(&n);
	expect("pings after the kill", ping_other(&n, PING_SIZE, DONT), PINGS,
	       PINGS);
	node_stop(&n);
}

static int parent(struct pipes *p, pid_t other, bool sniffed)
{
	struct node n = { 0 };
	int64_t start;
	int sniffer;

	NEED(unshare(CLONE_NEWNET) == 0);
	hear(p->to_parent[0]);
	make_wire(other);
	tell(p->to_child[1]);
	node_start(&n, "10.9.0.1");
	node_up(&n);
	given_back();
	node_hear(&n, p->to_parent[0]);
	/* A native device sends superpackets with partial checksums. */
	expect("TCP octets into a front", tcp_send(p), TCP_OCTETS, TCP_OCTETS);
	users(&n);
	start = clock_real_now();
	node_protect(&n);
	printf("fronted in %lld us\n", (long long)(clock_real_now() - start));
	tell(p->to_child[1]);
	node_hear(&n, p->to_parent[0]);
	expect("the front has the address", has_address("gv-wire0"), 1, 1);
	expect("the wire has it not", has_address("wire0"), 0, 0);
	sniffer = sniffed ? sniffer_open(other) : -1;
	protected_pings(&n, p, sniffer);
	refused_policy(&n);
	changed_mtu(&n, sniffer);
	if (sniffer >= 0)
		close(sniffer);
	n.dataplane.ops->detach(n.dataplane.ctx, "Ethernet0/0");
	given_back();
	node_protect(&n);
	expect("pings after another attach", ping_other(&n, PING_SIZE, DONT),
	       PINGS, PINGS);
	ipsec_free(n.ipsec);
	n.ipsec = NULL;
	given_back();
	expect("messages", n.messages, 0, 0);
	node_stop(&n);
	killed();
	after_the_kill();
	return 0;
}

static int run(const char *const wires[2])
{
	bool sniffed = strcmp(wires[1], "af-packet") == 0;
	struct pipes p;
	int status;
	pid_t pid;

	alarm(60);
	printf("--- %s to %s\n", wires[0], wires[1]);
	NEED(pipe(p.to_child) == 0 && pipe(p.to_parent) == 0);
	pid = fork();
	NEED(pid >= 0);
	setenv("GETVPN_WIRE", wires[pid == 0], 1);
	if (pid == 0)
		exit(child(&p));
	status = parent(&p, pid, sniffed);
	tell(p.to_child[1]);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EXIT_FAILURE;
	return WEXITSTATUS(status);
}

int main(void)
{
	if (geteuid() != 0) {
		printf("skipped: needs root\n");
		return SKIPPED;
	}
	setlinebuf(stdout); /* a signal would lose it */
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		int status;
		pid_t pid = fork();

		NEED(pid >= 0);
		if (pid == 0)
			exit(run(runs[i]));
		NEED(waitpid(pid, &status, 0) == pid);
		if (status)
			return EXIT_FAILURE;
	}
	return 0;
}
