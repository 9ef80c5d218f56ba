/* SPDX-License-Identifier: ISC */
/*
 * The kinds of frames: their names, and the family that reads and writes each.
 * The families (codec_line.c, length.c...) encode and decode the bytes.
 */
#include "family.h"

#include "rung/param.h"
#include "rung/suggest.h"
#include "rung/words.h"

#include <errno.h>
#include <string.h>

static const struct frame_family *const families[] = {
    [FRAME_LINE] = &frame_line,           [FRAME_FIXED] = &frame_fixed,
    [FRAME_LENGTH] = &frame_length,       [FRAME_VARINT] = &frame_varint,
    [FRAME_NETSTRING] = &frame_netstring, [FRAME_SLIP] = &frame_slip,
    [FRAME_COBS] = &frame_cobs,
};

/* The parameters that may follow a kind's name. */
enum suffix { NOTHING, MARK, SIZE, ADJUST };

static const struct frame_row {
	const char *name;
	enum suffix suffix;
	struct frame frame;
} rows[] = {
    {"line", MARK, {.kind = FRAME_LINE}},
    {"fixed", SIZE, {.kind = FRAME_FIXED}},
    {"u8", ADJUST, {.kind = FRAME_LENGTH, .width = 1}},
    {"u16be", ADJUST, {.kind = FRAME_LENGTH, .width = 2}},
    {"u16le", ADJUST, {.kind = FRAME_LENGTH, .width = 2, .little = true}},
    {"u32be", ADJUST, {.kind = FRAME_LENGTH, .width = 4}},
    {"u32le", ADJUST, {.kind = FRAME_LENGTH, .width = 4, .little = true}},
    {"varint", ADJUST, {.kind = FRAME_VARINT}},
    {"netstring", NOTHING, {.kind = FRAME_NETSTRING}},
    {"slip", NOTHING, {.kind = FRAME_SLIP}},
    {"cobs", NOTHING, {.kind = FRAME_COBS}},
};

const char *const frame_kinds[] = {
    "line",      "up to LF, with or without a CR before it; sent with the eol",
    "line:lf",   "up to LF; a CR before it belongs to the message",
    "line:crlf", "up to CR LF",
    "line:nul",  "up to a NUL",
    "line:END",  "up to the text END, of at most 16 bytes",
    "fixed:N",   "always N bytes",
    "u8",        "preceded by its length in 1 byte",
    "u16be",     "preceded by its length in 2 bytes, big-endian",
    "u16le",     "the same, little-endian",
    "u32be",     "preceded by its length in 4 bytes, big-endian",
    "u32le",     "the same, little-endian",
    "varint",    "preceded by its length as a Protocol Buffers varint",
    "u16be+2",   "with +N, a length includes N more bytes, here its own 2",
    "netstring", "5:hello,",
    "slip",      "SLIP (RFC 1055): between c0 bytes",
    "cobs",      "Consistent Overhead Byte Stuffing, ended by a 00 byte",
    NULL,
};

static const struct {
	const char *name;
	struct bytes mark;
} marks[] = {
    {"lf", {(const uint8_t *)"\n", 1}},
    {"crlf", {(const uint8_t *)"\r\n", 2}},
    {"nul", {(const uint8_t *)"\0", 1}},
};
enum { MARKS = sizeof marks / sizeof *marks };

static int bad_kind(struct bytes text, struct err *e)
{
	const char *names[sizeof rows / sizeof *rows + 1] = {NULL};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		names[i] = rows[i].name;
	const char *near = suggest_name(text, names);
	return err_set(e, ERR_USAGE, 0,
		       "unknown frame '%.*s'%s%s%s ('help frames' lists them)",
		       (int)bytes_head(text, 32).len, (const char *)text.at,
		       near ? ": did you mean '" : "", near ? near : "",
		       near ? "'?" : "");
}

static int read_mark(struct bytes text, bool quoted, struct frame *f,
		     struct err *e)
{
	for (size_t i = 0; i < MARKS && !quoted; i++)
		if (bytes_is(text, marks[i].name)) {
			text = marks[i].mark;
			break;
		}
	if (!text.len || text.len > sizeof f->mark)
		return err_set(e, ERR_USAGE, 0,
			       "a line ending has 1 to %zu bytes, not %zu; use "
			       "line:lf, line:crlf, line:nul or line:END",
			       sizeof f->mark, text.len);
	memcpy(f->mark, text.at, text.len);
	f->mark_len = (uint8_t)text.len;
	return 0;
}

static int read_size(struct bytes text, struct frame *f, struct err *e)
{
	uint64_t n;
	if (parse_size(text, &n, e))
		return -1;
	if (n == 0 || n > FRAME_MAX_LIMIT)
		return err_set(
		    e, ERR_USAGE, 0, "fixed:%.*s: the size is 1 byte to 1 GiB",
		    (int)bytes_head(text, 32).len, (const char *)text.at);
	f->size = (size_t)n;
	return 0;
}

static int read_adjust(struct bytes text, struct frame *f, struct err *e)
{
	uint64_t n;
	if (parse_number(text, &n, e))
		return -1;
	if (n > UINT8_MAX)
		return err_set(
		    e, ERR_USAGE, 0,
		    "+%.*s: a length can include at most 255 more bytes",
		    (int)bytes_head(text, 32).len, (const char *)text.at);
	f->adjust = (uint8_t)n;
	return 0;
}

static int read_suffix(const struct frame_row *row, struct bytes text,
		       bool quoted, struct frame *f, struct err *e)
{
	if (row->suffix == SIZE && !text.len)
		return err_set(e, ERR_USAGE, 0,
			       "fixed:N needs a size, as in fixed:16");
	if (!text.len)
		return 0;
	if (row->suffix == MARK && text.at[0] == ':')
		return read_mark(bytes_skip(text, 1), quoted, f, e);
	if (row->suffix == SIZE && text.at[0] == ':')
		return read_size(bytes_skip(text, 1), f, e);
	if (row->suffix == ADJUST && text.at[0] == '+')
		return read_adjust(bytes_skip(text, 1), f, e);
	return err_set(e, ERR_USAGE, 0, "'%.*s' is not valid after %s",
		       (int)bytes_head(text, 32).len, (const char *)text.at,
		       row->name);
}

static int read_max(struct bytes text, struct frame *f, struct err *e)
{
	uint64_t n;
	f->max = f->kind == FRAME_FIXED ? f->size : FRAME_MAX_DEFAULT;
	if (!text.at)
		return 0;
	if (parse_size(text, &n, e))
		return -1;
	if (n == 0 || n > FRAME_MAX_LIMIT)
		return err_set(
		    e, ERR_USAGE, 0, "max=%.*s: must be 1 byte to 1 GiB",
		    (int)bytes_head(text, 32).len, (const char *)text.at);
	if (f->kind == FRAME_FIXED && n < f->size)
		return err_set(
		    e, ERR_USAGE, 0,
		    "max=%.*s is less than the fixed size of %zu bytes",
		    (int)bytes_head(text, 32).len, (const char *)text.at,
		    f->size);
	if (f->kind != FRAME_FIXED)
		f->max = (size_t)n;
	return 0;
}

int frame_parse(struct bytes text, bool quoted, struct bytes max,
		struct frame *f, struct err *e)
{
	size_t name = 0;
	while (name < text.len && text.at[name] != ':' && text.at[name] != '+')
		name++;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (!bytes_is(bytes_head(text, name), rows[i].name))
			continue;
		*f = rows[i].frame;
		if (read_suffix(&rows[i], bytes_skip(text, name), quoted, f, e))
			return -1;
		return read_max(max, f, e);
	}
	return bad_kind(text, e);
}

/* Returns the keyword for the frame's mark, or NULL. */
static const char *mark_name(const struct frame *f)
{
	for (size_t i = 0; i < MARKS; i++)
		if (bytes_equal(bytes_of(f->mark, f->mark_len), marks[i].mark))
			return marks[i].name;
	return NULL;
}

static void print_mark(const struct frame *f, struct buf *out)
{
	const char *name = mark_name(f);
	if (!f->mark_len)
		return;
	buf_putc(out, ':');
	if (name)
		buf_puts(out, name);
	else
		buf_put(out, bytes_of(f->mark, f->mark_len));
}

void frame_print(const struct frame *f, struct buf *out)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct frame *row = &rows[i].frame;
		if (row->kind != f->kind || row->width != f->width ||
		    row->little != f->little)
			continue;
		buf_puts(out, rows[i].name);
		print_mark(f, out);
		if (f->kind == FRAME_FIXED)
			buf_printf(out, ":%zu", f->size);
		if (f->adjust)
			buf_printf(out, "+%u", f->adjust);
	}
}

static void print_max(const struct frame *f, struct buf *out)
{
	if (f->kind == FRAME_FIXED || f->max == FRAME_MAX_DEFAULT)
		return;
	buf_puts(out, " max=");
	print_size(f->max, out);
}

/* Returns true if the mark's text, unquoted, would be read as a keyword. */
static bool mark_is_ambiguous(const struct frame *f)
{
	for (size_t i = 0; i < MARKS; i++)
		if (bytes_is(bytes_of(f->mark, f->mark_len), marks[i].name))
			return true;
	return false;
}

void frame_describe(const struct frame *f, struct buf *out)
{
	if (mark_is_ambiguous(f))
		buf_printf(out, "line:\"%.*s\"", f->mark_len,
			   (const char *)f->mark);
	else
		frame_print(f, out);
	print_max(f, out);
}

void frame_quote(const struct frame *f, struct buf *out)
{
	struct buf kind = {.limit = BUF_SMALL};
	frame_print(f, &kind);
	if (mark_is_ambiguous(f))
		words_quote_text(buf_bytes(&kind), out);
	else
		words_quote(buf_bytes(&kind), out);
	print_max(f, out);
	buf_fini(&kind);
}

enum frame_result frame_read(const struct frame *f, struct bytes in,
			     size_t *took, struct buf *scratch,
			     struct bytes *payload, struct err *e)
{
	buf_clear(scratch);
	return families[f->kind]->read(f, in, took, scratch, payload, e);
}

size_t frame_wire_max(const struct frame *f)
{
	return families[f->kind]->wire_max(f);
}

size_t frame_wire_len(const struct frame *f, struct bytes in)
{
	const struct frame_family *family = families[f->kind];
	return family->wire_len ? family->wire_len(f, in) : 0;
}

bool frame_has_forms(const struct frame *f)
{
	return families[f->kind]->forms;
}

int frame_write(const struct frame *f, struct bytes payload, struct buf *out,
		struct err *e)
{
	if (payload.len > f->max && f->kind != FRAME_FIXED)
		return err_set(e, ERR_FRAME, 0, "%zu bytes exceed max=%zu",
			       payload.len, f->max);
	return families[f->kind]->write(f, payload, out, e);
}

enum frame_result frame_bad(size_t at, size_t *took, struct err *e,
			    const char *fmt, ...)
{
	va_list args;
	*took = at;
	va_start(args, fmt);
	err_vset(e, ERR_FRAME, 0, fmt, args);
	va_end(args);
	return FRAME_BAD;
}

enum frame_result frame_too_long(const struct frame *f, size_t at, size_t *took,
				 struct err *e)
{
	return frame_bad(at, took, e, "a message is longer than max=%zu",
			 f->max);
}

int frame_no_memory(struct err *e)
{
	return err_set(e, ERR_LIMIT, ENOMEM, "no memory");
}

int frame_put(struct buf *out, struct bytes head, struct bytes payload,
	      struct bytes tail, struct err *e)
{
	uint8_t *at = buf_reserve(out, head.len + payload.len + tail.len);
	if (!at)
		return frame_no_memory(e);
	if (head.len)
		memcpy(at, head.at, head.len);
	if (payload.len)
		memcpy(at + head.len, payload.at, payload.len);
	if (tail.len)
		memcpy(at + head.len + payload.len, tail.at, tail.len);
	buf_commit(out, head.len + payload.len + tail.len);
	return 0;
}
