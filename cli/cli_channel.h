/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One terminal process: its SEQPACKET socket and the session behind it
 * (proto.h).  What it sends is believed only as far as the connection's
 * origin allows. */
#ifndef CLI_CLI_CHANNEL_H
#define CLI_CLI_CHANNEL_H

#include <stdbool.h>

#include "base/loop.h"

struct cli;
struct cli_channel;
struct cli_guest;

enum cli_origin {
	CLI_FROM_SOCKET,  /* getvpnsh on this machine: says what it is */
	CLI_FROM_CONSOLE, /* TCP to the console's port */
	CLI_FROM_VTY,	  /* TCP to the telnet port */
	CLI_FROM_SSH,	  /* a session of sshd: says from where */
};

/* Owns fd (not blocking).  peer: the address as text.  vty: its number, -1
 * if it is none.  gone(arg) is called when
 * the channel has ended; it must then be freed. */
struct cli_channel *cli_channel_new(struct loop *loop, struct cli *cli, int fd,
				    enum cli_origin origin, const char *peer,
				    int vty, void (*gone)(void *arg),
				    void *arg);
void cli_channel_free(struct cli_channel *c);
/* fn(arg), with the arg of gone, each time cli_channel_in_login() changes; it
 * must not free the channel. */
void cli_channel_on_login(struct cli_channel *c, void (*fn)(void *arg));
/* fn(arg, text, out), with the arg of gone: who it is that a session of SSH
 * brings; false: nobody. */
void cli_channel_on_claim(struct cli_channel *c,
			  bool (*fn)(void *arg, const char *text,
				     struct cli_guest *out));
/* The hello has come and it is a console. */
bool cli_channel_is_console(const struct cli_channel *c);
/* Another descriptor of the same socket, -1: none could be had. */
int cli_channel_copy(const struct cli_channel *c);
/* The other side has said hello long ago, as a console. */
void cli_channel_begin(struct cli_channel *c);
/* The vty it takes up, -1 if none. */
int cli_channel_vty(const struct cli_channel *c);
/* Somebody is asked there who he is, or will be. */
bool cli_channel_in_login(const struct cli_channel *c);

#endif
