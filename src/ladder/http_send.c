/* SPDX-License-Identifier: ISC */
/*
 * The HTTP rung writes requests and responses. The owner passes down a head and
 * a body, which are sent unchanged, or in chunks if the head has
 * Transfer-Encoding: chunked. Answers leave in the order of the requests.
 */
#include "http_own.h"

#include "rung/codec/http_write.h"

#include <stdlib.h>
#include <string.h>

/* Limit of the answers that wait for earlier ones, in bytes. */
#define HELD_MAX ((size_t)1 << 20)
/* RFC 9110 §10.1.1: how long a client waits for `100 Continue`, in ns. */
#define CONTINUE_WAIT ((uint64_t)1000 * 1000 * 1000)

/* A message to send, and how to send it. */
struct outgoing {
	struct bytes head, body;
	struct http_head parsed;
	bool readable; /* `parsed` is valid */
	bool raw;      /* the bytes are sent as they are */
	bool more;
};

static void examine(const struct http_rung *h, const struct unit *u,
		    struct outgoing *o)
{
	struct http_rules rules = {http_is_server(h), true};
	struct bytes raw;
	size_t seen = 0, wrong;
	struct err e;
	*o = (struct outgoing){.more = u->flags & UNIT_MORE};
	o->readable = http_head_read(&rules, u->data, &seen, &o->parsed, &wrong,
				     &e) == HTTP_OK;
	size_t n = o->readable ? o->parsed.len : u->data.len;
	o->head = bytes_head(u->data, n);
	o->body = bytes_skip(u->data, n);
	o->raw = attrs_get(u->attrs, "raw", &raw);
}

static bool is_chunked(const struct outgoing *o)
{
	return o->readable && !o->raw &&
	       http_field_has(o->parsed.fields, "transfer-encoding", "chunked");
}

/* Appends a part of a body as a chunk, and after the last part the last chunk.
 * RFC 9112 §7.1. */
static void put_chunk(struct bytes data, bool last, struct buf *out)
{
	if (data.len) {
		buf_printf(out, "%zx\r\n", data.len);
		buf_put(out, data);
		buf_puts(out, "\r\n");
	}
	if (last)
		buf_puts(out, "0\r\n\r\n");
}

static int no_room(struct err *e)
{
	return err_set(e, ERR_LIMIT, 0, "no memory for the message");
}

/* Passes down the bytes of the buffer, with the flags of `u`. */
static int pass(struct http_rung *h, const struct buf *out,
		const struct unit *u, struct err *e)
{
	struct unit bytes = {.data = buf_bytes(out),
			     .flags = u->flags & UNIT_ONCE};
	return bytes.data.len ? rung_pass_down(&h->rung, &bytes, e) : 0;
}

/* ---- client ---- */

/* Sends the head of a request, and keeps the body. */
static int send_expecting(struct http_rung *h, const struct outgoing *o,
			  const struct unit *u, struct err *e)
{
	struct unit head = {.data = o->head, .flags = u->flags & UNIT_ONCE};
	h->held.body = http_new_buf(h);
	if (is_chunked(o))
		put_chunk(o->body, !o->more, &h->held.body);
	else if (buf_put(&h->held.body, o->body))
		return no_room(e);
	if (rung_pass_down(&h->rung, &head, e)) {
		buf_fini(&h->held.body);
		return -1;
	}
	h->held.waits = true;
	rung_timer(&h->rung, rung_now(&h->rung) + CONTINUE_WAIT);
	return 0;
}

void http_continue(struct http_rung *h)
{
	struct unit u = {.flags = UNIT_ONCE};
	struct buf body = h->held.body;
	if (!h->held.waits)
		return;
	h->held.waits = false;
	h->held.body = http_new_buf(h);
	rung_timer(&h->rung, 0);
	(void)pass(h, &body, &u, NULL);
	if (!h->sending.more)
		h->times.sent = rung_now(&h->rung);
	buf_fini(&body);
}

static int send_message(struct http_rung *h, const struct outgoing *o,
			const struct unit *u, struct err *e)
{
	struct buf out = http_new_buf(h);
	struct unit same = *u;
	int status;
	same.kind = NULL;
	same.attrs = NULL;
	same.flags &= UNIT_ONCE;
	if (!is_chunked(o))
		return rung_pass_down(&h->rung, &same, e);
	buf_put(&out, o->head);
	put_chunk(o->body, !o->more, &out);
	status = pass(h, &out, u, e);
	buf_fini(&out);
	return status;
}

static int send_request(struct http_rung *h, const struct unit *u,
			struct err *e)
{
	struct outgoing o;
	struct bytes id = BYTES_NONE, decode = BYTES("on");
	examine(h, u, &o);
	if (h->held.waits)
		return err_set(e, ERR_LIMIT, 0,
			       "a request waits for 100 Continue");
	bool expects = o.readable && !o.raw && (o.body.len || o.more) &&
		       http_field_has(o.parsed.fields, "expect",
				      "100-continue");
	if (expects ? send_expecting(h, &o, u, e) : send_message(h, &o, u, e))
		return -1;
	(void)attrs_get(u->attrs, "id", &id);
	struct http_exchange *x = http_exchange_new(h, id);
	(void)attrs_get(u->attrs, "decode", &decode);
	x->coded = bytes_is(decode, "off");
	x->head = o.readable && bytes_is(o.parsed.method, "HEAD");
	x->connect = o.readable && bytes_is(o.parsed.method, "CONNECT");
	if (o.more)
		h->sending = (struct http_sending){
		    .more = true,
		    .chunked = is_chunked(&o),
		    .attrs = attrs_ref(u->attrs)};
	if (h->waiting == 1)
		h->times = (struct http_times){.begun = rung_now(&h->rung)};
	if (!o.more && !h->held.waits)
		h->times.sent = rung_now(&h->rung);
	return 0;
}

/* ---- server ---- */

/* Sends what an answer has, if it is its turn. */
static int send_answer(struct http_rung *h, struct http_exchange *x,
		       struct bytes out, const struct unit *u, struct err *e)
{
	struct unit bytes = {.data = out, .flags = u->flags & UNIT_ONCE};
	if (http_first(h) == x)
		return out.len ? rung_pass_down(&h->rung, &bytes, e) : 0;
	if (buf_len(&x->answer) + out.len > HELD_MAX)
		return err_set(e, ERR_LIMIT, 0,
			       "more than %zu bytes would wait for the answers "
			       "to earlier requests",
			       HELD_MAX);
	return buf_put(&x->answer, out) ? no_room(e) : 0;
}

static void end_connection(struct http_rung *h)
{
	struct unit end = {.flags = UNIT_END};
	while (http_first(h))
		http_exchange_end(h, http_first(h));
	h->ending = true;
	(void)rung_pass_down(&h->rung, &end, NULL);
	rung_ended(&h->rung, NULL);
}

/* Removes the answered exchanges at the front, and sends the answers that
 * waited for them. */
static void advance(struct http_rung *h)
{
	struct unit once = {.flags = UNIT_ONCE};
	struct http_exchange *x;
	h->times.complete = rung_now(&h->rung);
	while ((x = http_first(h)) && x->answered) {
		bool closes = x->closes, switches = x->switches;
		http_exchange_end(h, x);
		if (closes && !switches) {
			end_connection(h);
			return;
		}
		if (switches)
			http_switch(h);
		x = http_first(h);
		if (!x)
			break;
		(void)pass(h, &x->answer, &once, NULL);
		buf_fini(&x->answer);
		x->answer = http_new_buf(h);
	}
	/* A request with an upgrade is the last one that was read. */
	h->upgrading &= h->waiting > 0;
	http_read_on(h);
}

/* Finds the request that a response answers. NULL and *e: none. */
static struct http_exchange *find_exchange(struct http_rung *h,
					   const struct unit *u, struct err *e)
{
	struct bytes re;
	bool named = attrs_get(u->attrs, "re", &re);
	list_each (link, &h->exchanges) {
		struct http_exchange *x = list_entry(link, struct http_exchange,
						     at);
		if (x->answered || x->begun)
			continue;
		if (!named || bytes_equal(buf_bytes(&x->id), re))
			return x;
	}
	err_set(e, ERR_USAGE, 0,
		named ? "the request was already answered, or its connection "
			"has ended"
		      : "no request waits for an answer");
	return NULL;
}

/* Returns true if a client of HTTP/1.0 learns from the answer that the
 * connection stays; else that client waits for the end. RFC 9112 §9.3. */
static bool keeps_old(const struct http_head *answer)
{
	return http_field_has(answer->fields, "connection", "keep-alive");
}

/* Sets what follows an answer. */
static void note_answer(struct http_rung *h, struct http_exchange *x,
			const struct outgoing *o, struct attrs *attrs)
{
	struct http_rules rules = {true, true};
	struct http_body body = {HTTP_TO_END, 0};
	struct bytes method = x->head      ? BYTES("HEAD")
			      : x->connect ? BYTES("CONNECT")
					   : BYTES_NONE;
	size_t wrong;
	if (o->readable) {
		(void)http_body_find(&rules, &o->parsed, method, &body, &wrong,
				     NULL);
		x->switches = o->parsed.status == 101 ||
			      (x->connect && o->parsed.status / 100 == 2);
		x->closes |= !x->switches && !o->raw &&
			     (!http_keeps_alive(&o->parsed) ||
			      (x->old && !keeps_old(&o->parsed)) ||
			      body.framing == HTTP_TO_END);
	}
	x->begun = true;
	if (o->more)
		h->sending = (struct http_sending){.more = true,
						   .chunked = is_chunked(o),
						   .drops = x->head && !o->raw,
						   .attrs = attrs_ref(attrs),
						   .to = x};
}

static void answer_is_whole(struct http_rung *h, struct http_exchange *x)
{
	x->answered = true;
	http_sending_end(h);
	if (http_first(h) == x)
		advance(h);
}

static int send_response(struct http_rung *h, const struct unit *u,
			 struct err *e)
{
	struct outgoing o;
	struct buf out = http_new_buf(h);
	struct http_exchange *x = find_exchange(h, u, e);
	if (!x)
		return -1;
	examine(h, u, &o);
	bool interim = o.readable && !o.more && o.parsed.status / 100 == 1 &&
		       o.parsed.status != 101;
	/* A long body is not copied: only chunks change the bytes. */
	struct bytes data = u->data;
	if (x->head && !o.raw)
		data = o.head;
	else if (is_chunked(&o)) {
		buf_put(&out, o.head);
		put_chunk(o.body, !o.more, &out);
		data = buf_bytes(&out);
	}
	int status = send_answer(h, x, data, u, e);
	buf_fini(&out);
	if (status || interim)
		return status;
	note_answer(h, x, &o, u->attrs);
	if (!o.more)
		answer_is_whole(h, x);
	return 0;
}

void http_refuse(struct http_rung *h, unsigned status, const char *why)
{
	struct unit u = {.flags = UNIT_ONCE,
			 .kind = &http_kinds[HTTP_KIND_REFUSAL]};
	struct unit end = {.flags = UNIT_END};
	struct buf out = http_new_buf(h);
	if (h->waiting || h->ending)
		return;
	buf_printf(&out,
		   "HTTP/1.1 %u %s\r\nConnection: close\r\n"
		   "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n"
		   "%s\n",
		   status, http_reason(status), strlen(why) + 1, why);
	u.data = buf_bytes(&out);
	if (rung_pass_down(&h->rung, &u, NULL) == 0)
		rung_control(&h->rung, DIR_DOWN, &u);
	buf_fini(&out);
	h->ending = true;
	(void)rung_pass_down(&h->rung, &end, NULL);
}

/* ---- both ---- */

/* Sends a further part of a message. */
static int send_part(struct http_rung *h, const struct unit *u, struct err *e)
{
	struct buf out = http_new_buf(h);
	bool last = !(u->flags & UNIT_MORE);
	struct http_exchange *x = h->sending.to;
	int status = 0;
	if (u->attrs != h->sending.attrs)
		return err_set(e, ERR_LIMIT, 0,
			       "the parts of another message are being sent");
	struct unit bytes = {.data = h->sending.drops ? BYTES_NONE : u->data,
			     .flags = u->flags & UNIT_ONCE};
	if (h->sending.chunked && !h->sending.drops) {
		put_chunk(u->data, last, &out);
		bytes.data = buf_bytes(&out);
	}
	if (h->held.waits)
		status = buf_put(&h->held.body, bytes.data) ? no_room(e) : 0;
	else if (http_is_server(h))
		status = x ? send_answer(h, x, bytes.data, u, e) : 0;
	else if (bytes.data.len)
		status = rung_pass_down(&h->rung, &bytes, e);
	buf_fini(&out);
	if (status)
		return status;
	if (last && x)
		answer_is_whole(h, x);
	else if (last)
		http_sending_end(h);
	if (last && !http_is_server(h) && !h->held.waits)
		h->times.sent = rung_now(&h->rung);
	return 0;
}

static int refuse_kind(const struct http_rung *h, struct err *e)
{
	return err_set(
	    e, ERR_USAGE, 0,
	    http_is_server(h)
		? "a server sends responses: use 'respond', or 'send "
		  "-r' for other bytes"
		: "a client sends requests: use 'request', or 'send "
		  "-r' for other bytes");
}

int http_down(struct rung *r, const struct unit *u, struct err *e)
{
	struct http_rung *h = http_of(r);
	const struct unit_kind *kind =
	    &http_kinds[http_is_server(h) ? HTTP_KIND_RESPONSE
					  : HTTP_KIND_REQUEST];
	if (u->flags & UNIT_END && !u->data.len)
		return h->ending ? 0 : rung_pass_down(r, u, e);
	if (h->reading == HTTP_READ_BYTES)
		return rung_pass_down(r, u, e);
	if (u->kind != kind)
		return refuse_kind(h, e);
	if (h->sending.more)
		return send_part(h, u, e);
	if (r->state == RUNG_ENDED)
		return err_set(e, ERR_CLOSED, 0,
			       "http: no message follows on this connection");
	return http_is_server(h) ? send_response(h, u, e)
				 : send_request(h, u, e);
}
