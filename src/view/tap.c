/* SPDX-License-Identifier: ISC */
/*
 * Prints the Test Anything Protocol, version 13, for TAP::Parser: test points
 * for expects and for failed commands, YAML for failures, comments for payload,
 * and the plan at the end. The shell decides whether the script continues after
 * a failure.
 */
#include "rung/tap.h"

#include <inttypes.h>
#include <string.h>

#define REPORT_MAX ((size_t)64 << 10)
#define OPEN_MAX   ((size_t)4 << 10)

static void put(struct tap *t, struct text *line)
{
	t->out->ops->payload(t->out, text_bytes(line));
	text_fini(line);
}

/* Prints a test point's description. Escapes `#`, which would start a
 * directive, and the backslashes before a `#`. */
static void put_description(const char *words, struct text *out)
{
	struct text safe;

	text_init(&safe, BUF_SMALL, false);
	out_escape(&safe, bytes_str(words));
	for (const char *at = buf_cstr(&safe.buf); *at; at++) {
		if (at[strspn(at, "\\")] == '#')
			buf_putc(&out->buf, '\\');
		buf_putc(&out->buf, *at == '\n' ? ' ' : *at);
	}
	text_fini(&safe);
}

/* Prints a key with a single-quoted YAML string, in which quotes are doubled.
 */
static void put_yaml(const char *key, const char *value, struct text *out)
{
	struct text safe;

	text_init(&safe, BUF_SMALL, false);
	out_escape(&safe, bytes_str(value));
	text_printf(out, "  %s: '", key);
	for (const char *at = buf_cstr(&safe.buf); *at; at++) {
		if (*at == '\'')
			buf_putc(&out->buf, '\'');
		buf_putc(&out->buf, *at == '\n' ? ' ' : *at);
	}
	text_puts(out, "'\n");
	text_fini(&safe);
}

static void put_report(struct tap *t, struct text *out)
{
	struct bytes left = buf_bytes(&t->report);

	if (left.len)
		text_puts(out, "  report: |\n");
	while (left.len) {
		size_t end = bytes_find_byte(left, '\n', 0);
		struct bytes row = bytes_head(left, end);

		text_puts(out, "    ");
		text_escape_lines(out, row);
		text_puts(out, "\n");
		left = bytes_skip(left, row.len + 1);
	}
	buf_clear(&t->report);
}

static void put_diagnosis(struct tap *t, const struct event *ev,
			  const char *where, struct text *out)
{
	text_puts(out, "  ---\n");
	put_yaml("message", ev->err->text, out);
	put_yaml("class", err_name(ev->err->kind), out);
	text_printf(out, "  code: %d\n", err_exit_code(ev->err->kind));
	if (*where)
		put_yaml("at", where, out);
	if (ev->session)
		put_yaml("session", ev->session->name, out);
	put_report(t, out);
	text_puts(out, "  ...\n");
}

static void put_open(struct tap *t);

/* Prints `ok 3 - expect "+PONG" (FILE:LINE)`; for job N `ok 3 - [N] expect...`.
 */
static void put_point(struct tap *t, const struct event *ev, const char *what)
{
	struct buf where = {.limit = BUF_SMALL};
	struct text out;

	put_open(t);
	text_init(&out, BUF_SMALL, false);
	text_printf(&out, "%sok %" PRIu64 " - ", ev->err ? "not " : "",
		    ++t->points);
	if (ev->job)
		text_printf(&out, "[%u] ", ev->job);
	put_description(what, &out);
	if (ev->source && ev->source[0])
		buf_printf(&where, "%s:%u", ev->source, ev->line);
	if (buf_len(&where)) {
		text_puts(&out, " (");
		put_description(buf_cstr(&where), &out);
		text_puts(&out, ")");
	}
	text_puts(&out, "\n");
	if (ev->err) {
		t->failed++;
		put_diagnosis(t, ev, buf_cstr(&where), &out);
	}
	put(t, &out);
	buf_fini(&where);
}

static void on_expect(struct tap *t, const struct event *ev)
{
	struct buf what = {.limit = BUF_SMALL};

	buf_printf(&what, "expect %s", ev->text);
	put_point(t, ev, buf_cstr(&what));
	buf_fini(&what);
	t->reported = ev->err != NULL;
}

/* Prints a test point for a failed command, except inside a `try` or if an
 * expect has already reported the failure. */
static void on_error(struct tap *t, const struct event *ev)
{
	bool reported = t->reported;

	t->reported = false;
	if (!reported && !ev->tried)
		put_point(t, ev, ev->command ? ev->command : "commands");
	buf_clear(&t->report);
}

static void on_exit(struct tap *t)
{
	struct text out;

	put_open(t);
	text_init(&out, BUF_SMALL, false);
	text_printf(&out, "1..%" PRIu64 "%s\n", t->points,
		    t->points ? "" : " # SKIP no expect command");
	put(t, &out);
}

static void tap_on_event(struct subscriber *sub, const struct event *ev)
{
	struct tap *t = list_entry(sub, struct tap, sub);

	switch (ev->kind) {
	case EVENT_EXPECT:
		on_expect(t, ev);
		break;
	case EVENT_CONTEXT:
		buf_clear(&t->report);
		buf_put(&t->report,
			bytes_head(bytes_str(ev->text), REPORT_MAX));
		break;
	case EVENT_ERROR:
		on_error(t, ev);
		break;
	case EVENT_EXIT:
		on_exit(t);
		break;
	case EVENT_CREATED:
	case EVENT_LADDER:
	case EVENT_STATE:
	case EVENT_ENDED:
	case EVENT_MESSAGE:
	case EVENT_CONTROL:
	case EVENT_NOTICE:
	case EVENT_DETAIL:
		break;
	}
}

/* ---- payload */

static void put_comment(struct tap *t, struct bytes row)
{
	struct text out;

	text_init(&out, 8 * OPEN_MAX + BUF_SMALL, false);
	text_puts(&out, "# ");
	text_escape_lines(&out, row);
	text_puts(&out, "\n");
	put(t, &out);
}

static void put_open(struct tap *t)
{
	if (buf_len(&t->open))
		put_comment(t, buf_bytes(&t->open));
	buf_clear(&t->open);
}

static void take_payload(struct redirect *d, struct bytes data)
{
	struct tap *t = list_entry(d, struct tap, divert);

	while (data.len) {
		size_t end = bytes_find_byte(data, '\n', 0);
		struct bytes row = bytes_head(data, end);
		size_t room = OPEN_MAX - buf_len(&t->open);

		row = bytes_head(row, room);
		buf_put(&t->open, row);
		data = bytes_skip(data, row.len);
		if (data.len && (data.at[0] == '\n' || row.len == room)) {
			if (!buf_len(&t->open))
				put_comment(t, BYTES_NONE);
			put_open(t);
		}
		if (data.len && data.at[0] == '\n')
			data = bytes_skip(data, 1);
	}
}

static void tap_settle(struct redirect *d)
{
	(void)d; /* the next command may continue the last line */
}

void tap_init(struct tap *t, struct hub *hub, struct out *out)
{
	*t = (struct tap){
	    .sub = {.on_event = tap_on_event},
	    .divert = {take_payload, tap_settle},
	    .hub = hub,
	    .out = out,
	};
	buf_init(&t->report, REPORT_MAX);
	buf_init(&t->open, OPEN_MAX);
	out->divert = &t->divert;
	hub->has_observers = true;
	hub_subscribe(hub, &t->sub);
	out->ops->payload(out, BYTES("TAP version 13\n"));
}

void tap_fini(struct tap *t)
{
	hub_unsubscribe(&t->sub);
	t->hub->has_observers = false;
	t->out->divert = NULL;
	buf_fini(&t->report);
	buf_fini(&t->open);
}
