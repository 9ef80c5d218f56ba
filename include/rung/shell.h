/* SPDX-License-Identifier: ISC */
/*
 * The shell: programs to calls, their queue, waits and variables; one for each
 * front end. Which commands exist is told to it; where lines come from and
 * where words go is not its affair.
 */
#ifndef RUNG_SHELL_H
#define RUNG_SHELL_H

#include "rung/hub.h"
#include "rung/log.h"
#include "rung/match.h"
#include "rung/out.h"
#include "rung/screen.h"
#include "rung/words.h"

struct call;
struct journal;
struct cmd;
struct entries;
struct env;
struct run;
struct shell;

/* What the words of a task mean: variables and the current session. Shared by
 * the tasks that it was handed on to; counted. */
struct scope {
	unsigned refs;
	struct shell *shell;
	struct env *env;
	struct entries *entries; /* NULL: none yet */
	unsigned failed; /* the first job begun in it that failed and was not
			    waited for; 0: none */
	struct err why;  /* its reason */
	struct session *current; /* pinned, or NULL */
	bool serves; /* a peer's: its current session may make room */
};

/* $0 to $9 of a task, and what stands around them. */
enum {
	CAPTURED_MATCH = MATCH_GROUPS,
	CAPTURED_BEFORE,
	CAPTURED_LAST,
	CAPTURED_MESSAGE,
	CAPTURED_COUNT,
};
struct builtins {
	struct buf value[CAPTURED_COUNT]; /* good where set */
	bool set[CAPTURED_COUNT];
	struct account *account; /* counts them; NULL: none */
};

/* One queue of work: programs within programs, and the call that is on. The
 * front end's is the front; others run beside it. */
struct task {
	struct list ready; /* shell->ready, while it has something to do */
	struct shell *shell;
	struct scope *scope;      /* held */
	struct builtins builtins; /* what rung itself sets */
	struct env *locals; /* captures with a name; the front's is its scope's,
			    any other's its own */
	struct run *top;    /* what runs now; its callers below */
	struct call *call;  /* the one that runs or waits, or NULL */
	struct call *spare; /* its memory, kept between calls */
	struct list lines;  /* programs that were fed and have not begun */
	struct session *target; /* what it works on, or NULL; pinned */
	struct list unread;     /* shell->unread, until its output is taken */
	bool printed;           /* payload, since it last waited for that */
	const struct session *current_target; /* what the command at hand works
				     on, or NULL: the current one */
	struct err error;                     /* of its last command */
	struct err failed;                    /* what ended it early */
	/* All has run, or an error ended it; may free it. The front's: NULL. */
	void (*ended)(struct task *);
};

/* How a job ended, for `wait`. */
struct job_ending {
	unsigned number;
	struct err why; /* ERR_NONE: in order */
};
#define JOB_ENDINGS 64

/* The end of a script, while what was queued is written. */
struct flush {
	struct timer timer;
	size_t left; /* bytes, when the time began */
	bool begun, timed_out;
};

/* Addresses remembered for completion. */
#define SHELL_USED_MAX 64

struct shell {
	struct hub *hub;
	struct loop *loop;
	struct log *log;
	struct journal *journal; /* main's; set after shell_init() */
	struct screen *screen;
	struct out *out;
	const struct cmd *const *table; /* NULL-ended */
	struct grammar grammar;
	struct lookup lookup;
	struct cmd_index *index; /* of the table, by name */
	uint64_t ran;            /* the turn in which JOBS ran last */
	struct task foreground;
	struct task *running;     /* in this moment, or NULL */
	struct list ready;        /* tasks that have something to do */
	struct list jobs;         /* oldest first */
	struct list watchers;     /* waiters for the end of any job */
	struct list output_waits; /* calls that print on when there is room */
	struct list unread;       /* tasks that run on when stdout was read */
	struct list dispatchers;  /* of sessions with handlers */
	struct buf
	    new_sessions; /* sessions that handlers have to meet; pinned */
	bool ended_some;  /* a session has: handlers may be done with */
	unsigned next_job;
	size_t job_count, jobs_max;
	struct job_ending endings[JOB_ENDINGS];
	struct hook work; /* JOBS: the tasks that are ready run */
	struct subscriber sub;
	uint64_t timeout;         /* ns: the default deadline */
	struct account memory;    /* variables of all tasks */
	size_t entries_max;       /* bytes: what a scope's entries may hold */
	struct scope *shared;     /* what all tasks share, or NULL */
	struct env *shared_names; /* which names that are */
	struct flush drain;
	bool interactive; /* errors do not end it */
	bool ended;       /* quit, or a script that failed */
	int status;       /* the exit code when ended, or at the end of input */
	/* The front end's; may be NULL. Called when a call begins or ends to
	 * wait and when the current session changes: the prompt may change. */
	void (*changed)(struct shell *);
	/* The lines typed so far, oldest first, for `history`; may be NULL. */
	void (*history)(struct shell *, struct buf *out);
	/* A child has the terminal (`!`), keys and Ctrl-C included, or has
	 * given it back; may be NULL. */
	void (*lent)(struct shell *, bool away);
	void *front_end;
	char *used[SHELL_USED_MAX]; /* addresses, oldest first */
	size_t used_count;
};

/* Wired by main: all pointers outlive it. */
void shell_init(struct shell *, struct hub *, struct log *, struct screen *,
		struct out *, const struct cmd *const *table);
void shell_fini(struct shell *);

/*
 * Parses lines and queues them behind what is running.
 * Result:  OK (queued, or nothing in it); MORE: not a whole command yet, feed
 *          it again with more behind it; BAD: the error has been told, and in
 *          a script the shell has ended with it.
 */
enum words_result shell_feed(struct shell *, struct bytes text,
			     const char *source, unsigned line, bool last);
/* Nothing runs, waits or is queued. */
bool shell_idle(const struct shell *);
/* Ctrl-C: what runs or waits ends with `interrupted`, what is queued goes.
 * Result: false: there was nothing. A script ends (130). */
bool shell_interrupt(struct shell *);
/* A signal ends it, with 128 + signo: programs that listen are told what was
 * on; whoever sent it knows. */
void shell_signalled(struct shell *, int signo);
/* Appends `c1 [expect]> `: the current session, its state unless open, what is
 * waited for. */
void shell_prompt(const struct shell *, struct buf *out);
/*
 * A script has come to its end: ends all jobs, and in this turn and the next
 * ones writes what `send -n` has queued. Peers that take nothing for the
 * default timeout are given up: told, and the shell ends with send-timeout.
 * Result: false: not yet; ask again in the next turn.
 */
bool shell_flush(struct shell *);
/* The end of input or of a script: says which sessions close. */
void shell_quit(struct shell *, int status);
/* Tells an error as `WHERE: text` with the hint that helps. */
void shell_print_error(struct shell *, const char *where, const struct err *);
/* Of the task that runs, at other times of the front: the current session, and
 * its change; NULL: none. */
struct session *shell_current(const struct shell *);
void shell_use(struct shell *, struct session *);
/* The exact name or an alias, else NULL. */
const struct cmd *shell_cmd(const struct shell *, struct bytes name);
/* What the word is for in other tools, else NULL. */
const struct cmd *shell_find_foreign(const struct shell *, struct bytes word);

/* Variables, of the task that runs or of the front; a value is any bytes. What
 * rung itself sets (the names that shell_set_value() refuses) is the task's
 * own. */
void shell_set(struct shell *, struct bytes name, struct bytes value);
/* Lends until the next let. Result: false: unset. */
bool shell_get(const struct shell *, struct bytes name, struct bytes *out);
/*
 * The same of what a PARAM_VARIABLE was bound to: NAME, or NAME[KEY].
 * Result:  0, or -1 and *e (usage: rung sets it itself; limit:
 *          shell->entries_max, a key of 64 KiB).
 */
int shell_set_value(struct shell *, const struct value *where,
		    struct bytes value, struct err *e);
bool shell_value(const struct shell *, const struct value *where,
		 struct bytes *out);
/* Without a key: the variable and all its entries. */
void shell_unset(struct shell *, const struct value *where);
/* From now on $NAME and its entries are the same ones in all tasks; what the
 * task at hand has there, all have then. */
void shell_share(struct shell *, struct bytes name);
/* One of what rung itself sets, by its place: CAPTURED_LAST… */
void shell_set_builtin(struct shell *, int which, struct bytes value);
/* $0…$9 become the groups of a match, $match the whole of it, $name its
 * captures with a name. */
void shell_set_match(struct shell *, const struct match_found *);

/* A setting: the index is shell_settings, name NULL ends it. */
struct setting {
	struct param param; /* name, kind, choices, brief */
	int (*set)(struct shell *, const struct value *, struct err *e);
	void (*print)(const struct shell *, struct buf *out);
};
extern const struct setting shell_settings[];

/* What could stand at `point` of a line: whole words, from `*from` on. */
struct completions {
	struct buf words; /* each NUL-terminated; sorted, no doubles */
	size_t count;
	size_t from; /* where the word to replace begins in the line */
	bool files;  /* file names could stand there too */
	bool open;   /* no blank behind it: more of the word may follow */
};
/* The owner frees out->words. */
void shell_complete(struct shell *, struct bytes line, size_t point,
		    struct completions *out);
/* An address was used: completion offers it from now on. */
void shell_remember_address(struct shell *, struct bytes address);

#endif
