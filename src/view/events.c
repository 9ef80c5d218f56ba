/* SPDX-License-Identifier: ISC */
/*
 * Prints events as JSON (RFC 8259), one object a line, in order. The hub and
 * the shell publish the events.
 */
#include "rung/events.h"

#include "rung/codec/json_write.h"

#include <string.h>
#include <time.h>

/* Maximum length of a line. An escape takes up to six bytes for one byte; the
 * rest is for the other keys. */
#define LINE_MAX_BYTES (8 * (EVENTS_DATA_MAX + ATTRS_MAX))
#define LINE_KEEP      ((size_t)64 << 10)

/* Prints the bytes with the key named by `text` if they are UTF-8, else with
 * the key `hex`. */
static void put_either(const char *text, struct bytes data, struct buf *out)
{
	if (utf8_valid(data)) {
		json_put_string(text, data, out);
		return;
	}
	json_put_hex("hex", data, out);
}

/* Prints the attributes in order; a name may occur more than once. */
static void put_attrs(const struct attrs *attrs, struct buf *out)
{
	struct bytes name, value;
	const char *separator = "";

	buf_puts(out, ",\"attrs\":[");
	for (size_t at = 0; attrs_next(attrs, &at, &name, &value);) {
		buf_printf(out, "%s{", separator);
		json_put_string("name", name, out);
		put_either("value", value, out);
		buf_putc(out, '}');
		separator = ",";
	}
	buf_putc(out, ']');
}

/* Prints the length of the data and its first EVENTS_DATA_MAX bytes. */
static void put_data(struct bytes data, struct buf *out)
{
	struct bytes head = bytes_head(data, EVENTS_DATA_MAX);
	bool cut = head.len < data.len;
	struct bytes text = cut ? bytes_head(head, utf8_complete_len(head))
				: head;

	json_put_number("len", data.len, out);
	put_either("text", utf8_valid(text) ? text : head, out);
	if (cut)
		json_put_bool("cut", true, out);
}

static void put_field(const struct session *s, const char *key,
		      const char *name, struct buf *out)
{
	const struct session_field *field = session_field(bytes_str(name));
	struct buf value = {.limit = BUF_SMALL};

	field->print(s, &value);
	if (buf_len(&value))
		json_put_string(key, buf_bytes(&value), out);
	buf_fini(&value);
}

/* Prints the keys that all events share. */
static void events_begin(struct events *v, const struct event *ev,
			 const char *name)
{
	const struct loop *loop = v->hub->loop;
	uint64_t t = ev->at > v->hub->began ? ev->at - v->hub->began : 0;
	uint64_t wall = ev->at + (loop_wall(loop) - loop_now(loop));
	time_t seconds = (time_t)(wall / NS_PER_S);
	struct tm tm;

	if (!gmtime_r(&seconds, &tm))
		memset(&tm, 0, sizeof(tm));
	buf_printf(&v->line,
		   "{\"t\":%llu.%06u,\"ts\":\"%04d-%02d-%02dT%02d:%02d:"
		   "%02d.%06uZ\",\"event\":\"%s\"",
		   (unsigned long long)(t / NS_PER_S),
		   (unsigned)(t % NS_PER_S / 1000), tm.tm_year + 1900,
		   tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
		   (unsigned)(wall % NS_PER_S / 1000), name);
	if (ev->session)
		json_put_words("session", ev->session->name, &v->line);
}

static bool is_unread(const struct events *v)
{
	return v->out->unread && v->out->unread(v->out);
}

/* Prints the line. If much output is unread, holds the input of all sessions.
 */
static void end(struct events *v)
{
	buf_puts(&v->line, "}\n");
	v->out->ops->payload(v->out, buf_bytes(&v->line));
	buf_clear(&v->line);
	buf_free_idle(&v->line, LINE_KEEP);
	if (is_unread(v))
		hub_hold_input(v->hub, true);
}

static void release_input(struct hook *hook)
{
	struct events *v = list_entry(hook, struct events, release);

	if (v->hub->input_held && !is_unread(v))
		hub_hold_input(v->hub, false);
}

/* ---- payload */

/* Prints the pending output. Without `all`, keeps an incomplete character at
 * the end for later. */
static void print_output(struct events *v, bool all)
{
	struct bytes data = buf_bytes(&v->printed);
	size_t n = all ? data.len : utf8_complete_len(data);
	struct event ev = {.at = loop_now(v->hub->loop)};

	if (!n)
		return;
	events_begin(v, &ev, "output");
	if (v->job)
		json_put_number("job", v->job, &v->line);
	put_data(bytes_head(data, n), &v->line);
	end(v);
	buf_drop(&v->printed, n);
	buf_free_idle(&v->printed, LINE_KEEP);
}

static void take_payload(struct redirect *d, struct bytes data)
{
	struct events *v = list_entry(d, struct events, divert);

	if (v->job != v->out->job)
		print_output(v, true);
	v->job = v->out->job;
	while (data.len) {
		size_t room = EVENTS_DATA_MAX - buf_len(&v->printed);
		struct bytes piece = bytes_head(data, room);

		buf_put(&v->printed, piece);
		data = bytes_skip(data, piece.len);
		if (buf_len(&v->printed) == EVENTS_DATA_MAX)
			print_output(v, false);
	}
}

static void events_settle(struct redirect *d)
{
	print_output(list_entry(d, struct events, divert), true);
}

/* ---- events of the hub */

static void put_err(const struct err *e, struct buf *out)
{
	json_put_words("class", err_name(e->kind), out);
	json_put_number("code", (uint64_t)err_exit_code(e->kind), out);
}

static void put_place(const struct event *ev, struct buf *out)
{
	struct buf where = {.limit = BUF_SMALL};

	if (ev->source && ev->source[0] && ev->line) {
		buf_printf(&where, "%s:%u", ev->source, ev->line);
		json_put_string("where", buf_bytes(&where), out);
	}
	if (ev->col)
		json_put_number("col", ev->col, out);
	if (ev->job)
		json_put_number("job", ev->job, out);
	if (ev->tried)
		json_put_bool("tried", true, out);
	buf_fini(&where);
}

static void print_created(struct events *v, const struct event *ev)
{
	events_begin(v, ev, "session");
	json_put_number("id", ev->session->id, &v->line);
	put_field(ev->session, "role", "role", &v->line);
	put_field(ev->session, "scheme", "scheme", &v->line);
	put_field(ev->session, "addr", "addr", &v->line);
	put_field(ev->session, "parent", "parent", &v->line);
	end(v);
}

static void print_state(struct events *v, const struct event *ev)
{
	const struct session *s = ev->session;
	bool ended = ev->kind == EVENT_ENDED;

	events_begin(v, ev, "state");
	json_put_words("state", session_state_name(session_state(s)), &v->line);
	if (!ended)
		put_field(s, "addr", "addr", &v->line);
	if (ended || session_state(s) == SESSION_HALF_CLOSED)
		put_field(s, "why", "why", &v->line);
	if (ended && ev->err)
		put_err(ev->err, &v->line);
	end(v);
}

static void print_message(struct events *v, const struct event *ev)
{
	const struct unit *u = ev->unit;
	bool up = ev->dir == DIR_UP;
	struct buf kind = {.limit = BUF_SMALL};

	unit_kind_print(u->kind, u->flags, &kind);
	events_begin(v, ev, ev->kind == EVENT_CONTROL ? "control" : "message");
	if (ev->number)
		json_put_number("n", ev->number, &v->line);
	json_put_words("dir", up ? "in" : "out", &v->line);
	json_put_words("rung", session_rung_of(ev->session, u->kind, u->flags),
		       &v->line);
	json_put_words("kind", buf_cstr(&kind), &v->line);
	buf_fini(&kind);
	if (u->attrs)
		put_attrs(u->attrs, &v->line);
	put_data(ev->unit->data, &v->line);
	end(v);
}

static void print_expect(struct events *v, const struct event *ev)
{
	events_begin(v, ev, "expect");
	json_put_bool("ok", !ev->err, &v->line);
	put_place(ev, &v->line);
	json_put_words("pattern", ev->text, &v->line);
	if (ev->unit)
		put_data(ev->unit->data, &v->line);
	if (ev->err)
		put_err(ev->err, &v->line);
	end(v);
}

static void print_error_event(struct events *v, const struct event *ev)
{
	events_begin(v, ev, "error");
	put_err(ev->err, &v->line);
	put_place(ev, &v->line);
	if (ev->command)
		json_put_words("command", ev->command, &v->line);
	json_put_words("text", ev->err->text, &v->line);
	end(v);
}

static void print_exit(struct events *v, const struct event *ev)
{
	events_begin(v, ev, "exit");
	json_put_number("status", (uint64_t)ev->status, &v->line);
	end(v);
}

static void events_on_event(struct subscriber *sub, const struct event *ev)
{
	struct events *v = list_entry(sub, struct events, sub);

	print_output(v, true);
	switch (ev->kind) {
	case EVENT_CREATED:
		print_created(v, ev);
		break;
	case EVENT_STATE:
	case EVENT_ENDED:
		print_state(v, ev);
		break;
	case EVENT_MESSAGE:
	case EVENT_CONTROL:
		print_message(v, ev);
		break;
	case EVENT_EXPECT:
		print_expect(v, ev);
		break;
	case EVENT_ERROR:
		print_error_event(v, ev);
		break;
	case EVENT_EXIT:
		print_exit(v, ev);
		break;
	case EVENT_LADDER:
	case EVENT_NOTICE:
	case EVENT_DETAIL:
	case EVENT_CONTEXT:
		break;
	}
}

void events_init(struct events *v, struct hub *hub, struct out *out)
{
	*v = (struct events){
	    .sub = {.on_event = events_on_event},
	    .divert = {take_payload, events_settle},
	    .release = {.run = release_input},
	    .hub = hub,
	    .out = out,
	};
	buf_init(&v->printed, EVENTS_DATA_MAX);
	buf_init(&v->line, LINE_MAX_BYTES);
	out->divert = &v->divert;
	hub->has_observers = true;
	hub_subscribe(hub, &v->sub);
	loop_add_hook(hub->loop, PHASE_JOBS, &v->release);
}

void events_fini(struct events *v)
{
	events_settle(&v->divert);
	hub_unsubscribe(&v->sub);
	list_remove(&v->release.at);
	v->hub->has_observers = false;
	v->out->divert = NULL;
	buf_fini(&v->printed);
	buf_fini(&v->line);
}
