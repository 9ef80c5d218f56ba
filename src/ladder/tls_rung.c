/* SPDX-License-Identifier: ISC */
/*
 * The TLS rung: encrypts a stream. src/codec/tls.c has the protocol,
 * tls_options.c the arguments, dtls_rung.c the rung on datagrams.
 */
#include "tls_own.h"

#include <stdlib.h>

/* How much data is decrypted at a time. */
#define PIECE ((size_t)64 << 10)

enum { RAW = TLS_KINDS_SHARED, KEYUPDATE };
static const struct unit_kind tls_kinds[] = {
    TLS_KINDS("tls"),
    [RAW] = {.rung = "tls",
	     .name = "raw",
	     .brief = "bytes in place of a record",
	     .flags = KIND_SENT},
    [KEYUPDATE] = {.rung = "tls",
		   .name = "keyupdate",
		   .brief = "a change of the keys",
		   .flags = KIND_CONTROL | KIND_SENT},
    {.name = NULL},
};

struct tls_rung *tls_of(struct rung *r)
{
	return list_entry(r, struct tls_rung, rung);
}

static const struct tls_rung *of_const(const struct rung *r)
{
	return list_entry(r, const struct tls_rung, rung);
}

bool tls_is_server(const struct tls_rung *t)
{
	return t->rung.side == SIDE_SERVER;
}

bool tls_takes_input(const struct tls_rung *t)
{
	return t->rung.state == RUNG_OPEN || t->rung.state == RUNG_CLOSING;
}

void tls_fail(struct tls_rung *t, const struct err *why)
{
	struct buf unread = tls_new_buf(t);
	struct bytes rest = t->in;
	struct bytes header = t->recognized ? tls_lone_header(t->tls)
					    : BYTES_NONE;
	if (header.len && buf_put(&unread, header) == 0 &&
	    buf_put(&unread, rest) == 0)
		rest = buf_bytes(&unread);
	if (t->recognized)
		rest = tls_skip_records(rest);
	t->in = BYTES_NONE;
	t->failed = true;
	rung_fail(&t->rung, rest, why);
	buf_fini(&unread);
}

/* Passes records down, and frees them. UNIT_ONCE: data cannot be encrypted a
 * second time. Result: 0, or -1 and *e. */
static int send_records(struct tls_rung *t, struct buf *out, struct err *e)
{
	struct unit u = {.data = buf_bytes(out), .flags = UNIT_ONCE};
	int status = u.data.len ? rung_pass_down(&t->rung, &u, e) : 0;
	t->failed |= status != 0;
	buf_fini(out);
	return status;
}

/* Sends what the engine answered to received records. */
static void answer(struct tls_rung *t, struct buf *out)
{
	(void)send_records(t, out, NULL);
}

struct buf tls_new_buf(const struct tls_rung *t)
{
	return (struct buf){.limit = SIZE_MAX / 8,
			    .account = rung_account(&t->rung)};
}

/* ---- up ---- */

/* Checks the first bytes of the peer for another protocol. Result: false: wait
 * for more, or the rung has failed. */
static bool is_tls(struct tls_rung *t, bool ended)
{
	const char *protocol;
	struct err e;
	if (t->recognized || !t->in.len)
		return true;
	switch (tls_first_bytes(t->in, &protocol)) {
	case TLS_FIRST_RECORD:
		t->recognized = true;
		return true;
	case TLS_FIRST_MORE:
		if (!ended)
			return false;
		break;
	case TLS_FIRST_TEXT:
		break;
	}
	err_set(&e, ERR_TLS_HANDSHAKE, 0,
		"tls: the peer speaks plain %s, not "
		"TLS",
		protocol ? protocol : "text");
	tls_fail(t, &e);
	return false;
}

/* Goes on with the handshake. Result: true: the rung is open. */
static bool shake_hands(struct tls_rung *t)
{
	struct buf out = tls_new_buf(t);
	struct err e;
	enum tls_result result = tls_handshake(t->tls, &t->in, &out, &e);
	answer(t, &out);
	if (result == TLS_FAILED)
		tls_fail(t, &e);
	if (result != TLS_OK)
		return false;
	rung_opened(&t->rung);
	return true;
}

/* Input after close_notify is not part of TLS: the ladder takes it. */
void tls_peer_closed(struct tls_rung *t)
{
	if (t->rung.state == RUNG_CLOSING)
		rung_closed(&t->rung);
	else
		rung_ended(&t->rung, NULL);
}

/* Decrypts a piece and passes it up. Result: false: no more can be read. */
static bool pass_piece(struct tls_rung *t)
{
	struct buf data = tls_new_buf(t), out = tls_new_buf(t);
	struct unit u = {.flags = 0};
	struct err e;
	struct tls_place place;
	size_t length = t->in.len;
	enum tls_result result = tls_read(t->tls, &t->in, &data, PIECE, &place,
					  &out, &e);
	t->pending = result == TLS_OK;
	answer(t, &out);
	u.data = buf_bytes(&data);
	if (u.data.len) {
		uint64_t end = rung_received(&t->rung) - (length - place.end);
		/* Earlier records, such as session tickets, carried no data. */
		rung_consumed(&t->rung, end - place.len);
		rung_consumed(&t->rung, end);
		rung_pass_up(&t->rung, &u);
	}
	buf_fini(&data);
	if (!tls_takes_input(t))
		return false;
	if (result == TLS_CLOSED)
		tls_peer_closed(t);
	else if (result == TLS_FAILED)
		tls_fail(t, &e);
	return result == TLS_OK;
}

/* Reads the input as far as the owner has room. */
static void read_input(struct tls_rung *t)
{
	if (t->spec->stalls && t->rung.state == RUNG_STARTING && t->in.len) {
		t->in = BYTES_NONE;
		return;
	}
	if (t->rung.state == RUNG_STARTING && !shake_hands(t))
		return;
	while (tls_takes_input(t) && (t->in.len || t->pending) &&
	       rung_may_pass_up(&t->rung))
		if (!pass_piece(t))
			return;
}

void tls_link_ended(struct tls_rung *t)
{
	const struct unit end = {.flags = UNIT_END};
	struct err e;
	switch ((enum rung_state)t->rung.state) {
	case RUNG_STARTING:
		err_set(&e, ERR_TLS_HANDSHAKE, 0,
			"tls: the peer closed the connection during the "
			"handshake");
		t->failed = true;
		rung_ended(&t->rung, &e);
		return;
	case RUNG_OPEN:
		err_set(&e, ERR_TLS_TRUNCATED, 0,
			"tls: the peer closed the connection without "
			"close_notify; data may be missing");
		rung_ended(&t->rung, &e);
		return;
	case RUNG_CLOSING:
		rung_pass_up(&t->rung, &end);
		rung_closed(&t->rung);
		return;
	case RUNG_NEW:
	case RUNG_CLOSED:
	case RUNG_ENDED:
		rung_pass_up(&t->rung, &end);
		return;
	}
}

/* Reads `in`, after the kept input, and keeps what is left. */
static void take(struct tls_rung *t, struct bytes in, bool ended)
{
	struct buf kept = t->kept;
	struct err e;
	t->kept = tls_new_buf(t);
	t->in = in;
	if (buf_len(&kept) && buf_put(&kept, in) == 0)
		t->in = buf_bytes(&kept);
	if (t->tls && is_tls(t, ended))
		read_input(t);
	if (t->in.len && buf_put(&t->kept, t->in)) {
		err_set(&e, ERR_LIMIT, 0, "tls: no memory");
		tls_fail(t, &e);
	}
	t->in = BYTES_NONE;
	buf_fini(&kept);
}

static void tls_up(struct rung *r, const struct unit *u)
{
	bool ended = u->flags & UNIT_END;
	take(tls_of(r), u->data, ended);
	if (!ended)
		return;
	if (r->blocked)
		r->end_pending = true;
	else
		tls_link_ended(tls_of(r));
}

static void tls_resume(struct rung *r)
{
	take(tls_of(r), BYTES_NONE, false);
}

static struct bytes tls_leftover(struct rung *r)
{
	struct tls_rung *t = tls_of(r);
	if (t->in.len) {
		(void)buf_put(&t->kept, t->in);
		t->in = BYTES_NONE;
	}
	return buf_bytes(&t->kept);
}

/* ---- down ---- */

/* Returns an error if the records of n bytes may not fit in the ladder. */
static int check_room(const struct tls_rung *t, size_t n, struct err *e)
{
	size_t queued = ladder_queued(t->rung.ladder);
	size_t room = queued < LADDER_HELD_MAX ? LADDER_HELD_MAX - queued : 0;
	size_t records = n / TLS_RECORD_MAX + 1;
	if (n > room || records * TLS_OVERHEAD_MAX > room - n)
		return err_set(e, ERR_LIMIT, 0,
			       "tls: %zu bytes do not fit in the queue", n);
	return 0;
}

int tls_check_open(const struct tls_rung *t, struct err *e)
{
	if (t->rung.opened && !t->failed)
		return 0;
	return err_set(e, ERR_CLOSED, 0,
		       "%s has failed; its data is not sent in the clear",
		       t->rung.ops->name);
}

/* Sends a unit of the rung's own kinds. */
static int send_kind(struct tls_rung *t, const struct unit *u, struct err *e)
{
	struct buf out = tls_new_buf(t);
	struct unit raw = {.data = u->data, .flags = UNIT_ONCE};
	if (u->kind == &tls_kinds[RAW])
		return u->data.len ? rung_pass_down(&t->rung, &raw, e) : 0;
	if (u->kind != &tls_kinds[KEYUPDATE])
		return err_usage(e, "%s.%s cannot be sent", u->kind->rung,
				 u->kind->name);
	if (tls_check_open(t, e))
		return -1;
	if (tls_key_update(t->tls, &out, e) == 0)
		return send_records(t, &out, e);
	buf_fini(&out);
	return -1;
}

static int tls_down(struct rung *r, const struct unit *u, struct err *e)
{
	struct tls_rung *t = tls_of(r);
	const struct unit end = {.flags = UNIT_END};
	struct buf out = tls_new_buf(t);
	if (u->kind && u->kind->rung == tls_kinds[RAW].rung)
		return send_kind(t, u, e);
	if (u->data.len && tls_check_open(t, e))
		return -1;
	if (check_room(t, u->data.len, e))
		return -1;
	if (!t->failed && tls_write(t->tls, u->data, &out, e)) {
		buf_fini(&out);
		return -1;
	}
	if (u->flags & UNIT_END && !t->failed)
		tls_close(t->tls, &out);
	if (send_records(t, &out, e))
		return -1;
	return u->flags & UNIT_END ? rung_pass_down(r, &end, e) : 0;
}

static void tls_goodbye(struct rung *r, const struct close_request *request)
{
	struct tls_rung *t = tls_of(r);
	struct buf out = tls_new_buf(t);
	(void)request;
	if (t->tls) {
		tls_close(t->tls, &out);
		answer(t, &out);
	}
	if (t->failed)
		rung_closed(r);
}

/* ---- the rung ---- */

/* Returns the name that a client verifies, which the caller frees; NULL: none.
 */
static char *name_of(const struct tls_rung *t)
{
	struct bytes host;
	if (t->spec->name)
		return xstrdup(t->spec->name);
	if (!rung_fact(&t->rung, "host", &host) || !host.len)
		return NULL;
	return xstrndup(host);
}

static void on_secret(void *context, struct bytes line)
{
	rung_secret(context, line);
}

static void on_step(void *context, const struct tls_step *step)
{
	struct rung *r = context;
	enum dir dir = step->sent ? DIR_DOWN : DIR_UP;
	struct unit u = {.data = step->data, .attrs = attrs_new()};
	struct span span = r->span[dir];
	u.kind =
	    &r->ops->kinds[step->alert ? TLS_KIND_ALERT : TLS_KIND_HANDSHAKE];
	attrs_put(u.attrs, "name", bytes_str(step->name));
	/* The bytes that carried the unit are not known. */
	r->span[dir].from = r->span[dir].to;
	rung_control(r, dir, &u);
	r->span[dir] = span;
	attrs_unref(u.attrs);
}

bool tls_begin(struct tls_rung *t)
{
	char *name = tls_is_server(t) ? NULL : name_of(t);
	struct err e;
	if (!name && !tls_is_server(t) && !t->spec->nameless)
		err_usage(&e, "tls: no name to verify; use --sni NAME, --pin "
			      "or --insecure");
	else
		t->tls = tls_new(t->spec->config, name, &e);
	free(name);
	if (!t->tls) {
		tls_fail(t, &e);
		return false;
	}
	tls_set_callbacks(t->tls, on_secret, on_step, &t->rung);
	return true;
}

static void tls_start(struct rung *r)
{
	if (tls_begin(tls_of(r)))
		take(tls_of(r), BYTES_NONE, false);
}

void tls_rung_info(const struct rung *r, struct attrs *facts)
{
	const struct tls_rung *t = of_const(r);
	if (t->tls)
		tls_info(t->tls, facts);
}

void tls_spec_info(const struct rung_spec *spec, struct attrs *facts)
{
	const struct tls_spec *s = spec->context;
	if (s->pin)
		attrs_put(facts, "pin", bytes_str(s->pin));
}

void tls_note(const struct rung_spec *spec, struct buf *out)
{
	const struct tls_spec *s = spec->context;
	if (s->made_cert)
		buf_printf(out,
			   "tls: made a self-signed certificate; clients can "
			   "use --pin %s",
			   s->pin);
}

bool tls_certificate(const struct rung *r, size_t nth, struct buf *der)
{
	const struct tls_rung *t = of_const(r);
	return t->tls && tls_peer_certificate(t->tls, nth, der);
}

const char *tls_warning(const struct rung *r)
{
	return of_const(r)->spec->insecure ? "insecure" : NULL;
}

struct rung *tls_make(const struct rung_spec *spec, struct err *e)
{
	struct tls_rung *t = xalloc(sizeof *t);
	(void)e;
	t->spec = spec->context;
	return &t->rung;
}

void tls_rung_free(struct rung *r)
{
	struct tls_rung *t = tls_of(r);
	tls_free(t->tls);
	buf_fini(&t->kept);
	free(t);
}

const char *const tls_facts[] = {"tls", "cipher",  "group", "alpn",     "sni",
				 "pin", "resumed", "early", "verified", NULL};

const struct rung_ops tls_rung = {
    .name = "tls",
    .brief = "TLS 1.2 and 1.3: encryption and certificates",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .protects = true,
    .kinds = tls_kinds,
    .params = tls_params,
    .prepare = tls_prepare,
    .discard = tls_discard,
    .make = tls_make,
    .start = tls_start,
    .up = tls_up,
    .resume = tls_resume,
    .down = tls_down,
    .close = tls_goodbye,
    .info = tls_rung_info,
    .spec_info = tls_spec_info,
    .note = tls_note,
    .certificate = tls_certificate,
    .warning = tls_warning,
    .facts = tls_facts,
    .leftover = tls_leftover,
    .free = tls_rung_free,
};
