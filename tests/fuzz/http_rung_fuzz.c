/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the HTTP rung: a client and a server are joined back to back. Requests
 * and answers of each framing are sent, whole and in parts, in any order of the
 * answers, while the bytes come in pieces, links are full and owners do not
 * read. Each message arrives once, whole and in order, and each answer names
 * its request.
 *
 * Input: pairs of bytes, an action and its argument.
 */
#include "tests/lib/rungs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

extern const struct rung_ops http_rung;

static void expect(bool holds)
{
	if (!holds)
		abort();
}

enum { MESSAGES_MAX = 300, SENT_MAX = 1 << 20, ROUNDS_MAX = 10000 };

/* A message, as its receiver sees it. */
struct message {
	struct buf text;
	bool sent; /* the last part was sent */
	bool head; /* HEAD, or an answer to it: without a body */
};

struct half {
	struct mock m; /* first: delivered() finds the half by it */
	struct message out[MESSAGES_MAX];
	unsigned began; /* number of messages of which a part was sent */
	struct attrs
	    *attrs;   /* attributes of the message that is sent in parts */
	unsigned got; /* number of messages that were received */
	struct buf text;
	bool ended;
};

struct pair {
	struct half client, server;
	unsigned answering; /* the answer whose parts are sent */
	unsigned next;      /* message that is answered next in order */
	bool last;          /* the connection ends after an answer */
	size_t bytes;
};

static struct pair *current;

/* ---- receiving ---- */

static unsigned number_of(const struct unit *u, const char *name)
{
	struct bytes text = BYTES_NONE;
	unsigned n = 0;
	(void)attrs_get(u->attrs, name, &text);
	for (size_t i = 0; i < text.len; i++)
		n = n * 10 + (unsigned)(text.at[i] - '0');
	return n;
}

/* Compares a message that was received with the one that was sent. */
static void delivered(struct mock *m, const struct unit *u)
{
	struct pair *p = current;
	bool server = m == &p->server.m;
	struct half *to = server ? &p->server : &p->client;
	struct half *from = server ? &p->client : &p->server;
	if (u->flags & UNIT_RAW || (!u->data.len && u->flags & UNIT_END)) {
		/* The rung reads nothing after the last message. */
		expect(!u->data.len || p->last);
		return;
	}
	expect(u->kind != NULL);
	buf_put(&to->text, u->data);
	if (u->flags & UNIT_MORE)
		return;
	unsigned n = to->got++;
	expect(n < MESSAGES_MAX);
	expect(number_of(u, server ? "id" : "re") == n + 1);
	/* The server sends answer n in slot n. */
	expect(from->out[n].sent || from->out[n].head);
	expect(
	    bytes_equal(buf_bytes(&to->text), buf_bytes(&from->out[n].text)));
	buf_clear(&to->text);
}

/* ---- sending ---- */

/* Appends n bytes of a body. */
static void put_body(struct buf *out, unsigned seed, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_putc(out, 'a' + (int)((seed * 7 + i + i / 300) % 26));
}

/* Returns true for a request without a body, whose answer has none. */
static bool is_head(unsigned n)
{
	return (n & 0x1b) == 0x10;
}

/* Starts a message: appends its head for a body of n bytes. */
static void put_head(struct buf *out, bool server, unsigned n, size_t size,
		     bool chunked)
{
	if (server)
		buf_puts(out, n & 2 ? "HTTP/1.1 200 OK\r\n"
				    : "HTTP/1.1 404 Not Found\r\n");
	else
		buf_printf(out, "%s /%u?x HTTP/1.1\r\nHost: h\r\n",
			   is_head(n) ? "HEAD"
			   : n & 2    ? "POST"
				      : "GET",
			   n);
	if (!server && n & 2 && n & 0x20)
		buf_puts(out, "Expect: 100-continue\r\n");
	if (chunked)
		buf_puts(out, "Transfer-Encoding: chunked\r\n\r\n");
	else
		buf_printf(out, "Content-Length: %zu\r\n\r\n", size);
}

static int pass(struct half *h, const char *kind, struct attrs *attrs,
		struct bytes data, unsigned flags, struct err *e)
{
	struct unit u = {
	    .data = data,
	    .kind = unit_kind_find(http_rung.kinds, bytes_str(kind)),
	    .attrs = attrs,
	    .flags = flags};
	return ladder_down(&h->m.ladder, &u, e);
}

/* Sends the next part of the message whose parts are being sent. */
static void send_part(struct pair *p, struct half *h, unsigned n, size_t size)
{
	bool server = h == &p->server;
	bool more = n & 4;
	struct message *x = &h->out[server ? p->answering : h->began - 1];
	struct buf data = {.limit = SIZE_MAX / 8};
	struct err e;
	put_body(&data, n, size);
	if (pass(h, server ? "response" : "request", h->attrs, buf_bytes(&data),
		 (more ? UNIT_MORE : 0), &e) == 0) {
		if (!x->head)
			buf_put(&x->text, buf_bytes(&data));
		x->sent = !more;
		if (!more) {
			attrs_unref(h->attrs);
			h->attrs = NULL;
		}
	} else {
		expect(e.kind == ERR_LIMIT || e.kind == ERR_CLOSED);
	}
	buf_fini(&data);
}

static void send_message(struct pair *p, struct half *h, unsigned n,
			 unsigned slot, size_t size, bool last)
{
	bool server = h == &p->server;
	bool chunked = n & 1, more = chunked && n & 8;
	struct message *x = &h->out[slot];
	struct buf data = {.limit = SIZE_MAX / 8};
	struct attrs *attrs = attrs_new();
	struct err e;
	char id[12];
	x->head = server ? p->client.out[slot].head : is_head(n);
	size = x->head && !server ? 0 : size;
	snprintf(id, sizeof id, "%u", slot + 1);
	attrs_put(attrs, server ? "re" : "id", bytes_str(id));
	if (last)
		buf_puts(&data, "HTTP/1.1 200 OK\r\n\r\n");
	else
		put_head(&data, server, n, size, chunked);
	size_t head = buf_len(&data);
	put_body(&data, n, size);
	/* A client that reads the answer sees its end at once. */
	bool was_last = p->last;
	p->last |= last;
	if (pass(h, server ? "response" : "request", attrs, buf_bytes(&data),
		 more ? UNIT_MORE : 0, &e) == 0) {
		buf_put(&x->text, x->head ? bytes_head(buf_bytes(&data), head)
					  : buf_bytes(&data));
		x->sent = !more;
		h->began++;
		p->bytes += size;
		if (more)
			h->attrs = attrs_ref(attrs);
		if (more)
			p->answering = server ? slot : p->answering;
	} else {
		p->last = was_last;
		expect(e.kind == ERR_LIMIT || e.kind == ERR_CLOSED);
	}
	attrs_unref(attrs);
	buf_fini(&data);
}

static void ask(struct pair *p, unsigned n, size_t size)
{
	struct half *h = &p->client;
	if (h->attrs)
		send_part(p, h, n, size);
	else if (h->began < MESSAGES_MAX)
		send_message(p, h, n, h->began, size, false);
}

/* Answers a request: the next one, or a later one. */
static void answer(struct pair *p, unsigned n, size_t size, bool last)
{
	struct half *h = &p->server;
	unsigned slot = p->next + (n & 0xf0 ? 0 : n % 4);
	if (h->attrs) {
		send_part(p, h, n, size);
		return;
	}
	while (slot < h->got && buf_len(&h->out[slot].text))
		slot++;
	if (slot < h->got)
		send_message(p, h, n, slot, size, last);
	while (p->next < h->got && buf_len(&h->out[p->next].text))
		p->next++;
}

/* Passes up to n bytes from one side to the other. Result: false: nothing can
 * be passed. */
static bool move(struct half *from, struct half *to, size_t n)
{
	struct bytes down = buf_bytes(&from->m.down);
	for (unsigned i = from->m.sent_ends; i; i--) {
		expect(down.len && down.at[down.len - 1] == '.');
		down.len--;
	}
	if (to->ended || ladder_is_blocked(&to->m.ladder) ||
	    to->m.unread >= to->m.limit)
		return false;
	if (!down.len && from->m.sent_ends) {
		to->ended = true;
		mock_end(&to->m);
		return true;
	}
	down = bytes_head(down, n);
	if (!down.len)
		return false;
	uint8_t *copy = malloc(down.len);
	if (!copy)
		abort();
	memcpy(copy, down.at, down.len);
	buf_drop(&from->m.down, down.len);
	mock_come(&to->m, bytes_of(copy, down.len));
	free(copy);
	return true;
}

static void act(struct pair *p, unsigned action, unsigned n)
{
	static const size_t scale[] = {1, 1, 16, 600};
	struct half *s = action & 1 ? &p->server : &p->client;
	struct half *other = action & 1 ? &p->client : &p->server;
	size_t size = n / 4 * scale[n % 4];
	if (p->bytes + size > SENT_MAX)
		size = 0;
	switch (action / 2 % 8) {
	case 0:
	case 1:
		if (action & 1)
			answer(p, action / 16 * 16 + n, size, false);
		else
			ask(p, action / 16 + n, size);
		break;
	case 2:
		(void)move(other, s, n + 1);
		break;
	case 3:
		(void)move(other, s, SIZE_MAX);
		break;
	case 4:
		s->m.room = n & 1 ? SIZE_MAX : n * 8;
		ladder_resume(&s->m.ladder);
		break;
	case 5:
		s->m.limit = n & 1 ? SIZE_MAX : n;
		break;
	case 6:
		mock_consume(&s->m, n * 64);
		break;
	case 7:
		/* An answer that ends with the connection. */
		if (action & 1 && n > 0xf0 && !p->server.attrs)
			answer(p, n & 0x0e, n, true);
		break;
	}
	mock_at(&s->m, s->m.now);
}

/* ---- the run ---- */

static void half_init(struct half *h, enum side side)
{
	struct rung_plan *plan = rung_plan_new();
	mock_init(&h->m);
	h->m.delivered = delivered;
	buf_init(&h->text, SIZE_MAX / 8);
	for (unsigned i = 0; i < MESSAGES_MAX; i++)
		buf_init(&h->out[i].text, SIZE_MAX / 8);
	expect(rung_plan_add(plan, &http_rung, side, NULL, NULL, 0, NULL) == 0);
	expect(rung_plan_push(plan, &h->m.ladder, NULL) == 0);
	rung_plan_unref(plan);
	ladder_start(&h->m.ladder, 0);
	ladder_link_opened(&h->m.ladder);
}

static void half_fini(struct half *h)
{
	mock_fini(&h->m);
	attrs_unref(h->attrs);
	buf_fini(&h->text);
	for (unsigned i = 0; i < MESSAGES_MAX; i++)
		buf_fini(&h->out[i].text);
}

/* Removes all obstacles and passes bytes until there are none. */
static void settle(struct pair *p)
{
	unsigned rounds = 0, idle = 0;
	while (idle < 3) {
		struct half *both[] = {&p->client, &p->server};
		bool moved = false;
		for (int i = 0; i < 2; i++) {
			struct mock *m = &both[i]->m;
			m->room = m->limit = SIZE_MAX;
			ladder_resume(&m->ladder);
			mock_consume(m, SIZE_MAX);
			/* A body waits a second for `100 Continue`. */
			mock_at(m, m->now + 2000000000);
			moved |= move(both[!i], both[i], 100000);
		}
		idle = moved ? 0 : idle + 1;
		expect(rounds++ < ROUNDS_MAX);
	}
}

/* Ends the messages of which parts were sent, and answers all requests. */
static void finish(struct pair *p)
{
	unsigned before;
	settle(p);
	if (p->client.attrs && !p->last)
		send_part(p, &p->client, 0, 1);
	settle(p);
	if (p->server.attrs && !p->last)
		send_part(p, &p->server, 0, 1);
	do {
		settle(p);
		before = p->server.began;
		if (!p->last)
			answer(p, 0xf2, 10, false);
	} while (p->server.began > before);
	settle(p);
}

static void check(const struct pair *p)
{
	if (p->last)
		return;
	expect(p->client.m.failures == 0 && p->server.m.failures == 0);
	expect(p->server.got == p->client.began);
	expect(p->client.got == p->server.began);
	expect(p->client.got == p->server.got);
	expect(ladder_queued(&p->client.m.ladder) == 0);
	expect(ladder_queued(&p->server.m.ladder) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pair p;
	if (size < 2 || size > 1024)
		return 0;
	memset(&p, 0, sizeof p);
	current = &p;
	half_init(&p.client, SIDE_CLIENT);
	half_init(&p.server, SIDE_SERVER);
	for (size_t i = 0; i + 1 < size; i += 2)
		act(&p, data[i], data[i + 1]);
	finish(&p);
	check(&p);
	half_fini(&p.client);
	half_fini(&p.server);
	return 0;
}
