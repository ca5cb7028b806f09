/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a stranger types into a telnet session, down to the router: options,
 * keys, lines, the pager.  The router answers at once; which prompt it gives
 * is up to the input too. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/proto.h"
#include "cli/sh/edit.h"
#include "cli/sh/link.h"
#include "cli/sh/session.h"
#include "cli/sh/term.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

#define CHUNK 16 /* octets a packet */

static void answer(int fd, const char *type_and_body, size_t len)
{
	/* A router that is not read may lose an answer: no harm here. */
	(void)send(fd, type_and_body, len, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void prompt(int fd, uint8_t flags)
{
	char message[] = { CLI_S_PROMPT, (char)(flags & 0x0f), 'R', '1', '#' };

	answer(fd, message, sizeof(message));
}

/* A line must be one: the router's configuration depends on it. */
static void check_line(const uint8_t *body, size_t len)
{
	if (memchr(body, '\n', len) || memchr(body, '\r', len) ||
	    memchr(body, '\0', len) || len > EDIT_MAX)
		abort();
}

static void router(int fd, uint8_t whim)
{
	static const char terminal[] = { CLI_S_TERMINAL, 0, 5, 0, 40, 0, 3 };
	static const char text[] = "T1\n2\n3\n4\n5\n6\n7\n8\n";
	static uint8_t message[CLI_PROTO_MAX];
	ssize_t n;

	while ((n = recv(fd, message, sizeof(message), MSG_DONTWAIT)) > 0) {
		if (message[0] == CLI_C_HELLO) {
			answer(fd, terminal, sizeof(terminal));
			prompt(fd, 0);
		} else if (message[0] == CLI_C_LINE ||
			   message[0] == CLI_C_END) {
			check_line(message + 1, (size_t)n - 1);
			answer(fd, text, sizeof(text) - 1);
			answer(fd, "Alog\n", 5);
			prompt(fd, whim);
		} else if (message[0] == CLI_C_HELP) {
			answer(fd, "?help\n", 6);
		} else if (message[0] == CLI_C_COMPLETE) {
			answer(fd, "\tete ", whim & 1 ? 5 : 1);
		} else if (message[0] == CLI_C_INTERRUPT) {
			prompt(fd, whim);
			answer(fd, "Y", 1);
		}
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	edit_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct session_config config = { .kind = 'v', .peer = "192.0.2.1" };
	struct session *session;
	struct term *term;
	struct link *link;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0)
		abort();
	/* A key sequence that the last input left open ends here. */
	edit_begin(EDIT_COMMAND, NULL);
	edit_key(' ');
	edit_key(' ');
	term = term_telnet_new(open("/dev/null", O_RDWR));
	link = link_new(pair[0]);
	session = session_new(term, link, &config);
	while (len && !session_is_over(session)) {
		size_t n = len < CHUNK ? len : CHUNK;

		term->ops->feed(term, data, n);
		session_run(session);
		router(pair[1], data[0]);
		session_run(session);
		if (data[0] & 2)
			session_redraw(session);
		data += n;
		len -= n;
	}
	session_free(session);
	term_free(term);
	link_free(link);
	close(pair[1]);
	return 0;
}
