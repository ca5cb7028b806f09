/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two gateways in two network namespaces (test_netns.c has the drawing) change
 * their keys again and again under a flow of 1,000 packets a second; then what
 * a dataplane tells of packets that were refused and of keys that are used up.
 *
 * Needs root; is skipped without. */
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/ipsec/lanes.h"
#include "tests/ipsec/nodes.h"

enum {
	SWAPS = 100,
	PORT = 7778,
	GAP_US = 1000,	  /* between two packets of the flow */
	PAUSE_US = 15000, /* between two changes */
	QUIET_MS = 500,	  /* what is not here after that is lost */
	PATIENCE_MS = 10000,
	RCVBUF = 4 << 20,
	OLD = 12, /* packets with a key that is gone or a stamp that is old */
	SPI0 = 0x6bafd300,
};

/* --- the flow ------------------------------------------------------------ */

struct flow {
	pthread_t thread;
	_Atomic bool stop;
	uint64_t sent;
};

static int flow_open(struct sockaddr_in *to)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	NEED(fd >= 0);
	*to = (struct sockaddr_in){ .sin_family = AF_INET };
	to->sin_port = htons(PORT);
	to->sin_addr.s_addr = htonl(0x0a090002);
	return fd;
}

static void flow_send(int fd, const struct sockaddr_in *to, uint64_t sequence)
{
	NEED(sendto(fd, &sequence, sizeof(sequence), 0,
		    (const struct sockaddr *)to,
		    sizeof(*to)) == sizeof(sequence));
}

static void *flow_run(void *arg)
{
	struct flow *flow = arg;
	struct sockaddr_in to;
	int fd = flow_open(&to);

	while (!atomic_load(&flow->stop)) {
		flow_send(fd, &to, flow->sent++);
		usleep(GAP_US);
	}
	close(fd);
	return NULL;
}

static void send_some(unsigned int n)
{
	struct sockaddr_in to;
	int fd = flow_open(&to);

	for (unsigned int i = 0; i < n; i++)
		flow_send(fd, &to, i);
	close(fd);
}

static int sink_open(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	int size = RCVBUF;

	at.sin_port = htons(PORT);
	NEED(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	NEED(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) ==
	     0);
	return fd;
}

/* How many came, until it has been quiet for a while. */
static uint64_t sink_count(int fd)
{
	uint64_t n = 0, before, sequence;

	do {
		before = n;
		usleep(QUIET_MS * 1000);
		while (recv(fd, &sequence, sizeof(sequence), 0) ==
		       sizeof(sequence))
			n++;
	} while (n > before);
	return n;
}

/* --- counters ------------------------------------------------------------ */

#define COUNTER(name) offsetof(struct ipsec_counters, name)

static uint64_t counter(struct node *n, size_t at)
{
	struct ipsec_counters c = node_counters(n);
	uint64_t value;

	memcpy(&value, (const char *)&c + at, sizeof(value));
	return value;
}

/* Packets wait in queues while the machine has other things to do: what the
 * counter has come to after a while, or as soon as it is want. */
static uint64_t settled(struct node *n, size_t at, uint64_t want)
{
	for (int i = 0; i < PATIENCE_MS && counter(n, at) < want; i++)
		usleep(1000);
	return counter(n, at);
}

/* They are on the wire when it returns. */
static void send_all(struct node *n, unsigned int count)
{
	uint64_t want = counter(n, COUNTER(encrypt)) + count;

	send_some(count);
	expect("encrypted", settled(n, COUNTER(encrypt), want), want, want);
}

/* --- policies ------------------------------------------------------------ */

static void add_key(struct node *n, struct ipsec_policy *p, unsigned int seed,
		    int64_t send_from)
{
	struct ipsec_sa sa = sa_make(&article_transform, (uint8_t)seed);

	sa.replay = IPSEC_REPLAY_TIME;
	sa.window = 5;
	sa.pst_offset = clock_real_now() - clock_now(&n->clock);
	sa.send_from = send_from;
	policy_add_sa(p, sa);
}

/* Key i + 2 is new and heard; sent with from send_from on. */
static void roll(struct node *n, unsigned int i, int64_t send_from)
{
	struct ipsec_policy *p = policy_any();

	add_key(n, p, i + 2, send_from);
	add_key(n, p, i + 1, 0);
	add_key(n, p, i, 0);
	NEED(node_policy(n, p) == 0);
}

static void only_key(struct node *n, unsigned int i, int64_t late)
{
	struct ipsec_policy *p = policy_any();

	add_key(n, p, i, 0);
	p->sas[0].pst_offset -= late;
	NEED(node_policy(n, p) == 0);
}

static void only_id(struct node *n, uint32_t id, unsigned int bits)
{
	static const struct esp_transform gcm = { ESP_AES_GCM, 128,
						  ESP_AUTH_NONE, false };
	struct ipsec_policy *p = policy_any();
	struct ipsec_sa sa = sa_make(&gcm, 200);

	sa.sender_id = id;
	sa.sender_id_bits = bits;
	policy_add_sa(p, sa);
	NEED(node_policy(n, p) == 0);
}

/* --- the two sides, in step ----------------------------------------------- */

struct side {
	struct node n;
	int say, listen;
	bool leads;
};

/* Both have done what stands before it. */
static void meet(struct side *s)
{
	if (s->leads)
		tell(s->say);
	node_hear(&s->n, s->listen);
	if (!s->leads)
		tell(s->say);
}

static void swap_keys(struct side *s)
{
	for (unsigned int i = 1; i <= SWAPS; i++) {
		roll(&s->n, i, INT64_MAX);
		meet(s);
		roll(&s->n, i, 0);
		meet(s);
		usleep(PAUSE_US);
	}
}

static void flow_over_swaps(struct side *s)
{
	uint64_t came, before = counter(&s->n, COUNTER(encrypt));
	struct flow flow = { 0 };

	NEED(pthread_create(&flow.thread, NULL, flow_run, &flow) == 0);
	swap_keys(s);
	atomic_store(&flow.stop, true);
	pthread_join(flow.thread, NULL);
	settled(&s->n, COUNTER(encrypt), before + flow.sent);
	tell(s->say);
	NEED(read(s->listen, &came, sizeof(came)) == sizeof(came));
	expect("policies", 2 * SWAPS, 2 * SWAPS, 2 * SWAPS);
	expect("packets sent meanwhile", flow.sent, SWAPS, UINT64_MAX);
	expect("packets lost", flow.sent - came, 0, 0);
}

static void sink_over_swaps(struct side *s, int fd)
{
	uint64_t came;

	swap_keys(s);
	node_hear(&s->n, s->listen);
	came = sink_count(fd);
	NEED(write(s->say, &came, sizeof(came)) == sizeof(came));
	expect("packets of keys unknown", node_counters(&s->n).invalid_sa, 0,
	       0);
}

/* What the receiver makes of a key that was replaced now, and of stamps of
 * another time: each is counted, and told once a minute. */
static void refused(struct side *s, int fd)
{
	const struct dataplane *d = &s->n.dataplane;
	struct ipsec_replay_error e[IPSEC_REPLAY_ERRORS];

	only_key(&s->n, SWAPS + 3, 0);
	meet(s); /* the other one sends with the key before */
	meet(s);
	expect("packets with a key that is gone", sink_count(fd), 0, 0);
	node_wait(&s->n, 1);
	expect("counted", settled(&s->n, COUNTER(invalid_sa), OLD), OLD, OLD);
	expect("told", s->n.messages, 1, 1);
	meet(s); /* now it has the new one, and is 10 s late */
	meet(s);
	expect("packets of 10 s ago", sink_count(fd), 0, 0);
	node_wait(&s->n, 2);
	expect("counted", settled(&s->n, COUNTER(replay_fail), OLD), OLD, OLD);
	expect("told", s->n.messages, 2, 2);
	expect("remembered",
	       d->ops->replay_errors(d->ctx, "G", e, IPSEC_REPLAY_ERRORS),
	       STATS_SAMPLES, STATS_SAMPLES);
	expect("its source", ip_v4_host(&e[0].src), 0x0a090001, 0x0a090001);
	expect("its age", (e[0].mine - e[0].peer) >> 32, 9, 15);
	d->ops->clear_counters(d->ctx, "G");
	expect("after clear", node_counters(&s->n).replay_fail, 0, 0);
	expect("remembered then", d->ops->replay_errors(d->ctx, "G", e, 1), 0,
	       0);
}

static void refused_sender(struct side *s)
{
	meet(s);
	send_all(&s->n, OLD);
	meet(s);
	only_key(&s->n, SWAPS + 3, SEC(10));
	meet(s);
	send_all(&s->n, OLD);
	meet(s);
}

/* --- a key that is used up ------------------------------------------------ */

struct told {
	struct node *n;
	unsigned int times;
};

/* The member registers again: what it does may come at once. */
static void exhausted(void *arg, const char *ifname, uint32_t spi)
{
	struct told *told = arg;

	NEED(strcmp(ifname, "Ethernet0/0") == 0);
	NEED(spi == SPI0 + 200);
	told->times++;
	only_id(told->n, 0x600, 16);
}

/* An ID of which another length has been used: not to be sent with. */
static void used_up(struct node *n)
{
	struct told told = { .n = n };
	const struct dataplane_watch w = { .exhausted = exhausted,
					   .arg = &told };
	uint64_t no_sa = counter(n, COUNTER(no_sa));

	n->dataplane.ops->watch(n->dataplane.ctx, &w);
	only_id(n, 5, 8);
	send_all(n, 1);
	node_wait(n, 0);
	expect("told of the first ID", told.times, 0, 0);
	only_id(n, 0x500, 16);
	send_some(1);
	expect("not sent with the second",
	       settled(n, COUNTER(no_sa), no_sa + 1) - no_sa, 1, 1);
	node_wait(n, 0);
	expect("told of it", told.times, 1, 1);
	send_all(n, 1); /* with the third */
	node_wait(n, 0);
	expect("told of it", told.times, 1, 1);
}

/* --- the two processes ---------------------------------------------------- */

static int child(struct pipes *p)
{
	struct side s = { .say = p->to_parent[1], .listen = p->to_child[0] };
	int fd;

	NEED(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
	NEED(unshare(CLONE_NEWNET) == 0);
	tell(s.say);
	hear(s.listen); /* the wire is there */
	node_start(&s.n, "10.9.0.2");
	node_up(&s.n);
	fd = sink_open();
	node_front(&s.n);
	roll(&s.n, 0, 0);
	meet(&s);
	sink_over_swaps(&s, fd);
	refused(&s, fd);
	meet(&s);
	close(fd);
	node_stop(&s.n);
	return 0;
}

static int parent(struct pipes *p, pid_t other)
{
	struct side s = { .say = p->to_child[1],
			  .listen = p->to_parent[0],
			  .leads = true };

	NEED(unshare(CLONE_NEWNET) == 0);
	hear(s.listen);
	make_wire(other);
	tell(s.say);
	node_start(&s.n, "10.9.0.1");
	node_up(&s.n);
	node_front(&s.n);
	roll(&s.n, 0, 0);
	meet(&s);
	flow_over_swaps(&s);
	refused_sender(&s);
	used_up(&s.n);
	meet(&s);
	node_stop(&s.n);
	return 0;
}

static int run(const char *wire)
{
	struct pipes p;
	int status;
	pid_t pid;

	alarm(60);
	printf("--- %s\n", wire);
	setenv("GETVPN_WIRE", wire, 1);
	NEED(pipe(p.to_child) == 0 && pipe(p.to_parent) == 0);
	pid = fork();
	NEED(pid >= 0);
	if (pid == 0)
		exit(child(&p));
	parent(&p, pid);
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return EXIT_FAILURE;
	return WEXITSTATUS(status);
}

int main(void)
{
	static const char *const wires[] = {
		"af-packet",
#ifdef HAVE_XDP
		"af-xdp",
#endif
	};

	if (geteuid() != 0) {
		printf("skipped: needs root\n");
		return SKIPPED;
	}
	setlinebuf(stdout); /* a signal would lose it */
	for (size_t i = 0; i < sizeof(wires) / sizeof(wires[0]); i++) {
		int status;
		pid_t pid = fork();

		NEED(pid >= 0);
		if (pid == 0)
			exit(run(wires[i]));
		NEED(waitpid(pid, &status, 0) == pid);
		if (status)
			return EXIT_FAILURE;
	}
	return 0;
}
