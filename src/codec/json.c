/* SPDX-License-Identifier: ISC */
/*
 * Reads JSON. jansson only validates; tokens of the validated text are then
 * found here, because a parsed tree has lost the order of keys and the digits
 * of numbers. json_write.c writes JSON, view/json.c displays it.
 */
#include "rung/codec/json.h"

#include "rung/codec/json_write.h"
#include "rung/percent.h"
#include "rung/text.h"

#include <jansson.h>
#include <stdlib.h>

enum { INDENT = 2, WORD_MAX = 8, POINTER_SHOWN = 60 };

/* ---- jansson ---- */

/* jansson needs up to 100 bytes for a byte of the document, so its memory has a
 * limit. */
static struct {
	size_t used;
	bool refused; /* an allocation exceeded the limit */
} memory;

/* Precedes each allocation of jansson. */
union counted {
	size_t size;
	max_align_t align;
};

static void *counted_alloc(size_t size)
{
	if (size > JSON_MEMORY_MAX - memory.used) {
		memory.refused = true;
		return NULL;
	}
	union counted *p = malloc(sizeof *p + size);
	if (!p) {
		memory.refused = true;
		return NULL;
	}
	p->size = size;
	memory.used += size;
	return p + 1;
}

static void counted_free(void *at)
{
	union counted *p = at;
	if (!p)
		return;
	memory.used -= p[-1].size;
	free(p - 1);
}

/* The reason why a text is not JSON. */
struct json_fault {
	size_t at;  /* bytes that jansson has read */
	bool early; /* the text ends too early */
	char text[JSON_ERROR_TEXT_LENGTH];
};

/* Copies jansson's message without the peer's bytes, which follow the word
 * `near`. */
static void fault_set(struct json_fault *f, const json_error_t *error)
{
	f->at = error->position > 0 ? (size_t)error->position : 0;
	f->early = json_error_code(error) == json_error_premature_end_of_input;
	memcpy(f->text, error->text, sizeof f->text);
	char *near = strstr(f->text, " near ");
	if (near)
		*near = '\0';
}

/* Validates the document at the start of `in`. Result: 0 and *len; -1 and *f.
 */
static int validate(struct bytes in, size_t flags, size_t *len,
		    struct json_fault *f)
{
	json_error_t error;
	flags |= JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL | JSON_ALLOW_NUL;
	json_set_alloc_funcs(counted_alloc, counted_free);
	memory.refused = false;
	const char *text = in.len ? (const char *)in.at : "";
	json_t *value = json_loadb(text, in.len, flags, &error);
	fault_set(f, &error);
	if (!value)
		return -1;
	json_decref(value);
	*len = f->at;
	/* jansson ignores a NUL after a number. */
	size_t nul = bytes_find_byte(bytes_head(in, *len), '\0', 0);
	if (nul == BYTES_NOT_FOUND)
		return 0;
	f->at = nul;
	strcpy(f->text, "NUL byte");
	return -1;
}

/* ---- tokens ---- */

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_mark(uint8_t c)
{
	return c == '{' || c == '}' || c == '[' || c == ']' || c == ',' ||
	       c == ':';
}

struct bytes json_skip_blanks(struct bytes in)
{
	size_t n = 0;
	while (n < in.len && is_blank(in.at[n]))
		n++;
	return bytes_skip(in, n);
}

/* Returns the length of a string with its quotes. */
static size_t string_len(struct bytes in)
{
	for (size_t n = 1; n < in.len; n++) {
		if (in.at[n] == '"')
			return n + 1;
		if (in.at[n] == '\\')
			n++;
	}
	return in.len;
}

static size_t word_len(struct bytes in)
{
	size_t n = 0;
	while (n < in.len && !is_blank(in.at[n]) && !is_mark(in.at[n]) &&
	       in.at[n] != '"')
		n++;
	return n;
}

/* Takes the next token: a mark, a string, or a word. Empty at the end. */
static struct bytes take_token(struct bytes *rest)
{
	struct bytes in = json_skip_blanks(*rest);
	size_t n = 0;
	if (in.len && is_mark(in.at[0]))
		n = 1;
	else if (in.len && in.at[0] == '"')
		n = string_len(in);
	else
		n = word_len(in);
	*rest = bytes_skip(in, n);
	return bytes_head(in, n);
}

static bool opens(struct bytes token)
{
	return token.len && (token.at[0] == '{' || token.at[0] == '[');
}

static bool closes(struct bytes token)
{
	return token.len && (token.at[0] == '}' || token.at[0] == ']');
}

/* ---- errors ---- */

/* Returns the start of the token that contains the byte before `end`. */
static size_t token_start(struct bytes in, size_t end)
{
	struct bytes rest = in, token;
	do {
		token = take_token(&rest);
	} while (token.len && in.len - rest.len < end);
	return in.len - rest.len - token.len;
}

/* Returns the number of the character at byte `at` in its line, from 1, and
 * its line. */
static size_t column_at(struct bytes in, size_t at, size_t *line)
{
	size_t column = 1;
	*line = 1;
	for (size_t i = 0; i < at && i < in.len; i++) {
		if (in.at[i] == '\n') {
			++*line;
			column = 1;
		} else if ((in.at[i] & 0xC0) != 0x80) {
			column++;
		}
	}
	return column;
}

static int report(struct bytes in, const struct json_fault *f, struct err *e)
{
	if (memory.refused)
		return err_set(e, ERR_LIMIT, 0,
			       "JSON of %zu bytes is too large to check",
			       in.len);
	const char *why = f->early ? "the text ends too early" : f->text;
	size_t at = f->early ? in.len : f->at, line;
	if (strstr(why, "expected") || strstr(why, "token"))
		at = token_start(in, at);
	size_t column = column_at(in, at, &line);
	return err_set(e, ERR_USAGE, 0,
		       "not JSON: line %zu, column %zu (byte %zu): %s", line,
		       column, at, why);
}

/* ---- check ---- */

/* Returns true if no further data can be part of the document. A number or word
 * is not closed: digits or letters may follow. */
static bool is_closed(struct bytes document)
{
	uint8_t last = document.at[document.len - 1];
	return last == '}' || last == ']' || last == '"';
}

enum json_found json_find(struct bytes in, bool final, struct bytes *document)
{
	struct json_fault f;
	size_t at = 0;
	if (validate(in, JSON_DISABLE_EOF_CHECK, &at, &f)) {
		if (final || memory.refused)
			return JSON_NONE;
		/* The data may end inside a character or a word such as `true`.
		 */
		return f.early || f.at + WORD_MAX > in.len ? JSON_PART
							   : JSON_NONE;
	}
	*document = bytes_head(in, at);
	return final || at < in.len || is_closed(*document) ? JSON_FOUND
							    : JSON_PART;
}

int json_check(struct bytes text, struct err *e)
{
	struct json_fault f;
	size_t len;
	return validate(text, 0, &len, &f) ? report(text, &f, e) : 0;
}

/* ---- print ---- */

/* Appends a string. Escapes only characters that must not reach a terminal. */
static void put_string(struct bytes in, struct buf *out)
{
	unsigned marks = 0;
	while (in.len) {
		uint32_t rune;
		int n = utf8_next(in, &rune);
		if (n <= 0) {
			rune = 0xFFFD;
			n = 1;
		}
		/* Copy both bytes of an escape, because the second may be a
		 * quote. */
		if (rune == '\\' && in.len > 1)
			n = 2;
		if (utf8_shows(rune, &marks))
			buf_put(out, bytes_head(in, (size_t)n));
		else
			json_put_escape(rune, out);
		if (rune == '\\' || rune == '"')
			marks = 0;
		in = bytes_skip(in, (size_t)n);
	}
}

static void put_break(struct buf *out, size_t depth)
{
	buf_putc(out, '\n');
	for (size_t i = 0; i < INDENT * depth; i++)
		buf_putc(out, ' ');
}

/* Prints a token, and takes and prints the closing bracket of an empty array or
 * object. */
static void put_token(struct bytes token, struct bytes *rest, size_t *depth,
		      struct buf *out)
{
	if (closes(token))
		put_break(out, --*depth);
	if (token.at[0] == '"')
		put_string(token, out);
	else
		buf_put(out, token);
	if (token.at[0] == ',')
		put_break(out, *depth);
	if (token.at[0] == ':')
		buf_putc(out, ' ');
	if (!opens(token))
		return;
	struct bytes next = json_skip_blanks(*rest);
	if (closes(next))
		buf_put(out, take_token(rest));
	else
		put_break(out, ++*depth);
}

bool json_lay_out(struct bytes document, size_t most, struct buf *out)
{
	size_t from = buf_len(out), depth = 0;
	struct bytes token;
	while ((token = take_token(&document)).len) {
		put_token(token, &document, &depth, out);
		if (buf_len(out) - from > most) {
			buf_truncate(out, from);
			return false;
		}
	}
	buf_putc(out, '\n');
	return true;
}

int json_compact(struct bytes document, struct buf *out)
{
	size_t from = buf_len(out);
	struct bytes token;
	while ((token = take_token(&document)).len)
		if (buf_put(out, token)) {
			buf_truncate(out, from);
			return -1;
		}
	return 0;
}

/* ---- strings ---- */

/* Takes the four digits of \uHHHH, which the check has found to be hex. */
static uint32_t take_unit(struct bytes *rest)
{
	uint32_t unit = 0;
	for (size_t i = 0; i < 4 && i < rest->len; i++)
		unit = unit << 4 | (uint32_t)hex_value(rest->at[i]);
	*rest = bytes_skip(*rest, 4);
	return unit;
}

/* Takes an escape after its backslash and appends the character. */
static int take_json_escape(struct bytes *rest, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	uint8_t letter = rest->len ? rest->at[0] : '\\', utf8[4];
	*rest = bytes_skip(*rest, 1);
	if (letter != 'u') {
		const char *at = strchr(from, letter);
		return buf_putc(out, at && letter ? to[at - from] : letter);
	}
	uint32_t rune = take_unit(rest);
	if (rune >= 0xD800 && rune < 0xDC00 &&
	    bytes_starts(*rest, BYTES("\\u"))) {
		*rest = bytes_skip(*rest, 2);
		rune = 0x10000 + ((rune - 0xD800) << 10) +
		       (take_unit(rest) - 0xDC00);
	}
	int n = utf8_put(rune, utf8);
	return buf_put(out, bytes_of(utf8, (size_t)n));
}

/* Appends the characters of a string with its quotes. Result: 0; -1: the buf is
 * full, and nothing was appended. */
static int put_characters(struct bytes string, struct buf *out)
{
	size_t from = buf_len(out);
	struct bytes rest = bytes_head(bytes_skip(string, 1), string.len - 2);
	int bad = 0;
	while (rest.len && !bad) {
		size_t plain = bytes_find_byte(rest, '\\', 0);
		bad = buf_put(out, bytes_head(rest, plain));
		bool escape = plain < rest.len;
		rest = bytes_skip(rest, escape ? plain + 1 : rest.len);
		if (escape && !bad)
			bad = take_json_escape(&rest, out);
	}
	if (bad)
		buf_truncate(out, from);
	return bad;
}

int json_put_value(struct bytes value, struct buf *out)
{
	if (value.len > 1 && value.at[0] == '"')
		return put_characters(value, out);
	return json_compact(value, out);
}

/* ---- JSON Pointer ---- */

/* Takes a value and the blanks before it. */
static struct bytes take_value(struct bytes *rest)
{
	struct bytes from = json_skip_blanks(*rest), token;
	size_t depth = 0;
	do {
		token = take_token(rest);
		depth += opens(token);
		depth -= closes(token);
	} while (depth && token.len);
	return bytes_head(from, from.len - rest->len);
}

/* Takes a reference token and decodes it: ~1 is a slash, ~0 a tilde (RFC 6901
 * §4). Result: -1: another character follows a tilde. */
static int take_reference(struct bytes *pointer, struct buf *out)
{
	struct bytes rest = bytes_skip(*pointer, 1);
	struct bytes word = bytes_head(rest, bytes_find_byte(rest, '/', 0));
	*pointer = bytes_skip(rest, word.len);
	buf_clear(out);
	for (size_t i = 0; i < word.len; i++) {
		uint8_t c = word.at[i];
		if (c != '~') {
			buf_putc(out, c);
			continue;
		}
		i++;
		if (i == word.len || (word.at[i] != '0' && word.at[i] != '1'))
			return -1;
		buf_putc(out, word.at[i] == '1' ? '/' : '~');
	}
	return 0;
}

/* Finds a member of an object. Result: false: none. */
static bool find_member(struct bytes object, struct bytes name,
			struct bytes *value)
{
	struct buf key = {.limit = object.len};
	bool found = false;
	struct bytes rest = object;
	while (!closes(take_token(&rest))) {
		struct bytes token = take_token(&rest);
		if (!token.len || token.at[0] != '"')
			break;
		buf_clear(&key);
		put_characters(token, &key);
		take_token(&rest);
		struct bytes member = take_value(&rest);
		if (bytes_equal(buf_bytes(&key), name)) {
			*value = member;
			found = true;
		}
	}
	buf_fini(&key);
	return found;
}

/* Finds an element of an array. An index has no leading zero (RFC 6901 §4).
 * Result: false: none. */
static bool find_element(struct bytes array, struct bytes index,
			 struct bytes *value)
{
	size_t n = 0;
	if (!index.len || index.len > 18 ||
	    (index.len > 1 && index.at[0] == '0'))
		return false;
	for (size_t i = 0; i < index.len; i++) {
		if (index.at[i] < '0' || index.at[i] > '9')
			return false;
		n = 10 * n + (size_t)(index.at[i] - '0');
	}
	struct bytes rest = bytes_skip(array, 1);
	if (closes(json_skip_blanks(rest)))
		return false;
	struct bytes element = take_value(&rest);
	while (n-- && element.len) {
		if (closes(take_token(&rest)))
			return false;
		element = take_value(&rest);
	}
	*value = element;
	return element.len > 0;
}

static int report_pointer(struct bytes pointer, const char *why, struct err *e)
{
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(pointer, POINTER_SHOWN));
	err_set(e, ERR_USAGE, 0, "%s '%s'", why, buf_cstr(&shown.buf));
	text_fini(&shown);
	return -1;
}

/* Follows the pointer; `word` is room for its tokens. */
static int follow(struct bytes at, struct bytes pointer, struct buf *word,
		  struct bytes *value, struct err *e)
{
	struct bytes rest = pointer;
	while (rest.len) {
		if (rest.at[0] != '/' || take_reference(&rest, word))
			return report_pointer(
			    pointer,
			    "invalid JSON Pointer (/NAME/INDEX..., ~1 for / "
			    "and ~0 for ~):",
			    e);
		struct bytes token = buf_bytes(word);
		bool found = at.at[0] == '{' ? find_member(at, token, &at)
					     : at.at[0] == '[' &&
						   find_element(at, token, &at);
		if (!found)
			return report_pointer(
			    bytes_head(pointer, pointer.len - rest.len),
			    "the JSON has no value at", e);
	}
	*value = at;
	return 0;
}

int json_pointer(struct bytes text, struct bytes pointer, struct bytes *value,
		 struct err *e)
{
	if (json_check(text, e))
		return -1;
	struct buf word = {.limit = pointer.len};
	int r = follow(take_value(&text), pointer, &word, value, e);
	buf_fini(&word);
	return r;
}
