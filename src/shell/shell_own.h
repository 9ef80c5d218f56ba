/* SPDX-License-Identifier: ISC */
/*
 * What the shell's files share: runs, tasks and jobs, and the calls' side of
 * a task. Private to this room.
 */
#ifndef RUNG_SHELL_OWN_H
#define RUNG_SHELL_OWN_H

#include "rung/cmd.h"

/* Bodies within bodies, files within files. */
#define RUNS_MAX 64
/* Commands a task runs in one turn before the others have theirs. */
#define TASK_BUDGET 256

/* A run of a program's commands, or one of them for each of some sessions. */
struct run {
	struct run *below;
	struct program *program; /* held */
	size_t first, next, end; /* commands: where it began, is, stops */
	uint64_t times;          /* runs left, this one included */
	bool tries;              /* an error ends here */
	bool background;         /* `&` has been obeyed: run it */
	struct session *target;  /* what @NAME gave to all in it; pinned */
	struct session **each;   /* run `next` alone, on each; pinned */
	size_t each_count, each_at;
};

/* A program that was fed and has not begun. */
struct line {
	struct list at;
	struct program *program;
};

/* ---- tasks: task.c */

/* `own`: NULL makes it one of its own. */
void task_init(struct task *, struct shell *, struct scope *, bool front);
void task_fini(struct task *);
/* Puts a program on top. Result: 0, or -1 and *e: nested too deep. */
int task_push(struct task *, struct program *, uint64_t times,
	      struct session *on, struct err *e);
/* Runs until it waits, has nothing to do or used up its budget.
 * Result: whether it wants to go on in the next turn. */
bool task_run(struct task *);
/* It has something to do in this turn's JOBS, or the next one's. */
void task_ready(struct task *);
/* Drops the call and all runs; the queued lines too where `lines`. */
void task_unwind(struct task *, bool lines);
bool task_idle(const struct task *);
/* An error of what runs ends at a `try`. */
bool task_tries(const struct task *);
/* It serves a peer that has ended its side in order, with nothing left of what
 * it sent: to wait for more in vain is how its script ends, and no failure. */
bool task_at_peer_eof(const struct task *);
/* Returns true if that error of its command is such an end. */
bool task_ends_well(const struct task *, const struct err *);
/* Returns true if the task is a peer's or a session's own: it serves or handles
 * it. */
bool task_is_driven(const struct task *);
/* What it works on from now on; NULL: the current session. */
void task_aim(struct task *, struct session *);

/* ---- calls: call.c */

struct call *call_new(struct task *, const struct cmd *, const struct command *,
		      struct run *);
/* Ends it: drop(), waits and pins go. */
void call_end(struct call *);
void call_free_memory(struct call *);
/* Wakes those that print on, if there is room. */
void calls_resume_output(struct shell *);
/* A command as it was typed, its first line; owned by the caller. */
char *command_typed(const struct program *, const struct command *);

/* ---- jobs: job.c, handler.c */

/* `CMD &` of a task: one command of a run goes beside it. */
int job_new_background(struct task *, struct run *, const struct command *,
		       struct session *on, struct err *e);
/* All jobs end. */
void jobs_end(struct shell *);
/* A session is born: handlers and servers of its listener take it up. Called
 * while it is told: only marks. */
void handlers_attach_later(struct shell *, struct session *);

/* ---- the shell's own: shell.c */

/* The task whose words are meant: the one that runs, else the front. */
struct task *shell_task(const struct shell *);
void shell_changed(struct shell *);
/* Tells an error of a command with its place in the program's text: a word may
 * stand lines below the name. col 0: none to mark. */
void shell_print_error_at(struct shell *, const struct program *,
			  const struct command *, unsigned line, unsigned col,
			  const struct err *);
/* No such command: *e with the nearest. */
void shell_unknown(const struct shell *, struct bytes name, struct err *e);
/* Result: a program with one holder, or NULL and *e, which has the place. */
struct program *shell_parse(struct shell *, struct bytes text,
			    const char *source, unsigned line, struct err *e);

/* ---- what rung sets: captured.c */

/* Result: the place of that name, or -1: it is none of ours. */
int captured_find(struct bytes name);
void captured_set(struct builtins *, int which, struct bytes value);
/* Result: false: not set yet. */
bool captured_get(const struct builtins *, int which, struct bytes *out);
/* The groups of a match; what took no part is empty, if it ever was set. */
void captured_match(struct builtins *, const struct match_found *);
/* The names of what is set. */
void captured_each(const struct builtins *, void (*fn)(void *, const char *),
		   void *ctx);
void captured_fini(struct builtins *);

/* ---- variables: env.c */

/* The account counts their values. */
struct env *env_new(struct account *);
void env_free(struct env *);
void env_set(struct env *, struct bytes name, struct bytes value);
int env_lookup(const struct lookup *, struct bytes name, struct buf *out,
	       struct err *e);
int env_find(const struct lookup *, struct bytes name, const struct bytes *key,
	     struct buf *out, struct err *e);
/* What shell_share() made. */
void env_unshare(struct shell *);
/* Each name, in no order. */
void env_each(const struct env *, void (*fn)(void *, const char *), void *ctx);
/* Result: with one holder, its variables empty. */
struct scope *scope_new(struct shell *);
struct scope *scope_ref(struct scope *);
void scope_unref(struct scope *);
void scope_use(struct scope *, struct session *);

#endif
