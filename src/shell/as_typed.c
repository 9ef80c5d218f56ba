/* SPDX-License-Identifier: ISC */
/*
 * Reports unknown commands: suggests a command, or how to send the line. Notes
 * once that words are not sent as typed. cmd/send.c has the command `>`, which
 * sends lines as typed.
 */
#include "rung/suggest.h"
#include "shell_own.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

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
	struct bytes text = typed_line(p, c);
	/* The blank after `>` is missing. */
	bool begun = bytes_starts(text, BYTES(">"));
	put_send_line(c, s, bytes_skip(text, begun), &hint);
	char *copy = xstrdup(buf_cstr(&hint));
	buf_fini(&hint);
	return copy;
}

/* Returns true if an unknown command looks like text for a peer, such as `GET
 * /`, `Host:` or `it's`, and not like a mistyped name. `send`: as for
 * shell_unknown(). */
static bool is_text(struct bytes name, const char *send)
{
	bool upper = false;
	if (name.at[name.len - 1] == ':' ||
	    bytes_find_byte(name, '\'', 0) != BYTES_NOT_FOUND ||
	    (send && strstr(send, " HTTP/")))
		return true;
	for (size_t i = 0; i < name.len; i++) {
		if (name.at[i] >= 'a' && name.at[i] <= 'z')
			return false;
		upper |= name.at[i] >= 'A' && name.at[i] <= 'Z';
	}
	return upper;
}

/* Returns the command that the name should have been, or NULL. */
static const char *nearest(const struct shell *sh, struct bytes name, bool text)
{
	size_t n = 0;
	while (sh->table[n])
		n++;
	const char **names = xalloc((n + 1) * sizeof *names);
	for (size_t i = 0; i < n; i++)
		names[i] = sh->table[i]->name;
	const char *near = suggest_name(name, names);
	free(names);
	/* Text is a command only if it differs in nothing but the case. */
	if (near && text && !bytes_is_caseless(name, near))
		near = NULL;
	return name.at[0] == '>' ? NULL : near;
}

/* Returns true for `name=value`, as in sh. */
static bool is_assignment(struct bytes word)
{
	size_t i = 0;
	while (i < word.len && (isalnum(word.at[i]) || word.at[i] == '_'))
		i++;
	return i && i < word.len && word.at[i] == '=' && isalpha(word.at[0]);
}

void shell_unknown(const struct shell *sh, struct bytes name, const char *send,
		   struct err *e)
{
	struct locator where;
	bool address = locator_parse(sh->protocols, name, &where, NULL) == 0;
	bool text = !address && is_text(name, send);
	const char *near = address ? "connect " : nearest(sh, name, text);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(name, 60));
	const char *word = buf_cstr(&shown.buf);
	if (is_assignment(name))
		err_set(e, ERR_USAGE, 0,
			"unknown command '%s'; to set a variable: let %.*s %s",
			word, (int)strcspn(word, "="), word,
			word[strcspn(word, "=") + 1] ? strchr(word, '=') + 1
						     : "''");
	else if (near && send && text)
		err_set(e, ERR_USAGE, 0,
			"unknown command '%s' (the command is '%s'); to send "
			"it: %s",
			word, near, send);
	else if (near)
		err_set(e, ERR_USAGE, 0,
			"unknown command '%s'; did you mean '%s%s'?%s%s", word,
			near, address ? word : "", send ? " to send it: " : "",
			send ? send : "");
	else if (send)
		err_set(e, ERR_USAGE, 0, "unknown command '%s'; to send it: %s",
			word, send);
	else if (name.at[0] == '>')
		err_set(e, ERR_USAGE, 0,
			"unknown command '%s'; put a blank after >", word);
	else
		err_set(e, ERR_USAGE, 0, "unknown command '%s'; %s", word,
			text ? "to send text, first: connect HOST PORT"
			     : "'help' lists the commands");
	text_fini(&shown);
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
	if (command->cut == KEPT_ESCAPES) {
		call_notice(c,
			    "%s: the \\r or \\n in single quotes was sent as "
			    "typed; escapes work in double quotes",
			    s->name);
		return;
	}
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
