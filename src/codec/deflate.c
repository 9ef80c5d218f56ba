/* SPDX-License-Identifier: ISC */
/*
 * Inflates and deflates with zlib, whose memory is counted. ws_deflate.c
 * compresses WebSocket messages.
 * Source: RFC 1950, 1951, 1952.
 */
#include "rung/codec/deflate.h"
#include "rung/budget.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include <zlib.h>

enum { GZIP_WINDOW = 16 + MAX_WBITS, GZIP_ID1 = 0x1F };

/* zlib's counters of input have fewer bits than size_t. */
#define INPUT_MAX ((size_t)1 << 30)

/* ---- zlib's memory ---- */

/* Precedes each allocation of zlib. */
union charged {
	size_t size;
	max_align_t align;
};

static void *zlib_alloc(void *account, unsigned items, unsigned size)
{
	size_t total = (size_t)items * size + sizeof(union charged);

	if (!account_fits(account, total))
		return NULL;

	/* zlib reads bytes of its window before it writes them. */
	union charged *p = calloc(1, total);

	if (!p)
		return NULL;
	account_charge(account, total);
	p->size = total;
	return p + 1;
}

static void zlib_free(void *account, void *at)
{
	union charged *p = at;

	account_release(account, p[-1].size);
	free(p - 1);
}

/* ---- inflating ---- */

struct inflater {
	z_stream z;
	uint64_t limit, in, out;
	struct err failure; /* ERR_NONE: none */
	enum inflate_format format;
	int window_bits;
	bool open; /* z has its memory */
	bool ended;
	bool between_blocks; /* the next byte begins a block */
};

struct inflater *inflater_new(enum inflate_format format, int window_bits,
			      uint64_t limit, struct account *account)
{
	struct inflater *i = xalloc(sizeof *i);

	assert(window_bits >= 8 && window_bits <= MAX_WBITS);
	i->format = format;
	i->window_bits = window_bits;
	i->limit = limit;
	i->z.zalloc = zlib_alloc;
	i->z.zfree = zlib_free;
	i->z.opaque = account;
	return i;
}

void inflater_free_idle(struct inflater *i)
{
	if (i->open)
		inflateEnd(&i->z);
	i->open = false;
}

void inflater_free(struct inflater *i)
{
	if (!i)
		return;
	inflater_free_idle(i);
	free(i);
}

static const char *format_name(const struct inflater *i)
{
	return i->format == INFLATE_GZIP   ? "gzip"
	       : i->format == INFLATE_ZLIB ? "zlib"
					   : "deflate";
}

/* Keeps the failure for later calls. */
static enum inflate_result fail(struct inflater *i, struct err *e,
				enum err_class kind, const char *fmt, ...)
    RUNG_PRINTF(4, 5);
static enum inflate_result fail(struct inflater *i, struct err *e,
				enum err_class kind, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_vset(&i->failure, kind, 0, fmt, args);
	va_end(args);
	err_copy(e, &i->failure);
	return INFLATE_BAD;
}

/*
 * Returns zlib's number for the format: the window, and the header to expect.
 * The low half of a zlib header's first byte is 8. A raw stream begins so only
 * with a stored block whose padding is not zero, which no encoder writes.
 */
static int inflate_window(const struct inflater *i, uint8_t first)
{
	if (i->format == INFLATE_GZIP)
		return GZIP_WINDOW;
	if (i->format == INFLATE_ZLIB ||
	    (i->format == INFLATE_DEFLATE && (first & 15) == Z_DEFLATED))
		return MAX_WBITS;
	return i->format == INFLATE_DEFLATE ? -MAX_WBITS : -i->window_bits;
}

static int inflater_open(struct inflater *i, uint8_t first)
{
	if (i->open)
		return 0;
	if (inflateInit2(&i->z, inflate_window(i, first)) != Z_OK)
		return -1;
	i->open = true;
	return 0;
}

static enum inflate_result bad_data(struct inflater *i, int code, struct err *e)
{
	if (code == Z_MEM_ERROR)
		return fail(i, e, ERR_LIMIT, "no memory to inflate");
	if (code == Z_NEED_DICT)
		return fail(i, e, ERR_FRAME,
			    "%s data needs a preset dictionary (RFC 1950 2.2)",
			    format_name(i));
	return fail(i, e, ERR_FRAME, "bad %s data near byte %" PRIu64 ": %s",
		    format_name(i), i->in, i->z.msg ? i->z.msg : "malformed");
}

/* Decides about input after the end of a stream. Result: false and *result: the
 * call ends. */
static bool goes_on(struct inflater *i, struct bytes in,
		    enum inflate_result *result, struct err *e)
{
	if (!in.len) {
		*result = i->format == INFLATE_BLOCKS ? INFLATE_MORE
						      : INFLATE_END;
		return false;
	}
	if (i->format == INFLATE_BLOCKS) {
		/* Unlike inflateReset(), this keeps the window. */
		inflateResetKeep(&i->z);
	} else if (i->format == INFLATE_GZIP && in.at[0] == GZIP_ID1) {
		inflateReset(&i->z);
	} else {
		*result = fail(i, e, ERR_FRAME,
			       "%s data ends at byte %" PRIu64
			       "; other data follows",
			       format_name(i), i->in);
		return false;
	}
	i->ended = false;
	return true;
}

/* Inflates as much as fits in `room` bytes. Result: code of zlib. */
static int inflate_into(struct inflater *i, struct bytes *in, uint8_t *to,
			size_t room, size_t *made)
{
	size_t given = in->len < INPUT_MAX ? in->len : INPUT_MAX;
	/* zlib needs an address, also of no bytes. */
	static const uint8_t none[1];

	i->z.next_in = (z_const Bytef *)(given ? in->at : none);
	i->z.avail_in = (uInt)given;
	i->z.next_out = to;
	i->z.avail_out = (uInt)room;

	int code = inflate(&i->z, Z_NO_FLUSH);
	size_t used = given - i->z.avail_in;
	enum { BITS = 0x3F, BEFORE_BLOCK = 0x80 };

	/* A call without progress clears BEFORE_BLOCK. */
	if (code == Z_OK)
		i->between_blocks = (i->z.data_type & (BITS | BEFORE_BLOCK)) ==
				    BEFORE_BLOCK;
	*in = bytes_skip(*in, used);
	i->in += used;
	*made = room - i->z.avail_out;
	i->out += *made;
	return code;
}

/* Returns how much a call may append; one byte more than the limit shows that
 * the data exceeds it. */
static size_t piece_room(const struct inflater *i)
{
	uint64_t left = i->limit - i->out;

	return left < INFLATE_PIECE ? (size_t)left + 1 : INFLATE_PIECE;
}

/* Returns the least of three sizes: what a step should append, what it may, and
 * what the limit of `out` allows. */
static size_t step_room(size_t should, size_t may, const struct buf *out)
{
	size_t left = out->limit > buf_len(out) ? out->limit - buf_len(out) : 0;
	size_t room = should < may ? should : may;

	return room < left ? room : left;
}

/* Appends at most *room bytes, and sets *room to what was left of it.
 * Result: INFLATE_BAD or INFLATE_MORE. */
static enum inflate_result inflate_step(struct inflater *i, struct bytes *in,
					size_t *room, struct buf *out,
					struct err *e)
{
	size_t before = buf_len(out), made;
	/* In a full buffer one byte shows whether more would come. */
	uint8_t spare[1];
	uint8_t *to = *room ? buf_reserve(out, *room) : spare;

	if (!to)
		return fail(i, e, ERR_LIMIT, "no memory to inflate");

	int code = inflate_into(i, in, to, *room ? *room : 1, &made);

	if (made > *room) {
		i->out -= made;
		return fail(i, e, ERR_LIMIT, "no room for inflated data");
	}
	if (made)
		buf_commit(out, made);
	*room -= made;
	if (i->out > i->limit) {
		buf_truncate(out, before + made - (size_t)(i->out - i->limit));
		i->out = i->limit;
		return fail(i, e, ERR_LIMIT,
			    "inflated data exceeds %" PRIu64 " bytes",
			    i->limit);
	}
	if (code == Z_STREAM_END)
		i->ended = true;
	else if (code != Z_OK && code != Z_BUF_ERROR)
		return bad_data(i, code, e);
	return INFLATE_MORE;
}

enum inflate_result inflater_next(struct inflater *i, struct bytes *in,
				  struct buf *out, struct err *e)
{
	size_t may = piece_room(i), should = 4 * bytes_head(*in, may).len + 64;
	enum inflate_result result;
	bool full;

	if (i->failure.kind) {
		err_copy(e, &i->failure);
		return INFLATE_BAD;
	}
	if (!i->open && !in->len)
		return INFLATE_MORE;
	if (inflater_open(i, in->len ? in->at[0] : 0))
		return bad_data(i, Z_MEM_ERROR, e);
	do {
		if (i->ended && !goes_on(i, *in, &result, e))
			return result;

		size_t room = step_room(should, may, out), left = room;

		if (inflate_step(i, in, &left, out, e) == INFLATE_BAD)
			return INFLATE_BAD;
		may -= room - left;
		full = room && !left;
		if (!may || (full && buf_len(out) >= out->limit))
			return INFLATE_PART;
		should = should < INFLATE_PIECE ? 2 * should : should;
	} while (in->len || full);
	return i->ended && i->format != INFLATE_BLOCKS ? INFLATE_END
						       : INFLATE_MORE;
}

int inflater_finish(struct inflater *i, struct err *e)
{
	if (i->failure.kind)
		return err_copy(e, &i->failure);
	if (!i->in || i->ended ||
	    (i->format == INFLATE_BLOCKS && i->between_blocks))
		return 0;
	fail(i, e, ERR_FRAME, "%s data is cut off after %" PRIu64 " bytes",
	     format_name(i), i->in);
	return -1;
}

static void start_counting(struct inflater *i)
{
	i->in = i->out = 0;
	err_clear(&i->failure);
}

void inflater_reset(struct inflater *i)
{
	start_counting(i);
	i->ended = false;
	/* Only the first byte shows which format INFLATE_DEFLATE is. */
	if (i->format == INFLATE_DEFLATE)
		inflater_free_idle(i);
	else if (i->open)
		inflateReset(&i->z);
}

void inflater_next_message(struct inflater *i)
{
	assert(i->format == INFLATE_BLOCKS);
	if (i->failure.kind)
		inflater_reset(i);
	else
		start_counting(i);
}

uint64_t inflater_bytes_in(const struct inflater *i)
{
	return i->in;
}

uint64_t inflater_bytes_out(const struct inflater *i)
{
	return i->out;
}

/* ---- deflating ---- */

struct deflater {
	z_stream z;
	int window_bits, level, memory;
	bool open; /* z has its memory */
};

struct deflater *deflater_new(int window_bits, int level, int memory,
			      struct account *account)
{
	struct deflater *d = xalloc(sizeof *d);

	assert(window_bits >= 9 && window_bits <= MAX_WBITS);
	d->window_bits = window_bits;
	d->level = level;
	d->memory = memory;
	d->z.zalloc = zlib_alloc;
	d->z.zfree = zlib_free;
	d->z.opaque = account;
	return d;
}

void deflater_free_idle(struct deflater *d)
{
	if (d->open)
		deflateEnd(&d->z);
	d->open = false;
}

void deflater_free(struct deflater *d)
{
	if (!d)
		return;
	deflater_free_idle(d);
	free(d);
}

void deflater_reset(struct deflater *d)
{
	if (d->open)
		deflateReset(&d->z);
}

static int deflater_open(struct deflater *d)
{
	if (d->open)
		return 0;
	if (deflateInit2(&d->z, d->level, Z_DEFLATED, -d->window_bits,
			 d->memory, Z_DEFAULT_STRATEGY) != Z_OK)
		return -1;
	d->open = true;
	return 0;
}

static int deflate_input(struct deflater *d, int flush, struct buf *out)
{
	do {
		size_t room = step_room((size_t)d->z.avail_in / 2 + 64,
					INFLATE_PIECE, out);
		uint8_t spare[1];
		uint8_t *to = room ? buf_reserve(out, room) : spare;

		if (!to)
			return -1;
		d->z.next_out = to;
		d->z.avail_out = room ? (uInt)room : 1;
		/* Without progress the result is Z_BUF_ERROR, which is no
		 * failure. After a flush that filled the room exactly, zlib
		 * adds an empty block. */
		deflate(&d->z, flush);
		if (room)
			buf_commit(out, room - d->z.avail_out);
		else if (!d->z.avail_out)
			return -1;
	} while (!d->z.avail_out);
	return 0;
}

int deflater_put(struct deflater *d, struct bytes in, bool flush,
		 struct buf *out, struct err *e)
{
	size_t before = buf_len(out);

	if (deflater_open(d))
		return err_set(e, ERR_LIMIT, 0, "no memory to deflate");
	do {
		struct bytes part = bytes_head(in, INPUT_MAX);

		in = bytes_skip(in, part.len);
		d->z.next_in = (z_const Bytef *)part.at;
		d->z.avail_in = (uInt)part.len;
		if (deflate_input(
			d, flush && !in.len ? Z_SYNC_FLUSH : Z_NO_FLUSH, out)) {
			buf_truncate(out, before);
			deflater_reset(d);
			return err_set(e, ERR_LIMIT, 0,
				       "no room for deflated data");
		}
	} while (in.len);
	return 0;
}
