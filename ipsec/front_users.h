/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who has an interface fronted: its front is open while anybody holds it.  A
 * user that comes or goes changes nothing for the others.  Control thread. */
#ifndef IPSEC_FRONT_USERS_H
#define IPSEC_FRONT_USERS_H

enum ipsec_user {
	IPSEC_USER_MAP, /* a crypto map: dataplane.h's attach and detach */
	IPSEC_USER_QOS,
	IPSEC_USER_CAPTURE,
	IPSEC_USER_MTU, /* an "ip mtu" less than the device's */
	IPSEC_USER_VRF, /* the interface is in a VRF (router/vrf.h) */
	IPSEC_N_USERS
};

struct ipsec;

/* Fronts the interface for user if it is not yet.  Without the map everything
 * passes clear; a map that comes holds IPv4 back until its first policy.  Once
 * is enough, more does not count; 0 or -errno. */
int ipsec_hold(struct ipsec *ipsec, const char *ifname, enum ipsec_user user);
/* The last one gives the interface back; the map's policy goes with the map.
 * Nothing happens when it does not hold it. */
void ipsec_release(struct ipsec *ipsec, const char *ifname,
		   enum ipsec_user user);

#endif
