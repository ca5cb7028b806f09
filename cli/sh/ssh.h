/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What getvpnsh does for sshd: sessions, and the question of PAM whether a
 * password is right (cli/cli_door.h). */
#ifndef CLI_SH_SSH_H
#define CLI_SH_SSH_H

/* "ADDR PORT" of whom sshd serves, from its environment; to be freed, NULL:
 * sshd has not started this. */
char *ssh_peer(void);
/* The status for PAM: 0 when the router says yes.  User and peer are in the
 * environment, the password comes on standard input. */
int ssh_ask_password(const char *dir);

#endif
