/* SPDX-License-Identifier: ISC */
/*
 * Templates, `<de ad u16be=5 body:"x">`: one notation for bytes to send and for
 * bytes to expect. The callers send and wait.
 */
#ifndef RUNG_TEMPLATE_H
#define RUNG_TEMPLATE_H

#include "rung/match.h"
#include "rung/param.h"

struct template;

/*
 * Parses the text between `<` and `>`.
 * Result:  NULL and *e (usage); *bad: the offset of the error in `text`.
 * Limits:  1 MiB of text, 4096 items.
 * Source:  SPEC.md §2, "Templates".
 */
struct template *template_parse(struct bytes text, size_t *bad, struct err *e);
struct template *template_ref(struct template *);
void template_unref(struct template *); /* NULL is fine */
/* Returns true if the template contains no variable, so that it needs to be
 * built or compiled only once. */
bool template_constant(const struct template *);

/*
 * Appends the template's bytes. Computes the values of lengths and sums from
 * the named pieces, wherever these are in the template.
 * Result:  0, or -1 and *e (usage: out of range, a piece without a value, a
 *          variable that is not set); *bad: the offset of the error in the
 *          text.
 */
int template_build(const struct template *, const struct lookup *,
		   struct buf *out, size_t *bad, struct err *e);
/*
 * Makes a pattern that finds the bytes that the template describes. Looks up
 * the template's variables now, and takes a reference to the template. Named
 * pieces and numbers become named captures of struct match_found: pieces as
 * bytes, numbers in decimal.
 * Result:  NULL and *e; *bad as for template_build(). Rejects a template that
 *          could match the empty string, because it would match at every
 *          position.
 * Limits:  a position at which the stream gives a length above
 *          match_set_max_length() does not match; with a smaller length the
 *          match waits for the data. `name:*` is the rest of a message; in a
 *          stream, the match waits for the end of the stream. FAIL with class
 *          limit: sums over too many overlapping positions.
 */
struct match *match_template(struct template *, const struct lookup *,
			     size_t *bad, struct err *e);
/* Appends a template, with its brackets, that builds the bytes: `<"GET /
 * HTTP/1.1\r\n" 00 ff>`. The text is a valid template for up to 256 KiB of
 * bytes. */
void template_print(struct bytes, struct buf *out);

/* Returns true if all bytes are printable characters, tabs and line ends: a
 * quoted string then displays them better than a template. */
bool template_is_text(struct bytes);

/* Returns the name of the nth number type, for completion; NULL after the last.
 */
const char *template_type(size_t nth);

#endif
