/* SPDX-License-Identifier: ISC */
/*
 * Finds how the body of an HTTP/1 message is delimited, and refuses heads that
 * two readers could read in different ways ("request smuggling"). http_head.c
 * reads heads.
 *
 * Source: RFC 9112 §6.1 (Transfer-Encoding), §6.2 (Content-Length), §6.3, §3.2;
 *         RFC 9110 §8.6, §15.
 */
#include "rung/codec/http.h"

/* The framing fields of a head. */
struct body_fields {
	const uint8_t *length_at, *coding_at; /* the value; NULL: no field */
	uint64_t length;
	bool chunked; /* the last coding is chunked */
};

/* A message whose body is searched. */
struct body_search {
	const struct http_rules *rules;
	const struct http_head *h;
	struct body_fields found;
	const uint8_t *at; /* the wrong byte */
};

static int wrong_at(struct body_search *s, const uint8_t *at, const char *rule,
		    struct err *e)
{
	s->at = at;
	return err_set(e, ERR_HTTP_PROTO, 0, "%s", rule);
}

/* Reads a Content-Length. Result: false: it is not a number below 2^63. */
static bool read_length(struct bytes value, uint64_t *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < value.len; i++) {
		uint8_t c = value.at[i];
		if (c < '0' || c > '9' || n > (INT64_MAX - 9) / 10)
			return false;
		n = n * 10 + (unsigned)(c - '0');
	}
	*out = n;
	return value.len > 0;
}

static int take_length(struct body_search *s, struct bytes value, struct err *e)
{
	uint64_t length;
	bool first = !s->found.length_at;

	if (!first && !s->rules->lenient)
		return wrong_at(s, value.at,
				"more than one Content-Length (RFC 9112 6.3)",
				e);
	if (s->rules->lenient)
		value = bytes_trim(
		    bytes_head(value, bytes_find_byte(value, ',', 0)));
	if (!read_length(value, &length))
		return s->rules->lenient
			   ? 0
			   : wrong_at(s, value.at,
				      "Content-Length is not one decimal "
				      "number below 2^63 (RFC 9110 8.6)",
				      e);
	if (!first)
		return 0;
	s->found.length_at = value.at;
	s->found.length = length;
	return 0;
}

/* Reads the codings of one Transfer-Encoding field. */
static int take_codings(struct body_search *s, struct bytes value,
			struct err *e)
{
	bool lenient = s->rules->lenient;

	s->found.coding_at = value.at;
	if (!value.len && !lenient)
		return wrong_at(s, value.at,
				"empty Transfer-Encoding (RFC 9112 6.1)", e);
	while (value.len) {
		size_t n =
		    bytes_head(value, bytes_find_byte(value, ',', 0)).len;
		struct bytes coding = bytes_trim(bytes_head(value, n));
		bool chunked = bytes_is_caseless(coding, "chunked");
		value = bytes_skip(value, n + 1);
		if (s->found.chunked && !lenient)
			return wrong_at(s, coding.at,
					"a coding after chunked (RFC 9112 6.1)",
					e);
		if (!chunked && !lenient)
			return wrong_at(s, coding.at,
					"transfer coding other than chunked is "
					"not supported (RFC 9112 6.1)",
					e);
		s->found.chunked |= chunked;
	}
	return 0;
}

static int take_fields(struct body_search *s, struct err *e)
{
	struct bytes fields = s->h->fields;
	struct http_field f;

	while (http_field_next(&fields, &f)) {
		int status = 0;
		if (bytes_is_caseless(f.name, "content-length"))
			status = take_length(s, f.value, e);
		else if (bytes_is_caseless(f.name, "transfer-encoding"))
			status = take_codings(s, f.value, e);
		if (status)
			return -1;
	}
	return 0;
}

static int check_codings(struct body_search *s, struct err *e)
{
	const struct body_fields *f = &s->found;

	if (s->rules->lenient || !f->coding_at)
		return 0;
	if (f->length_at)
		return wrong_at(
		    s,
		    f->length_at > f->coding_at ? f->length_at : f->coding_at,
		    "both Content-Length and Transfer-Encoding (RFC "
		    "9112 6.1)",
		    e);
	if (s->h->minor == 0)
		return wrong_at(s, f->coding_at,
				"Transfer-Encoding in HTTP/1.0 (RFC 9112 6.1)",
				e);
	return 0;
}

/* Returns true for a response that never has a body. */
static bool has_no_body(unsigned status, struct bytes method)
{
	return status / 100 == 1 || status == 204 || status == 304 ||
	       bytes_is(method, "HEAD") ||
	       (status / 100 == 2 && bytes_is(method, "CONNECT"));
}

int http_body_find(const struct http_rules *rules, const struct http_head *h,
		   struct bytes method, struct http_body *body, size_t *wrong,
		   struct err *e)
{
	struct body_search s = {.rules = rules, .h = h};

	*body = (struct http_body){HTTP_NO_BODY, 0};
	if (take_fields(&s, e) || check_codings(&s, e)) {
		*wrong = h->fields_at + (size_t)(s.at - h->fields.at);
		return -1;
	}
	if (rules->responses && has_no_body(h->status, method))
		return 0;
	if (s.found.chunked)
		body->framing = HTTP_CHUNKED;
	else if (s.found.length_at && s.found.length)
		*body = (struct http_body){HTTP_LENGTH, s.found.length};
	else if (!s.found.length_at && rules->responses)
		body->framing = HTTP_TO_END;
	return 0;
}

int http_host_check(const struct http_head *h, size_t *wrong, struct err *e)
{
	struct bytes fields = h->fields;
	struct http_field f;
	unsigned n = 0;

	while (http_field_next(&fields, &f)) {
		if (!bytes_is_caseless(f.name, "host") || ++n == 1)
			continue;
		*wrong = h->fields_at + (size_t)(f.name.at - h->fields.at);
		return err_set(e, ERR_HTTP_PROTO, 0,
			       "more than one Host (RFC 9112 3.2)");
	}
	if (n || h->minor == 0)
		return 0;
	*wrong = h->len;
	return err_set(e, ERR_HTTP_PROTO, 0,
		       "no Host in an HTTP/1.1 request (RFC 9112 3.2)");
}
