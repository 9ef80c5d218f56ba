/* SPDX-License-Identifier: ISC */
/*
 * What the shell's files share: frames, and the calls' side of a task. Private
 * to this room.
 */
#ifndef RUNG_SHELL_OWN_H
#define RUNG_SHELL_OWN_H

#include "rung/cmd.h"

/* Bodies within bodies, files within files. */
#define FRAMES_MAX 64
/* Commands run in one turn before the loop looks at its links again. */
#define TASK_BUDGET 256

/* A program that runs, or one command of it for each of some sessions. */
struct frame {
	struct frame *below;
	struct program *program; /* held */
	struct program *root;    /* held: whose text the positions are of */
	size_t next;             /* the command to run next */
	uint64_t times;          /* runs left, this one included */
	bool tries;              /* an error ends here */
	struct session *on;      /* what @NAME gave to all in it; pinned */
	struct session **each;   /* run `next` alone, on each; pinned */
	size_t each_count, each_at;
};

/* A program that was fed and has not begun. */
struct line {
	struct list at;
	struct program *program;
};

/* tasks: task.c */
void task_init(struct task *, struct shell *);
void task_fini(struct task *);
/* Puts a program on top. Result: 0, or -1 and *e: nested too deep. */
int task_push(struct task *, struct program *, uint64_t times,
	      struct session *on, struct err *e);
/* Runs until it waits, has nothing to do or used up its budget.
 * Result: whether it wants to go on in the next turn. */
bool task_run(struct task *);
/* Drops the call and all frames; the queued lines too where `lines`. */
void task_unwind(struct task *, bool lines);
bool task_idle(const struct task *);

/* calls: call.c */
struct call *call_new(struct task *, const struct cmd *, const struct command *,
		      struct frame *);
/* Ends it: drop(), waits and pins go. */
void call_end(struct call *);
void call_free_memory(struct call *);

/* A whole file. Result: 0, or -1 and *e. */
int source_read(const char *path, struct buf *out, struct err *e);

/* the shell's own: shell.c */
void shell_changed(struct shell *);
/* Tells an error with its place in a program's text; col 0: none to mark. */
void shell_tell_at(struct shell *, const struct program *,
		   const struct command *, unsigned col, const struct err *);
/* No such command: *e with the nearest. */
void shell_unknown(const struct shell *, struct bytes name, struct err *e);
/* Result: a program with one holder, or NULL and *e, which has the place. */
struct program *shell_parse(struct shell *, struct bytes text,
			    const char *source, unsigned line, struct err *e);

/* variables: env.c */
struct env *env_new(void);
void env_free(struct env *);
int env_lookup(const struct lookup *, struct bytes name, struct buf *out,
	       struct err *e);
/* Each name, in no order. */
void env_each(const struct env *, void (*fn)(void *, const char *), void *ctx);

#endif
