/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/logging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "router/router_msg.h"

MSG_DEFINE(ROUTER_MSGS)

void logging_init(struct logging *log, const struct timekeeper *clock)
{
	const struct stamp_style style = { .kind = STAMP_DATETIME,
					   .msec = true };

	*log = (struct logging){
		.clock = clock,
		.on = true,
		.log_style = style,
		.debug_style = style,
		.console.level = LOGGING_DEBUGGING,
		.monitor.level = LOGGING_DEBUGGING,
		.buffer.level = LOGGING_DEBUGGING,
		.trap.level = LOGGING_INFORMATIONAL,
		.socket = -1,
	};
	logging_set_buffer(log, LOGGING_BUFFER);
}

void logging_fini(struct logging *log)
{
	if (log->socket >= 0)
		close(log->socket);
	free(log->ring);
	*log = (struct logging){ .socket = -1 };
}

void logging_set_cli(struct logging *log, struct cli *cli)
{
	log->cli = cli;
	logging_levels_changed(log);
}

void logging_levels_changed(struct logging *log)
{
	if (!log->cli)
		return;
	/* no logging on: only the console goes on */
	cli_set_console_level(log->cli, log->console.level);
	cli_set_monitor_level(log->cli,
			      log->on ? log->monitor.level : LOGGING_OFF);
}

void logging_set_buffer(struct logging *log, size_t size)
{
	free(log->ring);
	log->ring = size ? xcalloc(size, 1) : NULL;
	log->ring_size = size;
	log->ring_len = 0;
}

void logging_clear(struct logging *log)
{
	log->ring_len = 0;
	log->flushes++;
}

static void drop_oldest(struct logging *log)
{
	char *end = memchr(log->ring, '\n', log->ring_len);
	size_t n = end ? (size_t)(end - log->ring) + 1 : log->ring_len;

	log->ring_len -= n;
	memmove(log->ring, log->ring + n, log->ring_len);
}

static void to_buffer(struct logging *log, const char *line)
{
	size_t len = strlen(line);

	if (len + 1 > log->ring_size)
		return;
	while (log->ring_size - log->ring_len < len + 1)
		drop_oldest(log);
	memcpy(log->ring + log->ring_len, line, len);
	log->ring[log->ring_len + len] = '\n';
	log->ring_len += len + 1;
}

static void to_host(struct logging *log, struct logging_host *h,
		    const char *packet, size_t len)
{
	struct endpoint e = { h->addr, h->port, 0 };
	struct sockaddr_storage ss;
	socklen_t ss_len = endpoint_to_sockaddr(&e, &ss);

	h->down = sendto(log->socket, packet, len, 0, (struct sockaddr *)&ss,
			 ss_len) < 0;
	if (h->down)
		log->dropped++;
	else
		h->count++;
}

static void to_hosts(struct logging *log, int severity, const char *line)
{
	char packet[LOGGING_LINE + 32];
	size_t i;
	int n;

	if (severity > log->trap.level)
		return;
	log->trap.count++;
	if (!log->n_hosts)
		return;
	if (log->socket < 0)
		log->socket = socket(
			AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	n = snprintf(packet, sizeof(packet), "<%d>%u: %s",
		     LOGGING_FACILITY * 8 + severity, log->trap.count, line);
	if (n >= (int)sizeof(packet))
		n = sizeof(packet) - 1;
	for (i = 0; i < log->n_hosts; i++)
		to_host(log, &log->hosts[i], packet, (size_t)n);
}

static void deliver(struct logging *log, int severity, const char *line)
{
	if (severity <= log->console.level)
		log->console.count++;
	if (log->cli)
		log->monitor.count += cli_log(log->cli, severity, line);
	if (!log->on)
		return;
	if (severity <= log->buffer.level && log->ring) {
		log->buffer.count++;
		to_buffer(log, line);
	}
	to_hosts(log, severity, line);
}

static const char *stamp_of_tick(struct logging *log,
				 const struct stamp_style *style)
{
	int64_t now = clock_real_now();

	if (memcmp(style, &log->stamp_style, sizeof(*style)) ||
	    now - log->stamped >= LOGGING_TICK) {
		stamp_log(log->clock, style, log->stamp);
		log->stamp_style = *style;
		log->stamped = now;
	}
	return log->stamp;
}

static size_t lead(struct logging *log, const struct stamp_style *style,
		   char *line)
{
	int n = 0;

	if (log->sequence_numbers)
		n = snprintf(line, LOGGING_LINE, "%06u: ", ++log->sequence);
	n += snprintf(line + n, LOGGING_LINE - (size_t)n, "%s",
		      stamp_of_tick(log, style));
	return (size_t)n;
}

void logging_event(struct logging *log, const struct msg_def *def,
		   const char *text)
{
	char line[LOGGING_LINE];
	size_t at = lead(log, &log->log_style, line);

	snprintf(line + at, sizeof(line) - at, "%%%s-%d-%s: %s", def->facility,
		 def->severity, def->mnemonic, text);
	deliver(log, def->severity, line);
}

void logging_debug(struct logging *log, const char *text)
{
	char line[LOGGING_LINE];
	size_t at = lead(log, &log->debug_style, line);

	snprintf(line + at, sizeof(line) - at, "%s", text);
	deliver(log, LOGGING_DEBUGGING, line);
}

void logging_fmt(struct logging *log, const struct msg_def *def,
		 const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	logging_event(log, def, text);
	free(text);
}

bool logging_host_add(struct logging *log, const struct ip_addr *addr,
		      uint16_t port)
{
	struct logging_host *h;
	size_t i;

	for (i = 0; i < log->n_hosts; i++)
		if (ip_equal(&log->hosts[i].addr, addr))
			break;
	if (i == LOGGING_HOSTS)
		return false;
	h = &log->hosts[i];
	if (i == log->n_hosts) {
		log->n_hosts++;
		*h = (struct logging_host){ 0 };
	}
	h->addr = *addr;
	h->port = port;
	return true;
}

bool logging_host_del(struct logging *log, const struct ip_addr *addr)
{
	size_t i;

	for (i = 0; i < log->n_hosts; i++)
		if (ip_equal(&log->hosts[i].addr, addr))
			break;
	if (i == log->n_hosts)
		return false;
	memmove(&log->hosts[i], &log->hosts[i + 1],
		(log->n_hosts - i - 1) * sizeof(log->hosts[0]));
	log->n_hosts--;
	return true;
}
