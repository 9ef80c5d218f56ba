/* SPDX-License-Identifier: ISC */
/*
 * The state of `talk`, which sends typed lines to one session. A line gets its
 * talk when it is entered, so that a line typed for a peer is never run as a
 * command, and never sent to another session. cmd/talk.c has the command,
 * task.c the queue.
 */
#include "shell_own.h"

#include <errno.h>

bool shell_talks(const struct shell *sh)
{
	return sh->talk.typed != 0;
}

bool shell_talk_is_over(const struct shell *sh)
{
	return sh->talk.over;
}

static void set_session(struct talk_state *t, struct session *s)
{
	struct session *before = t->session;
	if (s) {
		session_pin(s);
		session_hold(s);
	}
	t->session = s;
	if (!before)
		return;
	session_unhold(before);
	session_unpin(before);
}

void talk_stop(struct shell *sh)
{
	sh->talk.on = 0;
	set_session(&sh->talk, NULL);
	shell_changed(sh);
}

void shell_talk_release(struct shell *sh)
{
	struct talk_state *t = &sh->talk;
	size_t more = t->refused > 1 ? t->refused - 1 : 0;
	struct err e;
	t->typed = 0;
	t->over = false;
	t->refused = 0;
	if (more) {
		err_set(&e, ERR_CLOSED, 0, "%zu more line%s not sent", more,
			text_plural(more));
		shell_print_error(sh, "talk", &e);
	}
	talk_stop(sh);
}

/* Discards the queued lines of a talk, and of the talks that these lines would
 * begin. Sets *number to the last of these talks. Result: number of lines. */
static size_t drop_lines(struct shell *sh, unsigned *number)
{
	size_t dropped = 0;
	list_each (link, &sh->foreground.lines) {
		struct line *line = list_entry(link, struct line, at);
		if (line->talk != *number)
			continue;
		if (line->begins)
			*number = line->begins;
		dropped += line->program != NULL;
		line_free(line);
	}
	return dropped;
}

/* Ends a talk that the user has not ended. `prefix`: of the notice; NULL: print
 * one only if lines were discarded. */
static void end_by_itself(struct shell *sh, unsigned number, const char *prefix,
			  const struct err *why)
{
	struct talk_state *t = &sh->talk;
	size_t dropped = drop_lines(sh, &number);
	struct buf text = {.limit = BUF_SMALL};
	t->on = 0;
	t->why = *why;
	t->over = t->typed == number;
	if (!t->over)
		set_session(t, NULL);
	buf_printf(&text, "%s%s", prefix ? prefix : "", why->text);
	if (dropped)
		buf_printf(&text, "; %zu line%s not sent", dropped,
			   text_plural(dropped));
	if (dropped || (prefix && !sh->out->quiet))
		out_diag_line(sh->out, dropped ? STYLE_ERROR : STYLE_NOTICE,
			      buf_cstr(&text));
	buf_fini(&text);
	shell_changed(sh);
}

void talk_check(struct shell *sh)
{
	const struct talk_state *t = &sh->talk;
	const struct session *s = t->session;
	struct err why;
	if (!t->on ||
	    (!session_is_closed(s) && (t->at_eof || !session_peer_ended(s))))
		return;
	session_end_error(s, &why);
	end_by_itself(sh, t->on, "talk ended: ", &why);
}

void talk_line_done(struct shell *sh)
{
	struct talk_state *t = &sh->talk;
	struct err why;
	if (t->due) {
		err_set(&why, ERR_USAGE, 0, "talk did not begin");
		set_session(t, NULL);
		end_by_itself(sh, t->due, NULL, &why);
		t->due = 0;
	}
	talk_check(sh);
}

void talk_interrupted(struct shell *sh)
{
	struct talk_state *t = &sh->talk;
	t->due = 0;
	if (t->over || !t->on || !t->typed)
		shell_talk_release(sh);
	else
		t->typed = t->on;
}

unsigned talk_of_program(struct shell *sh, const struct program *p)
{
	for (size_t i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];
		const struct cmd *cmd = c->verb;
		if (cmd && cmd->flags & CMD_TALKS && !c->background &&
		    !param_asks_help(cmd->params, c))
			return sh->talk.typed = ++sh->talk.last;
	}
	return 0;
}

static void refuse(struct shell *sh)
{
	struct talk_state *t = &sh->talk;
	struct err e;
	if (t->refused++)
		return;
	err_set(&e, t->why.kind, 0, "line not sent: %s", t->why.text);
	shell_print_error(sh, "talk", &e);
}

void shell_end_talk(struct shell *sh)
{
	struct talk_state *t = &sh->talk;
	if (t->over) {
		shell_talk_release(sh);
		return;
	}
	task_queue(&sh->foreground, NULL, t->typed);
	t->typed = 0;
	shell_changed(sh);
}

enum words_result talk_feed(struct shell *sh, struct bytes text, unsigned line,
			    bool last)
{
	struct buf command = {.limit = SOURCE_MAX};
	enum words_result r;
	if (bytes_is(text, "~.")) {
		shell_end_talk(sh);
		return WORDS_OK;
	}
	if (sh->talk.over) {
		refuse(sh);
		return WORDS_OK;
	}
	bool runs = bytes_starts(text, BYTES("~ "));
	bool tilde = bytes_starts(text, BYTES("~~"));
	/* Blanks in the place of "~ " keep the columns. */
	buf_puts(&command, runs ? "  " : "> ");
	if (buf_put(&command, bytes_skip(text, runs ? 2 : tilde))) {
		struct err e;
		err_set(&e, ERR_LIMIT, ENOMEM, "no memory for %zu bytes",
			text.len);
		shell_print_error(sh, "talk", &e);
		r = WORDS_BAD;
	} else {
		r = shell_queue(sh, buf_bytes(&command), "", line, last,
				sh->talk.typed);
	}
	buf_fini(&command);
	return r;
}

int call_talk(struct call *call, unsigned param, struct err *e)
{
	struct talk_state *t = &call->shell->talk;
	struct session *s;
	if (!t->due || !call_is_typed(call))
		return err_set(e, ERR_USAGE, 0,
			       "only as a command of its own at the prompt; "
			       "elsewhere send a line with '> TEXT'");
	s = call_session(call, param, e);
	if (!s)
		return -1;
	if (s->role == ROLE_LISTENER)
		return err_set(e, ERR_USAGE, 0,
			       "%s is a listener; talk to one of its peers "
			       "(talk %s.1)",
			       s->name, s->name);
	if (session_is_closed(s))
		return session_end_error(s, e);
	t->on = t->due;
	t->due = 0;
	t->at_eof = session_peer_ended(s);
	set_session(t, s);
	shell_changed(call->shell);
	return 0;
}

const struct session *talk_shown(const struct shell *sh)
{
	const struct talk_state *t = &sh->talk;
	return t->typed && (t->over || t->typed == t->on) ? t->session : NULL;
}
