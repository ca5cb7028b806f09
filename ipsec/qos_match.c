/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ipsec/qos_match.h"

#include <errno.h>
#include <stdlib.h>

#include "base/mem.h"
#include "ipsec/ipv6.h"

enum { DSCP_SHIFT = 2 };

struct qos_rule {
	enum ipsec_qos_match_kind kind;
	bool not, v4_only;
	uint16_t ethertype;
	uint64_t dscps;
	struct classifier *acl;
	struct qos_test *test;
};

void qos_key_read(struct qos_key *key, const struct pkt *pkt)
{
	const uint8_t *packet = pkt_data(pkt) + ETH_HEADER;
	size_t len = pkt->len - ETH_HEADER;
	struct ipv4 ip;

	key->ethertype = get16(packet - 2);
	key->v4 = key->ethertype == ETHERTYPE_IPV4;
	key->ip = key->v4 ? ipv4_read(&ip, packet, len)
			  : key->ethertype == ETHERTYPE_IPV6 &&
				    ipv6_read(&ip, packet, len);
	if (!key->ip)
		return;
	key->dscp = ip.tos >> DSCP_SHIFT;
	flow_key_read(&key->flow, &ip, packet);
}

/* An entry that denies, and the end of the list, do not meet; where ports are
 * asked of a later fragment, a permit decides by addresses, as IOS does. */
static struct classifier *make_acl(const struct ace *aces, size_t n)
{
	struct ipsec_rule *rules = xcalloc(n + 1, sizeof(*rules));
	struct classifier *c;

	for (size_t i = 0; i < n; i++) {
		rules[i].ace = aces[i];
		rules[i].action = aces[i].permit ? IPSEC_PROTECT : IPSEC_CLEAR;
	}
	c = classifier_new(rules, n);
	free(rules);
	return c;
}

static int make(struct qos_test *out, const struct ipsec_qos_test *in,
		unsigned int depth);

static int make_rule(struct qos_rule *r, const struct ipsec_qos_match *m,
		     unsigned int depth)
{
	r->kind = m->kind;
	r->not = m->not &&m->kind != IPSEC_QOS_NOTHING;
	r->v4_only = m->v4_only;
	r->ethertype = m->ethertype;
	r->dscps = m->dscps;
	if (m->kind == IPSEC_QOS_ACL)
		r->acl = make_acl(m->aces, m->n_aces);
	if (m->kind != IPSEC_QOS_CLASS)
		return 0;
	if (!m->test)
		return -EINVAL;
	r->test = xcalloc(1, sizeof(*r->test));
	return make(r->test, m->test, depth + 1);
}

static int make(struct qos_test *out, const struct ipsec_qos_test *in,
		unsigned int depth)
{
	int err = 0;

	if (depth > IPSEC_QOS_NESTED || in->n > QOS_MATCHES)
		return -EINVAL;
	out->any = in->any;
	out->n = in->n;
	out->rules = xcalloc(in->n + 1, sizeof(*out->rules));
	for (size_t i = 0; i < in->n && !err; i++)
		err = make_rule(&out->rules[i], &in->matches[i], depth);
	return err;
}

int qos_test_make(struct qos_test *out, const struct ipsec_qos_test *in)
{
	return make(out, in, 0);
}

void qos_test_free(struct qos_test *test)
{
	for (size_t i = 0; test->rules && i < test->n; i++) {
		classifier_free(test->rules[i].acl);
		if (test->rules[i].test)
			qos_test_free(test->rules[i].test);
		free(test->rules[i].test);
	}
	free(test->rules);
	*test = (struct qos_test){ 0 };
}

static bool meets(const struct qos_rule *r, const struct qos_key *key)
{
	switch (r->kind) {
	case IPSEC_QOS_ANY:
		return true;
	case IPSEC_QOS_DSCP:
		return key->ip && (key->v4 || !r->v4_only) &&
		       (r->dscps >> key->dscp & 1);
	case IPSEC_QOS_ACL:
		return key->ip &&
		       classify(r->acl, &key->flow).action == IPSEC_PROTECT;
	case IPSEC_QOS_ETHERTYPE:
		return key->ethertype == r->ethertype;
	case IPSEC_QOS_CLASS:
		return qos_test_meets(r->test, key) >= 0;
	case IPSEC_QOS_NOTHING:
		break;
	}
	return false;
}

int qos_test_meets(const struct qos_test *test, const struct qos_key *key)
{
	for (size_t i = 0; i < test->n; i++) {
		const struct qos_rule *r = &test->rules[i];
		bool met = meets(r, key) != r->not ;

		if (met == test->any)
			return met ? (int)i : -1;
	}
	return test->n && !test->any ? 0 : -1;
}
