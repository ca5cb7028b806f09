/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session is at a connection: keys go there, its text comes here. */
#include "cli/sh/session_priv.h"

#include <ctype.h>
#include <unistd.h>

static bool is_number(unsigned int number)
{
	return number >= 1 && number <= CLI_CONNECTIONS_MAX;
}

/* Back to the router, which is told unless it asked for it. */
static void leave(struct session *s, enum cli_connection_end how, bool tell)
{
	const uint8_t body[] = { (uint8_t)s->at, (uint8_t)how };

	term_fresh_line(s->term);
	pager_reset(&s->pager);
	if (how == CLI_E_ESCAPED) {
		relay_flush(s->connections[s->at]);
	} else {
		relay_free(s->connections[s->at]);
		s->connections[s->at] = NULL;
	}
	s->at = 0;
	s->state = SESSION_WAITING;
	if (tell)
		link_send(s->link, CLI_C_CONNECTION, body, sizeof(body));
}

void session_connect(struct session *s, unsigned int number)
{
	int fd = s->handed;

	s->handed = -1;
	if (!is_number(number) || s->at || s->state != SESSION_WAITING ||
	    (fd < 0) != (s->connections[number] != NULL)) {
		if (fd >= 0)
			close(fd);
		return;
	}
	if (fd >= 0)
		s->connections[number] = relay_new(fd, s->term);
	s->at = number;
	s->state = SESSION_CONNECTED;
	relay_resize(s->connections[number]);
}

void session_disconnect(struct session *s, unsigned int number)
{
	unsigned int i;

	if (s->at)
		session_come_back(s);
	for (i = 1; i <= CLI_CONNECTIONS_MAX; i++) {
		if (number && number != i)
			continue;
		relay_free(s->connections[i]);
		s->connections[i] = NULL;
	}
}

void session_come_back(struct session *s)
{
	if (s->at)
		leave(s, CLI_E_ESCAPED, false);
}

/* The far end takes no more keys.  Who sits before it can come back all the
 * same; what he typed before that is lost. */
static void key_while_stuck(struct session *s)
{
	size_t len, i;
	const uint8_t *keys = queue_data(&s->term->in, &len);

	for (i = 0; i < len; i++) {
		if (keys[i] == SESSION_DETACH && s->config.detach) {
			session_over(s, 0);
			return;
		}
		if (keys[i] != TERM_BREAK || i + 1 == len ||
		    tolower(keys[i + 1]) != 'x')
			continue;
		queue_drop(&s->term->in, i + 2);
		leave(s, CLI_E_ESCAPED, true);
		return;
	}
}

bool session_connected_step(struct session *s)
{
	struct relay *r = s->connections[s->at];
	bool more = relay_read(r);

	relay_flush(r);
	if (relay_is_over(r)) {
		leave(s, CLI_E_CLOSED, true);
		return true;
	}
	if (queue_is_empty(&s->term->in))
		return more;
	if (!relay_wants_key(r)) {
		key_while_stuck(s);
		return more && s->state == SESSION_CONNECTED;
	}
	if (queue_peek(&s->term->in) == SESSION_DETACH && s->config.detach)
		session_over(s, 0);
	else if (relay_key(r, queue_pop(&s->term->in)))
		leave(s, CLI_E_ESCAPED, true);
	return s->state != SESSION_OVER;
}

const struct relay *session_relay(const struct session *s)
{
	return s->at ? s->connections[s->at] : NULL;
}

void session_give_up(struct session *s)
{
	if (s->at)
		leave(s, CLI_E_SILENT, true);
}
