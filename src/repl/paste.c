/* SPDX-License-Identifier: ISC */
/*
 * Collects a bracketed paste from the keys that keys.c has read.
 */
#include "paste.h"

#include "keys.h"
#include "rung/console.h"
#include "tty_queue.h"

void paste_init(struct paste *p)
{
	*p = (struct paste){0};
	buf_init(&p->text, KEYS_MAX);
}

void paste_fini(struct paste *p)
{
	buf_fini(&p->text);
}

void paste_mark(struct console *c, bool on)
{
	tty_queue_put(c->tty_queue,
		      on ? BYTES("\033[?2004h") : BYTES("\033[?2004l"));
}

bool paste_begin(struct paste *p, struct buf *keys)
{
	if (!bytes_starts(buf_bytes(keys), key_paste))
		return false;
	buf_drop(keys, key_paste.len);
	buf_clear(&p->text);
	p->open = true;
	return true;
}

/* Replaces carriage returns by newlines and removes NULs, at which an editor
 * would end the line. */
static void clean(struct buf *text)
{
	size_t len = buf_len(text);
	uint8_t *from, *to;

	if (!len)
		return;
	from = to = text->data + text->head;
	for (size_t i = 0; i < len; i++)
		if (from[i])
			*to++ = from[i] == '\r' ? '\n' : from[i];
	buf_truncate(text, (size_t)(to - from));
}

bool paste_take(struct console *c, struct paste *p, struct buf *keys)
{
	size_t held = buf_len(&p->text);
	/* The end mark may have arrived in two parts. */
	size_t from = held < key_paste_end.len ? 0 : held - key_paste_end.len;
	size_t end;

	if (buf_put(&p->text, buf_bytes(keys)) < 0) {
		if (!p->overlong)
			c->sink->line_too_long(c);
		p->overlong = true;
		buf_drop(&p->text, from);
		buf_put(&p->text, buf_bytes(keys));
		from = 0;
	}
	buf_clear(keys);
	end = bytes_find(buf_bytes(&p->text), key_paste_end, from);
	if (end == BYTES_NOT_FOUND)
		return false;
	buf_put(keys, bytes_skip(buf_bytes(&p->text), end + key_paste_end.len));
	buf_truncate(&p->text, p->overlong ? 0 : end);
	clean(&p->text);
	p->open = p->overlong = false;
	return true;
}

void paste_drop(struct paste *p)
{
	p->open = p->overlong = false;
	buf_fini(&p->text);
}
