/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/events.h"

#include <string.h>

#include "ipsec/ipsec_msg.h"

MSG_DEFINE(IPSEC_MSGS)

/* IOS numbers the inbound half of the group's only tunnel so. */
#define CONNECTION_ID 1u

bool events_post(struct events *q, const struct event *event, int64_t now)
{
	uint32_t tail = atomic_load_explicit(&q->tail, memory_order_relaxed);
	uint32_t head = atomic_load_explicit(&q->head, memory_order_acquire);
	int64_t *posted = &q->posted[event->kind];

	if (*posted && now - *posted < EVENT_POST_US &&
	    event->kind != EVENT_REPLAY_TIME)
		return false;
	if (tail - head == EVENT_QUEUE)
		return false;
	*posted = now;
	q->ring[tail % EVENT_QUEUE] = *event;
	atomic_store_explicit(&q->tail, tail + 1, memory_order_release);
	events_wake(q);
	return true;
}

void events_wake(struct events *q)
{
	if (q->wake)
		q->wake(q->arg);
}

bool events_take(struct events *q, struct event *out)
{
	uint32_t head = atomic_load_explicit(&q->head, memory_order_relaxed);
	uint32_t tail = atomic_load_explicit(&q->tail, memory_order_acquire);

	if (head == tail)
		return false;
	*out = q->ring[head % EVENT_QUEUE];
	atomic_store_explicit(&q->head, head + 1, memory_order_release);
	return true;
}

static struct ip_addr address_of(const struct event *e, uint32_t v4, size_t at)
{
	struct ip_addr a = { .family = IP_V6 };

	if (!e->v6)
		return ip_v4(v4);
	memcpy(a.b, e->ends6 + at, sizeof(a.b));
	return a;
}

struct ip_addr event_src(const struct event *e)
{
	return address_of(e, e->src, 0);
}

struct ip_addr event_dst(const struct event *e)
{
	return address_of(e, e->dst, sizeof(e->ends6) / 2);
}

static unsigned int hundredths(uint64_t t)
{
	return (unsigned int)((t & UINT32_MAX) * 100 >> 32);
}

static void say(struct env *env, const struct event *e, const char *vrf)
{
	struct ip_addr src = event_src(e), dst = event_dst(e);
	char from[IP_ADDR_TEXT], to[IP_ADDR_TEXT];

	ip_text(&src, from);
	ip_text(&dst, to);
	switch (e->kind) {
	case EVENT_BAD_SPI:
		env_event(env, RECVD_PKT_INV_SPI, to, e->spi, e->spi, from,
			  e->interface);
		break;
	case EVENT_NOT_IPSEC:
		env_event(env, RECVD_PKT_NOT_IPSEC, vrf, to, from, e->protocol);
		break;
	case EVENT_BAD_ICV:
		env_event(env, RECVD_PKT_MAC_ERR, CONNECTION_ID, e->spi,
			  e->sequence);
		break;
	case EVENT_REPLAY_COUNTER:
		env_event(env, PKT_REPLAY_ERR, CONNECTION_ID, e->sequence);
		break;
	case EVENT_REPLAY_TIME:
		env_event(env, TIMEBASED_REPLAY_FAILED, e->group,
			  (unsigned int)(e->mine >> 32), hundredths(e->mine),
			  (unsigned int)(e->peer >> 32), hundredths(e->peer),
			  e->window, from, to);
		break;
	case EVENT_KINDS:
		break;
	}
}

void event_log(struct event_log *log, struct env *env,
	       const struct event *event, const char *vrf)
{
	int64_t now = env_now(env);
	enum event_kind kind = event->kind;

	if (log->logged[kind] && now - log->last[kind] < EVENT_LOG_US)
		return;
	log->logged[kind] = true;
	log->last[kind] = now;
	say(env, event, vrf);
}
