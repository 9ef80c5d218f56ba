/* SPDX-License-Identifier: ISC */
/*
 * Divides a command line of curl into words, by the rules of bash or cmd.
 * Browsers write `'...'` and `$'...'` for bash, `^"..."` for cmd. Text that
 * bash would expand is an error, because rung does not expand it.
 */
#include "curl_own.h"

#include "rung/percent.h"
#include "rung/text.h"

struct splitter {
	struct bytes in;
	size_t at;
	struct buf *out;
	bool word; /* a word has begun */
	bool cmd;  /* the line is in the form of cmd */
	struct err *e;
};

static int report(const struct splitter *s, const char *why)
{
	return err_usage(s->e, "curl: byte %zu: %s", s->at, why);
}

/* Returns the byte `n` after the current one; NUL: the end of the line, which
 * has no NUL. */
static uint8_t peek(const struct splitter *s, size_t n)
{
	return s->at + n < s->in.len ? s->in.at[s->at + n] : '\0';
}

static void put_byte(struct splitter *s, uint8_t c)
{
	s->word = true;
	buf_putc(s->out, c);
	s->at++;
}

static void end_word(struct splitter *s)
{
	if (s->word)
		buf_putc(s->out, '\0');
	s->word = false;
}

static bool is_gap(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_line_end(uint8_t c)
{
	return c == '\n' || c == '\r';
}

/* Skips LF, CR or CR LF. */
static void skip_line_end(struct splitter *s)
{
	s->at += peek(s, 0) == '\r' && peek(s, 1) == '\n' ? 2 : 1;
}

/* Ends the last word; only blanks may follow. */
static int finish(struct splitter *s)
{
	end_word(s);
	while (is_gap(peek(s, 0)) || is_line_end(peek(s, 0)))
		s->at++;
	return s->at < s->in.len ? report(s, "a second command follows") : 0;
}

/* ---- bash ---- */

static int split_single(struct splitter *s)
{
	s->word = true;
	for (s->at++; peek(s, 0) != '\'';) {
		if (s->at >= s->in.len)
			return report(s, "the closing ' is missing");
		put_byte(s, peek(s, 0));
	}
	s->at++;
	return 0;
}

static int digit_value(uint8_t c, uint32_t base)
{
	int n = hex_value(c);
	return n < (int)base ? n : -1;
}

/* Takes at most `most` digits and appends their value as a byte, or as UTF-8 if
 * `rune`. */
static int put_coded(struct splitter *s, uint32_t base, int most, bool rune)
{
	uint32_t n = 0;
	uint8_t utf8[4];
	int digits = 0;
	for (; digits < most && digit_value(peek(s, 0), base) >= 0; digits++) {
		n = n * base + (uint32_t)digit_value(peek(s, 0), base);
		s->at++;
	}
	int len = rune ? utf8_put(n, utf8) : 1;
	if (!rune)
		utf8[0] = (uint8_t)n;
	if (!digits || !len || !n)
		return report(s, "invalid escape in $'...'");
	buf_put(s->out, bytes_of(utf8, (size_t)len));
	return 0;
}

/* Takes an escape of $'...'. An unknown one keeps its backslash. */
static int split_escape(struct splitter *s)
{
	static const char from[] = "abeEfnrtv\\'\"?";
	static const char to[] = "\a\b\033\033\f\n\r\t\v\\'\"?";
	uint8_t c = peek(s, 1);
	const char *at = c ? strchr(from, c) : NULL;
	s->at += digit_value(c, 8) >= 0 ? 1 : 2;
	if (at)
		return buf_putc(s->out, to[at - from]) ? -1 : 0;
	if (digit_value(c, 8) >= 0)
		return put_coded(s, 8, 3, false);
	if (c == 'x')
		return put_coded(s, 16, 2, false);
	if (c == 'u' || c == 'U')
		return put_coded(s, 16, c == 'u' ? 4 : 8, true);
	if (c == 'c')
		return report(s, "\\c in $'...' is not supported");
	buf_putc(s->out, '\\');
	s->at--;
	return 0;
}

static int split_ansi(struct splitter *s)
{
	s->word = true;
	for (s->at += 2; peek(s, 0) != '\'';) {
		if (s->at >= s->in.len)
			return report(s, "the ' that closes $' is missing");
		if (peek(s, 0) != '\\')
			put_byte(s, peek(s, 0));
		else if (split_escape(s))
			return -1;
	}
	s->at++;
	return 0;
}

/* Returns true if bash replaces text that begins here. */
static bool is_replaced(const struct splitter *s)
{
	uint8_t c = peek(s, 0), next = peek(s, 1), low = next | 0x20;
	if (c == '`')
		return true;
	return c == '$' && next &&
	       ((low >= 'a' && low <= 'z') || (next >= '0' && next <= '9') ||
		strchr("_{(?!#*@$-", next));
}

static int report_replaced(const struct splitter *s)
{
	return report(s, "bash would replace this text; quote it with '...'");
}

static int split_double(struct splitter *s)
{
	s->word = true;
	for (s->at++; peek(s, 0) != '"';) {
		uint8_t c = peek(s, 0), next = peek(s, 1);
		if (s->at >= s->in.len)
			return report(s, "the closing \" is missing");
		if (is_replaced(s))
			return report_replaced(s);
		if (c == '\\' && is_line_end(next)) {
			s->at++;
			skip_line_end(s);
			continue;
		}
		if (c == '\\' && next && strchr("$`\"\\", next))
			s->at++;
		put_byte(s, peek(s, 0));
	}
	s->at++;
	return 0;
}

/* Takes a character outside of quotes. */
static int split_bare(struct splitter *s)
{
	uint8_t c = peek(s, 0);
	if (c == '\\' && is_line_end(peek(s, 1))) {
		s->at++;
		skip_line_end(s);
		return 0;
	}
	if (strchr(";|&<>()", c))
		return report(s, "the shell would take this character; quote "
				 "it with '...'");
	if (is_replaced(s) || c == '{' || (c == '~' && !s->word))
		return report_replaced(s);
	if ((c == '\\' && s->at + 1 < s->in.len) ||
	    (c == '$' && peek(s, 1) == '"'))
		s->at++;
	if (c == '$' && peek(s, 0) == '"')
		return split_double(s);
	put_byte(s, peek(s, 0));
	return 0;
}

/* Returns true if the line has the form of cmd: `^` before a quote or a line
 * end, at the start of a word. */
static bool is_cmd(const struct splitter *s)
{
	return !s->word && peek(s, 0) == '^' &&
	       (peek(s, 1) == '"' || is_line_end(peek(s, 1)));
}

static int split_bash(struct splitter *s)
{
	int bad = 0;
	while (s->at < s->in.len && !bad) {
		uint8_t c = peek(s, 0);
		if (is_cmd(s)) {
			s->cmd = true;
			return 0;
		}
		if (is_line_end(c) || (c == '#' && !s->word))
			break;
		if (is_gap(c)) {
			end_word(s);
			s->at++;
		} else if (c == '\'') {
			bad = split_single(s);
		} else if (c == '"') {
			bad = split_double(s);
		} else if (c == '$' && peek(s, 1) == '\'') {
			bad = split_ansi(s);
		} else {
			bad = split_bare(s);
		}
	}
	if (peek(s, 0) == '#' && !bad)
		while (s->at < s->in.len && !is_line_end(peek(s, 0)))
			s->at++;
	return bad ? -1 : finish(s);
}

/* ---- cmd ---- */

/* Takes the character after a caret. A line end is removed, and a second one
 * after it stays. */
static void take_careted(struct splitter *s, struct buf *plain)
{
	bool line_end = is_line_end(peek(s, 0));
	if (line_end)
		skip_line_end(s);
	if (line_end && is_line_end(peek(s, 0))) {
		buf_putc(plain, '\n');
		skip_line_end(s);
	} else if (!line_end && s->at < s->in.len) {
		buf_putc(plain, peek(s, 0));
		s->at++;
	}
}

/* Removes the carets of cmd. After a quote without a caret, they are text up to
 * the next quote. */
static int remove_carets(struct splitter *s, struct buf *plain)
{
	bool quoted = false;
	while (s->at < s->in.len) {
		uint8_t c = peek(s, 0);
		if (is_line_end(c) && !quoted)
			break;
		s->at++;
		quoted ^= c == '"';
		if (c == '^' && !quoted)
			take_careted(s, plain);
		else
			buf_putc(plain, c);
	}
	return finish(s);
}

/* Divides text by the rules of the C library of Windows, but `\\` is one
 * backslash between quotes. */
static int split_quoted(struct splitter *s)
{
	s->word = true;
	for (s->at++; s->at < s->in.len;) {
		uint8_t c = peek(s, 0), next = peek(s, 1);
		if (c == '"' && next != '"') {
			s->at++;
			return 0;
		}
		if (c == '"' || (c == '\\' && (next == '"' || next == '\\')))
			s->at++;
		put_byte(s, peek(s, 0));
	}
	return report(s, "the closing ^\" is missing");
}

static int split_plain(struct splitter *s)
{
	int bad = 0;
	while (s->at < s->in.len && !bad) {
		uint8_t c = peek(s, 0);
		if (c == '"') {
			bad = split_quoted(s);
		} else if (is_gap(c) || is_line_end(c)) {
			end_word(s);
			s->at++;
		} else {
			put_byte(s, c);
		}
	}
	end_word(s);
	return bad;
}

static int split_cmd(struct splitter *s)
{
	struct buf plain = {.limit = s->in.len};
	s->at = 0;
	s->word = false;
	int bad = remove_carets(s, &plain);
	s->in = buf_bytes(&plain);
	s->at = 0;
	s->word = false;
	if (!bad)
		bad = split_plain(s);
	buf_fini(&plain);
	return bad;
}

int curl_split(struct bytes line, struct buf *words, struct err *e)
{
	struct splitter s = {.in = line, .out = words, .e = e};
	if (bytes_find_byte(line, '\0', 0) != BYTES_NOT_FOUND)
		return err_usage(e, "curl: the line has a NUL byte");
	if (split_bash(&s))
		return -1;
	if (!s.cmd)
		return 0;
	buf_clear(words);
	return split_cmd(&s);
}
