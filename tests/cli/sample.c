/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/cli/sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

static const struct cli_mode mode_group = {
	.prompt = "config-gdoi-group",
	.heading = "GDOI group commands:",
	.exit_help = "Exit the group mode",
	.parent = &cli_mode_config,
};
static const struct cli_mode mode_local = {
	.prompt = "gdoi-local-server",
	.parent = &mode_group,
};
static const struct cli_mode mode_sa = {
	.prompt = "gdoi-sa-ipsec",
	.parent = &mode_local,
};
static const struct cli_mode mode_if = {
	.prompt = "config-if",
	.heading = "Interface configuration commands:",
	.exit_help = "Exit from interface configuration mode",
	.parent = &cli_mode_config,
};

/* --- hostname --- */

static void set_hostname(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample *s = obj;

	(void)o;
	strlcpy(s->hostname, cli_str(a, "name"), sizeof(s->hostname));
}

static void write_hostname(const void *obj, struct cli_out *o)
{
	const struct sample *s = obj;

	cli_say(o, "hostname %s\n", s->hostname);
}

/* --- groups --- */

static struct sample_group *find_group(struct sample *s, const char *name)
{
	struct sample_group *g;

	TAILQ_FOREACH (g, &s->groups, link) {
		if (!strcmp(g->name, name))
			return g;
	}
	return NULL;
}

static void enter_group(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample *s = obj;
	struct sample_group *g = find_group(s, cli_str(a, "name"));

	if (!g) {
		g = xcalloc(1, sizeof(*g));
		strlcpy(g->name, cli_str(a, "name"), sizeof(g->name));
		TAILQ_INSERT_TAIL(&s->groups, g, link);
	}
	cli_enter(o, &mode_group, g);
}

static void group_free(struct sample *s, struct sample_group *g)
{
	cli_forget(s->cli, g);
	TAILQ_REMOVE(&s->groups, g, link);
	free(g);
}

static void no_group(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample *s = obj;
	struct sample_group *g = find_group(s, cli_str(a, "name"));

	(void)o;
	if (g)
		group_free(s, g);
}

static void write_groups(const void *obj, struct cli_out *o)
{
	const struct sample *s = obj;
	const struct sample_group *g;

	TAILQ_FOREACH (g, &s->groups, link) {
		cli_say(o, "crypto gdoi group %s\n", g->name);
		cli_write_mode(o, &mode_group, g);
		cli_say(o, "!\n");
	}
}

static void set_identity(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)o;
	g->identity = cli_is_no(a) ? 0 : cli_u32(a, "number");
}

static void write_identity(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (g->identity)
		cli_say(o, " identity number %u\n", g->identity);
}

static void set_server(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;
	struct ip_addr addr = cli_addr(a, "ks");

	(void)o;
	if (cli_is_no(a))
		g->server[0] = '\0';
	else
		ip_text(&addr, g->server);
}

static void write_server(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (g->server[0])
		cli_say(o, " server address ipv4 %s\n", g->server);
}

static void enter_local(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)a;
	g->local = true;
	cli_enter(o, &mode_local, g);
}

static void write_local(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (!g->local)
		return;
	cli_say(o, " server local\n");
	cli_write_mode(o, &mode_local, g);
}

static void set_retransmit(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)o;
	g->retransmit = cli_is_no(a) ? 0 : cli_u32(a, "seconds");
	g->periodic = !cli_is_no(a) && cli_has(a, "periodic");
}

static void write_retransmit(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (g->retransmit)
		cli_say(o, "  rekey retransmit %u%s\n", g->retransmit,
			g->periodic ? " periodic" : "");
}

static void set_transport(void *obj, const struct cli_args *a,
			  struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)o;
	g->unicast = !cli_is_no(a);
}

static void write_transport(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (g->unicast)
		cli_say(o, "  rekey transport unicast\n");
}

static void enter_sa(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;

	g->sa = cli_u32(a, "number");
	cli_enter(o, &mode_sa, g);
}

static void write_sa(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (!g->sa)
		return;
	cli_say(o, "  sa ipsec %u\n", g->sa);
	if (g->profile[0])
		cli_say(o, "   profile %s\n", g->profile);
	if (g->acl[0])
		cli_say(o, "   match address ipv4 %s\n", g->acl);
	if (g->window)
		cli_say(o, "   replay time window-size %u\n", g->window);
}

static void set_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;
	struct ip_addr addr = cli_addr(a, "own");

	(void)o;
	ip_text(&addr, g->address);
}

static void write_address(const void *obj, struct cli_out *o)
{
	const struct sample_group *g = obj;

	if (g->address[0])
		cli_say(o, "  address ipv4 %s\n", g->address);
}

static void set_profile(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)o;
	strlcpy(g->profile, cli_str(a, "name"), sizeof(g->profile));
}

static void set_acl(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)o;
	strlcpy(g->acl, cli_str(a, "name"), sizeof(g->acl));
}

static void set_window(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_group *g = obj;

	(void)o;
	g->window = cli_u32(a, "seconds");
}

/* --- interfaces --- */

static int match_if(void *ctx, const char *const *tokens, size_t n, char **text,
		    uint32_t *number)
{
	struct sample *s = ctx;
	const char *word = tokens[0];
	size_t letters = strcspn(word, "0123456789");
	int i, words = 1;

	if (!letters || letters > 8 || strncasecmp("Ethernet", word, letters))
		return 0;
	word += letters;
	if (!*word) {
		if (n < 2)
			return -1;
		word = tokens[1];
		words = 2;
	}
	for (i = 0; i < SAMPLE_IFS; i++)
		if (!strcmp(s->ifs[i].name + strlen("Ethernet"), word)) {
			*text = xstrdup(s->ifs[i].name);
			*number = (uint32_t)i;
			return words;
		}
	return 0;
}

static void help_if(void *ctx, const char *prefix,
		    void (*add)(void *arg, const char *word, const char *help),
		    void *arg)
{
	(void)ctx;
	if (!strncasecmp("Ethernet", prefix, strlen(prefix)))
		add(arg, "Ethernet", "IEEE 802.3");
}

static void enter_if(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample *s = obj;

	cli_enter(o, &mode_if, &s->ifs[cli_u32(a, "name")]);
}

static void write_ifs(const void *obj, struct cli_out *o)
{
	const struct sample *s = obj;
	int i;

	for (i = 0; i < SAMPLE_IFS; i++) {
		cli_say(o, "!\ninterface %s\n", s->ifs[i].name);
		cli_write_mode(o, &mode_if, &s->ifs[i]);
	}
}

static void set_ip(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_if *i = obj;
	struct ip_addr addr = cli_addr(a, "address");
	struct ip_addr mask = cli_addr(a, "mask");

	if (cli_is_no(a)) {
		i->address[0] = '\0';
	} else if (ip_prefix(&mask) < 0) {
		cli_error(o, "Bad mask 0x%X for address %s\n",
			  ip_v4_host(&mask), cli_str(a, "address"));
	} else {
		ip_text(&addr, i->address);
		ip_text(&mask, i->mask);
	}
}

static void write_ip(const void *obj, struct cli_out *o)
{
	const struct sample_if *i = obj;

	if (i->address[0])
		cli_say(o, " ip address %s %s\n", i->address, i->mask);
	else
		cli_say(o, " no ip address\n");
}

static void set_description(void *obj, const struct cli_args *a,
			    struct cli_out *o)
{
	struct sample_if *i = obj;

	(void)o;
	strlcpy(i->description, cli_is_no(a) ? "" : cli_str(a, "text"),
		sizeof(i->description));
}

static void write_description(const void *obj, struct cli_out *o)
{
	const struct sample_if *i = obj;

	if (i->description[0])
		cli_say(o, " description %s\n", i->description);
}

static void set_shutdown(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_if *i = obj;

	(void)o;
	i->shutdown = !cli_is_no(a);
}

static void write_shutdown(const void *obj, struct cli_out *o)
{
	const struct sample_if *i = obj;

	if (i->shutdown)
		cli_say(o, " shutdown\n");
}

static void set_map(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample_if *i = obj;

	(void)o;
	strlcpy(i->map, cli_is_no(a) ? "" : cli_str(a, "map"), sizeof(i->map));
}

static void write_map(const void *obj, struct cli_out *o)
{
	const struct sample_if *i = obj;

	if (i->map[0])
		cli_say(o, " crypto map %s\n", i->map);
}

static void map_entry(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	cli_say(o, "entry %s %u\n", cli_str(a, "map"), cli_u32(a, "sequence"));
}

/* --- exec --- */

static void show_gdoi(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_say(o, "GROUP INFORMATION\n\n"
		   "    Group Name               : GDOI-GROUP1\n"
		   "\n"
		   "KEK POLICY:\n"
		   "    Rekey Transport Type     : Unicast\n"
		   "    Lifetime (secs)          : 84190\n"
		   "\n"
		   "TEK POLICY for the current KS-Policy ACEs Downloaded:\n"
		   "  Ethernet0/0:\n"
		   "    IPsec SA:\n"
		   "        spi: 0x6BAFD3AB(1806685099)\n"
		   "        sa timing:remaining key lifetime (sec): (1386)\n"
		   "\n");
}

static void show_members(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_say(o, "\nGroup Member ID    : 192.168.11.3        GM Version: "
		   "1.0.8\n Group ID          : 1234\n Key Server ID     : "
		   "192.168.111.111\n\nGroup Member ID    : 192.168.12.2     "
		   "   GM Version: 1.0.6\n Group ID          : 1234\n");
}

static void show_sa(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	cli_say(o, "%s SA\n", cli_has(a, "isakmp") ? "isakmp" : "ipsec");
}

static void nothing(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)obj;
	(void)a;
	cli_say(o, "done\n");
}

static void interrupted(void *arg)
{
	struct sample *s = arg;

	s->interrupts++;
	sample_ping_end(s);
}

static void ping(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct sample *s = obj;

	cli_say(o, "Sending %u, %u-byte Echos to %s%s%s:\n",
		cli_has(a, "repeat") ? cli_u32(a, "n") : 5,
		cli_has(a, "size") ? cli_u32(a, "octets") : 100,
		cli_str(a, "host"), cli_has(a, "source") ? " from " : "",
		cli_has(a, "source") ? cli_str(a, "from") : "");
	s->held = cli_hold(o, interrupted, s);
}

void sample_ping_sign(struct sample *s, char sign)
{
	cli_say(s->held, "%c", sign);
}

void sample_ping_end(struct sample *s)
{
	struct cli_out *held = s->held;

	s->held = NULL;
	cli_say(held, "\nSuccess\n");
	cli_release(held);
}

static void count_release(void *arg)
{
	struct sample *s = arg;

	s->released++;
}

static void modulus_given(void *arg, const char *line, struct cli_out *o)
{
	if (!line[0] || strspn(line, "0123456789") != strlen(line)) {
		cli_say(o, "%% A decimal number between 360 and 4096.\n");
		cli_ask(o, "How many bits in the modulus [512]: ", false,
			modulus_given, count_release, arg);
		return;
	}
	cli_say(o, "%% Generating %s bit RSA keys ...\n", line);
}

static void generate(void *obj, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	cli_ask(o, "How many bits in the modulus [512]: ", false, modulus_given,
		count_release, obj);
}

#define RT "rekey       Configure rekey policy for the group\n"
#define CG "crypto  Encryption module\ngdoi  GDOI commands\n"
#define SC "show  Show running system information\n" CG

static const struct cli_cmd commands[] = {
	{ &cli_mode_config, "hostname  Set system's network name\nWORD$name\n",
	  set_hostname, NULL, write_hostname, CLI_O_HOSTNAME, 0, NULL },
	{ &cli_mode_config,
	  CG "group      Configure a GDOI group\nWORD$name  Group name\n",
	  enter_group, no_group, write_groups, CLI_O_GDOI, 0, NULL },
	{ &mode_group,
	  "identity   Set the identity of the group\n"
	  "number     Number\n.\n<0-2147483647>$number  Value\n",
	  set_identity, set_identity, write_identity, 1, 0, NULL },
	{ &mode_group, "server     Server\nlocal  This one\n", enter_local,
	  NULL, write_local, 3, 0, NULL },
	{ &mode_group,
	  "server   Server\naddress  Its address\nipv4  IPv4\n"
	  "A.B.C.D$ks  Address\n",
	  set_server, set_server, write_server, 2, 0, NULL },
	{ &mode_local,
	  RT "retransmit  Define the rekey retransmission parameters\n.\n"
	     "<10-60>$seconds  Retransmit after this many seconds\n"
	     "[ ( number  Define the number of retransmits\n"
	     "<1-10>$n    Number of retransmits\n"
	     "| periodic  Periodically send retransmit rekeys\n) ]\n",
	  set_retransmit, set_retransmit, write_retransmit, 1, 0, NULL },
	{ &mode_local, RT "transport  Transport\nunicast  Unicast\n",
	  set_transport, set_transport, write_transport, 2, 0, NULL },
	{ &mode_local, "sa  SA\nipsec  IPsec\n<1-65535>$number  Number\n",
	  enter_sa, NULL, write_sa, 3, 0, NULL },
	{ &mode_local, "address  Own\nipv4  IPv4\nA.B.C.D$own  Address\n",
	  set_address, NULL, write_address, 4, 0, NULL },
	{ &mode_sa, "profile  Profile\nWORD$name  Name\n", set_profile, NULL,
	  NULL, 0, 0, NULL },
	{ &mode_sa, "match  Match\naddress  ACL\nipv4  IPv4\nWORD$name  Name\n",
	  set_acl, NULL, NULL, 0, 0, NULL },
	{ &mode_sa,
	  "replay  Replay\ntime  By time\nwindow-size  Window\n"
	  "<1-100>$seconds  Seconds\n",
	  set_window, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_config, "interface  Select an interface\nIFNAME$name\n",
	  enter_if, NULL, write_ifs, CLI_O_INTERFACE, 0, NULL },
	{ &mode_if,
	  "ip  IP\naddress  Address\n.\nA.B.C.D$address  Address\n"
	  "A.B.C.D$mask  Mask\n",
	  set_ip, set_ip, write_ip, 2, 0, NULL },
	{ &mode_if, "description  Text\n.\nLINE$text  Up to 240 characters\n",
	  set_description, set_description, write_description, 1, 0, NULL },
	{ &mode_if, "shutdown  Shutdown the selected interface\n", set_shutdown,
	  set_shutdown, write_shutdown, 3, 0, NULL },
	{ &mode_if, "crypto  Encryption\nmap  Map\n.\nWORD$map  Name\n",
	  set_map, set_map, write_map, 4, 0, NULL },
	{ &cli_mode_config,
	  "crypto  Encryption module\nmap  Enter a crypto map\n"
	  "WORD$map  Name\n<1-65535>$sequence  Sequence\ngdoi  GDOI\n",
	  map_entry, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec, SC, show_gdoi, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec, SC "ks  Key server\nmembers  Members\n[ summary\n]\n",
	  show_members, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec,
	  "show  Show running system information\ncrypto  Encryption module\n"
	  "( isakmp  ISAKMP\n| ipsec  IPsec\n) sa  SA\n",
	  show_sa, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec,
	  CG "gm  Group member\ngroup  Group\nWORD$group  Name\n"
	     "ipsec  IPsec\ndirection  Direction\n"
	     "( both  IPsec SA will only accept cipher text and will encrypt "
	     "the packet\v              before forwarding it out\n"
	     "| inbound  Specify IPsec SA inbound options\n"
	     "( only  IPsec SA will accept both cipher/plain text and will "
	     "forward the\v               packet in clear.\n"
	     "| optional  IPsec SA will accept both cipher/plain text and "
	     "will encrypt the\v                 packet before forwarding it "
	     "out\n) )\n",
	  nothing, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec,
	  "ping  Send echo messages\nWORD$host  Destination\n"
	  "{ repeat  Count\n<1-2147483647>$n  Count\n"
	  "| size  Size\n<36-18024>$octets  Size\n"
	  "| source  Source\nWORD$from  Address or interface\n}\n",
	  ping, NULL, NULL, 0, CLI_USER, NULL },
	{ &cli_mode_config,
	  "crypto  Encryption module\nkey  Long term keys\ngenerate  New\n",
	  generate, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec, "clear  Reset functions\ncounters  Counters\n",
	  nothing, NULL, NULL, 0, 0, NULL },
	{ &cli_mode_exec, "clock  Clock\nset  Set\n", nothing, NULL, NULL, 0, 0,
	  NULL },
	{ &cli_mode_exec, "debug  Debug\ncrypto\n", nothing, nothing, NULL, 0,
	  0, NULL },
	{ &cli_mode_exec, "test  Test\nsecret\n", nothing, NULL, NULL, 0,
	  CLI_HIDDEN, NULL },
};

/* --- the router around it --- */

static const char *hostname(void *ctx)
{
	return ((struct sample *)ctx)->hostname;
}

static int save(void *ctx, const char *text, size_t len)
{
	struct sample *s = ctx;

	free(s->saved);
	s->saved = strndup(text, len);
	return 0;
}

static char *saved(void *ctx)
{
	struct sample *s = ctx;

	return s->saved ? xstrdup(s->saved) : NULL;
}

static int erase(void *ctx)
{
	struct sample *s = ctx;

	free(s->saved);
	s->saved = NULL;
	return 0;
}

static void configured(void *ctx, const char *who)
{
	struct sample *s = ctx;

	strlcpy(s->configured, who, sizeof(s->configured));
	s->n_configured++;
}

static void stamp(void *ctx, char *out)
{
	(void)ctx;
	strlcpy(out, "18:10:37 UTC Sat Jan 2 2016", 64);
}

struct sample *sample_new(struct loop *loop)
{
	struct sample *s = xcalloc(1, sizeof(*s));
	struct cli_hooks hooks = {
		.ctx = s,
		.hostname = hostname,
		.save = save,
		.saved = saved,
		.erase = erase,
		.configured = configured,
		.stamp = stamp,
	};
	struct cli_type type = {
		.name = "IFNAME", .match = match_if, .help = help_if, .ctx = s
	};
	int i;

	TAILQ_INIT(&s->groups);
	strlcpy(s->hostname, "Router", sizeof(s->hostname));
	for (i = 0; i < SAMPLE_IFS; i++)
		snprintf(s->ifs[i].name, sizeof(s->ifs[i].name), "Ethernet0/%d",
			 i);
	s->cli = cli_new(loop, &hooks);
	cli_type_add(s->cli, &type);
	CLI_ADD(s->cli, commands, s);
	return s;
}

void sample_free(struct sample *s)
{
	while (!TAILQ_EMPTY(&s->groups))
		group_free(s, TAILQ_FIRST(&s->groups));
	cli_free(s->cli);
	free(s->saved);
	free(s);
}
