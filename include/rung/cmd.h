/* SPDX-License-Identifier: ISC */
/*
 * The interface of commands: struct cmd describes a command, struct call is a
 * command in execution. Commands use the call_ functions, the hub, sessions and
 * the shell, but no console, no stdout and no other command.
 */
#ifndef RUNG_CMD_H
#define RUNG_CMD_H

#include "rung/shell.h"
#include "rung/source.h"

#include <limits.h>

enum cmd_status { CMD_OK, CMD_FAIL, CMD_WAIT };

/* The reason for a call of resume(). */
enum wake {
	WAKE_EVENT,   /* an event that the call waits for */
	WAKE_TIMEOUT, /* the deadline has passed */
};

/* Payload that the call has still to print, in pieces; see payload.c. */
struct payload_rest {
	struct buf data;
	const struct view_ops *view; /* formats `data`; NULL: printed raw */
	uint64_t offset;             /* position of `data`, for the view */
	bool quoted;                 /* as for call_print_quoted() */
	bool finished; /* the command has returned `status`; the call ends after
			  the last piece */
	enum cmd_status status;
};

struct call {
	const struct cmd *cmd;
	struct shell *shell;
	struct task *task;
	const struct command *command;
	struct program *program; /* counted reference */
	struct args args;
	struct session *target; /* session of @NAME, or NULL; pinned */
	unsigned removed_id;    /* id in the log, if @NAME was removed; or 0 */
	/* Name of the target if it is a peer that has not connected yet, or,
	 * with CMD_REMOVED, a session that was removed; else "". */
	char peer[SESSION_NAME_MAX];
	/* Name of the peer that the call waits for, before the command starts;
	 * else "". */
	char awaited_peer[SESSION_NAME_MAX];
	void *data; /* private to the command; cleanup() frees it */
	uint64_t began;
	struct session *awaited; /* session that the call waits on; pinned */
	struct waiter waiter;
	struct timer deadline;
	struct err err;
	struct list output_wait; /* in shell->output_waits */
	struct payload_rest rest;
	bool waiting, notified, timed_out;
	struct source source; /* file of call_parse_file() */
	void *scratch;        /* memory of call_scratch() */
	size_t room_size;
};

enum {
	CMD_REPL = 1u << 0,        /* not available in scripts */
	CMD_CONSUMES = 1u << 1,    /* consumes the inbox while it waits */
	CMD_KEEPS_ERROR = 1u << 2, /* success does not clear the last error */
	/* runs its bodies at once, and reports their errors as its own; they
	 * are not checked before */
	CMD_TRIES = 1u << 3,
	CMD_LISTENERS = 1u << 4, /* works on a listener, too */
	/* typed at the prompt, runs past a command that waits */
	CMD_PASSES = 1u << 5,
	/* @NAME may also be a session that was removed */
	CMD_REMOVED = 1u << 6,
	CMD_FOLLOWS = 1u << 7, /* keeps waiting if its session is reopened */
	CMD_TALKS = 1u << 8,   /* the lines typed after it are no commands */
};

/* A command: one file in cmd/, one row in cmd/table.h. */
struct cmd {
	const char *name;
	const char *aliases; /* separated by blanks, or NULL */
	const char *group;   /* heading in the overview of help */
	const char *brief;   /* one line, no full stop */
	const char *help; /* paragraphs without mdoc; lines that begin with four
			     blanks are examples */
	const struct param *params;
	unsigned flags;
	enum cmd_status (*run)(struct call *);
	/* Continues a call whose run() returned CMD_WAIT; NULL if run() never
	 * returns that. May return CMD_WAIT again, which keeps the deadline.
	 * Not called if the call is cancelled. */
	enum cmd_status (*resume)(struct call *, enum wake);
	/* Frees call->data. Called at the end of every call, cancelled or not.
	 * May be NULL. */
	void (*cleanup)(struct call *);
};

/* All commands, in the order of cmd/table.h; NULL-terminated. Only src/main.c,
 * src/program and the tests use this array; the shell gets it as an argument.
 */
extern const struct cmd *const cmd_table[];

#define CALL_FOREVER  UINT64_MAX
#define CALL_NO_PARAM UINT_MAX /* the command has no such parameter */

/* Lends zeroed memory as call->data until the call ends; the next call of the
 * task gets the same memory. Result: call->data. */
void *call_scratch(struct call *, size_t size);
/*
 * Makes the call wait: resume() is called in the JOBS phase of a later turn,
 * after a change of the session (may be NULL) or after the timeout. If the call
 * already waits, it keeps its deadline, and its session if it has one.
 * Result: CMD_WAIT, which the command must return.
 */
enum cmd_status call_wait(struct call *, struct session *, uint64_t within_ns);
/* Makes the calls of CMD_FOLLOWS that wait on `old` wait on `now`, and notifies
 * them. `now` may equal `old`. */
void calls_follow(struct session *now, struct session *old);
/* Ends the wait, so that the call can wait for another session. */
void call_stop_waiting(struct call *);
/*
 * Waits for a peer that does not exist yet, if a listener may still give it
 * this name: the command then starts again after the peer has come.
 * Result:  true: run() must return CMD_WAIT; false: no such peer can come.
 */
bool call_await_peer(struct call *, struct bytes name, uint64_t within_ns);
/*
 * Lets a waiting call split long output: resume() is called in a later turn,
 * when the output has room for more. Result: CMD_WAIT.
 */
enum cmd_status call_wait_output(struct call *);
/* Lets a waiting call split long work: resume() is called in the next turn.
 * Result: CMD_WAIT. */
enum cmd_status call_again(struct call *);
/* Returns true if the output has no room for more now. */
bool call_output_blocked(const struct call *);
/* Restarts the timeout of a waiting call that made progress. Result: CMD_WAIT.
 */
enum cmd_status call_set_deadline(struct call *, uint64_t within_ns);
/* Makes the call wait as call_wait() does, but until any job ends. */
enum cmd_status call_wait_jobs(struct call *, uint64_t within_ns);
/* Returns the first line of the command as it was typed, at most 72 bytes; the
 * caller frees it. */
char *call_typed(const struct call *);
/* Sets the call's error, which the shell prints. Result: CMD_FAIL; but CMD_WAIT
 * for an error with the code EINTR in a script, because the signal ends the
 * script in the next turn. */
enum cmd_status call_fail(struct call *, const struct err *);
enum cmd_status call_error(struct call *, enum err_class, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* Prints a notice; with -q, prints nothing. */
void call_notice(struct call *, const char *fmt, ...) RUNG_PRINTF(2, 3);
/* Returns true if the foreground runs a command that was typed at the prompt.
 */
bool call_is_typed(const struct call *);
/* Prints a notice, once for each session, if the command was typed at the
 * prompt and the parser removed parts of its free text. */
void call_note_cut(struct call *, struct session *);
/* Prints a state as a notice; with -q, only if the user asked for the state
 * (`asked`). */
void call_print_state(struct call *, bool asked, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* Prints details of the error that the command is about to report, even inside
 * a `try`. */
void call_print_context(struct call *, const struct text *);
/* Returns true if a subscriber needs call_publish_expect() (--json, --tap). */
bool call_expect_observed(const struct call *);
/* Publishes the result of an expect. `awaited`: its patterns; `matched`: the
 * bytes that matched, if `e` is NULL. */
void call_publish_expect(struct call *, const struct session *,
			 const char *awaited, struct bytes matched,
			 const struct err *e);
/*
 * Prints payload to stdout: bytes of a peer, or text of a view or of rung. The
 * first 256 KiB are printed at once; the rest is copied, and printed in pieces,
 * one a turn, after the command has returned. If the reader of stdout has much
 * left to read, all is copied. The call ends after the last piece.
 */
void call_print(struct call *, struct bytes);
void call_text(struct call *, const struct text *);
/* Prints payload that is already quoted and escaped, so that a user can copy it
 * from the terminal: escapes nothing. */
void call_print_quoted(struct call *, struct bytes);
/* Returns true if the path is `-`, typed bare, or names the file of standard
 * output: the data is then printed as payload, in order with other output. */
bool call_is_output(const struct value *path);
/* Returns the view for a session's payload: the view that the user chose for
 * the session, else, at a prompt, the screen's view. NULL: print raw bytes. */
const struct view_ops *call_view(const struct call *, const struct session *);
/* Prints bytes through a view, like call_print(). `offset`: position of the
 * first byte. Call it once, as the last output of a call. */
void call_print_view(struct call *, const struct view_ops *, struct bytes,
		     uint64_t offset);
/*
 * Prints a piece of data through a view, within this turn. `offset`: position
 * of the first byte; `final`: no more bytes follow; `rows`: a buffer that the
 * caller owns.
 * Result:  number of bytes that the view printed as rows.
 */
size_t call_view_bytes(struct call *, const struct view_ops *, struct bytes,
		       uint64_t offset, bool final, struct text *rows);
/* Returns the view for a message of the log: that of the message's session
 * (NULL: the session is gone), else that of the screen. Replaces a silent view
 * by `line`. */
const struct view_ops *call_log_view(const struct call *,
				     const struct session *);
/* Returns the session on which the call acts: the one named by the parameter if
 * given, else that of @NAME, else the current one. `param` may be
 * CALL_NO_PARAM. Result: NULL and *e if there is none. */
struct session *call_session(struct call *, unsigned param, struct err *e);
/* Returns the facts about the session of @NAME if that was removed, which needs
 * CMD_REMOVED; else NULL. Lends them until the next turn. */
const struct ended_session *call_removed(const struct call *);
/* Returns the id in the log of the session of @NAME; 0: no @NAME. */
unsigned call_log_id(const struct call *);
/* Gets the name that `as NAME` gives a new session. Result: 0 and *out, empty
 * if no name is given; -1 and *e if the given name is empty. */
int call_new_name(const struct call *, unsigned param, struct bytes *out,
		  struct err *e);
/* Parses an address given as one word or as HOST PORT. Rejects `exec:` from a
 * variable. Result: 0, or -1 and *e. */
int call_address(const struct call *, unsigned param, struct endpoint *out,
		 struct err *e);
/* Parses a locator (scheme.h), like call_address(). */
int call_locator(const struct call *, unsigned param, struct locator *out,
		 struct err *e);
/* Does the same with locator_parse_name(). */
int call_name_locator(const struct call *, unsigned param, struct locator *out,
		      struct err *e);
/* Finds message #N in the log; lent until the next turn. Result: 0, or -1 and
 * *e, which names the range of numbers in the log. */
int call_message(const struct call *, unsigned param, struct log_entry *out,
		 struct err *e);
/* Sets the pace of the session from the option --pace, if it is given. Result:
 * 0, or -1 and *e (usage). */
int call_pace(struct call *, unsigned param, struct session *, struct err *e);
/* Returns the value of the option -t, else the default timeout; `param` may be
 * CALL_NO_PARAM. */
uint64_t call_timeout(const struct call *, unsigned param);
/* Parses commands that the command itself has made. Result: a program with one
 * reference, or NULL and *e. */
struct program *call_parse(struct call *, struct bytes text, struct err *e);
/*
 * Runs a body once after this call, before the next command.
 * Result:  CMD_OK, or CMD_FAIL (nested too deep), which the command must
 *          return.
 */
enum cmd_status call_run_body(struct call *, struct program *);
/* The three functions do the same, but an error in the body of a `try` only
 * sets $error and $?; a loop runs the body `times` times, unless `break` ends
 * it; a `while` is followed by the command itself again. */
enum cmd_status call_run_try(struct call *, struct program *);
enum cmd_status call_run_loop(struct call *, struct program *, uint64_t times);
enum cmd_status call_run_while(struct call *, struct program *);
/* Begins a `talk` with the call's session: sends the lines typed after the
 * command's line. Result: 0, or -1 and *e: usage (not typed at the prompt, no
 * session, a listener), or why the session has ended. */
int call_talk(struct call *, unsigned param, struct err *e);
/* Ends the innermost loop of the task. Result: false: there is none. */
bool call_break(struct call *);
/* Starts to read a file of commands in the loop. Result: CMD_WAIT, which the
 * command must return; resume() then checks call_reads(). */
enum cmd_status call_parse_file(struct call *, struct bytes path);
/* Returns true while call_parse_file() is still reading. */
bool call_reads(const struct call *);
/* Parses the file that call_parse_file() has read, and prints syntax errors.
 * Result: a program with one reference, or NULL and *e, which names the file.
 */
struct program *call_program(struct call *, struct err *e);
/* Runs the file that call_parse_file() has read, after this call. Result:
 * CMD_OK; CMD_WAIT: still reading; CMD_FAIL: the file cannot be read or parsed.
 */
enum cmd_status call_run_read(struct call *);

#endif
