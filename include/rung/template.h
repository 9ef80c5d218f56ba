/* SPDX-License-Identifier: ISC */
/*
 * Templates, `<de ad u16be=5 body:"x">`: one notation for bytes to send and
 * bytes to expect. Neither sends nor waits.
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
/* Returns true if no variable is used: the template always builds and finds the
 * same bytes. */
bool template_constant(const struct template *);

/*
 * Appends the template's bytes. Computed values (len, sums) are filled in from
 * the named pieces, wherever these stand.
 * Result:  0, or -1 and *e (usage: out of range, a piece without a value, a
 *          variable that is not set), *bad: the offset in the text.
 */
int template_build(const struct template *, const struct lookup *,
		   struct buf *out, size_t *bad, struct err *e);
/*
 * Makes a pattern that finds what the template describes. Looks up its
 * variables now and takes a reference of the template. Named pieces and numbers
 * become named captures of struct match_found: bytes, or a decimal.
 * Result:  NULL and *e, *bad as above. A template that could match no bytes,
 *          and so everywhere, is refused.
 * Limits:  a position at which the stream gives a length above
 *          match_set_max_length() does not match; for a smaller length the
 *          match waits, as an expression would. `name:*` is the rest of a
 *          message; in a stream it waits for the end. Sums over too many
 *          overlapping places are FAIL with class limit.
 */
struct match *match_template(struct template *, const struct lookup *,
			     size_t *bad, struct err *e);
/* Appends the bytes as a template in brackets that builds them: `<"GET /
 * HTTP/1.1\r\n" 00 ff>`. Up to 256 KiB can be parsed again. */
void template_print(struct bytes, struct buf *out);

/* Returns true if the bytes are printable characters, tabs and line ends, which
 * are better quoted. */
bool template_is_text(struct bytes);

/* Returns the nth type of numbers, for completion; NULL after the last. */
const char *template_type(size_t nth);

#endif
