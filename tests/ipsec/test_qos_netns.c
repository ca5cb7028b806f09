/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A shaped link under more than it can carry, between two gateways in network
 * namespaces (nodes.h): what has priority is answered soon, the rest waits.
 * Needs root; is skipped without. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "ipsec/ip.h"
#include "ipsec/qos.h"
#include "tests/ipsec/lanes.h"
#include "tests/ipsec/nodes.h"
#include "tests/ipsec/policies.h"

enum {
	PINGS = 30,
	OTHER_PINGS = 8,  /* most are lost */
	PING_TOTAL = 100, /* as IOS's */
	FLOOD_OCTETS = 1000,
	FLOOD_BURST = 10, /* each millisecond: 80 Mbit/s */
	LINK_BPS = 8000000,
	OTHER = 0x0a090002,
};

static const char *const name = "Ethernet0/0";

/* EF has priority on a link of 8 Mbit/s. */
static const struct ipsec_qos_class inner[] = {
	{ CLASS_DSCP("EF", DSCP_EF), .priority = true,
	  .priority_bps = LINK_BPS / 4 },
	{ CLASS_DEFAULT },
};
static const struct ipsec_qos_policy llq = { inner, 2 };
static const struct ipsec_qos_class shaped[] = {
	{ CLASS_DEFAULT, .shape_bps = LINK_BPS, .child = &llq },
};
static const struct ipsec_qos_spec shape = SPEC(shaped);

/* Only counted, as in the article. */
static const struct ipsec_qos_spec count = SPEC(inner);

/* What may come in. */
static const struct ipsec_qos_class nothing[] = { { CLASS_DEFAULT } };
static const struct ipsec_qos_spec input = SPEC(nothing);

struct job {
	pthread_t thread;
	void (*work)(struct job *job);
	struct loop_wake *done;
	int tos;
	uint16_t pings;
	unsigned int answered;
	int64_t total_us;
	_Atomic bool stop;
};

static struct sockaddr_in other(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_addr.s_addr = htonl(OTHER);
	to.sin_port = htons(9);
	return to;
}

/* Until the answer to this one, or no more for a while. */
static bool answered(int fd, uint16_t sequence)
{
	uint8_t answer[2048];
	ssize_t len;

	while ((len = recv(fd, answer, sizeof(answer), 0)) > 28)
		if (answer[20] == ICMP_ECHOREPLY &&
		    get16(answer + 26) == sequence)
			return true;
	return false;
}

static void ping(struct job *job)
{
	struct timeval patience = { .tv_usec = 300000 };
	struct sockaddr_in to = other();
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	int64_t start;

	NEED(fd >= 0);
	NEED(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience,
			sizeof(patience)) == 0);
	NEED(setsockopt(fd, IPPROTO_IP, IP_TOS, &job->tos, sizeof(job->tos)) ==
	     0);
	for (uint16_t i = 0; i < job->pings; i++) {
		uint8_t packet[PING_TOTAL - IPV4_HEADER] = { ICMP_ECHO };

		put16(packet + 6, i);
		put16(packet + 4, 4712);
		put16(packet + 2, ip_checksum(packet, sizeof(packet)));
		start = clock_real_now();
		NEED(sendto(fd, packet, sizeof(packet), 0,
			    (struct sockaddr *)&to, sizeof(to)) > 0);
		if (!answered(fd, i))
			continue;
		job->answered++;
		job->total_us += clock_real_now() - start;
		usleep(5000);
	}
	close(fd);
}

static void flood(struct job *job)
{
	static const uint8_t octets[FLOOD_OCTETS];
	struct sockaddr_in to = other();
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	NEED(fd >= 0);
	while (!atomic_load(&job->stop)) {
		for (int i = 0; i < FLOOD_BURST; i++)
			(void)sendto(fd, octets, sizeof(octets), 0,
				     (struct sockaddr *)&to, sizeof(to));
		usleep(1000);
	}
	close(fd);
}

static void *job_run(void *arg)
{
	struct job *job = arg;

	job->work(job);
	if (job->done)
		loop_wake_ring(job->done);
	return NULL;
}

static unsigned int ping_other(struct node *n, int tos, int64_t *mean_us)
{
	struct job job = { .work = ping,
			   .tos = tos,
			   .pings = tos ? PINGS : OTHER_PINGS };

	loop_wake_open(n->loop, &job.done, node_wake, n->loop);
	NEED(pthread_create(&job.thread, NULL, job_run, &job) == 0);
	loop_run(n->loop);
	pthread_join(job.thread, NULL);
	loop_wake_close(&job.done);
	*mean_us = job.answered ? job.total_us / job.answered : 0;
	return job.answered;
}

static struct ipsec_qos_counters counters(struct node *n, size_t number)
{
	struct ipsec_qos_counters c;

	NEED(ipsec_qos_read(n->ipsec, name, IPSEC_QOS_OUT, number, &c));
	return c;
}

/* The article's: each ping is 198 octets on the wire. */
static void counted(struct node *n)
{
	struct ipsec_qos_counters c;
	int64_t mean;

	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_OUT, &count) == 0);
	expect("pings answered", ping_other(n, 184, &mean), PINGS, PINGS);
	c = counters(n, 0);
	expect("packets in EF", c.offered.packets, PINGS, PINGS);
	expect("octets in EF", c.offered.bytes, PINGS * 198, PINGS * 198);
	ipsec_qos_clear(n->ipsec, name);
	expect("packets after clear", counters(n, 0).offered.packets, 0, 0);
}

/* What leaves in half a second, in per cent of what may. */
static uint64_t rate_now(struct node *n)
{
	uint64_t before = counters(n, 0).output.bytes;
	int64_t start = clock_real_now();

	usleep(500000);
	return (counters(n, 0).output.bytes - before) * 8 * 100 * 1000000 /
	       (uint64_t)(clock_real_now() - start) / LINK_BPS;
}

static void overloaded(struct node *n)
{
	struct job load = { .work = flood };
	int64_t first, best, alone;
	struct ipsec_qos_counters c;
	unsigned int got;

	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_OUT, &shape) == 0);
	ping_other(n, 184, &alone);
	NEED(pthread_create(&load.thread, NULL, job_run, &load) == 0);
	usleep(200000);
	expect("percent of the rate", rate_now(n), 90, 103);
	expect("pings of EF in the flood", ping_other(n, 184, &first), PINGS,
	       PINGS);
	got = ping_other(n, 0, &best);
	atomic_store(&load.stop, true);
	pthread_join(load.thread, NULL);
	printf("mean of EF %lld us (alone %lld), of %u others %lld\n",
	       (long long)first, (long long)alone, got, (long long)best);
	/* A packet in front, at most, against a queue of 64: 1 ms and 69. */
	expect("EF's mean in us", (uint64_t)first, 1, 35000);
	if (got)
		expect("the others'", (uint64_t)best, 40000, UINT64_MAX);
	c = counters(n, 1);
	expect("lost of EF", c.dropped.packets, 0, 0);
	c = counters(n, 2);
	expect("lost of the flood", c.queue_full.packets, 100, UINT64_MAX);
	node_wait(n, 0);
	c = counters(n, 2);
	expect("what waits still", c.queue, 0, 0);
	expect("what became of it", c.output.packets + c.dropped.packets,
	       c.offered.packets, c.offered.packets);
}

/* Whatever holds the interface's front: the map, the policy, both. */
static void holders(struct node *n)
{
	int64_t mean;

	NEED(ipsec_qos_set(n->ipsec, "Ethernet7/7", IPSEC_QOS_OUT, &count) ==
	     -ENODEV);
	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_IN, &shape) == -EINVAL);
	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_OUT, &count) == 0);
	expect("a front for it alone", if_nametoindex("gv-wire0") != 0, 1, 1);
	expect("clear pings", ping_other(n, 184, &mean), PINGS, PINGS);
	expect("octets of clear pings", counters(n, 0).offered.bytes,
	       PINGS * 114, PINGS * 114);
	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_IN, &input) == 0);
	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_OUT, NULL) == 0);
	expect("a front for input", if_nametoindex("gv-wire0") != 0, 1, 1);
	NEED(ipsec_qos_set(n->ipsec, name, IPSEC_QOS_IN, NULL) == 0);
	for (int i = 0; i < 100 && if_nametoindex("gv-wire0"); i++)
		usleep(10000);
	expect("no front", if_nametoindex("gv-wire0"), 0, 0);
}

static int child(struct pipes *p)
{
	struct node n = { 0 };

	NEED(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	NEED(unshare(CLONE_NEWNET) == 0);
	tell(p->to_parent[1]);
	hear(p->to_child[0]);
	node_start(&n, "10.9.0.2");
	node_up(&n);
	tell(p->to_parent[1]);
	node_hear(&n, p->to_child[0]);
	node_protect(&n);
	tell(p->to_parent[1]);
	node_hear(&n, p->to_child[0]);
	node_stop(&n);
	return 0;
}

static void parent(struct pipes *p, pid_t pid)
{
	struct node n = { 0 };

	NEED(unshare(CLONE_NEWNET) == 0);
	hear(p->to_parent[0]);
	make_wire(pid);
	tell(p->to_child[1]);
	node_start(&n, "10.9.0.1");
	node_up(&n);
	node_hear(&n, p->to_parent[0]);
	holders(&n);
	node_protect(&n);
	tell(p->to_child[1]);
	node_hear(&n, p->to_parent[0]);
	counted(&n);
	overloaded(&n);
	expect("messages", n.messages, 0, 0);
	node_stop(&n);
	tell(p->to_child[1]);
}

int main(void)
{
	struct pipes p;
	int status;
	pid_t pid;

	if (geteuid() != 0) {
		printf("skipped: needs root\n");
		return SKIPPED;
	}
	setlinebuf(stdout);
	alarm(60);
	NEED(pipe(p.to_child) == 0 && pipe(p.to_parent) == 0);
	pid = fork();
	NEED(pid >= 0);
	if (pid == 0)
		exit(child(&p));
	parent(&p, pid);
	NEED(waitpid(pid, &status, 0) == pid);
	return status ? EXIT_FAILURE : 0;
}
