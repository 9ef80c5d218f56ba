/* SPDX-License-Identifier: ISC */
/*
 * Reads WebSocket frames and writes the events as text. Linked into each unit
 * test that includes ws_readings.h.
 */
#include "tests/lib/ws_readings.h"
#include "rung/codec/ws_deflate.h"
#include "tests/lib/feed.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

void reading_begin(void *on)
{
	static const struct ws_deflate agreed;
	struct reading *f = on;

	if (f->deflate)
		f->rules.inflater = ws_inflater_new(&agreed, !f->rules.server,
						    f->rules.max, NULL);
	ws_reader_init(&f->r, &f->rules);
	buf_init(&f->out, f->limit ? f->limit : BUF_SMALL);
	buf_init(&f->message, BUF_SMALL);
	buf_init(&f->log, BUF_SMALL);
	f->text[0] = '\0';
	f->last = WS_MORE;
	f->rest = 0;
}

static void take_data(struct reading *f)
{
	buf_put(&f->message, buf_bytes(&f->out));
	buf_clear(&f->out);
}

static void log_message(struct reading *f)
{
	const struct ws_message *m = &f->r.message;

	take_data(f);
	assert_int_equal(m->size, buf_len(&f->message));
	buf_printf(&f->log, "%s%s%s:", ws_opcode_name(m->opcode),
		   m->compressed ? "+" : "", m->cut ? "/" : "");
	buf_put(&f->log, buf_bytes(&f->message));
	buf_puts(&f->log, " ");
	buf_clear(&f->message);
}

static void log_event(struct reading *f, enum ws_event found,
		      const struct err *e)
{
	const struct ws_reader *r = &f->r;

	if (found == WS_DATA)
		take_data(f);
	if (found == WS_MESSAGE)
		log_message(f);
	if (found == WS_CONTROL) {
		buf_printf(&f->log, "%s:", ws_opcode_name(r->header.opcode));
		buf_put(&f->log, bytes_of(r->control, r->control_len));
		buf_puts(&f->log, " ");
	}
	if (found == WS_VIOLATION || found == WS_FAILED) {
		buf_printf(&f->log, "%s%u@%" PRIu64 " ",
			   found == WS_FAILED ? "!" : "?", r->close_code,
			   r->bad_at);
		if (!f->text[0])
			snprintf(f->text, sizeof f->text, "%s", e->text);
	}
	if (found == WS_ENDED)
		buf_puts(&f->log, "end ");
}

void reading_piece(void *on, struct bytes in)
{
	struct reading *f = on;
	struct err e;

	if (f->last == WS_FAILED || f->last == WS_ENDED) {
		f->rest += in.len;
		return;
	}
	do {
		f->last = ws_reader_next(&f->r, &in, &f->out, &e);
		log_event(f, f->last, &e);
	} while (f->last != WS_MORE && f->last != WS_FAILED &&
		 f->last != WS_ENDED);
	if (f->last == WS_MORE)
		assert_int_equal(in.len, 0);
	f->rest += in.len;
}

static void done(void *on)
{
	struct reading *f = on;
	const char *got = buf_cstr(&f->log);
	struct bytes none = BYTES("\x81\x00");

	if (strcmp(got, f->want))
		fail_msg("%s: got '%s', not '%s'", feed_how(), got, f->want);
	if (strcmp(f->text, f->error ? f->error : ""))
		fail_msg("%s: got '%s', not '%s'", feed_how(), f->text,
			 f->error);
	if (f->last == WS_FAILED || f->last == WS_ENDED) {
		assert_int_equal(ws_reader_next(&f->r, &none, &f->out, NULL),
				 f->last);
		assert_int_equal(none.len, 2);
	}
	ws_inflater_free(f->rules.inflater);
	f->rules.inflater = NULL;
	buf_fini(&f->out);
	buf_fini(&f->message);
	buf_fini(&f->log);
}

void assert_reads(struct reading *f, struct bytes in)
{
	const struct feed feed = {reading_begin, reading_piece, done};

	if (!f->rules.max)
		f->rules.max = 1000;
	feed_every_split(&feed, f, in);
}

void reads(bool server, struct bytes in, const char *want)
{
	struct reading f = {.rules = {.server = server}, .want = want};

	assert_reads(&f, in);
}
