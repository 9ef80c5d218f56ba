/* SPDX-License-Identifier: ISC */
/*
 * Inspects and prints the source of an expression. regex.c compiles and runs
 * it.
 */
#include "expression.h"

#include "rung/text.h"

static const char *const ahead[] = {
    "(?=",   "(?!",   "(*",  "(?(", "(?>", "\\z", "\\Z",
    "[[:<:", "[[:>:", ")++", ")*+", ")?+", "}+",  NULL,
};
static const char *const edges[] = {"\\b", "\\B", NULL};
static const char *const wholes[] = {"(*", "\\G", "\\K", NULL};

static bool mentions(struct bytes source, const char *const *marks)
{
	for (; *marks; marks++)
		if (bytes_find(source, bytes_str(*marks), 0) != BYTES_NOT_FOUND)
			return true;
	return false;
}

struct expression_care expression_care(struct bytes source)
{
	return (struct expression_care){
	    .ahead = mentions(source, ahead),
	    .edges = mentions(source, edges),
	    .whole = mentions(source, wholes),
	};
}

void expression_print(struct bytes source, struct buf *out)
{
	bool escaped = false;

	while (source.len) {
		uint32_t rune;
		int len = utf8_next(source, &rune);
		size_t n = len > 0 ? (size_t)len : 1;

		if (len > 0 && utf8_is_printable(rune)) {
			if (rune == '/' && !escaped)
				buf_putc(out, '\\');
			buf_put(out, bytes_head(source, n));
		} else {
			for (size_t i = 0; i < n; i++, escaped = false)
				buf_printf(out, "%sx%02x", escaped ? "" : "\\",
					   source.at[i]);
		}
		escaped = len == 1 && rune == '\\' && !escaped;
		source = bytes_skip(source, n);
	}
}
