/* SPDX-License-Identifier: ISC */
/*
 * Templates, `<de ad u16be=5 body:"x">`: one notation for bytes to send and
 * bytes to expect. Who sends or waits is not its job.
 */
#ifndef RUNG_TEMPLATE_H
#define RUNG_TEMPLATE_H

#include "rung/match.h"
#include "rung/param.h"

struct template;

/*
 * Parses what stands between `<` and `>`.
 * Result:  NULL and *e (usage), *bad: the offset in `text` that is wrong.
 * Limits:  1 MiB of text, 4096 items.
 * Source:  SPEC.md §2, "Templates".
 */
struct template *template_parse(struct bytes text, size_t *bad, struct err *e);
struct template *template_ref(struct template *);
void template_unref(struct template *); /* NULL is fine */
/* No variable is in it: it always builds the same, and finds the same. */
bool template_constant(const struct template *);

/*
 * Appends the bytes it stands for. Values that are computed (len, sums) are
 * filled in from the named pieces, wherever those stand.
 * Result:  0, or -1 and *e (usage: out of range, a piece that has no value, a
 *          variable that is not set), *bad: the offset in the text.
 */
int template_build(const struct template *, const struct lookup *,
		   struct buf *out, size_t *bad, struct err *e);
/*
 * A pattern that finds what the template describes; variables are looked up
 * now, and it holds the template. Named pieces and numbers become named
 * captures of struct found: bytes, or a decimal.
 * Result:  NULL and *e, *bad as above. A template of wildcards only that could
 *          match nothing is refused.
 * Limits:  a length from the wire of more than match_set_max_length() is no
 * match there; a smaller one is waited for, as an expression would. `name:*` is
 * the rest of a message; in a stream it waits for its end. Sums over very many
 * places that overlap are told as FAIL with class limit.
 */
struct match *match_template(struct template *, const struct lookup *,
			     size_t *bad, struct err *e);
/* Appends bytes as a template in brackets that builds the same bytes:
 * `<"GET / HTTP/1.1\r\n" 00 ff>`. Of up to 256 KiB it can be parsed again. */
void template_print(struct bytes, struct buf *out);

/* Nothing but characters that print, tabs and ends of lines: better quoted. */
bool template_is_text(struct bytes);

/* The types of numbers by their place in the list, for completion; NULL behind
 * the last. */
const char *template_type(size_t nth);

#endif
