/* SPDX-License-Identifier: ISC */
/*
 * Prints the request for the command line of curl that is the argument, or with
 * -w the command line that sends this request, for curl_line.sh.
 */
#include "rung/codec/curl.h"

#include <stdio.h>

static int read_file(void *context, struct bytes path, struct buf *out,
		     struct err *e)
{
	char bytes[4096];
	struct buf name = {.limit = BUF_SMALL};
	(void)context;
	buf_put(&name, path);
	FILE *f = fopen(buf_cstr(&name), "r");
	buf_fini(&name);
	if (!f)
		return err_set(e, ERR_IO, 0, "cannot open the file");
	size_t n = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	return buf_put(out, bytes_of(bytes, n));
}

enum { FIELDS_MAX = 20 };

/* Appends the command line for the request. `head`: without the empty line. */
static int put_line(struct bytes url, struct bytes head, struct bytes data,
		    struct buf *out, struct err *e)
{
	struct curl_field fields[FIELDS_MAX];
	struct curl_sent sent = {.url = url, .fields = fields, .data = data};
	sent.method = bytes_head(head, bytes_find_byte(head, ' ', 0));
	head = bytes_skip(head, bytes_find_byte(head, '\n', 0) + 1);
	while (head.len && sent.count < FIELDS_MAX) {
		struct bytes line = bytes_head(head,
					       bytes_find_byte(head, '\r', 0));
		size_t colon = bytes_find_byte(line, ':', 0);
		fields[sent.count].name = bytes_head(line, colon);
		fields[sent.count++].value = bytes_trim(
		    bytes_skip(line, colon + 1));
		head = bytes_skip(head, line.len + 2);
	}
	return curl_put_line(&sent, out, e);
}

static int print_line(const struct curl_request *r, struct bytes head,
		      struct bytes data)
{
	struct buf url = {.limit = BUF_SMALL}, line = url;
	struct err e;
	bool get = curl_has(r, CURL_GET);
	buf_puts(&url, "http://");
	buf_put(&url, r->host);
	curl_put_target(r, data, &url);
	int bad = put_line(buf_bytes(&url), head, get ? BYTES_NONE : data,
			   &line, &e);
	puts(bad ? e.text : buf_cstr(&line));
	buf_fini(&url);
	buf_fini(&line);
	return bad ? 1 : 0;
}

int main(int argc, char **argv)
{
	struct curl_request r = {.items = NULL};
	struct curl_files files = {.read = read_file};
	struct buf data = {.limit = BUF_SMALL}, head = data;
	struct bytes boundary = BYTES("BOUND");
	struct err e;
	int code = 0;
	if (argc < 2)
		return 2;
	if (curl_read(&r, bytes_str(argv[argc - 1]), &e) ||
	    curl_put_data(&r, boundary, &files, &data, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	buf_put(&head, curl_method(&r));
	buf_putc(&head, ' ');
	curl_put_target(&r, buf_bytes(&data), &head);
	buf_puts(&head, " HTTP/1.1\r\n");
	if (curl_put_fields(&r, buf_bytes(&data), boundary, &head, &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	if (argc == 3) {
		code = print_line(&r, buf_bytes(&head), buf_bytes(&data));
	} else {
		buf_puts(&head, "\r\n");
		if (!curl_has(&r, CURL_GET))
			buf_put(&head, buf_bytes(&data));
		fwrite(buf_bytes(&head).at, 1, buf_len(&head), stdout);
	}
	buf_fini(&data);
	buf_fini(&head);
	curl_free(&r);
	return code;
}
