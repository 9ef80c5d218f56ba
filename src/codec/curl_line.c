/* SPDX-License-Identifier: ISC */
/*
 * Writes a request as a command line of curl. curl_words.c reads the quotes,
 * http_head.c the head of a message.
 */
#include "rung/codec/curl.h"
#include "rung/codec/http.h"

#include "rung/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Returns true if the text can stand between plain quotes. */
static bool is_plain(struct bytes in)
{
	while (in.len) {
		uint32_t rune;
		int n = utf8_next(in, &rune);
		if (n <= 0 || !utf8_is_printable(rune) || rune == '\'')
			return false;
		in = bytes_skip(in, (size_t)n);
	}
	return true;
}

/* Appends a byte of $'...'. `!` would be replaced by an interactive shell. */
static int put_escaped(uint8_t c, struct buf *out)
{
	static const char from[] = "\n\r\t\\'", to[] = "nrt\\'";
	const char *at = c ? strchr(from, c) : NULL;
	if (at)
		return buf_printf(out, "\\%c", to[at - from]);
	if (c < ' ' || c >= 0x7F || c == '!')
		return buf_printf(out, "\\x%02x", c);
	return buf_putc(out, c);
}

/* Appends text as a quoted word of bash. */
static int put_word(struct bytes in, struct buf *out)
{
	bool plain = is_plain(in);
	int bad = buf_puts(out, plain ? "'" : "$'");
	if (plain)
		bad |= buf_put(out, in);
	for (size_t i = 0; !plain && i < in.len && !bad; i++)
		bad = put_escaped(in.at[i], out);
	return bad | buf_putc(out, '\'');
}

/* Appends an option on a line of its own. */
static int put_option(const char *option, struct bytes value, struct buf *out)
{
	return buf_puts(out, " \\\n  ") || buf_puts(out, option) ||
		       put_word(value, out)
		   ? -1
		   : 0;
}

static const struct curl_field *find_sent(const struct curl_sent *s,
					  const char *name)
{
	for (size_t i = 0; i < s->count; i++)
		if (bytes_is_caseless(s->fields[i].name, name))
			return &s->fields[i];
	return NULL;
}

/* Returns true if curl makes this field from the URL or the data. */
static bool is_implied(const struct curl_sent *s, const struct curl_field *f)
{
	char length[24];
	size_t from = bytes_find(s->url, BYTES("://"), 0);
	struct bytes host = from == BYTES_NOT_FOUND
				? s->url
				: bytes_skip(s->url, from + 3);
	if (bytes_is_caseless(f->name, "Host"))
		return bytes_equal(f->value, bytes_before(host, "/?"));
	int len = snprintf(length, sizeof length, "%zu", s->data.len);
	return s->data.len && bytes_is_caseless(f->name, "Content-Length") &&
	       bytes_equal(f->value, bytes_of(length, (size_t)len));
}

static int put_sent_field(const struct curl_field *f, struct buf *out)
{
	struct buf text = {.limit = SIZE_MAX / 8};
	buf_put(&text, f->name);
	buf_puts(&text, f->value.len ? ": " : ";");
	buf_put(&text, f->value);
	int bad = put_option("-H ", buf_bytes(&text), out);
	buf_fini(&text);
	return bad;
}

static int put_fields(const struct curl_sent *s, struct buf *out)
{
	int bad = 0;
	for (size_t i = 0; i < s->count && !bad; i++)
		if (!is_implied(s, &s->fields[i]))
			bad = put_sent_field(&s->fields[i], out);
	if (!find_sent(s, "Accept"))
		bad |= put_option("-H ", BYTES("Accept:"), out);
	if (!find_sent(s, "User-Agent"))
		bad |= put_option("-H ", BYTES("User-Agent:"), out);
	if (s->data.len && !find_sent(s, "Content-Type"))
		bad |= put_option("-H ", BYTES("Content-Type:"), out);
	return bad;
}

static int put_method(const struct curl_sent *s, struct buf *out)
{
	if (bytes_is(s->method, "HEAD") && !s->data.len)
		return buf_puts(out, " \\\n  -I");
	if (bytes_is(s->method, s->data.len ? "POST" : "GET"))
		return 0;
	return put_option("-X ", s->method, out);
}

/* Returns true if curl would change the path: it removes dot segments. */
static bool has_dots(struct bytes url)
{
	struct bytes path = bytes_head(url, bytes_find_byte(url, '?', 0));
	return bytes_find(path, BYTES("/."), 0) != BYTES_NOT_FOUND;
}

/* Returns true if curl would expand the URL to several ones. */
static bool has_pattern(struct bytes url)
{
	for (size_t i = 0; i < url.len; i++)
		if (url.at[i] && strchr("[]{}\\", url.at[i]))
			return true;
	return false;
}

static bool has_nul(const struct curl_sent *s)
{
	bool nul = bytes_find_byte(s->data, '\0', 0) != BYTES_NOT_FOUND ||
		   bytes_find_byte(s->url, '\0', 0) != BYTES_NOT_FOUND ||
		   bytes_find_byte(s->unix_socket, '\0', 0) !=
		       BYTES_NOT_FOUND ||
		   bytes_find_byte(s->method, '\0', 0) != BYTES_NOT_FOUND;
	for (size_t i = 0; i < s->count && !nul; i++) {
		const struct curl_field *f = &s->fields[i];
		nul = bytes_find_byte(f->name, '\0', 0) != BYTES_NOT_FOUND ||
		      bytes_find_byte(f->value, '\0', 0) != BYTES_NOT_FOUND;
	}
	return nul;
}

int curl_put_line(const struct curl_sent *s, struct buf *out, struct err *e)
{
	if (has_nul(s))
		return err_usage(e, "the request has a NUL byte, which no "
				    "command line can carry");
	int bad = buf_puts(out, "curl ") | put_word(s->url, out);
	if (has_pattern(s->url))
		bad |= buf_puts(out, " \\\n  -g");
	if (has_dots(s->url))
		bad |= buf_puts(out, " \\\n  --path-as-is");
	if (s->insecure)
		bad |= buf_puts(out, " \\\n  -k");
	if (s->unix_socket.len)
		bad |= put_option("--unix-socket ", s->unix_socket, out);
	bad |= put_method(s, out) | put_fields(s, out);
	if (s->data.len)
		bad |= put_option("--data-raw ", s->data, out);
	return bad ? err_set(e, ERR_LIMIT, 0, "the command line is too long")
		   : 0;
}

static size_t read_fields(struct bytes lines, struct curl_field **out)
{
	struct http_field field;
	size_t n = 0;
	*out = NULL;
	while (http_field_next(&lines, &field)) {
		*out = xrealloc(*out, n + 1, sizeof **out);
		(*out)[n++] = (struct curl_field){field.name, field.value};
	}
	return n;
}

/* Returns true if the target is a path that curl sends unchanged. */
static bool is_path(struct bytes target)
{
	return bytes_starts(target, BYTES("/")) &&
	       bytes_find_byte(target, '#', 0) == BYTES_NOT_FOUND;
}

int curl_put_message(const struct curl_sent *from, struct bytes message,
		     struct buf *out, struct err *e)
{
	static const struct http_rules rules = {.responses = false};
	struct http_head head;
	struct curl_field *fields;
	struct curl_sent sent = *from;
	struct bytes host = BYTES("localhost");
	struct buf url = {.limit = SIZE_MAX / 8};
	size_t seen = 0, wrong;
	if (http_head_read(&rules, message, &seen, &head, &wrong, NULL) !=
		HTTP_OK ||
	    head.minor != 1 || !is_path(head.target))
		return err_usage(e, "cannot send this request");
	(void)http_field_get(head.fields, "Host", &host);
	buf_put(&url, from->url);
	if (bytes_find(from->url, BYTES("://"), 0) + 3 == from->url.len)
		buf_put(&url, host);
	buf_put(&url, head.target);
	sent.method = head.method;
	sent.url = buf_bytes(&url);
	sent.count = read_fields(head.fields, &fields);
	sent.fields = fields;
	sent.data = bytes_skip(message, head.len);
	int bad = curl_put_line(&sent, out, e);
	free(fields);
	buf_fini(&url);
	return bad;
}
