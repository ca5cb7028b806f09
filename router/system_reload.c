/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reload, at once or later.  What it means the daemon decides: router.h. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "router/router_msg.h"
#include "router/system_priv.h"

enum { REASON_MAX = 255 };

/* A reload that is being asked about. */
struct plan {
	struct router *router;
	char *reason;  /* or NULL */
	int64_t delay; /* us of the router's clock; 0: at once */
};

static void plan_free(void *arg)
{
	struct plan *p = arg;

	free(p->reason);
	free(p);
}

static void go(void *arg)
{
	struct router *router = arg;

	if (router->reload.fn)
		router->reload.fn(router->reload.arg);
}

/* What is to be said is said first: the terminals' messages go out before
 * the loop comes to this timer. */
static void reload_now(struct router *router, const char *who,
		       const char *reason)
{
	log_msg(&router->log, SYS_RELOAD, who,
		reason ? reason : "Reload Command");
	loop_timer_set(router->loop, &router->reload.timer, 0, go, router);
}

static void time_is_up(void *arg)
{
	struct router *router = arg;

	reload_now(router, router->reload.who, router->reload.reason);
}

static void forget(struct router *router)
{
	loop_timer_cancel(&router->reload.timer);
	free(router->reload.who);
	free(router->reload.reason);
	router->reload.who = router->reload.reason = NULL;
	router->reload.due = 0;
}

/* "05:10:00 UTC Tue Nov 24 2026" in so many us. */
static const char *stamp_in(const struct router *router, int64_t delay,
			    char *out)
{
	struct timekeeper then = router->time;
	struct clock clock = *router->clock;

	clock_set_wall(&clock, clock_wall(router->clock) + delay);
	then.clock = &clock;
	return stamp_config(&then, out);
}

static void say_schedule(const struct router *router, int64_t delay,
			 const char *reason, struct cli_out *o)
{
	char when[STAMP_SIZE], how_long[STAMP_SIZE];

	cli_say(o, "Reload scheduled for %s (in %s)\n",
		stamp_in(router, delay, when), stamp_uptime(delay, how_long));
	if (reason)
		cli_say(o, "Reload reason: %s\n", reason);
}

static void schedule(struct plan *p, struct cli_out *o)
{
	struct router *router = p->router;
	char when[STAMP_SIZE], now[STAMP_SIZE];

	forget(router);
	router->reload.who = cli_who(o);
	router->reload.reason = p->reason;
	p->reason = NULL;
	router->reload.due = clock_now(router->clock) + p->delay;
	loop_timer_set(router->loop, &router->reload.timer,
		       clock_real_delay(router->clock, p->delay), time_is_up,
		       router);
	log_msg(&router->log, SYS_SCHEDULED_RELOAD,
		stamp_in(router, p->delay, when),
		stamp_config(&router->time, now), router->reload.who,
		router->reload.reason ? router->reload.reason
				      : "Reload Command");
}

/* --- questions -------------------------------------------------------- */

static void confirmed(void *arg, const char *line, struct cli_out *o)
{
	struct plan *p = arg;
	char *who;

	/* [confirm]: RETURN or y; anything else breaks off. */
	if (line[0] && line[0] != 'y' && line[0] != 'Y')
		return;
	if (p->delay) {
		schedule(p, o);
		return;
	}
	who = cli_who(o);
	reload_now(p->router, who, p->reason);
	free(who);
}

static void confirm(struct plan *p, struct cli_out *o)
{
	if (p->delay)
		say_schedule(p->router, p->delay, p->reason, o);
	cli_ask(o, "Proceed with reload? [confirm]", false, confirmed,
		plan_free, p);
}

static void save_or_not(void *arg, const char *line, struct cli_out *o);

static void ask_save(struct plan *p, struct cli_out *o)
{
	cli_ask(o, "\nSystem configuration has been modified. Save? [yes/no]: ",
		false, save_or_not, plan_free, p);
}

static void save_or_not(void *arg, const char *line, struct cli_out *o)
{
	size_t len = strlen(line);

	if (len && !strncasecmp("yes", line, len)) {
		cli_save(o);
		confirm(arg, o);
	} else if (len && !strncasecmp("no", line, len)) {
		confirm(arg, o);
	} else {
		cli_say(o, "%% Please answer 'yes' or 'no'.\n");
		ask_save(arg, o);
	}
}

static void plan(struct router *router, int64_t delay, const char *reason,
		 struct cli_out *o)
{
	struct plan *p = xcalloc(1, sizeof(*p));

	p->router = router;
	p->delay = delay;
	p->reason = reason ? strndup(reason, REASON_MAX) : NULL;
	if (cli_is_saved(router->cli))
		confirm(p, o);
	else
		ask_save(p, o);
}

/* --- commands --------------------------------------------------------- */

static void reload(void *obj, const struct cli_args *a, struct cli_out *o)
{
	plan(obj, 0, cli_str(a, "reason"), o);
}

/* MMM or HH:MM. */
static void reload_in(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const char *text = cli_str(a, "delay");
	unsigned long first, minutes = 0;
	char *end;

	first = strtoul(text, &end, 10);
	if (end != text && *end == ':') {
		minutes = strtoul(end + 1, &end, 10);
		first *= 60;
	}
	minutes += first;
	if (*end || end == text || !minutes || minutes > 999 * 60 + 59) {
		cli_error(o, "%% Invalid reload delay\n");
		return;
	}
	plan(obj, SEC((int64_t)minutes * 60), cli_str(a, "reason"), o);
}

static void reload_at(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const int64_t day = SEC(INT64_C(86400));
	const char *text = cli_str(a, "time");
	struct router *router = obj;
	unsigned long hour, minute = 60;
	int64_t now;
	char *end;

	hour = strtoul(text, &end, 10);
	if (end != text && *end == ':')
		minute = strtoul(end + 1, &end, 10);
	if (*end || hour > 23 || minute > 59) {
		cli_error(o, "%% Invalid reload time\n");
		return;
	}
	now = clock_wall(router->clock) +
	      SEC((int64_t)router->time.offset_minutes * 60);
	now = SEC((int64_t)(hour * 60 + minute) * 60) - now % day;
	plan(router, now > 0 ? now : now + day, cli_str(a, "reason"), o);
}

static void cancel(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	char now[STAMP_SIZE];

	(void)a;
	if (!router->reload.due) {
		cli_say(o, "%%No reload is scheduled.\n");
		return;
	}
	forget(router);
	cli_say(o, "\n\n***\n*** --- SHUTDOWN ABORTED ---\n***\n\n");
	log_msg(&router->log, SYS_SCHEDULED_RELOAD_CANCELLED,
		stamp_config(&router->time, now));
}

static void show_reload(void *obj, const struct cli_args *a, struct cli_out *o)
{
	const struct router *router = obj;

	(void)a;
	if (!router->reload.due)
		cli_say(o, "No reload is scheduled.\n");
	else
		say_schedule(router,
			     router->reload.due - clock_now(router->clock),
			     router->reload.reason, o);
}

#define RELOAD "reload  Halt and perform a cold restart\n"
#define REASON "[ LINE$reason  Reason for reload\n]\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = RELOAD REASON,
		.run = reload,
	},
	{
		.mode = &cli_mode_exec,
		.words = RELOAD "in  Reload after a time interval\n"
				"WORD$delay  Delay before reload (mmm or "
				"hhh:mm)\n" REASON,
		.run = reload_in,
	},
	{
		.mode = &cli_mode_exec,
		.words = RELOAD "at  Reload at a specific time/date\n"
				"WORD$time  Time to reload (hh:mm)\n" REASON,
		.run = reload_at,
	},
	{
		.mode = &cli_mode_exec,
		.words = RELOAD "cancel  Cancel pending reload\n",
		.run = cancel,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show    Show running system information\n"
			 "reload  Scheduled reload information\n",
		.run = show_reload,
		.flags = CLI_USER,
	},
};

void system_reload_init(struct router *router)
{
	CLI_ADD(router->cli, commands, router);
}

void system_reload_fini(struct router *router)
{
	forget(router);
}

void router_on_reload(struct router *router, void (*fn)(void *arg), void *arg)
{
	router->reload.fn = fn;
	router->reload.arg = arg;
}
