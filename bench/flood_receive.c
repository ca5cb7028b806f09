/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The receiver: one socket a thread; counts by flow and by time. */
#include <errno.h>
#include <inttypes.h>
#include <linux/sock_diag.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bench/flood.h"

#define RCVBUF	  (256 << 20) /* the receiver's queue is never what loses */
#define BUCKET	  10000	      /* us */
#define N_BUCKETS (FLOOD_SECONDS * 100)
#define WAKE	  50000	  /* us: how often an idle thread looks at the end */
#define QUIET	  100000  /* us without a packet: all have arrived */
#define DRAIN_MAX 3000000 /* us after the end, however many still come */

struct flow {
	uint64_t next; /* the number that would be in order */
	uint64_t count, late;
};

struct receivers {
	struct receiver *all;
	int64_t began;
	_Atomic int64_t ended; /* us; 0: not yet */
};

struct receiver {
	const struct flood_options *o;
	const struct receivers *team;
	pthread_t thread;
	int fd;
	struct flow flows[FLOOD_FLOWS];
	uint64_t received, foreign;
	int64_t last; /* us */
	uint32_t *buckets;
	struct flood_header headers[FLOOD_BATCH];
	struct mmsghdr messages[FLOOD_BATCH];
	struct iovec iov[FLOOD_BATCH];
};

static int socket_open(uint16_t port)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	struct timeval wake = { .tv_usec = WAKE };
	int size = RCVBUF;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wake, sizeof(wake));
	if (bind(fd, (struct sockaddr *)&here, sizeof(here))) {
		close(fd);
		return -1;
	}
	return fd;
}

static void take(struct receiver *r, const struct flood_header *h, int64_t now)
{
	uint32_t id = ntohl(h->flow);
	uint64_t number = be64toh(h->number);
	int64_t bucket = (now - r->team->began) / BUCKET;
	struct flow *f;

	if (ntohl(h->run) != r->o->run || id >= FLOOD_FLOWS) {
		r->foreign++;
		return;
	}
	f = &r->flows[id];
	f->count++;
	if (number >= f->next)
		f->next = number + 1;
	else
		f->late++;
	r->received++;
	r->last = now;
	if (bucket >= 0 && bucket < N_BUCKETS)
		r->buckets[bucket]++;
}

static bool is_over(const struct receiver *r, int64_t now)
{
	int64_t ended = atomic_load(&r->team->ended);

	if (!ended)
		return false;
	return now - ended > DRAIN_MAX ||
	       (now - ended > QUIET && now - r->last > QUIET);
}

static void *receiver_run(void *arg)
{
	struct receiver *r = arg;
	int64_t now = clock_real_now();

	while (!is_over(r, now)) {
		int n = recvmmsg(r->fd, r->messages, FLOOD_BATCH,
				 MSG_WAITFORONE, NULL);

		now = clock_real_now();
		for (int i = 0; i < n; i++)
			if (r->messages[i].msg_len == sizeof(r->headers[i]))
				take(r, &r->headers[i], now);
	}
	return NULL;
}

static bool receiver_init(struct receivers *team, const struct flood_options *o,
			  unsigned int thread)
{
	struct receiver *r = &team->all[thread];

	r->o = o;
	r->team = team;
	r->buckets = xcalloc(N_BUCKETS, sizeof(*r->buckets));
	r->fd = socket_open((uint16_t)(o->port + thread));
	if (r->fd < 0) {
		perror("flood: the receiver's socket");
		return false;
	}
	/* Only the header is copied; the kernel still checks the sum. */
	for (unsigned int i = 0; i < FLOOD_BATCH; i++) {
		r->iov[i].iov_base = &r->headers[i];
		r->iov[i].iov_len = sizeof(r->headers[i]);
		r->messages[i].msg_hdr.msg_iov = &r->iov[i];
		r->messages[i].msg_hdr.msg_iovlen = 1;
	}
	return true;
}

/* What the socket had no room for. */
static uint64_t dropped(const struct receiver *r)
{
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t len = sizeof(info);

	if (getsockopt(r->fd, SOL_SOCKET, SO_MEMINFO, info, &len))
		return 0;
	return info[SK_MEMINFO_DROPS];
}

static void tell_buckets(const struct receivers *team, unsigned int n)
{
	unsigned int last = 0;
	const char *comma = "";

	for (unsigned int b = 0; b < N_BUCKETS; b++)
		for (unsigned int i = 0; i < n; i++)
			if (team->all[i].buckets[b])
				last = b + 1;
	printf("\"bucket_us\": %d, \"began_us\": %" PRId64 ", \"buckets\": [",
	       BUCKET, team->began);
	for (unsigned int b = 0; b < last; b++) {
		uint32_t sum = 0;

		for (unsigned int i = 0; i < n; i++)
			sum += team->all[i].buckets[b];
		printf("%s%" PRIu32, comma, sum);
		comma = ", ";
	}
	printf("]");
}

static void tell(const struct receivers *team, unsigned int n)
{
	uint64_t received = 0, late = 0, foreign = 0, drops = 0;
	unsigned int flows = 0;

	for (unsigned int i = 0; i < n; i++) {
		const struct receiver *r = &team->all[i];

		received += r->received;
		foreign += r->foreign;
		drops += dropped(r);
		for (unsigned int f = 0; f < FLOOD_FLOWS; f++) {
			late += r->flows[f].late;
			flows += r->flows[f].count > 0;
		}
	}
	printf("{\"received\": %" PRIu64 ", \"reordered\": %" PRIu64
	       ", \"foreign\": %" PRIu64 ", \"socket_drops\": %" PRIu64
	       ", \"flows\": %u, ",
	       received, late, foreign, drops, flows);
	tell_buckets(team, n);
	printf("}\n");
}

static void wait_for_end_of_input(struct receivers *team)
{
	char ignored[64];
	ssize_t n;

	do {
		n = read(STDIN_FILENO, ignored, sizeof(ignored));
	} while (n > 0 || (n < 0 && errno == EINTR));
	atomic_store(&team->ended, clock_real_now());
}

bool flood_receive(const struct flood_options *o)
{
	struct receivers team = { 0 };
	unsigned int n = 0;
	bool ok = true;

	team.all = xcalloc(o->threads, sizeof(*team.all));
	team.began = clock_real_now();
	for (unsigned int i = 0; i < o->threads && ok; i++)
		ok = receiver_init(&team, o, i);
	for (; n < o->threads && ok; n++)
		ok = !pthread_create(&team.all[n].thread, NULL, receiver_run,
				     &team.all[n]);
	fputs(ok ? "ready\n" : "", stdout);
	fflush(stdout);
	wait_for_end_of_input(&team);
	for (unsigned int i = 0; i < n; i++)
		pthread_join(team.all[i].thread, NULL);
	if (ok)
		tell(&team, n);
	return ok;
}
