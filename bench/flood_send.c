/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sender: threads with flows of their own, each paced by itself. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bench/flood.h"

/* IMIX, "simple": 7 : 4 : 1, the sizes spread over the twelve. */
static const unsigned int imix[] = { 64, 576, 64,   64, 576, 64,
				     64, 576, 1400, 64, 576, 64 };
#define IMIX_COUNT (sizeof(imix) / sizeof(imix[0]))

#define BURST	     16	  /* datagrams of a flow in a row, at full speed */
#define TICK	     100  /* us between two bursts of a paced flow */
#define FORGIVEN     5000 /* us: what is later than that is not sent at all */
#define SNDBUF	     (8 << 20)
#define DATAGRAM_MAX 65000

struct flow {
	int fd;
	uint32_t id;
	uint64_t next; /* its next datagram's number */
};

struct sender {
	const struct flood_options *o;
	pthread_t thread;
	struct flow *flows;
	unsigned int number, n_flows, turn;
	uint64_t sent, skipped, failed;
	int64_t start, end; /* us, monotonic */
	uint8_t *buffers;   /* FLOOD_BATCH datagrams, or one superpacket */
	struct mmsghdr messages[FLOOD_BATCH];
	struct iovec iov[FLOOD_BATCH];
	bool failed_hard;
};

static int flow_open(const struct flood_options *o, unsigned int id)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons((uint16_t)(FLOOD_FIRST_PORT + id)),
	};
	struct sockaddr_in there = {
		.sin_family = AF_INET,
		.sin_addr = o->to,
		.sin_port = htons((uint16_t)(o->port + id % o->receivers)),
	};
	int payload = (int)o->size - FLOOD_IP_HEADERS;
	int size = SNDBUF;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) ||
	    connect(fd, (struct sockaddr *)&there, sizeof(there)) ||
	    (o->segments > 1 &&
	     setsockopt(fd, SOL_UDP, UDP_SEGMENT, &payload, sizeof(payload)))) {
		close(fd);
		return -1;
	}
	return fd;
}

/* The flows of a thread are those whose number modulo the threads is its. */
static bool flows_open(struct sender *s, unsigned int thread)
{
	const struct flood_options *o = s->o;

	s->flows = xcalloc(o->flows / o->threads + 1, sizeof(*s->flows));
	for (unsigned int id = thread; id < o->flows; id += o->threads) {
		struct flow *f = &s->flows[s->n_flows];

		f->id = id;
		f->fd = flow_open(o, id);
		if (f->fd < 0) {
			perror("flood: a flow's socket");
			return false;
		}
		s->n_flows++;
	}
	return true;
}

static void stamp(const struct sender *s, const struct flow *f, uint8_t *at,
		  uint64_t number)
{
	struct flood_header h = {
		.run = htonl(s->o->run),
		.flow = htonl(f->id),
		.number = htobe64(number),
	};

	memcpy(at, &h, sizeof(h));
}

/* Sends n datagrams of a flow; how many the kernel took. */
static unsigned int send_single(struct sender *s, struct flow *f,
				unsigned int n)
{
	int done;

	for (unsigned int i = 0; i < n; i++) {
		unsigned int size = s->o->size
					    ? s->o->size
					    : imix[(f->next + i) % IMIX_COUNT];

		stamp(s, f, s->iov[i].iov_base, f->next + i);
		s->iov[i].iov_len = size - FLOOD_IP_HEADERS;
	}
	done = sendmmsg(f->fd, s->messages, n, 0);
	if (done < 0 && errno != ENOBUFS && errno != ECONNREFUSED &&
	    errno != EAGAIN)
		s->failed_hard = true;
	return done < 0 ? 0 : (unsigned int)done;
}

static unsigned int superpacket_segments(const struct flood_options *o)
{
	unsigned int most = DATAGRAM_MAX / (o->size - FLOOD_IP_HEADERS);

	return o->segments < most ? o->segments : most;
}

static unsigned int send_superpacket(struct sender *s, struct flow *f)
{
	size_t payload = s->o->size - FLOOD_IP_HEADERS;
	unsigned int n = superpacket_segments(s->o);
	ssize_t done;

	for (unsigned int i = 0; i < n; i++)
		stamp(s, f, s->buffers + i * payload, f->next + i);
	done = send(f->fd, s->buffers, n * payload, 0);
	if (done < 0 && errno != ENOBUFS && errno != ECONNREFUSED &&
	    errno != EAGAIN)
		s->failed_hard = true;
	return done < 0 ? 0 : n;
}

/* What a datagram is not taken of is not numbered: it was never sent. */
static void send_burst(struct sender *s, unsigned int n)
{
	struct flow *f = &s->flows[s->turn++ % s->n_flows];
	unsigned int done;

	if (s->o->segments > 1)
		done = send_superpacket(s, f);
	else
		done = send_single(s, f, n);
	f->next += done;
	s->sent += done;
	if (!done)
		s->failed++;
}

static void nap(int64_t us)
{
	struct timespec ts = { .tv_nsec = us * 1000 };

	nanosleep(&ts, NULL);
}

/* How many are due now; those that are too late are let go. */
static uint64_t due(struct sender *s, double rate, int64_t now)
{
	uint64_t wanted = (uint64_t)(rate * (double)(now - s->start) / 1e6);
	uint64_t late = (uint64_t)(rate * FORGIVEN / 1e6) + FLOOD_BATCH;
	uint64_t accounted = s->sent + s->skipped;

	if (wanted <= accounted)
		return 0;
	if (wanted - accounted > late) {
		s->skipped += wanted - accounted - late;
		return late;
	}
	return wanted - accounted;
}

static void send_paced(struct sender *s, int64_t until)
{
	double rate = (double)s->o->rate / s->o->threads;
	unsigned int least =
		s->o->segments > 1 ? superpacket_segments(s->o) : 1;
	int64_t now;

	while ((now = clock_real_now()) < until && !s->failed_hard) {
		uint64_t n = due(s, rate, now);

		if (n < least) {
			nap(TICK);
			continue;
		}
		/* A burst is spread over the flows, a few of each. */
		while (n >= least && !s->failed_hard) {
			unsigned int part = n > BURST ? BURST : (unsigned int)n;

			if (s->o->segments > 1)
				part = least;
			send_burst(s, part);
			n -= part;
		}
	}
}

/* The thread stays on the core of its number, of those that it may use. */
static void pin(unsigned int number)
{
	cpu_set_t all, one;

	if (sched_getaffinity(0, sizeof(all), &all))
		return;
	number %= (unsigned int)CPU_COUNT(&all);
	for (unsigned int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &all) || number--)
			continue;
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		(void)sched_setaffinity(0, sizeof(one), &one);
		return;
	}
}

static void *sender_run(void *arg)
{
	struct sender *s = arg;
	int64_t until;

	(void)prctl(PR_SET_TIMERSLACK, 1000UL); /* ns */
	if (s->o->pin)
		pin(s->number);
	s->start = clock_real_now();
	until = s->start + (int64_t)(s->o->seconds * 1e6);
	if (s->o->rate)
		send_paced(s, until);
	else
		while (clock_real_now() < until && !s->failed_hard)
			send_burst(s, BURST);
	s->end = clock_real_now();
	if (s->failed_hard)
		perror("flood: send");
	return NULL;
}

static bool sender_init(struct sender *s, const struct flood_options *o,
			unsigned int thread)
{
	s->o = o;
	s->number = thread;
	s->buffers = xcalloc(FLOOD_BATCH, FLOOD_SIZE_MAX);
	for (unsigned int i = 0; i < FLOOD_BATCH; i++) {
		s->iov[i].iov_base = s->buffers + (size_t)i * FLOOD_SIZE_MAX;
		s->messages[i].msg_hdr.msg_iov = &s->iov[i];
		s->messages[i].msg_hdr.msg_iovlen = 1;
	}
	return flows_open(s, thread);
}

static void sender_end(struct sender *s)
{
	for (unsigned int i = 0; i < s->n_flows; i++)
		close(s->flows[i].fd);
	free(s->flows);
	free(s->buffers);
}

static void tell(const struct sender *all, unsigned int n)
{
	uint64_t sent = 0, skipped = 0, failed = 0;
	int64_t start = all[0].start, end = all[0].end;

	for (unsigned int i = 0; i < n; i++) {
		sent += all[i].sent;
		skipped += all[i].skipped;
		failed += all[i].failed;
		if (all[i].start < start)
			start = all[i].start;
		if (all[i].end > end)
			end = all[i].end;
	}
	printf("{\"sent\": %" PRIu64 ", \"skipped\": %" PRIu64
	       ", \"refused\": %" PRIu64 ", \"start_us\": %" PRId64
	       ", \"end_us\": %" PRId64 "}\n",
	       sent, skipped, failed, start, end);
}

bool flood_send(const struct flood_options *o)
{
	struct sender all[FLOOD_THREADS] = { 0 };
	unsigned int n = 0;
	bool ok = true;

	for (unsigned int i = 0; i < o->threads && ok; i++)
		ok = sender_init(&all[i], o, i);
	for (; n < o->threads && ok; n++)
		ok = !pthread_create(&all[n].thread, NULL, sender_run, &all[n]);
	for (unsigned int i = 0; i < n; i++) {
		pthread_join(all[i].thread, NULL);
		ok = ok && !all[i].failed_hard;
	}
	if (ok)
		tell(all, n);
	for (unsigned int i = 0; i < o->threads; i++)
		sender_end(&all[i]);
	return ok;
}
