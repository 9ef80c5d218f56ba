/* SPDX-License-Identifier: ISC */
/*
 * `info`: prints all details of one session: its fields, the kernel's data on
 * its link, the duration of each step, its ladder.
 */
#include "rung/cmd.h"

enum { NAME, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_SESSION,
	      .flags = PARAM_AWAITED,
	      .brief = "the session (default: the current one)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_info = {
    .name = "info",
    .group = "sessions",
    .brief = "print all details of a session",
    .help =
	"Print the fields that $NAME.FIELD gives, the kernel's data on the "
	"connection (TCP_INFO), the duration of each step, and the ladder.\n"
	"\n"
	"    listen --echo :0 as echo\n"
	"    connect $echo.addr as c1\n"
	"    info c1\n"
	"    echo $c1.state $c1.bytes_out\n"
	"\n"
	"'help fields' and rung(1) describe each line.\n",
    .params = params,
    .flags = CMD_LISTENERS | CMD_PASSES,
    .run = run,
};

enum { KEY_WIDTH = 14 };

static void put_key(struct text *out, struct bytes key)
{
	int pad = key.len < KEY_WIDTH ? KEY_WIDTH - (int)key.len : 1;
	text_style(out, STYLE_DIM);
	text_escape(out, key);
	text_style(out, STYLE_PLAIN);
	text_printf(out, "%*s", pad, "");
}

static void put_value(struct text *out, const char *key, struct bytes value,
		      bool words)
{
	if (!value.len)
		return;
	put_key(out, bytes_str(key));
	if (words)
		out_escape(out, value);
	else
		text_escape(out, value);
	text_puts(out, "\n");
}

/* Returns true if the field is worth a line. `peers` and `accepted` are fields
 * of listeners; `why` of an open session only repeats the state. */
static bool is_worth(const struct session *s, struct bytes field)
{
	if (bytes_is(field, "peers") || bytes_is(field, "accepted"))
		return s->role == ROLE_LISTENER;
	if (bytes_is(field, "why"))
		return session_state(s) == SESSION_CLOSED ||
		       session_state(s) == SESSION_HALF_CLOSED;
	return true;
}

static void put_fields(const struct session *s, struct text *out)
{
	struct buf value;
	buf_init(&value, BUF_SMALL);
	for (const struct session_field *f = session_fields; f->name; f++) {
		if (!is_worth(s, bytes_str(f->name)))
			continue;
		buf_clear(&value);
		f->print(s, &value);
		put_value(out, f->name, buf_bytes(&value), f->words);
	}
	buf_fini(&value);
}

/* Prints `key value` lines of a lower layer, except keys that are fields of the
 * session: those are printed already. */
static void put_facts(struct bytes facts, const char *indent, struct text *out)
{
	while (facts.len) {
		size_t end = bytes_find_byte(facts, '\n', 0);
		struct bytes line = bytes_head(facts, end);
		facts = bytes_skip(facts, line.len + 1);
		struct bytes key = bytes_head(line,
					      bytes_find_byte(line, ' ', 0));
		if (!line.len || session_field(key))
			continue;
		text_puts(out, indent);
		put_key(out, key);
		text_escape(out, bytes_trim(bytes_skip(line, key.len)));
		text_puts(out, "\n");
	}
}

static void put_rung_facts(const struct session *s, struct text *out)
{
	struct attrs *facts = session_facts(s);
	struct bytes key, value;
	for (size_t i = 0; attrs_at(facts, i, &key, &value); i++) {
		text_puts(out, "  ");
		put_key(out, key);
		text_escape(out, value);
		text_puts(out, "\n");
	}
	attrs_unref(facts);
}

static void put_phase(struct text *out, const char *key, uint64_t from,
		      uint64_t to)
{
	if (!from || to < from)
		return;
	struct buf value;
	buf_init(&value, BUF_SMALL);
	buf_printf(&value, "%.3fms", (double)(to - from) / (double)NS_PER_MS);
	put_value(out, key, buf_bytes(&value), true);
	buf_fini(&value);
}

/* Prints the duration of each step that the session had. The time to the first
 * byte starts after the last of the others. */
static void put_phases(const struct phases *p, struct text *out)
{
	put_phase(out, "resolve", p->begun, p->resolved);
	uint64_t from = p->resolved ? p->resolved : p->begun;
	put_phase(out, "connect", from, p->connected);
	put_phase(out, "first-byte", p->connected ? p->connected : from,
		  p->first_up);
}

static void put_ladder(const struct session *s, struct text *out)
{
	struct buf facts;
	buf_init(&facts, BUF_SMALL);
	put_key(out, BYTES("ladder"));
	session_print_ladder(s, &facts);
	text_puts(out, buf_cstr(&facts));
	text_puts(out, "\n");
	put_rung_facts(s, out);
	buf_fini(&facts);
}

static void put_view(const struct session *s, const struct shell *shell,
		     struct text *out)
{
	const struct view_ops *view = s->display.view;
	if (!view)
		view = shell->screen->view;
	put_value(out, "view", bytes_str(view->name), true);
}

static enum cmd_status run(struct call *call)
{
	struct err e;
	struct session *s = call_session(call, NAME, &e);
	if (!s)
		return call_fail(call, &e);
	struct buf facts;
	struct text out;
	buf_init(&facts, BUF_SMALL);
	text_init(&out, BUF_SMALL, call->shell->out->colour);
	put_fields(s, &out);
	put_view(s, call->shell, &out);
	session_link_info(s, &facts);
	put_facts(buf_bytes(&facts), "", &out);
	put_phases(session_phases(s), &out);
	put_ladder(s, &out);
	out_diag(call->shell->out, &out);
	text_fini(&out);
	buf_fini(&facts);
	return CMD_OK;
}
