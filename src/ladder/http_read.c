/* SPDX-License-Identifier: ISC */
/*
 * The HTTP rung reads messages: requests on a server, responses on a client.
 *
 * Source: RFC 9112; RFC 9110 §7.8 (Upgrade), §9.3.6 (CONNECT), §10.1.1
 *         (Expect), §15.2 (interim responses).
 */
#include "http_own.h"

#include "rung/codec/deflate.h"
#include "rung/text.h"

/* A body that is longer is passed up in parts of about this size. */
#define PART ((size_t)64 << 10)
/* Limit of the bytes that are kept while an answer is awaited. */
#define AHEAD_MAX ((size_t)64 << 10)
/* Number of unanswered requests from which on no further one is read. */
#define WAITING_MAX 128

static bool still_reads(const struct http_rung *h)
{
	return h->rung.state == RUNG_OPEN || h->rung.state == RUNG_CLOSING;
}

void http_message_end(struct http_rung *h)
{
	http_chunked_fini(&h->now.chunked);
	buf_fini(&h->now.text);
	attrs_unref(h->now.attrs);
	inflater_free(h->now.inflater);
	h->now = (struct http_incoming){.text = http_new_buf(h)};
	h->seen = 0;
}

/* Fails the rung at a byte of h->rest. */
static void fail_at(struct http_rung *h, size_t wrong, const struct err *why)
{
	struct bytes rest = h->rest;
	uint64_t at = rung_received(&h->rung) - rest.len + wrong;
	struct err e;
	err_set(&e, why->kind, why->code, "http: %.170s, at offset %llu",
		why->text, (unsigned long long)at);
	if (http_is_server(h))
		http_refuse(h, why->kind == ERR_LIMIT ? 431 : 400, why->text);
	struct buf text = h->now.text;
	h->now.text = http_new_buf(h);
	if (buf_len(&text) && buf_put(&text, rest) == 0)
		rest = buf_bytes(&text);
	h->rest = BYTES_NONE;
	rung_fail(&h->rung, rest, &e);
	buf_fini(&text);
}

/* Passes up a message, or a part of it. */
static void pass_data(struct http_rung *h, struct bytes data, bool more)
{
	struct unit u = {.data = data,
			 .kind = h->now.kind,
			 .attrs = h->now.attrs,
			 .flags = (more ? UNIT_MORE : 0) |
				  (h->now.passed ? UNIT_REST : 0)};
	h->now.passed = true;
	rung_consumed(&h->rung, rung_received(&h->rung) - h->rest.len);
	if (unit_is_control(u.kind)) {
		rung_control(&h->rung, DIR_UP, &u);
		return;
	}
	/* The rung above may send as soon as it has the answer 101. */
	if (h->now.switches && !more)
		h->reading = HTTP_READ_BYTES;
	rung_pass_up(&h->rung, &u);
}

static void pass_text(struct http_rung *h, bool more)
{
	struct buf text = h->now.text;
	h->now.text = http_new_buf(h);
	pass_data(h, buf_bytes(&text), more);
	buf_fini(&text);
}

void http_switch(struct http_rung *h)
{
	h->reading = HTTP_READ_BYTES;
	h->upgrading = false;
	rung_reshape(&h->rung, SHAPE_BYTES);
}

/* Called after a whole request was passed up. The rung above may have answered
 * meanwhile. */
static void request_is_read(struct http_rung *h, bool last)
{
	if (h->reading == HTTP_READ_BYTES || !still_reads(h))
		return;
	h->reading = last ? HTTP_READ_NOTHING : HTTP_READ_HEAD;
}

/* Called after a whole message was passed up. */
static void message_is_read(struct http_rung *h)
{
	struct http_exchange *x = http_first(h);
	bool interim = unit_is_control(h->now.kind);
	bool last = h->now.last, switches = h->now.switches;
	http_message_end(h);
	if (http_is_server(h)) {
		request_is_read(h, last);
		return;
	}
	h->reading = last ? HTTP_READ_NOTHING : HTTP_READ_HEAD;
	if (interim)
		return;
	h->times.complete = rung_now(&h->rung);
	if (x)
		http_exchange_end(h, x);
	if (switches)
		http_switch(h);
	else if (last)
		rung_ended(&h->rung, NULL);
}

/* Records a request that was received. */
static void begin_request(struct http_rung *h, const struct http_head *head)
{
	struct bytes id = BYTES_NONE;
	(void)attrs_get(h->now.attrs, "id", &id);
	struct http_exchange *x = http_exchange_new(h, id);
	x->head = bytes_is(head->method, "HEAD");
	x->connect = bytes_is(head->method, "CONNECT");
	x->old = !head->minor;
	x->closes = !http_keeps_alive(head);
	h->now.last = x->closes;
	h->upgrading = x->connect ||
		       http_field_has(head->fields, "connection", "upgrade");
	h->times = (struct http_times){.first_byte = rung_now(&h->rung)};
}

static void begin_response(struct http_rung *h, const struct http_head *head,
			   enum http_framing framing)
{
	const struct http_exchange *x = http_first(h);
	unsigned status = head->status;
	bool interim = status / 100 == 1 && status != 101;
	h->now.kind =
	    &http_kinds[interim ? HTTP_KIND_INTERIM : HTTP_KIND_RESPONSE];
	h->now.switches = status == 101 ||
			  (x && x->connect && status / 100 == 2);
	/* The body that waits for 100 Continue is that of the last request. */
	bool unasked = h->held.waits && h->waiting == 1;
	h->now.last = !interim && !h->now.switches &&
		      (!http_keeps_alive(head) || framing == HTTP_TO_END ||
		       unasked);
	h->now.streams = http_field_has(head->fields, "content-type",
					"text/event-stream");
	if (!h->times.first_byte)
		h->times.first_byte = rung_now(&h->rung);
	if (interim && status == 100)
		http_continue(h);
}

/* Returns the method of the request that the next response answers. */
static struct bytes answered_method(const struct http_rung *h)
{
	const struct http_exchange *x = http_first(h);
	if (x && x->head)
		return BYTES("HEAD");
	return x && x->connect ? BYTES("CONNECT") : BYTES_NONE;
}

static void begin_body(struct http_rung *h, const struct http_body *body)
{
	static const enum http_reading readings[] = {
	    [HTTP_NO_BODY] = HTTP_READ_BODY,
	    [HTTP_LENGTH] = HTTP_READ_BODY,
	    [HTTP_CHUNKED] = HTTP_READ_CHUNKS,
	    [HTTP_TO_END] = HTTP_READ_TO_END,
	};
	h->reading = readings[body->framing];
	h->now.left = body->length;
	if (body->framing == HTTP_CHUNKED)
		http_chunked_init(&h->now.chunked, h->rules.lenient);
}

/* Server: permits a client to send its body. */
static void send_continue(struct http_rung *h, const struct http_head *head)
{
	struct unit u = {.data = BYTES("HTTP/1.1 100 Continue\r\n\r\n"),
			 .kind = &http_kinds[HTTP_KIND_INTERIM],
			 .flags = UNIT_ONCE};
	bool asked = http_field_has(head->fields, "expect", "100-continue");
	bool body = h->now.left || h->reading == HTTP_READ_CHUNKS;
	if (!asked || !head->minor || !body || h->waiting != 1 ||
	    h->rest.len > head->len)
		return;
	if (rung_pass_down(&h->rung, &u, NULL) == 0)
		rung_control(&h->rung, DIR_DOWN, &u);
}

/* Returns true if the whole message is in h->rest, and passes it up without a
 * copy. */
static bool pass_whole(struct http_rung *h, const struct http_head *head)
{
	size_t body = bytes_skip(h->rest, head->len).len;
	if (h->reading != HTTP_READ_BODY || h->now.left > body ||
	    h->now.inflater)
		return false;
	struct bytes all = bytes_head(h->rest, head->len + (size_t)h->now.left);
	h->rest = bytes_skip(h->rest, all.len);
	pass_data(h, bytes_skip(all, head->begin), false);
	message_is_read(h);
	return true;
}

static void take_head(struct http_rung *h, const struct http_head *head)
{
	struct http_body body;
	struct err e;
	size_t wrong = 0;
	bool server = http_is_server(h);
	if (http_body_find(&h->rules, head, answered_method(h), &body, &wrong,
			   &e) ||
	    (server && !h->rules.lenient &&
	     http_host_check(head, &wrong, &e))) {
		fail_at(h, wrong, &e);
		return;
	}
	h->now.kind = &http_kinds[HTTP_KIND_REQUEST];
	h->now.attrs = http_make_attrs(h, head);
	begin_body(h, &body);
	if (server)
		begin_request(h, head);
	else
		begin_response(h, head, body.framing);
	if (!server)
		http_decode_begin(h, head);
	if (server)
		send_continue(h, head);
	if (!still_reads(h) || pass_whole(h, head))
		return;
	struct bytes text = bytes_skip(bytes_head(h->rest, head->len),
				       head->begin);
	(void)buf_put(&h->now.text, text);
	h->rest = bytes_skip(h->rest, head->len);
}

/* Reads a head. Result: false: more bytes are needed. */
static bool read_head(struct http_rung *h)
{
	struct bytes strict = BYTES("on");
	struct http_head head;
	struct err e;
	size_t wrong = 0;
	(void)rung_fact(&h->rung, "strict", &strict);
	h->rules = (struct http_rules){.responses = !http_is_server(h),
				       .lenient = bytes_is(strict, "off")};
	switch (
	    http_head_read(&h->rules, h->rest, &h->seen, &head, &wrong, &e)) {
	case HTTP_MORE:
		return false;
	case HTTP_BAD:
		fail_at(h, wrong, &e);
		return true;
	case HTTP_OK:
		take_head(h, &head);
		return true;
	}
	return false;
}

/* Adds bytes of the body, and passes up a part if there are enough. */
static void take_body(struct http_rung *h, struct bytes data)
{
	struct err e;
	h->now.size += data.len;
	if (h->now.inflater) {
		if (http_decode(h, data, &e))
			fail_at(h, 0, &e);
	} else if (buf_put(&h->now.text, data)) {
		err_set(&e, ERR_LIMIT, 0, "no memory for the body");
		fail_at(h, 0, &e);
	}
}

/* Returns how many bytes of the body may be added before a part is passed up.
 */
static size_t room_of(const struct http_rung *h)
{
	size_t kept = buf_len(&h->now.text);
	size_t room = kept < PART ? PART - kept : 1;
	return h->now.inflater && room > HTTP_DECODE_MAX ? HTTP_DECODE_MAX
							 : room;
}

/* Passes up the end of a message. Result: false: the rung failed. */
static bool pass_end(struct http_rung *h)
{
	struct err e;
	if (http_decode_end(h, &e)) {
		fail_at(h, 0, &e);
		return false;
	}
	pass_text(h, false);
	return true;
}

static void pass_part(struct http_rung *h)
{
	size_t kept = buf_len(&h->now.text);
	if (kept >= PART || (kept && h->now.streams && !h->rest.len))
		pass_text(h, true);
}

static bool read_body(struct http_rung *h)
{
	size_t room = room_of(h);
	uint64_t left = h->now.left < room ? h->now.left : room;
	struct bytes data = bytes_head(h->rest, (size_t)left);
	h->rest = bytes_skip(h->rest, data.len);
	h->now.left -= data.len;
	take_body(h, data);
	if (!still_reads(h))
		return true;
	if (!h->now.left) {
		if (pass_end(h))
			message_is_read(h);
	} else {
		pass_part(h);
	}
	return true;
}

static bool read_to_end(struct http_rung *h)
{
	struct bytes data = bytes_head(h->rest, room_of(h));
	h->rest = bytes_skip(h->rest, data.len);
	take_body(h, data);
	if (still_reads(h))
		pass_part(h);
	return true;
}

/* Adds the trailer fields of a chunked body to the attributes of the message.
 */
static void take_trailer(struct http_rung *h)
{
	struct bytes trailer = buf_bytes(&h->now.chunked.trailer);
	struct bytes name, value;
	size_t at = 0;
	if (!trailer.len)
		return;
	struct attrs *attrs = attrs_new();
	struct buf key = {.limit = SIZE_MAX / 8};
	while (attrs_next(h->now.attrs, &at, &name, &value)) {
		buf_clear(&key);
		buf_put(&key, name);
		attrs_put(attrs, buf_cstr(&key), value);
	}
	buf_fini(&key);
	http_put_headers(attrs, "trailer.", trailer);
	attrs_unref(h->now.attrs);
	h->now.attrs = attrs;
}

static bool read_chunks(struct http_rung *h)
{
	struct bytes before = h->rest, data = BYTES_NONE, some = before;
	struct err e;
	if (h->now.inflater)
		some = bytes_head(before, HTTP_DECODE_MAX);
	size_t taken = some.len;
	enum http_chunk found = http_chunked_next(&h->now.chunked, &some, &data,
						  &e);
	h->rest = bytes_skip(before, taken - some.len);
	switch (found) {
	case HTTP_CHUNK_MORE:
		pass_part(h);
		return true;
	case HTTP_CHUNK_BAD:
		fail_at(h, 0, &e);
		return true;
	case HTTP_CHUNK_DATA:
		take_body(h, data);
		if (still_reads(h))
			pass_part(h);
		return true;
	case HTTP_CHUNK_END:
		take_trailer(h);
		if (pass_end(h))
			message_is_read(h);
		return true;
	}
	return h->rest.len < before.len;
}

static bool read_bytes(struct http_rung *h)
{
	struct unit u = {.data = h->rest};
	h->rest = BYTES_NONE;
	rung_consumed(&h->rung, rung_received(&h->rung));
	rung_pass_up(&h->rung, &u);
	return true;
}

/* Returns true if nothing is read before an answer is sent. */
static bool awaits_answer(const struct http_rung *h)
{
	return http_is_server(h) &&
	       (h->reading == HTTP_READ_NOTHING ||
		(h->reading == HTTP_READ_HEAD &&
		 (h->upgrading || h->waiting >= WAITING_MAX)));
}

/* Reads the next part of h->rest. Result: false: more bytes are needed, or an
 * answer has to be sent first. */
static bool read_next(struct http_rung *h)
{
	switch (h->reading) {
	case HTTP_READ_HEAD:
		return !awaits_answer(h) && read_head(h);
	case HTTP_READ_BODY:
		return read_body(h);
	case HTTP_READ_CHUNKS:
		return read_chunks(h);
	case HTTP_READ_TO_END:
		return read_to_end(h);
	case HTTP_READ_BYTES:
		return read_bytes(h);
	case HTTP_READ_NOTHING:
		break;
	}
	return false;
}

/* Reads until more may not be passed up, or more bytes are needed. The input is
 * detached meanwhile, because what is passed up may come back as an answer. */
static void read_input(struct http_rung *h)
{
	struct rio_in in = h->in;
	struct bytes kept = rio_peek(&in);
	bool from_unit = !kept.len;
	rio_in_init(&h->in, in.buf.limit);
	h->in.buf.account = in.buf.account;
	if (!from_unit)
		h->rest = kept;
	while (still_reads(h) && h->rest.len && rung_may_pass_up(&h->rung) &&
	       read_next(h))
		;
	struct bytes rest = h->rest;
	h->rest = BYTES_NONE;
	rio_in_fini(&h->in);
	h->in = in;
	if (!still_reads(h)) {
		rio_in_fini(&h->in);
	} else if (from_unit) {
		if (rest.len && rio_feed(&h->in, rest) != RIO_MORE) {
			struct err e;
			err_set(&e, ERR_LIMIT, 0, "no memory for a message");
			h->rest = rest;
			fail_at(h, 0, &e);
		}
	} else {
		rio_skip(&h->in, kept.len - rest.len);
		buf_free_idle(&h->in.buf, 0);
	}
	if (still_reads(h) && awaits_answer(h) &&
	    rio_peek(&h->in).len > AHEAD_MAX)
		rung_hold(&h->rung);
}

void http_read_on(struct http_rung *h)
{
	if (rio_peek(&h->in).len)
		rung_resume_later(&h->rung);
}

/* Handles the end of the stream: fails if it ended inside a message. */
static void end_within(struct http_rung *h)
{
	size_t kept = rio_peek(&h->in).len;
	bool body = h->reading == HTTP_READ_BODY ||
		    h->reading == HTTP_READ_CHUNKS;
	struct err e;
	if (h->reading == HTTP_READ_TO_END) {
		if (!pass_end(h))
			return;
		http_message_end(h);
		h->times.complete = rung_now(&h->rung);
		if (http_first(h))
			http_exchange_end(h, http_first(h));
		h->reading = HTTP_READ_NOTHING;
		return;
	}
	if (!body && !(kept && h->reading == HTTP_READ_HEAD && !h->upgrading))
		return;
	if (h->reading == HTTP_READ_BODY)
		err_set(&e, ERR_HTTP_PROTO, 0,
			"the stream ended %llu byte%s before the end of the "
			"body (RFC 9112 8)",
			(unsigned long long)h->now.left,
			text_plural(h->now.left));
	else
		err_set(&e, ERR_HTTP_PROTO, 0, "the stream ended within %s",
			body ? "a chunked body (RFC 9112 8)"
			     : "the head of a message (RFC 9112 8)");
	h->rest = rio_peek(&h->in);
	fail_at(h, h->rest.len, &e);
}

void http_up(struct rung *r, const struct unit *u)
{
	struct http_rung *h = http_of(r);
	struct unit end = {.flags = UNIT_END};
	h->in.buf.account = rung_account(r);
	if (rio_peek(&h->in).len) {
		h->rest = BYTES_NONE;
		if (u->data.len && rio_feed(&h->in, u->data) != RIO_MORE) {
			struct err e;
			err_set(&e, ERR_LIMIT, 0, "no memory for a message");
			h->rest = u->data;
			fail_at(h, 0, &e);
		}
	} else {
		h->rest = u->data;
	}
	if (still_reads(h))
		read_input(h);
	if (!(u->flags & UNIT_END))
		return;
	/* Whole requests may be among the bytes that are kept. */
	if (still_reads(h) && awaits_answer(h) && rio_peek(&h->in).len) {
		r->end_pending = true;
		rung_hold(r);
		return;
	}
	if (still_reads(h))
		end_within(h);
	rung_pass_up(r, &end);
}

void http_resume(struct rung *r)
{
	struct http_rung *h = http_of(r);
	if (still_reads(h))
		read_input(h);
}

struct bytes http_leftover(struct rung *r)
{
	struct http_rung *h = http_of(r);
	struct bytes rest = h->rest.len ? h->rest : rio_peek(&h->in);
	if (!buf_len(&h->now.text))
		return rest;
	(void)buf_put(&h->now.text, rest);
	return buf_bytes(&h->now.text);
}
