/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/logging.h"

static const char *const levels[] = {
	"emergencies", "alerts",	"critical",	 "errors",
	"warnings",    "notifications", "informational", "debugging",
};

static const char *level_name(int level)
{
	return level < 0 ? "disabled" : levels[level];
}

/* The level that was typed, as a word or a number; otherwise the default. */
static int read_level(const struct cli_args *a, int otherwise)
{
	const char *word = cli_str(a, "level");
	size_t i;

	if (!word)
		return otherwise;
	for (i = 0; i < ARRAY_SIZE(levels); i++)
		if (!strcmp(word, levels[i]))
			return (int)i;
	return (int)cli_u32(a, "level");
}

/* --- logging ... ------------------------------------------------------ */

static void set_on(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct logging *log = obj;

	(void)o;
	log->on = !cli_is_no(a);
	logging_levels_changed(log);
}

static void write_on(const void *obj, struct cli_out *o)
{
	const struct logging *log = obj;

	if (!log->on)
		cli_say(o, "no logging on\n");
}

static void set_level(struct logging *log, struct logging_target *target,
		      const struct cli_args *a, int otherwise)
{
	target->level = cli_is_no(a) ? LOGGING_OFF : read_level(a, otherwise);
	logging_levels_changed(log);
}

static void write_level(const char *what, const struct logging_target *target,
			int otherwise, struct cli_out *o)
{
	if (target->level < 0)
		cli_say(o, "no logging %s\n", what);
	else if (target->level != otherwise)
		cli_say(o, "logging %s %s\n", what, level_name(target->level));
}

static void set_console(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct logging *log = obj;

	(void)o;
	set_level(log, &log->console, a, LOGGING_DEBUGGING);
}

static void write_console(const void *obj, struct cli_out *o)
{
	const struct logging *log = obj;

	write_level("console", &log->console, LOGGING_DEBUGGING, o);
}

static void set_monitor(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct logging *log = obj;

	(void)o;
	set_level(log, &log->monitor, a, LOGGING_DEBUGGING);
}

static void write_monitor(const void *obj, struct cli_out *o)
{
	const struct logging *log = obj;

	write_level("monitor", &log->monitor, LOGGING_DEBUGGING, o);
}

static void set_trap(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct logging *log = obj;

	(void)o;
	set_level(log, &log->trap, a, LOGGING_INFORMATIONAL);
}

static void write_trap(const void *obj, struct cli_out *o)
{
	const struct logging *log = obj;

	write_level("trap", &log->trap, LOGGING_INFORMATIONAL, o);
}

static void set_buffered(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct logging *log = obj;

	(void)o;
	set_level(log, &log->buffer, a, LOGGING_DEBUGGING);
	if (!cli_is_no(a) && cli_has(a, "size") &&
	    cli_u32(a, "size") != log->ring_size)
		logging_set_buffer(log, cli_u32(a, "size"));
	else if (!cli_is_no(a) && !log->ring)
		logging_set_buffer(log, LOGGING_BUFFER);
	if (cli_is_no(a))
		logging_set_buffer(log, 0);
}

static void write_buffered(const void *obj, struct cli_out *o)
{
	const struct logging *log = obj;

	if (log->buffer.level < 0)
		cli_say(o, "no logging buffered\n");
	else if (log->buffer.level != LOGGING_DEBUGGING)
		cli_say(o, "logging buffered %zu %s\n", log->ring_size,
			level_name(log->buffer.level));
	else if (log->ring_size != LOGGING_BUFFER)
		cli_say(o, "logging buffered %zu\n", log->ring_size);
}

static void set_host(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct logging *log = obj;
	struct ip_addr addr = cli_addr(a, "address");
	uint16_t port = LOGGING_PORT;

	if (cli_is_no(a)) {
		logging_host_del(log, &addr);
		return;
	}
	if (cli_has(a, "port_number"))
		port = (uint16_t)cli_u32(a, "port_number");
	if (!logging_host_add(log, &addr, port))
		cli_error(o, "%% Too many logging hosts\n");
}

static void write_hosts(const void *obj, struct cli_out *o)
{
	const struct logging *log = obj;
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < log->n_hosts; i++) {
		cli_say(o, "logging host %s",
			ip_text(&log->hosts[i].addr, text));
		if (log->hosts[i].port != LOGGING_PORT)
			cli_say(o, " transport udp port %u",
				log->hosts[i].port);
		cli_say(o, "\n");
	}
}

/* --- show logging ----------------------------------------------------- */

static void say_target(struct cli_out *o, const char *title,
		       const struct logging_target *t, const char *indent)
{
	if (t->level < 0)
		cli_say(o, "    %s disabled\n", title);
	else
		cli_say(o,
			"    %s level %s, %u messages logged, xml disabled,\n"
			"%sfiltering disabled\n",
			title, level_name(t->level), t->count, indent);
}

static void say_trap(struct cli_out *o, const struct logging *log)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	if (log->trap.level < 0)
		cli_say(o, "    Trap logging: disabled\n");
	else
		cli_say(o,
			"    Trap logging: level %s, %u message lines logged\n",
			level_name(log->trap.level), log->trap.count);
	for (i = 0; i < log->n_hosts; i++)
		cli_say(o,
			"        Logging to %s  (udp port %u, audit disabled,\n"
			"              link %s),\n"
			"              %u message lines logged, \n",
			ip_text(&log->hosts[i].addr, text), log->hosts[i].port,
			log->hosts[i].down ? "down" : "up",
			log->hosts[i].count);
	cli_say(o, "        Logging Source-Interface:       VRF Name:\n");
}

static void show_logging(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct logging *log = obj;

	(void)a;
	cli_say(o,
		"Syslog logging: %s (%u messages dropped, 0 messages "
		"rate-limited,\n"
		"                %u flushes, 0 overruns, xml disabled, "
		"filtering disabled)\n\n"
		"No Active Message Discriminator.\n\n\n\n"
		"No Inactive Message Discriminator.\n\n\n",
		log->on ? "enabled" : "disabled", log->dropped, log->flushes);
	say_target(o, "Console logging:", &log->console,
		   "                     ");
	say_target(o, "Monitor logging:", &log->monitor,
		   "                     ");
	say_target(o, "Buffer logging: ", &log->buffer, "                    ");
	cli_say(o, "    Exception Logging: size (4096 bytes)\n"
		   "    Count and timestamp logging messages: disabled\n"
		   "    Persistent logging: disabled\n\n"
		   "No active filter modules.\n\n");
	say_trap(o, log);
	if (log->ring)
		cli_say(o, "\nLog Buffer (%zu bytes):\n\n%.*s", log->ring_size,
			(int)log->ring_len, log->ring);
}

static void clear_answer(void *arg, const char *line, struct cli_out *o)
{
	(void)o;
	if (!*line || *line == 'y' || *line == 'Y')
		logging_clear(arg);
}

static void clear_logging(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	(void)a;
	cli_ask(o, "Clear logging buffer [confirm]", false, clear_answer, NULL,
		obj);
}

#define LOGGING "logging  Modify message logging facilities\n"
#define LEVEL                                                        \
	"[ ( <0-7>$level           Logging severity level\n"         \
	"| alerts$level         Immediate action needed\n"           \
	"| critical$level       Critical conditions\n"               \
	"| debugging$level      Debugging messages\n"                \
	"| emergencies$level    System is unusable\n"                \
	"| errors$level         Error conditions\n"                  \
	"| informational$level  Informational messages\n"            \
	"| notifications$level  Normal but significant conditions\n" \
	"| warnings$level       Warning conditions\n"                \
	") ]\n"
#define UDP                                             \
	"[ transport  Specify the transport protocol\n" \
	"udp          User Datagram Protocol\n"         \
	"port         Specify the UDP port number\n"    \
	"<1-65535>$port_number  Port number\n"          \
	"]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_config,
		.words = LOGGING "on  Enable logging to all enabled "
				 "destinations\n",
		.run = set_on,
		.no = set_on,
		.write = write_on,
		.order = CLI_O_LOGGING,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGGING "buffered  Set buffered logging parameters\n"
				 ".\n"
				 "[ <4096-2147483647>$size  Logging buffer "
				 "size\n"
				 "]\n" LEVEL,
		.run = set_buffered,
		.no = set_buffered,
		.write = write_buffered,
		.order = CLI_O_LOGGING + 1,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGGING "console  Set console logging parameters\n"
				 ".\n" LEVEL,
		.run = set_console,
		.no = set_console,
		.write = write_console,
		.order = CLI_O_LOGGING + 2,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGGING "monitor  Set terminal line (monitor) "
				 "logging parameters\n"
				 ".\n" LEVEL,
		.run = set_monitor,
		.no = set_monitor,
		.write = write_monitor,
		.order = CLI_O_LOGGING + 3,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGGING "trap  Set syslog server logging level\n"
				 ".\n" LEVEL,
		.run = set_trap,
		.no = set_trap,
		.write = write_trap,
		.order = CLI_O_ACL + 50,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGGING "host  Set syslog server IP address and "
				 "parameters\n"
				 "A.B.C.D$address  IP address of the syslog "
				 "server\n"
				 ".\n" UDP,
		.run = set_host,
		.no = set_host,
		.write = write_hosts,
		.order = CLI_O_ACL + 51,
	},
	{
		.mode = &cli_mode_config,
		.words = LOGGING "A.B.C.D$address  IP address of the logging "
				 "host\n"
				 ".\n" UDP,
		.run = set_host,
		.no = set_host,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show     Show running system information\n"
			 "logging  Show the contents of logging buffers\n",
		.run = show_logging,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "clear    Reset functions\n"
			 "logging  Clear logging buffer\n",
		.run = clear_logging,
	},
};

void logging_cli_init(struct logging *log, struct cli *cli)
{
	CLI_ADD(cli, commands, log);
}
