/* SPDX-License-Identifier: ISC */
/*
 * Writes JSON. view/json.c displays messages that contain JSON.
 * Source: RFC 8259.
 */
#include "rung/codec/json_write.h"

#include "rung/text.h"

#include <inttypes.h>

void json_put_escape(uint32_t rune, struct buf *out)
{
	if (rune < 0x10000) {
		buf_printf(out, "\\u%04x", (unsigned)rune);
		return;
	}
	rune -= 0x10000;
	buf_printf(out, "\\u%04x\\u%04x", 0xD800u + (unsigned)(rune >> 10),
		   0xDC00u + (unsigned)(rune & 0x3FF));
}

static bool stands_for_itself(uint8_t c)
{
	return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
}

static void put_escape(uint32_t rune, struct buf *out)
{
	static const char letters[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i + 1 < sizeof(letters); i += 2)
		if ((uint8_t)letters[i] == rune) {
			buf_putc(out, '\\');
			buf_putc(out, letters[i + 1]);
			return;
		}
	json_put_escape(rune, out);
}

/* Appends the escaped text of a JSON string; the caller adds the quotes. */
static void put_characters(struct bytes in, struct buf *out)
{
	while (in.len) {
		size_t n = 0;

		while (n < in.len && stands_for_itself(in.at[n]))
			n++;
		buf_put(out, bytes_head(in, n));
		in = bytes_skip(in, n);
		if (!in.len)
			break;

		uint32_t rune;
		int len = utf8_next(in, &rune);

		if (len <= 0) {
			rune = 0xFFFD;
			len = 1;
		}
		if (rune > 0x7F && utf8_is_printable(rune) && rune != 0xFFFD)
			buf_put(out, bytes_head(in, (size_t)len));
		else
			put_escape(rune, out);
		in = bytes_skip(in, (size_t)len);
	}
}

static void put_hex(struct bytes data, struct buf *out)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t *at = buf_reserve(out, 2 * data.len);

	for (size_t i = 0; at && i < data.len; i++) {
		at[2 * i] = (uint8_t)digits[data.at[i] >> 4];
		at[2 * i + 1] = (uint8_t)digits[data.at[i] & 15];
	}
	if (at)
		buf_commit(out, 2 * data.len);
}

/* Begins a member, with a comma if it is not the object's first. */
static void put_key(const char *key, struct buf *out)
{
	struct bytes before = buf_bytes(out);

	if (before.len && before.at[before.len - 1] != '{')
		buf_putc(out, ',');
	buf_printf(out, "\"%s\":", key);
}

void json_put_string(const char *key, struct bytes text, struct buf *out)
{
	put_key(key, out);
	buf_putc(out, '"');
	put_characters(text, out);
	buf_putc(out, '"');
}

void json_put_words(const char *key, const char *words, struct buf *out)
{
	json_put_string(key, bytes_str(words), out);
}

void json_put_hex(const char *key, struct bytes data, struct buf *out)
{
	put_key(key, out);
	buf_putc(out, '"');
	put_hex(data, out);
	buf_putc(out, '"');
}

void json_put_number(const char *key, uint64_t n, struct buf *out)
{
	put_key(key, out);
	buf_printf(out, "%" PRIu64, n);
}

void json_put_bool(const char *key, bool value, struct buf *out)
{
	put_key(key, out);
	buf_puts(out, value ? "true" : "false");
}
