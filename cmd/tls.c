/* SPDX-License-Identifier: ISC */
/*
 * `tls`: sends what only a TLS session can send. src/ladder/tls_rung.c has the
 * kinds of these units.
 */
#include "rung/cmd.h"

enum { ACTION, DATA, END };
static const char *const actions[] = {"keyupdate", "raw", NULL};
static const struct param params[] = {
    [ACTION] = {.name = "ACTION",
		.kind = PARAM_CHOICE,
		.flags = PARAM_REQUIRED,
		.choices = actions,
		.brief = "keyupdate: change the keys of both directions (TLS "
			 "1.3); raw: send DATA in place of a record"},
    [DATA] = {.name = "DATA",
	      .kind = PARAM_TEXT,
	      .brief = "words, joined by one blank, or a <template>"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_tls = {
    .name = "tls",
    .group = "looking",
    .brief = "send a key update, or bytes in place of a TLS record",
    .help = "raw breaks the rules of TLS on purpose: the bytes are sent "
	    "between two records, without encryption. The peer usually ends "
	    "the session with an alert.\n"
	    "\n"
	    "    listen tls://:0 as s\n"
	    "    connect tls://localhost:$s.port --pin $s.pin\n"
	    "    tls keyupdate\n"
	    "    tls raw <15 03 03 00 02 02 28>\n"
	    "    expect tls.alert\n"
	    "\n"
	    "During a handshake no record can be replaced: connect by tcp:// "
	    "and send the bytes instead.\n",
    .params = params,
    .run = run,
};

static enum cmd_status run(struct call *call)
{
	const struct rung_ops *rung = protocols_rung(call->shell->protocols,
						     BYTES("tls"));
	struct bytes action = args_text(&call->args, ACTION);
	bool raw = bytes_is(action, "raw");
	struct unit u = {.data = args_text(&call->args, DATA)};
	struct err e;
	struct session *s = call_session(call, CALL_NO_PARAM, &e);
	if (!s)
		return call_fail(call, &e);
	if (raw != (u.data.len > 0))
		return call_error(call, ERR_USAGE,
				  raw ? "nothing to send: give DATA"
				      : "keyupdate takes no DATA");
	if (!session_has_rung(s, rung))
		return call_error(call, ERR_USAGE, "%s has no rung tls",
				  s->name);
	u.kind = unit_kind_find(rung->kinds, action);
	return session_send(s, &u, &e) ? call_fail(call, &e) : CMD_OK;
}
