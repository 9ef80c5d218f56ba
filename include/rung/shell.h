/* SPDX-License-Identifier: ISC */
/*
 * The shell: parses lines into programs and runs them as tasks; keeps
 * variables, jobs and the current session. Each front end has one shell, to
 * which it passes a table of commands, the lines to run and an `out` for their
 * output.
 */
#ifndef RUNG_SHELL_H
#define RUNG_SHELL_H

#include "rung/hashtable.h"
#include "rung/hub.h"
#include "rung/log.h"
#include "rung/match.h"
#include "rung/out.h"
#include "rung/screen.h"
#include "rung/words.h"

struct call;
struct journal;
struct cmd;
struct dispatcher;
struct entries;
struct env;
struct run;
struct shell;

/* The variables and the current session of one or more tasks; counted. */
struct scope {
	unsigned refs;
	struct shell *shell;
	struct env *env;
	struct entries *entries; /* may be NULL */
	unsigned failed; /* the first failed job started in this scope that no
			    `wait` reported; 0: none */
	struct err why;  /* reason for the failure of `failed` */
	struct session *current; /* pinned, or NULL */
	bool
	    serves; /* a server's script: its peer may be closed to make room */
};

/* Built-in variables of a task: $0 to $9, then $match, $before, $last and
 * $message. */
enum {
	CAPTURED_MATCH = MATCH_GROUPS,
	CAPTURED_BEFORE,
	CAPTURED_LAST,
	CAPTURED_MESSAGE,
	CAPTURED_COUNT,
};
struct builtins {
	struct buf value[CAPTURED_COUNT]; /* value[i] is valid if set[i] */
	bool set[CAPTURED_COUNT];
	struct account *account; /* counts the values; may be NULL */
};

/* A queue of programs and the call in execution. The front end's lines run in
 * shell->foreground, jobs in tasks of their own. */
struct task {
	struct list ready; /* in shell->ready if it can run */
	struct shell *shell;
	struct lookup lookup; /* finds variables */
	struct scope *scope;  /* counted */
	struct builtins builtins;
	struct env
	    *locals;       /* named captures; the foreground uses its scope's */
	struct run *top;   /* innermost run; its callers are below */
	struct call *call; /* running or waiting, or NULL */
	struct call *spare;     /* memory reused for each call */
	struct list lines;      /* programs not started yet */
	struct session *target; /* default session; NULL or pinned */
	struct list unread;     /* in shell->unread until stdout is read */
	bool printed;           /* printed since the last wait in unread */
	const struct session
	    *current_target; /* session of this command; NULL: the current one,
				or no command is in execution */
	struct err error;    /* error of the last command */
	struct err failed;   /* error that ended the task early */
	struct dispatcher *dispatcher; /* if it handles events or serves */
	/* Called when all programs have run or one failed; may free the task.
	 * NULL for the foreground. */
	void (*ended)(struct task *);
};

/* How a job ended, for `wait`. */
struct job_ending {
	unsigned number;
	struct err why; /* ERR_NONE: success */
};
#define JOB_ENDINGS 64

/* State of shell_flush(), which writes queued output at the end of a script. */
struct flush {
	struct timer timer;
	size_t left; /* bytes queued when the timer was armed */
	bool begun, timed_out;
};

/* Number of recent addresses kept for completion. */
#define SHELL_USED_MAX 64

struct shell {
	struct hub *hub;
	struct loop *loop;
	struct log *log;
	struct journal *journal; /* owned by main; set after shell_init() */
	struct screen *screen;
	struct out *out;
	const struct cmd *const *table; /* NULL-terminated */
	struct grammar grammar;
	struct hashtable index; /* command names and aliases */
	uint64_t ran; /* number of the turn in which the JOBS phase last ran */
	struct task foreground;
	struct list ready;        /* tasks that can run */
	struct list jobs;         /* oldest first */
	struct list watchers;     /* calls that wait for any job to end */
	struct list output_waits; /* calls that wait for room in the output */
	struct list unread;       /* tasks that wait until stdout is read */
	struct list dispatchers; /* one or two for each session with handlers */
	struct buf new_sessions; /* not seen by handlers yet; pinned */
	bool ended_some;         /* a session ended: handlers on it may end */
	unsigned next_job;
	size_t job_count, jobs_max;
	struct job_ending endings[JOB_ENDINGS];
	struct hook work; /* JOBS phase: runs the ready tasks */
	struct subscriber sub;
	uint64_t timeout;         /* default timeout in ns */
	struct account memory;    /* used by variables of all tasks */
	size_t entries_max;       /* limit of a scope's entries in bytes */
	struct scope *shared;     /* variables of `share`, or NULL */
	struct env *shared_names; /* names of the shared variables */
	struct flush flush;
	bool interactive; /* an error does not end the shell */
	bool ended;       /* by quit, a failed script or a signal */
	int status;       /* exit code */
	/* Called when the prompt may change: a call starts or stops waiting, or
	 * the current session changes. Set by the front end; may be NULL. */
	void (*changed)(struct shell *);
	/* Appends the lines typed so far, oldest first, for `history`; may be
	 * NULL. */
	void (*history)(struct shell *, struct buf *out);
	/* Called when a child (`!`) gets the terminal, with its keys and
	 * Ctrl-C, and again when the child ends; may be NULL. */
	void (*lent)(struct shell *, bool away);
	void *front_end;
	char *used[SHELL_USED_MAX]; /* addresses, oldest first */
	size_t used_count;
};

/* Starts a shell. The arguments must outlive the shell. */
void shell_init(struct shell *, struct hub *, struct log *, struct screen *,
		struct out *, const struct cmd *const *table);
void shell_fini(struct shell *);

/*
 * Parses text and queues the program for the foreground task.
 * Result:  OK: queued, or the text is empty; MORE: the command is incomplete,
 *          call again with the whole text and more; BAD: the error was printed,
 *          and a script has ended.
 */
enum words_result shell_feed(struct shell *, struct bytes text,
			     const char *source, unsigned line, bool last);
/* Returns true if no foreground command runs, waits or is queued. */
bool shell_idle(const struct shell *);
/*
 * Handles Ctrl-C: ends the foreground command with the error `interrupted` and
 * discards the queued programs; ends a script (exit code 130).
 * Result: false if nothing was running.
 */
bool shell_interrupt(struct shell *);
/* Ends the shell with status 128 + signo. Prints nothing, but publishes the
 * command that was interrupted. */
void shell_signalled(struct shell *, int signo);
/* Appends the prompt, for example `c1 [expect]> `: the current session, its
 * state unless open, and the command that waits. */
void shell_prompt(const struct shell *, struct buf *out);
/*
 * Ends all jobs at the end of a script, and writes the queued output, in this
 * turn and the next ones. If peers read nothing for the default timeout, prints
 * send-timeout and ends the shell with that error.
 * Result: false: not done yet; call again in the next turn.
 */
bool shell_flush(struct shell *);
/* Ends the shell; at a prompt prints the names of the sessions that this
 * closes. */
void shell_quit(struct shell *, int status);
/* Prints an error as `WHERE: text`. */
void shell_print_error(struct shell *, const char *where, const struct err *);
/* Returns the current session of the task; may be NULL. */
struct session *task_current(const struct task *);
void task_use(struct task *, struct session *);
/* Finds a command by its exact name or an alias; else returns NULL. */
const struct cmd *shell_cmd(const struct shell *, struct bytes name);
/* Finds a command by a name that other tools use for it; else returns NULL. */
const struct cmd *shell_find_foreign(const struct shell *, struct bytes word);

/* Sets a variable of the task's scope, or a shared one, to any bytes. Each task
 * has its own built-in variables, which task_set_value() rejects. */
void task_set(struct task *, struct bytes name, struct bytes value);
/* Lends the value until the next change. Result: false: not set. */
bool task_get(const struct task *, struct bytes name, struct bytes *out);
/*
 * Sets the variable that a PARAM_VARIABLE was bound to: NAME or NAME[KEY].
 * Result:  0, or -1 and *e (usage: a built-in variable; limit:
 *          shell->entries_max, or a key over 64 KiB).
 */
int task_set_value(struct task *, const struct value *where, struct bytes value,
		   struct err *e);
bool task_value(const struct task *, const struct value *where,
		struct bytes *out);
/* Removes a variable or entry; without a key, the variable and all its entries.
 */
void task_unset(struct task *, const struct value *where);
/* Shares $NAME and its entries among all tasks; they start with the values of
 * this task. */
void task_share(struct task *, struct bytes name);
/* Sets a built-in variable. `which`: CAPTURED_LAST and so on. */
void task_set_builtin(struct task *, int which, struct bytes value);
/* Sets $0…$9 and $match from a match, and $name from its named captures. */
void task_set_match(struct task *, const struct match_found *);

/* A row of shell_settings; a NULL name ends the table. */
struct setting {
	struct param param; /* name, kind, choices, brief */
	int (*set)(struct shell *, const struct value *, struct err *e);
	void (*print)(const struct shell *, struct buf *out);
};
extern const struct setting shell_settings[];

/* Candidates for the word at the cursor of a line. */
struct completions {
	struct buf words; /* whole words, NUL-terminated, sorted, unique */
	size_t count;
	size_t from; /* offset of the word to replace */
	bool files;  /* file names are candidates too */
	bool open;   /* add no blank: the word may continue */
};
/* Finds completions for the word at `point`, an offset in the line. The caller
 * frees out->words. */
void shell_complete(struct shell *, struct bytes line, size_t point,
		    struct completions *out);
/* Records an address for completion. */
void shell_remember_address(struct shell *, struct bytes address);

#endif
