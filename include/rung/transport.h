/* SPDX-License-Identifier: ISC */
/*
 * Links: a kernel socket as a source and sink of units, whatever its kind. One
 * row of ops for each scheme. Knows no sessions and no rungs: what comes goes
 * up through a sink.
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
	LINK_OPEN,   /* each direction open but for ended[] */
	LINK_CLOSED, /* no fd any more */
};

/* How a link ended; LINK_CLOSED's `cause`. */
enum cause {
	CAUSE_NONE,
	CAUSE_LOCAL,       /* we closed it */
	CAUSE_LOCAL_RESET, /* we reset it */
	CAUSE_PEER,        /* both directions ended in order, the peer first */
	CAUSE_BOTH,        /* both directions ended in order, we first */
	CAUSE_RESET,       /* the peer reset it */
	CAUSE_FAILED,      /* never opened, or an error of the kernel's */
	CAUSE_ROOM,        /* a datagram peer that made room for a new one */
};

/* How a new connection is wanted. Lent for the call that takes it. */
struct dial_options {
	const struct endpoint *from; /* local address to bind, or NULL */
	/* What a lookup would find, where it was made already: with the port,
	 * of the family that is asked for. NULL: look up. Not with a proxy. */
	const struct addr *known;
	size_t known_count;
	/* Who carries it, or NULL. tcp only (usage); the target's name is then
	 * the proxy's to look up. */
	const struct proxy *proxy;
	/* exec: whom it serves, for its environment; NULL: nobody. */
	const struct serving *serves;
	/* exec: more of its environment, each NAME=VALUE, which replace those
	 * of our own; NULL-ended. NULL: none. */
	const char *const *env;
	bool capture_stderr; /* exec: standard error becomes notices, else ours
			      */
	const struct socket_options
	    *socket_options; /* what its socket is set to, or NULL */
};

/* The link that an exec endpoint's child serves. */
struct serving {
	struct addr remote, local;       /* len 0: it has none */
	const struct transport_ops *ops; /* of that link */
};

struct listen_options {
	/*
	 * Datagrams: how many peers there may be. For one more, the peer that
	 * has been idle longest is closed if may_go() allows it; else the
	 * datagram is dropped and noted. 0: no limit. Connections are the
	 * owner's to count: thirsty() false leaves them in the backlog.
	 */
	unsigned max_peers;
	bool hold; /* leave connections in the backlog until asked */
	const struct socket_options
	    *socket_options; /* what its socket is set to, or NULL */
};

/* What a transport tells its owner. Called from the loop; never from within
 * the call that started things, except where it says so. */
struct transport_sink {
	/* The link's state changed to t->link. `why`: for LINK_CLOSED with
	 * CAUSE_FAILED or CAUSE_RESET, else NULL. On LINK_CLOSED, all units
	 * that came before have been passed up. */
	void (*state_changed)(struct transport *, const struct err *why);
	/* A run of bytes, a datagram, or the end (UNIT_END, no data). Takes
	 * all of it. */
	void (*received)(struct transport *, const struct unit *);
	/* What was queued has been written (not: what went out at once). */
	void (*drained)(struct transport *);
	/* Our direction has been ended by transport_shut_write(), from within
	 * it or once the queue was written, and the other one is open. May be
	 * NULL. */
	void (*write_shut)(struct transport *);
	/*
	 * A listener has a peer. The owner makes a transport for it and calls
	 * transport_adopt() on that before it returns, or refuses.
	 * Result: the adopted transport, or NULL: refused; the fd is closed.
	 */
	struct transport *(*accepted)(struct transport *listener, int fd,
				      const struct addr *peer);
	/* Whether more may be read (or accepted) now. Cheap, no effects; call
	 * transport_touch() when the answer becomes yes. The peers of a
	 * datagram listener share its fd: what comes for one that is not
	 * thirsty is dropped and noted. */
	bool (*wants_input)(const struct transport *);
	/* Returns true if a datagram listener's peer may be closed to make room
	 * for a new one. Cheap, no effects; call transport_touch() when the
	 * answer becomes yes. NULL: no peer may. */
	bool (*may_go)(const struct transport *);
	/* Progress for people, one line: an attempt and why it lost (detail:
	 * true), a datagram dropped or cut, accepting paused for want of
	 * descriptors (detail: false). Changes nothing in the link. */
	void (*note)(struct transport *, bool detail, const char *text);
};

/* What all links of one loop share: made once, by main. */
struct net {
	struct loop *loop;
	struct rio_in in;     /* the reader: between turns it holds nothing */
	struct list paused;   /* listeners that wait for a free descriptor */
	struct list children; /* commands not yet waited for: child.h */
	const struct budget *budget; /* while it is tight, streams are read in
					small pieces; NULL: none */
};

void net_init(struct net *, struct loop *);
/* Links are closed before. Commands that still run get a second to end, then
 * SIGTERM. */
void net_fini(struct net *);
/* The same with a loop of its own, as loop_start() makes one. 0, or -1 and *e.
 */
int net_start(struct net *, struct clock *, struct err *e);
void net_stop(struct net *);

/* When each step ended, ns monotonic; 0: not (yet). For `info`. */
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
	struct dialing *dialing; /* while resolving and connecting, else NULL */
	void *extra;             /* the scheme's own, owned; mostly NULL */
	struct addr peer;        /* len 0: not known yet; where none
				  * opened, of those that failed */
	enum link_state state;
	enum cause cause;
	bool ended[2];           /* by direction: the end was seen, or sent */
	bool shut_when_flushed;  /* end as soon as the queue is written */
	bool close_when_flushed; /* the owner's: close as soon as the queue is
				    written */
	bool owns_path;          /* unlink the Unix path at the close */
	bool proxied; /* through a proxy, whose address `peer` then is */
	int error;    /* errno of a failure, for info; set while LINK_OPEN: a
		       * write failed, what had come is still being read */
	uint32_t awaited; /* messages in the queue, where it has such */
	struct phases phases;
};

/* A scheme. The table is transport_table, NULL-ended. */
struct transport_ops {
	const char *scheme; /* "tcp4" */
	const char *brief;  /* for help */
	int family;         /* AF_UNSPEC, AF_INET, AF_INET6, AF_UNIX */
	int socktype;
	enum shape shape;
	bool connects; /* connection-oriented: listen(2) and accept(2) */
	bool runs;     /* `exec:`: a command, that we start; no address */
	/* The ways of the kind; private to src/net. */
	const struct transport_kind *kind;
};
extern const struct transport_ops *const transport_table[];
const struct transport_ops *transport_find(struct bytes scheme);

/*
 * Starts connecting; `exec:` starts its command. Every resolved address is
 * tried, raced as RFC 8305 §4-§5 says (250 ms apart, families interleaved); the
 * first to open wins. Result:  0 (moved() tells the rest), or -1 and *e; then
 * nothing started.
 */
int transport_connect(struct transport *, struct net *, const struct endpoint *,
		      const struct dial_options *,
		      const struct transport_sink *, struct err *e);
/*
 * Starts listening. A host name is resolved first (moved() then tells); an
 * address or none is bound before this returns, and link is LINK_LISTENING.
 * A stale Unix path is replaced, a live one is refused.
 */
int transport_listen(struct transport *, struct net *, const struct endpoint *,
		     const struct listen_options *,
		     const struct transport_sink *, struct err *e);
/* Takes over an accepted fd (owned from now on), or for a datagram listener a
 * peer without an fd of its own (fd -1). The link is open. */
void transport_adopt(struct transport *, struct transport *listener, int fd,
		     const struct addr *peer, const struct transport_sink *);
/*
 * Sends, or queues what the kernel does not take now (streams; also while
 * connecting, datagrams too).
 * Limits:  the queue holds out.buf.limit bytes.
 * Errors:  closed (ended or not connected), limit (queue full; nothing taken),
 *          limit (a datagram longer than its kind allows), the kernel's own.
 */
int transport_send(struct transport *, const struct unit *, struct err *e);
/*
 * Half-close, once the queue is written; halved() tells. Where the peer's
 * direction has ended and nothing is queued, that is the end of the link:
 * moved() is then called before this returns.
 * Errors: usage (the kind has none), closed.
 */
int transport_shut_write(struct transport *, struct err *e);
/*
 * Closes now (streams: after a last attempt to write the queue); `reset`: with
 * RST where the kernel can. moved() is called before this returns. A listener
 * of datagrams closes its peers' links too. Harmless when closed.
 */
void transport_close(struct transport *, bool reset);
/*
 * Gives an open stream's fd away: the caller's from now on, non-blocking, and
 * the link is closed without a word. May be called from moved() and accepted().
 * Nothing may be queued. A Unix path that we bound goes now: the connection
 * needs it no more. The child of an exec link is taken before
 * (transport_child), or is let go.
 * Result: the fd; -1: it is no open link with an fd of its own.
 */
int transport_release(struct transport *);
/*
 * Accepts one connection that a holding listener keeps.
 * Result: true if there was one (accepted() was called); false: none yet, and
 *         the next to come is accepted from the loop, if thirsty() then agrees.
 */
bool transport_accept(struct transport *);
/* Changes listen_options.max_peers of a listener of datagrams; fewer peers than
 * there are takes effect when the next one comes. */
void transport_limit_peers(struct transport *, unsigned max_peers);
/* thirsty() or may_go() may have become true, or something else that want()
 * asks for. */
void transport_touch(struct transport *);
/* An answer is awaited that may have come already: see loop_try_first(). */
void transport_try_first(struct transport *);
/* Bytes not yet written; after the close still valid within moved(). */
size_t transport_queued(const struct transport *);
/*
 * Words that a link did not open within so many ns: what it waits for, the
 * addresses begun with, in order, and what became of each. `where`: its target
 * as it was written. Result: -1 and *e (connect-timeout).
 */
int transport_timeout_error(const struct transport *, const char *where,
			    uint64_t within, struct err *e);
/* What broke a link that was open, in words; an errno; static. */
const char *transport_strerror(int code);
/* The local address; len 0 where there is none. Works until the close. */
struct addr transport_local(const struct transport *);
/* Facts as `key value` lines: addresses, TCP_INFO (rtt, retransmits, window…),
 * socket buffers and queue lengths (SIOCINQ, SIOCOUTQ). */
void transport_info(const struct transport *, struct buf *out);

#endif
