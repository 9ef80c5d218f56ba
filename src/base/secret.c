/* SPDX-License-Identifier: ISC */
/*
 * Finds secrets by the word before them: a header, a command of a server, the
 * key of a form or of JSON, an option, `let`; and passwords in URLs.
 */
#include "rung/secret.h"

#include <string.h>

static bool is_name_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool is_one_of(uint8_t c, const char *set)
{
	return c && strchr(set, c);
}

/* Returns the first position from `at` whose byte is one of the set, or is not
 * if `other`; else the length. */
static size_t scan(struct bytes t, size_t at, const char *set, bool other)
{
	while (at < t.len && is_one_of(t.at[at], set) == other)
		at++;
	return at;
}

static size_t skip_blanks(struct bytes t, size_t at)
{
	return scan(t, at, " \t", true);
}

static bool is_listed(struct bytes word, const char *const *names)
{
	for (; *names; names++)
		if (bytes_is_caseless(word, *names))
			return true;
	return false;
}

/* Returns true if the name ends with the word for a secret. */
static bool is_key(struct bytes name)
{
	static const char *const keys[] = {"password", "passwd",  "token",
					   "secret",   "api_key", "api-key",
					   "apikey",   NULL};
	for (const char *const *k = keys; *k; k++) {
		size_t n = strlen(*k);
		if (name.len >= n &&
		    bytes_is_caseless(bytes_skip(name, name.len - n), *k))
			return true;
	}
	return false;
}

static bool is_header(struct bytes name)
{
	static const char *const headers[] = {
	    "Authorization", "Proxy-Authorization", "Cookie",
	    "Set-Cookie",    "X-Api-Key",           NULL};
	return is_listed(name, headers);
}

static bool set_span(struct secret *out, size_t at, size_t end)
{
	*out = (struct secret){.at = at, .end = end};
	return at < end;
}

static bool find_rest(struct bytes t, size_t at, struct secret *out)
{
	at = skip_blanks(t, at);
	return set_span(out, at, scan(t, at, "\r\n", false));
}

/* Finds the value after a key: a word, or a string in quotes, which typed text
 * may have escaped. */
static bool find_value(struct bytes t, size_t at, struct secret *out)
{
	at = skip_blanks(t, at);
	bool escaped = at + 1 < t.len && t.at[at] == '\\';
	if (escaped)
		at++;
	if (at >= t.len || !is_one_of(t.at[at], "\"'"))
		return set_span(out, at, scan(t, at, "& \t\r\n,;\"'}", false));
	char ends[] = {(char)t.at[at++], '\\', '\r', '\n', '\0'};
	size_t end = scan(t, at, ends, false);
	while (end < t.len && t.at[end] == '\\' &&
	       !(escaped && end + 1 < t.len && t.at[end + 1] == ends[0]))
		end = scan(t, end + 2, ends, false);
	return set_span(out, at, end < t.len ? end : t.len);
}

/* Finds the value of a key, after `=` or `:`; after an option also a blank. */
static bool find_keyed(struct bytes t, size_t at, bool option,
		       struct secret *out)
{
	size_t end = at;
	if (end < t.len && t.at[end] == '\\')
		end++;
	if (end < t.len && is_one_of(t.at[end], "\"'"))
		end++;
	end = skip_blanks(t, end);
	if (end < t.len && is_one_of(t.at[end], "=:"))
		return find_value(t, end + 1, out);
	return option && end > at && find_value(t, end, out);
}

/* Finds the secret of a server's command, after its first argument if that is
 * a mechanism or a user. */
static bool find_argument(struct bytes t, struct bytes word, size_t at,
			  struct secret *out)
{
	static const char *const pass[] = {"PASS", NULL};
	static const char *const login[] = {"LOGIN", NULL};
	static const char *const mechanisms[] = {
	    "PLAIN",       "LOGIN",         "EXTERNAL", "CRAM-MD5",
	    "XOAUTH2",     "OAUTHBEARER",   "NTLM",     "GSSAPI",
	    "SCRAM-SHA-1", "SCRAM-SHA-256", NULL};
	if (at >= t.len || !is_one_of(t.at[at], " \t"))
		return false;
	if (is_listed(word, pass))
		return find_rest(t, at, out);
	size_t first = skip_blanks(t, at);
	size_t end = scan(t, first, " \t\r\n\"", false);
	struct bytes argument = bytes_of(t.at + first, end - first);
	if (is_listed(word, login) || is_listed(argument, mechanisms))
		return end < t.len && is_one_of(t.at[end], " \t") &&
		       find_rest(t, end, out);
	return find_rest(t, at, out);
}

/* Returns true if a command of a server may begin here: at the start of a line
 * or a string, or after one word, for example a tag of IMAP. */
static bool is_command(struct bytes t, size_t at, size_t words,
		       struct bytes word)
{
	static const char *const names[] = {"PASS", "AUTH", "AUTHENTICATE",
					    "LOGIN", NULL};
	if (!is_listed(word, names))
		return false;
	if (at && !is_one_of(t.at[at - 1], " \t\r\n\"'"))
		return false;
	return words <= 1 || is_one_of(t.at[at - 1], "\"'") ||
	       (word.at[0] >= 'A' && word.at[0] <= 'Z');
}

static bool find_let(struct bytes t, size_t at, struct secret *out)
{
	size_t name = skip_blanks(t, at), end = name;
	bool found = false;
	for (; end < t.len && is_name_byte(t.at[end]); end++)
		found = found || is_key(bytes_of(t.at + name, end + 1 - name));
	return found && end < t.len && is_one_of(t.at[end], " \t") &&
	       find_rest(t, end, out);
}

/* Finds the secret that the word from `at` up to `end` announces. `words`:
 * number of words before it in its line. */
static bool find_after(struct bytes t, size_t at, size_t end, size_t words,
		       struct secret *out)
{
	static const char *const let[] = {"let", NULL};
	struct bytes word = bytes_of(t.at + at, end - at);
	bool option = bytes_starts(word, BYTES("--"));
	if (is_header(word) && end < t.len && t.at[end] == ':')
		return find_rest(t, end + 1, out);
	if (is_command(t, at, words, word))
		return find_argument(t, word, end, out);
	if (is_listed(word, let))
		return find_let(t, end, out);
	return is_key(word) && find_keyed(t, end, option, out);
}

/* Finds the password of a URL after "://". *end: end of the URL's host. */
static bool find_in_url(struct bytes t, size_t at, size_t *end,
			struct secret *out)
{
	size_t colon = 0, last = 0, i;
	for (i = at; i < t.len && !is_one_of(t.at[i], "/?# \t\r\n\"'"); i++) {
		if (t.at[i] == ':' && !colon)
			colon = i;
		if (t.at[i] == '@')
			last = i;
	}
	*end = i;
	return colon && last > colon && set_span(out, colon + 1, last);
}

bool secret_next(struct bytes t, size_t from, struct secret *out)
{
	size_t words = 0;
	for (size_t i = from, end; i < t.len; i = end) {
		end = i + 1;
		if (t.at[i] == '\n')
			words = 0;
		else if (is_one_of(t.at[i], " \t"))
			words++;
		else if (bytes_starts(bytes_skip(t, i), BYTES("://")) &&
			 find_in_url(t, i + 3, &end, out))
			return true;
		if (!is_name_byte(t.at[i]))
			continue;
		while (end < t.len && is_name_byte(t.at[end]))
			end++;
		if (find_after(t, i, end, words, out))
			return true;
	}
	return false;
}
