/* SPDX-License-Identifier: ISC */
/*
 * Prints received data that did not match the expected text: hex rows, with a
 * mark under the first byte that differs. cmd/expect.c reports the error.
 */
#include "hex.h"

#include "rung/view.h"

/* The longest partial match of all expected texts. */
struct miss {
	bool any;
	size_t at;  /* offset of the first byte that differs, or the data's
		       length */
	size_t len; /* number of bytes that matched */
	uint8_t expected; /* byte expected at `at` */
};

static void compare(struct bytes text, struct bytes data, size_t from,
		    struct miss *miss)
{
	size_t n = 0;

	while (n < text.len && from + n < data.len &&
	       text.at[n] == data.at[from + n])
		n++;
	if (n == text.len || (miss->any && n <= miss->len))
		return;
	*miss = (struct miss){true, from + n, n, text.at[n]};
}

static struct miss nearest(struct bytes data, const struct bytes *texts,
			   size_t count, bool begins)
{
	struct miss miss = {.any = false};
	size_t last = begins || !data.len ? 0 : data.len - 1;

	for (size_t i = 0; i < count; i++)
		for (size_t from = 0; texts[i].len && from <= last; from++)
			compare(texts[i], data, from, &miss);
	/* If the texts could match anywhere and no byte matched, print no mark.
	 */
	miss.any = miss.any && (begins || miss.len);
	return miss;
}

static void put_mark(const struct miss *miss, size_t column, uint64_t offset,
		     struct text *out)
{
	size_t indent = hex_digits(offset) + HEX_FIRST + 3 * column +
			(column >= HEX_ROW / 2);

	text_printf(out, "%*s", (int)indent, "");
	text_style(out, STYLE_ERROR);
	text_printf(out, "^^ expected %02x", miss->expected);
	if (miss->expected > ' ' && miss->expected < 0x7F)
		text_printf(out, " '%c'", miss->expected);
	text_style(out, STYLE_PLAIN);
	text_puts(out, "\n");
}

void view_mismatch(struct bytes data, uint64_t offset,
		   const struct bytes *texts, size_t count, bool begins,
		   struct text *out)
{
	struct miss miss = nearest(data, texts, count, begins);

	for (size_t from = 0; from < data.len; from += HEX_ROW) {
		struct bytes row = bytes_head(bytes_skip(data, from), HEX_ROW);
		bool last = from + row.len == data.len;

		view_hex_row(row, offset + from, out);
		if (miss.any && miss.at >= from &&
		    (miss.at < from + HEX_ROW || last))
			put_mark(&miss, miss.at - from, offset + from, out);
	}
}
