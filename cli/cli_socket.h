/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sockets of terminals and of SSH.  Descriptors are close-on-exec. */
#ifndef CLI_CLI_SOCKET_H
#define CLI_CLI_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/addr.h"

/* Listening ones, not blocking; -1 with errno.  TCP: both families where the
 * kernel has IPv6. */
int cli_socket_listen(int port, int backlog);
/* SOCK_SEQPACKET; path: for its owner alone, what is there is replaced. */
int cli_socket_local(const char *path, int backlog);
int cli_socket_abstract(const char *name, int backlog);
/* from: an IPv4 address that came as IPv6 is one again. */
int cli_socket_accept(int fd, struct endpoint *from);
/* The process at the other end belongs to this user. */
bool cli_socket_is_of(int fd, uid_t uid);
/* A message with a descriptor, which stays the caller's. */
bool cli_socket_send(int fd, const void *data, size_t len, int handed);
/* TCP itself says no, by a reset. */
void cli_socket_refuse(int fd);

#endif
