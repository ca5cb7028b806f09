/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SSH, as far as the router has to do with it.  The router listens on port 22
 * and decides whom it lets in; an sshd of OpenSSH, in a process of its own,
 * speaks the protocol; a getvpnsh without rights is the session.  Between them:
 *
 * DIR/ssh.sock, SOCK_SEQPACKET, for root alone.  One message, its first octet
 * says what it is:
 *   'K' uid         the keeper (getvpn-sshd): from now on each connection that
 *                   comes goes to it, with its descriptor, as a message of
 *                   lines (visitor ADDR PORT, timeout N, retries N) and then
 *                   the host key in PEM.  uid is that of sessions.
 *                   "drop ADDR PORT" without a descriptor: that one's sshd
 *                   is to be ended, he has had his time.
 *   'G' ADDR PORT   the keeper: that connection is no more
 *   'P' ADDR PORT NUL user NUL password
 *                   from PAM: may he come in?  The answer is 'y' or 'n'
 *
 * Abstract socket "getvpnd-ssh" of the router's network namespace: a session
 * says in its hello from where it was called.  Only a connection for which a
 * password was right becomes a session, once, as that user. */
#ifndef CLI_CLI_DOOR_H
#define CLI_CLI_DOOR_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/loop.h"

struct cli;
struct cli_door;

/* Who has been let in. */
struct cli_guest {
	char *user, *peer;
	int vty;
};

struct cli_door_config {
	struct loop *loop;
	struct cli *cli;
	const char *path; /* of ssh.sock */
	/* A vty that is free and lets addr in, -1: none. */
	int (*vty)(void *arg, const struct ip_addr *from);
	/* All vtys are taken. */
	bool (*full)(void *arg);
	/* A terminal process has connected; it takes the descriptor. */
	void (*session)(void *arg, int fd);
	/* The private key in PEM, to be wiped and freed; NULL: there is none.
	 * label NULL: the first. */
	char *(*host_key)(void *arg, const char *label);
	void *arg;
};

struct cli_door *cli_door_new(const struct cli_door_config *config);
void cli_door_free(struct cli_door *door);
/* Keys or the configuration have changed. */
void cli_door_look(struct cli_door *door);
/* "ADDR PORT" of a session's hello: who that is.  false: nobody. */
bool cli_door_claim(struct cli_door *door, const char *text,
		    struct cli_guest *out);
/* Who has been at the password longest has to go; false: nobody is. */
bool cli_door_make_room(struct cli_door *door);
/* A vty that somebody is logging in on. */
bool cli_door_takes(const struct cli_door *door, int vty);

#endif
