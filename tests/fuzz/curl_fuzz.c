/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes command lines of curl: a line is read or is an error of class usage,
 * no value adds a line to the head, and what is written as a line can be read
 * again. Covers curl.c, curl_words.c, curl_send.c, curl_line.c and form.c.
 *
 * Input: the line. Each file contains its path.
 */
#include "rung/codec/curl.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4096 };

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static int read_path(void *context, struct bytes path, struct buf *out,
		     struct err *e)
{
	(void)context;
	(void)e;
	return buf_put(out, path);
}

/* Each line has a name and a colon, and ends with CR LF. */
static void check_head(struct bytes head)
{
	while (head.len) {
		struct bytes line = bytes_head(head,
					       bytes_find_byte(head, '\r', 0));
		size_t colon = bytes_find_byte(line, ':', 0);
		expect(colon != BYTES_NOT_FOUND && colon > 0);
		for (size_t i = 0; i < line.len; i++)
			expect(line.at[i] >= ' ' || line.at[i] == '\t');
		head = bytes_skip(head, line.len);
		expect(bytes_starts(head, BYTES("\r\n")));
		head = bytes_skip(head, 2);
	}
}

static void write_request(const struct curl_request *r)
{
	static const struct curl_files files = {.read = read_path};
	struct buf data = {.limit = SIZE_MAX / 8}, target = data, head = data;
	struct bytes boundary = BYTES("BOUND");
	struct err e;
	err_clear(&e);
	expect(r->path.len && r->path.at[0] == '/');
	expect(r->host.len > 0);
	if (curl_put_data(r, boundary, &files, &data, &e) == 0 &&
	    curl_put_fields(r, buf_bytes(&data), boundary, &head, &e) == 0) {
		expect(curl_put_target(r, buf_bytes(&data), &target) == 0);
		check_head(buf_bytes(&head));
	} else {
		expect(e.kind == ERR_USAGE);
	}
	buf_fini(&data);
	buf_fini(&target);
	buf_fini(&head);
}

/* Writes the input as the data of a request. */
static void check_line(struct bytes in)
{
	struct curl_request r = {.items = NULL};
	struct curl_sent sent = {
	    .method = BYTES("PUT"), .url = BYTES("http://h/"), .data = in};
	struct buf line = {.limit = SIZE_MAX / 8};
	struct bytes value = BYTES_NONE;
	if (curl_put_line(&sent, &line, NULL) == 0) {
		struct bytes words = bytes_skip(buf_bytes(&line), 5);
		expect(curl_read(&r, words, NULL) == 0);
		expect(curl_value(&r, CURL_DATA_RAW, &value) == (in.len > 0));
		expect(bytes_equal(value, in));
	}
	curl_free(&r);
	buf_fini(&line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct curl_request r = {.items = NULL};
	struct err e;
	err_clear(&e);
	if (size > INPUT_MAX)
		return 0;
	uint8_t *copy = malloc(size ? size : 1);
	expect(copy != NULL);
	if (size)
		memcpy(copy, data, size);
	if (curl_read(&r, bytes_of(copy, size), &e) == 0)
		write_request(&r);
	else
		expect(e.kind == ERR_USAGE && e.text[0]);
	curl_free(&r);
	check_line(bytes_of(copy, size));
	free(copy);
	return 0;
}
