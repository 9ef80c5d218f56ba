/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes frames: a stream decodes the same in pieces as in one, no byte past
 * its end is read, no more bytes are kept than a frame has, and decoded
 * payloads survive an encode and decode. Covers src/codec only.
 *
 * Input: a byte for the kind, one for max, one for the size of the pieces, then
 * the stream.
 */
#include "rung/codec/frame.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static const char *const kinds[] = {
    "line",   "line:crlf", "line:nul",  "line:abab", "fixed:5",
    "u8",     "u16be",     "u16le+2",   "u32be",     "u32le+4",
    "varint", "varint+1",  "netstring", "slip",      "cobs",
};
enum { KINDS = sizeof kinds / sizeof *kinds, FRAMES_MAX = 4096 };

/* The result of decoding a stream. */
struct decoded {
	struct buf payloads; /* payloads, each preceded by its length */
	size_t at;           /* offset of the end, or of the error */
	bool bad;
};

static void check_again(const struct frame *f, struct bytes payload)
{
	struct buf wire = {.limit = SIZE_MAX / 8};
	struct buf scratch = {.limit = frame_wire_max(f)};
	struct bytes again;
	size_t took = 0;

	/* `line` cannot send a payload that ends in CR. */
	if (frame_write(f, payload, &wire, NULL) == 0) {
		struct bytes in = buf_bytes(&wire);

		expect(in.len <= frame_wire_max(f) + 1);
		if (f->kind == FRAME_SLIP)
			in = bytes_skip(in, 1);
		expect(frame_read(f, in, &took, &scratch, &again, NULL) ==
		       FRAME_OK);
		expect(took == in.len && bytes_equal(again, payload));
	}
	buf_fini(&scratch);
	buf_fini(&wire);
}

/* Reads one frame. Returns false if no more can be read. */
static bool read_frame(const struct frame *f, struct bytes held, size_t *seen,
		       struct decoded *s, struct buf *scratch)
{
	struct bytes payload = BYTES_NONE;
	size_t took = *seen;
	struct err e = {.kind = ERR_NONE};

	switch (frame_read(f, held, &took, scratch, &payload, &e)) {
	case FRAME_OK:
		expect(took && took <= held.len && payload.len <= f->max);
		check_again(f, payload);
		buf_put(&s->payloads,
			bytes_of(&payload.len, sizeof payload.len));
		buf_put(&s->payloads, payload);
		break;
	case FRAME_SKIP:
		expect(took && took <= held.len);
		break;
	case FRAME_MORE:
		expect(held.len < frame_wire_max(f) && took <= held.len);
		*seen = took;
		return false;
	case FRAME_BAD:
		expect(e.kind == ERR_FRAME && e.text[0] && took <= held.len);
		s->bad = true;
		return false;
	}
	s->at += took;
	*seen = 0;
	return true;
}

static void decode_stream(const struct frame *f, struct bytes in, size_t piece,
			  struct decoded *s)
{
	struct buf scratch = {.limit = frame_wire_max(f)};
	size_t seen = 0;

	*s = (struct decoded){.payloads = {.limit = SIZE_MAX / 8}};
	for (size_t end = 0; end < in.len && !s->bad;) {
		end = in.len - end > piece ? end + piece : in.len;
		for (;;) {
			size_t n = end - s->at;
			/* Allocate exactly this size, so that a sanitizer finds
			 * a read past the end. */
			uint8_t *copy = malloc(n ? n : 1);

			expect(copy != NULL);
			if (n)
				memcpy(copy, in.at + s->at, n);
			bool more = n && read_frame(f, bytes_of(copy, n), &seen,
						    s, &scratch);
			free(copy);
			if (!more)
				break;
		}
	}
	buf_fini(&scratch);
}

/* Returns true if the text, bare or quoted, parses to that frame. */
static bool reads_back(const struct frame *f, struct bytes text, bool quoted)
{
	struct frame g;

	return frame_parse(text, quoted, BYTES_NONE, &g, NULL) == 0 &&
	       f->kind == g.kind && f->size == g.size &&
	       bytes_equal(bytes_of(f->mark, f->mark_len),
			   bytes_of(g.mark, g.mark_len)) &&
	       f->adjust == g.adjust;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct frame f;
	struct decoded whole, pieces;

	if (size < 3 || size > FRAMES_MAX)
		return 0;
	expect(frame_parse(bytes_str(kinds[data[0] % KINDS]), false, BYTES_NONE,
			   &f, NULL) == 0);
	if (f.kind != FRAME_FIXED)
		f.max = (size_t)data[1] + 1;

	struct bytes in = bytes_of(data + 3, size - 3);

	decode_stream(&f, in, in.len ? in.len : 1, &whole);
	decode_stream(&f, in, (size_t)data[2] + 1, &pieces);
	expect(whole.bad == pieces.bad && whole.at == pieces.at);
	expect(bytes_equal(buf_bytes(&whole.payloads),
			   buf_bytes(&pieces.payloads)));
	buf_fini(&whole.payloads);
	buf_fini(&pieces.payloads);

	/* Also parse these bytes as the text of a frame. */
	if (frame_parse(in, data[1] & 1, BYTES_NONE, &f, NULL) == 0) {
		struct buf text = {.limit = SIZE_MAX / 8};

		frame_print(&f, &text);
		expect(reads_back(&f, buf_bytes(&text), false) ||
		       reads_back(&f, buf_bytes(&text), true));
		buf_fini(&text);
	}
	return 0;
}
