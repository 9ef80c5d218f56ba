/* SPDX-License-Identifier: ISC */
/*
 * Splits terminal input into keys and characters. The console files decide what
 * a key does.
 */
#include "keys.h"

#include "rung/console.h"
#include "rung/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

const struct bytes key_paste = {(const uint8_t *)"\033[200~", 6};
const struct bytes key_paste_end = {(const uint8_t *)"\033[201~", 6};

int keys_open(void)
{
	const int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	int fd = tcgetpgrp(STDIN_FILENO) < 0 ? -1 : open("/dev/tty", flags);

	return fd < 0 ? STDIN_FILENO : fd;
}

void keys_close(int fd)
{
	if (fd != STDIN_FILENO)
		close(fd);
}

bool key_read(struct console *c, struct buf *keys)
{
	uint8_t read_now[KEYS_READ];
	ssize_t n = read(c->input, read_now, sizeof(read_now));
	int error = errno;

	/* Handle signals before adding the new keys: a pending Ctrl-C discards
	 * only older keys. */
	c->sink->signals(c);
	if (n > 0 ? buf_put(keys, bytes_of(read_now, (size_t)n)) < 0
		  : n == 0 || (error != EAGAIN && error != EINTR))
		c->hung_up = true;
	return !c->hung_up;
}

/* A byte that is part of no character becomes BARE_BYTE plus the byte. */
#define BARE_BYTE 0xdc00

/* Returns true for ESC, ^V and ^X, which form one key with the bytes that
 * follow. */
static bool is_lead(uint8_t c)
{
	return c == 0x1b || c == 0x16 || c == 0x18;
}

/* Returns the length of an escape sequence without its ESC: `[` or `O`,
 * parameters and one final byte (ECMA-48 §5.4). Linux's console also sends
 * `[[A`. Result: 0 while the sequence is incomplete. */
static size_t sequence_length(struct bytes b)
{
	size_t n = b.len > 1 && b.at[1] == '[' ? 2 : 1;

	while (n < b.len && b.at[n] >= 0x20 && b.at[n] < 0x40)
		n++;
	return n < b.len ? n + 1 : 0;
}

size_t key_char(struct bytes b, wchar_t *c)
{
	mbstate_t state = {0};
	size_t n;

	if (!b.len)
		return 0;
	n = mbrtowc(c, (const char *)b.at, b.len, &state);
	if (n == (size_t)-2)
		return 0;
	if (n != (size_t)-1)
		return n ? n : 1;
	*c = BARE_BYTE + b.at[0];
	return 1;
}

size_t key_length(struct bytes b)
{
	size_t leads = 0, n;
	wchar_t c;

	while (leads < b.len && leads < 2 && is_lead(b.at[leads]))
		leads++;
	b = bytes_skip(b, leads);
	if (!b.len)
		return 0;
	if (leads && (b.at[0] == '[' || b.at[0] == 'O')) {
		n = sequence_length(b);
		return n ? leads + n : 0;
	}
	n = key_char(b, &c);
	return n ? leads + n : 0;
}

size_t key_run(struct bytes b)
{
	size_t n = 0;

	while (n < b.len && b.at[n] >= 0x20 && b.at[n] != 0x7f)
		n++;
	/* The last character may be incomplete. */
	return n < b.len ? n : utf8_complete_len(b);
}

wchar_t *key_widen(struct bytes b, size_t *count)
{
	wchar_t *wide = xrealloc(NULL, b.len + 1, sizeof(*wide));
	size_t n = 0;

	while (b.len) {
		size_t took = key_char(b, &wide[n]);

		if (!took) {
			wide[n] = BARE_BYTE + b.at[0];
			took = 1;
		}
		if (wide[n])
			n++;
		b = bytes_skip(b, took);
	}
	wide[n] = 0;
	*count = n;
	return wide;
}

void key_narrow(const wchar_t *from, const wchar_t *to, struct buf *out)
{
	mbstate_t state = {0};

	for (; from < to; from++) {
		char text[32];
		size_t n;

		if (*from >= BARE_BYTE + 0x80 && *from <= BARE_BYTE + 0xff) {
			buf_putc(out, (uint8_t)(*from - BARE_BYTE));
			continue;
		}
		if (*from > 0 && *from < 0x80) {
			buf_putc(out, (uint8_t)*from);
			continue;
		}
		n = wcrtomb(text, *from, &state);
		if (n == (size_t)-1)
			state = (mbstate_t){0};
		else
			buf_put(out, bytes_of(text, n));
	}
}
