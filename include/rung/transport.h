/* SPDX-License-Identifier: ISC */
/*
 * Links: sources and sinks of units, each on a kernel socket of any kind. Each
 * scheme has a row of ops. A link does not know sessions and rungs; it passes
 * data to a sink.
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
	LINK_OPEN,   /* open, except the directions set in ended[] */
	LINK_CLOSED, /* has no fd */
};

/* Why a link ended; set with LINK_CLOSED. */
enum cause {
	CAUSE_NONE,
	CAUSE_LOCAL,       /* closed by rung */
	CAUSE_LOCAL_RESET, /* reset by rung */
	CAUSE_PEER,        /* both directions shut down, the peer's first */
	CAUSE_BOTH,        /* both directions shut down, rung's first */
	CAUSE_RESET,       /* reset by the peer */
	CAUSE_FAILED,      /* never opened, or a system error */
	CAUSE_ROOM,        /* datagram peer closed in favour of a new one */
};

/* Options of a new connection. Lent for the call that takes them. */
struct dial_options {
	const struct endpoint *from; /* local address to bind, or NULL */
	/* Addresses resolved earlier, with port, of the wanted family. NULL:
	 * resolve the name. Not with a proxy. */
	const struct addr *known;
	size_t known_count;
	/* Proxy, or NULL. tcp only (usage); the proxy resolves the target's
	 * name, except SOCKS 4. */
	const struct proxy *proxy;
	/* exec: the link that the child serves, for its environment; or NULL */
	const struct serving *serves;
	/* exec: NAME=VALUE entries that replace those of rung's environment;
	 * NULL-terminated. NULL: none. */
	const char *const *env;
	bool capture_stderr; /* exec: report stderr as notices; else inherit */
	const struct socket_options *socket_options; /* or NULL */
};

/* The link that an exec endpoint's child serves. */
struct serving {
	struct addr remote, local;       /* len 0: none */
	const struct transport_ops *ops; /* ops of the served link */
};

struct listen_options {
	/*
	 * Datagrams: limit of the number of peers. At the limit, a new peer
	 * replaces the one that has been idle longest among those that may_go()
	 * allows to close; if there is none, the datagram is dropped with a
	 * notice. 0: no limit. The owner itself counts connections: while
	 * wants_input() returns false they stay in the backlog.
	 */
	unsigned max_peers;
	bool hold; /* accept only after transport_accept() */
	const struct socket_options *socket_options; /* or NULL */
};

/* Callbacks to the owner of a link. Called from the loop, never from within the
 * call that started the link, unless noted. */
struct transport_sink {
	/* t->state has changed. `why`: for LINK_CLOSED with CAUSE_FAILED or
	 * CAUSE_RESET, else NULL. Before LINK_CLOSED, all received units have
	 * been passed up. */
	void (*state_changed)(struct transport *, const struct err *why);
	/* Passes up bytes, a datagram, or the end (UNIT_END, no data). The
	 * owner must take all of it. */
	void (*received)(struct transport *, const struct unit *);
	/* Called after the queue has been flushed; not for data that was sent
	 * without queueing. */
	void (*drained)(struct transport *);
	/* Called after transport_shut_write() has shut down rung's direction,
	 * at once or after the queue was flushed, if the peer's direction is
	 * still open. May be NULL. */
	void (*write_shut)(struct transport *);
	/*
	 * Called when a listener has a new peer. The owner either makes a
	 * transport for the peer and calls transport_adopt() before it returns,
	 * or refuses the peer.
	 * Result: the adopted transport, or NULL: refused; the fd is closed.
	 */
	struct transport *(*accepted)(struct transport *listener, int fd,
				      const struct addr *peer);
	/* Returns true if more may be read or accepted now. Must be cheap and
	 * have no effects; the owner calls transport_touch() when the result
	 * becomes true. The peers of a datagram listener share its fd: a
	 * datagram for a peer whose wants_input() returns false is dropped with
	 * a notice. */
	bool (*wants_input)(const struct transport *);
	/* Returns true if a datagram listener's peer may be closed in favour of
	 * a new one. Must be cheap and have no effects; the owner calls
	 * transport_touch() when the result becomes true. NULL: no peer may be
	 * closed. */
	bool (*may_go)(const struct transport *);
	/* Reports progress, one line. `detail`: an attempt to connect and its
	 * result; else an event such as a dropped datagram or a pause for lack
	 * of descriptors. Must not change the link. */
	void (*note)(struct transport *, bool detail, const char *text);
};

/* State that all links of one loop share; main makes one. */
struct net {
	struct loop *loop;
	struct rio_in in;     /* shared reader; empty between turns */
	struct list paused;   /* listeners that wait for a free descriptor */
	struct list children; /* children not yet freed: child.h */
	const struct budget *budget; /* while it is tight, streams are read in
					small pieces; NULL: none */
};

void net_init(struct net *, struct loop *);
/* Frees the net. All links must be closed. Commands that still run get a second
 * to exit, then SIGTERM, except those that ended their output. */
void net_fini(struct net *);
/* Does the same as net_init(), with a new loop from loop_start(). Result: 0, or
 * -1 and *e. */
int net_start(struct net *, struct clock *, struct err *e);
void net_stop(struct net *);

/* The times at which a connection reached each step, monotonic ns; 0: not
 * reached. For `info`. */
struct phases {
	uint64_t begun, resolved, attempted, connected, first_up;
	unsigned attempts;
};

/* Embedded in its owner, which outlives it. Small: there may be 50,000. */
struct transport {
	const struct transport_ops *ops;
	const struct transport_sink *sink;
	struct net *net;
	struct watch watch;
	struct rio_out out;
	struct dialing *dialing; /* while resolving and connecting, or NULL */
	void *extra;      /* struct extra or the kind's data, owned; or NULL */
	struct addr peer; /* len 0: unknown; after a failed connect: an address
			     that failed */
	enum link_state state;
	enum cause cause;
	bool ended[2]; /* by direction: the end was received, or sent */
	bool shut_when_flushed;  /* shut down after a flush */
	bool close_when_flushed; /* set by the owner: close after a flush */
	bool owns_path;          /* unlink the Unix path at the close */
	bool proxied;            /* `peer` is then the proxy's address */
	int error;        /* errno of a failure; in LINK_OPEN: of a write, while
			     received data is still read */
	uint32_t awaited; /* messages in the queue; 0 for streams */
	struct phases phases;
};

/* A scheme. transport_table has all schemes and is NULL-terminated. */
struct transport_ops {
	const char *scheme; /* "tcp4" */
	const char *brief;  /* for help */
	int family;         /* AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX */
	int socktype;
	enum shape shape;
	bool connects; /* connection-oriented: listen(2) and accept(2) */
	bool runs;     /* `exec:` starts a command; no address */
	/* Functions of the kind; private to src/net. */
	const struct transport_kind *kind;
};
extern const struct transport_ops *const transport_table[];
const struct transport_ops *transport_find(struct bytes scheme);

/*
 * Starts to connect; `exec:` starts its command. Tries the resolved addresses
 * in parallel as in RFC 8305 §4-§5 (250 ms apart, families interleaved); the
 * first to open wins.
 * Result: 0 (state_changed() follows), or -1 and *e: nothing was started.
 */
int transport_connect(struct transport *, struct net *, const struct endpoint *,
		      const struct dial_options *,
		      const struct transport_sink *, struct err *e);
/*
 * Starts to listen. A host name is resolved first (state_changed() follows);
 * any other address is bound before the return, and the state is then
 * LINK_LISTENING. A Unix path left by a process that is gone is replaced; one
 * in use is an error.
 */
int transport_listen(struct transport *, struct net *, const struct endpoint *,
		     const struct listen_options *,
		     const struct transport_sink *, struct err *e);
/* Opens a link on an accepted fd, which it then owns; for a peer of a datagram
 * listener, which has no fd, fd is -1. */
void transport_adopt(struct transport *, struct transport *listener, int fd,
		     const struct addr *peer, const struct transport_sink *);
/*
 * Sends a unit, or queues the part that the kernel does not take now; while
 * connecting, queues all of it.
 * Limits: the queue holds out.buf.limit bytes.
 * Errors: closed (shut down or not connected), limit (queue full, nothing was
 *         taken; or a datagram is too long), usage (a listener, an empty
 *         message), or the system's.
 */
int transport_send(struct transport *, const struct unit *, struct err *e);
/*
 * Shuts down rung's direction after the queue is flushed; write_shut() follows.
 * If the peer's direction has ended, the link ends too; with an empty queue
 * state_changed() is called before the return.
 * Errors: usage (the kind has no half-close), closed.
 */
int transport_shut_write(struct transport *, struct err *e);
/*
 * Closes the link now, after a last attempt to flush; with `reset` without that
 * attempt, and with RST if the kind supports it. state_changed() is called
 * before the return. A datagram listener closes the links of its peers. Does
 * nothing if the link is closed.
 */
void transport_close(struct transport *, bool reset);
/*
 * Hands the fd of an open link, non-blocking, over to the caller and closes the
 * link without state_changed(). May be called from state_changed() and
 * accepted(). The queue must be empty. A Unix path that rung bound is removed:
 * the connection does not need it. The child of an exec link is detached,
 * unless transport_child() took it.
 * Result: the fd; -1: not an open link with an fd of its own.
 */
int transport_release(struct transport *);
/*
 * Accepts one connection for a listener with `hold`.
 * Result: true: accepted() was called; false: the backlog is empty; the loop
 *         accepts the next connection, if wants_input() returns true by then.
 */
bool transport_accept(struct transport *);
/* Changes max_peers of a datagram listener; a lower limit takes effect at the
 * next new peer. */
void transport_limit_peers(struct transport *, unsigned max_peers);
/* Updates the link after the result of wants_input(), may_go() or the watch's
 * want() may have changed. */
void transport_touch(struct transport *);
/* Tries to read before the next poll: see loop_try_first(). */
void transport_try_first(struct transport *);
/* Returns the number of bytes not yet sent; still valid in state_changed() of a
 * close. */
size_t transport_queued(const struct transport *);
/*
 * Sets *e for a link that did not open within `within` ns: the addresses tried
 * and the state of each. `where`: the target as the user wrote it.
 * Result: -1 and *e (connect-timeout).
 */
int transport_timeout_error(const struct transport *, const char *where,
			    uint64_t within, struct err *e);
/* Returns the text for an errno with which an open link failed; static. */
const char *transport_strerror(int code);
/* Returns the local address; len 0: none, or the link is not open. */
struct addr transport_local(const struct transport *);
/* Appends facts as `key value` lines: addresses, TCP_INFO (rtt, retransmits,
 * window…), buffer and queue sizes (SIOCINQ, SIOCOUTQ). */
void transport_info(const struct transport *, struct buf *out);

#endif
