/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the WebSocket rung: a client and a server, each with the http rung
 * below, are joined back to back. Messages, parts, pings and closes are sent
 * while the bytes come in pieces, links are full and owners do not read. Each
 * message that was accepted arrives once, whole and in order, unless a side
 * breaks the rules on purpose.
 *
 * Input: a byte of options, then pairs of bytes: an action and its argument.
 */
#include "tests/lib/ws_ends.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

enum { SENT_MAX = 1 << 20, ROUNDS_MAX = 10000 };

struct half {
	struct ws_end w;      /* first: delivered() finds the side by w.m */
	struct buf sent, got; /* messages: kind, data, NUL */
	struct buf part;      /* the parts of a message that were received */
	struct buf message;   /* the parts of a message that were sent */
	bool within, text;    /* parts of a message were sent; it is text */
	bool closes, ended;   /* the owner closes; the link has ended */
	unsigned pings, pongs;
};

struct pair {
	struct half half[2];
	unsigned number; /* messages so far */
	size_t bytes;    /* sum over the messages */
	bool broken;     /* rules were broken: data may be lost */
	bool closing;    /* a side closes: pings may get no answer */
};

static struct pair *current;

static struct half *half_of(struct mock *m)
{
	return &current->half[m != &current->half[0].w.m];
}

static void delivered(struct mock *m, const struct unit *u)
{
	struct half *s = half_of(m);
	const struct half *other = &current->half[s == &current->half[0]];
	if (!u->data.len && u->flags & UNIT_END)
		return;
	/* The close frame of a side may come within its own message. */
	if (u->flags & UNIT_RAW || !u->kind) {
		expect(current->broken || other->within);
		return;
	}
	if (!buf_len(&s->part))
		buf_putc(&s->part,
			 strcmp(u->kind->name, "text") == 0 ? 't' : 'b');
	buf_put(&s->part, u->data);
	if (u->flags & UNIT_MORE)
		return;
	buf_putc(&s->part, 0);
	buf_put(&s->got, buf_bytes(&s->part));
	buf_clear(&s->part);
}

static void controlled(struct mock *m, enum dir dir, const struct unit *u)
{
	if (dir == DIR_UP && strcmp(u->kind->name, "pong") == 0)
		half_of(m)->pongs++;
}

/* ---- actions ---- */

/* Fills in n bytes without a NUL; in a text each second byte completes a
 * character. `at`: offset of the bytes in the message. */
static void fill(const struct pair *p, bool text, size_t at, uint8_t *out,
		 size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t x = (at + i) / 2 + p->number * 7;
		if (!text)
			out[i] = (uint8_t)(1 + (at + i + p->number) % 255);
		else
			out[i] = (at + i) % 2 ? (uint8_t)(0x80 + x % 64) : 0xc3;
	}
}

/* Sends a message or a part of one. Without room, or after a close, the rung
 * refuses it. */
static void send_data(struct pair *p, struct half *s, unsigned n, size_t size,
		      bool more)
{
	char fragment[8] = {(char)('1' + n % 9), (char)('0' + n / 9 % 10)};
	const char *const attrs[] = {"fragment", fragment, NULL};
	bool text = s->within ? s->text : n & 1;
	struct buf *m = &s->message;
	struct err e;
	size_t at = s->within ? buf_len(m) - 1 : 0;
	if (p->bytes + size > SENT_MAX)
		return;
	uint8_t *data = xalloc(size + 1);
	fill(p, text, at, data, size);
	unsigned flags = (text ? 0 : UNIT_BINARY) | (more ? UNIT_MORE : 0) |
			 (n & 2 ? UNIT_ONCE : 0);
	bool cut = text && !more && (at + size) % 2;
	if (ws_end_send(&s->w, NULL, n & 4 ? attrs : NULL, bytes_of(data, size),
			flags, &e) == 0) {
		if (!s->within)
			buf_putc(m, text ? 't' : 'b');
		buf_put(m, bytes_of(data, size));
		s->within = more;
		s->text = text;
		p->bytes += size;
		if (!more) {
			buf_putc(m, 0);
			buf_put(&s->sent, buf_bytes(m));
			buf_clear(m);
			p->number++;
			/* The message may still wait for the handshake, which
			 * is when it is checked. */
			p->broken |= cut;
		}
	} else {
		expect(e.kind == ERR_LIMIT || e.kind == ERR_CLOSED ||
		       (e.kind == ERR_USAGE && (cut || p->broken)));
	}
	free(data);
}

/* Passes up to n bytes from one side to the other. Result: false: nothing can
 * be passed. */
static bool move(struct half *from, struct half *to, size_t n)
{
	struct mock *m = &to->w.m;
	struct bytes down = buf_bytes(&from->w.m.down);
	bool closed = from->closes && !ladder_is_closing(&from->w.m.ladder) &&
		      (!ladder_queued(&from->w.m.ladder) ||
		       from->w.m.room > SIZE_MAX / 2);
	/* The marks of the ends. The ladder may end the stream again, after a
	 * rung did. */
	for (unsigned i = from->w.m.sent_ends; i; i--) {
		expect(down.len && down.at[down.len - 1] == '.');
		down.len--;
	}
	if (to->ended || ladder_is_blocked(&m->ladder) || m->unread >= m->limit)
		return false;
	if (!down.len && (from->w.m.sent_ends || closed)) {
		to->ended = true;
		mock_end(m);
		return true;
	}
	down = bytes_head(down, n);
	if (!down.len)
		return false;
	uint8_t *copy = malloc(down.len);
	if (!copy)
		abort();
	memcpy(copy, down.at, down.len);
	buf_drop(&from->w.m.down, down.len);
	mock_come(m, bytes_of(copy, down.len));
	free(copy);
	return true;
}

static void close_side(struct pair *p, struct half *s, unsigned n)
{
	static const unsigned codes[] = {0, 1001, 1011, 4000};
	struct close_request how = {.code = codes[n % 4],
				    .abrupt = n >= 0xf0,
				    .reason = n & 4 ? BYTES("reason")
						    : BYTES_NONE};
	/* Closing gives up what waits for the handshake. */
	if (ladder_is_opening(&s->w.m.ladder) || n < 0x80)
		return;
	p->broken |= how.abrupt || s->within;
	p->closing = s->closes = true;
	ladder_close(&s->w.m.ladder, NULL, &how, 0);
}

static void send_close(struct pair *p, struct half *s, unsigned n)
{
	static const char *const words[] = {"", "1000", "1001 going",
					    "4000 \xc3\xa4", "3000"};
	if (n < 0x80)
		return;
	if (ws_end_send(&s->w, "close", NULL, bytes_str(words[n % 5]), 0,
			NULL) == 0) {
		p->closing = true;
		p->broken |= s->within;
	}
}

static void send_end(struct pair *p, struct half *s, unsigned n)
{
	if (n < 0xc0)
		return;
	p->broken |= s->within;
	if (mock_send(&s->w.m, BYTES_NONE, UNIT_END, NULL) == 0)
		p->closing = true;
}

static void break_rules(struct pair *p, struct half *s, unsigned n)
{
	const char opcode[] = {(char)('0' + n % 10), 0};
	const char rsv[] = {(char)('0' + n / 10 % 8), 0};
	const char *const attrs[] = {
	    "opcode", opcode, "rsv", rsv, "fin", n & 1 ? "1" : "0", NULL};
	if (n < 0xe0)
		return;
	p->broken = true;
	(void)ws_end_send(&s->w, "frame", attrs, BYTES("frame"), 0, NULL);
}

static void act(struct pair *p, unsigned action, unsigned n)
{
	struct half *s = &p->half[action & 1], *other = &p->half[~action & 1];
	struct mock *m = &s->w.m;
	static const size_t scale[] = {1, 1, 16, 600};
	size_t size = n / 4 * scale[n % 4];
	switch (action / 2 % 16) {
	case 0:
	case 1:
		send_data(p, s, action / 32 + n, size, false);
		break;
	case 2:
		send_data(p, s, action / 32 + n, size, action & 128);
		break;
	case 3:
		s->pings += ws_end_send(&s->w, "ping", NULL,
					bytes_head(BYTES("0123456789"), n % 11),
					0, NULL) == 0;
		break;
	case 4:
	case 5:
		(void)move(other, s, n + 1);
		break;
	case 6:
		(void)move(other, s, SIZE_MAX);
		break;
	case 7:
		m->room = n & 1 ? SIZE_MAX : n * 8;
		ladder_resume(&m->ladder);
		break;
	case 8:
		m->limit = n & 1 ? SIZE_MAX : n;
		break;
	case 9:
	case 10:
		mock_consume(m, n * 64);
		break;
	case 11:
		close_side(p, s, n);
		break;
	case 12:
		send_close(p, s, n);
		break;
	case 13:
		send_end(p, s, n);
		break;
	case 14:
		break_rules(p, s, n);
		break;
	case 15:
		mock_at(m, m->now + n);
		break;
	}
	mock_at(m, m->now);
}

/* ---- the run ---- */

static bool pair_init(struct pair *p, unsigned options)
{
	static const char *const deflate[] = {
	    "off",
	    "on",
	    "client_no_context_takeover",
	    "server_no_context_takeover; client_max_window_bits=9",
	    "server_max_window_bits=8",
	    "server_max_window_bits=9; client_no_context_takeover",
	};
	const char *const client[] = {"--deflate", deflate[options % 6], NULL};
	const char *const server[] = {"--deflate",
				      options & 0x80 ? "off" : "on", NULL};
	memset(p, 0, sizeof *p);
	current = p;
	expect(ws_end_init(&p->half[0].w, SIDE_CLIENT, client, NULL) == 0);
	expect(ws_end_init(&p->half[1].w, SIDE_SERVER, server, NULL) == 0);
	for (int i = 0; i < 2; i++) {
		struct half *s = &p->half[i];
		buf_init(&s->sent, SIZE_MAX / 8);
		buf_init(&s->got, SIZE_MAX / 8);
		buf_init(&s->part, SIZE_MAX / 8);
		buf_init(&s->message, SIZE_MAX / 8);
		s->w.m.delivered = delivered;
		s->w.m.controlled = controlled;
		ladder_start(&s->w.m.ladder, 0);
		ladder_link_opened(&s->w.m.ladder);
	}
	return true;
}

/* Removes all obstacles, and passes bytes until there are none. */
static void settle(struct pair *p)
{
	unsigned rounds = 0, idle = 0;
	/* An idle round may resume a rung, which then sends. */
	while (idle < 3) {
		bool moved = false;
		for (int i = 0; i < 2; i++) {
			struct mock *m = &p->half[i].w.m;
			m->room = m->limit = SIZE_MAX;
			ladder_resume(&m->ladder);
			mock_consume(m, SIZE_MAX);
			moved |= move(&p->half[!i], &p->half[i], 100000);
		}
		idle = moved ? 0 : idle + 1;
		expect(rounds++ < ROUNDS_MAX);
	}
}

static void check(struct pair *p)
{
	/* A queued message was reported as not sent: a close frame came before
	 * it. */
	for (int i = 0; i < 2; i++)
		p->broken |= strstr(buf_cstr(&p->half[i].w.m.notes),
				    "cannot send") != NULL;
	for (int i = 0; i < 2; i++) {
		struct half *s = &p->half[i], *other = &p->half[!i];
		expect(!ladder_is_blocked(&s->w.m.ladder));
		expect(p->broken || s->w.m.failures == 0);
		expect(p->broken || s->within || !buf_len(&other->part));
		if (!p->broken)
			expect(bytes_equal(buf_bytes(&s->sent),
					   buf_bytes(&other->got)));
		expect(p->broken || s->pongs <= s->pings);
		if (!p->broken && !p->closing)
			expect(s->pongs == s->pings);
		/* A close reaches its end. */
		expect(!ladder_is_closing(&s->w.m.ladder));
	}
}

static void pair_fini(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		ws_end_fini(&p->half[i].w);
		buf_fini(&p->half[i].sent);
		buf_fini(&p->half[i].got);
		buf_fini(&p->half[i].part);
		buf_fini(&p->half[i].message);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pair p;
	if (size < 1 || size > 1024 || !pair_init(&p, data[0]))
		return 0;
	for (size_t i = 1; i + 1 < size; i += 2)
		act(&p, data[i], data[i + 1]);
	settle(&p);
	check(&p);
	pair_fini(&p);
	return 0;
}
