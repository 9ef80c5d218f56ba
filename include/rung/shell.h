/* SPDX-License-Identifier: ISC */
/*
 * The shell: parses lines into programs and runs them as tasks; keeps
 * variables, jobs and the current session. Each front end has one shell, and
 * gives it a table of commands, the lines to run and an `out` for the output.
 */
#ifndef RUNG_SHELL_H
#define RUNG_SHELL_H

#include "rung/hashtable.h"
#include "rung/hub.h"
#include "rung/log.h"
#include "rung/match.h"
#include "rung/out.h"
#include "rung/scheme.h"
#include "rung/screen.h"
#include "rung/words.h"

/* The version of rung, in messages and in protocols. */
#define RUNG_VERSION "0.1.0"

struct call;
struct journal;
struct cmd;
struct dispatcher;
struct entries;
struct env;
struct run;
struct shell;

/* The variables of one or more tasks; reference-counted. */
struct scope {
	unsigned refs;
	struct shell *shell;
	struct env *env;
	struct entries *entries; /* may be NULL */
	unsigned failed; /* number of the first job of this scope that failed,
			    or whose run failed, and that no `wait` has
			    reported; 0: none */
	struct err why;  /* reason for that failure */
	/* Scope of the server, a reference; set for the script of a peer.
	 * Failures count there, too. */
	struct scope *outer;
};

/* Built-in variables of a task: $0 to $9, then $match, $before, $last,
 * $message, $body, $status and $which. */
enum {
	BUILTIN_MATCH = MATCH_GROUPS,
	BUILTIN_BEFORE,
	BUILTIN_LAST,
	BUILTIN_MESSAGE,
	BUILTIN_BODY,
	BUILTIN_STATUS,
	BUILTIN_WHICH,
	BUILTIN_COUNT,
};
struct builtins {
	struct buf value[BUILTIN_COUNT]; /* value[i] is valid if set[i] */
	bool set[BUILTIN_COUNT];
	/* Messages from which the values from $match on were made,
	 * with references to their attributes; `rung` NULL: none. */
	struct origin origin[BUILTIN_COUNT - BUILTIN_MATCH];
	struct account *account; /* charged with the values; may be NULL */
};

/* A waiting call and its runs, set aside while typed commands run past it. */
struct parked {
	struct call *call; /* NULL: none */
	struct run *top;
	const struct session *current_target;
};

/* A queue of programs, and the call in execution. Lines of the front end run in
 * shell->foreground, jobs in tasks of their own. */
struct task {
	struct list ready; /* link in shell->ready, if the task can run */
	struct shell *shell;
	struct lookup lookup; /* finds variables */
	struct scope *scope;  /* counted reference */
	struct builtins builtins;
	struct env *locals;  /* named captures; foreground: scope->env */
	struct run *top;     /* innermost run; run->below: its caller */
	struct call *call;   /* call that runs or waits, or NULL */
	struct call *spare;  /* memory reused for each call */
	unsigned job;        /* number of the job whose commands run; 0: none */
	struct list lines;   /* programs not started yet */
	struct list passing; /* programs that run past the waiting call */
	struct parked parked;
	struct session *current; /* session of commands without @NAME; pinned;
				    NULL: none */
	bool holds; /* the current session is not closed in favour of a new
		       peer; false for handlers and served scripts */
	struct list unread; /* link in shell->unread, until stdout is read */
	bool printed; /* payload was printed that the reader of stdout may not
			 have read */
	const struct session
	    *current_target; /* session of this command; NULL: the current one,
				or no command is in execution */
	struct err error;    /* error of the last command */
	struct err failed;   /* error that ended the task early */
	struct dispatcher *dispatcher; /* set if the task handles events or
					  serves; else NULL */
	/* Called after all programs have run or one has failed; may free the
	 * task. NULL for the foreground. */
	void (*ended)(struct task *);
};

/* The result of a job, for `wait`. */
struct job_ending {
	unsigned number;
	struct err why; /* ERR_NONE: success */
};
#define JOB_ENDINGS 64

/* State of shell_flush(). */
struct flush {
	struct timer timer;
	size_t left; /* bytes queued when the timer was armed */
	bool begun, timed_out;
};

/* The state of `talk`. Talks are numbered from 1; 0: none. */
struct talk_state {
	unsigned last;  /* number of the newest talk */
	unsigned typed; /* talk of the next line that is typed */
	unsigned due;   /* talk that the current line has still to begin */
	unsigned on;    /* talk in progress */
	struct session *session; /* session of the talk in progress, or the
				    ended one while `over`; pinned; or NULL */
	bool at_eof;    /* the peer's side had ended before the talk began */
	bool over;      /* talk `typed` has ended, and its lines are refused */
	size_t refused; /* number of lines refused */
	struct err why; /* reason for the end, if `over` */
};

/* Number of recent addresses kept for completion. */
#define SHELL_USED_MAX 64

struct shell {
	struct hub *hub;
	struct loop *loop;
	struct log *log;
	struct journal *journal; /* lent; set after shell_init() */
	struct screen *screen;
	struct out *out;
	const struct cmd *const *table; /* NULL-terminated */
	const struct protocols *protocols;
	struct joined_params *joined; /* tables of rung_options_join() */
	struct grammar grammar;
	struct hashtable index; /* command names and aliases */
	uint64_t ran; /* time of the turn in which the JOBS phase last ran */
	struct task foreground;
	struct list ready;        /* tasks that can run */
	struct list jobs;         /* oldest first */
	struct list watchers;     /* calls that wait for any job to end,
				     or for a new session */
	struct list output_waits; /* calls that wait for room in the output */
	struct list unread;       /* tasks that wait until stdout is read */
	uint64_t search_steps;    /* left for the searches of this turn */
	struct list dispatchers; /* one or two for each session with handlers */
	struct buf new_sessions; /* not seen by handlers yet; pinned */
	bool ended_some;         /* a session ended: handlers on it may end */
	unsigned next_job;
	size_t job_count, jobs_max;
	uint64_t expects[2]; /* number of expects that passed, and failed */
	struct job_ending endings[JOB_ENDINGS];
	struct hook work; /* JOBS phase: runs the ready tasks */
	struct subscriber sub;
	uint64_t timeout;         /* default timeout in ns */
	struct account memory;    /* memory of the variables of all tasks */
	size_t entries_max;       /* limit of a scope's entries in bytes */
	struct scope *shared;     /* variables shared by `share`, or NULL */
	struct env *shared_names; /* names of the shared variables */
	struct flush flush;
	struct talk_state talk;
	/* Position in the text, from 1, of what is open after shell_feed()
	 * returned MORE. */
	unsigned open_line, open_col;
	bool interactive; /* at a prompt: an error does not end the shell */
	bool ended;       /* by quit, a failed script or a signal */
	int status;       /* exit code */
	/* Called if the prompt may have changed: a call starts or stops
	 * waiting, or the current session changes. Set by the front end; may be
	 * NULL. */
	void (*changed)(struct shell *);
	/* Returns true if a part of a command is typed, or a typed command has
	 * not begun: the current session must not change by itself. May be
	 * NULL. */
	bool (*typing)(const struct shell *);
	/* Appends the lines typed so far, oldest first, for the command
	 * `history`; may be NULL. */
	void (*history)(struct shell *, struct buf *out);
	/* Appends the usage of a mode of the program: `pipe`, `nc` or `ncat`.
	 * Set by the front end; may be NULL. */
	void (*mode_usage)(const char *mode, struct buf *out);
	/* Called with `away` true when a child (`!`) gets the terminal, and
	 * with false when the child ends; may be NULL. */
	void (*lent)(struct shell *, bool away);
	void *front_end;
	char *used[SHELL_USED_MAX]; /* addresses, oldest first */
	size_t used_count;
};

/* Starts a shell. The arguments must outlive the shell. */
void shell_init(struct shell *, struct hub *, struct log *, struct screen *,
		struct out *, const struct cmd *const *table,
		const struct protocols *);
void shell_fini(struct shell *);

/*
 * Parses text and queues the program for the foreground task.
 * Result:  OK: queued, or the text is empty. MORE: the command is incomplete;
 *          call again with the whole text and the next line. BAD: the error was
 *          printed, and a shell that runs a script has ended.
 */
enum words_result shell_feed(struct shell *, struct bytes text,
			     const char *source, unsigned line, bool last);
/* Returns true if the next line that is typed belongs to a `talk`. */
bool shell_talks(const struct shell *);
/* Ends the `talk` after the lines typed so far, as the line `~.` does. */
void shell_end_talk(struct shell *);
/* Returns true if the `talk` has ended, but lines typed for it may follow: they
 * are refused until shell_talk_release(). */
bool shell_talk_is_over(const struct shell *);
/* Makes the next line a command again. */
void shell_talk_release(struct shell *);
/* Returns true if no foreground command runs, waits or is queued. */
bool shell_idle(const struct shell *);
/*
 * Handles Ctrl-C: ends the foreground command with the error `interrupted` and
 * discards the queued programs; a script ends with exit code 130. If commands
 * run past a waiting one, only they end.
 * Result: false if no command was running.
 */
bool shell_interrupt(struct shell *);
/* Ends the shell with status 128 + signo. Prints nothing, but publishes the
 * error of the interrupted command. */
void shell_signalled(struct shell *, int signo);
/* Appends the prompt, for example `c1 +14 [expect]> `: the current session, its
 * state unless that is open, the unread bytes (`+14`) or messages (`+2m`), and
 * the command that waits. */
void shell_prompt(const struct shell *, struct buf *out);
/* Returns a number that rises if data arrives for the current session, and
 * falls if a command consumes data. Data that a full inbox drops does not lower
 * it. */
uint64_t shell_unread_level(const struct shell *);
/*
 * Ends all jobs at the end of a script, and waits, over several turns, until
 * the sessions have sent their queues. If peers read nothing for the default
 * timeout, prints the error send-timeout and ends the shell.
 * Result: false: not done yet; call again in the next turn.
 */
bool shell_flush(struct shell *);
/* Returns the exit code of a script that ends without an error: that of the
 * first job or handler that failed, if no `wait` has reported it. At a prompt:
 * 0. */
int shell_exit_code(const struct shell *);
/* Ends the shell. At a prompt, prints the names of the open sessions, which the
 * end closes. */
void shell_quit(struct shell *, int status);
/* Prints an error as `WHERE: text`. */
void shell_print_error(struct shell *, const char *where, const struct err *);
/* Returns the current session of the task; may be NULL. */
struct session *task_current(const struct task *);
void task_use(struct task *, struct session *);
/* Finds a command by its exact name or an alias; returns NULL if there is none.
 */
const struct cmd *shell_cmd(const struct shell *, struct bytes name);
/* Returns the parameters of a command, among them the options of rungs. */
const struct param *shell_params(const struct shell *, const struct cmd *);

/* Sets a variable of the task's scope, or a shared one, to any bytes. For
 * built-in variables use task_set_builtin(). */
void task_set(struct task *, struct bytes name, struct bytes value);
/* Lends the value of a variable until the next change. Result: false: not set.
 */
bool task_get(const struct task *, struct bytes name, struct bytes *out);
/*
 * Sets the variable NAME or NAME[KEY] to which a PARAM_VARIABLE was bound.
 * Result:  0, or -1 and *e (usage: a built-in variable; limit: no memory,
 *          shell->entries_max, or a key over 64 KiB).
 */
int task_set_value(struct task *, const struct value *where, struct bytes value,
		   struct err *e);
bool task_value(const struct task *, const struct value *where,
		struct bytes *out);
/* Removes NAME[KEY]; without a key, the variable and all its entries. */
void task_unset(struct task *, const struct value *where);
/* Shares $NAME and its entries among all tasks, with the values that this task
 * has set. */
void task_share(struct task *, struct bytes name);
/* Sets a built-in variable. `which`: BUILTIN_LAST and so on. `from`: the
 * message whose facts are its entries; NULL: none. */
void task_set_builtin(struct task *, int which, struct bytes value,
		      const struct origin *from);
/* Sets $message, and of a message with a head $body and $status. */
void task_set_message(struct task *, struct bytes data, const struct origin *);
/* Sets $0 to $9 and $match from a match, and other variables from its named
 * captures. `from`: as for task_set_builtin(). */
void task_set_match(struct task *, const struct match_found *,
		    const struct origin *from);

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
	bool tab;    /* insert a tab; there are no candidates */
	bool open;   /* the word may continue: no blank is added */
};
/* Finds completions for the word at `point`, an offset in the line. The caller
 * frees out->words. */
void shell_complete(struct shell *, struct bytes line, size_t point,
		    struct completions *out);
/* Keeps an address for completion. */
void shell_remember_address(struct shell *, struct bytes address);

#endif
