/* SPDX-License-Identifier: ISC */
/*
 * The interface of commands: struct cmd describes one, the call_ functions are
 * all that a command may call to act on its call. Commands know the hub,
 * sessions and the shell; never a console, stdout or each other.
 */
#ifndef RUNG_CMD_H
#define RUNG_CMD_H

#include "rung/shell.h"
#include "rung/source.h"

#include <limits.h>

enum cmd_status { CMD_OK, CMD_FAIL, CMD_WAIT };

/* Why resume() is called. */
enum wake {
	WAKE_EVENT,   /* the session changed or a job ended */
	WAKE_TIMEOUT, /* the deadline has passed */
};

struct call {
	const struct cmd *cmd;
	struct shell *shell;
	struct task *task;
	const struct command *command;
	struct program *program; /* counted */
	struct args args;
	struct session *target; /* @NAME, else NULL; pinned */
	void *data;             /* private to the command; cleanup() frees it */
	uint64_t began;
	struct session *awaited; /* pinned while waiting */
	struct waiter waiter;
	struct timer deadline;
	struct err err;          /* set if it fails */
	struct list output_wait; /* in shell->output_waits */
	bool waiting, notified, timed_out;
	struct source source; /* for call_parse_file() */
	void *scratch;        /* memory of call_scratch() */
	size_t room_size;
};

enum {
	CMD_REPL = 1u << 0,     /* only at a prompt */
	CMD_CONSUMES = 1u << 1, /* consumes the inbox while it waits */
};

/* A command: one file in cmd/, one row in cmd/table.h. */
struct cmd {
	const char *name;
	const char *aliases;       /* separated by blanks, or NULL */
	const char *foreign_names; /* names in other tools, for "did you mean";
				      same form */
	const char *group;         /* heading in the overview of help */
	const char *brief;         /* one line, no full stop */
	const char *help; /* paragraphs without mdoc; lines that begin with four
			     blanks are examples */
	const struct param *params;
	unsigned flags;
	enum cmd_status (*run)(struct call *);
	/* Called to continue a call whose run() returned CMD_WAIT; NULL if
	 * run() never does. May return CMD_WAIT again: the deadline stays. Not
	 * called after a cancel; only cleanup() is. */
	enum cmd_status (*resume)(struct call *, enum wake);
	/* Frees call->data; called however the call ends. May be NULL. */
	void (*cleanup)(struct call *);
};

/* All commands in the order of cmd/table.h, NULL-terminated. Only main and the
 * tests use the table; main passes it to the shell. */
extern const struct cmd *const cmd_table[];

#define CALL_FOREVER  UINT64_MAX
#define CALL_NO_PARAM UINT_MAX /* the command has no such parameter */

/* Lends zeroed memory as call->data until the call ends; calls of a task share
 * one block. Result: call->data. */
void *call_scratch(struct call *, size_t size);
/*
 * Makes the call wait: resume() is called in the JOBS phase of a later turn,
 * after a change of the session (may be NULL) or after the timeout. If the call
 * already waits, its deadline and its session, if any, stay.
 * Result: CMD_WAIT, to be returned.
 */
enum cmd_status call_wait(struct call *, struct session *, uint64_t within_ns);
/*
 * Lets a waiting call split long output: resume() is called in a later turn,
 * when the output has room for more. Result: CMD_WAIT.
 */
enum cmd_status call_wait_output(struct call *);
/* Lets a waiting call split long work: resume() is called in the next turn.
 * Result: CMD_WAIT. */
enum cmd_status call_again(struct call *);
/* Returns true if the output has no room for more yet. */
bool call_output_blocked(const struct call *);
/* Restarts the timeout of a waiting call that made progress. Result: CMD_WAIT.
 */
enum cmd_status call_set_deadline(struct call *, uint64_t within_ns);
/* Does the same as call_wait(), but waits for the end of any job. */
enum cmd_status call_wait_jobs(struct call *, uint64_t within_ns);
/* Returns the first line of the command as it was typed, shortened; the caller
 * frees it. */
char *call_typed(const struct call *);
/* Both return CMD_FAIL, and the shell prints the error once. Exception: if
 * call_fail() gets the code EINTR in a script, it waits instead, because the
 * signal ends the script in the next turn. */
enum cmd_status call_fail(struct call *, const struct err *);
enum cmd_status call_error(struct call *, enum err_class, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* Prints a notice, unless -q is given. */
void call_notice(struct call *, const char *fmt, ...) RUNG_PRINTF(2, 3);
/* Prints a state as a notice; with `asked` (the user asked for it) even with
 * -q. */
void call_print_state(struct call *, bool asked, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* Prints details of the error that follows, also under `try`. */
void call_print_context(struct call *, const struct text *);
/* Returns true if call_publish_expect() has an observer. */
bool call_expect_observed(const struct call *);
/* Publishes the result of an expect. `awaited`: its patterns; `matched`: the
 * bytes that matched, if `e` is NULL. */
void call_publish_expect(struct call *, const struct session *,
			 const char *awaited, struct bytes matched,
			 const struct err *e);
/* Prints payload to stdout: bytes of a peer, or text of a view or of rung. */
void call_print(struct call *, struct bytes);
void call_text(struct call *, const struct text *);
/* Prints payload that is already quoted and escaped, unchanged, so that a user
 * can copy it from the terminal. */
void call_print_quoted(struct call *, struct bytes);
/* Returns true if the path is standard output, as `-` or by name; data written
 * to it is payload, in order with other output. */
bool call_is_output(const struct value *path);
/* Returns the view that prints a session's payload: the one chosen for the
 * session, else the screen's at a prompt. NULL: raw bytes. */
const struct view_ops *call_view(const struct call *, const struct session *);
/*
 * Prints bytes through a view, in pieces. `offset`: position of the first byte;
 * `final`: no more bytes follow; `rows`: a buffer that the caller owns.
 * Result:  number of bytes that the view printed as rows.
 */
size_t call_view_bytes(struct call *, const struct view_ops *, struct bytes,
		       uint64_t offset, bool final, struct text *rows);
/* Returns the view for a message of the log: the view of the message's session
 * (NULL: the session is gone), else the screen's; a silent view is replaced by
 * `line`. */
const struct view_ops *call_log_view(const struct call *,
				     const struct session *);
/* Returns the session of a call: the argument's, @NAME's or the current one.
 * `param` may be CALL_NO_PARAM. Result: NULL and *e if there is none. */
struct session *call_session(struct call *, unsigned param, struct err *e);
/* Returns the name that `as NAME` gives a new session. Result: 0 and *out,
 * empty without the argument; -1 and *e if the name is empty. */
int call_new_name(const struct call *, unsigned param, struct bytes *out,
		  struct err *e);
/* Parses an address given as one word or as HOST PORT. Rejects `exec:` from a
 * variable. Result: 0, or -1 and *e. */
int call_address(const struct call *, unsigned param, struct endpoint *out,
		 struct err *e);
/* Finds message #N in the log, lent as by log_find(). Result: 0, or -1 and *e,
 * which names the range of numbers that the log still has. */
int call_message(const struct call *, unsigned param, struct log_entry *out,
		 struct err *e);
/* Returns the value of the call's -t, else the default timeout; `param` may be
 * CALL_NO_PARAM. */
uint64_t call_timeout(const struct call *, unsigned param);
/*
 * Runs a body `times` times after this call, before the next command.
 * Result:  CMD_OK, or CMD_FAIL (nested too deep); the command returns it.
 */
enum cmd_status call_run_body(struct call *, struct program *, uint64_t times);
/* Runs a body once, as call_run_body(); an error in the body only sets $error
 * and $?. */
enum cmd_status call_run_try(struct call *, struct program *);
/* Reads a file of commands through the loop. Result: CMD_WAIT, to be returned;
 * resume() then calls call_reads() to see if the file is complete. */
enum cmd_status call_parse_file(struct call *, struct bytes path);
/* Returns true while call_parse_file() is still reading. */
bool call_reads(const struct call *);
/* Parses the file that call_parse_file() has read. Result: a program with one
 * reference, or NULL and *e, which names the file; syntax errors were printed.
 */
struct program *call_program(struct call *, struct err *e);
/* Runs, after this call, the program that call_parse_file() has read. Result:
 * CMD_WAIT: still reading; CMD_FAIL: the file or its text is bad. */
enum cmd_status call_run_read(struct call *);

#endif
