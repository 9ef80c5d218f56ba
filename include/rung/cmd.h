/* SPDX-License-Identifier: ISC */
/*
 * What a command is and may call: a const row and a function or three. Commands
 * know the hub, sessions and the shell through this; never a console, stdout
 * or each other.
 */
#ifndef RUNG_CMD_H
#define RUNG_CMD_H

#include "rung/shell.h"
#include "rung/source.h"

#include <limits.h>

enum cmd_status { CMD_OK, CMD_FAIL, CMD_WAIT };

/* Why a waiting command is called again. */
enum wake {
	WAKE_EVENT,   /* something happened on its session */
	WAKE_TIMEOUT, /* its deadline has passed */
};

struct call {
	const struct cmd *cmd;
	struct shell *shell;
	struct task *task;
	const struct command *command; /* as parsed */
	struct program *program;       /* it stands in; held */
	struct args args;
	struct session *target; /* @NAME, else NULL; pinned */
	void *data;             /* the command's own, let go of by its drop() */
	uint64_t began;
	struct session *awaited; /* pinned while waiting */
	struct waiter waiter;
	struct timer deadline;
	struct err err;          /* why it failed */
	struct list output_wait; /* shell->pouring */
	bool waiting, notified, timed_out;
	struct source source; /* the file of call_parse_file() */
	void *scratch;        /* what call_scratch() lends */
	size_t room_size;
};

enum {
	CMD_REPL = 1u << 0,     /* only at a prompt (`!`) */
	CMD_CONSUMES = 1u << 1, /* while it waits it takes from the inbox */
};

/* A command: one file in cmd/, one row in cmd/table.h. */
struct cmd {
	const char *name;
	const char
	    *aliases; /* "sessions"…: words with blanks between, or NULL */
	const char *foreign_names; /* what other tools call it, in the same way:
				  the hint for who types that */
	const char *group;         /* of the help's overview */
	const char *brief;         /* one line, no full stop */
	const char *help; /* mdoc-free paragraphs; lines that begin with four
			     blanks are examples */
	const struct param *params;
	unsigned flags;
	enum cmd_status (*run)(struct call *);
	/* Only if run can return CMD_WAIT. May return CMD_WAIT again: the
	 * deadline stays. Never called after a cancel: drop() is. */
	enum cmd_status (*resume)(struct call *, enum wake);
	/* Lets go of call->data; however the call ended. May be NULL. */
	void (*cleanup)(struct call *);
};

/* All of them, NULL-ended, in the order of cmd/table.h. For main and tests: the
 * shell is handed a table. */
extern const struct cmd *const cmd_table[];

#define CALL_FOREVER  UINT64_MAX
#define CALL_NO_PARAM UINT_MAX /* the command has no such parameter */

/* Lends zeroed memory as call->data until the call's end, without taking any
 * each time. Result: call->data. */
void *call_scratch(struct call *, size_t size);
/*
 * Waits: woken() is called when something happens on the session (may be NULL)
 * or the time is over, in a later turn's JOBS. A call that waits already keeps
 * its deadline, and its session if it has one.
 * Result: CMD_WAIT, to be returned.
 */
enum cmd_status call_wait(struct call *, struct session *, uint64_t within_ns);
/*
 * A waiting call has more to print than is good for one turn: woken() is called
 * in a later turn, once what was printed is taken. Result: CMD_WAIT.
 */
enum cmd_status call_wait_output(struct call *);
/* A waiting call has more to do than is good for one turn: woken() is called in
 * the next one. Result: CMD_WAIT. */
enum cmd_status call_again(struct call *);
/* Whether it is not, yet. */
bool call_output_blocked(const struct call *);
/* A waiting call that got on: its deadline becomes this, from now. Result:
 * CMD_WAIT. */
enum cmd_status call_set_deadline(struct call *, uint64_t within_ns);
/* The same for the end of any job. */
enum cmd_status call_wait_jobs(struct call *, uint64_t within_ns);
/* The command as it was typed, its first line, cut; the caller frees it. */
char *call_typed(const struct call *);
/* Result of the two: CMD_FAIL. The error is told by the shell, once. What a
 * signal has cut short (EINTR) waits in a script: the next turn tells the
 * signal, and that is what ends it. */
enum cmd_status call_fail(struct call *, const struct err *);
enum cmd_status call_error(struct call *, enum err_class, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* Notices, for people. */
void call_notice(struct call *, const char *fmt, ...) RUNG_PRINTF(2, 3);
/* How something is: where it was asked for -q does not leave it out. */
void call_print_state(struct call *, bool asked, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* What explains the error that follows, for people: told where it is, under a
 * `try` too. */
void call_print_context(struct call *, const struct text *);
/* Whether somebody would hear of call_publish_expect(). */
bool call_expect_observed(const struct call *);
/* For programs: an expect is over. `awaited`: its patterns; `matched`: what
 * they found, where `e` is NULL; else why not. */
void call_publish_expect(struct call *, const struct session *,
			 const char *awaited, struct bytes matched,
			 const struct err *e);
/* Payload, for stdout: foreign bytes, or text made by a view or by us. */
void call_print(struct call *, struct bytes);
void call_text(struct call *, const struct text *);
/* Our own notation for foreign bytes, quoted and escaped by its maker: a
 * terminal gets it as it is, for it is there to be copied. */
void call_print_quoted(struct call *, struct bytes);
/* Whether FILE is standard output, as a bare `-` or by a name of its own: what
 * should go there is payload, and comes in its order. */
bool call_is_output(const struct value *path);
/* How payload of a session is printed: by the view that was asked for, at a
 * prompt by the screen's; NULL: as it is. */
const struct view_ops *call_view(const struct call *, const struct session *);
/*
 * Prints bytes through a view, piece by piece. `offset`: of the first byte;
 * `final`: no more follow. `rows` is the caller's memory for it.
 * Result:  how many bytes the view made rows of.
 */
size_t call_view_bytes(struct call *, const struct view_ops *, struct bytes,
		       uint64_t offset, bool final, struct text *rows);
/* How a message of the log is shown: by its session's view (NULL: it is gone),
 * else the screen's; never by one that shows nothing. */
const struct view_ops *call_log_view(const struct call *,
				     const struct session *);
/* The session it works on: the argument's, @NAME's or the current one.
 * `param` may be CALL_NO_PARAM. Result: NULL and *e: none, unknown or gone. */
struct session *call_session(struct call *, unsigned param, struct err *e);
/* An address of one word or HOST PORT in two, which was given. `exec:` out of a
 * variable is refused. Result: 0, or -1 and *e. */
int call_address(const struct call *, unsigned param, struct endpoint *out,
		 struct err *e);
/* #N as it is kept in the log, lent as log_find() does. Result: 0, or -1 and
 * *e: which there are. */
int call_message(const struct call *, unsigned param, struct log_entry *out,
		 struct err *e);
/* -t of the call, or the default; `param` may be CALL_NO_PARAM. */
uint64_t call_timeout(const struct call *, unsigned param);
/*
 * Runs a body behind this call, `times` over, before what follows it.
 * Result:  the call's, to be returned: OK, or FAIL (nested too deep).
 */
enum cmd_status call_run_body(struct call *, struct program *, uint64_t times);
/* As call_run_body, once, and an error in it only sets $error and $?. */
enum cmd_status call_run_try(struct call *, struct program *);
/* Reads a file of commands through the loop. Result: CMD_WAIT, to be
 * returned: woken() then asks call_reads(). */
enum cmd_status call_parse_file(struct call *, struct bytes path);
/* True until the file of call_parse_file() is read, or cannot be. */
bool call_reads(const struct call *);
/* Parses what call_parse_file() has read. Result: a program with one holder, or
 * NULL and *e: the file; what is wrong in its text has been told. */
struct program *call_program(struct call *, struct err *e);
/* Runs the program after this call. Result: WAIT: not read yet; FAIL: the file,
 * or its text. */
enum cmd_status call_run_read(struct call *);

#endif
