/* SPDX-License-Identifier: ISC */
/*
 * `incr`: adds to a variable that holds an integer.
 */
#include "rung/cmd.h"

/* digits of 64 bits, with the sign */
#define DIGITS 20

enum { NAME, BY, END };
static const struct param params[] = {
    [NAME] = {.name = "NAME",
	      .kind = PARAM_VARIABLE,
	      .flags = PARAM_REQUIRED,
	      .brief = "a variable that is set, or NAME[KEY]"},
    [BY] = {.name = "BY",
	    .kind = PARAM_WORD,
	    .brief = "number to add, may be negative (default: 1)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_incr = {
    .name = "incr",
    .group = "shell",
    .brief = "add to a number in a variable",
    .help = "Numbers are signed decimal integers of 64 bits.\n"
	    "\n"
	    "    let n 41\n"
	    "    incr n\n"
	    "    incr n -2\n"
	    "    echo $n\n",
    .params = params,
    .run = run,
};

/* Reads `-?[0-9]+`. Result: false if `text` is something else or exceeds 64
 * bits. */
static bool read_number(struct bytes text, int64_t *out)
{
	bool minus = text.len && text.at[0] == '-';
	text = bytes_skip(text, minus);
	/* Build the negative number: INT64_MIN has no positive counterpart. */
	int64_t n = 0;
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

/* Formats `n` into `text`, faster than printf, because loops use `incr` to
 * count. The result points into `text`. */
static struct bytes print_number(int64_t n, char *text)
{
	uint64_t left = n < 0 ? -(uint64_t)n : (uint64_t)n;
	size_t at = DIGITS;
	do
		text[--at] = (char)('0' + left % 10);
	while (left /= 10);
	if (n < 0)
		text[--at] = '-';
	return bytes_of(text + at, DIGITS - at);
}

static bool incr_add(int64_t a, int64_t b, int64_t *sum)
{
	if (b > 0 ? a > INT64_MAX - b : a < INT64_MIN - b)
		return false;
	*sum = a + b;
	return true;
}

/* Reports a value that is not an integer; escapes and cuts it, because a user
 * or peer may have chosen it. */
static enum cmd_status not_a_number(struct call *call, struct bytes name,
				    struct bytes value)
{
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 40));
	text_puts(&shown, " is not a 64-bit integer: '");
	text_escape(&shown, bytes_head(value, 40));
	text_puts(&shown, value.len > 40 ? "...'" : "'");
	enum cmd_status status = call_error(call, ERR_USAGE, "%s",
					    buf_cstr(&shown.buf));
	text_fini(&shown);
	return status;
}

/* Reports an error with the variable's name, unescaped: lang/param.c has
 * checked that the name is printable. */
static enum cmd_status incr_fail(struct call *call, struct bytes name,
				 const char *why)
{
	return call_error(call, ERR_USAGE, "$%.*s %s",
			  (int)(name.len < 40 ? name.len : 40),
			  (const char *)name.at, why);
}

static enum cmd_status run(struct call *call)
{
	const struct value *where = call->args.arg[NAME].at;
	struct bytes name = where->text, value;
	struct bytes step = args_text(&call->args, BY);
	int64_t n, by = 1;
	if (args_has(&call->args, BY) && !read_number(step, &by))
		return not_a_number(call, BYTES("BY"), step);
	if (!task_value(call->task, where, &value))
		return incr_fail(call, name, "is not set; 'let' sets it");
	if (!read_number(value, &n))
		return not_a_number(call, name, value);
	if (!incr_add(n, by, &n))
		return incr_fail(call, name, "would exceed 64 bits");
	char text[DIGITS];
	struct err e;
	if (task_set_value(call->task, where, print_number(n, text), &e))
		return call_fail(call, &e);
	return CMD_OK;
}
