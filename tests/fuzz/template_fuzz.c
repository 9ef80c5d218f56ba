/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes templates: a built template matches itself, a stream that comes in
 * pieces has the same match as the whole stream, and a template printed from
 * bytes builds the same bytes. Covers reader, template*, form and sums.
 *
 * Input: a byte for the size of the pieces, one for the template's length, then
 * the template and the text.
 */
#include "rung/template.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TEXT_MAX = 256 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* Looks up a variable: $u… is not set, $n… is a number, and the value of any
 * other is its name. */
static int get_variable(const struct lookup *lookup, struct bytes name,
			struct buf *out, struct err *e)
{
	(void)lookup;
	if (name.at[0] == 'u')
		return err_set(e, ERR_USAGE, 0, "not set");
	if (name.at[0] == 'n')
		return buf_printf(out, "%zu", name.len);
	return buf_put(out, name);
}

static const struct lookup lookup = {.get = get_variable};

static void check_found(struct bytes window, const struct match_found *found)
{
	expect(found->start <= found->end && found->end <= window.len);
	for (size_t i = 0; i < found->named_count; i++) {
		struct bytes value = found->named[i].value;
		volatile uint8_t sum = 0;

		expect(value.at != NULL && found->named[i].name.len);
		for (size_t n = 0; n < value.len; n++)
			sum = (uint8_t)(sum + value.at[n]);
	}
}

/* Returns the match's offset in the stream, or BYTES_NOT_FOUND. *end: the end
 * of the match. */
static size_t search(struct match *m, struct bytes text, size_t piece,
		     size_t *end)
{
	size_t gone = 0, len = 0, from = 0;

	*end = BYTES_NOT_FOUND;
	for (;;) {
		bool final = len == text.len - gone;
		/* Allocate exactly this size, so that a sanitizer finds a read
		 * past the end. */
		uint8_t *copy = malloc(len ? len : 1);
		struct match_found found;
		size_t before = from;

		expect(copy != NULL);
		if (len)
			memcpy(copy, text.at + gone, len);

		enum match_result r = match_find(m, bytes_of(copy, len), &from,
						 final, &found, NULL);

		if (r == MATCH_YES)
			check_found(bytes_of(copy, len), &found);
		free(copy);
		expect(r != MATCH_FAIL);
		if (r == MATCH_YES) {
			*end = gone + found.end;
			return gone + found.start;
		}
		expect(from >= before && from <= len);
		if (final) {
			expect(r == MATCH_NO);
			return BYTES_NOT_FOUND;
		}

		size_t keep = match_keep_from(m, from);

		gone += keep;
		from -= keep;
		len -= keep;
		len += piece;
		if (len > text.len - gone)
			len = text.len - gone;
	}
}

/* Builds the template and checks that it matches the whole result. */
static void check_built(const struct template *t, struct match *m)
{
	struct buf out;
	struct match_found found;
	size_t bad = 0;

	buf_init(&out, 1 << 20);
	if (!template_build(t, &lookup, &out, &bad, NULL)) {
		expect(match_begins(m, buf_bytes(&out), false, NULL, &found,
				    NULL) == MATCH_YES);
		expect(found.end == buf_len(&out));
	}
	buf_fini(&out);
}

/* Checks that a search that failed is explained, and that no other is. */
static void check_explained(struct match *m, struct bytes text, bool found)
{
	struct match_data data = {.window = text, .final = true};
	struct match_miss miss;
	uint64_t left = UINT64_MAX;

	expect(match_explain(m, &data, &left, &miss) == !found);
	expect(found || miss.at <= text.len || miss.at == SIZE_MAX);
	expect(found || (miss.part[0] && miss.reason[0]));
	for (data.begins = true; data.final; data.final = false)
		match_explain(m, &data, &left, &miss);
}

static void check_match(struct match *m, struct bytes text, size_t piece)
{
	size_t whole_end, end;
	size_t whole = search(m, text, TEXT_MAX + 1, &whole_end);
	struct buf out;

	check_explained(m, text, whole != BYTES_NOT_FOUND);

	expect(search(m, text, piece, &end) == whole && end == whole_end);
	buf_init(&out, SIZE_MAX);
	match_print(m, &out);
	expect(out.data[0] == '<' && out.data[buf_len(&out) - 1] == '>');
	expect(bytes_find_byte(buf_bytes(&out), '\n', 0) == BYTES_NOT_FOUND);
	buf_fini(&out);
}

static void check_print(struct bytes text)
{
	struct buf print, out;
	struct template *t;

	buf_init(&print, SIZE_MAX);
	buf_init(&out, SIZE_MAX);
	template_print(text, &print);
	t = template_parse(bytes_of(print.data + 1, buf_len(&print) - 2), NULL,
			   NULL);
	expect(t && template_constant(t));
	expect(!template_build(t, NULL, &out, NULL, NULL));
	expect(bytes_equal(buf_bytes(&out), text));
	template_unref(t);
	buf_fini(&print);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {.kind = ERR_NONE};
	size_t bad = 0;

	if (size < 2)
		return 0;

	struct bytes rest = bytes_of(data + 2, size - 2);
	struct bytes source = bytes_head(rest, data[1]);
	struct bytes text = bytes_head(bytes_skip(rest, source.len), TEXT_MAX);
	struct template *t = template_parse(source, &bad, &e);
	struct match *m = NULL;

	check_print(text);
	if (t)
		m = match_template(t, &lookup, &bad, &e);
	if (m) {
		check_built(t, m);
		check_match(m, text, data[0] % 16 + 1);
	} else {
		expect(e.kind != ERR_NONE && bad <= source.len);
	}
	match_unref(m);
	template_unref(t);
	return 0;
}
