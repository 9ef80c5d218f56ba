/* SPDX-License-Identifier: ISC */
/*
 * Writes JSON (RFC 8259): the members of an object, which the caller opens with
 * `{` and closes. Printed text cannot harm a terminal: control, bidi and
 * invisible characters are escaped, and invalid UTF-8 becomes U+FFFD.
 */
#ifndef RUNG_CODEC_JSON_WRITE_H
#define RUNG_CODEC_JSON_WRITE_H

#include "rung/bytes.h"

/* These append a member. The key is printed as it is. */
void json_put_string(const char *key, struct bytes text, struct buf *out);
void json_put_words(const char *key, const char *words, struct buf *out);
/* Appends a string of two hex digits for each byte. */
void json_put_hex(const char *key, struct bytes data, struct buf *out);
void json_put_number(const char *key, uint64_t n, struct buf *out);
void json_put_bool(const char *key, bool value, struct buf *out);
/* Appends \uHHHH, or two of them (surrogates, RFC 8259 §7) for a rune above
 * U+FFFF. */
void json_put_escape(uint32_t rune, struct buf *out);

#endif
