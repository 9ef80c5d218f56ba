/* SPDX-License-Identifier: ISC */
/*
 * Reads JSON: checks a text, finds values, and prints a document in rows or on
 * one line. All functions print the received text, so that the order of keys,
 * repeated keys and the digits of numbers are kept. json_write.h writes JSON.
 *
 * Limits: arrays and objects are nested at most 2048 deep, and a document may
 *         need at most JSON_MEMORY_MAX bytes while it is checked. A number must
 *         fit into a double, and a key must not contain U+0000.
 * Source: RFC 8259 (JSON), RFC 6901 (JSON Pointer).
 */
#ifndef RUNG_CODEC_JSON_H
#define RUNG_CODEC_JSON_H

#include "rung/err.h"

#define JSON_MEMORY_MAX ((size_t)64 << 20)

enum json_found {
	JSON_FOUND, /* a whole document */
	JSON_PART,  /* the end of the document has not arrived */
	JSON_NONE,  /* not JSON, or over a limit */
};

/*
 * Looks for a document at the start of `in`, which must not begin with a blank.
 * `final`: no more data follows.
 * Lends:   *document, part of `in`; set for JSON_FOUND.
 */
enum json_found json_find(struct bytes in, bool final, struct bytes *document);
/*
 * Checks that the text is one document, with blanks around it or not.
 * Result:  0; -1 and *e: usage with the line, column and byte of the error;
 *          limit.
 */
int json_check(struct bytes text, struct err *e);
/* Removes the blanks at the start. */
struct bytes json_skip_blanks(struct bytes);
/*
 * Appends a document that json_find() or json_check() accepted, in indented
 * rows with a newline after the last. Escapes the characters that must not
 * reach a terminal, in JSON's form.
 * Result:  false: the rows exceed `most` bytes, and nothing was appended.
 */
bool json_lay_out(struct bytes document, size_t most, struct buf *out);
/* Appends an accepted document without the blanks between its tokens. Result:
 * 0; -1: the buf is full, and nothing was appended. */
int json_compact(struct bytes document, struct buf *out);
/*
 * Finds the value that a JSON Pointer names. If a key is repeated, its last
 * value counts, as in ECMAScript.
 * Lends:   *value, part of `text`: a string with its quotes.
 * Result:  0; -1 and *e: the text is not JSON, the pointer is malformed, or
 *          there is no such value (usage); limit.
 */
int json_pointer(struct bytes text, struct bytes pointer, struct bytes *value,
		 struct err *e);
/* Appends a value of json_pointer(): the characters of a string, in UTF-8; any
 * other value as json_compact(). Result: as for json_compact(). */
int json_put_value(struct bytes value, struct buf *out);

#endif
