/* SPDX-License-Identifier: ISC */
/*
 * The functions that each family of frames supplies to frame.c. Private to
 * codec; codec/frame.h is the public contract.
 */
#ifndef RUNG_CODEC_FAMILY_H
#define RUNG_CODEC_FAMILY_H

#include "rung/codec/frame.h"

/* The functions of codec/frame.h, for one family. */
struct frame_family {
	enum frame_result (*read)(const struct frame *, struct bytes in,
				  size_t *took, struct buf *scratch,
				  struct bytes *payload, struct err *e);
	/* Called with a payload of at most f->max bytes; for frame_fixed, of
	 * any length. */
	int (*write)(const struct frame *, struct bytes payload,
		     struct buf *out, struct err *e);
	size_t (*wire_max)(const struct frame *);
	bool forms; /* see frame_has_forms() */
	/* NULL: frames of this family carry no length. */
	size_t (*wire_len)(const struct frame *, struct bytes in);
};

extern const struct frame_family frame_line;
extern const struct frame_family frame_fixed;
extern const struct frame_family frame_length;
extern const struct frame_family frame_varint;
extern const struct frame_family frame_netstring;
extern const struct frame_family frame_slip;
extern const struct frame_family frame_cobs;

/* frame_bad() and frame_too_long() set *e, and *took to `at`. Result:
 * FRAME_BAD. */
enum frame_result frame_bad(size_t at, size_t *took, struct err *e,
			    const char *fmt, ...) RUNG_PRINTF(4, 5);
enum frame_result frame_too_long(const struct frame *, size_t at, size_t *took,
				 struct err *e);
/* Appends the parts of a frame, all or nothing. Result: as for frame_write().
 */
int frame_put(struct buf *out, struct bytes head, struct bytes payload,
	      struct bytes tail, struct err *e);
/* Sets *e, class limit. Result: -1. */
int frame_no_memory(struct err *e);

#endif
