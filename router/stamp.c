/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "router/stamp.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define MINUTE 60
#define HOUR   3600
#define DAY    86400
#define WEEK   604800
#define YEAR   31449600 /* 52 weeks, as IOS counts uptime */

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
				    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char days[7][4] = {
	"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"
};

struct moment {
	struct tm tm;
	int msec;
};

void timekeeper_init(struct timekeeper *tk, struct clock *clock)
{
	*tk = (struct timekeeper){ .clock = clock, .zone = "UTC" };
	tk->started = clock_now(clock);
}

static struct moment split(int64_t wall)
{
	struct moment m = { .msec = (int)(wall % US_PER_SEC / 1000) };
	time_t seconds = (time_t)(wall / US_PER_SEC);

	if (!gmtime_r(&seconds, &m.tm))
		m.tm = (struct tm){ .tm_mday = 1, .tm_year = 70 };
	return m;
}

static int64_t local_now(const struct timekeeper *tk)
{
	return clock_wall(tk->clock) + SEC(tk->offset_minutes * MINUTE);
}

static const char *star(const struct timekeeper *tk)
{
	return tk->set ? "" : "*";
}

static void datetime(const struct timekeeper *tk,
		     const struct stamp_style *style, char *out)
{
	struct moment m =
		split(style->localtime ? local_now(tk) : clock_wall(tk->clock));
	char year[16] = "", msec[16] = "", zone[ZONE_SIZE + 1] = "";

	if (style->year)
		snprintf(year, sizeof(year), " %d", m.tm.tm_year + 1900);
	if (style->msec)
		snprintf(msec, sizeof(msec), ".%03d", m.msec);
	if (style->show_timezone)
		snprintf(zone, sizeof(zone), " %s",
			 style->localtime ? tk->zone : "UTC");
	snprintf(out, STAMP_SIZE, "%s%s %2d%s %02d:%02d:%02d%s%s: ", star(tk),
		 months[m.tm.tm_mon], m.tm.tm_mday, year, m.tm.tm_hour,
		 m.tm.tm_min, m.tm.tm_sec, msec, zone);
}

const char *stamp_log(const struct timekeeper *tk,
		      const struct stamp_style *style, char *out)
{
	char age[STAMP_SIZE];

	out[0] = '\0';
	switch (style->kind) {
	case STAMP_NONE:
		break;
	case STAMP_UPTIME:
		snprintf(out, STAMP_SIZE, "%.32s: ",
			 stamp_age(clock_now(tk->clock) - tk->started, age));
		break;
	case STAMP_DATETIME:
		datetime(tk, style, out);
		break;
	}
	return out;
}

const char *stamp_clock(const struct timekeeper *tk, char *out)
{
	struct moment m = split(local_now(tk));

	snprintf(out, STAMP_SIZE, "%s%02d:%02d:%02d.%03d %s %s %s %d %d",
		 star(tk), m.tm.tm_hour, m.tm.tm_min, m.tm.tm_sec, m.msec,
		 tk->zone, days[m.tm.tm_wday], months[m.tm.tm_mon],
		 m.tm.tm_mday, m.tm.tm_year + 1900);
	return out;
}

const char *stamp_config(const struct timekeeper *tk, char *out)
{
	struct moment m = split(local_now(tk));

	snprintf(out, STAMP_SIZE, "%02d:%02d:%02d %s %s %s %d %d", m.tm.tm_hour,
		 m.tm.tm_min, m.tm.tm_sec, tk->zone, days[m.tm.tm_wday],
		 months[m.tm.tm_mon], m.tm.tm_mday, m.tm.tm_year + 1900);
	return out;
}

static const struct {
	int64_t seconds;
	const char *name;
} units[] = {
	{ YEAR, "year" }, { WEEK, "week" },	{ DAY, "day" },
	{ HOUR, "hour" }, { MINUTE, "minute" },
};

/* Units that are zero are left out, but minutes when they stand alone. */
const char *stamp_uptime(int64_t age, char *out)
{
	int64_t left = age / US_PER_SEC, n;
	size_t i, at = 0, last = sizeof(units) / sizeof(units[0]) - 1;

	out[0] = '\0';
	for (i = 0; i <= last && at < STAMP_SIZE; i++) {
		n = left / units[i].seconds;
		left %= units[i].seconds;
		if (!n && !(i == last && !at))
			continue;
		at += (size_t)snprintf(out + at, STAMP_SIZE - at,
				       "%s%" PRId64 " %s%s", at ? ", " : "", n,
				       units[i].name, n == 1 ? "" : "s");
	}
	return out;
}

const char *stamp_age(int64_t age, char *out)
{
	int64_t s = age < 0 ? 0 : age / US_PER_SEC;

	if (s >= YEAR)
		snprintf(out, STAMP_SIZE, "%" PRId64 "y%" PRId64 "w", s / YEAR,
			 s % YEAR / WEEK);
	else if (s >= WEEK)
		snprintf(out, STAMP_SIZE, "%" PRId64 "w%" PRId64 "d", s / WEEK,
			 s % WEEK / DAY);
	else if (s >= DAY)
		snprintf(out, STAMP_SIZE, "%" PRId64 "d%02" PRId64 "h", s / DAY,
			 s % DAY / HOUR);
	else
		snprintf(out, STAMP_SIZE,
			 "%02" PRId64 ":%02" PRId64 ":%02" PRId64, s / HOUR,
			 s % HOUR / MINUTE, s % MINUTE);
	return out;
}

int64_t stamp_to_wall(const struct timekeeper *tk, int year, int month, int day,
		      int hour, int minute, int second)
{
	struct tm tm = { .tm_year = year - 1900,
			 .tm_mon = month,
			 .tm_mday = day,
			 .tm_hour = hour,
			 .tm_min = minute,
			 .tm_sec = second };

	return SEC((int64_t)timegm(&tm) - tk->offset_minutes * MINUTE);
}

bool stamp_date_is_real(int year, int month, int day)
{
	struct tm tm = { .tm_year = year - 1900,
			 .tm_mon = month,
			 .tm_mday = day };

	/* It counts on into the next month. */
	timegm(&tm);
	return tm.tm_mday == day;
}
