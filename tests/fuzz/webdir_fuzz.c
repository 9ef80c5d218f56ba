/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes requests for files: no path leaves the directory, and an answer is
 * inside the file. Covers webdir.c and http_date.c.
 *
 * Input: lines: target, Range, If-Range, If-None-Match, If-Match, and two
 * dates.
 */
#include "rung/codec/webdir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static struct bytes take_line(struct bytes *rest)
{
	struct bytes line = bytes_head(*rest, bytes_find_byte(*rest, '\n', 0));
	*rest = bytes_skip(*rest, line.len + 1);
	return line;
}

static void check_path(struct bytes target)
{
	struct buf path = {.limit = SIZE_MAX / 8};
	if (webdir_path(target, &path) == 0) {
		struct bytes rest = buf_bytes(&path);
		expect(bytes_find_byte(rest, '\0', 0) == BYTES_NOT_FOUND);
		while (rest.len) {
			struct bytes segment = bytes_head(
			    rest, bytes_find_byte(rest, '/', 0));
			expect(segment.len && !bytes_is(segment, ".") &&
			       !bytes_is(segment, ".."));
			rest = bytes_skip(rest, segment.len + 1);
		}
		expect(webdir_media_type(buf_bytes(&path)) != NULL);
	}
	buf_fini(&path);
}

static void check_answer(const struct webdir_request *q, uint64_t size)
{
	struct webdir_file file = {.size = size, .changed_s = 784111777};
	struct webdir_answer a = webdir_decide(q, &file);
	struct buf out = {.limit = SIZE_MAX / 8};
	expect(a.from <= size && a.len <= size - a.from);
	expect(a.status != 206 || a.len > 0);
	expect(a.status == 200 || a.status == 206 || a.len == 0);
	expect(webdir_put_fields(&a, &file, "text/html", &out) == 0);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size);
	struct webdir_request q = {.method = BYTES("GET"), .now = 1780000000};
	check_path(take_line(&rest));
	q.range = take_line(&rest);
	q.if_range = take_line(&rest);
	q.if_none_match = take_line(&rest);
	q.if_match = take_line(&rest);
	q.if_modified_since = take_line(&rest);
	q.if_unmodified_since = take_line(&rest);
	check_answer(&q, 0);
	check_answer(&q, 1000);
	check_answer(&q, UINT64_MAX);
	return 0;
}
