/* SPDX-License-Identifier: ISC */
/*
 * Frames: the rules that divide a stream of bytes into messages. The functions
 * here convert bytes to payloads and back, without state or I/O; the rung that
 * calls them (src/ladder/frame_rung.c) keeps an incomplete frame.
 */
#ifndef RUNG_CODEC_FRAME_H
#define RUNG_CODEC_FRAME_H

#include "rung/err.h"

enum frame_kind {
	FRAME_LINE,      /* up to an end mark */
	FRAME_FIXED,     /* a fixed number of bytes */
	FRAME_LENGTH,    /* preceded by a length of 1, 2 or 4 bytes */
	FRAME_VARINT,    /* preceded by a Protocol Buffers varint */
	FRAME_NETSTRING, /* netstring, such as 5:hello, */
	FRAME_SLIP,      /* RFC 1055 */
	FRAME_COBS,      /* Cheshire & Baker 1999, ended by 0 */
};

/* A rule with its parameters. A plain value. */
struct frame {
	enum frame_kind kind;
	size_t max;       /* limit of the payload in bytes */
	uint8_t mark_len; /* LINE: length of the mark; 0: LF, with or without a
			     CR before it */
	uint8_t mark[16];
	size_t size;   /* FIXED: payload length */
	uint8_t width; /* LENGTH: bytes of the length: 1, 2 or 4 */
	bool little;
	uint8_t adjust; /* LENGTH, VARINT: bytes that the length counts besides
			   the payload */
};

#define FRAME_MAX_DEFAULT ((size_t)1 << 20) /* default of max= */
#define FRAME_MAX_LIMIT   ((size_t)1 << 30) /* largest value of max= */

/*
 * Parses a form of frame_kinds.
 * `quoted`: the text was quoted, or contained an escape or a variable: after
 *           `line:`, the words lf, crlf and nul are then text.
 * `max`:   a size, or BYTES_NONE.
 * Result:  0, or -1 and *e (usage, with the nearest kind).
 */
int frame_parse(struct bytes text, bool quoted, struct bytes max,
		struct frame *, struct err *e);
/* Appends the kind as frame_parse() reads it; the bytes of a mark are not
 * escaped. */
void frame_print(const struct frame *, struct buf *out);
/* Appends the kind and, if it is not the default, the maximum: `u16be max=64k`.
 */
void frame_describe(const struct frame *, struct buf *out);
/* Appends words of a command line: the kind, quoted if necessary, and the
 * maximum if it is not the default. */
void frame_quote(const struct frame *, struct buf *out);
/* The kinds and their forms, for help: name, brief, name, brief…;
 * NULL-terminated. */
extern const char *const frame_kinds[];
/* The kinds and their forms as completion offers them, and `none`;
 * NULL-terminated. */
extern const char *const frame_names[];

enum frame_result {
	FRAME_OK,
	FRAME_MORE, /* the frame is incomplete */
	FRAME_BAD,  /* malformed or longer than max: *e has the reason */
	FRAME_SKIP, /* bytes between frames: drop them and read on */
};

/*
 * Reads one frame at the start of `in`.
 * `scratch`: holds the payload of kinds with escapes; emptied first. The caller
 *            sets its limit to frame_wire_max() or more.
 * `took`:    0 in the first call; MORE sets it to the number of bytes already
 *            searched, and the caller passes that back unchanged.
 * Result:  OK: *payload, lent as long as `in` and `scratch`; *took: length of
 *          the frame in `in`. SKIP: *took: number of bytes between frames
 *          (SLIP: empty frames, RFC 1055; COBS: zeros without data before
 *          them). BAD: *e (class frame); *took: offset of the wrong byte. MORE:
 *          the frame is incomplete.
 * Limits:  a length is checked against the maximum before memory is allocated.
 */
enum frame_result frame_read(const struct frame *, struct bytes in,
			     size_t *took, struct buf *scratch,
			     struct bytes *payload, struct err *e);
/* Returns the largest number of bytes that a frame occupies on the wire. With
 * so many bytes frame_read() never returns MORE. */
size_t frame_wire_max(const struct frame *);
/* Returns the length of the longest payload: the maximum, unless the length
 * field has room for less. */
size_t frame_payload_max(const struct frame *);
/* Returns true if the wire form of a frame does not follow from its payload, or
 * if bytes between frames are skipped. False for FRAME_LINE, although LF or CR
 * LF may end a line: the rung records the CR by itself. */
bool frame_has_forms(const struct frame *);
/* Returns the length of the frame at the start of `in`; 0: not known yet, or
 * this kind of frame carries no length. */
size_t frame_wire_len(const struct frame *, struct bytes in);
/*
 * Appends one frame.
 * Result:  0, or -1, nothing appended, and *e (frame: too long for its length
 *          field or max, a line that contains its end mark, a size other than
 *          the fixed one, an empty SLIP message; limit: no memory).
 */
int frame_write(const struct frame *, struct bytes payload, struct buf *out,
		struct err *e);

#endif
