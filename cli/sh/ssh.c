/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/sh/ssh.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/wr.h"
#include "cli/sh/link.h"

enum {
	PASSWORD_MAX = 512, /* octets, PAM's */
	USER_MAX = 256,
	MESSAGE_MAX = 1024,
};

/* "ADDR PORT OURADDR OURPORT": the first two. */
char *ssh_peer(void)
{
	const char *text = getenv("SSH_CONNECTION"), *end;

	end = text ? strchr(text, ' ') : NULL;
	end = end ? strchr(end + 1, ' ') : NULL;
	return end ? strndup(text, (size_t)(end - text)) : NULL;
}

/* pam_exec writes it with or without a NUL behind. */
static size_t read_password(char out[PASSWORD_MAX])
{
	size_t len = 0;
	ssize_t n;

	while (len < PASSWORD_MAX - 1) {
		n = read(STDIN_FILENO, out + len, PASSWORD_MAX - 1 - len);
		if (n <= 0)
			break;
		len += (size_t)n;
	}
	out[len] = '\0';
	return strlen(out);
}

/* The answer to a message, 0: none came. */
static char ask(const char *dir, const void *message, size_t len)
{
	int fd = link_connect_door(dir);
	char answer = 0;

	if (fd < 0)
		return 0;
	if (send(fd, message, len, MSG_NOSIGNAL) == (ssize_t)len)
		(void)recv(fd, &answer, 1, 0);
	close(fd);
	return answer;
}

int ssh_ask_password(const char *dir)
{
	const char *user = getenv("PAM_USER");
	char *peer = ssh_peer(), password[PASSWORD_MAX], message[MESSAGE_MAX];
	struct wr w = wr_init(message, sizeof(message));
	size_t len = read_password(password);
	char answer = 0;

	if (peer && user && *user && strlen(user) < USER_MAX) {
		wr_u8(&w, 'P');
		wr_bytes(&w, peer, strlen(peer) + 1);
		wr_bytes(&w, user, strlen(user) + 1);
		wr_bytes(&w, password, len);
		if (wr_ok(&w))
			answer = ask(dir, message, wr_at(&w));
	}
	explicit_bzero(password, sizeof(password));
	explicit_bzero(message, sizeof(message));
	free(peer);
	return answer == 'y' ? 0 : 1;
}
