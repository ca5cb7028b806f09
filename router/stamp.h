/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The box's idea of the time of day, and time as IOS writes it.  One struct
 * timekeeper a router. */
#ifndef ROUTER_STAMP_H
#define ROUTER_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

enum stamp_limits {
	ZONE_SIZE = 8,	 /* clock timezone WORD: "Name of time zone" */
	STAMP_SIZE = 64, /* longest text of this file */
};

struct timekeeper {
	struct clock *clock;
	bool set; /* by clock set (or one day NTP): no star */
	char zone[ZONE_SIZE];
	int offset_minutes; /* of the zone, east is positive */
	int64_t started;    /* clock_now() at boot */
};

void timekeeper_init(struct timekeeper *tk, struct clock *clock);

enum stamp_kind { STAMP_NONE, STAMP_UPTIME, STAMP_DATETIME };

/* service timestamps {log|debug} ... */
struct stamp_style {
	enum stamp_kind kind;
	bool msec, localtime, show_timezone, year;
};

/* "*Jan  2 18:10:37.203: " with colon and blank, or "" for no time stamp. */
const char *stamp_log(const struct timekeeper *tk,
		      const struct stamp_style *style, char *out);
/* "*18:56:04.554 UTC Mon Oct 17 2016" (show clock). */
const char *stamp_clock(const struct timekeeper *tk, char *out);
/* "18:56:04 UTC Mon Oct 17 2016": headers of the running-config. */
const char *stamp_config(const struct timekeeper *tk, char *out);
/* "1 week, 3 days, 2 hours, 1 minute" for an age in us. */
const char *stamp_uptime(int64_t age, char *out);
/* "00:01:23", "1d02h", "3w4d" for an age in us. */
const char *stamp_age(int64_t age, char *out);
/* Local date and time of day in us since 1970, of that zone. */
int64_t stamp_to_wall(const struct timekeeper *tk, int year, int month, int day,
		      int hour, int minute, int second);
/* month from 0.  False for 31 February and the like. */
bool stamp_date_is_real(int year, int month, int day);

#endif
