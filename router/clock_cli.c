/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The time of day: clock set, clock timezone, show clock. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/router_msg.h"
#include "router/router_priv.h"

static const char *const months[12] = {
	"January", "February", "March",	    "April",   "May",	   "June",
	"July",	   "August",   "September", "October", "November", "December",
};

/* --- types: hh:mm:ss and MONTH ---------------------------------------- */

static int match_time(void *ctx, const char *const *tokens, size_t n,
		      char **text, uint32_t *number)
{
	unsigned int h, m, s;
	char tail;

	(void)ctx;
	(void)n;
	if (sscanf(tokens[0], "%2u:%2u:%2u%c", &h, &m, &s, &tail) != 3 ||
	    h > 23 || m > 59 || s > 59)
		return 0;
	*number = h * 3600 + m * 60 + s;
	*text = xstrdup(tokens[0]);
	return 1;
}

static void
help_time(void *ctx, const char *prefix,
	  void (*add)(void *arg, const char *word, const char *help), void *arg)
{
	(void)ctx;
	(void)prefix;
	add(arg, "hh:mm:ss", "Current Time");
}

static int match_month(void *ctx, const char *const *tokens, size_t n,
		       char **text, uint32_t *number)
{
	size_t i, len = strlen(tokens[0]);

	(void)ctx;
	(void)n;
	for (i = 0; len >= 3 && i < ARRAY_SIZE(months); i++) {
		if (strncasecmp(months[i], tokens[0], len))
			continue;
		*number = (uint32_t)i;
		*text = xstrdup(months[i]);
		return 1;
	}
	return 0;
}

static void help_month(void *ctx, const char *prefix,
		       void (*add)(void *arg, const char *word,
				   const char *help),
		       void *arg)
{
	(void)ctx;
	(void)prefix;
	add(arg, "MONTH", "Month of the year");
}

/* --- commands --------------------------------------------------------- */

static void show_clock(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct router *router = obj;
	char text[STAMP_SIZE];

	cli_say(o, "%s\n", stamp_clock(&router->time, text));
	if (cli_has(a, "detail"))
		cli_say(o, router->time.set
				   ? "Time source is user configuration\n"
				   : "No time source\n");
}

static void set_clock(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	char before[STAMP_SIZE], after[STAMP_SIZE];
	uint32_t time = cli_u32(a, "time");
	int64_t wall = stamp_to_wall(&router->time, (int)cli_u32(a, "year"),
				     (int)cli_u32(a, "month"),
				     (int)cli_u32(a, "day"), (int)(time / 3600),
				     (int)(time / 60 % 60), (int)(time % 60));

	if (!stamp_date_is_real((int)cli_u32(a, "year"),
				(int)cli_u32(a, "month"),
				(int)cli_u32(a, "day"))) {
		cli_error(o, "%% Invalid day of month\n");
		return;
	}
	stamp_config(&router->time, before);
	clock_set_wall(router->clock, wall);
	router->time.set = true;
	stamp_config(&router->time, after);
	log_msg(&router->log, SYS_CLOCKUPDATE, before, after,
		"console by console");
}

static void set_timezone(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	const char *hours = cli_str(a, "hours");
	int minutes = (int)cli_u32(a, "minutes");
	char *end;
	long h = hours ? strtol(hours, &end, 10) : 0;

	if (hours && (*end || end == hours || h < -23 || h > 23)) {
		cli_error(o, "%% Invalid offset %s\n", hours);
		return;
	}
	snprintf(router->time.zone, sizeof(router->time.zone), "%s",
		 cli_str(a, "zone"));
	router->time.offset_minutes =
		(int)(h * 60) + (hours && *hours == '-' ? -minutes : minutes);
}

static void no_timezone(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;

	(void)a;
	(void)o;
	snprintf(router->time.zone, sizeof(router->time.zone), "UTC");
	router->time.offset_minutes = 0;
}

static void write_timezone(const void *obj, struct cli_out *o)
{
	const struct router *router = obj;
	int offset = router->time.offset_minutes;

	if (offset || strcmp(router->time.zone, "UTC"))
		cli_say(o, "clock timezone %s %s%d %d\n", router->time.zone,
			offset < 0 && offset > -60 ? "-" : "", offset / 60,
			abs(offset) % 60);
}

#define DAY   "<1-31>$day  Day of the month\n"
#define MONTH "MONTH$month\n"
#define CLOCK_SET                          \
	"clock  Manage the system clock\n" \
	"set    Set the time and date\n"   \
	"TIMEOFDAY$time\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show      Show running system information\n"
			 "clock     Display the system clock\n"
			 "[ detail  Display detailed information\n"
			 "]\n",
		.run = show_clock,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = CLOCK_SET "( " DAY MONTH "| " MONTH DAY ")\n"
				   "<1993-2035>$year  Year\n",
		.run = set_clock,
	},
	{
		.mode = &cli_mode_config,
		.words = "clock      Configure time-of-day clock\n"
			 "timezone   Configure time zone\n"
			 ".\n"
			 "WORD$zone  name of time zone\n"
			 "WORD$hours  Hours offset from UTC, -23 to 23\n"
			 "[ <0-59>$minutes  Minutes offset from UTC\n"
			 "]\n",
		.run = set_timezone,
		.no = no_timezone,
		.write = write_timezone,
		.order = CLI_O_CLOCK,
	},
};

void clock_cli_init(struct router *router)
{
	const struct cli_type time = { "TIMEOFDAY", match_time, help_time,
				       NULL };
	const struct cli_type month = { "MONTH", match_month, help_month,
					NULL };

	cli_type_add(router->cli, &time);
	cli_type_add(router->cli, &month);
	CLI_ADD(router->cli, commands, router);
}
