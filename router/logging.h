/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System messages and debugging lines: their time stamps, the buffer, the
 * consoles, the syslog hosts.  One struct logging a router, control thread. */
#ifndef ROUTER_LOGGING_H
#define ROUTER_LOGGING_H

#include "base/addr.h"
#include "base/msg.h"
#include "cli/cli.h"
#include "router/stamp.h"

enum logging_limits {
	LOGGING_BUFFER = 4096, /* octets; IOS 15.4's default */
	LOGGING_HOSTS = 8,
	LOGGING_PORT = 514,    /* RFC 3164, as IOS sends it */
	LOGGING_FACILITY = 23, /* local7 */
	LOGGING_LINE = 1024,   /* octets of one message; the rest is cut */
	/* us; IOS's clock goes on in ticks of 4 ms, so that what one event
	 * logs has one time stamp. */
	LOGGING_TICK = 4000,
};

enum logging_level {
	LOGGING_OFF = -1,
	LOGGING_ERRORS = 3,
	LOGGING_NOTICES = 5,
	LOGGING_INFORMATIONAL = 6,
	LOGGING_DEBUGGING = 7,
};

struct logging_target {
	int level; /* enum logging_level: what is less severe stays out */
	unsigned int count;
};

struct logging_host {
	struct ip_addr addr;
	uint16_t port;
	unsigned int count; /* lines sent */
	bool down;	    /* the last one could not be sent */
};

struct logging {
	const struct timekeeper *clock;
	struct cli *cli; /* NULL: no terminals yet */
	bool on;
	bool sequence_numbers;
	unsigned int sequence;
	struct stamp_style log_style, debug_style;
	/* The last time stamp, its style, and when that was (clock_real_now());
	 * it serves for a tick. */
	char stamp[STAMP_SIZE];
	struct stamp_style stamp_style;
	int64_t stamped;
	struct logging_target console, monitor, buffer, trap;
	unsigned int dropped; /* lines that a destination did not get */
	unsigned int flushes; /* of the buffer, by clear logging */
	char *ring; /* the buffer: whole lines, oldest dropped first */
	size_t ring_size, ring_len;
	struct logging_host hosts[LOGGING_HOSTS];
	size_t n_hosts;
	int socket;
};

void logging_init(struct logging *log, const struct timekeeper *clock);
void logging_fini(struct logging *log);
void logging_set_cli(struct logging *log, struct cli *cli);
void logging_event(struct logging *log, const struct msg_def *def,
		   const char *text);
void logging_debug(struct logging *log, const char *text);
void logging_set_buffer(struct logging *log, size_t size);
void logging_clear(struct logging *log);
bool logging_host_add(struct logging *log, const struct ip_addr *addr,
		      uint16_t port);
bool logging_host_del(struct logging *log, const struct ip_addr *addr);
void logging_levels_changed(struct logging *log);

/* log_msg(log, LINK_UPDOWN, name, "up"): the message of router_msg.h. */
#define log_msg(log, id, ...) \
	logging_fmt(log, &MSG_##id, MSG_FMT_##id, ##__VA_ARGS__)
void logging_fmt(struct logging *log, const struct msg_def *def,
		 const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* logging ..., show logging, clear logging. */
void logging_cli_init(struct logging *log, struct cli *cli);

#endif
