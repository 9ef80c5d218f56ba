/* SPDX-License-Identifier: ISC */
/*
 * Reads the head of an HTTP/1 message, line by line. http_body.c finds how the
 * body is delimited.
 */
#include "http_bytes.h"

#include "rung/codec/http.h"

/* A broken rule in a line. */
struct broken_rule {
	const char *rule; /* with its section; NULL: nothing is wrong */
	const uint8_t *at;
};

static bool fault_at(struct broken_rule *f, const uint8_t *at, const char *rule)
{
	*f = (struct broken_rule){rule, at};
	return false;
}

bool http_is_token(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_token_byte(text.at[i]))
			return false;
	return text.len > 0;
}

/* Returns the first byte of the set; NULL: none. */
static const uint8_t *find(struct bytes text, bool (*is_in_set)(uint8_t))
{
	for (size_t i = 0; i < text.len; i++)
		if (is_in_set(text.at[i]))
			return text.at + i;
	return NULL;
}

static struct bytes up_to(struct bytes text, const uint8_t *end)
{
	return bytes_of(text.at, (size_t)(end - text.at));
}

/* Reads `HTTP/1.x`. */
static bool read_version(struct bytes text, unsigned *minor,
			 struct broken_rule *f)
{
	if (text.len != 8 || !bytes_starts(text, BYTES("HTTP/")) ||
	    !is_digit(text.at[5]) || text.at[6] != '.' || !is_digit(text.at[7]))
		return fault_at(f, text.at,
				"the version is not HTTP/ and two digits (RFC "
				"9112 2.3)");
	if (text.at[5] != '1')
		return fault_at(f, text.at + 5,
				"the version is not HTTP/1.x (RFC 9112 2.3)");
	*minor = (unsigned)(text.at[7] - '0');
	return true;
}

/* Returns true for a byte that no request target has: URIs are printable
 * US-ASCII (RFC 3986 §2). */
static bool is_no_target_byte(uint8_t c)
{
	return c <= ' ' || c >= 0x7F;
}

/* Reads the method. `whole`: the line is complete; otherwise a CR at its end
 * may be part of the line end. */
static bool read_method(struct bytes line, bool whole, struct bytes *method,
			struct broken_rule *f)
{
	size_t n = bytes_head(line, bytes_find_byte(line, ' ', 0)).len;

	*method = bytes_head(line, n);
	for (size_t i = 0; i < n; i++) {
		uint8_t c = line.at[i];
		if (is_token_byte(c) ||
		    (c == '\r' && !whole && i + 1 == line.len))
			continue;
		return fault_at(f, line.at + i,
				c == '\r' ? "CR without LF (RFC 9112 2.2)"
					  : "the method is not a token (RFC "
					    "9112 3.1)");
	}
	if (whole && n == line.len)
		return fault_at(f, line.at,
				"no blank after the method (RFC 9112 3)");
	return n || n == line.len
		   ? true
		   : fault_at(f, line.at, "no method (RFC 9112 3.1)");
}

static bool read_request_line(const struct http_rules *rules, struct bytes line,
			      struct http_head *h, struct broken_rule *f)
{
	const uint8_t *last = NULL, *bad;

	if (!read_method(line, true, &h->method, f))
		return false;
	line = bytes_skip(line, h->method.len + 1);
	for (size_t i = 0; i < line.len; i++)
		if (line.at[i] == ' ')
			last = line.at + i;
	if (!last)
		return fault_at(f, line.at,
				"no version after the target (RFC 9112 3)");
	h->target = up_to(line, last);
	if (!h->target.len)
		return fault_at(f, line.at, "no target (RFC 9112 3.2)");
	bad = find(h->target, rules->lenient ? is_control : is_no_target_byte);
	if (bad)
		return fault_at(f, bad,
				*bad == '\r' ? "CR without LF (RFC 9112 2.2)"
				: *bad == ' '
				    ? "more than two blanks in the "
				      "request line (RFC 9112 3)"
				    : "byte that a target cannot have "
				      "(RFC 9112 3.2)");
	return read_version(bytes_skip(line, h->target.len + 1), &h->minor, f);
}

static bool read_status_line(struct bytes line, struct http_head *h,
			     struct broken_rule *f)
{
	struct bytes digits = bytes_head(bytes_skip(line, 9), 3);
	const uint8_t *p = digits.at, *bad;

	if (!read_version(bytes_head(line, 8), &h->minor, f))
		return false;
	if (line.len < 9 || line.at[8] != ' ')
		return fault_at(f, line.at + 8,
				"no blank after the version (RFC 9112 4)");
	if (digits.len < 3 || !is_digit(p[0]) || !is_digit(p[1]) ||
	    !is_digit(p[2]) || p[0] == '0')
		return fault_at(f, p,
				"the status is not three digits from 100 (RFC "
				"9112 4)");
	if (line.len > 12 && line.at[12] != ' ')
		return fault_at(f, line.at + 12,
				"no blank after the status (RFC 9112 4)");
	h->status = (unsigned)(p[0] - '0') * 100 + (unsigned)(p[1] - '0') * 10 +
		    (unsigned)(p[2] - '0');
	h->reason = bytes_skip(line, 13);
	bad = find(h->reason, is_control);
	return bad ? fault_at(f, bad, "control byte in the reason (RFC 9112 4)")
		   : true;
}

static bool check_field(const struct http_rules *rules, struct bytes line,
			struct broken_rule *f)
{
	const uint8_t *colon = memchr(line.at, ':', line.len), *bad;

	if (is_blank(line.at[0]))
		return rules->lenient
			   ? true
			   : fault_at(f, line.at,
				      "folded field line (RFC 9112 5.2)");
	if (!rules->lenient && !colon)
		return fault_at(f, line.at,
				"no colon in the field line (RFC 9112 5)");
	struct bytes name = colon ? up_to(line, colon) : BYTES_NONE;
	for (size_t i = 0; !rules->lenient && i < name.len; i++)
		if (is_blank(name.at[i]))
			return fault_at(f, name.at + i,
					"blank before the colon (RFC 9112 "
					"5.1)");
		else if (!is_token_byte(name.at[i]))
			return fault_at(f, name.at + i,
					"the field name is not a token (RFC "
					"9110 5.1)");
	if (!rules->lenient && !name.len)
		return fault_at(f, line.at, "no field name (RFC 9110 5.1)");
	bad = find(line, is_control);
	if (bad && (!rules->lenient || !*bad))
		return fault_at(f, bad,
				*bad == '\r' ? "CR without LF (RFC 9112 2.2)"
					     : "control byte in a field value "
					       "(RFC 9110 5.5)");
	return true;
}

static bool read_start_line(const struct http_rules *rules, struct bytes line,
			    struct http_head *h, struct broken_rule *f)
{
	return rules->responses ? read_status_line(line, h, f)
				: read_request_line(rules, line, h, f);
}

/* Removes the CR at the end of a line. Result: false: there is none. */
static bool take_cr(struct bytes *line)
{
	if (!line->len || line->at[line->len - 1] != '\r')
		return false;
	line->len--;
	return true;
}

/* Returns false for a TLS record of a handshake or an alert (RFC 8446 5.1): the
 * ClientHello of a client that expects https, or the alert of such a server. */
static bool check_plain(struct bytes line, struct broken_rule *f)
{
	if (line.len < 2 || (line.at[0] != 0x15 && line.at[0] != 0x16) ||
	    line.at[1] != 3)
		return true;
	return fault_at(f, line.at, "a TLS record instead of HTTP; use https");
}

/* Checks the start of a line whose end is missing: what is not HTTP at all
 * should not wait for a line end. */
static bool check_begun(const struct http_rules *rules, struct bytes line,
			struct broken_rule *f)
{
	static const char version[] = "HTTP/";
	size_t n = line.len < 5 ? line.len : 5;
	struct bytes method;

	if (!check_plain(line, f))
		return false;
	if (rules->responses && memcmp(line.at, version, n) != 0)
		return fault_at(f, line.at,
				"the status line does not begin with HTTP/ "
				"(RFC 9112 4)");
	return rules->responses || read_method(line, false, &method, f);
}

/* State of http_head_read(). */
struct head_reader {
	const struct http_rules *rules;
	struct http_head *h;
	struct broken_rule fault;
	bool started; /* the start line was read */
};

enum line_result { LINE_BAD, LINE_READ, LINE_LAST };

static enum line_result read_content(struct head_reader *r, struct bytes in,
				     size_t at, struct bytes whole,
				     struct bytes line)
{
	struct http_head *h = r->h;

	if (!r->started && !line.len && !r->rules->responses) {
		h->begin = at + whole.len;
		return LINE_READ;
	}
	if (!r->started) {
		r->started = true;
		h->fields_at = at + whole.len;
		h->fields = bytes_head(bytes_skip(in, h->fields_at), 0);
		return check_plain(line, &r->fault) &&
			       read_start_line(r->rules, line, h, &r->fault)
			   ? LINE_READ
			   : LINE_BAD;
	}
	if (!line.len)
		return LINE_LAST;
	h->fields.len += whole.len;
	return check_field(r->rules, line, &r->fault) ? LINE_READ : LINE_BAD;
}

/* Reads one line. `whole`: with its LF. */
static enum line_result read_line(struct head_reader *r, struct bytes in,
				  size_t at, struct bytes whole)
{
	struct bytes line = bytes_head(whole, whole.len - 1);
	bool cr = take_cr(&line);
	enum line_result result = read_content(r, in, at, whole, line);

	if (result == LINE_BAD || cr || r->rules->lenient)
		return result;
	fault_at(&r->fault, whole.at + whole.len - 1,
		 "LF without CR (RFC 9112 2.2)");
	return LINE_BAD;
}

static enum http_read bad(const struct head_reader *r, struct bytes in,
			  size_t *wrong, struct err *e)
{
	*wrong = (size_t)(r->fault.at - in.at);
	err_set(e, ERR_HTTP_PROTO, 0, "%s", r->fault.rule);
	return HTTP_BAD;
}

/* Finds the start line and the fields again, for a later call. */
static void read_again(struct head_reader *r, struct bytes in, size_t seen)
{
	size_t at = 0;

	while (at < seen) {
		size_t lf = bytes_find_byte(in, '\n', at);
		bool started = r->started;
		struct bytes whole = bytes_head(bytes_skip(in, at),
						lf + 1 - at);
		(void)read_line(r, in, at, whole);
		at = lf + 1;
		if (!started && r->started)
			break;
	}
	if (r->started)
		r->h->fields.len = seen - at;
}

enum http_read http_head_read(const struct http_rules *rules, struct bytes in,
			      size_t *seen, struct http_head *h, size_t *wrong,
			      struct err *e)
{
	struct head_reader r = {.rules = rules, .h = h};
	size_t lf;

	*h = (struct http_head){.begin = 0};
	read_again(&r, in, *seen);
	while ((lf = bytes_find_byte(in, '\n', *seen)) != BYTES_NOT_FOUND) {
		struct bytes whole = bytes_head(bytes_skip(in, *seen),
						lf + 1 - *seen);
		enum line_result result = read_line(&r, in, *seen, whole);
		if (result == LINE_BAD)
			return bad(&r, in, wrong, e);
		*seen = lf + 1;
		h->len = *seen;
		if (result == LINE_LAST)
			break;
		if (*seen > HTTP_HEAD_MAX)
			break;
	}
	if (h->len > HTTP_HEAD_MAX ||
	    (lf == BYTES_NOT_FOUND && in.len > HTTP_HEAD_MAX)) {
		*wrong = HTTP_HEAD_MAX;
		err_set(e, ERR_LIMIT, 0, "the head exceeds %zu bytes",
			HTTP_HEAD_MAX);
		return HTTP_BAD;
	}
	if (lf != BYTES_NOT_FOUND)
		return HTTP_OK;
	struct bytes rest = bytes_skip(in, *seen);
	if (!r.started && rest.len && !check_begun(rules, rest, &r.fault))
		return bad(&r, in, wrong, e);
	return HTTP_MORE;
}

bool http_field_next(struct bytes *fields, struct http_field *field)
{
	while (fields->len) {
		size_t end = bytes_find_byte(*fields, '\n', 0);
		/* A line that begins with a blank continues the one before. */
		while (end + 1 < fields->len && is_blank(fields->at[end + 1]))
			end = bytes_find_byte(*fields, '\n', end + 1);
		struct bytes line = bytes_head(*fields, end);
		*fields = bytes_skip(*fields, line.len + 1);
		size_t colon = bytes_find_byte(line, ':', 0);
		if (colon == BYTES_NOT_FOUND || !colon)
			continue;
		(void)take_cr(&line);
		field->name = bytes_trim(bytes_head(line, colon));
		field->value = bytes_trim(bytes_skip(line, colon + 1));
		return true;
	}
	return false;
}

bool http_field_get(struct bytes fields, const char *name, struct bytes *value)
{
	struct http_field field;

	while (http_field_next(&fields, &field))
		if (bytes_is_caseless(field.name, name)) {
			*value = field.value;
			return true;
		}
	return false;
}

bool http_list_has(struct bytes list, const char *token)
{
	while (list.len) {
		struct bytes item = bytes_head(list,
					       bytes_find_byte(list, ',', 0));
		list = bytes_skip(list, item.len + 1);
		item = bytes_head(item, bytes_find_byte(item, ';', 0));
		if (bytes_is_caseless(bytes_trim(item), token))
			return true;
	}
	return false;
}

bool http_field_has(struct bytes fields, const char *name, const char *token)
{
	struct http_field field;

	while (http_field_next(&fields, &field))
		if (bytes_is_caseless(field.name, name) &&
		    http_list_has(field.value, token))
			return true;
	return false;
}

bool http_keeps_alive(const struct http_head *h)
{
	if (http_field_has(h->fields, "connection", "close"))
		return false;
	return h->minor > 0 ||
	       http_field_has(h->fields, "connection", "keep-alive");
}

int http_field_check(struct bytes name, struct bytes value, struct err *e)
{
	if (!http_is_token(name))
		return err_usage(
		    e, "a header name has letters, digits and - only; "
		       "write -H 'Name: value', or use -r for "
		       "anything else");
	if (find(value, is_control))
		return err_usage(
		    e,
		    "the value of %.*s has a control byte; only -r "
		    "sends one",
		    (int)bytes_head(name, 60).len, (const char *)name.at);
	return 0;
}
