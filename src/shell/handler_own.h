/* SPDX-License-Identifier: ISC */
/*
 * Handlers and dispatchers, shared by handler.c, dispatch.c and dispatcher.c
 * only.
 */
#ifndef RUNG_SHELL_HANDLER_OWN_H
#define RUNG_SHELL_HANDLER_OWN_H

#include "job_own.h"

/* The job of an `on` or of a `listen --serve`. */
struct handler {
	struct job job;
	struct session *target; /* pinned */
	enum handler_event event;
	const struct unit_kind *kind; /* NULL: messages of any kind */
	char *name;              /* attribute `name` of the units; NULL: any */
	struct match *match;     /* reference; NULL: any message */
	bool last;               /* gets only what no other handler takes */
	struct program *program; /* reference */
	unsigned over; /* id of the ended client whose events it has got; 0:
			  none */
};

/* Runs the handlers of one session, or serves one peer. */
struct dispatcher {
	struct list at;          /* in shell->dispatchers */
	struct session *session; /* pinned */
	struct waiter waiter;
	struct task task;
	bool serves;
	struct timer linger; /* checks the progress of the last flush */
	size_t left;         /* bytes queued when linger was armed */
	bool timed_out;
	bool endless; /* a notice said that a message is too long */
	unsigned reported[ON_PEER + 1]; /* number of the last job that got the
					   event, for events that occur once */
	uint64_t control; /* number of the next control unit to handle */
	/* A search in a message, if it continues in the next turn. */
	struct {
		unsigned job;     /* number of the handler; 0: none */
		uint64_t message; /* stream offset of the message; for a control
				     unit, UINT64_MAX minus its number */
		size_t from;
		struct match_steps steps;
	} search;
};

/* ---- handler.c */

/* Returns NULL if the job is neither a handler nor a server. */
struct handler *handler_of(struct job *);
/* Returns true for a handler of the event, false for a server. */
bool handler_handles(const struct handler *, enum handler_event);
/* Returns the next job after `after` (NULL: the first) that is a handler of the
 * session, of a session that it reconnected, or of its listener; NULL: none. */
struct handler *handler_next(struct shell *, const struct list *after,
			     const struct session *);

/* ---- dispatch.c */

/* Returns true if a handler handles messages, or with `control`, control
 * units. */
bool dispatcher_handles(struct dispatcher *, bool control);
/*
 * Starts the first handler that matches the next message or control unit.
 * Consumes messages that no handler matches; the log still has them.
 * Result:  true if a handler was started, or the rest is left to the next turn.
 */
bool dispatcher_dispatch(struct dispatcher *);
/* Returns true if the inbox has a whole message. */
bool dispatcher_has_message(const struct session *);
/* Prints a notice, once, if the first message cannot become whole: the inbox
 * is full. */
void dispatcher_note_endless(struct dispatcher *);

/* ---- dispatcher.c */

/* Starts a handler, or a server's script. */
void dispatcher_begin(struct dispatcher *, struct handler *);
/* Updates the dispatchers of a session, and if it is a listener, of its peers,
 * after a handler was added (`came`) or removed. */
void dispatchers_refresh(struct shell *, struct session *, bool came);

#endif
