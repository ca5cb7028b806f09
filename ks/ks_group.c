/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ks/ks_group.h"

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ks/coop.h"
#include "ks/coop_state.h"
#include "ks/ks_change.h"
#include "ks/ks_delivery.h"
#include "ks/ks_msg.h"
#include "ks/ks_policy.h"
#include "ks/ks_schedule.h"

void ks_set_string(char **field, const char *value)
{
	char *copy = value ? xstrdup(value) : NULL;

	free(*field);
	*field = copy;
}

struct ks_group *ks_group_of(const struct gdoi_group *group)
{
	return group->part[GDOI_ROLE_KS];
}

struct ks_group *ks_group_next(const struct ks *ks, const struct ks_group *g)
{
	struct gdoi_group *group;

	group = g ? g->group->next : gdoi_group_first(ks->config.groups);
	while (group && !ks_group_of(group))
		group = group->next;
	return group ? ks_group_of(group) : NULL;
}

static void set_defaults(struct ks_group *g)
{
	g->rekey.cipher = GDOI_KEK_3DES;
	g->rekey.aes_bits = 128;
	g->rekey.lifetime = KS_REKEY_LIFETIME;
	g->rekey.interval = KS_REKEY_INTERVAL;
	g->rekey.number = KS_REKEY_NUMBER;
	g->rekey.sig_hash = GDOI_SIG_SHA1;
	g->rekey.ack = KS_ACK_CISCO;
	g->sid_bits = KS_SID_BITS;
	g->coop.priority = KS_COOP_PRIORITY;
	g->coop.ks_group = g;
	g->identifier.ks_group = g;
}

struct ks_group *ks_group_add(struct ks *ks, struct gdoi_group *group)
{
	struct ks_group *g = ks_group_of(group);

	if (g)
		return g;
	g = xcalloc(1, sizeof(*g));
	g->ks = ks;
	g->group = group;
	g->handle = ks->next_handle++;
	set_defaults(g);
	TAILQ_INIT(&g->sas);
	ks_members_init(&g->members);
	group->part[GDOI_ROLE_KS] = g;
	return g;
}

static void forget_modes(struct ks_group *g)
{
	struct ks_sa *sa;

	if (!g->ks->config.cli)
		return;
	TAILQ_FOREACH (sa, &g->sas, entry)
		cli_forget(g->ks->config.cli, sa);
	cli_forget(g->ks->config.cli, &g->coop);
	cli_forget(g->ks->config.cli, &g->identifier);
	cli_forget(g->ks->config.cli, g);
}

void ks_group_remove(struct ks_group *g)
{
	struct ks_sa *sa;

	forget_modes(g);
	coop_stop(g);
	ks_group_reset(g);
	coop_state_forget_dropped(g);
	while ((sa = TAILQ_FIRST(&g->sas)))
		ks_sa_remove(sa);
	free(g->address_interface);
	free(g->rekey.key_label);
	free(g->rekey.address);
	free(g->authorized_addresses);
	free(g->authorized_identity);
	free(g->registration_interface);
	free(g->crl_trustpoint);
	free(g->gikev2);
	g->group->part[GDOI_ROLE_KS] = NULL;
	free(g);
}

void ks_group_changed(struct ks_group *g)
{
	struct ks_sa *sa;

	g->told_rsa = false;
	g->told_incomplete = false;
	TAILQ_FOREACH (sa, &g->sas, entry)
		sa->told_acl = false;
	ks_schedule_changed(g);
}

void ks_group_reset(struct ks_group *g)
{
	ks_delivery_stop(g);
	ks_schedule_stop(g);
	ks_members_clear(&g->members);
	ks_change_forget(g);
	g->rekeys_sent = 0;
	g->retransmitted = 0;
	g->last_retransmits = 0;
	g->last_duration_ms = 0;
}

struct ks_sa *ks_sa_find(const struct ks_group *g, unsigned int number)
{
	struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->number == number)
			return sa;
	}
	return NULL;
}

struct ks_sa *ks_sa_add(struct ks_group *g, unsigned int number)
{
	struct ks_sa *sa = ks_sa_find(g, number);
	struct ks_sa *after;

	if (sa)
		return sa;
	sa = xcalloc(1, sizeof(*sa));
	sa->ks_group = g;
	sa->number = number;
	sa->replay = KS_REPLAY_COUNTER;
	sa->window = KS_COUNTER_WINDOW;
	TAILQ_INIT(&sa->sets);

	TAILQ_FOREACH (after, &g->sas, entry) {
		if (after->number > number)
			break;
	}
	if (after)
		TAILQ_INSERT_BEFORE(after, sa, entry);
	else
		TAILQ_INSERT_TAIL(&g->sas, sa, entry);
	return sa;
}

void ks_sa_remove(struct ks_sa *sa)
{
	if (sa->ks_group->ks->config.cli)
		cli_forget(sa->ks_group->ks->config.cli, sa);
	TAILQ_REMOVE(&sa->ks_group->sas, sa, entry);
	ks_schedule_drop_teks(sa);
	free(sa->given);
	free(sa->profile);
	free(sa->acl);
	free(sa);
}

uint64_t ks_pseudotime(const struct ks_group *g)
{
	uint64_t us;

	if (!g->live)
		return 0;
	us = (uint64_t)(env_now(g->ks->env) - g->pseudotime_zero);
	return (us / US_PER_SEC << 32) + ((us % US_PER_SEC) << 32) / US_PER_SEC;
}

struct ip_addr ks_group_address(const struct ks_group *g)
{
	const struct ks_config *config = &g->ks->config;
	struct ip_addr found = { 0 };

	if (!g->address_interface)
		return g->address;
	if (!config->interface_addr ||
	    !config->interface_addr(config->arg, g->address_interface, &found))
		return (struct ip_addr){ 0 };
	return found;
}

static EVP_PKEY *rekey_key(const struct ks_group *g)
{
	if (!g->rekey.key_label || !g->ks->config.keys)
		return NULL;
	return isakmp_keys_find(g->ks->config.keys, g->rekey.key_label);
}

size_t ks_public_key(const struct ks_group *g, struct keybuf *out,
		     size_t *modulus)
{
	EVP_PKEY *key = rekey_key(g);
	unsigned char *der = NULL;
	int len;

	if (!key)
		return 0;
	len = i2d_PUBKEY(key, &der);
	if (len <= 0)
		return 0;
	if (out)
		keybuf_set(out, der, (size_t)len);
	OPENSSL_free(der);
	if (modulus)
		*modulus = (size_t)EVP_PKEY_get_size(key);
	return (size_t)len;
}

bool ks_has_rekey(const struct ks_group *g)
{
	struct endpoint dst;

	/* Multicast needs to know where to. */
	if (!g->rekey.unicast && !ks_rekey_destination(g, &dst))
		return false;
	return rekey_key(g) != NULL;
}

bool ks_lacks_key(const struct ks_group *g)
{
	return g->rekey.key_label && !rekey_key(g);
}

void ks_tell_key(struct ks_group *g)
{
	if (!ks_lacks_key(g) || g->told_rsa)
		return;
	g->told_rsa = true;
	env_event(g->ks->env, KS_NO_RSA_KEYS, g->rekey.key_label,
		  g->group->name);
}

bool ks_is_time_based(const struct ks_group *g)
{
	const struct ks_sa *sa;

	TAILQ_FOREACH (sa, &g->sas, entry) {
		if (sa->replay == KS_REPLAY_TIME)
			return true;
	}
	return false;
}

bool ks_may_log(struct ks *ks)
{
	int64_t now = env_now(ks->env);

	if (now - ks->log_minute >= SEC(60)) {
		ks->log_minute = now;
		ks->logged = 0;
	}
	return ks->logged++ < KS_LOG_PER_MINUTE;
}
