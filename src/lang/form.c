/* SPDX-License-Identifier: ISC */
/*
 * Encodes and decodes numbers, and checks their ranges. template_build.c and
 * template_match.c know the positions of the numbers.
 */
#include "form.h"

#include "escape.h"
#include "rung/percent.h"
#include "rung/suggest.h"
#include "rung/template.h"

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOTH(name, kind, width)              \
	{name "be", kind, width, false},     \
	{                                    \
		name "le", kind, width, true \
	}

static const struct form forms[] = {
    {"u8", FORM_UNSIGNED, 1, false},
    BOTH("u16", FORM_UNSIGNED, 2),
    BOTH("u24", FORM_UNSIGNED, 3),
    BOTH("u32", FORM_UNSIGNED, 4),
    BOTH("u64", FORM_UNSIGNED, 8),
    {"i8", FORM_SIGNED, 1, false},
    BOTH("i16", FORM_SIGNED, 2),
    BOTH("i24", FORM_SIGNED, 3),
    BOTH("i32", FORM_SIGNED, 4),
    BOTH("i64", FORM_SIGNED, 8),
    BOTH("f32", FORM_FLOAT, 4),
    BOTH("f64", FORM_FLOAT, 8),
    /* Seven bits a byte, the lowest first; the top bit marks that more bytes
     * follow. At most 64 bits. Source: protobuf, "Base 128 Varints". */
    {"varint", FORM_VARINT, 0, true},
};

enum { FORMS = sizeof(forms) / sizeof(*forms) };

const struct form *form_find(struct bytes name)
{
	for (size_t i = 0; i < FORMS; i++)
		if (bytes_is(name, forms[i].name))
			return &forms[i];
	return NULL;
}

const char *template_type(size_t nth)
{
	return nth < FORMS ? forms[nth].name : NULL;
}

const char *form_nearest(struct bytes name)
{
	const char *names[FORMS + 1];

	for (size_t i = 0; i < FORMS; i++)
		names[i] = forms[i].name;
	names[FORMS] = NULL;
	return suggest_name(name, names);
}

/* Returns the largest unsigned number of `bits` bits. */
static uint64_t largest(unsigned bits)
{
	return UINT64_MAX >> (64 - bits);
}

static unsigned bits_of(const struct form *f)
{
	return f->width ? 8 * f->width : 64;
}

static int out_of_range(const struct form *f, struct bytes text, struct err *e)
{
	char brief[ESCAPE_BRIEF];
	uint64_t top = largest(bits_of(f));

	escape_brief(text, brief);
	if (f->kind == FORM_FLOAT)
		return err_set(e, ERR_USAGE, 0,
			       "%s does not fit %s: up to +/-%s", brief,
			       f->name,
			       f->width == 4 ? "3.4028235e+38"
					     : "1.7976931348623157e+308");
	if (f->kind != FORM_SIGNED)
		return err_set(e, ERR_USAGE, 0,
			       "%s does not fit %s: 0 to %" PRIu64, brief,
			       f->name, top);
	return err_set(e, ERR_USAGE, 0,
		       "%s does not fit %s: -%" PRIu64 " to %" PRIu64, brief,
		       f->name, top / 2 + 1, top / 2);
}

static int no_number(struct bytes text, struct err *e)
{
	char brief[ESCAPE_BRIEF];

	return err_set(e, ERR_USAGE, 0,
		       "'%s' is not a number; write 5, 0x05 or -5",
		       escape_brief(text, brief));
}

/* Reads digits of base 10 or 16. Result: false: no digits, or other bytes;
 * *over: the number is too large. */
static bool read_digits(struct bytes text, unsigned base, uint64_t *out,
			bool *over)
{
	*out = 0;
	*over = false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_value(text.at[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if (*out > (UINT64_MAX - (unsigned)digit) / base)
			*over = true;
		*out = *out * base + (unsigned)digit;
	}
	return text.len > 0;
}

static int read_whole(const struct form *f, struct bytes text, uint64_t *bits,
		      struct err *e)
{
	bool minus = text.len && text.at[0] == '-', over;
	struct bytes digits = bytes_skip(text, minus);
	uint64_t top = largest(bits_of(f)), n;
	unsigned base = 10;

	if (digits.len > 2 && digits.at[0] == '0' &&
	    (digits.at[1] | 0x20) == 'x') {
		base = 16;
		digits = bytes_skip(digits, 2);
	}
	if (!read_digits(digits, base, &n, &over))
		return no_number(text, e);
	if (f->kind == FORM_SIGNED)
		top = minus ? top / 2 + 1 : top / 2;
	else if (minus)
		top = 0;
	if (over || n > top)
		return out_of_range(f, text, e);
	*bits = (minus ? 0 - n : n) & largest(bits_of(f));
	return 0;
}

/* Returns the C locale, in which numbers are read and printed whatever the
 * user's locale is. */
static locale_t c_locale(void)
{
	static locale_t c;

	if (!c)
		c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	return c;
}

static bool is_float(struct bytes text)
{
	if (bytes_is(text, "inf") || bytes_is(text, "-inf") ||
	    bytes_is(text, "nan"))
		return true;
	for (size_t i = 0; i < text.len; i++)
		if (!memchr("0123456789+-.eE", text.at[i], 15))
			return false;
	return text.len > 0;
}

static uint64_t bits_of_float(const struct form *f, double number, float single)
{
	uint64_t bits = 0;
	uint32_t half;

	if (f->width == 4) {
		memcpy(&half, &single, sizeof(half));
		return half;
	}
	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

static int read_float(const struct form *f, struct bytes text, uint64_t *bits,
		      struct err *e)
{
	char copy[400], *end = copy;
	double number = 0;
	float single = 0;

	if (!is_float(text) || text.len >= sizeof(copy))
		return no_number(text, e);
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';

	locale_t before = uselocale(c_locale());

	if (f->width == 4)
		single = strtof(copy, &end);
	else
		number = strtod(copy, &end);
	uselocale(before);
	if (*end || end == copy)
		return no_number(text, e);
	if ((isinf(number) || isinf(single)) &&
	    bytes_find_byte(text, 'i', 0) == BYTES_NOT_FOUND)
		return out_of_range(f, text, e);
	*bits = bits_of_float(f, number, single);
	return 0;
}

int form_read(const struct form *f, struct bytes text, uint64_t *bits,
	      struct err *e)
{
	if (f->kind == FORM_FLOAT)
		return read_float(f, text, bits, e);
	return read_whole(f, text, bits, e);
}

int form_count(const struct form *f, uint64_t count, uint64_t *bits,
	       struct err *e)
{
	uint64_t top = largest(bits_of(f));
	char text[24];

	*bits = count;
	if (count <= (f->kind == FORM_SIGNED ? top / 2 : top))
		return 0;
	snprintf(text, sizeof(text), "%" PRIu64, count);
	return out_of_range(f, bytes_str(text), e);
}

size_t form_put(const struct form *f, uint64_t bits,
		uint8_t out[FORM_BYTES_MAX])
{
	size_t n = 0;

	for (; n < f->width; n++) {
		size_t place = f->little ? n : f->width - 1 - n;

		out[n] = (uint8_t)(bits >> (8 * place));
	}
	if (f->width)
		return n;
	for (; bits > 0x7F; bits >>= 7)
		out[n++] = (uint8_t)(bits | 0x80);
	out[n++] = (uint8_t)bits;
	return n;
}

static int get_varint(struct bytes in, uint64_t *bits)
{
	*bits = 0;
	for (unsigned n = 0; n < FORM_BYTES_MAX; n++) {
		if (n == in.len)
			return 0;

		uint8_t byte = in.at[n];

		/* The tenth byte holds only one of the 64 bits. */
		if (n == FORM_BYTES_MAX - 1 && byte > 1)
			return -1;
		*bits |= (uint64_t)(byte & 0x7F) << (7 * n);
		if (byte < 0x80)
			return (int)n + 1;
	}
	return -1;
}

int form_get(const struct form *f, struct bytes in, uint64_t *bits)
{
	if (!f->width)
		return get_varint(in, bits);
	if (in.len < f->width)
		return 0;
	*bits = 0;
	for (size_t n = 0; n < f->width; n++) {
		size_t place = f->little ? n : f->width - 1 - n;

		*bits |= (uint64_t)in.at[n] << (8 * place);
	}
	return (int)f->width;
}

static bool negative(const struct form *f, uint64_t bits)
{
	return f->kind == FORM_SIGNED && bits >> (bits_of(f) - 1);
}

static void print_float(const struct form *f, uint64_t bits,
			char out[FORM_TEXT_MAX])
{
	uint32_t half = (uint32_t)bits;
	double number;
	float single;

	memcpy(&number, &bits, sizeof(number));
	memcpy(&single, &half, sizeof(single));
	if (f->width == 4)
		number = single;

	locale_t before = uselocale(c_locale());

	for (int digits = 1; digits <= 17; digits++) {
		snprintf(out, FORM_TEXT_MAX, "%.*g", digits, number);
		if (f->width == 4 ? strtof(out, NULL) == single
				  : strtod(out, NULL) == number)
			break;
	}
	uselocale(before);
	/* Always print plain `nan`: the C library may add a sign. */
	if (isnan(number))
		strcpy(out, "nan");
}

void form_print(const struct form *f, uint64_t bits, char out[FORM_TEXT_MAX])
{
	if (f->kind == FORM_FLOAT)
		print_float(f, bits, out);
	else if (negative(f, bits))
		snprintf(out, FORM_TEXT_MAX, "-%" PRIu64,
			 (0 - bits) & largest(bits_of(f)));
	else
		snprintf(out, FORM_TEXT_MAX, "%" PRIu64, bits);
}

bool form_length(const struct form *f, uint64_t bits, uint64_t *out)
{
	*out = bits;
	return !negative(f, bits);
}
