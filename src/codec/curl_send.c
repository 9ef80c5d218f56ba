/* SPDX-License-Identifier: ISC */
/*
 * Writes the request of a command line of curl: its data, target and header
 * fields. curl.c reads the line, form.c writes the bodies of forms.
 */
#include "base64.h"
#include "curl_own.h"

#include "rung/codec/form.h"
#include "rung/codec/webdir.h"
#include "rung/percent.h"

#include <string.h>

static int no_memory(struct err *e)
{
	return err_set(e, ERR_LIMIT, 0, "curl: the request is too long");
}

static bool is_data(enum curl_kind kind)
{
	return kind == CURL_DATA || kind == CURL_DATA_BINARY ||
	       kind == CURL_DATA_RAW || kind == CURL_DATA_URLENCODE ||
	       kind == CURL_JSON;
}

static bool is_form(enum curl_kind kind)
{
	return kind == CURL_FORM || kind == CURL_FORM_STRING;
}

static bool has_any(const struct curl_request *r, bool (*is)(enum curl_kind))
{
	for (size_t i = 0; i < r->count; i++)
		if (is(r->items[i].kind))
			return true;
	return false;
}

static bool has_body(const struct curl_request *r)
{
	return has_any(r, is_form) ||
	       (has_any(r, is_data) && !curl_has(r, CURL_GET));
}

struct bytes curl_method(const struct curl_request *r)
{
	struct bytes method = has_body(r) ? BYTES("POST") : BYTES("GET");
	if (curl_has(r, CURL_HEAD))
		method = BYTES("HEAD");
	curl_value(r, CURL_METHOD, &method);
	return method;
}

/* ---- data ---- */

/* Reads `@FILE`, or appends the value. */
static int load(struct bytes value, bool file, const struct curl_files *files,
		struct buf *out, struct err *e)
{
	if (!file || !value.len || value.at[0] != '@')
		return buf_put(out, value) ? no_memory(e) : 0;
	return files->read(files->context, bytes_skip(value, 1), out, e);
}

/* Appends bytes without CR, LF and NUL, as -d does with a file. */
static int put_stripped(struct bytes in, struct buf *out)
{
	int bad = 0;
	for (size_t i = 0; i < in.len && !bad; i++)
		if (in.at[i] && in.at[i] != '\r' && in.at[i] != '\n')
			bad = buf_putc(out, in.at[i]);
	return bad;
}

/* Appends a value of --data-urlencode: CONTENT, =CONTENT, NAME=CONTENT, @FILE
 * or NAME@FILE. */
static int put_urlencoded(struct bytes value, const struct curl_files *files,
			  struct buf *out, struct err *e)
{
	struct buf content = {.limit = out->limit};
	struct bytes name = BYTES_NONE, text = value;
	size_t mark = bytes_find_byte(value, '=', 0);
	if (mark == BYTES_NOT_FOUND)
		mark = bytes_find_byte(value, '@', 0);
	bool file = mark != BYTES_NOT_FOUND && value.at[mark] == '@';
	if (mark != BYTES_NOT_FOUND) {
		name = bytes_head(value, mark);
		text = bytes_skip(value, file ? mark : mark + 1);
	}
	int bad = load(text, file, files, &content, e);
	if (name.len && !bad && (buf_put(out, name) || buf_putc(out, '=')))
		bad = no_memory(e);
	if (!bad && form_put_escaped(buf_bytes(&content), "-._~", out))
		bad = no_memory(e);
	buf_fini(&content);
	return bad;
}

static int put_datum(const struct curl_item *item,
		     const struct curl_files *files, struct buf *out,
		     struct err *e)
{
	if (item->kind == CURL_DATA_URLENCODE)
		return put_urlencoded(item->value, files, out, e);
	bool file = item->kind != CURL_DATA_RAW;
	if (item->kind != CURL_DATA || !bytes_starts(item->value, BYTES("@")))
		return load(item->value, file, files, out, e);
	struct buf content = {.limit = out->limit};
	int bad = load(item->value, true, files, &content, e);
	if (!bad && put_stripped(buf_bytes(&content), out))
		bad = no_memory(e);
	buf_fini(&content);
	return bad;
}

/* ---- forms ---- */

static struct bytes base_name(struct bytes path)
{
	size_t from = 0;
	for (size_t i = 0; i < path.len; i++)
		if (path.at[i] == '/')
			from = i + 1;
	return bytes_skip(path, from);
}

/* Returns a name without the quotes around it. */
static struct bytes unquoted(struct bytes name)
{
	if (name.len > 1 && name.at[0] == '"' && name.at[name.len - 1] == '"')
		return bytes_of(name.at + 1, name.len - 2);
	return name;
}

/* Takes `;type=TEXT` and `;filename=TEXT` after the content of a part. */
static int read_settings(struct bytes rest, struct form_part *part,
			 struct err *e)
{
	while (rest.len) {
		rest = bytes_trim(bytes_skip(rest, 1));
		struct bytes one = bytes_head(rest,
					      bytes_find_byte(rest, ';', 0));
		rest = bytes_skip(rest, one.len);
		if (bytes_starts(one, BYTES("type=")))
			part->type = bytes_skip(one, 5);
		else if (bytes_starts(one, BYTES("filename=")))
			part->filename = unquoted(bytes_skip(one, 9));
		else
			return curl_report(one,
					   "unknown setting of a form's part; "
					   "use --form-string for text with "
					   "';':",
					   e);
	}
	return 0;
}

/* Reads NAME=TEXT, NAME=@FILE or NAME=<FILE, with settings after them. The data
 * of a file is put into `content`. */
static int read_part(const struct curl_item *item,
		     const struct curl_files *files, struct form_part *part,
		     struct buf *content, struct err *e)
{
	size_t mark = bytes_find_byte(item->value, '=', 0);
	if (mark == BYTES_NOT_FOUND)
		return curl_report(item->value, "-F needs NAME=CONTENT, not",
				   e);
	part->name = bytes_head(item->value, mark);
	struct bytes value = bytes_skip(item->value, mark + 1);
	part->data = value;
	if (item->kind == CURL_FORM_STRING)
		return 0;
	part->data = bytes_head(value, bytes_find_byte(value, ';', 0));
	struct bytes settings = bytes_skip(value, part->data.len);
	uint8_t first = value.len ? value.at[0] : '\0';
	bool file = first == '@' || first == '<';
	struct bytes path = bytes_skip(part->data, 1);
	if (first == '@') {
		part->filename = base_name(path);
		part->type = bytes_str(webdir_media_type(path));
	}
	if (read_settings(settings, part, e) ||
	    (file && files->read(files->context, path, content, e)))
		return -1;
	if (file)
		part->data = buf_bytes(content);
	return 0;
}

static int put_part(const struct curl_item *item, struct bytes boundary,
		    const struct curl_files *files, struct buf *out,
		    struct err *e)
{
	struct form_part part = {.name = BYTES_NONE};
	struct buf content = {.limit = out->limit};
	int bad = read_part(item, files, &part, &content, e);
	if (!bad && form_put_part(&part, boundary, out))
		bad = no_memory(e);
	buf_fini(&content);
	return bad;
}

int curl_put_data(const struct curl_request *r, struct bytes boundary,
		  const struct curl_files *files, struct buf *out,
		  struct err *e)
{
	bool form = has_any(r, is_form), any = false;
	if (form && has_any(r, is_data))
		return err_usage(e, "curl: use either -F or -d");
	if (curl_has(r, CURL_HEAD) && has_body(r))
		return err_usage(e, "curl: -I sends no data; remove -I");
	for (size_t i = 0; i < r->count; i++) {
		const struct curl_item *item = &r->items[i];
		if (is_form(item->kind) &&
		    put_part(item, boundary, files, out, e))
			return -1;
		if (!is_data(item->kind))
			continue;
		if (any && item->kind != CURL_JSON && buf_putc(out, '&'))
			return no_memory(e);
		any = true;
		if (put_datum(item, files, out, e))
			return -1;
	}
	return form && form_put_end(boundary, out) ? no_memory(e) : 0;
}

int curl_put_target(const struct curl_request *r, struct bytes data,
		    struct buf *out)
{
	bool query = bytes_find_byte(r->path, '?', 0) != BYTES_NOT_FOUND;
	int bad = buf_put(out, r->path);
	if (!curl_has(r, CURL_GET) || !data.len)
		return bad;
	return bad || buf_putc(out, query ? '&' : '?') || buf_put(out, data)
		   ? -1
		   : 0;
}

/* ---- header fields ---- */

/* Finds a header of -H, which replaces curl's own. *value: empty: `Name:`, the
 * field is left out. Result: false: none. */
static bool find_field(const struct curl_request *r, const char *name,
		       struct bytes *value)
{
	size_t n = strlen(name);
	for (size_t i = 0; i < r->count; i++) {
		struct bytes field = r->items[i].value;
		if (r->items[i].kind != CURL_HEADER || field.len <= n ||
		    !bytes_starts_caseless(field, name) ||
		    (field.at[n] != ':' && field.at[n] != ';'))
			continue;
		*value = bytes_trim(bytes_skip(field, n + 1));
		return true;
	}
	return false;
}

/* Appends a field of curl's own, unless -H replaces it. */
static void put_field(const struct curl_request *r, const char *name,
		      struct bytes value, struct buf *out)
{
	struct bytes own;
	if (find_field(r, name, &own))
		return;
	buf_puts(out, name);
	buf_puts(out, ": ");
	buf_put(out, value);
	buf_puts(out, "\r\n");
}

/* Appends the user information of a URL, in which %XX is a byte. */
static void put_userinfo(struct bytes in, struct buf *out)
{
	for (size_t i = 0; i < in.len; i++) {
		int byte = percent_value(bytes_skip(in, i));
		buf_putc(out, byte >= 0 ? byte : in.at[i]);
		i += byte >= 0 ? 2 : 0;
	}
}

static void put_authorization(const struct curl_request *r, struct buf *out)
{
	struct buf value = {.limit = out->limit}, pair = value;
	struct bytes user = r->userinfo, token;
	if (curl_value(r, CURL_BEARER, &token)) {
		buf_puts(&value, "Bearer ");
		buf_put(&value, token);
	} else if (curl_value(r, CURL_USER, &token) || user.len) {
		if (curl_value(r, CURL_USER, &user))
			buf_put(&pair, user);
		else
			put_userinfo(user, &pair);
		if (bytes_find_byte(user, ':', 0) == BYTES_NOT_FOUND)
			buf_putc(&pair, ':');
		buf_puts(&value, "Basic ");
		base64_put(buf_bytes(&pair), &value);
	}
	if (buf_len(&value))
		put_field(r, "Authorization", buf_bytes(&value), out);
	buf_fini(&value);
	buf_fini(&pair);
}

static int put_cookies(const struct curl_request *r, struct buf *out,
		       struct err *e)
{
	struct buf all = {.limit = out->limit};
	int bad = 0;
	for (size_t i = 0; i < r->count && !bad; i++) {
		struct bytes one = r->items[i].value;
		if (r->items[i].kind != CURL_COOKIE || !one.len)
			continue;
		if (bytes_find_byte(one, '=', 0) == BYTES_NOT_FOUND)
			bad = curl_report(
			    one, "-b needs NAME=VALUE, not a file:", e);
		buf_puts(&all, buf_len(&all) ? ";" : "");
		buf_put(&all, one);
	}
	if (buf_len(&all) && !bad)
		put_field(r, "Cookie", buf_bytes(&all), out);
	buf_fini(&all);
	return bad;
}

/* Appends the fields of -H: `Name: value`, or `Name;` for one without a value.
 */
static int put_given(const struct curl_request *r, struct buf *out,
		     struct err *e)
{
	for (size_t i = 0; i < r->count; i++) {
		struct bytes field = r->items[i].value;
		if (r->items[i].kind != CURL_HEADER)
			continue;
		size_t n = 0;
		while (n < field.len && field.at[n] != ':' &&
		       field.at[n] != ';' && field.at[n] > ' ')
			n++;
		struct bytes value = bytes_trim(bytes_skip(field, n + 1));
		bool empty = n < field.len && field.at[n] == ';';
		if (!n || n == field.len || field.at[n] <= ' ' ||
		    (empty && value.len))
			return curl_report(field, "not a header field:", e);
		bool is_host = bytes_is_caseless(bytes_head(field, n), "Host");
		if (is_host || (!empty && !value.len))
			continue;
		buf_put(out, empty ? bytes_head(field, n) : field);
		buf_puts(out, empty ? ":\r\n" : "\r\n");
	}
	return 0;
}

static void put_type(const struct curl_request *r, struct bytes boundary,
		     struct buf *out)
{
	struct buf type = {.limit = BUF_SMALL};
	buf_puts(&type, "application/x-www-form-urlencoded");
	if (has_any(r, is_form)) {
		buf_clear(&type);
		buf_puts(&type, "multipart/form-data; boundary=");
		buf_put(&type, boundary);
	}
	put_field(r, "Content-Type", buf_bytes(&type), out);
	buf_fini(&type);
}

static int put_body_fields(const struct curl_request *r, struct bytes data,
			   struct bytes boundary, struct buf *out,
			   struct err *e)
{
	struct buf length = {.limit = BUF_SMALL};
	struct bytes json;
	bool is_json = curl_value(r, CURL_JSON, &json);
	if (put_given(r, out, e))
		return -1;
	if (is_json) {
		put_field(r, "Content-Type", BYTES("application/json"), out);
		put_field(r, "Accept", BYTES("application/json"), out);
	}
	if (!has_body(r))
		return 0;
	buf_printf(&length, "%zu", data.len);
	put_field(r, "Content-Length", buf_bytes(&length), out);
	buf_fini(&length);
	if (!is_json)
		put_type(r, boundary, out);
	return 0;
}

/* Checks that no value can end its line or its word in the head. */
static int check_values(const struct curl_request *r, struct err *e)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct curl_item *item = &r->items[i];
		struct bytes value = item->value;
		if (is_data(item->kind) || is_form(item->kind))
			continue;
		uint8_t least = item->kind == CURL_METHOD ? '!' : ' ';
		for (size_t j = 0; j < value.len; j++)
			if (value.at[j] == 0x7F ||
			    (value.at[j] < least && value.at[j] != '\t'))
				return curl_report(
				    value, "blank or control character in", e);
	}
	return 0;
}

static void put_range(const struct curl_request *r, struct bytes value,
		      struct buf *out)
{
	struct buf range = {.limit = SIZE_MAX / 8};
	buf_puts(&range, "bytes=");
	buf_put(&range, value);
	put_field(r, "Range", buf_bytes(&range), out);
	buf_fini(&range);
}

/* Appends the fields that do not depend on the body. */
static void put_own(const struct curl_request *r, struct buf *out)
{
	struct bytes value, host = r->host;
	if (!find_field(r, "Host", &host) || host.len) {
		buf_puts(out, "Host: ");
		buf_put(out, host);
		buf_puts(out, "\r\n");
	}
	put_authorization(r, out);
	if (curl_value(r, CURL_AGENT, &value) && value.len)
		put_field(r, "User-Agent", value, out);
	if (curl_value(r, CURL_RANGE, &value))
		put_range(r, value, out);
	if (!curl_value(r, CURL_JSON, &value))
		put_field(r, "Accept", BYTES("*/*"), out);
	if (curl_has(r, CURL_COMPRESSED))
		put_field(r, "Accept-Encoding", BYTES("deflate, gzip"), out);
	if (curl_value(r, CURL_REFERER, &value) && value.len)
		put_field(r, "Referer", value, out);
}

int curl_put_fields(const struct curl_request *r, struct bytes data,
		    struct bytes boundary, struct buf *out, struct err *e)
{
	/* Every field comes from the line, so this buf is bounded by it. */
	struct buf made = {.limit = SIZE_MAX / 8};
	if (check_values(r, e))
		return -1;
	put_own(r, &made);
	int bad = put_cookies(r, &made, e);
	if (!bad)
		bad = put_body_fields(r, data, boundary, &made, e);
	if (!bad && buf_put(out, buf_bytes(&made)))
		bad = no_memory(e);
	buf_fini(&made);
	return bad;
}
