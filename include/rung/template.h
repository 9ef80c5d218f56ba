/* SPDX-License-Identifier: ISC */
/*
 * Templates, `<de ad u16be=5 body:"x">`: one notation for bytes to send and
 * bytes to expect. This code neither sends nor waits.
 */
#ifndef RUNG_TEMPLATE_H
#define RUNG_TEMPLATE_H

#include "rung/match.h"
#include "rung/param.h"

struct template;

/*
 * Parses the text between `<` and `>`.
 * Result:  NULL and *e (usage), *bad: the offset of the error in `text`.
 * Limits:  1 MiB of text, 4096 items.
 * Source:  SPEC.md §2, "Templates".
 */
struct template *template_parse(struct bytes text, size_t *bad, struct err *e);
struct template *template_ref(struct template *);
void template_unref(struct template *); /* NULL is fine */
/* Returns true if the template uses no variable, and so always builds and finds
 * the same bytes. */
bool template_constant(const struct template *);

/*
 * Appends the template's bytes. Computed values (len, sums) are filled in from
 * the named pieces, wherever these stand in the template.
 * Result:  0, or -1 and *e (usage: out of range, a piece without a value, a
 *          variable that is not set), *bad: the offset of the error in the
 *          text.
 */
int template_build(const struct template *, const struct lookup *,
		   struct buf *out, size_t *bad, struct err *e);
/*
 * Makes a pattern that finds the bytes that the template describes. Looks up
 * its variables now and takes a reference to the template. Named pieces and
 * numbers become named captures of struct match_found: as bytes, or as a
 * decimal number.
 * Result:  NULL and *e; *bad as of template_build(). A template that could
 *          match the empty string, and so would match everywhere, is rejected.
 * Limits:  a position at which the stream gives a length above
 *          match_set_max_length() does not match; with a smaller length the
 *          match waits for the data, as an expression would. `name:*` is the
 *          rest of a message; in a stream it waits for the end. Sums over too
 *          many overlapping places are FAIL with class limit.
 */
struct match *match_template(struct template *, const struct lookup *,
			     size_t *bad, struct err *e);
/* Appends a template, in brackets, that builds the bytes: `<"GET /
 * HTTP/1.1\r\n" 00 ff>`. For up to 256 KiB of bytes the text can be parsed
 * again. */
void template_print(struct bytes, struct buf *out);

/* Returns true if all bytes are printable characters, tabs and line ends, which
 * a quoted string shows better. */
bool template_is_text(struct bytes);

/* Returns the name of the nth number type, for completion; NULL after the last.
 */
const char *template_type(size_t nth);

#endif
