/* SPDX-License-Identifier: ISC */
/*
 * Prints the request for the command line of curl that is the argument, for
 * curl_line.sh.
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

int main(int argc, char **argv)
{
	struct curl_request r = {.items = NULL};
	struct curl_files files = {.read = read_file};
	struct buf data = {.limit = BUF_SMALL}, head = data;
	struct bytes boundary = BYTES("BOUND");
	struct err e;
	if (argc != 2)
		return 2;
	if (curl_read(&r, bytes_str(argv[1]), &e) ||
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
	buf_puts(&head, "\r\n");
	if (!curl_has(&r, CURL_GET))
		buf_put(&head, buf_bytes(&data));
	fwrite(buf_bytes(&head).at, 1, buf_len(&head), stdout);
	buf_fini(&data);
	buf_fini(&head);
	curl_free(&r);
	return 0;
}
