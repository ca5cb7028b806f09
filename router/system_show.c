/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show processes and show memory: of this process, as the kernel and malloc
 * know it.  A "process" of IOS is a thread here. */
#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "router/system_priv.h"

enum {
	THREADS_MAX = 64,
	SAMPLE_S = 5,
	SAMPLES = 61, /* five minutes and one */
	MINUTE = 12,  /* samples */
	PROC_MAX = 4096,
	NAME_MAX_OCTETS = 16,
};

struct thread {
	int id; /* 0: none */
	bool seen;
	char name[NAME_MAX_OCTETS];
	unsigned long invoked;
	uint64_t runtime;	  /* ms */
	uint64_t sample[SAMPLES]; /* runtime then, a ring */
};

struct system_load {
	struct router *router;
	struct loop_timer *timer;
	struct thread thread[THREADS_MAX];
	unsigned int now;   /* newest sample */
	unsigned int taken; /* how many there are */
};

/* --- /proc ------------------------------------------------------------- */

static char *read_proc(int id, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", id, name);
	return file_read(path, PROC_MAX, NULL);
}

/* "12 (name) S ...": fields 14 and 15 are ticks in user and kernel mode. */
static void read_stat(struct thread *t)
{
	char *text = read_proc(t->id, "stat"), *open, *close;
	unsigned long user, kernel;
	long ticks = sysconf(_SC_CLK_TCK);

	open = text ? strchr(text, '(') : NULL;
	close = text ? strrchr(text, ')') : NULL;
	if (open && close && close > open) {
		snprintf(t->name, sizeof(t->name), "%.*s",
			 (int)(close - open - 1), open + 1);
		if (sscanf(close + 2,
			   "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu "
			   "%lu",
			   &user, &kernel) == 2)
			t->runtime = (uint64_t)(user + kernel) * 1000 /
				     (uint64_t)ticks;
	}
	free(text);
}

static unsigned long field(const char *text, const char *name)
{
	const char *at = strstr(text, name);

	return at ? strtoul(at + strlen(name), NULL, 10) : 0;
}

static void read_switches(struct thread *t)
{
	char *text = read_proc(t->id, "status");

	if (text)
		t->invoked = field(text, "\nvoluntary_ctxt_switches:") +
			     field(text, "\nnonvoluntary_ctxt_switches:");
	free(text);
}

static struct thread *place_of(struct system_load *load, int id)
{
	struct thread *free_one = NULL;
	size_t i;

	for (i = 0; i < THREADS_MAX; i++) {
		if (load->thread[i].id == id)
			return &load->thread[i];
		if (!load->thread[i].id && !free_one)
			free_one = &load->thread[i];
	}
	if (free_one) {
		*free_one = (struct thread){ .id = id };
		read_stat(free_one);
		for (i = 0; i < SAMPLES; i++)
			free_one->sample[i] = free_one->runtime;
	}
	return free_one;
}

static void look(struct system_load *load)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	struct thread *t;
	size_t i;

	for (i = 0; i < THREADS_MAX; i++)
		load->thread[i].seen = false;
	while (dir && (entry = readdir(dir))) {
		t = isdigit((unsigned char)entry->d_name[0])
			    ? place_of(load,
				       (int)strtol(entry->d_name, NULL, 10))
			    : NULL;
		if (!t)
			continue;
		t->seen = true;
		read_stat(t);
		read_switches(t);
	}
	if (dir)
		closedir(dir);
	for (i = 0; i < THREADS_MAX; i++)
		if (!load->thread[i].seen)
			load->thread[i].id = 0;
}

static void sample(void *arg)
{
	struct system_load *load = arg;
	size_t i;

	look(load);
	load->now = (load->now + 1) % SAMPLES;
	if (load->taken < SAMPLES - 1)
		load->taken++;
	for (i = 0; i < THREADS_MAX; i++)
		load->thread[i].sample[load->now] = load->thread[i].runtime;
	loop_timer_set(load->router->loop, &load->timer, SEC(SAMPLE_S), sample,
		       load);
}

/* Hundredths of a percent of a core over the last n samples. */
static unsigned int share(const struct system_load *load,
			  const struct thread *t, unsigned int n)
{
	uint64_t ms;

	if (n > load->taken)
		n = load->taken;
	if (!n)
		return 0;
	ms = t->sample[load->now] -
	     t->sample[(load->now + SAMPLES - n) % SAMPLES];
	return (unsigned int)(ms * 10000 / ((uint64_t)n * SAMPLE_S * 1000));
}

static unsigned int all(const struct system_load *load, unsigned int n)
{
	unsigned int sum = 0;
	size_t i;

	for (i = 0; i < THREADS_MAX; i++)
		if (load->thread[i].id)
			sum += share(load, &load->thread[i], n);
	return sum / 100;
}

/* --- show processes cpu ------------------------------------------------ */

static int by_load(const void *a, const void *b)
{
	const struct thread *const *x = a, *const *y = b;

	if ((*x)->runtime != (*y)->runtime)
		return (*x)->runtime < (*y)->runtime ? 1 : -1;
	return (*x)->id - (*y)->id;
}

static void say_percent(struct cli_out *o, unsigned int hundredths)
{
	cli_say(o, "%3u.%02u%% ", hundredths / 100, hundredths % 100);
}

static void say_thread(const struct system_load *load, const struct thread *t,
		       struct cli_out *o)
{
	cli_say(o, "%4d %11" PRIu64 " %11lu %10" PRIu64 " ", t->id, t->runtime,
		t->invoked, t->invoked ? t->runtime * 1000 / t->invoked : 0);
	say_percent(o, share(load, t, 1));
	say_percent(o, share(load, t, MINUTE));
	say_percent(o, share(load, t, SAMPLES - 1));
	cli_say(o, "  0 %s\n", t->name);
}

static void show_cpu(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct router *router = obj;
	struct system_load *load = router->load;
	const struct thread *rows[THREADS_MAX];
	size_t i, n = 0;

	look(load);
	for (i = 0; i < THREADS_MAX; i++)
		if (load->thread[i].id)
			rows[n++] = &load->thread[i];
	if (cli_has(a, "sorted"))
		qsort(rows, n, sizeof(rows[0]), by_load);
	cli_say(o,
		"CPU utilization for five seconds: %u%%/0%%; one minute: "
		"%u%%; five minutes: %u%%\n"
		" PID Runtime(ms)     Invoked      uSecs    5Sec    1Min    "
		"5Min TTY Process \n",
		all(load, 1), all(load, MINUTE), all(load, SAMPLES - 1));
	for (i = 0; i < n; i++)
		say_thread(load, rows[i], o);
}

/* --- memory ------------------------------------------------------------ */

static unsigned long resident(void)
{
	char *text = file_read("/proc/self/status", PROC_MAX, NULL);
	unsigned long kb = text ? field(text, "\nVmRSS:") : 0;

	free(text);
	return kb * 1024;
}

static void show_process_memory(void *obj, const struct cli_args *a,
				struct cli_out *o)
{
	struct mallinfo2 m = mallinfo2();
	size_t total = m.arena + m.hblkhd;

	(void)obj;
	(void)a;
	cli_say(o,
		"Processor Pool Total: %10zu Used: %10zu Free: %10zu\n\n"
		" PID TTY  Allocated      Freed    Holding Process\n"
		"%4d   0 %10zu %10zu %10lu getvpnd\n"
		"%32lu Total\n",
		total, m.uordblks + m.hblkhd, m.fordblks, (int)getpid(), total,
		m.fordblks, resident(), resident());
}

static void show_memory(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct mallinfo2 m = mallinfo2();

	(void)obj;
	(void)a;
	cli_say(o,
		"                Total(b)     Used(b)     Free(b)\n"
		"Processor   %12zu%12zu%12zu\n",
		m.arena + m.hblkhd, m.uordblks + m.hblkhd, m.fordblks);
}

#define SHOW	  "show       Show running system information\n"
#define PROCESSES "processes  Active process statistics\n"

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = SHOW PROCESSES "cpu  Show CPU use per process\n"
					"[ sorted  Show sorted output based "
					"on percentage of usage\n]\n",
		.run = show_cpu,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW PROCESSES "memory  Show memory use per "
					"process\n",
		.run = show_process_memory,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = SHOW "memory  Memory statistics\n"
			      "[ ( statistics  Memory statistics\n"
			      "| summary  Summary of memory usage\n) ]\n",
		.run = show_memory,
		.flags = CLI_USER,
	},
};

void system_show_init(struct router *router)
{
	router->load = xcalloc(1, sizeof(*router->load));
	router->load->router = router;
	look(router->load);
	loop_timer_set(router->loop, &router->load->timer, SEC(SAMPLE_S),
		       sample, router->load);
	CLI_ADD(router->cli, commands, router);
}

void system_show_fini(struct router *router)
{
	if (!router->load)
		return;
	loop_timer_cancel(&router->load->timer);
	free(router->load);
	router->load = NULL;
}
