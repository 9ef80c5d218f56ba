/* SPDX-License-Identifier: ISC */
/*
 * The hub: all sessions, their names, and the bus of their events. Sessions are
 * freed only in the REAP phase of a turn, and by hub_fini().
 */
#ifndef RUNG_HUB_H
#define RUNG_HUB_H

#include "rung/session.h"
#include "rung/trace.h"

enum event_kind {
	EVENT_CREATED,
	EVENT_STATE,
	EVENT_LADDER,  /* rungs or line ending changed; of a listener: those
			  of new peers */
	EVENT_MESSAGE, /* unit received or sent */
	EVENT_CONTROL, /* unit of KIND_CONTROL received or sent */
	EVENT_NOTICE,  /* text for people */
	EVENT_DETAIL,  /* text, with -v only */
	EVENT_ENDED,   /* session closed; see session_why() */
	/* Published by the shell and the program, for --json and --tap only: */
	EVENT_EXPECT,  /* result of an expect: text, unit or err */
	EVENT_CONTEXT, /* text that explains the next error */
	EVENT_ERROR,   /* err: error of a command or of the program */
	EVENT_EXIT,    /* status: exit code of the program */
};

struct event { /* pointers are lent for the call */
	enum event_kind kind;
	enum dir dir;
	const struct session *session;
	const struct unit *unit; /* MESSAGE, CONTROL; EXPECT: the match */
	/* MESSAGE, CONTROL: the rung that passed it up or took it, or NULL. */
	const struct rung *rung;
	const char *text;      /* NOTICE, DETAIL: one line */
	const struct err *err; /* ENDED with an error; EXPECT; ERROR */
	const char *command;   /* ERROR: the command's name, or NULL */
	const char *source; /* EXPECT, ERROR: the command's file; NULL: none */
	unsigned line, col; /* position in source; 0: none */
	unsigned job; /* EXPECT, ERROR: job whose command it was; 0: none */
	bool tried;   /* ERROR, EXPECT: inside a `try` */
	int status;   /* EXIT */
	uint64_t at;  /* ns monotonic */
	/* MESSAGE, CONTROL: from 1 over all sessions; 0: KIND_STEP. */
	uint64_t number;
	uint64_t offset; /* MESSAGE: position in the data of its direction */
};

/* Receives the hub's events. on_event() must not send, close or subscribe. */
struct subscriber {
	struct list at;
	unsigned ignored; /* kinds not received, each 1u << kind */
	void (*on_event)(struct subscriber *, const struct event *);
};

/* Facts about a session that was freed. */
struct ended_session {
	char name[SESSION_NAME_MAX];
	unsigned log_id;
	struct err err; /* ERR_NONE: orderly end */
	char why[256];
};
#define HUB_ENDED_KEPT 256
/* Default limit of hub->memory, in bytes. */
#define HUB_MEMORY ((size_t)256 << 20)
/* Default of hub->peers_max. */
#define HUB_PEERS_MAX 10000u
/* Limit of ended peers kept because they have unread bytes or no command has
 * accepted them. */
#define HUB_ENDED_MAX 1024

struct hub { /* one for each process */
	struct loop *loop;
	struct net *net;
	struct list sessions; /* oldest first */
	struct list ending;
	struct list starved; /* sessions not read until memory is free */
	struct list subs;
	struct budget memory; /* used by inboxes, queues, logs and variables */
	struct trace *trace;  /* for all sessions; owned */
	struct hook reap;
	struct display display; /* default of new sessions */
	struct rung_plan *plan; /* for new streams; or NULL */
	struct keylog *keylog;  /* $SSLKEYLOGFILE, `set keylog`; NULL: none.
				   Owned */
	struct proxy *proxy;    /* for new TCP clients; NULL: none. Owned */
	size_t inbox_limit, queue_limit;
	uint64_t open_timeout;  /* limit for rungs to open, ns */
	uint64_t close_timeout; /* limit for goodbyes and the queue, ns */
	unsigned peers_max;     /* limit of a listener's open peers */
	unsigned next_id, clients, listeners;
	bool close_on_error;     /* a rung that fails also ends the link */
	bool lenient;            /* rungs continue if a peer breaks a rule */
	bool has_observers;      /* a subscriber needs EXPECT and later kinds */
	bool input_held;         /* no session reads; see hub_hold_input() */
	bool hungry;             /* a session became starved */
	unsigned long starvings; /* how often a session became starved */
	bool reap_pending;       /* an ended session may be freed */
	uint64_t messages;
	uint64_t requests; /* number of ids that `request` has given */
	uint64_t began;    /* ns monotonic */
	struct ended_session *ended_sessions;
	unsigned ended_count;
	size_t count;
};

void hub_init(struct hub *, struct loop *, struct net *);
/* Closes and frees all sessions. All subscribers must have unsubscribed. */
void hub_fini(struct hub *);
/* Sets the rungs of new sessions; NULL or an empty plan: none. Echo sessions,
 * and sessions whose link the rungs do not fit, do not get them. */
void hub_set_plan(struct hub *, struct rung_plan *);

/* Sets the key log of all sessions; NULL: none. The hub frees it. */
void hub_set_keylog(struct hub *, struct keylog *);
/* Sets the proxy of new TCP clients for which no proxy is given; NULL: none. */
void hub_set_proxy(struct hub *, const struct proxy *);

/* Options of a new session. Lent for the call. */
struct session_options {
	const struct endpoint *endpoint;
	struct bytes name; /* BYTES_NONE: the next of c1, c2... or s1, s2... */
	struct dial_options dial;
	struct listen_options listen;
	/* Rungs of the session, or of a listener's peers, below those of the
	 * hub; NULL or an empty plan: none. */
	struct rung_plan *rungs;
	bool echo, once;
	bool direct; /* no proxy, not even the hub's */
	/* Session whose carrier the new client becomes; the hub's rungs and
	 * `name` are then not used. NULL: no carrier. */
	struct session *owner;
	/* Session whose name and display settings the new client gets; `name`
	 * and the hub's rungs are then not used. NULL: none. */
	const struct session *instead;
};
/* Makes a session that connects; hub_listen() makes one that listens. Result:
 * NULL and *e (usage: invalid or used name; or the link's error). */
struct session *hub_connect(struct hub *, const struct session_options *,
			    struct err *e);
struct session *hub_listen(struct hub *, const struct session_options *,
			   struct err *e);
/*
 * Closes a client, and makes a new one with copies of its name, address,
 * options, rungs and display settings. A search by name finds the older one
 * until hub_follow() or session_release() is called. If the older one is
 * `followed`, hub_match() finds the new one only after hub_follow().
 * Result:  NULL and *e: usage (not a client with a link of its own), or as for
 *          hub_connect().
 */
struct session *hub_reconnect(struct session *old, struct err *e);
/* Lets a client that hub_reconnect() made take the place of the old one, which
 * is released. */
void hub_follow(struct session *now, struct session *old);

/* Options of a session on a hosted link. Lent for the call. */
struct host_options {
	const struct transport_ops *row;   /* with kind_hosted; static */
	const struct carrier_ops *carrier; /* static */
	void *context;                     /* for transport_context() */
	struct session *parent; /* new peer's listener; NULL: a client */
	struct bytes name;      /* client's, as in session_options */
	const struct endpoint *endpoint; /* requested address, with `row` as its
					    ops; or NULL */
	const struct addr *peer;         /* peer's address; NULL: unknown */
	struct rung_plan *plan;          /* session's rungs; NULL: none */
};
/*
 * Makes a session on a hosted link. A new client is connecting. A new peer is
 * open, and the callbacks of `carrier` may be called before the return.
 * Result:  NULL and *e, and no callback was or will be called: usage (invalid
 *          or used name, a plan that does not fit), limit (the listener has its
 *          limit of open peers), or the error that ended the listener.
 */
struct session *hub_host(struct hub *, const struct host_options *,
			 struct err *e);
/*
 * Makes a session a carrier of `owner`, which must not be a carrier, and
 * renames the session: c1/1, s1.1/1. A carrier of another owner is moved.
 *
 * A carrier is no peer. A pattern matches it only if the pattern has a `/`. The
 * messages of a carrier are not published; other events are details. An owner
 * other than a listener must limit the number of its carriers, which close when
 * the owner closes. A closed carrier is freed once nothing awaits it: the owner
 * awaits each carrier until all of the carrier's data was taken.
 */
void hub_add_carrier(struct session *carrier, struct session *owner);

/* Receives the connections of a listener, which become carriers instead of
 * peers. */
struct router {
	/* Called for each new carrier, which has the rungs of the listener's
	 * plan. Must only await the carrier, and act later. */
	void (*accepted)(struct router *, struct session *carrier);
	/* Called before the listener is freed, unless the router was replaced;
	 * must stop awaiting all carriers. A pin on the listener delays the
	 * call, except in hub_fini(). */
	void (*freed)(struct router *);
};
/*
 * Sets the router of a listener; NULL: connections become peers again. While
 * there is a router, only hub_host() makes peers, and the limit of peers counts
 * only these. The carriers stay open when the listener closes, and the router
 * closes them.
 * Errors:  usage (not a listener of connections, or a listener of a single
 *          connection).
 */
int hub_route(struct session *listener, struct router *, struct err *e);

/* Finds a session by its exact name. Result: NULL and *e: class closed, with
 * the reason, if the session has ended; else usage, with the nearest name. */
struct session *hub_find(struct hub *, struct bytes name, struct err *e);
/* Returns the open listener that may still give this name to a new peer; NULL:
 * there is none. */
struct session *hub_find_listener(const struct hub *, struct bytes peer);
/* Returns the next session after `after` (NULL: the first) whose name matches a
 * pattern with * and ?. Only a pattern with a `/` matches carriers. */
struct session *hub_match(struct hub *, struct bytes pattern,
			  const struct session *after);
/* Returns facts about the last freed session of that name; NULL: unknown. */
const struct ended_session *hub_find_ended(const struct hub *,
					   struct bytes name);

/* Closes the open sessions whose rungs say goodbye. Result: true while a rung
 * waits for its peer; hub->close_timeout bounds that. */
bool hub_says_goodbyes(struct hub *);
/* With `hold`, no session reads or accepts until a call without `hold`; for a
 * subscriber that cannot keep more events. */
void hub_hold_input(struct hub *, bool hold);
void hub_subscribe(struct hub *, struct subscriber *);
void hub_unsubscribe(struct subscriber *);
void hub_publish(struct hub *, struct event *);
void hub_notice(struct hub *, const struct session *, bool detail,
		const char *fmt, ...) RUNG_PRINTF(4, 5);

#endif
