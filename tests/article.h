/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The configurations of the article, to be typed in configuration mode. */
#ifndef TESTS_ARTICLE_H
#define TESTS_ARTICLE_H

/* clang-format off */
/* KS1; the key pair MYRSAKEY is not part of it. */
#define ARTICLE_KS \
	"crypto isakmp policy 1\n" \
	" encr aes\n" \
	" authentication pre-share\n" \
	" group 2\n" \
	"crypto isakmp key MYGDOIPSK address 0.0.0.0\n" \
	"crypto ipsec transform-set aes128 esp-aes esp-sha-hmac\n" \
	" mode tunnel\n" \
	"crypto ipsec profile profile1\n" \
	" set transform-set aes128\n" \
	"crypto gdoi group GDOI-GROUP1\n" \
	" identity number 1234\n" \
	" server local\n" \
	"  rekey algorithm aes 128\n" \
	"  rekey authentication mypubkey rsa MYRSAKEY\n" \
	"  rekey transport unicast\n" \
	"  sa ipsec 1\n" \
	"   profile profile1\n" \
	"   match address ipv4 getvpn-acl\n" \
	"   replay time window-size 5\n" \
	"  address ipv4 192.168.111.111\n" \
	"ip access-list extended getvpn-acl\n" \
	" deny   udp any eq 848 any\n" \
	" deny   udp any any eq 848\n" \
	" deny   tcp any eq bgp any\n" \
	" deny   tcp any any eq bgp\n" \
	" permit ip any any\n"

/* CE1, and every other member. */
#define ARTICLE_GM \
	"crypto isakmp policy 1\n" \
	" encr aes\n" \
	" authentication pre-share\n" \
	" group 2\n" \
	"crypto isakmp key MYGDOIPSK address 192.168.111.111\n" \
	"crypto gdoi group GDOI-GROUP1\n" \
	" identity number 1234\n" \
	" server address ipv4 192.168.111.111\n" \
	"crypto map gdoimap 1 gdoi\n" \
	" set group GDOI-GROUP1\n" \
	"int e0/0\n" \
	" crypto map gdoimap\n"
/* clang-format on */

#endif
