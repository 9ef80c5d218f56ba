/* SPDX-License-Identifier: ISC */
/*
 * The script front end: feeds an idle shell with texts and lines, and writes
 * the shell's output. repl.c is the front end with a prompt.
 */
#include "rung/script.h"

#include "intake.h"
#include "rung/rio.h"
#include "streams.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Maximum size of gathered payload, and of a line of stdin. */
#define GATHER_MAX ((size_t)64 << 10)
#define LINE_MAX   ((size_t)64 << 20)

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { SIGNALS = sizeof(signals) / sizeof(*signals) };

struct ending {
	struct trap trap;
	struct script *script;
};

struct script {
	struct out out;
	struct shell *shell;
	struct intake intake;
	struct rio_in in;
	struct watch input;
	struct hook next, flush;
	struct ending endings[SIGNALS];
	struct buf payload;
	struct streams streams;
	int trapped;    /* number of `endings` trapped */
	bool streaming; /* read lines of stdin after the texts */
	bool idle;      /* the shell was idle in the last turn */
	bool started, done;
};

/* ---- output ---- */

static void end_with(struct script *s, int status)
{
	buf_fini(&s->payload);
	s->shell->ended = true;
	s->shell->status = status;
}

static void script_failed(struct streams *streams, int code)
{
	struct script *s = list_entry(streams, struct script, streams);

	if (code == EPIPE) {
		end_with(s, 128 + SIGPIPE);
		return;
	}
	end_with(s, err_exit_code(ERR_IO));

	struct err e;

	err_set(&e, ERR_IO, code, "stdout: %s", err_strerror(code));
	shell_print_error(s->shell, "rung", &e);
}

static void flush(struct script *s)
{
	if (s->streams.out_failed || !buf_len(&s->payload))
		return;
	streams_put(&s->streams, buf_bytes(&s->payload));
	buf_clear(&s->payload);
}

/* Gathers small output, to save system calls. */
static void put_payload(struct out *out, struct bytes b)
{
	struct script *s = list_entry(out, struct script, out);

	if (b.len > GATHER_MAX - buf_len(&s->payload))
		flush(s);
	if (s->streams.out_failed)
		return;
	if (b.len < GATHER_MAX)
		buf_put(&s->payload, b);
	else
		streams_put(&s->streams, b);
}

static void put_diag(struct out *out, struct bytes b)
{
	struct script *s = list_entry(out, struct script, out);

	flush(s); /* keeps the order on a terminal */
	streams_put_diag(&s->streams, b);
}

static void drained(struct streams *streams)
{
	struct script *s = list_entry(streams, struct script, streams);

	streams_note_discarded(streams, &s->out);
}

static bool stdout_unread(const struct out *out)
{
	return streams_unread(
	    &list_entry(out, const struct script, out)->streams);
}

static const struct out_ops script_out_ops = {put_payload, put_diag};

/* ---- input ---- */

static void script_fail(struct script *s, enum err_class kind, int code)
{
	struct err e;

	/* An I/O error has no line number. */
	if (kind == ERR_LIMIT)
		err_set(&e, kind, code, "stdin:%u: line longer than 64 MiB",
			s->intake.line);
	else
		err_set(&e, kind, code, "stdin: %s", err_strerror(code));
	shell_print_error(s->shell, "rung", &e);
	shell_quit(s->shell, err_exit_code(kind));
}

/* Feeds lines to the shell while it is idle. */
static void feed_lines(struct script *s)
{
	struct bytes line;

	while (!s->shell->ended && shell_idle(s->shell) &&
	       rio_line(&s->in, &line)) {
		bool whole = line.at[line.len - 1] == '\n';

		if (!whole && !rio_ended(&s->in))
			script_fail(s, ERR_LIMIT, 0);
		else
			intake_line(&s->intake,
				    bytes_head(line, line.len - whole));
	}
	if (!rio_ended(&s->in) || rio_peek(&s->in).len)
		return;
	intake_end(&s->intake);
	s->streaming = false;
}

static void run_next(struct hook *hook)
{
	struct script *s = list_entry(hook, struct script, next);

	if (s->done)
		return;
	while (!s->shell->ended && shell_idle(s->shell) &&
	       intake_next(&s->intake))
		;
	if (list_empty(&s->intake.parts) && s->streaming)
		feed_lines(s);

	bool idle = shell_idle(s->shell);

	if (s->shell->ended ||
	    (idle && !s->streaming && list_empty(&s->intake.parts) &&
	     shell_flush(s->shell)))
		s->done = true;
	if (idle != s->idle) {
		s->idle = idle;
		loop_touch(s->shell->loop, &s->input);
	}
}

static void run_flush(struct hook *hook)
{
	struct script *s = list_entry(hook, struct script, flush);

	flush(s);
}

/* Returns the events to wait for: stdin is not read while a command runs. */
static short input_want(struct watch *w)
{
	const struct script *s = list_entry(w, struct script, input);

	return s->idle && s->streaming && list_empty(&s->intake.parts) ? POLLIN
								       : 0;
}

static void input_ready(struct watch *w, short got)
{
	struct script *s = list_entry(w, struct script, input);
	enum rio r;

	(void)got;
	if (!input_want(w))
		return;
	r = rio_fill(&s->in, w->fd);
	if (r == RIO_FAIL)
		script_fail(s, ERR_IO, s->in.error);
	if (r == RIO_END)
		loop_unwatch(s->shell->loop, w);
}

static const struct watch_ops input_ops = {.want = input_want,
					   .ready = input_ready};

static void caught(struct trap *trap)
{
	struct ending *ending = list_entry(trap, struct ending, trap);
	struct script *s = ending->script;
	struct shell *sh = s->shell;

	streams_abandon(&s->streams);
	if (s->streams.out_failed)
		buf_clear(&s->payload);
	if (trap->signo == SIGINT && shell_interrupt(sh))
		return;
	shell_signalled(sh, trap->signo);
}

/* ---- the front end ---- */

struct script *script_new(void)
{
	struct script *s = xalloc(sizeof(*s));

	s->out.ops = &script_out_ops;
	s->out.terminal = isatty(STDOUT_FILENO);
	intake_init(&s->intake, "stdin");
	rio_in_init(&s->in, LINE_MAX);
	buf_init(&s->payload, GATHER_MAX);
	s->out.unread = s->out.blocked = stdout_unread;
	streams_init(&s->streams);
	s->streams.failed = script_failed;
	s->streams.drained = drained;
	return s;
}

void script_free(struct script *s)
{
	if (!s)
		return;
	intake_fini(&s->intake);
	rio_in_fini(&s->in);
	buf_fini(&s->payload);
	streams_fini(&s->streams);
	free(s);
}

struct out *script_out(struct script *s)
{
	return &s->out;
}

int script_text(struct script *s, struct bytes text, const char *source,
		struct err *e)
{
	return intake_text(&s->intake, text, source, e);
}

int script_file(struct script *s, const char *path, struct err *e)
{
	return intake_file(&s->intake, path, e);
}

int script_input(struct script *s, struct err *e)
{
	struct stat it;

	if (fstat(STDIN_FILENO, &it) < 0) {
		int code = errno;

		return err_set(e, ERR_IO, code, "stdin: %s",
			       err_strerror(code));
	}
	if (S_ISREG(it.st_mode) || S_ISDIR(it.st_mode))
		return intake_fd(&s->intake, STDIN_FILENO, "stdin", e);
	s->streaming = true;
	return 0;
}

int script_start(struct script *s, struct shell *sh, struct err *e)
{
	s->shell = s->intake.shell = sh;
	for (; s->trapped < SIGNALS; s->trapped++) {
		struct ending *ending = &s->endings[s->trapped];

		ending->script = s;
		ending->trap.signo = signals[s->trapped];
		ending->trap.caught = caught;
		if (loop_trap(sh->loop, &ending->trap, e) < 0)
			return -1;
	}
	s->next.run = run_next;
	s->flush.run = run_flush;
	loop_add_hook(sh->loop, PHASE_JOBS, &s->next);
	loop_add_hook(sh->loop, PHASE_SHOW, &s->flush);
	if (s->streaming)
		loop_watch(sh->loop, &s->input, STDIN_FILENO, &input_ops);
	streams_start(&s->streams, sh->loop);
	s->started = true;
	loop_no_wait(sh->loop);
	return 0;
}

bool script_done(const struct script *s)
{
	return s->done && !s->streams.interrupted;
}

void script_stop(struct script *s)
{
	/* The start failed, and its error is queued. */
	if (!s->shell) {
		(void)rio_writen(STDOUT_FILENO, buf_bytes(&s->payload));
		return;
	}

	struct loop *loop = s->shell->loop;

	if (s->started) {
		flush(s);
		streams_finish(&s->streams, &s->out);
		if (s->streams.interrupted && !s->shell->status)
			s->shell->status = err_exit_code(ERR_INTERRUPTED);
		loop_unwatch(loop, &s->input);
		list_remove(&s->next.at);
		list_remove(&s->flush.at);
		s->started = false;
	}
	while (s->trapped > 0)
		loop_untrap(loop, &s->endings[--s->trapped].trap);
}
