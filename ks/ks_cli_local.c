/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of server local that have no mode of their own: address,
 * authorization, registration, and switches. */
#include "ks/coop.h"
#include "ks/ks_cli.h"

#include "ks/ks_schedule.h"
#include "ks/ks_sid.h"

/* --- address --------------------------------------------------------------- */

/* The address is that of a peer: a key server does not cooperate with itself. */
static bool is_peers(const struct ks_group *g, const struct ip_addr *addr,
		     struct cli_out *o)
{
	char text[IP_ADDR_TEXT];
	size_t i;

	for (i = 0; i < g->coop.n_peers; i++) {
		if (!ip_equal(&g->coop.peers[i], addr))
			continue;
		cli_error(o, "%% %s is the address of a peer (redundancy)\n",
			  ip_text(addr, text));
		return true;
	}
	return false;
}

static void set_address(struct ks_group *g, const struct ip_addr *addr,
			const char *interface)
{
	ks_set_string(&g->address_interface, interface);
	g->address = *addr;
	ks_group_changed(g);
	coop_configured(g);
}

static void run_address(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ip_addr addr = { 0 };

	if (!cli_is_no(a))
		addr = cli_addr(a, "address");
	if (!is_peers(obj, &addr, o))
		set_address(obj, &addr, NULL);
}

static void run_address_interface(void *obj, const struct cli_args *a,
				  struct cli_out *o)
{
	const char *name = cli_is_no(a) ? NULL : cli_str(a, "interface");
	const struct ip_addr none = { 0 };
	const struct ks_group *g = obj;
	struct ip_addr addr = { 0 };

	if (name)
		g->ks->config.interface_addr(g->ks->config.arg, name, &addr);
	if (!is_peers(g, &addr, o))
		set_address(obj, &none, name);
}

static void write_address(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;
	char text[IP_ADDR_TEXT];

	if (g->address_interface)
		cli_say(o, "  address ipv4 %s\n", g->address_interface);
	else if (ip_is_set(&g->address))
		cli_say(o, "  address ipv4 %s\n", ip_text(&g->address, text));
}

/* --- authorization --------------------------------------------------------- */

static void run_authorized(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->authorized_addresses,
		      cli_is_no(a) ? NULL : cli_str(a, "acl"));
	ks_group_changed(g);
}

static void write_authorized(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->authorized_addresses)
		cli_say(o, "  authorization address ipv4 %s\n",
			g->authorized_addresses);
}

static void run_identity(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->authorized_identity,
		      cli_is_no(a) ? NULL : cli_str(a, "name"));
	ks_group_changed(g);
}

static void write_identity(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->authorized_identity)
		cli_say(o, "  authorization identity %s\n",
			g->authorized_identity);
}

/* --- registration ---------------------------------------------------------- */

static void run_registration(void *obj, const struct cli_args *a,
			     struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->registration_interface,
		      cli_is_no(a) ? NULL : cli_str(a, "name"));
}

static void write_registration(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->registration_interface)
		cli_say(o, "  registration interface %s\n",
			g->registration_interface);
}

static void run_crl(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->crl_trustpoint,
		      cli_is_no(a) ? NULL : cli_str(a, "name"));
}

static void write_crl(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->crl_trustpoint)
		cli_say(o, "  registration periodic crl trustpoint %s\n",
			g->crl_trustpoint);
}

/* --- switches -------------------------------------------------------------- */

static void run_gdoi(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->no_gdoi = cli_is_no(a);
	ks_group_changed(g);
}

static void run_gikev2(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	ks_set_string(&g->gikev2, cli_is_no(a) ? NULL : cli_str(a, "name"));
}

static void run_pfs(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->pfs = !cli_is_no(a);
}

static void run_resiliency(void *obj, const struct cli_args *a,
			   struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->no_split_resiliency = cli_is_no(a);
}

/* Ours: without it members get no deny entries, so that a member that knows
 * RFC 6407 only can register. */
static void run_deny(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	g->no_deny_download = cli_is_no(a);
	ks_group_changed(g);
}

static void write_switches(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (g->no_gdoi)
		cli_say(o, "  no gdoi\n");
	cli_why(o, "GETVPN over IKEv2");
	if (g->gikev2)
		cli_say(o, "  gikev2 %s\n", g->gikev2);
	if (g->pfs)
		cli_say(o, "  pfs\n");
	cli_why(o, "split resiliency");
	if (g->no_split_resiliency)
		cli_say(o, "  no split-resilency\n");
	cli_why(o, NULL);
	if (g->no_deny_download)
		cli_say(o, "  no deny download\n");
}

/* "default X" is the no form elsewhere; these are on by default. */
static void run_default(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;

	(void)o;
	if (cli_has(a, "gdoi"))
		g->no_gdoi = false;
	else if (cli_has(a, "deny"))
		g->no_deny_download = false;
	else
		g->no_split_resiliency = false;
	ks_group_changed(g);
}

/* --- group size ------------------------------------------------------------ */

static unsigned int size_bits(const struct cli_args *a)
{
	if (cli_has(a, "large"))
		return 32;
	if (cli_has(a, "8"))
		return 8;
	if (cli_has(a, "12"))
		return 12;
	if (cli_has(a, "16"))
		return 16;
	return KS_SID_BITS;
}

static void run_size(void *obj, const struct cli_args *a, struct cli_out *o)
{
	struct ks_group *g = obj;
	unsigned int bits = cli_is_no(a) ? KS_SID_BITS : size_bits(a);

	(void)o;
	g->has_size = !cli_is_no(a);
	if (bits == g->sid_bits)
		return;
	g->sid_bits = bits;
	ks_sid_layout_changed(g);
}

static void write_size(const void *obj, struct cli_out *o)
{
	const struct ks_group *g = obj;

	if (!g->has_size)
		return;
	if (g->sid_bits == 32)
		cli_say(o, "  group size large\n");
	else if (g->sid_bits == KS_SID_BITS)
		cli_say(o, "  group size medium\n");
	else
		cli_say(o, "  group size small %u\n", g->sid_bits);
}

static const struct cli_cmd commands[] = {
	{
		.mode = &ks_mode_local,
		.words = "authorization     Who may register\n"
			 "address           By address\n"
			 ".\n"
			 "ipv4              IPv4 address\n"
			 "( <1-99>$acl      IP standard access list\n"
			 "| WORD$acl        Access list name\n"
			 ")\n",
		.run = run_authorized,
		.no = run_authorized,
		.write = write_authorized,
		.order = KS_O_AUTHORIZATION,
	},
	{
		.mode = &ks_mode_local,
		.words = "authorization     Who may register\n"
			 "identity          By identity of phase 1\n"
			 ".\n"
			 "WORD$name         Name of the crypto identity\n",
		.run = run_identity,
		.no = run_identity,
		.write = write_identity,
		.order = KS_O_AUTHORIZATION + 1,
	},
	{
		.mode = &ks_mode_local,
		.words = "registration      Registration of members\n"
			 "periodic          Check members again\n"
			 "crl               When there is a new CRL\n"
			 ".\n"
			 "trustpoint        Trustpoint of the CRL\n"
			 "WORD$name         Name of the trustpoint\n",
		.run = run_crl,
		.no = run_crl,
		.write = write_crl,
		.why = "certificates",
		.order = KS_O_REGISTRATION + 1,
	},
	{
		.mode = &ks_mode_local,
		.words = "gdoi              Registration with ISAKMP\n",
		.run = run_gdoi,
		.no = run_gdoi,
		.write = write_switches,
		.order = KS_O_GLOBAL + 1,
	},
	{
		.mode = &ks_mode_local,
		.words = "gikev2            Registration with IKEv2\n"
			 ".\n"
			 "WORD$name         Name of the IKEv2 profile\n",
		.run = run_gikev2,
		.no = run_gikev2,
	},
	{
		.mode = &ks_mode_local,
		.words = "pfs               Perfect forward secrecy\n",
		.run = run_pfs,
		.no = run_pfs,
	},
	{
		.mode = &ks_mode_local,
		.words = "split-resilency   Resiliency when the network "
			 "splits\n",
		.run = run_resiliency,
		.no = run_resiliency,
	},
	{
		.mode = &ks_mode_local,
		.words = "deny              Deny entries of the access list\n"
			 "download          Members get them\n",
		.run = run_deny,
		.no = run_deny,
	},
	{
		.mode = &ks_mode_local,
		.words = "default           Set a command to its defaults\n"
			 "( deny            Deny entries of the access list\n"
			 "download          Members get them\n"
			 "| gdoi            Registration with ISAKMP\n"
			 "| split-resilency  Resiliency when the network "
			 "splits\n"
			 ")\n",
		.run = run_default,
		.flags = CLI_HIDDEN,
	},
	{
		.mode = &ks_mode_local,
		.words = "group             Options of the group\n"
			 "size              Length of the sender IDs\n"
			 ".\n"
			 "( small           For RFC 6054 members\n"
			 "( 8               8 bits\n"
			 "| 12              12 bits\n"
			 "| 16              16 bits\n"
			 ")\n"
			 "| medium          24 bits (the default)\n"
			 "| large           32 bits\n"
			 ")\n",
		.run = run_size,
		.no = run_size,
		.write = write_size,
		.order = KS_O_GLOBAL,
	},
	{
		.mode = &ks_mode_local,
		.words = "address           Address of this key server\n"
			 "ipv4              IPv4 address\n"
			 ".\n"
			 "A.B.C.D$address   One of this router's addresses\n",
		.run = run_address,
		.no = run_address,
		.write = write_address,
		.order = KS_O_ADDRESS,
	},
};

/* A type that the router makes known. */
static const struct cli_cmd interface_commands[] = {
	{
		.mode = &ks_mode_local,
		.words = "address           Address of this key server\n"
			 "ipv4              IPv4 address\n"
			 "IFNAME$interface  The address of an interface\n",
		.run = run_address_interface,
		.no = run_address_interface,
	},
	{
		.mode = &ks_mode_local,
		.words = "registration      Registration of members\n"
			 "interface         Where they register\n"
			 ".\n"
			 "IFNAME$name       Interface\n",
		.run = run_registration,
		.no = run_registration,
		.write = write_registration,
		.why = "registration by interface",
		.order = KS_O_REGISTRATION,
	},
};

void ks_cli_local_init(struct ks *ks)
{
	KS_CLI_ADD(ks, commands);
	if (ks->config.interface_addr)
		KS_CLI_ADD(ks, interface_commands);
}
