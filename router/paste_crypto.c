/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PKI, IKEv2 and the VPNs that are not GETVPN. */
#include "cli/cli_kept.h"
#include "router/paste.h"

#define MODE(name, text)                      \
	static const struct cli_mode name = { \
		.prompt = text,               \
		.parent = &cli_mode_config,   \
	}

MODE(mode_trustpoint, "ca-trustpoint");
MODE(mode_chain, "config-cert-chain");
MODE(mode_certmap, "ca-certificate-map");
MODE(mode_server, "cs-server");
MODE(mode_proposal, "config-ikev2-proposal");
MODE(mode_policy, "config-ikev2-policy");
MODE(mode_profile, "config-ikev2-profile");
MODE(mode_author, "config-ikev2-author-policy");
MODE(mode_pubkey, "config-pubkey-chain");
MODE(mode_client, "config-isakmp-group");
MODE(mode_ezvpn, "config-crypto-ezvpn");
MODE(mode_dynamic, "config-crypto-map");

static const struct cli_mode mode_keyring = {
	.prompt = "config-ikev2-keyring",
	.parent = &cli_mode_config,
};
static const struct cli_mode mode_peer = {
	.prompt = "config-ikev2-keyring-peer",
	.parent = &mode_keyring,
};
static const struct cli_mode mode_key = {
	.prompt = "config-pubkey-key",
	.parent = &mode_pubkey,
};

#define IN(m, place, text, reason)                                       \
	{                                                                \
		.mode = &m, .words = text, .order = place, .why = reason \
	}
#define BLOCK(m, place, text, in, reason)                                 \
	{                                                                 \
		.mode = &m, .words = text, .order = place, .why = reason, \
		.enters = &in,                                            \
	}
#define PKI	"certificates"
#define IKEV2	"IKEv2"
#define OTHER	"other VPNs than GETVPN"
#define O_PKI	(CLI_O_USERNAME - 80)
#define O_IKEV2 (CLI_O_KEYRING + 50)
#define O_MAP	(CLI_O_CRYPTO_MAP + 40)

/* An entry of a map for tunnels. */
#define MAP(m)                                                                         \
	IN(m, 1, "description . LINE", OTHER),                                         \
		IN(m, 2,                                                               \
		   "set peer WORD [ ( default | dynamic [ default ] ) ]",              \
		   OTHER),                                                             \
		IN(m, 3,                                                               \
		   "set ( transform-set | pfs | isakmp-profile | ikev2-profile | "     \
		   "identity | nat | reverse-route | session-key | ip ) . [ LINE ]",   \
		   OTHER),                                                             \
		IN(m, 3,                                                               \
		   "set security-association ( lifetime ( seconds | kilobytes | days " \
		   ") | idle-time | level | replay | dfbit ) . [ LINE ]",              \
		   OTHER),                                                             \
		IN(m, 4, "match address . WORD", OTHER),                               \
		IN(m, 5, "( reverse-route | qos | dialer ) [ LINE ]", OTHER)

/* A member's group. */
#define MEMBER_LINE(m, text, reason)                                 \
	{                                                            \
		.in = m, .words = text, .order = 200, .why = reason, \
	}
#define MEMBER(m)                                                                       \
	MEMBER_LINE(m, "client protocol . gikev2 WORD", "GETVPN over IKEv2"),           \
		MEMBER_LINE(m, "client pfs", "GETVPN over IKEv2"),                      \
		MEMBER_LINE(                                                            \
			m,                                                              \
			"client transport-encrypt-key . ( group-key | pair-wise-key )", \
			"keys for pairs of members"),                                   \
		MEMBER_LINE(m, "server hostname ipv4 WORD",                             \
			    "key servers by name")

static const struct cli_kept rows[] = {
	BLOCK(cli_mode_config, O_PKI, "crypto ( pki | ca ) trustpoint WORD",
	      mode_trustpoint, PKI),
	IN(mode_trustpoint, 1,
	   "enrollment ( url LINE | terminal [ pem ] | selfsigned | mode ra | profile WORD | retry LINE | http-proxy LINE | command | credential WORD )",
	   PKI),
	IN(mode_trustpoint, 2,
	   "( serial-number | ip-address | fqdn | password | subject-name | subject-alt-name | primary | root | chain-validation | authorization | crl | usage | source | hash | storage | revocation-check | rsakeypair | eckeypair | regenerate | auto-enroll | match | ocsp | signing | show | query | on | registration ) . [ LINE ]",
	   PKI),
	BLOCK(cli_mode_config, O_PKI + 2,
	      "crypto ( pki | ca ) certificate chain WORD", mode_chain, PKI),
	{
		.mode = &mode_chain,
		.words =
			"certificate [ ( ca | self-signed | rollover | encryption | signature ) ] WORD",
		.flags = CLI_KEPT_TEXT,
		.why = PKI,
	},
	IN(mode_chain, 1,
	   "certificate [ ( ca | self-signed | rollover | encryption | signature ) ] WORD WORD",
	   PKI),
	BLOCK(cli_mode_config, O_PKI + 1,
	      "crypto ( pki | ca ) certificate map WORD <0-65535>",
	      mode_certmap, PKI),
	IN(mode_certmap, 1,
	   "( alt-subject-name | expires-on | field | issuer-name | name | serial-number | subject-name | unstructured-subject-name | valid-start ) LINE",
	   PKI),
	BLOCK(cli_mode_config, O_PKI - 1, "crypto pki server WORD", mode_server,
	      PKI),
	IN(mode_server, 1,
	   "( auto-rollover | cdp-url | database | grant | hash | issuer-name | lifetime | mode | redundancy | serial-number | shutdown | show | rsakeypair | eku | default ) [ LINE ]",
	   PKI),
	IN(cli_mode_config, O_PKI - 2,
	   "crypto pki ( token | profile | cookie-path | crl | export | trustpool | benchmark ) LINE",
	   PKI),
	BLOCK(cli_mode_config, O_IKEV2 - 1, "crypto key pubkey-chain rsa",
	      mode_pubkey, PKI),
	BLOCK(mode_pubkey, 1,
	      "( addressed-key | named-key ) WORD [ ( encryption | signature ) ]",
	      mode_key, PKI),
	IN(mode_key, 1, "address . A.B.C.D", PKI),
	{
		.mode = &mode_key,
		.words = "key-string",
		.order = 2,
		.flags = CLI_KEPT_TEXT,
		.why = PKI,
	},
	/* IKEv2 */
	BLOCK(cli_mode_config, O_IKEV2, "crypto ikev2 proposal WORD",
	      mode_proposal, IKEV2),
	IN(mode_proposal, 1,
	   "encryption . ( 3des | aes-cbc-128 | aes-cbc-192 | aes-cbc-256 | aes-gcm-128 | aes-gcm-256 | des ) [ LINE ]",
	   IKEV2),
	IN(mode_proposal, 2,
	   "integrity . ( md5 | sha1 | sha256 | sha384 | sha512 ) [ LINE ]",
	   IKEV2),
	IN(mode_proposal, 3, "prf . LINE", IKEV2),
	IN(mode_proposal, 4, "group . LINE", IKEV2),
	BLOCK(cli_mode_config, O_IKEV2 + 1, "crypto ikev2 policy WORD",
	      mode_policy, IKEV2),
	IN(mode_policy, 1, "match ( fvrf ( any | WORD ) | address local LINE )",
	   IKEV2),
	IN(mode_policy, 2, "proposal WORD", IKEV2),
	BLOCK(cli_mode_config, O_IKEV2 + 2, "crypto ikev2 keyring WORD",
	      mode_keyring, IKEV2),
	BLOCK(mode_keyring, 1, "peer WORD", mode_peer, IKEV2),
	IN(mode_peer, 1, "( address | description | hostname | identity ) LINE",
	   IKEV2),
	IN(mode_peer, 2, "pre-shared-key ( local | remote ) . LINE", IKEV2),
	IN(mode_peer, 2, "pre-shared-key . LINE", IKEV2),
	BLOCK(cli_mode_config, O_IKEV2 + 3, "crypto ikev2 profile WORD",
	      mode_profile, IKEV2),
	IN(mode_profile, 1, "description . LINE", IKEV2),
	IN(mode_profile, 2,
	   "match ( identity remote LINE | certificate WORD | fvrf LINE | address local LINE )",
	   IKEV2),
	IN(mode_profile, 3, "identity local . LINE", IKEV2),
	IN(mode_profile, 4, "authentication local . LINE", IKEV2),
	IN(mode_profile, 5,
	   "authentication remote ( pre-share [ LINE ] | rsa-sig | ecdsa-sig | eap [ LINE ] )",
	   IKEV2),
	IN(mode_profile, 6, "keyring ( local WORD [ LINE ] | aaa LINE | WORD )",
	   IKEV2),
	IN(mode_profile, 7, "pki trustpoint WORD [ ( sign | verify ) ]", IKEV2),
	IN(mode_profile, 8,
	   "( dpd | ivrf | lifetime | nat | virtual-template | config-mode | redirect | shutdown | initial-contact | reconnect | anyconnect ) [ LINE ]",
	   IKEV2),
	BLOCK(cli_mode_config, O_IKEV2 - 2,
	      "crypto ikev2 authorization policy WORD", mode_author, IKEV2),
	IN(mode_author, 1,
	   "( aaa attribute list | def-domain | dhcp | dns | netmask | pool | route ( set | accept | redirect ) | split-dns | subnet-acl | wins | session-lifetime ) [ LINE ]",
	   IKEV2),
	IN(cli_mode_config, O_IKEV2 + 4,
	   "crypto ikev2 ( cookie-challenge | certificate-cache | client | cluster | diagnose | disconnect-revoked-peers | dpd | fragmentation | http-url | limit | name-mangler | nat | redirect | window ) [ LINE ]",
	   IKEV2),
	IN(cli_mode_config, CLI_O_ISAKMP + 42,
	   "crypto isakmp disconnect-revoked-peers", PKI),
	/* other VPNs */
	BLOCK(cli_mode_config, CLI_O_ISAKMP + 40,
	      "crypto isakmp client configuration group WORD", mode_client,
	      OTHER),
	IN(mode_client, 1,
	   "( acl | dns | domain | group-lock | include-local-lan | max-logins | max-users | netmask | pfs | pool | save-password | split-dns | wins | backup-gateway ) [ LINE ]",
	   OTHER),
	IN(mode_client, 2, "key . [ ( 0 | 6 ) ] WORD", OTHER),
	IN(mode_profile, 9,
	   "aaa ( authorization ( group | user ) | authentication eap | accounting ( cert | eap | psk ) ) LINE",
	   IKEV2),
	BLOCK(cli_mode_config, CLI_O_ISAKMP + 4,
	      "crypto isakmp peer ( address A.B.C.D [ vrf WORD ] | hostname WORD [ vrf WORD ] )",
	      mode_client, OTHER),
	IN(mode_client, 3,
	   "set aggressive-mode ( password . LINE | client-endpoint . LINE )",
	   OTHER),
	IN(mode_client, 3, "description . LINE", OTHER),
	IN(cli_mode_config, CLI_O_ISAKMP + 41, "crypto isakmp client LINE",
	   OTHER),
	BLOCK(cli_mode_config, CLI_O_IPSEC - 20,
	      "crypto ipsec client ezvpn WORD", mode_ezvpn, OTHER),
	IN(mode_ezvpn, 1,
	   "( acl | backup | connect | flow | group | idletime | local-address | mode | nat | peer | ssl | virtual-interface | xauth ) [ LINE ]",
	   OTHER),
	IN(cli_mode_config, O_MAP,
	   "crypto map WORD ( isakmp-profile | client | isakmp | redundancy ) . LINE",
	   "ISAKMP profiles of a map"),
	BLOCK(cli_mode_config, O_MAP - 41, "crypto dynamic-map WORD <1-65535>",
	      mode_dynamic, OTHER),
	MAP(mode_dynamic),
	BLOCK(cli_mode_config, O_MAP + 2,
	      "crypto map WORD <1-65535> ( ipsec-isakmp | ipsec-manual )",
	      mode_dynamic, OTHER),
	IN(cli_mode_config, O_MAP + 2,
	   "crypto map WORD <1-65535> ipsec-isakmp ( dynamic WORD [ discover ] | profile WORD )",
	   OTHER),
	IN(cli_mode_config, O_IKEV2 + 10,
	   "crypto ( logging | call | engine | mib | vpn | wui | provisioning ) LINE",
	   OTHER),
	{
		.mode = &cli_mode_config,
		.words =
			"crypto ipsec nat-transparency ( udp-encapsulation | spi-matching )",
		.order = CLI_O_IPSEC - 1,
		.flags = CLI_KEPT_BOTH,
		.why = OTHER,
	},
	MEMBER("config-gdoi-group"),
	MEMBER("config-gkm-group"),
	{
		.in = "config-crypto-map",
		.words = "( qos pre-classify | reverse-route [ LINE ] )",
		.order = 200,
		.why = "this setting of crypto maps",
	},
};

void paste_crypto_init(struct cli *cli)
{
	CLI_KEEP(cli, rows);
}
