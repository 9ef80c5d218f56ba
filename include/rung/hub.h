/* SPDX-License-Identifier: ISC */
/*
 * The hub: all sessions, their names, and the bus on which they tell what
 * happens. Frees sessions, between turns and nowhere else.
 */
#ifndef RUNG_HUB_H
#define RUNG_HUB_H

#include "rung/session.h"

enum event_kind {
	EVENT_CREATED, /* a session is there */
	EVENT_STATE,   /* its state changed */
	EVENT_MESSAGE, /* a unit came or was sent */
	EVENT_NOTICE,  /* text for people */
	EVENT_DETAIL,  /* text for people who asked for detail */
	EVENT_ENDED,   /* it closed; session_why() says how */
	/* What the shell tells, and main; where nobody heeds, they need not: */
	EVENT_EXPECT,  /* an expect is over: text is what was awaited; unit what
			  matched, or err */
	EVENT_CONTEXT, /* what explains the failure that follows: text, rows */
	EVENT_ERROR,   /* err: a failure, as it is told */
	EVENT_EXIT,    /* the program ends with this status */
};

struct event { /* every pointer lent for the call only */
	enum event_kind kind;
	enum dir dir;
	const struct session *session;
	const struct unit *unit; /* MESSAGE; EXPECT that matched: how */
	const char *text;        /* NOTE, DETAIL: one line */
	const struct err *err;   /* ENDED with an error; EXPECT; ERROR */
	const char *command;     /* ERROR: its name, or NULL */
	const char *source;      /* EXPECT, ERROR: as a program's; NULL: none */
	unsigned line, col;      /* there; 0: none */
	bool tried;              /* ERROR, EXPECT: a `try` takes it */
	int status;              /* EXIT */
	uint64_t at;             /* ns monotonic */
	uint64_t number;         /* MESSAGE: its number, from 1, over all */
	uint64_t offset; /* MESSAGE: of its first byte in its direction */
};

/* Hears events. Looks, does not touch: no send, close or subscribe. */
struct subscriber {
	struct list at;
	unsigned ignored; /* kinds it does not want, each 1u << kind */
	void (*on_event)(struct subscriber *, const struct event *);
};

/* What is left of a session that is gone. */
struct ended_session {
	char name[SESSION_NAME_MAX];
	struct err err; /* kind ERR_NONE: ended in order */
	char why[256];
};
#define HUB_ENDED_KEPT 256
/* Bytes of memory, unless the owner sets another limit. */
#define HUB_MEMORY ((size_t)256 << 20)
/* Peers of a listener at a time, unless the owner sets peers_max. */
#define HUB_PEERS_MAX 10000u
/* Ended peers that still hold bytes, or wait to be accepted, at one time. */
#define HUB_ENDED_MAX 1024

struct hub { /* one a process, made by main */
	struct loop *loop;
	struct net *net;
	struct list sessions; /* oldest first */
	struct list ending;
	struct list starved; /* sessions that read on when memory is free */
	struct list subs;
	struct budget memory; /* inboxes, queues, logs and variables */
	struct hook reap;
	struct display display; /* what new sessions start with */
	struct frame *frame;    /* and streams among them; NULL: none. Owned */
	struct proxy *proxy; /* that TCP clients go through; NULL: none. Owned
			      */
	size_t inbox_limit, queue_limit;
	unsigned peers_max; /* that a listener may have at a time */
	unsigned next_id, clients, listeners;
	bool has_observers;      /* somebody hears EXPECT and what follows it */
	bool hungry;             /* a session became starved */
	unsigned long starvings; /* how often that was */
	bool reap_pending;       /* an ended session may be free to go */
	uint64_t messages;
	uint64_t began; /* ns monotonic */
	struct ended_session *ended_sessions;
	unsigned ended_count;
	size_t count;
};

void hub_init(struct hub *, struct loop *, struct net *);
/* Closes and frees all. Subscribers must be gone. */
void hub_fini(struct hub *);
/* What new streams are cut into; NULL: nothing. Those that echo are not. */
void hub_set_frame(struct hub *, const struct frame *);

/* By way of whom new TCP clients connect whose plan names no proxy; NULL: of
 * nobody. */
void hub_set_proxy(struct hub *, const struct proxy *);

/* How a session is to be. Lent for the call. */
struct session_options {
	const struct endpoint *endpoint;
	struct bytes name; /* BYTES_NONE: c1, s1… */
	struct dial_options dial;
	struct listen_options listen;
	bool echo, once;
	bool direct; /* not by way of the hub's proxy */
};
/* Result: NULL and *e (usage: a name in use or malformed; or the link's). */
struct session *hub_connect(struct hub *, const struct session_options *,
			    struct err *e);
struct session *hub_listen(struct hub *, const struct session_options *,
			   struct err *e);

/* Result: NULL and *e: closed, where there was one (and why it ended), else
 * usage with the nearest name. */
struct session *hub_find(struct hub *, struct bytes name, struct err *e);
/* The next session after `after` (NULL: from the first) that a pattern with *
 * and ? matches. */
struct session *hub_match(struct hub *, struct bytes pattern,
			  const struct session *after);
/* Of a session that is gone, the newest of that name; NULL: unknown. */
const struct ended_session *hub_find_ended(const struct hub *,
					   struct bytes name);

void hub_subscribe(struct hub *, struct subscriber *);
void hub_unsubscribe(struct subscriber *);
void hub_publish(struct hub *, struct event *);
void hub_notice(struct hub *, const struct session *, bool detail,
		const char *fmt, ...) RUNG_PRINTF(4, 5);

#endif
