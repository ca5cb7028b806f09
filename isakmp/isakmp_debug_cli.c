/* SPDX-License-Identifier: GPL-3.0-or-later */
/* debug crypto isakmp [LEVEL], debug crypto isakmp keylog, and
 * debug crypto condition. */
#include <string.h>

#include "isakmp/isakmp_cli.h"
#include "isakmp/isakmp_internal.h"

/* --- levels ----------------------------------------------------------------- */

static void set_levels(struct isakmp *isakmp, const struct cli_args *a, bool on,
		       struct cli_out *o)
{
	const struct isakmp_debug *d = &isakmp->debug;
	unsigned int now = d->flag.on ? d->levels : 0;
	unsigned int levels = debug_levels_named(a);
	char text[DEBUG_LEVELS_TEXT] = "";

	isakmp_debug_set(isakmp, debug_levels_after(now, levels, on));
	if (levels)
		debug_levels_text(levels, text);
	cli_say(o, "Crypto ISAKMP%s debugging is %s\n", text,
		on ? "on" : "off");
}

static void debug(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	set_levels(ctx, a, !cli_is_no(a), o);
}

static void undebug(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	set_levels(ctx, a, false, o);
}

/* --- keylog ----------------------------------------------------------------- */

static void say_keylog(struct isakmp *isakmp, bool on, struct cli_out *o)
{
	isakmp->keylog.on = on;
	cli_say(o, "%s debugging is %s\n", isakmp->keylog.title,
		on ? "on" : "off");
}

static void keylog(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp *isakmp = ctx;

	if (!cli_is_no(a) && !isakmp->internal(isakmp->internal_arg)) {
		cli_error(o, "%% Keys are shown with \"service internal\""
			     " only.\n");
		return;
	}
	say_keylog(isakmp, !cli_is_no(a), o);
}

static void no_keylog(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	(void)a;
	say_keylog(ctx, false, o);
}

void isakmp_on_keys(struct isakmp *isakmp,
		    void (*fn)(void *arg, const uint8_t *icookie,
			       const uint8_t *key, size_t len),
		    void *arg)
{
	isakmp->on_keys = fn;
	isakmp->on_keys_arg = arg;
}

/* --- conditions ------------------------------------------------------------- */

static size_t peer_find(const struct isakmp_debug *d,
			const struct ip_addr *peer)
{
	size_t i;

	for (i = 0; i < d->n_peers && !ip_equal(&d->peers[i], peer); i++)
		;
	return i;
}

static void condition(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_debug *d = &((struct isakmp *)ctx)->debug;
	const struct ip_addr peer = cli_addr(a, "address");

	if (peer_find(d, &peer) < d->n_peers)
		return;
	if (d->n_peers == ISAKMP_DEBUG_PEERS)
		cli_error(o, "%% Too many conditions\n");
	else
		d->peers[d->n_peers++] = peer;
}

static void no_condition(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_debug *d = &((struct isakmp *)ctx)->debug;
	const struct ip_addr peer = cli_addr(a, "address");
	size_t i = peer_find(d, &peer);

	if (i == d->n_peers) {
		cli_error(o, "%% There is no such condition\n");
		return;
	}
	d->n_peers--;
	memmove(&d->peers[i], &d->peers[i + 1],
		(d->n_peers - i) * sizeof(d->peers[0]));
}

static void unmatched(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	(void)o;
	((struct isakmp *)ctx)->debug.unmatched = !cli_is_no(a);
}

static void reset(void *ctx, const struct cli_args *a, struct cli_out *o)
{
	struct isakmp_debug *d = &((struct isakmp *)ctx)->debug;

	(void)a;
	(void)o;
	d->n_peers = 0;
	d->unmatched = false;
}

static void show_conditions(void *ctx, const struct cli_args *a,
			    struct cli_out *o)
{
	const struct isakmp *isakmp = ctx;
	const struct isakmp_debug *d = &isakmp->debug;
	char text[IP_ADDR_TEXT];
	size_t i;

	(void)a;
	cli_say(o, "Crypto conditional debug currently is turned %s\n\n",
		d->n_peers ? "ON" : "OFF");
	cli_say(o, "IKE debug context unmatched flag: %s\n",
		d->unmatched ? "ON" : "OFF");
	if (d->n_peers)
		cli_say(o, "\nIKE peer IP address filters:\n");
	for (i = 0; i < d->n_peers; i++)
		cli_say(o, "%s%s", i ? " " : "", ip_text(&d->peers[i], text));
	if (d->n_peers)
		cli_say(o, "\n");
	if (isakmp->on_conditions)
		isakmp->on_conditions(isakmp->on_conditions_ctx, o);
}

void isakmp_on_conditions(struct isakmp *isakmp,
			  void (*fn)(void *ctx, struct cli_out *o), void *ctx)
{
	isakmp->on_conditions = fn;
	isakmp->on_conditions_ctx = ctx;
}

/* --- the table -------------------------------------------------------------- */

#define DEBUG                                                \
	"debug   Debugging functions (see also 'undebug')\n" \
	"crypto  Cryptographic subsystem\n"
#define UNDEBUG                                          \
	"undebug  Disable debugging functions (see also" \
	" 'debug')\n"                                    \
	"crypto   Cryptographic subsystem\n"
#define ISAKMP	  "isakmp  ISAKMP Key Management\n"
#define KEYLOG	  "keylog  Keys of new SAs, for a packet analyser\n"
#define CONDITION "condition  Debug condition filters\n"

#define EXEC(text, on, off)                                                 \
	{                                                                   \
		.mode = &cli_mode_exec, .words = text, .run = on, .no = off \
	}

static const struct cli_cmd commands[] = {
	EXEC(DEBUG ISAKMP DEBUG_LEVEL_WORDS, debug, debug),
	EXEC(UNDEBUG ISAKMP DEBUG_LEVEL_WORDS, undebug, NULL),
	EXEC(DEBUG ISAKMP KEYLOG, keylog, keylog),
	EXEC(UNDEBUG ISAKMP KEYLOG, no_keylog, NULL),
	EXEC(DEBUG CONDITION "peer  Debug crypto peer\n"
			     "ipv4  IP address of the peer\n"
			     "A.B.C.D$address  IP address\n",
	     condition, no_condition),
	EXEC(DEBUG CONDITION "unmatched  Output also where no peer is known\n"
			     "[ isakmp  ISAKMP alone\n"
			     "]\n",
	     unmatched, unmatched),
	EXEC(DEBUG CONDITION "reset  Reset all debug filters\n", reset, NULL),
	EXEC("show    Show running system information\n"
	     "crypto  Encryption module\n"
	     "debug-condition  Debug Condition filters\n",
	     show_conditions, NULL),
};

void isakmp_debug_cli_init(struct isakmp *isakmp)
{
	CLI_ADD(isakmp->cli, commands, isakmp);
}
