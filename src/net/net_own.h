/* SPDX-License-Identifier: ISC */
/*
 * The private interface of src/net: the functions of each kind of socket, the
 * data of each kind, and the steps that all links share.
 */
#ifndef RUNG_NET_OWN_H
#define RUNG_NET_OWN_H

#include "rung/hashtable.h"
#include "rung/resolve.h"
#include "rung/transport.h"

/* Limit of the queue if the owner set none. */
#define QUEUE_LIMIT ((size_t)16 << 20)
/* Limit of datagrams or connections that one link takes in a turn. */
#define TURN_MAX 64u

struct transport_kind {
	bool by_name;             /* addresses are host and port, else a path */
	bool halves;              /* supports half-close */
	bool resets;              /* a close can send RST */
	size_t longest;           /* limit of a unit, bytes; 0: none */
	size_t longest6;          /* limit of a unit over IPv6 */
	const char *list_command; /* shell command that lists listeners */
	/* Sets options of a new socket, before bind, connect and listen. */
	void (*prepare)(int fd, int family, bool listens);
	/* Binds a client's socket to an address so that peers can reply; NULL:
	 * not needed. */
	void (*name)(int fd);
	/* Reads at most TURN_MAX messages, or once from a stream, and passes
	 * the data up. May close the link. Result: true if there was data, an
	 * error or the end. */
	bool (*receive)(struct transport *);
	/* send() and flush() work like rio_send() and rio_drain(); on FAIL,
	 * out.error is an errno. */
	enum rio (*send)(struct transport *, struct bytes);
	enum rio (*flush)(struct transport *);
	/* Handles errors that the socket queues apart from the data; called
	 * after POLLERR or a failed read. NULL: sockets of this kind queue
	 * none. Result: true if the link goes on. */
	bool (*trouble)(struct transport *);
	/* Plain sockets do not set the functions below. */

	/* Connects. NULL: dial_start() does. Result: 0, or -1 and *e. */
	int (*open)(struct transport *, const struct endpoint *,
		    const struct dial_options *, struct err *e);
	/* Handles the close of the other end; ends the link, now or later.
	 * `code`: ECONNRESET or EPIPE if the other end left sent data unread,
	 * else 0. */
	void (*gone)(struct transport *, int code);
	/* Frees the contents of t->extra. */
	void (*stop)(struct transport *, enum cause);
	/* Appends a name for the other end, which has no address. */
	void (*put_name)(const struct transport *, struct buf *out);
	/* Appends facts about an open link. */
	void (*info)(const struct transport *, struct buf *out);
	/* Only hosted.c sets the functions below. */

	/* Sends a unit with its kind and attributes, instead of send(). Result:
	 * 0, or -1 and *e. */
	int (*send_unit)(struct transport *, const struct unit *,
			 struct err *e);
	/* Returns what transport_queued() returns. */
	size_t (*queued)(const struct transport *);
	/* Called if wants_input() of an open link may have become true. */
	void (*touch)(struct transport *);
	/* Finds a fact for the rungs on the link. Result: false: unknown. */
	bool (*fact)(const struct transport *, const char *name,
		     struct bytes *value);
};

extern const struct transport_kind kind_tcp, kind_udp, kind_unix;
extern const struct transport_kind kind_unix_dgram, kind_unix_seqpacket;
extern const struct transport_kind kind_exec;

/* The first member of every struct that t->extra points to. */
struct extra {
	dev_t dev; /* device of the bound socket file, if owns_path */
	ino_t ino;
	uint32_t missed; /* last counter of datagrams dropped by the kernel */
	unsigned long dropped; /* datagrams dropped by rung */
};

/* The transport's `extra` of a link through a proxy. */
struct proxied {
	struct extra extra;
	uint64_t spent; /* duration of the proxy handshake, ns */
	char by[];
};

/* The transport's `extra` of a listener. */
struct listening {
	struct extra extra;
	struct transport *t;
	struct list at;          /* entry in net->paused */
	struct resolve *resolve; /* running lookup, or NULL */
	struct endpoint *to;     /* address to look up; owned */
	struct timer again;      /* ends a pause; datagrams: retries sends */
	struct socket_options socket_options;
	bool hold, asked;   /* asked: transport_accept() found no connection */
	bool paused, noted; /* noted: lack of descriptors was reported */
	unsigned batch;     /* accepts per turn */
	unsigned alone;     /* turns with a single connection */
	unsigned max_peers; /* limit of datagram peers; 0: none */
	struct list idle;   /* peers, the longest idle first */
	struct list busy;   /* peers that may_go() kept open */
	unsigned long gone; /* peers closed to make room */
	struct hashtable peers; /* datagram peers, by address */
	struct list blocked;    /* peers with queued datagrams */
};

/* The transport's `extra` of a datagram listener's peer, which has no fd. */
struct peer {
	struct extra extra;
	struct transport *t, *listener;
	struct hash_link link; /* in the listener's peers */
	struct list at;        /* in the listener's blocked */
	struct list order;     /* in the listener's idle or busy */
};

/* addr.c, endpoint.c */
void put_escaped(struct buf *out, struct bytes);
/* Returns true for a link-local IPv6 address, with a zone or without. */
bool is_link_local(struct bytes host);
struct addr endpoint_unix(const struct endpoint *);

/* resolve.c */
/*
 * Resolves a numeric address, or no host, without a lookup.
 * Result: the number of addresses; 0: the host is a name; -1 and *e: the port
 *         or zone is invalid.
 */
int resolve_literal(const char *host, const char *port, int family,
		    int socktype, bool passive, struct addr *found, size_t max,
		    struct err *e);

/* net_error.c */
/* Returns a short text for the errno of a socket, without its address. */
const char *net_strerror(int code);
/* Reports `ADDR: why`. Result: -1 and *e; `why` may be e. */
int endpoint_failed(const struct endpoint *, const struct err *why,
		    struct err *e);
/*
 * Reports a local address that cannot be bound: the address, the cause, and a
 * hint. `words`: the cause; NULL: net_strerror(code). Result: -1 and *e.
 */
int bind_failed(const struct transport *, const struct addr *, int code,
		const char *words, struct err *e);

/* Returns the link's fd; for a datagram listener's peer, the listener's; -1:
 * none. */
int link_fd(const struct transport *);
void link_init(struct transport *, struct net *, const struct transport_ops *,
	       const struct transport_sink *);
/* Watches the fd. Does not call state_changed(). */
void link_open(struct transport *, int fd);
/* Sets LINK_OPEN, calls state_changed() and flushes the queue. */
void link_opened(struct transport *);
void link_note(struct transport *, bool detail, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* Returns t->extra; allocates it if it is NULL. NULL: out of memory. */
struct extra *link_extra(struct transport *);
/* Passes the unit to the sink; the first unit sets phases.first_up. */
void link_up(struct transport *, const struct unit *);
/* Handles the end of the peer's direction. May close the link. */
void link_ended_up(struct transport *);
/* Closes the link with a system error. `words`: text of the error; NULL:
 * transport_strerror(code). */
void link_failed(struct transport *, int code, const char *words);
/* Frees the link's resources, sets LINK_CLOSED and calls state_changed(). Does
 * nothing if the link is closed. */
void link_finish(struct transport *, enum cause, const struct err *why);
/* Flushes the queue. Result: true if the link goes on. */
bool link_flush(struct transport *);

/* dial.c */
int dial_start(struct transport *, const struct endpoint *,
	       const struct dial_options *, struct err *e);
void dial_stop(struct transport *);

/* listen.c */
struct listening *listening_of(const struct transport *);
short listen_want(const struct transport *);
void listen_ready(struct transport *, short got);
/* Frees the contents of a listener's extra. */
void listen_stop(struct transport *);
/* Resumes paused listeners after a descriptor was closed. */
void listen_resume(struct net *);

/* stream.c */
ssize_t stream_read(int fd, void *at, size_t n); /* callback of rio */
ssize_t stream_write(int fd, const void *at, size_t n);
/* Ends a link whose peer sent a RST after its FIN: the peer did not read all
 * that was sent. */
void stream_reset(struct transport *);
bool stream_receive(struct transport *);
enum rio stream_send(struct transport *, struct bytes);
enum rio stream_flush(struct transport *);

/* datagram.c */
/* Returns true for an error of a single message, after which the link goes on.
 */
bool is_passing(const struct transport *, int code);
/*
 * Reads one message from a socket into the net's reader.
 * Result: MORE and *unit (its data lent until the next read), WAIT, END (the
 *         peer shut down; an empty message is MORE), or FAIL and net->in.error.
 */
enum rio message_take(struct transport *, struct addr *from, struct unit *unit);
bool message_receive(struct transport *);
enum rio message_send(struct transport *, struct bytes);
enum rio message_flush(struct transport *);
/* Returns the number of queued bytes, without the lengths of the messages. */
size_t message_queued(const struct transport *);
/* Returns true if `times`, which counts from 1, is 1, 10, 100… */
bool is_worth_a_note(unsigned long times);
/* Counts a dropped datagram; reports the 1st, 10th, 100th… */
void message_dropped(struct transport *, struct extra *, const char *why);

/* peers.c */
/* Returns true for an open peer of a datagram listener, which has no fd of its
 * own. */
bool is_datagram_peer(const struct transport *);
void peers_add(struct transport *listener, struct transport *);
void peers_remove(struct transport *);
/* Moves the peer to the end of `idle`. Called after the peer sent or received,
 * and if may_go() may return another value. */
void peers_used(struct transport *);
/* Returns true if the peer has an address to send to. */
bool peers_can_answer(const struct transport *);
void peers_receive(struct transport *listener);
/* Makes the listener retry the peer soon, because the peer has a queue or has
 * failed. */
void peers_wait(struct transport *);
void peers_retry(struct listening *);
void peers_close(struct transport *listener);

/* unix.c */
/* Binds the fd; replaces a stale socket file, but none that is in use. Result:
 * 0, or -1 and *e. */
int unix_bind(struct transport *, int fd, const struct addr *, struct err *e);
/* Returns true if the path exists and is not a socket. */
bool unix_is_other(const struct addr *);
/* Removes the socket file, if it is still the one that t bound. */
void unix_unlink(struct transport *, int fd);

/* errqueue.c */
/* Enables the queue of ICMP errors of the fd. */
void errqueue_on(int fd, int family);
/*
 * Empties the queue of ICMP errors. `words`: text of the last error, with its
 * sender.
 * Result: the errno of the last error; 0: none.
 */
int errqueue_take(int fd, char *words, size_t size);

/* tcpinfo.c */
void tcpinfo_print(int fd, bool listens, struct buf *out);

/* pace.c */
/* Ends the pace of a link, if it has one. */
void pace_end(struct transport *);
/* Returns true if a paced link sends nothing before the end of the period. */
bool pace_waits(const struct transport *);
/* Writes what the period has room for. Result: as for rio_drain(). */
enum rio pace_flush(struct transport *);

#endif
