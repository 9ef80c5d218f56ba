/* SPDX-License-Identifier: ISC */
/*
 * Suggests how to send a line that is no command, and notes once that words are
 * not sent as typed. cmd/send.c has the command `>`, which sends lines
 * as typed.
 */
#include "shell_own.h"

#include <stdlib.h>

/* Maximum length of the suggested text; a longer line is suggested as TEXT. */
#define HINT_MAX 72

/* Returns the source of the command: the rest of the line if the command is the
 * first one on it, or a comment follows. */
static struct bytes typed_line(const struct program *p, const struct command *c)
{
	struct bytes text = p->text;
	for (unsigned line = p->first; line < c->line; line++)
		text = bytes_skip(text, bytes_find_byte(text, '\n', 0) + 1);
	text = bytes_head(text, bytes_find_byte(text, '\n', 0));
	struct bytes rest = bytes_trim(bytes_skip(text, c->end_col - 1));
	struct bytes before = bytes_trim(bytes_head(text, c->col - 1));
	bool first = !before.len || (c->target.line && before.at[0] == '@');
	bool comment = rest.len && rest.at[0] == '#';
	size_t end = first || comment ? text.len : c->end_col - 1;
	return bytes_skip(bytes_head(text, end), c->col - 1);
}

/* Returns true if a terminal shows the text as it is. */
static bool is_printable(struct bytes line)
{
	struct text shown;
	size_t len = line.len;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, line);
	/* A backslash becomes two; anything else that is escaped, more. */
	for (size_t i = 0; i < line.len; i++)
		len += line.at[i] == '\\';
	bool same = buf_len(&shown.buf) == len;
	text_fini(&shown);
	return same;
}

/* Appends the line that sends the text as typed; TEXT stands for a text that is
 * long or not printable. */
static void put_send_line(const struct command *c, const struct session *s,
			  struct bytes text, struct buf *out)
{
	bool exact = text.len <= HINT_MAX && is_printable(text);
	if (c->target.line)
		buf_printf(out, "@%s ", s->name);
	buf_puts(out, "> ");
	buf_put(out, exact ? text : BYTES("TEXT"));
}

char *task_send_hint(const struct task *t, const struct program *p,
		     const struct command *c, const struct session *on)
{
	const struct session *s = on ? on : task_current(t);
	if (!s || s->role == ROLE_LISTENER || session_is_closed(s))
		return NULL;
	/* In a talk `> TEXT` sends the `> `, too. */
	if (t == &t->shell->foreground && shell_talks(t->shell))
		return NULL;
	struct buf hint = {.limit = BUF_SMALL};
	put_send_line(c, s, typed_line(p, c), &hint);
	char *copy = xstrdup(buf_cstr(&hint));
	buf_fini(&hint);
	return copy;
}

bool call_is_typed(const struct call *c)
{
	return c->shell->interactive && !c->program->source[0] &&
	       c->task == &c->shell->foreground;
}

void call_note_cut(struct call *c, struct session *s)
{
	const struct command *command = c->command;
	if (!command->cut || !call_is_typed(c) || s->cut_noted)
		return;
	s->cut_noted = true;
	struct buf line = {.limit = BUF_SMALL};
	put_send_line(command, s, command->free_text, &line);
	call_notice(c, "%s: the %s not sent; to send text as typed: %s",
		    s->name,
		    command->cut & CUT_COMMENT  ? "comment after # was"
		    : command->cut & CUT_QUOTES ? "quotes were"
						: "extra blanks were",
		    buf_cstr(&line));
	buf_fini(&line);
}
