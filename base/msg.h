/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System messages, as IOS prints them: %FACILITY-SEVERITY-MNEMONIC: text.
 * Each folder keeps its catalogue as one list (X/X_msg.h):
 *
 *	#define GM_MSGS(M) M(GM_REGSTER, "CRYPTO", 5, "GM_REGSTER", "Start ...")
 *
 * and gets its table with MSG_DEFINE(GM_MSGS).  Call sites name the entry:
 * env_event(env, GM_REGSTER, ks, group, address): the compiler checks
 * the arguments against the text. */
#ifndef BASE_MSG_H
#define BASE_MSG_H

struct msg_def {
	const char *facility;
	int severity; /* 0 emergencies .. 7 debugging */
	const char *mnemonic;
	const char *format;
};

#define MSG_ENTRY_DECLARE(id, fac, sev, mne, fmt) \
	extern const struct msg_def MSG_##id;     \
	static const char MSG_FMT_##id[] __attribute__((unused)) = fmt;
#define MSG_ENTRY_DEFINE(id, fac, sev, mne, fmt) \
	const struct msg_def MSG_##id = { fac, sev, mne, fmt };
#define MSG_DECLARE(list) list(MSG_ENTRY_DECLARE)
#define MSG_DEFINE(list)  list(MSG_ENTRY_DEFINE)

#endif
