/* SPDX-License-Identifier: ISC */
/*
 * Parses and prints numbers, sizes and durations in the form that people use.
 */
#include "escape.h"
#include "rung/param.h"
#include "rung/percent.h"

static const uint64_t US = 1000, MS = 1000000, SECOND = 1000000000;
/* 292 years, so that adding it to a clock does not overflow. */
static const uint64_t DURATION_MAX = INT64_MAX;

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

static int refuse(struct bytes text, const char *what, struct err *e)
{
	char brief[ESCAPE_BRIEF];

	return err_set(e, ERR_USAGE, 0, "'%s' %s", escape_brief(text, brief),
		       what);
}

/* Reads digits. Result: number of digits; *over: the number is too large. */
static size_t take_digits(struct bytes text, uint64_t *out, bool *over)
{
	size_t n = 0;
	uint64_t sum = 0;

	for (; n < text.len && is_digit(text.at[n]); n++) {
		uint64_t digit = (uint64_t)(text.at[n] - '0');

		if (sum > (UINT64_MAX - digit) / 10)
			*over = true;
		else
			sum = sum * 10 + digit;
	}
	*out = sum;
	return n;
}

static int parse_hex(struct bytes text, uint64_t *out, struct err *e)
{
	uint64_t sum = 0;

	for (size_t i = 2; i < text.len; i++) {
		int digit = hex_value(text.at[i]);

		if (digit < 0)
			return refuse(text, "is not a number", e);
		if (sum >> 60)
			return refuse(text, "is too large", e);
		sum = sum << 4 | (uint64_t)digit;
	}
	*out = sum;
	return 0;
}

int parse_number(struct bytes text, uint64_t *out, struct err *e)
{
	bool over = false;
	uint64_t sum;

	if (text.len > 2 && text.at[0] == '0' && (text.at[1] | 0x20) == 'x')
		return parse_hex(text, out, e);
	if (text.len > 1 && text.at[0] == '-' && is_digit(text.at[1]))
		return refuse(text, "is negative", e);
	if (!text.len || take_digits(text, &sum, &over) != text.len)
		return refuse(text, "is not a number", e);
	if (over)
		return refuse(text, "is too large", e);
	*out = sum;
	return 0;
}

static const char too_fine[] = "has more than 9 digits after the point";

/* A decimal with a fraction, scaled later: whole + part / scale. */
struct decimal {
	uint64_t whole, part, scale;
	bool over;
	bool fine; /* has a digit other than 0 after the ninth decimal place */
};

/* Reads a decimal. Result: its length in bytes; 0: none. */
static size_t take_decimal(struct bytes text, struct decimal *out)
{
	*out = (struct decimal){.scale = 1};

	size_t n = take_digits(text, &out->whole, &out->over);
	size_t point = n;

	if (n == text.len || text.at[n] != '.')
		return n;
	for (n++; n < text.len && is_digit(text.at[n]); n++) {
		if (out->scale >= SECOND) {
			out->fine = out->fine || text.at[n] != '0';
			continue;
		}
		out->part = out->part * 10 + (uint64_t)(text.at[n] - '0');
		out->scale *= 10;
	}
	/* "." and "1." are not numbers. */
	return n == point + 1 ? 0 : n;
}

/* Computes the decimal times `unit`. Result: false: overflow. *exact: nothing
 * was rounded. */
static bool scale(const struct decimal *d, uint64_t unit, uint64_t *out,
		  bool *exact)
{
	if (d->over || (d->whole && d->whole > UINT64_MAX / unit))
		return false;

	/* unit / scale * part + the rest does not overflow: part is less than
	 * scale, which is at most 1e9. */
	uint64_t rest = unit % d->scale * d->part;
	uint64_t add = unit / d->scale * d->part + rest / d->scale;

	*exact = rest % d->scale == 0;
	if (add > UINT64_MAX - d->whole * unit)
		return false;
	*out = d->whole * unit + add;
	return true;
}

int parse_size(struct bytes text, uint64_t *out, struct err *e)
{
	static const char units[] = "kmgt";
	struct decimal d;
	size_t n = take_decimal(text, &d);
	uint64_t unit = 1, size;
	bool exact = true;

	if (n && n + 1 == text.len)
		for (const char *u = units; *u; u++)
			if ((text.at[n] | 0x20) == *u) {
				unit = (uint64_t)1 << (u - units + 1) * 10;
				n++;
				break;
			}
	if (text.len && text.at[0] == '-')
		return refuse(text, "is negative", e);
	if (!n || n != text.len)
		return refuse(text, "is not a size (512, 64k, 1M, 1G)", e);
	if (!scale(&d, unit, &size, &exact))
		return refuse(text, "is too large", e);
	if (d.fine)
		return refuse(text, too_fine, e);
	if (!exact)
		return refuse(text, "is not a whole number of bytes", e);
	*out = size;
	return 0;
}

struct unit_name {
	const char *name;
	uint64_t ns;
};

/* Returns the longest unit at the start of `text`; NULL: none. */
static const struct unit_name *take_unit(struct bytes text)
{
	static const struct unit_name units[] = {
	    {"h", 3600000000000}, {"ms", 1000000}, {"m", 60000000000},
	    {"s", 1000000000},    {"us", 1000},    {"ns", 1},
	};

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (bytes_starts(text, bytes_str(units[i].name)))
			return &units[i];
	return NULL;
}

/* Accepts several units in descending order, as in `1m30s`. */
int parse_duration(struct bytes text, uint64_t *ns, struct err *e)
{
	static const char what[] =
	    "is not a duration (250ms, 2s, 1m, 1h; a bare number is seconds)";
	uint64_t sum = 0, above = UINT64_MAX;
	struct bytes rest = text;

	if (text.len && text.at[0] == '-')
		return refuse(text, "is negative", e);
	do {
		struct decimal d;
		size_t n = take_decimal(rest, &d);
		uint64_t unit = SECOND, part;
		bool exact;

		if (!n)
			return refuse(text, what, e);
		rest = bytes_skip(rest, n);
		if (rest.len || above != UINT64_MAX) {
			const struct unit_name *u = take_unit(rest);

			if (!u || u->ns >= above)
				return refuse(text, what, e);
			rest = bytes_skip(rest, bytes_str(u->name).len);
			above = unit = u->ns;
		}
		if (!scale(&d, unit, &part, &exact) ||
		    part > DURATION_MAX - sum)
			return refuse(text, "is too long", e);
		if (d.fine)
			return refuse(text, too_fine, e);
		if (!exact)
			return refuse(text,
				      "is not a whole number of "
				      "nanoseconds",
				      e);
		sum += part;
	} while (rest.len);
	*ns = sum;
	return 0;
}

/* Prints n in units of `unit`, rounded to three digits, without zeros at the
 * end of the fraction: 1.23s, 12.3s, 123s, 1.5s. */
static void print_digits(uint64_t n, uint64_t unit, const char *name,
			 struct buf *out)
{
	uint64_t whole = n / unit;
	unsigned places = whole < 10 ? 2 : whole < 100 ? 1 : 0;
	uint64_t scaled = (n % unit * 100 + unit / 2) / unit; /* hundredths */

	if (places == 1)
		scaled = (n % unit * 10 + unit / 2) / unit * 10;
	if (!places)
		scaled = (n % unit + unit / 2) / unit * 100;
	whole += scaled / 100;
	scaled %= 100;
	if (!scaled)
		buf_printf(out, "%llu%s", (unsigned long long)whole, name);
	else if (scaled % 10)
		buf_printf(out, "%llu.%02u%s", (unsigned long long)whole,
			   (unsigned)scaled, name);
	else
		buf_printf(out, "%llu.%u%s", (unsigned long long)whole,
			   (unsigned)scaled / 10, name);
}

/* Prints `1m30s`: two whole numbers. Omits the minor unit if its number is 0.
 */
static void print_pair(uint64_t major, const char *name, uint64_t minor,
		       const char *minor_name, struct buf *out)
{
	buf_printf(out, "%llu%s", (unsigned long long)major, name);
	if (minor)
		buf_printf(out, "%llu%s", (unsigned long long)minor,
			   minor_name);
}

void print_duration(uint64_t ns, struct buf *out)
{
	uint64_t seconds = ns / SECOND + (ns % SECOND >= SECOND / 2);
	uint64_t minutes = seconds / 60 + (seconds % 60 >= 30);

	if (!ns)
		buf_puts(out, "0s");
	else if (ns < US)
		print_digits(ns, 1, "ns", out);
	else if (ns < MS - US / 2)
		print_digits(ns, US, "us", out);
	else if (ns < SECOND - MS / 2)
		print_digits(ns, MS, "ms", out);
	else if (ns < 60 * SECOND - 50 * MS)
		print_digits(ns, SECOND, "s", out);
	else if (seconds < 3600)
		print_pair(seconds / 60, "m", seconds % 60, "s", out);
	else
		print_pair(minutes / 60, "h", minutes % 60, "m", out);
}

void print_size(uint64_t n, struct buf *out)
{
	static const char units[] = "kMGT";

	for (unsigned u = 4; u-- > 0;) {
		uint64_t unit = (uint64_t)1 << (u + 1) * 10;
		uint64_t rest = n % unit * 10;

		if (n < unit || rest % unit)
			continue;
		buf_printf(out, "%llu", (unsigned long long)(n / unit));
		if (rest)
			buf_printf(out, ".%u", (unsigned)(rest / unit));
		buf_putc(out, units[u]);
		return;
	}
	buf_printf(out, "%llu", (unsigned long long)n);
}

int parse_pace(struct bytes text, uint64_t *bytes, uint64_t *ns, struct err *e)
{
	size_t slash = bytes_find_byte(text, '/', 0);
	struct bytes size = bytes_head(text, slash);

	if (size.len && size.at[size.len - 1] == 'B')
		size.len--;
	if (slash == BYTES_NOT_FOUND || parse_size(size, bytes, NULL) ||
	    parse_duration(bytes_skip(text, slash + 1), ns, NULL) || !*bytes ||
	    !*ns)
		return err_usage(
		    e,
		    "'%.*s' is no pace; write bytes and a time, as "
		    "in 1B/100ms",
		    (int)bytes_head(text, 40).len, (const char *)text.at);
	return 0;
}
