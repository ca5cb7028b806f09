/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files of the access lists share. */
#ifndef ROUTER_ACL_PRIV_H
#define ROUTER_ACL_PRIV_H

#include <sys/queue.h>

#include "router/acl.h"

/* IOS 15.4: "<1-2147483647>  Sequence Number". */
#define ACL_SEQUENCE_MAX 2147483647u
#define ACL_STEP	 10 /* between entries that get no number */

struct acl_list {
	struct acl acl; /* first: the public face */
	TAILQ_ENTRY(acl_list) link;
	struct acls *owner;
	bool numbered; /* access-list 10: printed that way */
};

TAILQ_HEAD(acl_lists, acl_list);

struct acls {
	struct cli *cli;	/* NULL without commands */
	struct acl_lists lists; /* in IOS's order: number or name */
	struct acl_watch {
		void (*fn)(void *arg, const char *name);
		void *arg;
	} * watches;
	size_t n_watches;
	void (*ask)(void *arg); /* or NULL */
	void *ask_arg;
};

enum acl_add {
	ACL_ADDED,
	ACL_SAME,  /* the list has this entry */
	ACL_TAKEN, /* the sequence number is in use */
};

/* Makes the list if there is none; NULL: exists as the other kind. */
struct acl_list *acl_list_get(struct acls *acls, const char *name,
			      bool standard);
/* The same of IPv6; NULL: the name is an IPv4 list's. */
struct acl_list *acl_list_get6(struct acls *acls, const char *name);
/* Of either family. */
struct acl_list *acl_list_find(const struct acls *acls, const char *name);
void acl_list_remove(struct acl_list *list);
/* sequence 0: at the end. */
enum acl_add acl_list_add(struct acl_list *list, uint32_t sequence,
			  const struct ace *ace);
enum acl_add acl_list_remark(struct acl_list *list, uint32_t sequence,
			     const char *remark);
bool acl_list_del_sequence(struct acl_list *list, uint32_t sequence);
bool acl_list_del_ace(struct acl_list *list, const struct ace *ace);
bool acl_list_del_remark(struct acl_list *list, const char *remark);
bool acl_list_resequence(struct acl_list *list, uint32_t start, uint32_t step);
/* The number of an entry that is typed behind the first n ones without one;
 * 0: there is none left. */
uint32_t acl_next_sequence(const struct acl *acl, size_t n);
/* The matches are up to date then. */
void acls_refresh(struct acls *acls);
void acl_list_clear_counters(struct acl_list *list);
/* 1-99, 1300-1999: standard; 100-199, 2000-2699: extended. */
bool acl_number_kind(const char *name, bool *standard);

/* The cli is gone: nobody stands in a list's mode any more. */
void acls_detach(struct acls *acls);

/* Types of tokens (acl_types.c) and the entry that was typed (acl_parse.c). */
void acl_types_init(struct cli *cli);
struct ace acl_ace_extended(const struct cli_args *a);
struct ace acl_ace_standard(const struct cli_args *a);
struct ace acl_ace_ipv6(const struct cli_args *a);
/* side: "src" or "dst", as the grammar names its tokens. */
struct ace_port acl_read_port(const struct cli_args *a, const char *side);
void acl_read_icmp(const struct cli_args *a, struct ace *ace);

/* acl6_cli.c: ipv6 access-list, its mode and its shows. */
void acl6_cli_init(struct acls *acls, struct cli *cli);
void acl6_show(const struct acl *acl, struct cli_out *o);

#endif
