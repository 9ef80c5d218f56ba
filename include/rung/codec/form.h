/* SPDX-License-Identifier: ISC */
/*
 * Writes the bodies of HTML forms: application/x-www-form-urlencoded (WHATWG
 * URL §5.2) and multipart/form-data (RFC 7578; WHATWG HTML §4.10.21.8).
 */
#ifndef RUNG_CODEC_FORM_H
#define RUNG_CODEC_FORM_H

#include "rung/bytes.h"

/* Characters besides letters and digits that stay as they are. */
#define FORM_KEPT "*-._"

/* Number of random bytes in a boundary. */
enum { FORM_RANDOM = 12 };

struct form_part {
	struct bytes name, data;
	struct bytes filename; /* NULL: not a file */
	struct bytes type;     /* empty: no Content-Type */
};

/* The next four functions return 0, or -1: the buf is full. */
/* Appends a name or value: letters, digits and `kept` as they are, a space as
 * `+`, all other bytes as %XX. */
int form_put_escaped(struct bytes in, const char *kept, struct buf *out);
/* Appends a boundary that consists of dashes and the random bytes. */
int form_put_boundary(const uint8_t random[FORM_RANDOM], struct buf *out);
/* Appends a part of multipart/form-data. Writes `"`, CR and LF of the names as
 * %22, %0D and %0A. */
int form_put_part(const struct form_part *, struct bytes boundary,
		  struct buf *out);
/* Appends the end after the last part. */
int form_put_end(struct bytes boundary, struct buf *out);

#endif
