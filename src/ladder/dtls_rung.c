/* SPDX-License-Identifier: ISC */
/*
 * The DTLS rung: encrypts datagrams, each on its own, so that each message
 * keeps its boundaries. src/codec/dtls.c has the protocol, tls_rung.c what the
 * rungs tls and dtls share.
 */
#include "tls_own.h"

static const struct unit_kind dtls_kinds[] = {
    TLS_KINDS("dtls"),
    {.name = NULL},
};

/* Passes datagrams down, and frees the list. `flags`: those of the units.
 * Result: 0, or -1 and *e; a refused datagram is dropped; the handshake repeats
 * it like one that the network lost. */
static int send_list(struct tls_rung *t, struct buf *list, unsigned flags,
		     struct err *e)
{
	struct bytes rest = buf_bytes(list), one;
	int status = 0;
	while (dtls_next(&rest, &one)) {
		struct unit u = {.data = one, .flags = flags};
		status |= rung_pass_down(&t->rung, &u, e);
	}
	buf_fini(list);
	return status;
}

/* Sends the datagrams of OpenSSL, and sets the timer that repeats a lost
 * flight. */
static void answer(struct tls_rung *t, struct buf *list)
{
	uint64_t ns;
	(void)send_list(t, list, 0, NULL);
	bool waits = dtls_waits(t->tls, &ns);
	rung_timer(&t->rung, waits ? rung_now(&t->rung) + ns + 1 : 0);
}

/* ---- up ---- */

static void shake_hands(struct tls_rung *t)
{
	struct buf out = tls_new_buf(t);
	struct bytes peer = BYTES_NONE;
	struct err e;
	enum tls_result result = TLS_OK;
	(void)rung_fact(&t->rung, "peer", &peer);
	if (tls_is_server(t))
		result = dtls_expect_hello(t->tls, peer, &t->in, &out, &e);
	if (result == TLS_OK)
		result = tls_handshake(t->tls, &t->in, &out, &e);
	/* The rest of the datagram may contain data. */
	t->pending = result == TLS_OK;
	answer(t, &out);
	if (result == TLS_FAILED)
		tls_fail(t, &e);
	if (result == TLS_OK)
		rung_opened(&t->rung);
}

/* Decrypts one message and passes it up. */
static void pass_message(struct tls_rung *t)
{
	struct buf data = tls_new_buf(t), out = tls_new_buf(t);
	struct err e;
	struct tls_place unused;
	enum tls_result result = tls_read(t->tls, &t->in, &data, 1, &unused,
					  &out, &e);
	t->pending = result == TLS_OK;
	answer(t, &out);
	struct unit u = {.data = buf_bytes(&data)};
	if (u.data.len) {
		rung_consumed(&t->rung, rung_received(&t->rung));
		rung_pass_up(&t->rung, &u);
	}
	buf_fini(&data);
	if (!tls_takes_input(t))
		return;
	if (result == TLS_CLOSED)
		tls_peer_closed(t);
	else if (result == TLS_FAILED)
		tls_fail(t, &e);
}

/* Passes the next datagram to OpenSSL, which consumes it; without one, reads
 * the data that OpenSSL still has. */
static void read_one(struct tls_rung *t)
{
	struct bytes list = buf_bytes(&t->kept), one = BYTES_NONE;
	struct buf datagram = tls_new_buf(t);
	if (!t->pending && dtls_next(&list, &one)) {
		(void)buf_put(&datagram, one);
		buf_drop(&t->kept, buf_len(&t->kept) - list.len);
	}
	t->in = buf_bytes(&datagram);
	if (t->rung.state != RUNG_STARTING)
		pass_message(t);
	else if (!t->spec->stalls)
		shake_hands(t);
	t->in = BYTES_NONE;
	buf_fini(&datagram);
}

/* Returns true if there is input that the rung can read now. */
static bool may_read(struct tls_rung *t)
{
	if (!t->tls || (!t->pending && !buf_len(&t->kept)))
		return false;
	if (t->rung.state == RUNG_STARTING)
		return true;
	return tls_takes_input(t) && rung_may_pass_up(&t->rung);
}

static void read_kept(struct tls_rung *t)
{
	if (t->reading)
		return;
	t->reading = true;
	while (may_read(t))
		read_one(t);
	t->reading = false;
}

static void dtls_up(struct rung *r, const struct unit *u)
{
	struct tls_rung *t = tls_of(r);
	/* Without memory the datagram is dropped, as a network may drop it. */
	if (u->data.len)
		(void)dtls_put(&t->kept, u->data);
	read_kept(t);
	if (!(u->flags & UNIT_END))
		return;
	if (r->blocked)
		r->end_pending = true;
	else
		tls_link_ended(t);
}

static void dtls_resume(struct rung *r)
{
	read_kept(tls_of(r));
}

/* Lends the kept datagrams without their lengths. */
static struct bytes dtls_leftover(struct rung *r)
{
	struct tls_rung *t = tls_of(r);
	struct bytes list = buf_bytes(&t->kept), one;
	struct buf plain = tls_new_buf(t);
	while (dtls_next(&list, &one))
		(void)buf_put(&plain, one);
	buf_fini(&t->kept);
	t->kept = plain;
	return buf_bytes(&t->kept);
}

/* ---- down ---- */

static void say_goodbye(struct tls_rung *t)
{
	struct buf out = tls_new_buf(t);
	tls_close(t->tls, &out);
	(void)send_list(t, &out, UNIT_ONCE, NULL);
}

static int dtls_down(struct rung *r, const struct unit *u, struct err *e)
{
	struct tls_rung *t = tls_of(r);
	struct buf out = tls_new_buf(t);
	if (u->kind && u->kind->rung == dtls_kinds[0].rung)
		return err_usage(e, "%s.%s cannot be sent", u->kind->rung,
				 u->kind->name);
	if (tls_check_open(t, e))
		return -1;
	if (u->flags & UNIT_END) {
		say_goodbye(t);
		return 0;
	}
	if (!u->data.len)
		return err_usage(e, "dtls: a message cannot be empty");
	if (u->data.len > TLS_RECORD_MAX)
		return err_set(e, ERR_LIMIT, 0,
			       "dtls: a message of %zu bytes does not fit in a "
			       "record; at most %zu bytes",
			       u->data.len, TLS_RECORD_MAX);
	if (tls_write(t->tls, u->data, &out, e)) {
		buf_fini(&out);
		return -1;
	}
	return send_list(t, &out, u->flags & UNIT_ONCE, e);
}

/* Waits for the peer's close_notify, because it comes in its own datagram. */
static void dtls_goodbye(struct rung *r, const struct close_request *request)
{
	(void)request;
	if (tls_of(r)->tls)
		say_goodbye(tls_of(r));
	if (tls_of(r)->failed)
		rung_closed(r);
}

/* ---- the rung ---- */

static void dtls_start(struct rung *r)
{
	struct tls_rung *t = tls_of(r);
	if (!tls_begin(t))
		return;
	if (!tls_is_server(t))
		shake_hands(t);
	read_kept(t);
}

static void dtls_timer(struct rung *r)
{
	struct tls_rung *t = tls_of(r);
	struct buf out = tls_new_buf(t);
	struct err e;
	int status = dtls_repeat(t->tls, &out, &e);
	answer(t, &out);
	if (status)
		tls_fail(t, &e);
}

static bool dtls_admits(const struct rung_spec *spec, struct bytes peer,
			struct bytes first, uint64_t now, struct buf *answer)
{
	const struct tls_spec *s = spec->context;
	return dtls_admit(s->config, peer, first, now, answer);
}

static struct rung *dtls_make(const struct rung_spec *spec, struct err *e)
{
	struct rung *r = tls_make(spec, e);
	tls_of(r)->kept.limit = SIZE_MAX / 8;
	r->max_message = TLS_RECORD_MAX;
	return r;
}

const struct rung_ops dtls_rung = {
    .name = "dtls",
    .brief = "DTLS 1.2: TLS for datagrams, which may be lost",
    .below = SHAPE_DATAGRAMS,
    .above = SHAPE_MESSAGES,
    .no_half_close = true,
    .protects = true,
    .kinds = dtls_kinds,
    .params = tls_params,
    .prepare = tls_prepare,
    .discard = tls_discard,
    .admit = dtls_admits,
    .make = dtls_make,
    .start = dtls_start,
    .up = dtls_up,
    .resume = dtls_resume,
    .down = dtls_down,
    .close = dtls_goodbye,
    .timer = dtls_timer,
    .info = tls_rung_info,
    .spec_info = tls_spec_info,
    .note = tls_note,
    .certificate = tls_certificate,
    .warning = tls_warning,
    .facts = tls_facts,
    .leftover = dtls_leftover,
    .free = tls_rung_free,
};
