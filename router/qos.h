/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Class maps, policy maps and where they are attached, as IOS's modular QoS
 * command line (MQC) has them: what is configured.  ipsec/qos.h acts on it.
 * Control thread. */
#ifndef ROUTER_QOS_H
#define ROUTER_QOS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "cli/cli.h"
#include "router/acl.h"
#include "router/iface.h"

#define QOS_CLASS_DEFAULT "class-default"

enum qos_limits {
	QOS_DSCPS = 64,
	QOS_MATCH_VALUES = 8, /* IOS: so many in one match line */
	QOS_DEPTH = 3,	      /* policies inside policies, as IOS */
	QOS_MATCHES = 128,    /* of one class map */
	QOS_CLASSES = 256,    /* of one policy map, as IOS */
	QOS_LEVELS = 4,	      /* of priority: 0 (none was said) to 4 */
	/* IOU's Ethernet, on which the article has 50 Mbit/s of priority. */
	QOS_KBPS_LINE = 10000000,
	QOS_LOAD_INTERVAL = 300, /* s */
	QOS_QUEUE_PACKETS = 64,	 /* IOS's queue-limit */
};

enum qos_match_kind {
	QOS_MATCH_ANY,
	QOS_MATCH_DSCP,	      /* IPv4 and IPv6 */
	QOS_MATCH_PRECEDENCE, /* as DSCPs */
	QOS_MATCH_ACL,	      /* name */
	QOS_MATCH_CLASS,      /* name */
	QOS_MATCH_ETHERTYPE,  /* "protocol ip", ...: value */
	QOS_MATCH_KEPT,	      /* nothing meets it */
};

struct qos_match {
	enum qos_match_kind kind;
	bool not, v4_only;
	uint64_t dscps; /* bit n: DSCP n */
	uint16_t value;
	char *name;
	char *text; /* as it is configured: "match not dscp ef" */
	char *show; /* " dscp ef (46)" */
};

struct qos_class {
	TAILQ_ENTRY(qos_class) link;
	struct qos *qos;
	char *name;
	bool any; /* match-any */
	char *description;
	unsigned int id;
	struct qos_match *matches;
	size_t n;
};

enum qos_unit { QOS_NONE, QOS_KBPS, QOS_PERCENT, QOS_REMAINING, QOS_RATIO };

enum qos_colour { QOS_CONFORM, QOS_EXCEED, QOS_VIOLATE, QOS_COLOURS };

enum qos_act { QOS_TRANSMIT, QOS_DROP, QOS_SET_DSCP, QOS_SET_PRECEDENCE };

struct qos_action {
	enum qos_act act;
	uint8_t value;
};

/* cir 0: none.  Rates bit/s, or percent; bursts octets. */
struct qos_police {
	uint64_t cir, pir;
	bool percent, has_be, violate;
	uint32_t bc, be; /* 0: by the rate */
	struct qos_action actions[QOS_COLOURS];
};

/* A class in a policy map. */
struct qos_member {
	TAILQ_ENTRY(qos_member) link;
	struct qos_policy *policy;
	char *name;
	bool priority;
	unsigned int level; /* 0: none was said */
	enum qos_unit priority_unit, bandwidth_unit;
	uint32_t priority_value, priority_burst, bandwidth;
	uint64_t shape; /* bit/s or percent; 0: none */
	bool shape_percent;
	uint32_t shape_bc, shape_be; /* bits; 0: by the rate */
	bool shape_has_be;	     /* shape_be was typed: 0 is none */
	struct qos_police police;
	int set_dscp, set_precedence; /* -1: none */
	bool set_ip;		      /* "set ip dscp" */
	uint32_t queue_limit;	      /* packets; 0: by default */
	bool fair_queue;
	unsigned int fair_flows; /* 0: none was said */
	char *child;		 /* a policy map, or NULL */
};

struct qos_policy {
	TAILQ_ENTRY(qos_policy) link;
	struct qos *qos;
	char *name;
	char *description;
	TAILQ_HEAD(qos_members, qos_member)
	members; /* class-default is the last */
};

/* service-policy of an interface. */
struct qos_binding {
	TAILQ_ENTRY(qos_binding) link;
	char *ifname;
	char *policy[2]; /* QOS_IN, QOS_OUT; NULL: none */
};

enum qos_direction { QOS_IN, QOS_OUT };

struct qos {
	struct cli *cli;
	struct acls *acls;
	struct ifaces *ifaces;
	unsigned int last_id;
	TAILQ_HEAD(, qos_class) classes;   /* by name */
	TAILQ_HEAD(, qos_policy) policies; /* by name */
	TAILQ_HEAD(, qos_binding) bindings;
	void (*changed)(void *arg);
	void *arg;
};

struct qos *qos_new(struct cli *cli, struct acls *acls, struct ifaces *ifaces);
void qos_free(struct qos *qos);
/* fn(arg) after each change of what is configured, also of access lists. */
void qos_watch(struct qos *qos, void (*fn)(void *arg), void *arg);
void qos_changed(struct qos *qos);

struct qos_class *qos_class_find(const struct qos *qos, const char *name);
struct qos_policy *qos_policy_find(const struct qos *qos, const char *name);
struct qos_member *qos_member_find(const struct qos_policy *policy,
				   const char *name);
struct qos_binding *qos_binding_find(const struct qos *qos, const char *ifname);
/* What "bandwidth" of the interface says, or the default; kbit/s. */
uint32_t qos_bandwidth(const struct qos *qos, const char *ifname);
/* Against which a policy is admitted: the interface's "bandwidth" if it has
 * one; else no less than what its device can do; kbit/s. */
uint32_t qos_line_kbps(const struct qos *qos, const char *ifname);
/* What "load-interval" says; s. */
unsigned int qos_load_interval(const struct qos *qos, const char *ifname);
/* "ef", or "45"; out has 16 octets. */
const char *qos_dscp_name(unsigned int dscp, char *out);

/* qos_text.c: as the configuration and as show has them. */
void qos_action_text(const struct qos_action *a, bool show, struct cli_out *o);
void qos_member_write(const struct qos_member *m, struct cli_out *o);

/* qos_check.c: NULL, or why the policy cannot be attached; to be freed. */
char *qos_refused(const struct qos *qos, const struct qos_policy *policy,
		  enum qos_direction direction, uint32_t kbps);
/* Frees what the text owns; the member's settings go back to none. */
void qos_member_free(struct qos_member *m);

void qos_class_cli_init(struct qos *qos);
void qos_policy_cli_init(struct qos *qos);
void qos_show_init(struct qos *qos);

#endif
