/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of show policy-map interface share. */
#ifndef IPSEC_QOS_SHOW_H
#define IPSEC_QOS_SHOW_H

#include "ipsec/qos_apply.h"
#include "ipsec/qos_plan.h"

/* A class as it is shown. */
struct qos_view {
	const struct qos_apply_config *config;
	struct cli_out *o;
	const char *ifname;
	enum ipsec_qos_direction direction;
	int indent;    /* blanks before its lines */
	bool queues;   /* of its policy some have */
	uint64_t rate; /* bit/s, what percentages are of */
	/* NULL: class-default that nobody has written. */
	const struct qos_member *member;
	size_t number; /* as in ipsec_qos_read() */
	struct ipsec_qos_counters n;
};

/* "30 second" */
const char *qos_interval_text(const struct qos_view *v, char *out, size_t size);
/* IOS measures in kbit/s. */
uint64_t qos_shown_bps(uint64_t bps);
/* Has a queue of its own, apart from that of priority. */
bool qos_has_queue(const struct qos_member *m);
/* queue limit ... (pkts output/bytes output) */
void qos_say_queue(const struct qos_view *v,
		   const struct ipsec_qos_counters *n);
/* What is done with the class's packets. */
void qos_say_actions(const struct qos_view *v);

#endif
