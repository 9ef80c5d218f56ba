/* SPDX-License-Identifier: ISC */
/*
 * Reads the chunked coding of HTTP/1.1 bodies, one state for each part of the
 * grammar.
 * Source: RFC 9112 §7.1.
 */
#include "http_bytes.h"

#include "rung/codec/http_chunk.h"
#include "rung/percent.h"

#include <inttypes.h>

enum {
	SIZE_FIRST,
	SIZE,
	SIZE_BLANK, /* blanks between the size and ';' */
	EXT_NAME,
	EXT,
	SIZE_LF,
	DATA,
	DATA_CR,
	DATA_LF,
	FIELD_FIRST,
	FIELD_NAME,
	FIELD_VALUE,
	FIELD_LF,
	LAST_LF,
	END,
	BAD,
};

void http_chunked_init(struct http_chunked *c, bool lenient)
{
	*c = (struct http_chunked){.lenient = lenient};
	buf_init(&c->trailer, HTTP_TRAILER_MAX);
}

void http_chunked_fini(struct http_chunked *c)
{
	buf_fini(&c->trailer);
}

static int bad(struct http_chunked *c, const char *rule, struct err *e)
{
	return err_set(e, ERR_HTTP_PROTO, 0,
		       "%s at byte %" PRIu64 " of the body", rule, c->offset);
}

static void end_size_line(struct http_chunked *c)
{
	c->line = 0;
	c->state = c->left ? DATA : FIELD_FIRST;
}

static int read_digit(struct http_chunked *c, int digit, struct err *e)
{
	if (c->left > UINT64_MAX >> 4)
		return bad(c, "chunk size is over 64 bits (RFC 9112 7.1)", e);
	c->left = c->left << 4 | (unsigned)digit;
	c->state = SIZE;
	return 0;
}

static int read_extension(struct http_chunked *c, uint8_t b, struct err *e)
{
	bool named = c->state == EXT || c->lenient;

	if (is_blank(b) && !named)
		return 0;
	if ((!named && !is_token_byte(b)) || (is_control(b) && !c->lenient))
		return bad(c, "bad chunk extension (RFC 9112 7.1.1)", e);
	c->state = EXT;
	return 0;
}

static int read_size_line(struct http_chunked *c, uint8_t b, struct err *e)
{
	bool sized = c->state != SIZE_FIRST;
	int digit = c->state <= SIZE ? hex_value(b) : -1;

	if (++c->line > HTTP_CHUNK_LINE_MAX)
		return err_set(e, ERR_LIMIT, 0,
			       "chunk size line exceeds %zu bytes",
			       HTTP_CHUNK_LINE_MAX);
	if (digit >= 0)
		return read_digit(c, digit, e);
	if (sized && b == '\n' && c->lenient) {
		end_size_line(c);
		return 0;
	}
	if (b == '\n' && sized)
		return bad(c, "LF without CR (RFC 9112 2.2)", e);
	if (sized && b == '\r' &&
	    (c->lenient || c->state == SIZE || c->state == EXT)) {
		c->state = SIZE_LF;
		return 0;
	}
	if (c->state >= EXT_NAME)
		return read_extension(c, b, e);
	if (sized && (b == ';' || is_blank(b))) {
		c->state = b == ';' ? EXT_NAME : SIZE_BLANK;
		return 0;
	}
	return bad(c, "bad chunk size (RFC 9112 7.1)", e);
}

static int read_field_byte(struct http_chunked *c, uint8_t b, struct err *e)
{
	if (c->lenient)
		return 0;
	if (c->state == FIELD_FIRST && is_blank(b))
		return bad(c, "folded trailer field (RFC 9112 5.2)", e);
	if (c->state == FIELD_NAME && is_blank(b))
		return bad(c, "blank before ':' (RFC 9112 5.1)", e);
	if (c->state != FIELD_VALUE && !is_token_byte(b) &&
	    (c->state == FIELD_FIRST || b != ':'))
		return bad(c, "bad trailer name (RFC 9110 5.1)", e);
	if (is_control(b))
		return bad(c, "control byte in trailer (RFC 9110 5.5)", e);
	return 0;
}

static int put_trailer(struct http_chunked *c, uint8_t b, struct err *e)
{
	return buf_putc(&c->trailer, b)
		   ? err_set(e, ERR_LIMIT, 0, "trailer exceeds %zu bytes",
			     HTTP_TRAILER_MAX)
		   : 0;
}

static int read_field(struct http_chunked *c, uint8_t b, struct err *e)
{
	bool ends = c->state != FIELD_NAME || c->lenient;

	if (b == '\n' && !c->lenient)
		return bad(c, "LF without CR (RFC 9112 2.2)", e);
	if (b == '\n' && c->state == FIELD_FIRST) {
		c->state = END;
		return 0;
	}
	if (b == '\r' && c->state == FIELD_FIRST) {
		c->state = LAST_LF;
		return 0;
	}
	if ((b != '\r' || !ends) && b != '\n' && read_field_byte(c, b, e))
		return -1;
	if (put_trailer(c, b, e))
		return -1;
	if (b == '\n')
		c->state = FIELD_FIRST;
	else if (b == '\r' && ends)
		c->state = FIELD_LF;
	else if (c->state != FIELD_VALUE)
		c->state = b == ':' ? FIELD_VALUE : FIELD_NAME;
	return 0;
}

static int read_lf(struct http_chunked *c, uint8_t b, struct err *e)
{
	if (b != '\n')
		return bad(c, "CR without LF (RFC 9112 2.2)", e);
	if (c->state == SIZE_LF) {
		end_size_line(c);
	} else if (c->state == FIELD_LF) {
		if (put_trailer(c, b, e))
			return -1;
		c->state = FIELD_FIRST;
	} else {
		c->state = c->state == DATA_LF ? SIZE_FIRST : END;
	}
	return 0;
}

static int read_byte(struct http_chunked *c, uint8_t b, struct err *e)
{
	if (c->state <= EXT)
		return read_size_line(c, b, e);
	if (c->state >= FIELD_FIRST && c->state <= FIELD_VALUE)
		return read_field(c, b, e);
	if (c->state != DATA_CR)
		return read_lf(c, b, e);
	if (b == '\n' && c->lenient) {
		c->state = SIZE_FIRST;
		return 0;
	}
	if (b != '\r')
		return bad(c, "no CRLF after the chunk (RFC 9112 7.1)", e);
	c->state = DATA_LF;
	return 0;
}

static void take_data(struct http_chunked *c, struct bytes *in,
		      struct bytes *data)
{
	*data = bytes_head(*in, c->left < in->len ? (size_t)c->left : in->len);
	*in = bytes_skip(*in, data->len);
	c->offset += data->len;
	c->left -= data->len;
	if (!c->left)
		c->state = DATA_CR;
}

enum http_chunk http_chunked_next(struct http_chunked *c, struct bytes *in,
				  struct bytes *data, struct err *e)
{
	while (in->len && c->state != END && c->state != BAD) {
		if (c->state == DATA) {
			take_data(c, in, data);
			return HTTP_CHUNK_DATA;
		}
		if (read_byte(c, in->at[0], e)) {
			c->state = BAD;
			return HTTP_CHUNK_BAD;
		}
		c->offset++;
		*in = bytes_skip(*in, 1);
	}
	if (c->state == BAD) {
		bad(c, "already malformed", e);
		return HTTP_CHUNK_BAD;
	}
	return c->state == END ? HTTP_CHUNK_END : HTTP_CHUNK_MORE;
}
