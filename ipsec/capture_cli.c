/* SPDX-License-Identifier: GPL-3.0-or-later */
/* monitor capture NAME ... */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "cli/cli_files.h"
#include "cli/cli_priv.h"
#include "ipsec/capture_priv.h"

#define MB ((size_t)1048576)

enum { FILES_MAX = 256 };

/* NULL after the user was told. */
static struct capture *named(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct capture *c = capture_find(obj, cli_str(a, "name"), false);

	if (!c)
		cli_error(o, "%% Capture %s does not exist\n",
			  cli_str(a, "name"));
	return c;
}

/* To be changed: it must not run. */
static struct capture *to_change(void *obj, const struct cli_args *a,
				 struct cli_out *o)
{
	struct capture *c = capture_get(obj, cli_str(a, "name"), false);

	if (!c) {
		cli_error(o,
			  "%% No more than %u captures, with names of at "
			  "most %u characters\n",
			  CAPTURES_MAX, CAPTURE_NAME - 1);
	} else if (c->active) {
		cli_error(o, "%% Capture %s is active, stop it first\n",
			  c->name);
		return NULL;
	}
	return c;
}

/* --- where ---------------------------------------------------------------- */

static void forget_place(struct capture *c, size_t i)
{
	memmove(&c->places[i], &c->places[i + 1],
		(--c->n_places - i) * sizeof(c->places[0]));
}

static unsigned int points_of(const struct cli_args *a)
{
	unsigned int points =
		cli_has(a, "inside") ? CAPTURE_INSIDE : CAPTURE_OUTSIDE;

	if (cli_has(a, "in"))
		return points & CAPTURE_IN;
	return cli_has(a, "out") ? points & CAPTURE_OUT : points;
}

static void run_interface(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct captures *all = obj;
	const char *ifname = cli_str(a, "ifname");
	const struct iface *iface;
	struct capture *c;
	size_t i = 0;

	iface = iface_find(all->config.ipsec->ifaces, ifname);
	if (!iface || iface->loopback) {
		cli_error(o, "%% Packets of %s cannot be captured\n", ifname);
		return;
	}
	c = to_change(obj, a, o);
	if (!c)
		return;
	while (i < c->n_places && strcmp(c->places[i].ifname, ifname) != 0)
		i++;
	if (cli_is_no(a)) {
		if (i < c->n_places)
			forget_place(c, i);
		return;
	}
	if (i == CAPTURE_PLACES) {
		cli_error(o, "%% No more than %u interfaces\n", CAPTURE_PLACES);
		return;
	}
	if (i == c->n_places)
		c->n_places++;
	snprintf(c->places[i].ifname, sizeof(c->places[i].ifname), "%s",
		 ifname);
	c->places[i].points = points_of(a);
}

/* --- which packets -------------------------------------------------------- */

static void run_acl(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = to_change(obj, a, o);

	if (!c)
		return;
	c->match = cli_is_no(a) ? MATCH_UNSET : MATCH_ACL;
	snprintf(c->acl, sizeof(c->acl), "%s", cli_str(a, "acl"));
}

static void run_any(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = to_change(obj, a, o);

	if (c)
		c->match = cli_is_no(a) ? MATCH_UNSET : MATCH_ANY;
}

/* "any", "10.0.0.1", "10.0.0.0/8", "2001:db8::/32": an address and its
 * wildcard bits. */
static bool read_net(const char *text, enum ip_family family,
		     struct ip_addr *addr, struct ip_addr *wild)
{
	unsigned int most = family == IP_V4 ? 32 : 128, prefix = most;
	const char *slash = strchr(text, '/');
	char host[IP_ADDR_TEXT], *end = NULL;
	struct ip_addr mask;
	unsigned long n;

	if (strcmp(text, "any") == 0)
		return true;
	if (slash) {
		n = strtoul(slash + 1, &end, 10);
		if (!slash[1] || *end || n > most)
			return false;
		prefix = (unsigned int)n;
	}
	snprintf(host, sizeof(host), "%.*s",
		 slash ? (int)(slash - text) : (int)strlen(text), text);
	if (!ip_parse(addr, host) || addr->family != family)
		return false;
	mask = ip_mask(family, prefix);
	*wild = mask;
	for (size_t i = 0; i < ip_size(addr); i++) {
		addr->b[i] &= mask.b[i];
		wild->b[i] = (uint8_t)~mask.b[i];
	}
	return true;
}

static bool read_line(struct capture *c, const struct cli_args *a)
{
	enum ip_family family = cli_has(a, "ipv6") ? IP_V6 : IP_V4;
	struct ace ace;

	if (family == IP_V6)
		ace_init6(&ace);
	else
		ace_init(&ace);
	if (cli_has(a, "tcp"))
		ace.protocol = 6;
	else if (cli_has(a, "udp"))
		ace.protocol = 17;
	else if (cli_has(a, "number"))
		ace.protocol = (uint8_t)cli_u32(a, "number");
	if (!read_net(cli_str(a, "src"), family, &ace.src, &ace.src_wild) ||
	    !read_net(cli_str(a, "dst"), family, &ace.dst, &ace.dst_wild))
		return false;
	c->ace = ace;
	return true;
}

static void run_line(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = to_change(obj, a, o);
	char protocol[32] = "";

	if (!c)
		return;
	if (cli_is_no(a)) {
		c->match = MATCH_UNSET;
		return;
	}
	if (!read_line(c, a)) {
		cli_error(o, "%% Invalid prefix\n");
		return;
	}
	if (c->ace.protocol)
		snprintf(protocol, sizeof(protocol), "protocol %s ",
			 cli_has(a, "tcp")   ? "tcp"
			 : cli_has(a, "udp") ? "udp"
					     : cli_str(a, "number"));
	c->match = MATCH_LINE;
	snprintf(c->line, sizeof(c->line), "%s %s%s %s",
		 cli_has(a, "ipv6") ? "ipv6" : "ipv4", protocol,
		 cli_str(a, "src"), cli_str(a, "dst"));
}

/* --- how much ------------------------------------------------------------- */

static void run_buffer(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = to_change(obj, a, o);

	if (!c)
		return;
	capture_store_clear(&c->store);
	if (cli_is_no(a)) {
		c->store.size = CAPTURE_MB * MB;
		c->store.circular = false;
		return;
	}
	if (cli_has(a, "mb"))
		c->store.size = cli_u32(a, "mb") * MB;
	if (cli_has(a, "circular") || cli_has(a, "linear"))
		c->store.circular = cli_has(a, "circular");
}

static void run_limit(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = to_change(obj, a, o);
	bool no = cli_is_no(a);

	if (!c)
		return;
	if (cli_has(a, "packets"))
		c->packets = no ? 0 : cli_u32(a, "n-packets");
	if (cli_has(a, "duration"))
		c->duration = no ? 0 : cli_u32(a, "n-duration");
	if (cli_has(a, "packet-len"))
		c->packet_len = no ? 0 : cli_u32(a, "n-len");
	if (cli_has(a, "every"))
		c->every = no ? 0 : cli_u32(a, "n-every");
	if (cli_has(a, "pps"))
		c->pps = no ? 0 : cli_u32(a, "n-pps");
}

/* --- what to do ----------------------------------------------------------- */

static void run_start(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = named(obj, a, o);
	const char *error;

	if (!c)
		return;
	if (c->active) {
		cli_error(o, "%% Capture %s is already active\n", c->name);
		return;
	}
	capture_store_clear(&c->store);
	error = capture_start(c);
	if (error)
		cli_error(o, "%s\n%%Unable to activate Capture.\n", error);
}

static void run_stop(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = named(obj, a, o);

	if (!c)
		return;
	if (!c->active)
		cli_error(o, "%% Capture %s is not active\n", c->name);
	else
		capture_stop(c);
}

static void run_clear(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = named(obj, a, o);

	if (!c)
		return;
	capture_drain(obj);
	capture_store_clear(&c->store);
	cli_say(o, "Cleared buffer : %s\n", c->name);
}

static void run_make(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)to_change(obj, a, o);
}

static void run_none(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = named(obj, a, o);

	if (c)
		capture_remove(c);
}

/* flash: has no more files than that (cli/cli_files.c). */
static bool has_room(const char *dir)
{
	DIR *d = opendir(dir);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n <= FILES_MAX;
}

char *capture_path(struct cli_out *o, const char *url)
{
	const struct cli_hooks *h = &cli_of(o)->hooks;
	struct cli_file f;
	char *dir, *path;

	if (!cli_file_parse(&f, url, o))
		return NULL;
	dir = h->flash ? h->flash(h->ctx) : NULL;
	if (f.kind != CLI_FILE_FLASH || !*f.name || !dir ||
	    (mkdir(dir, 0700) < 0 && errno != EEXIST) || !has_room(dir)) {
		cli_error(o, "%%Error opening %s (Permission denied)\n", url);
		free(dir);
		return NULL;
	}
	path = xasprintf("%s/%s", dir, f.name);
	free(dir);
	return path;
}

void capture_export(struct capture *c, const char *url, struct cli_out *o)
{
	char *path = capture_path(o, url);
	int64_t size;

	if (!path)
		return;
	capture_drain(c->all);
	size = capture_store_write(&c->store, path);
	if (size < 0)
		cli_error(o, "%%Error opening %s (%s)\n", url,
			  strerror((int)-size));
	else
		cli_say(o, "Exported Successfully\n");
	free(path);
}

static void run_export(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct capture *c = named(obj, a, o);

	if (c)
		capture_export(c, cli_str(a, "file"), o);
}

static void run_keys(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct captures *all = obj;
	const char *url = cli_str(a, "file");
	int64_t size;
	char *path;

	if (!named(obj, a, o))
		return;
	if (!all->config.internal(all->config.arg)) {
		cli_error(o, "%% Keys are written with \"service internal\""
			     " only.\n");
		return;
	}
	path = capture_path(o, url);
	if (!path)
		return;
	size = capture_keys_write(all->keys, path);
	if (size < 0)
		cli_error(o, "%%Error opening %s (%s)\n", url,
			  strerror((int)-size));
	else
		cli_say(o, "Exported Successfully, %zu keys\n",
			capture_keys_count(all->keys));
	free(path);
}

#define MONITOR                                           \
	"monitor    Monitoring different system events\n" \
	"capture    Enable packet capture\n"              \
	"WORD$name  Name of the Capture\n"
#define EXEC(text, run_fn, no_fn)                                             \
	{                                                                     \
		.mode = &cli_mode_exec, .words = MONITOR text, .run = run_fn, \
		.no = no_fn                                                   \
	}
#define NETS                                          \
	"[ protocol  Specify the protocol to match\n" \
	"( tcp  TCP protocol\n"                       \
	"| udp  UDP protocol\n"                       \
	"| <0-255>$number  An IP protocol number\n"   \
	") ]\n"                                       \
	"WORD$src  Source prefix, host or any\n"      \
	"WORD$dst  Destination prefix, host or any\n"

static const struct cli_cmd commands[] = {
	EXEC("interface  Specify interface\n"
	     "IFPORT$ifname\n.\n"
	     "( in  In direction\n"
	     "| out  Out direction\n"
	     "| both  In and out direction\n)\n"
	     "[ ( inside  Clear packets, before encryption\n"
	     "| outside  Packets of the line, after encryption\n) ]\n",
	     run_interface, run_interface),
	EXEC("access-list  Specify the access-list\n"
	     "WORD$acl  Name or number of the access list\n",
	     run_acl, run_acl),
	EXEC("match  Describe filters inline\n"
	     "any  All packets\n",
	     run_any, run_any),
	EXEC("match  Describe filters inline\n"
	     "( ipv4  IPv4 packets only\n"
	     "| ipv6  IPv6 packets only\n)\n.\n" NETS,
	     run_line, run_line),
	EXEC("buffer  Buffer options\n.\n"
	     "{ size  Size of buffer\n"
	     "<1-100>$mb  Total size of buffer in MB\n"
	     "| ( circular  Circular buffer\n"
	     "| linear  Linear buffer\n) }\n",
	     run_buffer, run_buffer),
	EXEC("limit  Limit packets captured\n"
	     "{ packets  Limit number of packets to capture\n.\n"
	     "<1-100000>$n-packets  Number of packets\n"
	     "| duration  Limit total duration of capture in seconds\n.\n"
	     "<1-1000000>$n-duration  Duration in seconds\n"
	     "| packet-len  Limit the packet length to capture\n.\n"
	     "<64-9500>$n-len  Packet length in bytes\n"
	     "| every  Limit capture to one in every nth packet\n.\n"
	     "<2-100000>$n-every  One in every nth packet\n"
	     "| pps  Limit number of packets per second to capture\n.\n"
	     "<1-1000000>$n-pps  Packets per second\n}\n",
	     run_limit, run_limit),
	EXEC("", run_make, run_none),
	EXEC("start  Enable Capture\n", run_start, NULL),
	EXEC("stop  Disable Capture\n", run_stop, NULL),
	EXEC("clear  Clear Capture Buffer\n", run_clear, NULL),
	EXEC("export  Export Buffer\n"
	     "WORD$file  flash:NAME\n",
	     run_export, NULL),
	EXEC("export-keys  Write the keys in use, for a packet analyser\n"
	     "WORD$file  flash:NAME\n",
	     run_keys, NULL),
};

void capture_cli_init(struct captures *all)
{
	CLI_ADD(all->config.cli, commands, all);
}
