/* SPDX-License-Identifier: ISC */
/*
 * Links: sockets of any kind and child processes, which receive and send units.
 * Each scheme has a row of ops. A link does not know sessions or rungs; it
 * passes data to a sink.
 */
#ifndef RUNG_TRANSPORT_H
#define RUNG_TRANSPORT_H

#include "rung/addr.h"
#include "rung/budget.h"
#include "rung/loop.h"
#include "rung/rio.h"
#include "rung/sockopt.h"
#include "rung/unit.h"

struct proxy;
struct serving;
struct transport;

enum link_state {
	LINK_NEW,
	LINK_RESOLVING,
	LINK_CONNECTING,
	LINK_LISTENING,
	LINK_OPEN,   /* ended[] has the directions that are shut down */
	LINK_CLOSED, /* no fd */
};

/* The cause of a link's end; set with LINK_CLOSED. */
enum cause {
	CAUSE_NONE,
	CAUSE_LOCAL,       /* closed by rung */
	CAUSE_LOCAL_RESET, /* reset by rung */
	CAUSE_PEER,        /* both directions shut down, the peer's first */
	CAUSE_BOTH,        /* both directions shut down, rung's first */
	CAUSE_RESET,       /* reset by the peer */
	CAUSE_FAILED,      /* did not open, or a system error */
	CAUSE_ROOM,        /* datagram peer closed in favour of a new one */
};

/* Options of a new connection. Lent for the call that takes them. */
struct dial_options {
	const struct endpoint *from; /* local address to bind, or NULL */
	/* Addresses that the caller has already resolved, with port and of the
	 * wanted family; NULL: the name is looked up. Not allowed with a proxy.
	 */
	const struct addr *known;
	size_t known_count;
	/* Proxy, or NULL. TCP only (else a usage error). The proxy resolves the
	 * target's name, unless its protocol is SOCKS 4. */
	const struct proxy *proxy;
	/* Name of a file with the proxy's password, which the link reads while
	 * it is resolving; NULL: none. With such a file, `proxy` comes from
	 * proxy_parse_address(). */
	const char *proxy_auth;
	/* exec: the link that the child serves, for its environment; or NULL */
	const struct serving *serves;
	/* exec: NAME=VALUE entries, NULL-terminated, added to rung's
	 * environment; each replaces an entry of the same name. NULL: none. */
	const char *const *env;
	bool capture_stderr; /* exec: stderr is reported as notices, else
				inherited */
	const struct socket_options *socket_options; /* or NULL */
};

/* The link that an exec endpoint's child serves. */
struct serving {
	struct addr remote, local;       /* len 0: none */
	const struct transport_ops *ops; /* ops of that link */
};

struct listen_options {
	/*
	 * Datagrams: limit of the number of peers; 0: none. At the limit, a new
	 * peer replaces the longest idle peer for which may_go() is true; if
	 * there is none, the datagram is dropped with a notice.
	 * Connections are counted by the owner instead: while wants_input()
	 * returns false, they stay in the backlog.
	 */
	unsigned max_peers;
	bool hold; /* connections are accepted only by transport_accept() */
	const struct socket_options *socket_options; /* or NULL */
};

/* Callbacks to the owner of a link. Called from the loop, not during the call
 * that starts the link, unless noted. */
struct transport_sink {
	/* Called after t->state has changed. `why`: set for LINK_CLOSED with
	 * CAUSE_FAILED or CAUSE_RESET, else NULL. Before LINK_CLOSED, all
	 * received units have been passed up. */
	void (*state_changed)(struct transport *, const struct err *why);
	/* Passes up bytes, a datagram, or the end (UNIT_END, no data). The
	 * owner must take the whole unit. */
	void (*received)(struct transport *, const struct unit *);
	/* Called after a queue was flushed; not after a send that queued
	 * nothing. */
	void (*drained)(struct transport *);
	/* Called after rung's direction was shut down by transport_shut_write()
	 * (at once, or after the queue was flushed), if the peer's direction is
	 * still open. May be NULL. */
	void (*write_shut)(struct transport *);
	/*
	 * Called for a datagram of a sender that is no peer of a listener yet.
	 * May append a datagram to `answer`, which is sent back. Result: true:
	 * accepted() follows. NULL: all senders are admitted.
	 */
	bool (*admits)(struct transport *listener, struct bytes peer,
		       struct bytes first, struct buf *answer);
	/*
	 * Called for a new peer of a listener. The owner makes a transport for
	 * the peer and passes it to transport_adopt() before it returns, or
	 * refuses the peer.
	 * Result: the adopted transport; NULL: refused; the listener closes the
	 *         fd.
	 */
	struct transport *(*accepted)(struct transport *listener, int fd,
				      const struct addr *peer);
	/* Returns true if more data or peers can be accepted now. Must be cheap
	 * and have no effects. The owner calls transport_touch() when the
	 * result becomes true. The peers of a datagram listener share an fd, so
	 * a datagram is dropped with a notice if wants_input() of its peer
	 * returns false. */
	bool (*wants_input)(const struct transport *);
	/* Returns true if a datagram listener's peer may be closed in favour of
	 * a new one. Must be cheap and have no effects. The owner calls
	 * transport_touch() when the result becomes true. NULL: no peer may be
	 * closed. */
	bool (*may_go)(const struct transport *);
	/* Reports one line of text. `detail`: an attempt to connect and its
	 * result; else an event such as a dropped datagram or a pause for lack
	 * of descriptors. Must not change the link. */
	void (*note)(struct transport *, bool detail, const char *text);
};

/* State that all links of a loop share. */
struct net {
	struct loop *loop;
	struct rio_in in; /* reader shared by all links; empty between turns */
	struct list paused;   /* listeners that wait for a free descriptor */
	struct list paces;    /* paces of links: pace.c */
	struct list children; /* children not yet freed: child.h */
	const struct budget *budget; /* while the budget is tight, streams are
					read in small pieces; NULL: none */
};

void net_init(struct net *, struct loop *);
/* Frees the net. All links must be closed. Child processes that still run get a
 * second to exit, then SIGTERM, except those that ended their output. */
void net_fini(struct net *);
/* Starts a loop with loop_start(), and makes the net. Result: 0, or -1 and *e.
 */
int net_start(struct net *, struct clock *, struct err *e);
void net_stop(struct net *);

/* The times at which a connection reached each step, for `info`: ns, monotonic;
 * 0: not reached, or the link has no such step. */
struct phases {
	uint64_t begun, resolved, attempted, connected, first_up;
	unsigned attempts; /* including those of sessions that did not open and
			      that this one replaced */
};

/* Embedded in its owner, which outlives it. Small: there may be 50000. */
struct transport {
	const struct transport_ops *ops;
	const struct transport_sink *sink;
	struct net *net;
	struct watch watch;
	struct rio_out out;
	struct dialing *dialing; /* state while the link opens; else NULL */
	void *extra;             /* private data of the kind, or NULL; owned */
	struct addr peer; /* len 0: unknown; after a failed connect, one of the
			     addresses that failed */
	enum link_state state;
	enum cause cause;
	bool ended[2]; /* by direction: the end was received, or sent */
	bool shut_when_flushed;  /* shutdown(2) after a flush */
	bool close_when_flushed; /* set by the owner: the link is closed after a
				    flush */
	bool owns_path;          /* the Unix path is removed at the close */
	bool proxied;            /* `peer` is the address of a proxy */
	bool paced;              /* see transport_pace() */
	int error; /* errno of a failure; after a failed write, received data is
		      still read */
	/* Messages: number in the queue; closed hosted link: bytes that were
	 * queued; streams: 0. */
	uint32_t awaited;
	struct phases phases;
};

/* A scheme. transport_table has all schemes; NULL-terminated. */
struct transport_ops {
	const char *scheme; /* "tcp4" */
	const char *brief;  /* for help */
	int family;         /* AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX */
	int socktype;
	enum shape shape;
	bool connects; /* connection-oriented: listen(2) and accept(2) */
	bool runs;     /* exec: a child process, no address */
	/* functions of the kind; private to src/net */
	const struct transport_kind *kind;
};
extern const struct transport_ops *const transport_table[];
const struct transport_ops *transport_find(struct bytes scheme);

/*
 * Starts to connect; `exec:` starts its command. Tries the resolved addresses
 * in parallel (RFC 8305 §4-§5: 250 ms apart, families interleaved); the first
 * connection that opens is used.
 * Result: 0, and state_changed() follows; -1 and *e: nothing was started.
 */
int transport_connect(struct transport *, struct net *, const struct endpoint *,
		      const struct dial_options *,
		      const struct transport_sink *, struct err *e);
/*
 * Starts to listen. A host name other than localhost is first resolved, and
 * state_changed() follows. Any other address is bound at once, and the state is
 * then LINK_LISTENING. A Unix path is replaced if it is a socket to which no
 * process is bound; any other existing path is an error.
 */
int transport_listen(struct transport *, struct net *, const struct endpoint *,
		     const struct listen_options *,
		     const struct transport_sink *, struct err *e);
/* Opens a link on an accepted fd, which the link then owns. A peer of a
 * datagram listener has no fd of its own: -1. */
void transport_adopt(struct transport *, struct transport *listener, int fd,
		     const struct addr *peer, const struct transport_sink *);
/*
 * Sends a unit, and queues the part that the kernel does not accept now; while
 * connecting, queues the whole unit.
 * Limits: the queue holds out.buf.limit bytes.
 * Errors: closed (shut down or not connected), limit (the queue is full and
 *         nothing was queued, or a datagram is too long), usage (a listener, an
 *         empty message), or an error of the system.
 */
int transport_send(struct transport *, const struct unit *, struct err *e);
/* Checks that the link has a half-close. Errors: those of
 * transport_shut_write(). */
int transport_check_shut_write(const struct transport *, struct err *e);
/* Returns true if transport_send() failed with `why` because the queue is full:
 * drained() follows. */
bool transport_is_full(const struct transport *, const struct err *why);
/*
 * Shuts down rung's direction after the queue is flushed; write_shut() follows.
 * If the peer's direction has ended, the link closes instead; with an empty
 * queue, state_changed() is called before the return.
 * Errors: usage (the kind has no half-close), closed.
 */
int transport_shut_write(struct transport *, struct err *e);
/*
 * Closes the link now, after one attempt to flush; with `reset`, without that
 * attempt, and by RST if the kind supports it. state_changed() is called before
 * the return. A datagram listener also closes the links of its peers. Does
 * nothing if the link is closed.
 */
void transport_close(struct transport *, bool reset);
/* Makes the queue of a stream leave at most `bytes` in a period (ns); 0: at
 * once again. The end of the link ends the pace. */
void transport_pace(struct transport *, size_t bytes, uint64_t period);
/*
 * Gives the non-blocking fd of an open link to the caller, and closes the link
 * without state_changed(). May be called from state_changed() and accepted().
 * The queue must be empty. A Unix path that rung bound is removed, because the
 * connection does not need it. The child of an exec link is detached, unless
 * transport_child() took it.
 * Result: the fd; -1: the link is not open, or has no fd of its own.
 */
int transport_release(struct transport *);
/*
 * Accepts one connection, for a listener with `hold`.
 * Result: true: accepted() was called; false: no connection can be accepted
 *         now. The loop then accepts the next connection, if wants_input()
 *         permits that.
 */
bool transport_accept(struct transport *);
/* Returns true for a listener with `hold` that accepts no connection before the
 * next transport_accept(). */
bool transport_holds(const struct transport *);
/* Changes max_peers of a datagram listener; a lower limit takes effect at the
 * next new peer. */
void transport_limit_peers(struct transport *, unsigned max_peers);
/* Updates the link. Call after the result of wants_input() or may_go() may have
 * changed. */
void transport_touch(struct transport *);
/* Makes the next turn try to read before it polls: see loop_try_first(). */
void transport_try_first(struct transport *);
/* Returns the number of bytes not yet sent; valid also in state_changed() for
 * LINK_CLOSED. */
size_t transport_queued(const struct transport *);
/*
 * Sets *e for a link that did not open within `within` ns: the addresses tried
 * and the state of each. `where`: the target as the user wrote it.
 * Result: -1 and *e (connect-timeout).
 */
int transport_timeout_error(const struct transport *, const char *where,
			    uint64_t within, struct err *e);
/* Returns the text for an errno of an open link; static. */
const char *transport_strerror(int code);
/* Returns the local address; len 0: none, or the link is not open. */
struct addr transport_local(const struct transport *);
/* Records that the peer has ended a link of datagrams, as a rung found:
 * transport_close() then reports CAUSE_PEER. */
void transport_peer_left(struct transport *);
/* Finds a fact for the rungs on the link, such as `peer`, the peer's address in
 * the kernel's form, or the id of a conversation. Lends *value until the next
 * event. Result: false: unknown. */
bool transport_fact(const struct transport *, const char *name,
		    struct bytes *value);
/* Appends facts as `key value` lines: addresses, TCP_INFO (rtt, retransmits,
 * window…), buffer and queue sizes (SIOCINQ, SIOCOUTQ). */
void transport_info(const struct transport *, struct buf *out);

#endif
