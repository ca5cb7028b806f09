/* SPDX-License-Identifier: GPL-3.0-or-later */
/* show crypto ipsec sa and show crypto map, as far as they are about crypto
 * maps of kind gdoi. */
#include <stdio.h>
#include <string.h>

#include "gm/gm_member.h"
#include "gm/gm_priv.h"
#include "gm/gm_show.h"

/* --- show crypto ipsec sa ------------------------------------------------------- */

/* IOS has a mask in IPv4 and the length of the prefix in IPv6. */
static const char *mask_text(const struct ip_addr *wild, char *out)
{
	if (wild->family == IP_V6) {
		snprintf(out, IP_ADDR_TEXT, "%d", gm_show_prefix(wild));
		return out;
	}
	return ip_text(&(struct ip_addr){ .family = IP_V4,
					  .b = { (uint8_t)~wild->b[0],
						 (uint8_t)~wild->b[1],
						 (uint8_t)~wild->b[2],
						 (uint8_t)~wild->b[3] } },
		       out);
}

static unsigned int port_of(const struct ace_port *port)
{
	return port->op == ACE_EQ ? port->lo : 0;
}

static void say_ident(const char *side, const struct ip_addr *addr,
		      const struct ip_addr *wild, unsigned int protocol,
		      const struct ace_port *port, struct cli_out *o)
{
	char a[IP_ADDR_TEXT], m[IP_ADDR_TEXT];

	cli_say(o, "   %-6s ident (addr/mask/prot/port): (%s/%s/%u/%u)\n", side,
		ip_text(addr, a), mask_text(wild, m), protocol, port_of(port));
}

/* The packets are the entry's; errors are counted for the whole group. */
static void say_errors(const struct ipsec_counters *c, struct cli_out *o)
{
#define PAIR(text, a, b) \
	cli_say(o, text, (unsigned long long)(a), (unsigned long long)(b))
	PAIR("    #pkts no sa (send) %llu, #pkts invalid sa (rcv) %llu\n",
	     c->no_sa, c->invalid_sa);
	PAIR("    #pkts encaps failed (send) %llu, #pkts decaps failed (rcv)"
	     " %llu\n",
	     c->encaps_fail, c->decap_fail);
	PAIR("    #pkts invalid prot (recv) %llu, #pkts verify failed: %llu\n",
	     c->invalid_prot, c->verify_fail);
	cli_say(o,
		"    #pkts invalid identity (recv) 0, #pkts invalid len (rcv)"
		" 0\n"
		"    #pkts replay rollover (send): 0, #pkts replay rollover"
		" (rcv) 0\n"
		"    ##pkts replay failed (rcv): %llu\n",
		(unsigned long long)c->replay_fail);
	PAIR("    #pkts tagged (send): %llu, #pkts untagged (rcv): %llu\n",
	     c->tagged, c->untagged);
	PAIR("    #pkts not tagged (send): %llu, #pkts not untagged (rcv):"
	     " %llu\n",
	     c->not_tagged, c->not_untagged);
	PAIR("    #pkts internal err (send): %llu, #pkts internal err (recv)"
	     " %llu\n\n",
	     c->internal_err_send, c->internal_err_rcv);
#undef PAIR
}

static void say_counters(const struct ipsec_counters *c,
			 const struct ipsec_rule_counters *rule, bool detail,
			 struct cli_out *o)
{
	unsigned long long out = rule->encrypt, in = rule->decrypt;
	unsigned long long send_errors =
		c->no_sa + c->encaps_fail + c->internal_err_send;
	unsigned long long recv_errors = c->decap_fail + c->verify_fail +
					 c->invalid_prot + c->replay_fail +
					 c->internal_err_rcv;

	cli_say(o,
		"    #pkts encaps: %llu, #pkts encrypt: %llu,"
		" #pkts digest: %llu\n",
		out, out, out);
	cli_say(o,
		"    #pkts decaps: %llu, #pkts decrypt: %llu,"
		" #pkts verify: %llu\n",
		in, in, in);
	cli_say(o, "    #pkts compressed: 0, #pkts decompressed: 0\n"
		   "    #pkts not compressed: 0, #pkts compr. failed: 0\n"
		   "    #pkts not decompressed: 0,"
		   " #pkts decompress failed: 0\n");
	if (detail)
		say_errors(c, o);
	else
		cli_say(o, "    #send errors %llu, #recv errors %llu\n\n",
			send_errors, recv_errors);
}

static void say_sa(const struct gm_member *m, const struct gm_tek *t,
		   unsigned int conn_id, struct cli_out *o)
{
	int64_t left = t->expires - env_now(m->gm->env);
	char text[ESP_TRANSFORM_TEXT];

	cli_say(o, "      spi: 0x%X(%u)\n", t->tek.spi, t->tek.spi);
	cli_say(o, "        transform: %s ,\n",
		esp_transform_text(&t->tek.transform, text));
	cli_say(o, "        in use settings ={%s, }\n",
		t->tek.transform.transport ? "Transport" : "Tunnel");
	cli_say(o,
		"        conn id: %u, flow_id: SW:%u, sibling_flags"
		" 80000040, crypto map: %s\n",
		conn_id, conn_id, m->map_entry->map->name);
	cli_say(o, "        sa timing: remaining key lifetime (sec): %lld\n",
		left > 0 ? (long long)(left / US_PER_SEC) : 0);
	cli_say(o, "        Kilobyte Volume Rekey has been disabled\n");
	cli_say(o, "        IV size: %u bytes\n",
		(unsigned int)esp_iv_size(&t->tek.transform));
	cli_say(o, "        replay detection support: %s\n",
		t->replay == IPSEC_REPLAY_NONE ? "N" : "Y");
	cli_say(o, "        Status: ACTIVE(ACTIVE)\n");
}

/* The group's SA is one for both directions: the same TEKs twice. */
static void say_sas(const struct gm_member *m, size_t tek, bool inbound,
		    struct cli_out *o)
{
	const char *side = inbound ? "inbound" : "outbound";
	size_t at, steps = 0;

	cli_say(o, "     %s esp sas:\n", side);
	for (at = tek; at != SIZE_MAX && steps < m->keys.n_teks; steps++) {
		const struct gm_tek *t = &m->keys.teks[at];

		if (t->expires > env_now(m->gm->env))
			say_sa(m, t, (unsigned int)(2 * at + (inbound ? 1 : 2)),
			       o);
		at = t->before;
	}
	cli_say(o, "\n     %s ah sas:\n\n     %s pcp sas:\n%s", side, side,
		inbound ? "\n" : "");
}

/* IP header, SPI and sequence, IV, the tag, trailer and ICV around it; in
 * transport mode the header is the packet's own. */
static unsigned int plaintext_mtu(const struct gm_member *m,
				  const struct esp_transform *t,
				  unsigned int mtu)
{
	unsigned int tag = m->keys.policy->tbar ? 12 : 0;
	unsigned int block = (unsigned int)esp_block_size(t);
	unsigned int header = m->map_entry->map->ipv6 ? 40 : 20;
	unsigned int fixed = header + 8 + (unsigned int)esp_iv_size(t) +
			     (unsigned int)esp_icv_size(t);

	if (mtu < fixed + block + tag + 2)
		return 0;
	return (mtu - fixed) / block * block - 2 - tag +
	       (t->transport ? header : 0);
}

static void say_endpoints(const struct gm_member *m, const struct gm_tek *t,
			  struct cli_out *o)
{
	struct gm_interface i;
	char local[IP_ADDR_TEXT];
	unsigned int mtu;

	m->gm->config.interface(m->gm->config.arg, m->ifname, &i);
	mtu = m->map_entry->map->ipv6 ? i.mtu6 : i.mtu;
	cli_say(o,
		"     local crypto endpt.: %s, remote crypto endpt.:"
		" 0.0.0.0\n",
		ip_text(&m->local, local));
	cli_say(o,
		"     plaintext mtu %u, path mtu %u, ip mtu %u,"
		" ip mtu idb %s\n",
		plaintext_mtu(m, &t->tek.transform, mtu), mtu, mtu, m->ifname);
	cli_say(o, "     current outbound spi: 0x%X(%u)\n", t->tek.spi,
		t->tek.spi);
	cli_say(o, "     PFS (Y/N): N, DH group: none\n\n");
}

static void say_flow(const struct gm_member *m, size_t number,
		     const struct ipsec_counters *counters, bool detail,
		     struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	const struct gdoi_rule *rule = &m->keys.policy->rules[number];
	const struct ipsec_rule_counters hits = d->ops->rule_counters(
		d->ctx, m->ifname, m->first_rule + number);
	const struct gm_tek *t = &m->keys.teks[rule->tek];
	const struct ace *ace = &rule->ace;

	cli_say(o, "\n   protected vrf: %s\n",
		gm_vrf_text(m->gm, m->ivrf, "(none)"));
	say_ident("local", &ace->src, &ace->src_wild, ace->protocol,
		  &ace->sport, o);
	say_ident("remote", &ace->dst, &ace->dst_wild, ace->protocol,
		  &ace->dport, o);
	cli_say(o, "   Group: %s\n", m->group->name);
	cli_say(o, "   current_peer 0.0.0.0 port %u\n", GDOI_PORT);
	cli_say(o, "     PERMIT, flags={}\n");
	say_counters(counters, &hits, detail, o);
	say_endpoints(m, t, o);
	say_sas(m, rule->tek, true, o);
	say_sas(m, rule->tek, false, o);
}

static void show_member_sas(const struct gm_member *m, bool detail,
			    struct cli_out *o)
{
	const struct dataplane *d = &m->gm->config.dataplane;
	const struct gdoi_policy *p = m->keys.policy;
	struct ipsec_counters counters;
	char local[IP_ADDR_TEXT];
	size_t i;

	cli_say(o, "\ninterface: %s\n", m->ifname);
	cli_say(o, "    Crypto map tag: %s, local addr %s\n",
		m->map_entry->map->name, ip_text(&m->local, local));
	if (!p || !m->group)
		return;
	d->ops->counters(d->ctx, m->group->key, &counters);
	for (i = 0; i < p->n_rules; i++)
		if (p->rules[i].ace.permit)
			say_flow(m, i, &counters, detail, o);
}

/* A group has no peer: 0.0.0.0. */
static bool is_meant(const struct gm_member *m, const struct cli_args *a)
{
	const char *ifname = cli_str(a, "if-name");
	const char *map = cli_str(a, "map-name"), *vrf = cli_str(a, "vrf-name");
	struct ip_addr peer;

	if (ifname && strcmp(m->ifname, ifname) != 0)
		return false;
	if (map && strcmp(m->map_entry->map->name, map) != 0)
		return false;
	if (vrf && strcmp(gm_vrf_text(m->gm, m->ivrf, ""), vrf) != 0)
		return false;
	if (!cli_has(a, "peer"))
		return true;
	peer = cli_addr(a, "peer-addr");
	return ip_is_any(&peer);
}

static void show_ipsec_sa(void *ctx, const struct cli_args *a,
			  struct cli_out *o)
{
	const struct gm *gm = ctx;
	const struct gm_member *m;

	TAILQ_FOREACH (m, &gm->members, entry)
		if (is_meant(m, a))
			show_member_sas(m, cli_has(a, "detail"), o);
}

/* One for each direction. */
static unsigned int count_sas(const struct gm_member *m)
{
	unsigned int n = 0;
	size_t i;

	for (i = 0; m->keys.policy && i < m->keys.n_teks; i++)
		if (m->keys.teks[i].expires > env_now(m->gm->env))
			n += 2;
	return n;
}

static void show_ipsec_count(void *ctx, const struct cli_args *a,
			     struct cli_out *o)
{
	const struct gm *gm = ctx;
	const struct gm_member *m;
	unsigned int n = 0;

	(void)a;
	TAILQ_FOREACH (m, &gm->members, entry)
		n += count_sas(m);
	cli_say(o,
		"IPsec SA total: %u, active: %u, rekeying: 0, unused: 0,"
		" invalid: 0\n",
		n, n);
}

/* --- show crypto map -------------------------------------------------------------- */

static void say_group(const struct gm *gm, const char *name, bool ipv6,
		      struct cli_out *o)
{
	const struct gdoi_group *group =
		gdoi_group_find_family(gm->config.groups, name, ipv6);
	const struct gm_group *g = gm_group_of(group);
	char text[GDOI_ID_TEXT];
	size_t i;

	cli_say(o, "\tGroup Name: %s\n", name);
	if (group && group->id.is_set)
		cli_say(o, "\tidentity %s %s\n",
			group->id.is_address ? "address ipv4" : "number",
			gdoi_id_text(&group->id, text));
	for (i = 0; g && i < g->n_servers; i++)
		cli_say(o, "\tserver address ipv4 %s\n",
			ip_text(&g->servers[i], text));
}

static void say_entry(const struct gm *gm, const struct gm_map_entry *entry,
		      struct cli_out *o)
{
	const struct gm_binding *binding;

	cli_say(o, "Crypto Map %s \"%s\" %u gdoi\n",
		entry->map->ipv6 ? "IPv6" : "IPv4", entry->map->name,
		entry->sequence);
	if (entry->description)
		cli_say(o, "\tDescription: %s\n", entry->description);
	if (entry->group)
		say_group(gm, entry->group, entry->map->ipv6, o);
	else
		cli_say(o, "\tWARNING: This crypto map is in an incomplete"
			   " state!\n\t\t(missing group)\n");
	if (entry->acl)
		cli_say(o, "\t%s access list %s\n",
			entry->map->ipv6 ? "IPv6" : "Extended IP", entry->acl);
	cli_say(o, "\tInterfaces using crypto map %s:\n", entry->map->name);
	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		if (binding->map == entry->map)
			cli_say(o, "\t\t%s\n", binding->ifname);
	cli_say(o, "\n");
}

static bool map_is_on(const struct gm *gm, const struct gm_map *map,
		      const char *ifname)
{
	const struct gm_binding *binding;

	TAILQ_FOREACH (binding, &gm->maps.bindings, entry)
		if (binding->map == map && strcmp(binding->ifname, ifname) == 0)
			return true;
	return false;
}

static void show_map(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	const struct gm *gm = ctx;
	const char *ifname = cli_str(a, "if-name"),
		   *tag = cli_str(a, "map-tag");
	const struct gm_map_entry *entry;
	const struct gm_map *map;
	bool any = false;

	TAILQ_FOREACH (map, &gm->maps.maps, entry) {
		if ((ifname && !map_is_on(gm, map, ifname)) ||
		    (tag && strcmp(map->name, tag) != 0))
			continue;
		TAILQ_FOREACH (entry, &map->entries, entry)
			say_entry(gm, entry, o);
		any = true;
	}
	if (!any)
		cli_say(o, "No crypto maps found.\n");
}

static const struct cli_cmd commands[] = {
	{
		.mode = &cli_mode_exec,
		.words = "show  Show running system information\n"
			 "crypto  Encryption module\n"
			 "ipsec  Show IPSEC policy\n"
			 "sa  IPSEC SA table\n"
			 "[ ( interface  Show SAs of one interface\n"
			 "IFNAME$if-name  Interface\n"
			 "| map  Show SAs of one crypto map\n"
			 "WORD$map-name  Crypto map name\n"
			 "| peer  Show SAs with one peer\n"
			 "A.B.C.D$peer-addr  Peer address\n"
			 "| vrf  Show SAs of one VRF\n"
			 "WORD$vrf-name  VRF name\n"
			 ")\n"
			 "]\n"
			 "[ detail  Show counter detail\n"
			 "]\n",
		.run = show_ipsec_sa,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show  Show running system information\n"
			 "crypto  Encryption module\n"
			 "ipsec  Show IPSEC policy\n"
			 "sa  IPSEC SA table\n"
			 "count  Show SA count\n",
		.run = show_ipsec_count,
		.flags = CLI_USER,
	},
	{
		.mode = &cli_mode_exec,
		.words = "show  Show running system information\n"
			 "crypto  Encryption module\n"
			 "map  Crypto maps\n"
			 "[ ( interface  Crypto maps for an interface\n"
			 "IFNAME$if-name  Interface\n"
			 "| tag  Crypto map with a given tag\n"
			 "WORD$map-tag  Crypto map tag\n"
			 ")\n"
			 "]\n",
		.run = show_map,
		.flags = CLI_USER,
	},
};

void gm_show_ipsec_cli_init(struct gm *gm)
{
	CLI_ADD(gm->config.cli, commands, gm);
}
