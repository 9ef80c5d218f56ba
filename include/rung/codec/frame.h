/* SPDX-License-Identifier: ISC */
/*
 * Frames: where a message in a stream of bytes begins and ends. Bytes to
 * payloads and back, without state and without I/O; the rung that uses it keeps
 * what is not whole yet.
 */
#ifndef RUNG_CODEC_FRAME_H
#define RUNG_CODEC_FRAME_H

#include "rung/err.h"

enum frame_kind {
	FRAME_LINE,      /* up to an end mark */
	FRAME_FIXED,     /* always as many bytes */
	FRAME_LENGTH,    /* behind a length of 1, 2 or 4 bytes */
	FRAME_VARINT,    /* behind a base-128 length, low groups first */
	FRAME_NETSTRING, /* 5:hello, */
	FRAME_SLIP,      /* RFC 1055 */
	FRAME_COBS,      /* Cheshire & Baker 1999, ended by 0 */
};

/* How messages are cut. A plain value. */
struct frame {
	enum frame_kind kind;
	size_t max;       /* a longer payload is an error */
	uint8_t mark_len; /* LINE: 0 is LF with an optional CR before it */
	uint8_t mark[16];
	size_t size;   /* FIXED */
	uint8_t width; /* LENGTH: 1, 2 or 4 */
	bool little;
	uint8_t adjust; /* LENGTH, VARINT: what the length counts besides
			   the payload: `u16be+2` counts itself */
};

#define FRAME_MAX      ((size_t)1 << 20) /* where max= does not say otherwise */
#define FRAME_MAX_MOST ((size_t)1 << 30) /* what max= may say */

/*
 * Reads `line`, `line:lf`, `line:crlf`, `line:nul`, `line:END`, `fixed:N`,
 * `u8`, `u16be`, `u16le`, `u32be`, `u32le`, `u16be+2`, `varint`, `netstring`,
 * `slip`, `cobs`.
 * `max`: a size, or BYTES_NONE.
 * Result:  0, or -1 and *e (usage, with the nearest kind).
 */
int frame_parse(struct bytes text, struct bytes max, struct frame *,
		struct err *e);
/* Appends the kind as frame_parse() reads it: a mark's bytes as they are. */
void frame_print(const struct frame *, struct buf *out);
/* The same with its max, where that was chosen: `u16be max=64k`. */
void frame_tell(const struct frame *, struct buf *out);
/* The same as a command line's words, its mark quoted where it has to be. */
void frame_quote(const struct frame *, struct buf *out);
/* The kinds for help and completion, NULL-ended: name, brief, name, brief… */
extern const char *const frame_kinds[];

enum frame_result {
	FRAME_OK,
	FRAME_MORE, /* not whole yet */
	FRAME_BAD,  /* malformed or longer than max: *e says what is wrong */
	FRAME_NONE, /* bytes that are no frame: drop them and read on */
};

/*
 * Reads one frame at the start of `in`.
 * `scratch`: emptied; holds the payload of kinds that are escaped. Its limit is
 *          frame_most() or more.
 * Result:  OK: *payload, lent as long as `in` and `scratch`, and *took: how
 *          much of `in` it was.
 *          NONE: *took bytes stand between frames (SLIP's and COBS's empty
 *          ones are passed over, RFC 1055).
 *          BAD: *e (class frame) and *took: the offset that is wrong.
 *          MORE: *took is how much of `in` need not be searched again; give it
 *          back in *took with the next call (0 at first).
 * Limits:  a length is checked against max before anything is held for it.
 */
enum frame_result frame_read(const struct frame *, struct bytes in,
			     size_t *took, struct buf *scratch,
			     struct bytes *payload, struct err *e);
/* The most bytes that a frame takes on the wire; with more in hand frame_read()
 * never asks for MORE. */
size_t frame_most(const struct frame *);
/* How long the frame that begins in `in` will be; 0: it does not say. */
size_t frame_whole(const struct frame *, struct bytes in);
/*
 * Appends one frame.
 * Result:  0, or -1, nothing appended, and *e (frame: too long for its length
 *          field or max, a line that has its end mark within, not the fixed
 *          size, an empty one where those are passed over; limit: no memory).
 */
int frame_write(const struct frame *, struct bytes payload, struct buf *out,
		struct err *e);

#endif
