/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/exchange/rekey_world.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/cli_test.h"

/* --- the world ----------------------------------------------------------------- */

enum { EXCHANGE_AT = 18 };

static enum sim_verdict seen(void *arg, struct sim_datagram *d)
{
	struct rekey_world *w = arg;

	if (d->data[EXCHANGE_AT] == ISAKMP_GROUPKEY_PUSH_ACK &&
	    d->from == w->ce->node) {
		w->n_acks++;
		return w->lose_acks ? SIM_DROP : SIM_PASS;
	}
	if (d->data[EXCHANGE_AT] != ISAKMP_GROUPKEY_PUSH ||
	    (!ip_is_multicast(&d->dst.addr) &&
	     !ip_equal(&d->dst.addr, &w->ce->addr)))
		return SIM_PASS;
	if (!w->n_pushes++)
		keybuf_set(&w->first, d->data, d->len);
	keybuf_set(&w->last, d->data, d->len);
	d->delay = w->hold_pushes;
	return w->lose_pushes ? SIM_DROP : SIM_PASS;
}

void rekey_world_init(struct rekey_world *w, uint64_t seed)
{
	*w = (struct rekey_world){ .sim = sim_new(seed) };
	w->ks = box_new(w->sim, "KS1", "192.168.111.111");
	w->ce = box_new(w->sim, "CE1", "192.168.11.3");
	box_make_key(w->ks);
	box_type(w->ks, ARTICLE_KS);
	sim_tap(w->sim, seen, w);
}

void rekey_world_fini(struct rekey_world *w)
{
	box_free(w->ce);
	box_free(w->ks);
	sim_free(w->sim);
	keybuf_free(&w->first);
	keybuf_free(&w->last);
}

void rekey_world_register(struct rekey_world *w)
{
	box_type(w->ce, ARTICLE_GM);
	sim_run(w->sim, SEC(5));
	ck_assert_uint_eq(sim_logged(w->ce->node, "GM_REGS_COMPL"), 1);
}

void rekey_world_order(struct rekey_world *w, const char *command)
{
	struct cli_test *t = cli_test_new(w->ks->cli);
	char *line = xasprintf("%s\nyes\n", command);

	cli_test_type(t, line);
	cli_test_free(t);
	free(line);
	sim_run(w->sim, SEC(1));
}

struct gm_member *rekey_world_member(struct box *box)
{
	return TAILQ_FIRST(&box->gm->members);
}

void rekey_world_play_from(struct rekey_world *w, const struct endpoint *from,
			   const void *data, size_t len)
{
	const struct endpoint ce = { w->ce->addr, GDOI_PORT, 0 };
	void *exact = len ? xmemdup(data, len) : xcalloc(1, 1);

	isakmp_input(w->ce->isakmp, &ce, from, exact, len);
	free(exact);
}

void rekey_world_play(struct rekey_world *w, const void *data, size_t len)
{
	const struct endpoint ks = { w->ks->addr, GDOI_PORT, 0 };

	rekey_world_play_from(w, &ks, data, len);
}

/* --- the state as text -------------------------------------------------------------- */

static void say_octets(FILE *f, const char *label, const void *p, size_t len)
{
	const uint8_t *octets = p;
	size_t i;

	fprintf(f, " %s=", label);
	for (i = 0; i < len; i++)
		fprintf(f, "%02x", octets[i]);
}

static void say_key(FILE *f, const char *label, const struct keybuf *k)
{
	say_octets(f, label, k->data, k->len);
}

static void say_rules(FILE *f, const struct gdoi_policy *p)
{
	char ace[ACE_TEXT];
	size_t i;

	for (i = 0; i < p->n_rules; i++)
		fprintf(f, "%s -> %u\n",
			ace_text(&p->rules[i].ace, false, ACE_GDOI, ace),
			p->rules[i].tek);
	for (i = 0; i < p->n_sids; i++)
		fprintf(f, "sid %u/%u\n", p->sids[i], p->sid_bits);
}

static void say_policy(FILE *f, const struct gdoi_policy *p)
{
	if (!p)
		return;
	fprintf(f,
		"kek %d seq %u atd %u dtd %u receive-only %d tbar %d/%u pst"
		" %d/%llu as-of %lld window %u\n",
		p->has_kek, p->seq, p->atd, p->dtd, p->receive_only, p->tbar,
		p->tbar_window, p->has_pseudotime,
		(unsigned long long)p->pseudotime, (long long)p->as_of,
		p->replay_window);
	say_rules(f, p);
}

static void say_keys(FILE *f, const struct gm_keys *keys)
{
	size_t i;

	fprintf(f, "received %lld synced %lld kek-expires %lld renewed %d\n",
		(long long)keys->received, (long long)keys->synced,
		(long long)keys->kek_expires, keys->renewed);
	for (i = 0; i < keys->n_teks; i++) {
		const struct gm_tek *t = &keys->teks[i];

		fprintf(f, "tek %08x from %lld to %lld before %zu old %d/%u",
			t->tek.spi, (long long)t->send_from,
			(long long)t->expires, t->before, t->tek.old,
			t->tek.newer);
		say_key(f, "key", &t->tek.key);
		say_key(f, "auth", &t->tek.auth_key);
		fprintf(f, "\n");
	}
	say_policy(f, keys->policy);
}

static void say_slot(FILE *f, const struct gm_rekey_sa *sa)
{
	char server[IP_ADDR_TEXT];

	fprintf(f, "slot %d seq %u/%u expires %lld conn %u from %s cipher %d",
		sa->is_set, sa->seq, sa->prev_seq, (long long)sa->expires,
		sa->conn_id, ip_text(&sa->server, server), sa->kek.cipher);
	say_octets(f, "spi", sa->kek.spi, sizeof(sa->kek.spi));
	say_key(f, "key", &sa->kek.key);
	say_key(f, "iv", &sa->kek.iv);
	say_key(f, "pubkey", &sa->kek.pubkey);
	fprintf(f, "\n");
}

static void say_rekey(FILE *f, const struct gm_rekey *r)
{
	char last[IP_ADDR_TEXT], joined[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < GM_N_REKEY_SLOTS; i++)
		say_slot(f, &r->sas[i]);
	fprintf(f,
		"made %u family %d received %u acked %u since %u %u multicast"
		" %d last %s %u %lld adjusted %u joined %s ack-sent %lld",
		r->made, r->extensions, r->received, r->acked, r->since,
		r->acked_since, r->multicast, ip_text(&r->last_from, last),
		r->last_seq, (long long)r->last_at, r->time_adjusted,
		ip_text(&r->joined, joined), (long long)r->ack_sent);
	say_octets(f, "digest", r->digest, sizeof(r->digest));
	say_key(f, "ack", &r->ack);
	fprintf(f, "\n");
}

static void say_member(FILE *f, const struct gm_member *m)
{
	const struct gm_timers *t = &m->timers;
	char with[IP_ADDR_TEXT];

	fprintf(f,
		"state %d server %zu with %s %u/%u worn %d family %d first %zu\n"
		"timers %d %d %d %d %d at %lld rounds %u\n",
		m->state, m->server, ip_text(&m->registered_with, with),
		m->attempted, m->succeeded, m->worn, m->family, m->first_rule,
		t->attempt != NULL, t->backoff != NULL, t->reregister != NULL,
		t->expiry != NULL, t->ack != NULL, (long long)t->reregister_at,
		t->rounds);
	say_keys(f, &m->keys);
	say_rekey(f, &m->rekey);
}

char *rekey_world_state(struct box *box)
{
	struct gm_member *m;
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(f);
	fprintf(f, "installs %u policy %p\n", box->installs,
		(void *)box->policy);
	TAILQ_FOREACH (m, &box->gm->members, entry)
		say_member(f, m);
	fclose(f);
	return text;
}
