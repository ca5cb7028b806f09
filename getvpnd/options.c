/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "getvpnd/options.h"

#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

#define TELNET_PORT    23
#define TIME_SCALE_MAX 10000
#define WORKERS_MAX    64

static const char usage[] =
	"usage: getvpnd --state-dir DIR [options]\n"
	"\n"
	"  --state-dir DIR          startup-config, private-config, cli.sock\n"
	"  --startup-config FILE    the configuration of the first start\n"
	"  --interface NAME=DEV     as Ethernet0/0=eth1; may be repeated\n"
	"                           (else $GETVPN_IFMAP, else eth0 and up)\n"
	"  --console-fd N           inherited listening socket: telnet console\n"
	"  --time-scale N           time runs N times faster\n"
	"  --getvpnsh PATH          the terminal program\n"
	"  --vty-port N             telnet port of the vty lines; 0: none\n"
	"  --workers N              packet threads; 0: one a core\n"
	"  --no-vrf                 no VRFs: the right to make network\n"
	"                           namespaces is given up\n"
	"  --no-frr                 no routing protocols (FRR's programs)\n"
	"  --list-commands          prints docs/commands.md (in an empty network\n"
	"                           namespace; needs --state-dir)\n"
	"  --list-messages          prints docs/messages.md\n"
	"  --help, --version\n";

enum {
	OPT_STATE_DIR = 256,
	OPT_STARTUP,
	OPT_INTERFACE,
	OPT_CONSOLE_FD,
	OPT_TIME_SCALE,
	OPT_GETVPNSH,
	OPT_VTY_PORT,
	OPT_WORKERS,
	OPT_NO_VRF,
	OPT_NO_FRR,
	OPT_LIST_COMMANDS,
	OPT_LIST_MESSAGES,
	OPT_HELP,
	OPT_VERSION,
};

static const struct option long_options[] = {
	{ "state-dir", required_argument, NULL, OPT_STATE_DIR },
	{ "startup-config", required_argument, NULL, OPT_STARTUP },
	{ "interface", required_argument, NULL, OPT_INTERFACE },
	{ "console-fd", required_argument, NULL, OPT_CONSOLE_FD },
	{ "time-scale", required_argument, NULL, OPT_TIME_SCALE },
	{ "getvpnsh", required_argument, NULL, OPT_GETVPNSH },
	{ "vty-port", required_argument, NULL, OPT_VTY_PORT },
	{ "workers", required_argument, NULL, OPT_WORKERS },
	{ "no-vrf", no_argument, NULL, OPT_NO_VRF },
	{ "no-frr", no_argument, NULL, OPT_NO_FRR },
	{ "list-commands", no_argument, NULL, OPT_LIST_COMMANDS },
	{ "list-messages", no_argument, NULL, OPT_LIST_MESSAGES },
	{ "help", no_argument, NULL, OPT_HELP },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

_Noreturn static void bad_usage(void)
{
	fputs(usage, stderr);
	exit(2);
}

static int number(const char *text, int lo, int hi)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(text, &end, 10);
	if (errno || end == text || *end || v < lo || v > hi)
		bad_usage();
	return (int)v;
}

static void add_map(struct options *o, const char *entry)
{
	if (!strchr(entry, '='))
		bad_usage();
	o->if_map = xrealloc(o->if_map, o->n_map + 1, sizeof(*o->if_map));
	o->if_map[o->n_map++] = xstrdup(entry);
}

static void map_from_environment(struct options *o)
{
	const char *text = getenv("GETVPN_IFMAP");
	char *copy, *rest, *entry;

	if (!text || o->n_map)
		return;
	copy = rest = xstrdup(text);
	while ((entry = strsep(&rest, ", ")))
		if (*entry)
			add_map(o, entry);
	free(copy);
}

/* Beside our own binary: in a build tree that is ../cli/sh. */
static char *find_getvpnsh(void)
{
	static const char *const places[] = { "getvpnsh",
					      "../cli/sh/getvpnsh" };
	char self[PATH_MAX], *folder, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	if (n < 0)
		return xstrdup("/usr/bin/getvpnsh");
	self[n] = '\0';
	folder = dirname(self);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		path = xasprintf("%s/%s", folder, places[i]);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return xstrdup("/usr/bin/getvpnsh");
}

static void take(struct options *o, int option, const char *arg)
{
	switch (option) {
	case OPT_STATE_DIR:
		o->state_dir = arg;
		break;
	case OPT_STARTUP:
		o->startup_config = arg;
		break;
	case OPT_INTERFACE:
		add_map(o, arg);
		break;
	case OPT_CONSOLE_FD:
		o->console_fd = number(arg, 0, INT_MAX);
		break;
	case OPT_TIME_SCALE:
		o->time_scale = (unsigned int)number(arg, 1, TIME_SCALE_MAX);
		break;
	case OPT_GETVPNSH:
		free(o->getvpnsh);
		o->getvpnsh = xstrdup(arg);
		break;
	case OPT_VTY_PORT:
		o->vty_port = number(arg, 0, 65535);
		break;
	case OPT_WORKERS:
		o->workers = (unsigned int)number(arg, 0, WORKERS_MAX);
		break;
	case OPT_NO_VRF:
		o->no_vrf = true;
		break;
	case OPT_NO_FRR:
		o->no_frr = true;
		break;
	case OPT_LIST_COMMANDS:
		o->list_commands = true;
		break;
	case OPT_LIST_MESSAGES:
		o->list_messages = true;
		break;
	case OPT_HELP:
		fputs(usage, stdout);
		exit(0);
	case OPT_VERSION:
		puts("getvpnd " PACKAGE_VERSION);
		exit(0);
	default:
		bad_usage();
	}
}

void options_parse(struct options *o, int argc, char **argv)
{
	int option;

	*o = (struct options){ .console_fd = -1,
			       .time_scale = 1,
			       .vty_port = TELNET_PORT };
	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
		take(o, option, optarg);
	if ((!o->state_dir && !o->list_messages) || optind != argc)
		bad_usage();
	map_from_environment(o);
	if (!o->getvpnsh)
		o->getvpnsh = find_getvpnsh();
}

void options_free(struct options *o)
{
	size_t i;

	for (i = 0; i < o->n_map; i++)
		free(o->if_map[i]);
	free(o->if_map);
	free(o->getvpnsh);
}
