/* SPDX-License-Identifier: ISC */
/*
 * The HTTP/1 rung: requests and responses on a stream. The data of a message is
 * its head, as received, and its body without the chunked coding. http_read.c
 * reads messages, http_send.c writes them.
 */
#include "http_own.h"

#include <stdlib.h>

const struct unit_kind http_kinds[] = {
    [HTTP_KIND_REQUEST] = {.rung = "http",
			   .name = "request",
			   .brief = "a request",
			   .flags = KIND_HEADED},
    [HTTP_KIND_RESPONSE] = {.rung = "http",
			    .name = "response",
			    .brief = "the answer to a request",
			    .flags = KIND_HEADED},
    [HTTP_KIND_INTERIM] = {.rung = "http",
			   .name = "interim",
			   .brief = "a response before the answer (1xx)",
			   .flags = KIND_CONTROL},
    [HTTP_KIND_REFUSAL] = {.rung = "http",
			   .name = "refusal",
			   .brief = "rung's answer to a malformed request",
			   .flags = KIND_CONTROL | KIND_SENT},
    {.name = NULL},
};

struct http_rung *http_of(struct rung *r)
{
	return list_entry(r, struct http_rung, rung);
}

static const struct http_rung *http_of_const(const struct rung *r)
{
	return list_entry(r, const struct http_rung, rung);
}

bool http_is_server(const struct http_rung *h)
{
	return h->rung.side == SIDE_SERVER;
}

struct buf http_new_buf(const struct http_rung *h)
{
	return (struct buf){.limit = SIZE_MAX / 8,
			    .account = rung_account(&h->rung)};
}

/* ---- exchanges ---- */

struct http_exchange *http_exchange_new(struct http_rung *h, struct bytes id)
{
	struct http_exchange *x = xalloc(sizeof *x);
	x->id = x->answer = http_new_buf(h);
	(void)buf_put(&x->id, id);
	list_append(&h->exchanges, &x->at);
	h->waiting++;
	h->count++;
	return x;
}

void http_sending_end(struct http_rung *h)
{
	attrs_unref(h->sending.attrs);
	h->sending = (struct http_sending){.more = false};
}

void http_exchange_end(struct http_rung *h, struct http_exchange *x)
{
	if (h->sending.to == x)
		http_sending_end(h);
	list_remove(&x->at);
	h->waiting--;
	buf_fini(&x->id);
	buf_fini(&x->answer);
	free(x);
}

struct http_exchange *http_first(const struct http_rung *h)
{
	if (list_empty(&h->exchanges))
		return NULL;
	return list_entry(h->exchanges.next, struct http_exchange, at);
}

/* Appends a time since the sending of the request began, in ms. */
static void put_time(struct buf *out, const char *what, uint64_t from,
		     uint64_t to)
{
	if (to)
		buf_printf(out, "%s%s %.3fms", buf_len(out) ? ", " : "", what,
			   (double)(to - from) / 1e6);
}

static void info(const struct rung *r, struct attrs *facts)
{
	const struct http_rung *h = http_of_const(r);
	const struct http_times *t = &h->times;
	uint64_t from = t->begun ? t->begun : t->first_byte;
	struct buf text = {.limit = BUF_SMALL};
	http_put_number(facts, "requests", h->count);
	http_put_number(facts, "unanswered", h->waiting);
	put_time(&text, "sent", from, t->sent);
	if (!http_is_server(h))
		put_time(&text, "first byte", from, t->first_byte);
	put_time(&text, http_is_server(h) ? "answered" : "complete", from,
		 t->complete);
	if (buf_len(&text))
		attrs_put(facts, "exchange", buf_bytes(&text));
	buf_fini(&text);
}

static struct rung *make(const struct rung_spec *spec, struct err *e)
{
	struct http_rung *h = xalloc(sizeof *h);
	(void)spec;
	(void)e;
	list_init(&h->exchanges);
	rio_in_init(&h->in, SIZE_MAX / 8);
	buf_init(&h->now.text, SIZE_MAX / 8);
	buf_init(&h->held.body, SIZE_MAX / 8);
	return &h->rung;
}

static void free_http(struct rung *r)
{
	struct http_rung *h = http_of(r);
	while (http_first(h))
		http_exchange_end(h, http_first(h));
	http_sending_end(h);
	http_message_end(h);
	rio_in_fini(&h->in);
	buf_fini(&h->held.body);
	free(h);
}

static void timer(struct rung *r)
{
	http_continue(http_of(r));
}

static const char *const http_facts[] = {"requests", "unanswered", "exchange",
					 NULL};

const struct rung_ops http_rung = {
    .name = "http",
    .brief = "HTTP/1.1 requests and responses",
    .below = SHAPE_BYTES,
    .above = SHAPE_MESSAGES,
    .kinds = http_kinds,
    .make = make,
    .up = http_up,
    .resume = http_resume,
    .down = http_down,
    .timer = timer,
    .info = info,
    .facts = http_facts,
    .leftover = http_leftover,
    .free = free_http,
};
