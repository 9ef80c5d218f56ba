/* SPDX-License-Identifier: ISC */
/*
 * Finds the parts of received data that probably differ in the next run: dates,
 * times, UUIDs, hex numbers, ports. Writes regular expressions in which these
 * parts may have other values. replay.c writes the scripts.
 */
#include "replay_own.h"

#include <string.h>

/* Lengths of a hex number: shorter ones may be words or constants, longer ones
 * are data. */
#define HEX_MIN ((size_t)16)
#define HEX_MAX ((size_t)128)
/* First port that Linux gives to clients and to `:0`. */
#define PORT_MIN 32768u

static const char *const kinds[] = {"a date", "a time", "a UUID",
				    "a hex number", "a port"};
enum changing_kind { DATE, TIME, UUID, HEX, PORT, KINDS };

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_hex(int c)
{
	return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* Returns the byte at an offset; -1: outside. */
static int byte_at(struct bytes in, size_t at)
{
	return at < in.len ? in.at[at] : -1;
}

static bool is_word(struct bytes in, size_t at)
{
	int c = byte_at(in, at);
	return is_digit(c) || is_letter(c) || c == '_';
}

static size_t run_length(struct bytes in, bool (*is)(int))
{
	size_t n = 0;
	while (n < in.len && is(in.at[n]))
		n++;
	return n;
}

/* ---- elements of a shape. They return the length of the match. */

#define NO_MATCH SIZE_MAX

/* Matches one of the names in a list; each has three letters. */
static size_t match_name(struct bytes in, const char *names)
{
	for (; in.len >= 3 && *names; names += 3)
		if (memcmp(in.at, names, 3) == 0)
			return 3;
	return NO_MATCH;
}

static size_t match_weekday(struct bytes in)
{
	return match_name(in, "MonTueWedThuFriSatSun");
}

static size_t match_month(struct bytes in)
{
	return match_name(in, "JanFebMarAprMayJunJulAugSepOctNovDec");
}

static size_t match_day(struct bytes in)
{
	if (byte_at(in, 0) == ' ')
		return is_digit(byte_at(in, 1)) ? 2 : NO_MATCH;
	size_t n = run_length(in, is_digit);
	return n == 1 || n == 2 ? n : NO_MATCH;
}

static size_t match_year(struct bytes in)
{
	bool named = bytes_starts(in, BYTES("19")) ||
		     bytes_starts(in, BYTES("20"));
	return named && is_digit(byte_at(in, 2)) && is_digit(byte_at(in, 3))
		   ? 4
		   : NO_MATCH;
}

static size_t match_clock(struct bytes in)
{
	static const char most[] = "29:59:69";
	for (size_t i = 0; most[i]; i++) {
		int c = byte_at(in, i);
		if (most[i] == ':' ? c != ':' : !is_digit(c) || c > most[i])
			return NO_MATCH;
	}
	return sizeof most - 1;
}

static size_t match_fraction(struct bytes in)
{
	int c = byte_at(in, 0);
	size_t n = run_length(bytes_skip(in, 1), is_digit);
	return n && (c == '.' || c == ',') ? n + 1 : 0;
}

static size_t match_zone(struct bytes in)
{
	size_t n = run_length(in, is_letter);
	return n == 3 || n == 4 ? n : NO_MATCH;
}

static size_t match_utc(struct bytes in)
{
	return byte_at(in, 0) == 'Z' ? 1 : 0;
}

static size_t match_hex(struct bytes in)
{
	size_t n = run_length(in, is_hex), digits = 0;
	for (size_t i = 0; i < n; i++)
		digits += is_digit(in.at[i]);
	return n >= HEX_MIN && n <= HEX_MAX && digits && digits < n ? n
								    : NO_MATCH;
}

static const struct element {
	char letter;
	size_t (*match)(struct bytes);
	const char *pattern; /* NULL: the matched text */
} elements[] = {
    {'a', match_weekday, "[A-Z][a-z]{2}"},
    {'b', match_month, "[A-Z][a-z]{2}"},
    {'e', match_day, "[ \\d]?\\d"},
    {'Y', match_year, "\\d{4}"},
    {'T', match_clock, "\\d{2}:\\d{2}:\\d{2}"},
    {'f', match_fraction, "(?:[.,]\\d+)?"},
    {'z', match_zone, "[A-Z]{3,4}"},
    {'u', match_utc, NULL},
};

static const struct element *element_of(char letter)
{
	size_t i = 0;
	while (elements[i].letter != letter)
		i++;
	return &elements[i];
}

/* ---- conditions on the text around a match */

/* Returns true unless a `:` is next to the match, as in a MAC or IPv6 address.
 */
static bool is_clock(struct bytes in, size_t at, size_t end)
{
	return (!at || in.at[at - 1] != ':') && byte_at(in, end) != ':';
}

/* Returns true for a time since 1970 from 2014 to 2039, unless the match is
 * the fraction of a decimal number. */
static bool is_epoch(struct bytes in, size_t at, size_t end)
{
	int tens = (in.at[at] - '0') * 10 + in.at[at + 1] - '0';
	bool decimal = at > 1 && in.at[at - 1] == '.' &&
		       is_digit(in.at[at - 2]);
	(void)end;
	return tens >= 14 && tens < 22 && !decimal;
}

/* Returns true for a port after `HOST:` or the word `port`. */
static bool is_port(struct bytes in, size_t at, size_t end)
{
	static const char word[] = "port";
	unsigned port = 0;
	for (size_t i = at; i < end; i++)
		port = port * 10 + in.at[i] - '0';
	if (port < PORT_MIN || port > UINT16_MAX || !at)
		return false;
	if (in.at[at - 1] == ':' && at > 1 &&
	    (is_word(in, at - 2) || in.at[at - 2] == ']'))
		return true;
	while (at && memchr(" :=\"'", in.at[at - 1], 5))
		at--;
	for (size_t i = sizeof word - 1; i; i--, at--)
		if (!at || (in.at[at - 1] | ' ') != word[i - 1])
			return false;
	return !at || !is_letter(in.at[at - 1]);
}

/* The shapes, the longest first. A `9` is a digit, an `h` a hex digit, `%x` a
 * hex number, `%` and another letter an element; other bytes are literal. */
static const struct changing_shape {
	enum changing_kind kind;
	const char *text;
	bool (*fits)(struct bytes, size_t at, size_t end); /* NULL: always */
} shapes[] = {
    {DATE, "%a, %e %b %Y %T", NULL}, /* RFC 9110 and RFC 5322 */
    {DATE, "%a, %e-%b-%Y %T", NULL}, /* cookies */
    {DATE, "%a %b %e %T %Y", NULL},  /* ctime(3) */
    {DATE, "%a %b %e %T %z %Y", NULL},
    {DATE, "%b %e %T", NULL}, /* syslog */
    {DATE, "99/%b/%Y:%T", NULL},
    {DATE, "%Y-99-99T%T%f%u", NULL}, /* RFC 3339 */
    {DATE, "%Y-99-99 %T%f%u", NULL},
    {DATE, "%Y/99/99 %T%f", NULL},
    {DATE, "%Y9999T999999%u", NULL},
    {DATE, "%Y-99-99", NULL},
    {TIME, "%T%f", is_clock},
    {TIME, "9999999999%f", is_epoch},
    {TIME, "9999999999999%f", is_epoch},     /* ms */
    {TIME, "9999999999999999%f", is_epoch},  /* us */
    {TIME, "9999999999999999999", is_epoch}, /* ns */
    {UUID, "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh", NULL},
    {HEX, "%x", NULL},
    {PORT, "99999", is_port},
};

static size_t match_element(const struct element *element, struct bytes in,
			    struct buf *out)
{
	size_t len = element->match(in);
	if (out && element->pattern)
		buf_puts(out, element->pattern);
	else if (out)
		replay_literal(bytes_head(in, len), out);
	return len;
}

/* Matches the next part of a shape, and appends its expression unless `out` is
 * NULL. */
static size_t match_part(const char **shape, struct bytes in, struct buf *out)
{
	const char *at = *shape;
	bool (*is)(int) = *at == '9' ? is_digit : is_hex;
	size_t n = strspn(at, *at == '9' ? "9" : "h");
	*shape += n ? n : *at == '%' ? 2 : 1;
	if (!n && *at != '%') {
		if (out)
			replay_literal(bytes_of(at, 1), out);
		return byte_at(in, 0) == *at ? 1 : NO_MATCH;
	}
	if (!n && at[1] != 'x')
		return match_element(element_of(at[1]), in, out);
	size_t len = n ? n : match_hex(in);
	if (len == NO_MATCH || run_length(bytes_head(in, len), is) < len)
		return NO_MATCH;
	if (out)
		buf_printf(out, "%s{%zu}", *at == '9' ? "\\d" : "[0-9A-Fa-f]",
			   len);
	return len;
}

/* Returns the length of the match of a shape at the beginning, or NO_MATCH. */
static size_t match_shape(const char *shape, struct bytes in, struct buf *out)
{
	size_t len = 0;
	while (*shape) {
		size_t n = match_part(&shape, bytes_skip(in, len), out);
		if (n == NO_MATCH)
			return NO_MATCH;
		len += n;
	}
	return len;
}

/* A part that probably differs in the next run. */
struct changing {
	size_t at, len;
	const struct changing_shape *shape;
};

static bool changes_at(struct bytes in, size_t at, struct changing *out)
{
	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		const struct changing_shape *shape = &shapes[i];
		size_t len = match_shape(shape->text, bytes_skip(in, at), NULL);
		if (len == NO_MATCH || is_word(in, at + len) ||
		    (shape->fits && !shape->fits(in, at, at + len)))
			continue;
		*out = (struct changing){at, len, shape};
		return true;
	}
	return false;
}

/* Finds the first part at or after `at`. */
static bool next_change(struct bytes in, size_t at, struct changing *out)
{
	for (; at < in.len; at++)
		if (is_word(in, at) && (!at || !is_word(in, at - 1)) &&
		    changes_at(in, at, out))
			return true;
	return false;
}

size_t changing_line(struct bytes in, size_t at, size_t most, size_t *end)
{
	struct changing c;
	if (!next_change(in, at, &c))
		return *end = in.len;
	size_t begin = c.at;
	while (begin > at && in.at[begin - 1] != '\n' &&
	       c.at - begin < most / 2)
		begin--;
	if (begin > at && in.at[begin - 1] != '\n')
		begin = c.at;
	size_t rest = bytes_find_byte(bytes_head(in, begin + most), '\n',
				      begin);
	*end = rest == BYTES_NOT_FOUND ? bytes_head(in, begin + most).len
				       : rest + 1;
	while (next_change(bytes_head(in, begin + most + HEX_MAX), c.at, &c) &&
	       c.at < *end) {
		if (c.at + c.len > *end)
			*end = c.at;
		c.at += c.len;
	}
	return begin;
}

unsigned changing_print(struct bytes in, size_t at, size_t end, struct buf *out)
{
	struct changing c;
	unsigned found = 0;
	while (at < end) {
		bool any = next_change(in, at, &c) && c.at < end;
		size_t stop = any ? c.at : end;
		replay_literal(bytes_of(in.at + at, stop - at), out);
		at = stop;
		if (!any)
			break;
		(void)match_shape(c.shape->text, bytes_skip(in, at), out);
		at += c.len;
		found |= 1u << c.shape->kind;
	}
	return found;
}

void changing_name(unsigned found, struct buf *out)
{
	const char *comma = "";
	for (unsigned i = 0; i < KINDS; i++)
		if (found & 1u << i) {
			buf_printf(out, "%s%s", comma, kinds[i]);
			comma = ", ";
		}
}
