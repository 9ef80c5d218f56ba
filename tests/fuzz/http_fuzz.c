/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes reading heads of HTTP messages: the result is the same for the whole
 * input and byte by byte, and the lenient reader accepts what the strict one
 * accepts. Covers codec/http_head.c and http_body.c.
 *
 * Input: a byte (odd: responses), then a message.
 */
#include "rung/codec/http.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096 };

struct reading {
	struct http_head head;
	enum http_read found;
	size_t wrong, len;
};

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static void read_in_steps(struct reading *r, const struct http_rules *rules,
			  struct bytes in, size_t step)
{
	size_t seen = 0, len = 0;

	*r = (struct reading){.found = HTTP_MORE};
	while (len < in.len && r->found == HTTP_MORE) {
		len = in.len - len < step ? in.len : len + step;
		r->found = http_head_read(rules, bytes_head(in, len), &seen,
					  &r->head, &r->wrong, NULL);
		expect(seen <= len);
	}
	r->len = len;
}

static void check_parts(const struct http_rules *rules, struct bytes in,
			const struct http_head *h)
{
	struct bytes fields = h->fields;
	struct http_field f;
	struct http_body body;
	size_t wrong = 0;

	expect(h->begin <= h->fields_at && h->fields_at <= h->len);
	expect(h->fields.at == in.at + h->fields_at);
	expect(h->fields_at + h->fields.len < h->len && h->len <= in.len);
	while (http_field_next(&fields, &f))
		expect(rules->lenient || http_is_token(f.name));
	if (http_body_find(rules, h, BYTES("GET"), &body, &wrong, NULL))
		expect(wrong < h->len);
	(void)http_host_check(h, &wrong, NULL);
	(void)http_keeps_alive(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reading whole, bytewise, lenient;
	struct http_rules rules = {.responses = size && data[0] & 1};
	struct bytes in = bytes_skip(bytes_of(data, size), 1);

	if (!size || size > INPUT_MAX)
		return 0;
	read_in_steps(&whole, &rules, in, SIZE_MAX);
	read_in_steps(&bytewise, &rules, in, 1);
	expect(whole.found == bytewise.found);
	expect(whole.found != HTTP_OK || whole.head.len == bytewise.head.len);
	expect(whole.found != HTTP_BAD || whole.wrong == bytewise.wrong);
	if (whole.found == HTTP_OK)
		check_parts(&rules, in, &whole.head);
	rules.lenient = true;
	read_in_steps(&lenient, &rules, in, SIZE_MAX);
	if (lenient.found == HTTP_OK)
		check_parts(&rules, in, &lenient.head);
	expect(whole.found != HTTP_OK || (lenient.found == HTTP_OK &&
					  lenient.head.len == whole.head.len));
	return 0;
}
