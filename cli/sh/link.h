/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection to the router: cli/proto.h over a SOCK_SEQPACKET socket. */
#ifndef CLI_SH_LINK_H
#define CLI_SH_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What link_receive() tells besides the letters of enum cli_server_msg. */
enum link_result {
	LINK_NONE = -1, /* nothing there now */
	LINK_LOST = 0,	/* the router is gone */
};

struct link {
	int fd;
	size_t len;   /* of body */
	uint8_t *buf; /* CLI_PROTO_MAX octets and a NUL */
	int handed;   /* came with the message received last, -1: none */
};

/* Takes the socket. */
struct link *link_new(int fd);
void link_free(struct link *l);
/* The router whose state directory dir is: a socket, or -errno. */
int link_connect(const char *dir);
/* Its socket about SSH; and that for sessions of SSH, of the router whose
 * network namespace this is (cli/cli_door.h). */
int link_connect_door(const char *dir);
int link_connect_ssh(void);

/* A router that is gone is noticed by link_receive(). */
void link_send(struct link *l, int type, const void *body, size_t len);
/* The type of the next message, or enum link_result. */
int link_receive(struct link *l);
/* The descriptor that came with the message received last, -1: none; it is
 * the caller's then. */
int link_take(struct link *l);
/* Of the message received last, with a NUL after it. */
const char *link_body(const struct link *l);

#endif
