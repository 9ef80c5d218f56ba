/* SPDX-License-Identifier: ISC */
/*
 * The sets of bytes that the grammar of HTTP has; private to src/codec.
 */
#ifndef RUNG_CODEC_HTTP_BYTES_H
#define RUNG_CODEC_HTTP_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Returns true for OWS: RFC 9110 §5.6.3. */
static inline bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static inline bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Returns true for a byte that no field value has: RFC 9110 §5.5. */
static inline bool is_control(uint8_t c)
{
	return (c < ' ' && c != '\t') || c == 0x7F;
}

/* Returns true for a tchar: RFC 9110 §5.6.2. */
static inline bool is_token_byte(uint8_t c)
{
	return c > ' ' && c < 0x7F && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

#endif
