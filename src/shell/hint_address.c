/* SPDX-License-Identifier: ISC */
/*
 * Puts the host and the port that the user typed into the command of a hint.
 */
#include "shell_own.h"

#include "rung/hints.h"

#include <stdlib.h>
#include <string.h>

/* The host and the port of a command as typed; empty: not typed. */
struct typed {
	struct bytes host, port;
};

static bool may_be_port(struct bytes b)
{
	uint64_t n;
	return parse_number(b, &n, NULL) == 0 && n <= UINT16_MAX;
}

static bool may_be_host(struct bytes b)
{
	for (size_t i = 0; i < b.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWX"
			    "YZ0123456789.-_:[]",
			    b.at[i]))
			return false;
	return b.len && b.len <= 64 && b.at[0] != '-' && b.at[0] != ':' &&
	       !may_be_port(b);
}

/* Returns HOST:PORT of a word such as ws://HOST:PORT/PATH or
 * TCP:HOST:PORT,fork.
 */
static struct bytes authority(struct bytes word)
{
	size_t mark = bytes_find(word, BYTES("://"), 0);
	if (mark != BYTES_NOT_FOUND)
		word = bytes_skip(word, mark + 3);
	else if (word.len && word.at[0] >= 'A' && word.at[0] <= 'Z')
		word = bytes_skip(word, bytes_find_byte(word, ':', 0) + 1);
	return bytes_before(word, "/?#,");
}

/* Splits HOST:PORT, HOST or PORT. */
static struct typed split(struct bytes word)
{
	struct typed t = {.host = BYTES_NONE};
	size_t colon = word.len;
	while (colon && word.at[colon - 1] != ':')
		colon--;
	if (may_be_port(word)) {
		t.port = word;
	} else if (colon && may_be_port(bytes_skip(word, colon))) {
		t.port = bytes_skip(word, colon);
		word = bytes_head(word, colon - 1);
	}
	if (!may_be_port(word) && may_be_host(word))
		t.host = word;
	return t;
}

/* Finds the address: `HOST PORT` or `HOST:PORT`, else the last word. `skip`:
 * the word that names the tool or the action; never an address. */
static struct typed find_address(const struct command *c, struct bytes skip)
{
	struct typed last = {.host = BYTES_NONE};
	for (size_t i = 0; i < c->words; i++) {
		struct bytes text = BYTES_NONE;
		if (c->word[i].kind == WORD_TEXT && word_is_bare(&c->word[i]))
			text = c->word[i].piece->bytes;
		struct typed t = split(authority(text));
		if (bytes_equal(text, skip))
			t.host = BYTES_NONE;
		if (t.host.len && t.port.len)
			return t;
		if (t.port.len && last.host.len)
			return (struct typed){last.host, t.port};
		last = t;
	}
	return last;
}

/* Appends the port if one was typed, else the digits at `*from`. Skips these
 * digits. */
static void put_port(const struct typed *t, const char **from, struct buf *out)
{
	size_t digits = strspn(*from, "0123456789");
	if (t->port.len)
		buf_put(out, t->port);
	else
		buf_put(out, bytes_of(*from, digits));
	*from += digits;
}

void hint_put_command(const struct hint *h, const struct command *c,
		      struct buf *out)
{
	static const char host[] = "localhost";
	const char *space = strchr(h->words, ' ');
	struct typed t = find_address(c, bytes_str(space ? space + 1 : ""));
	const char *at = h->command;
	while (*at) {
		bool whole = strncmp(at, host, sizeof host - 1) == 0;
		bool first = at == h->command || at[-1] == ' ' || at[-1] == '/';
		if (whole) {
			at += sizeof host - 1;
			buf_put(out, t.host.len ? t.host : BYTES(host));
		}
		if ((whole && (*at == ' ' || *at == ':')) ||
		    (first && *at == ':')) {
			buf_putc(out, *at++);
			put_port(&t, &at, out);
		} else if (!whole) {
			buf_putc(out, *at++);
		}
	}
}
