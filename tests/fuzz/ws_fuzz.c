/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes reading WebSocket frames and negotiating permessage-deflate. Events
 * and data are the same for the whole input and byte by byte. A lenient reader
 * accepts all input of a strict one. Messages that were accepted are accepted
 * again after they were printed. Covers codec/ws.c, ws_reader.c, ws_deflate.c
 * and ws_extension.c.
 *
 * Input: a byte of options, then frames, or with the option 8 a field.
 */
#include "rung/codec/ws.h"
#include "rung/codec/ws_deflate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SERVER = 1, DEFLATE = 2, FIELD = 8, INPUT_MAX = 8192, LIMIT = 100000 };

struct reading {
	struct ws_reader r;
	struct ws_rules rules;
	struct buf log; /* events, bodies and messages */
	struct buf out;
	struct buf again; /* the messages, printed as a peer sends them */
	enum ws_event last;
	struct err e;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void fill_mask(void *context, void *mask, size_t len)
{
	(void)context;
	memset(mask, 0x5A, len);
}

static void print_again(struct reading *f)
{
	struct ws_sending s = {.opcode = f->r.message.opcode,
			       .fragment = buf_len(&f->out) / 3 + 1,
			       .random = f->rules.server ? fill_mask : NULL};

	expect(ws_message_put(&s, buf_bytes(&f->out), &f->again, NULL) == 0);
}

static void keep_event(struct reading *f)
{
	const struct ws_reader *r = &f->r;

	buf_printf(&f->log, "%d %u %u ", (int)f->last, r->header.opcode,
		   (unsigned)r->frames);
	if (f->last == WS_FAILED || f->last == WS_VIOLATION)
		buf_printf(&f->log, "%u %llu ", r->close_code,
			   (unsigned long long)r->bad_at);
	if (f->last == WS_CONTROL)
		buf_put(&f->log, bytes_of(r->control, r->control_len));
	if (f->last != WS_MESSAGE)
		return;
	expect(r->message.size == buf_len(&f->out));
	if (!f->rules.lenient)
		print_again(f);
	buf_put(&f->log, buf_bytes(&f->out));
	buf_clear(&f->out);
}

static void read_in_steps(struct reading *f, unsigned options, bool lenient,
			  struct bytes in, size_t step)
{
	static const struct ws_deflate agreed;
	size_t before = in.len;

	*f = (struct reading){
	    .log = {.limit = SIZE_MAX / 8},
	    .out = {.limit = SIZE_MAX / 8},
	    .again = {.limit = SIZE_MAX / 8},
	    .rules = {.server = options & SERVER,
		      .lenient = lenient,
		      .max = LIMIT},
	};
	if (options & DEFLATE)
		f->rules.inflater = ws_inflater_new(&agreed, !f->rules.server,
						    LIMIT, NULL);
	ws_reader_init(&f->r, &f->rules);
	while (in.len && f->last != WS_FAILED && f->last != WS_ENDED) {
		struct bytes part = bytes_head(in, step);
		size_t given = part.len;

		do {
			f->last = ws_reader_next(&f->r, &part, &f->out, &f->e);
			if (f->last != WS_MORE && f->last != WS_DATA)
				keep_event(f);
			expect(buf_len(&f->out) <= LIMIT);
		} while (f->last != WS_MORE && f->last != WS_FAILED &&
			 f->last != WS_ENDED);
		expect(f->last != WS_MORE || part.len == 0);
		in = bytes_skip(in, given - part.len);
	}
	expect(f->r.at == before - in.len);
}

static void free_reading(struct reading *f)
{
	ws_inflater_free(f->rules.inflater);
	buf_fini(&f->log);
	buf_fini(&f->out);
	buf_fini(&f->again);
}

/* Reads again what a strict reader accepted. */
static void expect_again(const struct reading *f, unsigned options)
{
	struct reading again;

	read_in_steps(&again, options & SERVER, false, buf_bytes(&f->again),
		      SIZE_MAX);
	expect(again.last == WS_MORE);
	expect(!again.r.in_message);
	free_reading(&again);
}

static void read_frames(unsigned options, struct bytes in)
{
	struct reading whole, bytewise, lenient, stepwise;

	read_in_steps(&whole, options, false, in, SIZE_MAX);
	read_in_steps(&bytewise, options, false, in, 1);
	expect(bytes_equal(buf_bytes(&whole.log), buf_bytes(&bytewise.log)));
	expect(whole.last == bytewise.last);
	expect_again(&whole, options);

	read_in_steps(&lenient, options, true, in, SIZE_MAX);
	read_in_steps(&stepwise, options, true, in, 3);
	expect(bytes_equal(buf_bytes(&lenient.log), buf_bytes(&stepwise.log)));
	expect(lenient.r.at >= whole.r.at || whole.last == WS_FAILED);
	if (whole.last != WS_FAILED)
		expect(bytes_equal(buf_bytes(&lenient.log),
				   buf_bytes(&whole.log)));
	free_reading(&whole);
	free_reading(&bytewise);
	free_reading(&lenient);
	free_reading(&stepwise);
}

/* Checks that the client of an offer confirms the server's answer. */
static void read_field(struct bytes field)
{
	const struct ws_deflate ours = {0};
	struct ws_deflate offer, agreed, again;
	struct buf answer = {.limit = 1000};
	struct err e;

	if (ws_deflate_accept(field, &ours, &agreed, &e) == WS_AGREED) {
		expect(ws_deflate_print(&agreed, &answer) == 0);
		expect(ws_deflate_accept(buf_bytes(&answer), &ours, &again,
					 &e) == WS_AGREED);
	}
	buf_clear(&answer);
	if (ws_deflate_read(field, &offer, &e) == 0) {
		expect(ws_deflate_print(&offer, &answer) == 0);
		expect(ws_deflate_accept(buf_bytes(&answer), &ours, &agreed,
					 &e) == WS_AGREED);
		buf_clear(&answer);
		expect(ws_deflate_print(&agreed, &answer) == 0);
		expect(ws_deflate_confirm(buf_bytes(&answer), &offer, &again,
					  &e) == WS_AGREED);
	}
	ws_deflate_confirm(field, &ours, &agreed, &e);
	buf_fini(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > INPUT_MAX)
		return 0;

	struct bytes in = bytes_of(data + 1, size - 1);

	if (data[0] & FIELD)
		read_field(in);
	else
		read_frames(data[0], in);
	return 0;
}
