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

/*
 * All forms of the kinds: NAME, as it is typed; REST, for text of the user; the
 * suffix that may follow; the brief; the frame. A kind is the first row whose
 * NAME it is, with or without the `:` at its end; rows with a REST after that
 * are examples for help.
 */
#define FORMS(X)                                                           \
	X("line", "", MARK,                                                \
	  "up to LF, with or without a CR before it; sent with the eol",   \
	  .kind = FRAME_LINE)                                              \
	X("line:lf", "", NOTHING,                                          \
	  "up to LF; a CR before it belongs to the message",               \
	  .kind = FRAME_LINE, .mark = "\n", .mark_len = 1)                 \
	X("line:crlf", "", NOTHING, "up to CR LF", .kind = FRAME_LINE,     \
	  .mark = "\r\n", .mark_len = 2)                                   \
	X("line:nul", "", NOTHING, "up to a NUL", .kind = FRAME_LINE,      \
	  .mark_len = 1)                                                   \
	X("line:", "END", MARK, "up to the text END, of at most 16 bytes", \
	  .kind = FRAME_LINE)                                              \
	X("fixed:", "N", SIZE, "always N bytes", .kind = FRAME_FIXED)      \
	X("u8", "", ADJUST, "a length of 1 byte, then the message",        \
	  .kind = FRAME_LENGTH, .width = 1)                                \
	X("u16be", "", ADJUST,                                             \
	  "a length of 2 bytes, big-endian, then the message",             \
	  .kind = FRAME_LENGTH, .width = 2)                                \
	X("u16le", "", ADJUST, "the same, little-endian",                  \
	  .kind = FRAME_LENGTH, .width = 2, .little = true)                \
	X("u32be", "", ADJUST,                                             \
	  "a length of 4 bytes, big-endian, then the message",             \
	  .kind = FRAME_LENGTH, .width = 4)                                \
	X("u32le", "", ADJUST, "the same, little-endian",                  \
	  .kind = FRAME_LENGTH, .width = 4, .little = true)                \
	X("varint", "", ADJUST,                                            \
	  "a length as a Protocol Buffers varint, then the message",       \
	  .kind = FRAME_VARINT)                                            \
	X("u16be", "+2", ADJUST,                                           \
	  "with +N, the length also counts N other bytes, here its own 2", \
	  .kind = FRAME_LENGTH, .width = 2)                                \
	X("netstring", "", NOTHING, "5:hello,", .kind = FRAME_NETSTRING)   \
	X("slip", "", NOTHING, "SLIP (RFC 1055): between c0 bytes",        \
	  .kind = FRAME_SLIP)                                              \
	X("cobs", "", NOTHING,                                             \
	  "Consistent Overhead Byte Stuffing, ended by a 00 byte",         \
	  .kind = FRAME_COBS)

static const struct frame_row {
	const char *name, *rest;
	enum suffix suffix;
	struct frame frame;
} rows[] = {
#define X(name, rest, suffix, brief, ...) {name, rest, suffix, {__VA_ARGS__}},
    FORMS(X)
#undef X
};
enum { ROWS = sizeof rows / sizeof *rows };

const char *const frame_kinds[] = {
#define X(name, rest, suffix, brief, ...) name rest, brief,
    FORMS(X)
#undef X
	NULL,
};

const char *const frame_names[] = {
    "none",
#define X(name, ...) name,
    FORMS(X)
#undef X
	NULL,
};

static int bad_kind(struct bytes text, struct err *e)
{
	const char *near = suggest_name(text, frame_names + 1);
	return err_set(e, ERR_USAGE, 0,
		       "unknown frame '%.*s'%s%s%s ('help frames' lists them)",
		       (int)bytes_head(text, 32).len, (const char *)text.at,
		       near ? ": did you mean '" : "", near ? near : "",
		       near ? "'?" : "");
}

static int read_mark(struct bytes text, struct frame *f, struct err *e)
{
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
		       struct frame *f, struct err *e)
{
	if (row->suffix == SIZE && !text.len)
		return err_set(e, ERR_USAGE, 0,
			       "fixed:N needs a size, as in fixed:16");
	if (!text.len)
		return 0;
	if (row->suffix == MARK && text.at[0] == ':')
		return read_mark(bytes_skip(text, 1), f, e);
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

/* Returns true if the row is of the kind. */
static bool is_kind(const struct frame_row *row, struct bytes kind)
{
	const char *rest = row->name + kind.len;
	return bytes_starts(bytes_str(row->name), kind) &&
	       (!*rest || strcmp(rest, ":") == 0);
}

/* Finds the row of a form, and the suffix that the row does not include. */
static const struct frame_row *find_row(struct bytes text, bool quoted,
					struct bytes *suffix)
{
	size_t end = 0;
	*suffix = BYTES_NONE;
	for (size_t i = 0; i < ROWS && !quoted; i++)
		if (!rows[i].rest[0] && bytes_is(text, rows[i].name))
			return &rows[i];
	while (end < text.len && text.at[end] != ':' && text.at[end] != '+')
		end++;
	*suffix = bytes_skip(text, end);
	for (size_t i = 0; i < ROWS; i++)
		if (is_kind(&rows[i], bytes_head(text, end)))
			return &rows[i];
	return NULL;
}

int frame_parse(struct bytes text, bool quoted, struct bytes max,
		struct frame *f, struct err *e)
{
	struct bytes suffix;
	const struct frame_row *row = find_row(text, quoted, &suffix);
	if (!row)
		return bad_kind(text, e);
	*f = row->frame;
	return read_suffix(row, suffix, f, e) ? -1 : read_max(max, f, e);
}

static struct bytes mark_of(const struct frame *f)
{
	return bytes_of(f->mark, f->mark_len);
}

/* Returns the row of the frame's kind, if possible the one with its mark. */
static const struct frame_row *row_of(const struct frame *f)
{
	const struct frame_row *found = NULL;
	for (size_t i = 0; i < ROWS; i++) {
		const struct frame *of = &rows[i].frame;
		if (of->kind != f->kind || of->width != f->width ||
		    of->little != f->little)
			continue;
		if (bytes_equal(mark_of(of), mark_of(f)))
			return &rows[i];
		if (!found)
			found = &rows[i];
	}
	return found;
}

void frame_print(const struct frame *f, struct buf *out)
{
	const struct frame_row *row = row_of(f);
	buf_puts(out, row->name);
	if (f->mark_len && !row->frame.mark_len) {
		buf_putc(out, ':');
		buf_put(out, mark_of(f));
	}
	if (f->kind == FRAME_FIXED)
		buf_printf(out, "%zu", f->size);
	if (f->adjust)
		buf_printf(out, "+%u", f->adjust);
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
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].frame.mark_len &&
		    bytes_is(mark_of(f), strchr(rows[i].name, ':') + 1))
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

size_t frame_payload_max(const struct frame *f)
{
	uint64_t fits = SIZE_MAX;
	if (f->kind == FRAME_LENGTH)
		fits = ((uint64_t)1 << 8 * f->width) - 1;
	fits -= f->adjust < fits ? f->adjust : fits;
	return fits < f->max ? (size_t)fits : f->max;
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
