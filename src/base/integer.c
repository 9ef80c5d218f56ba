/* SPDX-License-Identifier: ISC */
/*
 * Signed decimal integers of 64 bits. lang/size.c reads the unsigned numbers of
 * parameters.
 */
#include "rung/integer.h"

#include "rung/text.h"

bool integer_read(struct bytes text, int64_t *out)
{
	bool minus = text.len && text.at[0] == '-';
	int64_t n = 0;

	text = bytes_skip(text, minus);
	/* Build the negative number: INT64_MIN has no positive counterpart. */
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;

		int digit = text.at[i] - '0';

		if (n < (INT64_MIN + digit) / 10)
			return false;
		n = n * 10 - digit;
	}
	if (!text.len || (!minus && n == INT64_MIN))
		return false;
	*out = minus ? n : -n;
	return true;
}

int integer_read_as(struct bytes name, struct bytes text, int64_t *out,
		    struct err *e)
{
	struct text shown;

	if (integer_read(text, out))
		return 0;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 40));
	text_puts(&shown, " is not a 64-bit integer: '");
	text_escape(&shown, bytes_head(text, 40));
	text_puts(&shown, text.len > 40 ? "...'" : "'");
	err_set(e, ERR_USAGE, 0, "%s", buf_cstr(&shown.buf));
	text_fini(&shown);
	return -1;
}

/* Formats by hand, faster than printf: loops count with this. */
struct bytes integer_print(int64_t n, char text[INTEGER_DIGITS])
{
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
	size_t at = INTEGER_DIGITS;

	do
		text[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		text[--at] = '-';
	return bytes_of(text + at, INTEGER_DIGITS - at);
}

static int divide(int64_t a, char op, int64_t b, int64_t *out, struct err *e)
{
	if (b == 0)
		return err_usage(e, "division by zero");
	if (b == -1) {
		/* INT64_MIN / -1 overflows, and INT64_MIN % -1 may trap. */
		if (op == '/' && a == INT64_MIN)
			return err_usage(e, "the result would exceed 64 bits");
		*out = op == '/' ? -a : 0;
		return 0;
	}
	*out = op == '/' ? a / b : a % b;
	return 0;
}

int integer_compute(int64_t a, char op, int64_t b, int64_t *out, struct err *e)
{
	bool overflow = false;

	switch (op) {
	case '+':
		overflow = __builtin_add_overflow(a, b, out);
		break;
	case '-':
		overflow = __builtin_sub_overflow(a, b, out);
		break;
	case '*':
		overflow = __builtin_mul_overflow(a, b, out);
		break;
	default:
		return divide(a, op, b, out, e);
	}
	return overflow ? err_usage(e, "the result would exceed 64 bits") : 0;
}
