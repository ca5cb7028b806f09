/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line con 0, line aux 0, line vty 0 4: what is set there, and what of it a
 * session lives by. */
#ifndef CLI_CLI_LINE_H
#define CLI_CLI_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

struct cli;
struct cli_session;

enum cli_line_login {
	CLI_LOGIN_DEFAULT, /* vty: the line's password; console: none */
	CLI_LOGIN_NONE,	   /* no login */
	CLI_LOGIN_PASSWORD,
	CLI_LOGIN_LOCAL, /* user names */
};

struct cli_line {
	char *password; /* in clear, NULL: none */
	enum cli_line_login login;
	unsigned int privilege;	    /* 0: not set */
	int64_t timeout;	    /* exec-timeout in s, 0: never */
	int64_t login_timeout;	    /* from connect to logged in, s, 0: never */
	int length, width, history; /* -1: not set */
	bool no_telnet;		    /* transport preferred none */
	bool closed;		    /* transport input without telnet */
	bool no_ssh;		    /* and without ssh */
	char *login_list;	    /* login authentication, or NULL */
	char *exec_list;	    /* authorization exec, or NULL */
	char *access, *access6;	    /* access-class in, or NULL */
};

/* Of the session's line; the same for all users of a line. */
const struct cli_line *cli_line_of(const struct cli_session *s);
/* Somebody has logged in there. */
void cli_line_used(const struct cli_session *s);
/* autocommand of the line, or NULL. */
const char *cli_line_autocommand(const struct cli_session *s);
/* As "show users" counts them: con 0, aux 0, vty 0 and up. */
int cli_line_number(const struct cli_session *s);
/* A word that is no command is taken for a host's name. */
bool cli_line_telnets(const struct cli_session *s);
/* Lines that are configured: vty 0 .. n-1. */
int cli_line_vtys(const struct cli *cli);
/* Whether vty n lets telnet, or SSH, in. */
bool cli_line_open(const struct cli *cli, int vty, bool ssh);
/* Whether its access list does so for somebody at this address. */
bool cli_line_admits(const struct cli *cli, int vty,
		     const struct ip_addr *from);
/* service password-encryption has begun. */
void cli_lines_hide(struct cli *cli);

#endif
