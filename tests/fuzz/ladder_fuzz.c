/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the ladder: rungs of all kinds are put on and taken off, fail, end and
 * close while bytes come in pieces and units are sent. No byte may be lost,
 * doubled or reordered, and nothing may follow the end.
 *
 * Input: pairs of bytes, an action and its argument. The bytes from the link
 * are numbered: the n-th one is 0x80 + n % 0x80. Other bytes mean something to
 * a rung.
 */
#include "tests/lib/plans.h"
#include "tests/lib/rungs.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

enum { MODULUS = 0x80, GAP_MAX = 60, DATA_MAX = 1 << 20 };

struct fuzz {
	struct mock mock;
	size_t came;       /* numbered bytes from the link */
	size_t handshake;  /* numbered bytes since the ladder was last open */
	bool end, layered; /* the link has ended; a layer has ended */
	size_t sent, discarded;
};

static struct rung *nth_rung(struct fuzz *f, unsigned n)
{
	struct rung *r = f->mock.ladder.bottom;
	while (r && n--)
		r = r->above;
	return r;
}

static bool is_over(const struct rung *r)
{
	return r->state == RUNG_ENDED || r->state == RUNG_CLOSED;
}

/* Passes up n numbered bytes. */
static void come(struct fuzz *f, unsigned n)
{
	uint8_t bytes[256];
	if (f->end || ladder_is_blocked(&f->mock.ladder))
		return;
	if (!ladder_is_opening(&f->mock.ladder))
		f->handshake = 0;
	for (unsigned i = 0; i < n; i++)
		bytes[i] = (uint8_t)(0x80 + (f->came + i) % MODULUS);
	/* Opening rungs remove bytes. After a gap of more than GAP_MAX bytes,
	 * check_up() would misread the numbers, because they are modulo
	 * MODULUS. */
	f->handshake += n;
	if (f->handshake > GAP_MAX)
		return;
	f->came += n;
	mock_come(&f->mock, bytes_of(bytes, n));
}

static void come_special(struct fuzz *f, unsigned n)
{
	static const char *const words[] = {"!",  ";",         "X",    ".",
					    "\n", "UPGRADE\n", "\r\n", "!!;\n"};
	if (!f->end && !ladder_is_blocked(&f->mock.ladder))
		mock_come(&f->mock, bytes_str(words[n % 8]));
}

static void push(struct fuzz *f, unsigned n)
{
	static const char *const kinds[] = {
	    "grow",
	    "late",
	    "slow",
	    "bad",
	    "turn",
	    "pass",
	    "relay",
	    "frame=fixed:5",
	    "frame=line",
	    "late grow",
	    "bad bad",
	    "slow late",
	    "grow frame=line",
	};
	enum { KINDS = sizeof kinds / sizeof *kinds };
	unsigned grows = strstr(kinds[n % KINDS], "grow") != NULL;
	for (const struct rung *r = f->mock.ladder.bottom; r; r = r->above)
		grows += r->ops == &grow_rung;
	if (grows <= 2 && buf_len(&f->mock.data) < DATA_MAX)
		(void)mock_push(&f->mock, kinds[n % KINDS], NULL);
}

static void pop(struct fuzz *f)
{
	size_t unsent = 0;
	(void)ladder_pop(&f->mock.ladder, &unsent, NULL);
	f->discarded += unsent;
}

static void fail(struct fuzz *f, unsigned n)
{
	struct err why = {.kind = ERR_FRAME, .text = "why"};
	struct rung *r = nth_rung(f, n % 8);
	unsigned before = f->mock.failures;
	if (!r || is_over(r))
		return;
	rung_fail(r, BYTES_NONE, &why);
	expect(f->mock.failures == before + 1);
}

static void end_layer(struct fuzz *f, unsigned n)
{
	struct rung *r = nth_rung(f, n % 8);
	if (!r || is_over(r) || r->blocked)
		return;
	f->layered = true;
	rung_ended(r, NULL);
}

static void end(struct fuzz *f)
{
	if (f->end || ladder_is_blocked(&f->mock.ladder))
		return;
	f->end = true;
	mock_end(&f->mock);
}

static void close_rungs(struct fuzz *f, unsigned n)
{
	struct close_request how = {.abrupt = n & 1};
	struct rung *r = n & 2 ? nth_rung(f, n >> 2 & 7) : NULL;
	ladder_close(&f->mock.ladder, r, &how,
		     n & 0x80 ? f->mock.now + 100 : 0);
}

static void send_unit(struct fuzz *f, unsigned n)
{
	struct bytes data = bytes_head(BYTES("AAAAAAAAAA"), n % 8);
	unsigned flags = n & 0x40 ? UNIT_RAW : n & 0x80 ? UNIT_ONCE : 0;
	if (n == 0xff)
		(void)mock_send(&f->mock, BYTES_NONE, UNIT_END, NULL);
	else if (mock_send(&f->mock, data, flags, NULL) == 0)
		f->sent += data.len;
}

static void act(struct fuzz *f, unsigned action, unsigned n)
{
	struct mock *m = &f->mock;
	switch (action % 20) {
	case 0:
	case 1:
	case 2:
		come(f, n % 16);
		break;
	case 3:
	case 4:
		come_special(f, n);
		break;
	case 5:
	case 6:
	case 7:
		push(f, n);
		break;
	case 8:
		pop(f);
		break;
	case 9:
		mock_consume(m, n * 16);
		break;
	case 10:
		fail(f, n);
		break;
	case 11:
		close_rungs(f, n);
		break;
	case 12:
		mock_at(m, m->now + n);
		break;
	case 13:
		if (n > 0xf0)
			end(f);
		break;
	case 14:
	case 15:
		send_unit(f, n);
		break;
	case 16:
		m->room = n;
		ladder_resume(&m->ladder);
		break;
	case 17:
		m->limit = n & 1 ? SIZE_MAX : n;
		break;
	case 18:
		end_layer(f, n);
		break;
	case 19:
		ladder_start(&m->ladder, m->now + n);
		ladder_link_opened(&m->ladder);
		break;
	}
}

/* Compares the numbered bytes that left at the top with those that came. */
static void check_up(struct fuzz *f, size_t removed)
{
	struct bytes out = buf_bytes(&f->mock.data);
	size_t number = 0, distinct = 0;
	uint8_t last = 0x80 + MODULUS - 1;
	for (size_t i = 0; i < out.len; i++) {
		if (out.at[i] < 0x80 || out.at[i] == last)
			continue;
		number += (size_t)(out.at[i] - last) % MODULUS;
		last = out.at[i];
		distinct++;
	}
	expect(number <= f->came);
	expect(distinct <= f->came && distinct + removed >= f->came);
}

/* Checks that the bytes of all units, which no rung changes, were sent or
 * discarded, and that at most one end was sent. */
static void check_down(struct fuzz *f)
{
	struct bytes out = buf_bytes(&f->mock.down);
	size_t went = 0, ends = 0;
	for (size_t i = 0; i < out.len; i++) {
		went += out.at[i] == 'A';
		ends += out.at[i] == '.';
	}
	expect(ends <= 1);
	expect(went + f->discarded == f->sent);
}

static void check_end(struct fuzz *f)
{
	struct bytes top = buf_bytes(&f->mock.top);
	if (f->layered)
		return;
	expect(f->mock.ends == f->end);
	if (f->end)
		expect(top.at[top.len - 1] == '.');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = {.end = false};
	size_t removed = late_removed;
	if (size < 2 || size > 2048)
		return 0;
	mock_init(&f.mock);
	f.mock.ladder.opening = data[0] & 1;
	for (size_t i = 0; i + 1 < size; i += 2)
		act(&f, data[i], data[i + 1]);

	/* Removes all obstacles: the rungs resume, the link has room, and the
	 * rungs are popped.
	 */
	f.mock.limit = f.mock.room = SIZE_MAX;
	ladder_resume(&f.mock.ladder);
	mock_consume(&f.mock, SIZE_MAX);
	expect(!ladder_is_blocked(&f.mock.ladder));
	while (f.mock.ladder.top)
		pop(&f);
	ladder_resume(&f.mock.ladder);
	expect(ladder_queued(&f.mock.ladder) == 0);
	check_up(&f, late_removed - removed);
	check_down(&f);
	check_end(&f);
	mock_fini(&f.mock);
	return 0;
}
