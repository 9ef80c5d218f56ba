/* SPDX-License-Identifier: ISC */
/*
 * Writes the fields of HTTP messages.
 */
#include "base64.h"

#include "rung/codec/http.h"
#include "rung/codec/http_write.h"

#include <inttypes.h>
#include <stdio.h>

/* Splits a field that the user gave. Result: false: it only takes off the
 * default. */
static bool split(struct bytes text, struct bytes *name, struct bytes *value)
{
	size_t colon = bytes_find_byte(text, ':', 0);

	if (colon == BYTES_NOT_FOUND && text.len &&
	    text.at[text.len - 1] == ';') {
		*name = bytes_head(text, text.len - 1);
		*value = BYTES_NONE;
		return true;
	}
	*name = bytes_head(text, colon);
	*value = bytes_trim(bytes_skip(text, name->len + 1));
	return value->len > 0;
}

int http_check_given(const struct arg *given, struct err *e)
{
	for (size_t i = 0; i < given->n; i++) {
		struct bytes text = given->at[i].text, name, value;
		bool writes = split(text, &name, &value);
		bool colon = bytes_find_byte(text, ':', 0) != BYTES_NOT_FOUND;
		if (!colon && !writes)
			return err_usage(e, "-H needs 'Name: value'");
		if (http_field_check(name, value, e))
			return -1;
	}
	return 0;
}

bool http_is_given(const struct arg *given, const char *name)
{
	for (size_t i = 0; i < given->n; i++) {
		struct bytes found, value;
		(void)split(given->at[i].text, &found, &value);
		if (bytes_is_caseless(found, name))
			return true;
	}
	return false;
}

static void put_field(struct bytes name, struct bytes value, struct buf *out)
{
	buf_put(out, name);
	buf_puts(out, value.len ? ": " : ":");
	buf_put(out, value);
	buf_puts(out, "\r\n");
}

void http_put_given(const struct arg *given, struct buf *out)
{
	for (size_t i = 0; i < given->n; i++) {
		struct bytes name, value;
		if (split(given->at[i].text, &name, &value))
			put_field(name, value, out);
	}
}

void http_put_default(const struct arg *given, const char *name,
		      struct bytes value, struct buf *out)
{
	if (!http_is_given(given, name))
		put_field(bytes_str(name), value, out);
}

void http_put_default_number(const struct arg *given, const char *name,
			     uint64_t value, struct buf *out)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRIu64, value);
	http_put_default(given, name, bytes_str(text), out);
}

bool http_is_old(const struct attrs *asked)
{
	struct bytes version;

	return attrs_get(asked, "version", &version) &&
	       bytes_is(version, "1.0");
}

void http_put_connection(const struct arg *given, const struct attrs *asked,
			 bool framed, struct buf *out)
{
	struct bytes name, value;
	bool old = http_is_old(asked), closes = false, keeps = false;

	for (size_t at = 0; asked && attrs_next(asked, &at, &name, &value);) {
		if (!bytes_is(name, "header.connection"))
			continue;
		closes |= http_list_has(value, "close");
		keeps |= http_list_has(value, "keep-alive");
	}
	if (closes || (old && !(keeps && framed)))
		http_put_default(given, "Connection", BYTES("close"), out);
	else if (old)
		http_put_default(given, "Connection", BYTES("keep-alive"), out);
}

void http_put_basic(struct bytes user, struct bytes password, struct buf *out)
{
	struct buf both = {.limit = SIZE_MAX / 8};

	buf_put(&both, user);
	buf_putc(&both, ':');
	buf_put(&both, password);
	buf_puts(out, "Basic ");
	base64_put(buf_bytes(&both), out);
	buf_fini(&both);
}

struct reason {
	unsigned status;
	const char *text;
};

/* RFC 9110 §15; RFC 6585; RFC 8297 (103); RFC 4918 (423). */
static const struct reason reasons[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {511, "Network Authentication Required"},
};

const char *http_reason(unsigned status)
{
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].status == status)
			return reasons[i].text;
	return "";
}
