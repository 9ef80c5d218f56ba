/* SPDX-License-Identifier: ISC */
/*
 * Owned bytes: one block of memory; bytes are added at the tail and removed at
 * the head. Decides when to grow the block and when to move the bytes. bytes.c
 * has the functions for borrowed bytes.
 */
#include "rung/budget.h"
#include "rung/bytes.h"
#include "rung/text.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAP = 64, STACK_TEXT = 256 };

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf){.limit = limit};
}

void buf_fini(struct buf *b)
{
	free(b->data);
	account_release(b->account, b->cap);
	*b = (struct buf){.limit = b->limit, .account = b->account};
}

/* Sets the capacity and updates the account. */
static void set_cap(struct buf *b, size_t cap)
{
	if (cap > b->cap)
		account_charge(b->account, cap - b->cap);
	else
		account_release(b->account, b->cap - cap);
	b->cap = cap;
}

/*
 * Allocates memory for at least `need` bytes, including those held. If bytes
 * were removed at the head, the capacity may reach twice the limit, so that a
 * nearly full buffer does not move all its bytes for every few bytes added.
 */
static bool buf_grow(struct buf *b, size_t need)
{
	size_t held = buf_len(b);
	size_t most = b->limit;
	size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;

	if (b->head && most <= SIZE_MAX / 2)
		most *= 2;
	if (b->cap >= FIRST_CAP && cap <= SIZE_MAX / 2)
		cap *= 2;
	while (cap < need)
		cap *= 2;
	/* If memory is short, grow by only an eighth, which still avoids a move
	 * for each byte added. */
	if (b->account && cap > b->cap &&
	    !account_fits(b->account, cap - b->cap))
		cap = need + need / 8;
	if (cap > most)
		cap = most > need ? most : need;

	if (!b->head || !b->data) {
		uint8_t *data = realloc(b->data, cap);

		if (!data)
			return false;
		b->data = data;
	} else {
		uint8_t *data = malloc(cap);

		if (!data)
			return false;
		memcpy(data, b->data + b->head, held);
		free(b->data);
		b->data = data;
	}
	b->head = 0;
	b->tail = held;
	set_cap(b, cap);
	return true;
}

uint8_t *buf_reserve(struct buf *b, size_t n)
{
	size_t held = buf_len(b);

	if (held > b->limit || n > b->limit - held || n > SIZE_MAX / 4 - held)
		return NULL;
	if (b->data && b->cap - b->tail >= n)
		return b->data + b->tail;
	/* Move the bytes only if the free space before them is at least as
	 * large, so that the cost per byte stays constant. */
	if (b->data && b->head >= held && b->cap - held >= n) {
		memmove(b->data, b->data + b->head, held);
		b->head = 0;
		b->tail = held;
		return b->data + held;
	}
	return buf_grow(b, held + n) ? b->data + b->tail : NULL;
}

void buf_commit(struct buf *b, size_t n)
{
	assert(n <= b->cap - b->tail);
	b->tail += n;
}

int buf_put(struct buf *b, struct bytes add)
{
	if (!add.len)
		return 0;

	bool fits = add.len <= b->cap - b->tail && buf_len(b) <= b->limit &&
		    add.len <= b->limit - buf_len(b);
	uint8_t *at = fits ? b->data + b->tail : buf_reserve(b, add.len);

	if (!at)
		return -1;
	memcpy(at, add.at, add.len);
	b->tail += add.len;
	return 0;
}

int buf_puts(struct buf *b, const char *s)
{
	return buf_put(b, bytes_str(s));
}

int buf_putc(struct buf *b, int byte)
{
	uint8_t *at = buf_reserve(b, 1);

	if (!at)
		return -1;
	*at = (uint8_t)byte;
	b->tail++;
	return 0;
}

int buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);

	int r = buf_vprintf(b, fmt, args);

	va_end(args);
	return r;
}

/* Makes room for a NUL after n bytes at the tail; the NUL does not count as a
 * held byte, so the limit does not apply. */
static bool nul_fits(struct buf *b, size_t n)
{
	if (b->cap - b->tail > n)
		return true;

	uint8_t *data = realloc(b->data, b->tail + n + 1);

	if (!data)
		return false;
	b->data = data;
	set_cap(b, b->tail + n + 1);
	return true;
}

int buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
	char text[STACK_TEXT];
	va_list again;

	va_copy(again, args);

	int n = vsnprintf(text, sizeof(text), fmt, args);
	int r = -1;

	if (n >= 0 && (size_t)n < sizeof(text)) {
		r = buf_put(b, bytes_of(text, (size_t)n));
	} else if (n >= 0 && buf_reserve(b, (size_t)n) &&
		   nul_fits(b, (size_t)n)) {
		vsnprintf((char *)b->data + b->tail, (size_t)n + 1, fmt, again);
		b->tail += (size_t)n;
		r = 0;
	}
	va_end(again);
	return r;
}

void buf_drop(struct buf *b, size_t n)
{
	assert(n <= buf_len(b));
	b->head += n;
	/* Reset the offsets only: the memory does not move, so lent bytes stay
	 * valid. */
	if (b->head == b->tail)
		b->head = b->tail = 0;
}

void buf_truncate(struct buf *b, size_t n)
{
	assert(n <= buf_len(b));
	b->tail = b->head + n;
	if (!n)
		b->head = b->tail = 0;
}

void buf_shorten(struct buf *b, size_t n)
{
	if (buf_len(b) <= n)
		return;
	buf_truncate(b, utf8_complete_len(bytes_head(buf_bytes(b), n)));
	buf_puts(b, "...");
}

void buf_free_idle(struct buf *b, size_t keep)
{
	if (b->head == b->tail && b->cap > keep)
		buf_fini(b);
}

void buf_compact(struct buf *b, size_t keep)
{
	size_t held = buf_len(b);
	size_t cap = held * 2 > keep ? held * 2 : keep;
	uint8_t *data;

	if (b->cap <= keep || held >= b->cap / 4 || cap >= b->cap)
		return;
	memmove(b->data, b->data + b->head, held);
	b->head = 0;
	b->tail = held;
	data = realloc(b->data, cap);
	if (!data)
		return;
	b->data = data;
	set_cap(b, cap);
}

const char *buf_cstr(struct buf *b)
{
	if (!b->data)
		return "";
	if (b->cap == b->tail) {
		b->data = xrealloc(b->data, b->cap + 1, 1);
		set_cap(b, b->cap + 1);
	}
	b->data[b->tail] = '\0';
	return (const char *)b->data + b->head;
}
