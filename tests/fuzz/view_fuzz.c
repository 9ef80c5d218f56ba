/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes views: only raw prints a control, C1 or bidi character; the size of
 * the output is bounded; a stream in pieces gives the same rows as in one;
 * styles change no text. Covers src/view and base/text.c; the screen has unit
 * tests.
 *
 * Input: a byte for the view, one for the size of the pieces, one for the
 * number of rows and one for the length of the data; then the data, which is
 * repeated to that length.
 */
#include "rung/view.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096, HEAD = 4, MISS_MAX = 256 };
/* Longer than ROW_MAX (64 KiB), at which the line and text views end a row. */
#define LONG_LEN   ((size_t)70 << 10)
#define LONG_PIECE ((size_t)5000)

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* Returns true for C0 and DEL, C1, and characters that change the direction of
 * text (Unicode, UAX 9). */
static bool is_control(uint32_t rune)
{
	return rune < 0x20 || (rune >= 0x7F && rune <= 0x9F) ||
	       rune == 0x061C || rune == 0x200E || rune == 0x200F ||
	       (rune >= 0x202A && rune <= 0x202E) ||
	       (rune >= 0x2066 && rune <= 0x2069);
}

static void check_safe(struct bytes shown, bool tabs)
{
	while (shown.len) {
		uint32_t rune;
		int n = utf8_next(shown, &rune);

		expect(n > 0);
		expect(!is_control(rune) || rune == '\n' ||
		       (tabs && rune == '\t'));
		shown = bytes_skip(shown, (size_t)n);
	}
}

/* Returns a size that the output must not exceed. An escape takes at most 4
 * characters for each byte (`\xff`), a row of hex at most 80 for 16 bytes, and
 * JSON at most 16 for each byte plus 4 KiB (json.c). */
static size_t bound(const struct view_ops *view, size_t len)
{
	if (view_find(BYTES("json")) == view)
		return 16 * len + 8192;
	return 8 * len + 128;
}

/* Passes the bytes to the view in pieces, and keeps bytes that are not in a row
 * yet, as the callers of views do. */
static void show(const struct view_ops *view, struct bytes in, size_t piece,
		 struct text *out)
{
	size_t done = 0, end = 0;

	do {
		end = in.len - end > piece ? end + piece : in.len;

		bool final = end == in.len;
		size_t n = end - done;
		/* Allocate exactly this size, so that a sanitizer finds a read
		 * past the end. */
		uint8_t *copy = malloc(n ? n : 1);

		expect(copy != NULL);
		if (n)
			memcpy(copy, in.at + done, n);

		size_t took = view->body(bytes_of(copy, n), done, final, out);

		free(copy);
		expect(took <= n && (!final || took == n));
		done += took;
	} while (end < in.len);
}

static bool is_named(const struct view_ops *view, const char *name)
{
	return view == view_find(bytes_str(name));
}

static void check_body(const struct view_ops *view, struct bytes in,
		       size_t piece)
{
	struct text whole, pieces;

	text_init(&whole, SIZE_MAX / 8, false);
	text_init(&pieces, SIZE_MAX / 8, false);
	show(view, in, in.len, &whole);
	show(view, in, piece, &pieces);
	if (is_named(view, "raw"))
		expect(bytes_equal(text_bytes(&whole), in));
	else
		check_safe(text_bytes(&pieces), !is_named(view, "line"));
	/* In pieces, the JSON view may format a document before the data that
	 * makes the whole invalid. */
	if (!is_named(view, "json"))
		expect(bytes_equal(text_bytes(&whole), text_bytes(&pieces)));
	expect(text_bytes(&whole).len <= bound(view, in.len));
	text_fini(&whole);
	text_fini(&pieces);
}

/* Removes the styles: ESC [ ... m. */
static void without_styles(struct bytes in, struct buf *out)
{
	while (in.len) {
		size_t n = 1;

		if (in.at[0] == '\033')
			n = bytes_find_byte(in, 'm', 0) + 1;
		else
			buf_put(out, bytes_head(in, 1));
		in = bytes_skip(in, n);
	}
}

static size_t count_lines(struct bytes in)
{
	size_t count = 0;

	for (size_t i = 0; i < in.len; i++)
		count += in.at[i] == '\n';
	return count;
}

static void check_message(const struct view_ops *view, struct bytes in,
			  uint8_t rows)
{
	struct log_entry entry = {
	    .number = 7,
	    .dir = rows & 1 ? DIR_UP : DIR_DOWN,
	    .session = "c1",
	    .offset = rows,
	    .len = in.len + (rows & 2),
	    .data = in,
	};
	struct view_style style = {
	    .time = (enum time_mode)(rows & 3),
	    .rows = rows >> 4,
	    .max = rows & 8 ? rows : 0,
	};
	struct buf bare = {.limit = SIZE_MAX / 8};
	struct text plain, styled;

	text_init(&plain, SIZE_MAX / 8, false);
	text_init(&styled, SIZE_MAX / 8, true);
	view_message(view, &entry, &style, &plain);
	view_message(view, &entry, &style, &styled);
	if (is_named(view, "raw")) {
		expect(text_bytes(&plain).len <= in.len + 128);
	} else {
		check_safe(text_bytes(&plain), true);
		without_styles(text_bytes(&styled), &bare);
		expect(bytes_equal(buf_bytes(&bare), text_bytes(&plain)));
		/* The header and two notes are not counted as rows. */
		expect(!style.rows ||
		       count_lines(text_bytes(&plain)) <= style.rows + 3);
	}
	buf_fini(&bare);
	text_fini(&plain);
	text_fini(&styled);
}

static void check_miss(struct bytes in, uint8_t how)
{
	struct text out;

	text_init(&out, SIZE_MAX / 8, false);
	view_mismatch(in, how, how & 15, how & 128 ? how : -1, &out);
	check_safe(text_bytes(&out), false);
	expect(text_bytes(&out).len <= bound(view_find(BYTES("hex")), in.len));
	text_fini(&out);
}

/* Repeats the bytes until there are enough of them. */
static struct bytes make_data(struct bytes seed, bool is_long, struct buf *room)
{
	size_t want = is_long ? LONG_LEN : seed.len;

	while (seed.len && buf_len(room) < want)
		buf_put(room, seed);
	return buf_bytes(room);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf room = {.limit = SIZE_MAX / 8};
	size_t views = 0;

	if (size < HEAD || size > INPUT_MAX)
		return 0;
	while (view_table[views])
		views++;

	const struct view_ops *view = view_table[data[0] % views];
	/* Long data is rare, because a run with it takes a hundred times as
	 * long. */
	bool is_long = data[1] == 255 && data[3] == 255;
	struct bytes in = make_data(bytes_of(data + HEAD, size - HEAD), is_long,
				    &room);
	size_t piece = is_long ? LONG_PIECE : (size_t)data[1] + 1;

	check_body(view, in, piece);
	check_message(view, in, data[2]);
	/* The time is quadratic: check_miss() searches for a near match at each
	 * position. */
	check_miss(bytes_head(in, MISS_MAX), data[2]);
	buf_fini(&room);
	return 0;
}
