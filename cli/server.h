/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The terminals' way in: DIR/cli.sock for getvpnsh on this machine (root
 * only), a listening console socket (lab), TCP telnet for the vty lines.  For
 * a TCP connection a getvpnsh process is started that speaks telnet. */
#ifndef CLI_SERVER_H
#define CLI_SERVER_H

#include "base/loop.h"
#include "cli/cli.h"

struct cli_server;
struct cli_consoles;

struct cli_server_config {
	const char *socket_path; /* unix socket, or NULL */
	int console_fd;		 /* listening TCP socket, or -1 */
	int vty_port;		 /* TCP, 0: no telnet */
	const char *getvpnsh;	 /* path of the session program */
	/* SSH (cli_door.h): the keeper's socket, or NULL, and the private key
	 * of the router in PEM, to be wiped and freed, or NULL; label NULL:
	 * its first key pair. */
	const char *ssh_path;
	char *(*host_key)(void *arg, const char *label);
	void *arg;
};

/* NULL and a line on stderr when a socket cannot be had. */
struct cli_server *cli_server_new(struct loop *loop, struct cli *cli,
				  const struct cli_server_config *config);
/* Key pairs have come or gone. */
void cli_server_keys_changed(struct cli_server *server);
/* The terminals of the console, taken out of a server that is to end: they go
 * on at the next one.  The descriptor console_fd stays open for that, too. */
struct cli_consoles *cli_server_keep(struct cli_server *server);
/* Takes them; NULL: there are none. */
void cli_server_adopt(struct cli_server *server, struct cli_consoles *kept);
/* Ends all sessions that came this way; to be called before cli_free(). */
void cli_server_free(struct cli_server *server);

#endif
