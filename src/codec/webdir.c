/* SPDX-License-Identifier: ISC */
/*
 * Answers requests for files. http_date.c reads and writes dates,
 * file/beneath.c opens the files.
 */
#include "rung/codec/webdir.h"
#include "rung/percent.h"

#include <inttypes.h>

enum { DIGITS_MAX = 18 };

/* ---- path ---- */

/* Takes the scheme and host off a target in the absolute form, which a server
 * must accept (RFC 9112 §3.2.2). */
static struct bytes without_host(struct bytes target)
{
	size_t mark = bytes_find(target, BYTES("://"), 0);
	if (target.len && target.at[0] != '/' && mark != BYTES_NOT_FOUND) {
		size_t slash = bytes_find_byte(target, '/', mark + 3);
		return slash == BYTES_NOT_FOUND ? BYTES("/")
						: bytes_skip(target, slash);
	}
	return target;
}

/* Appends a segment of a path, decoded. Result: 0, 400 or 404. */
static unsigned put_segment(struct bytes segment, struct buf *path)
{
	size_t from = buf_len(path);
	for (size_t i = 0; i < segment.len; i++) {
		uint8_t c = segment.at[i];
		if (c == '%') {
			int byte = percent_value(bytes_skip(segment, i));
			if (byte < 0)
				return 400;
			c = (uint8_t)byte;
			i += 2;
		}
		if (c == '/' || c == '\0')
			return 404;
		if (buf_putc(path, c))
			return 400;
	}
	struct bytes made = bytes_skip(buf_bytes(path), from);
	return !made.len || bytes_is(made, ".") || bytes_is(made, "..") ? 404
									: 0;
}

unsigned webdir_path(struct bytes target, struct buf *path)
{
	target = without_host(target);
	target = bytes_head(target, bytes_find_byte(target, '?', 0));
	buf_clear(path);
	if (!target.len || target.at[0] != '/')
		return 400;
	struct bytes rest = bytes_skip(target, 1);
	while (rest.len) {
		struct bytes segment = bytes_head(
		    rest, bytes_find_byte(rest, '/', 0));
		unsigned bad = put_segment(segment, path);
		if (bad)
			return bad;
		if (segment.len < rest.len && buf_putc(path, '/'))
			return 400;
		rest = bytes_skip(rest, segment.len + 1);
	}
	return 0;
}

/* ---- conditions ---- */

static void put_etag(const struct webdir_file *f, struct buf *out)
{
	buf_printf(out, "\"%" PRIx64 "-%" PRIx64 "-%" PRIx32 "\"", f->size,
		   (uint64_t)f->changed_s, f->changed_ns);
}

/* Takes the next entity tag of a list. `weak`: a tag with W/ counts, too.
 * Result: false: the list has ended, or is malformed. */
static bool take_tag(struct bytes *list, bool weak, struct bytes *tag)
{
	while (list->len && strchr(", \t", list->at[0]))
		*list = bytes_skip(*list, 1);
	bool is_weak = bytes_starts(*list, BYTES("W/"));
	struct bytes from = bytes_skip(*list, is_weak ? 2 : 0);
	if (!from.len || from.at[0] != '"')
		return false;
	size_t end = bytes_find_byte(from, '"', 1);
	if (end == BYTES_NOT_FOUND)
		return false;
	*tag = is_weak && !weak ? BYTES_NONE : bytes_head(from, end + 1);
	*list = bytes_skip(from, end + 1);
	return true;
}

/* Returns true if the list is `*` or has the file's tag (RFC 9110 §8.8.3.2). */
static bool has_tag(struct bytes list, bool weak, const struct webdir_file *f)
{
	struct buf own = {.limit = BUF_SMALL};
	struct bytes tag;
	bool found = bytes_is(bytes_trim(list), "*");
	put_etag(f, &own);
	while (!found && take_tag(&list, weak, &tag))
		found = bytes_equal(tag, buf_bytes(&own));
	buf_fini(&own);
	return found;
}

static bool is_get(const struct webdir_request *q)
{
	return bytes_is(q->method, "GET");
}

/* Checks the conditions in the order of RFC 9110 §13.2.2. Result: 0: they
 * hold; else the status. */
static unsigned check_conditions(const struct webdir_request *q,
				 const struct webdir_file *f)
{
	int64_t then;
	if (q->if_match.len) {
		if (!has_tag(q->if_match, false, f))
			return 412;
	} else if (http_date_read(q->if_unmodified_since, q->now, &then) &&
		   f->changed_s > then) {
		return 412;
	}
	if (q->if_none_match.len)
		return has_tag(q->if_none_match, true, f) ? 304 : 0;
	if (http_date_read(q->if_modified_since, q->now, &then) &&
	    f->changed_s <= then)
		return 304;
	return 0;
}

/* Returns true if the range applies: the file is still the one that If-Range
 * names (RFC 9110 §13.1.5). A time counts only if it is in the past, because
 * the file may change twice in a second. */
static bool is_same_file(const struct webdir_request *q,
			 const struct webdir_file *f)
{
	int64_t then;
	if (!q->if_range.len)
		return true;
	if (http_date_read(q->if_range, q->now, &then))
		return then == f->changed_s && q->now > then;
	return q->if_range.at[0] == '"' && has_tag(q->if_range, false, f);
}

/* ---- ranges ---- */

/* Takes decimal digits. Result: how many; of a number that is too large, *n has
 * the first digits only. */
static size_t take_digits(struct bytes *rest, uint64_t *n)
{
	size_t digits = 0;
	*n = 0;
	for (; digits < rest->len && rest->at[digits] >= '0' &&
	       rest->at[digits] <= '9';
	     digits++)
		if (digits < DIGITS_MAX)
			*n = *n * 10 + (uint64_t)(rest->at[digits] - '0');
	*rest = bytes_skip(*rest, digits);
	return digits;
}

/*
 * Reads a Range of one part. Ignores a malformed one, another unit, and several
 * parts (RFC 9110 §14.2).
 * Result: 200, 206 or 416.
 */
static unsigned read_range(struct bytes range, uint64_t size, uint64_t *from,
			   uint64_t *len)
{
	uint64_t first, last;
	if (!bytes_starts_caseless(range, "bytes="))
		return 200;
	range = bytes_trim(bytes_skip(range, 6));
	bool has_first = take_digits(&range, &first) > 0;
	if (!range.len || range.at[0] != '-')
		return 200;
	range = bytes_skip(range, 1);
	bool has_last = take_digits(&range, &last) > 0;
	if (range.len || (!has_first && !has_last) ||
	    (has_first && has_last && first > last))
		return 200;
	bool to_end = !has_first || !has_last || last >= size;
	if (!has_first)
		first = last < size ? size - last : 0;
	if (first >= size)
		return 416;
	*from = first;
	*len = (to_end ? size : last + 1) - first;
	return 206;
}

struct webdir_answer webdir_decide(const struct webdir_request *q,
				   const struct webdir_file *f)
{
	struct webdir_answer a = {.status = 200, .len = f->size};
	unsigned status = 0;
	if (!is_get(q) && !bytes_is(q->method, "HEAD"))
		status = 405;
	else
		status = check_conditions(q, f);
	if (status)
		return (struct webdir_answer){.status = status};
	if (is_get(q) && q->range.len && is_same_file(q, f))
		a.status = read_range(q->range, f->size, &a.from, &a.len);
	if (a.status == 416)
		a.len = 0;
	return a;
}

/* ---- fields ---- */

static void put_validators(const struct webdir_file *f, struct buf *out)
{
	buf_puts(out, "ETag: ");
	put_etag(f, out);
	buf_puts(out, "\r\nLast-Modified: ");
	http_date_put(f->changed_s, out);
	buf_puts(out, "\r\n");
}

static void put_content(const struct webdir_answer *a,
			const struct webdir_file *f, const char *type,
			struct buf *out)
{
	bool text = strncmp(type, "text/", 5) == 0;
	buf_printf(out, "Content-Type: %s%s\r\n", type,
		   text ? "; charset=utf-8" : "");
	buf_printf(out, "Content-Length: %" PRIu64 "\r\n", a->len);
	buf_puts(out, "Accept-Ranges: bytes\r\n");
	if (a->status == 206)
		buf_printf(out,
			   "Content-Range: bytes %" PRIu64 "-%" PRIu64
			   "/%" PRIu64 "\r\n",
			   a->from, a->from + a->len - 1, f->size);
}

int webdir_put_fields(const struct webdir_answer *a,
		      const struct webdir_file *f, const char *type,
		      struct buf *out)
{
	struct buf made = {.limit = BUF_SMALL};
	if (a->status == 200 || a->status == 206)
		put_content(a, f, type, &made);
	else if (a->status != 304)
		buf_puts(&made, "Content-Length: 0\r\n");
	if (a->status == 405)
		buf_puts(&made, "Allow: GET, HEAD\r\n");
	if (a->status == 416)
		buf_printf(&made, "Content-Range: bytes */%" PRIu64 "\r\n",
			   f->size);
	if (a->status == 200 || a->status == 206 || a->status == 304)
		put_validators(f, &made);
	int bad = buf_put(out, buf_bytes(&made));
	buf_fini(&made);
	return bad;
}

/* ---- media types ---- */

/* Suffixes and types, in pairs. */
static const char *const types[][2] = {
    {"avif", "image/avif"},
    {"bmp", "image/bmp"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ico", "image/vnd.microsoft.icon"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"md", "text/markdown"},
    {"mjs", "text/javascript"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"ogg", "audio/ogg"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"txt", "text/plain"},
    {"wasm", "application/wasm"},
    {"wav", "audio/wav"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
};

const char *webdir_media_type(struct bytes name)
{
	size_t dot = name.len;
	while (dot > 0 && name.at[dot - 1] != '.' && name.at[dot - 1] != '/')
		dot--;
	struct bytes suffix = bytes_skip(name, dot);
	bool has_suffix = dot > 0 && name.at[dot - 1] == '.';
	for (size_t i = 0; has_suffix && i < sizeof types / sizeof *types; i++)
		if (bytes_is_caseless(suffix, types[i][0]))
			return types[i][1];
	return "application/octet-stream";
}
