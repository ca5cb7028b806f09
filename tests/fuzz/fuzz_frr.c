/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What FRR's programs say: a first octet of 'l' makes the rest a line of a log,
 * anything else JSON.  Neighbors have a say in both. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "router/frr_json.h"
#include "router/frr_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			abort();
}

static void walk(const struct frr_node *n)
{
	for (; n; n = n->next) {
		check_text(n->text);
		if (n->key)
			check_text(n->key);
		(void)frr_json_number(n, "a");
		walk(n->child);
	}
}

static void log_line(const char *text)
{
	struct frr_event_line e;

	if (!frr_log_read(text, &e))
		return;
	if (e.neighbor.family != IP_V4 || !e.reason ||
	    strlen(e.device) >= FRR_DEVICE)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frr_json *json;
	char *text;

	if (!size)
		return 0;
	text = xcalloc(size, 1);
	memcpy(text, data + 1, size - 1);
	if (*data == 'l') {
		log_line(text);
	} else {
		json = frr_json_read(text);
		if (json)
			walk(frr_json_root(json));
		frr_json_free(json);
	}
	free(text);
	return 0;
}
