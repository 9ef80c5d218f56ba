/* SPDX-License-Identifier: ISC */
/*
 * Internals that the files of this module share: runs, tasks, calls, jobs and
 * variables.
 */
#ifndef RUNG_SHELL_OWN_H
#define RUNG_SHELL_OWN_H

#include "rung/cmd.h"

/* Maximum depth of nested bodies and files. */
#define RUNS_MAX 64
/* Maximum number of commands that a task runs in one turn before other tasks
 * run. */
#define TASK_BUDGET 256

/* A run: executes the commands of a program, or one command on each of several
 * sessions. */
struct run {
	struct run *below;
	struct program *program; /* reference */
	size_t first, next, end; /* indices of commands; `end` is excluded */
	uint64_t times;          /* repetitions left, with this one */
	bool tries;              /* an error ends only this run (`try`) */
	bool loops;              /* `break` ends this run */
	/* Command of the run below to run again after this one (`while`); NULL:
	 * none. */
	const struct command *again;
	bool background;        /* runs a `&` job: ignore the command's `&` */
	struct session *target; /* session for its commands, pinned; or NULL */
	char *peer; /* name of the target, a peer that has not come; or NULL.
		       Owned */
	struct session **each; /* sessions on which to run `next`; pinned */
	size_t each_count, each_at;
};

/* A line in the queue of a task. */
struct line {
	struct list at;
	struct program *program; /* NULL: the line ends a `talk` */
	unsigned talk;           /* talk that the line belongs to; 0: none */
	unsigned begins;         /* talk that the program begins; 0: none */
};

/* ---- tasks: task.c */

/* Creates a task. The foreground task keeps named captures in its scope,
 * other tasks in an env of their own. */
void task_init(struct task *, struct shell *, struct scope *, bool front);
void task_fini(struct task *);
/* Appends a program with its reference to the queue; `talk`: as in struct line.
 */
struct line *task_queue(struct task *, struct program *, unsigned talk);
/* Removes a line from its queue. */
void line_free(struct line *);
/* Starts a run of the program; the current run continues afterwards. Result: 0,
 * or -1 and *e: nested too deep. */
int task_push(struct task *, struct program *, uint64_t times,
	      struct session *on, struct err *e);
/*
 * Runs until the task waits, has nothing to do or has used up TASK_BUDGET.
 * Result: true if the task can continue in the next turn.
 */
bool task_run(struct task *);
/* Ends the innermost run that loops, and all runs above. Result: false: there
 * is none. */
bool task_break(struct task *);
/* Schedules the task for the JOBS phase of this turn, or of the next turn if
 * that phase is over. */
void task_ready(struct task *);
/* Ends the call and all runs; if `lines`, discards the queued lines too. */
void task_unwind(struct task *, bool lines);
/* Does task_unwind() for Ctrl-C. If a command waits while later ones run
 * (task_lets_pass()), ends only the later ones. */
void task_interrupt(struct task *);
bool task_idle(const struct task *);
/* Starts the first queued line of the list. Result: false: there is none. */
bool task_next_line(struct task *, struct list *lines);
/* Returns true if a `try` handles the errors of the current run. */
bool task_tries(const struct task *);
/* Returns true if the task serves a peer that sent FIN or made room for
 * another, and no input is unread. A failed wait then ends the script without
 * an error. */
bool task_at_peer_eof(const struct task *);
/* Returns true if the error ends the task's script without an error, as
 * described at task_at_peer_eof(). */
bool task_ends_well(const struct task *, const struct err *);
/* Appends `[N] `, the number of the job whose commands run; appends nothing for
 * the foreground. */
void task_put_job(const struct task *, struct buf *);
/* Returns true if the task serves a peer or handles a session's events. */
bool task_is_driven(const struct task *);

/* ---- commands that run past a waiting one: park.c */

/* Returns true if the program may run before the waiting call ends: no line is
 * queued, and each command is a CMD_PASSES command. Prints a notice if only a
 * queued line prevents that. */
bool task_lets_pass(const struct task *, const struct program *);
/* Starts the next program of task->passing, and parks the waiting call while
 * such programs run. */
void task_pass(struct task *);
/* Makes the parked call the task's call again. The task must have no other call
 * and no runs. */
void task_unpark(struct task *);

/* ---- checks: check.c */

/* An error in a program. */
struct fault {
	unsigned line, col; /* position in the program's text */
	struct err err;
};

/* Returns 0 if the command is known and can run here; -1 and *e. `send`: a
 * command that sends the line of an unknown command; NULL: none. */
int command_available(const struct shell *, const struct command *,
		      const char *send, struct err *e);
/*
 * Checks that each command of the program is known, and that its words fit, as
 * far as they do not depend on variables. Checks nested bodies, too.
 * Result:  0, or -1 and *f: the first error.
 */
int program_check(const struct shell *, struct program *, struct fault *f);
/* Does the same for one command; bodies_check() only for its bodies. */
int command_check(const struct shell *, const struct command *,
		  struct fault *f);
int bodies_check(const struct shell *, const struct command *, struct fault *f);

/* ---- calls: call.c */

struct call *call_new(struct task *, const struct cmd *, const struct command *,
		      struct run *);
/* Calls cleanup(), ends all waits and unpins the sessions. */
void call_end(struct call *);
void call_free_memory(struct call *);
/* arrival.c: */
/* Returns true, and sets the call's error, if the awaited peer has not come
 * within the timeout, or cannot come because its listener has ended. */
bool arrival_failed(struct call *);
/* Returns true if a session of that name was removed, and the command may run
 * on it. */
bool target_was_removed(const struct shell *, const struct cmd *,
			struct bytes name);
/* Sets call->target to the peer call->peer, or call->removed_id. Result:
 * CMD_OK; CMD_WAIT: the peer may still come; CMD_FAIL: no such peer can come.
 */
enum cmd_status arrival_of_target(struct call *);
/* Returns true, and makes the call wait, if a PARAM_AWAITED parameter names a
 * peer that may still come. */
bool arrival_of_operand(struct call *);
/* Ends the wait for a peer, before the command starts. */
void arrival_finish(struct call *);
/* payload.c: */
/* Returns true if the call has payload to print. */
bool call_has_rest(const struct call *);
/* Prints a piece of this payload. Result: true if more is left. */
bool call_print_rest(struct call *);
/* Discards this payload. */
void call_drop_rest(struct call *);
/* Delays the end of a call until its payload is printed. Result: CMD_WAIT if
 * payload is left to print, otherwise the given status. */
enum cmd_status call_settle(struct call *, enum cmd_status);
/* Resumes calls that wait for room in the output, and tasks that wait for a
 * reader. */
void calls_resume_output(struct shell *);
/* Returns the first line of a command as typed, shortened; the caller frees it.
 */
char *command_typed(const struct program *, const struct command *);
/* Prints the first line of a command as typed before the command runs, with -v
 * and not at a prompt. `target`: name of the session that @NAME names; or NULL.
 */
void command_trace(const struct task *, const struct program *,
		   const struct command *, const char *target);

/* ---- jobs: job.c, handler.c */

/* Runs one command of a run as a background job. `peer`: name of the command's
 * target, if that is a peer that has not come; else NULL. */
int job_new_background(struct task *, struct run *, const struct command *,
		       struct session *on, const char *peer, struct err *e);
/* Ends all jobs. */
void jobs_end(struct shell *);
/* Queues a new session for handlers_reap(), if the session or its listener has
 * handlers or servers. Attaches no handler at once, because the caller is
 * publishing an event. */
void handlers_attach_later(struct shell *, struct session *);
/* Returns true if a server runs a script for the peer. */
bool handlers_serve(struct shell *, const struct session *);

/* ---- the shell: shell.c */

void shell_changed(struct shell *);
/* Prints a command's error and its position, which may be some lines below the
 * command's name. `col` 0: no column. */
void shell_print_error_at(struct task *, const struct program *,
			  const struct command *, unsigned line, unsigned col,
			  const struct err *);
/* Sets *e for an unknown command, with the nearest name. `send`: a command that
 * sends the line to the session; NULL: there is no session. */
void shell_unknown(const struct shell *, struct bytes name, const char *send,
		   struct err *e);
/* Returns the line of an unknown command as a command that sends it, if a
 * session can receive it: `> TEXT` or `@NAME > TEXT`; the caller frees it.
 * NULL: no session can. */
char *task_send_hint(const struct task *, const struct program *,
		     const struct command *, const struct session *on);
/* Parses text. Result: a program with one reference, or NULL and *e; the error
 * was already printed with its position. */
struct program *shell_parse(struct task *, struct bytes text,
			    const char *source, unsigned line, struct err *e);

/* Does shell_feed(). `talk`: the talk that the line belongs to, on whose
 * session the line runs; 0: none. */
enum words_result shell_queue(struct shell *, struct bytes text,
			      const char *source, unsigned line, bool last,
			      unsigned talk);
/* Does program_check(). Result: 0, or -1 and *e; the error was already printed
 * with its position. */
int shell_check(struct task *, struct program *, struct err *e);

/* ---- talk: talk.c */

/* Does shell_feed() for a line that is typed while shell_talks(). */
enum words_result talk_feed(struct shell *, struct bytes text, unsigned line,
			    bool last);
/* Gives a typed program with the command `talk` the number of a new talk, to
 * which the next line belongs. Result: this number; 0: no such command. */
unsigned talk_of_program(struct shell *, const struct program *);
/* Called after each line of the foreground. If the line did not begin its talk,
 * or the talk has ended, discards the queued lines of that talk. */
void talk_line_done(struct shell *);
/* Ends the talk if its session, or the peer's side, has ended. */
void talk_check(struct shell *);
/* Ends the talk in progress. */
void talk_stop(struct shell *);
/* Called after Ctrl-C has discarded the queued lines. */
void talk_interrupted(struct shell *);
/* Returns the session to which the next line typed will be sent; NULL: none, or
 * not known yet. */
const struct session *talk_shown(const struct shell *);

/* ---- built-in variables: builtins.c */

/* Finds a built-in variable. Result: its index, or -1. */
int builtins_find(struct bytes name);
/* Returns true for $body and $status: a variable of the user with the same name
 * hides them. */
bool builtins_may_be_hidden(int which);
void builtins_set(struct builtins *, int which, struct bytes value);
/* Records the message that a value came from; NULL: none. Only for $match,
 * $before, $last and $message. */
void builtins_came_from(struct builtins *, int which, const struct origin *);
/* Appends the entry `key` of a value: `kind`, `rung` or `number` of its
 * message, an attribute, or after a slash the value that this JSON Pointer
 * names in the variable's text. Result: 1; 0: none; -1: too long. */
int builtins_entry(const struct builtins *, int which, struct bytes key,
		   struct buf *out);
/* Calls fn for the key of each entry; if the variable has no message yet, only
 * for the keys that each message has. */
void builtins_each_entry(const struct builtins *, int which,
			 void (*fn)(void *, struct bytes key), void *ctx);
/* Sets *e for an entry that a built-in variable does not have. Result: -1. */
int builtins_no_entry(const struct builtins *, int which, struct bytes key,
		      struct err *e);
/* Returns true if the variable holds data of a message. */
bool builtins_hold_message(int which);
/* Gets a value, lent until the next change. Result: false: not set yet. */
bool builtins_get(const struct builtins *, int which, struct bytes *out);
/* Sets the groups of a match. A group without a match becomes empty if it was
 * set before; otherwise it stays unset. */
void builtins_match(struct builtins *, const struct match_found *);
/* Calls fn for the name of each built-in variable that is set. */
void builtins_each(const struct builtins *, void (*fn)(void *, const char *),
		   void *ctx);
void builtins_fini(struct builtins *);

/* ---- variables: env.c */

/* Makes an empty table of variables. The account counts their values. */
struct env *env_new(struct account *);
void env_free(struct env *);
void env_set(struct env *, struct bytes name, struct bytes value);
int env_lookup(const struct lookup *, struct bytes name, struct buf *out,
	       struct err *e);
int env_find(const struct lookup *, struct bytes name, const struct bytes *key,
	     struct buf *out, struct err *e);
int env_lacks(const struct lookup *, struct bytes name, struct bytes key,
	      struct err *e);
/* Frees the variables that task_share() shared. */
void env_unshare(struct shell *);
/* Calls fn for each name, in no order. */
void env_each(const struct env *, void (*fn)(void *, const char *), void *ctx);
/* Returns a new scope with one reference and no variables. */
struct scope *scope_new(struct shell *);
struct scope *scope_ref(struct scope *);
void scope_unref(struct scope *);
/* Records that a job of the scope, or a run of it, has failed. */
void scope_failed(struct scope *, unsigned number, const struct err *why);

#endif
