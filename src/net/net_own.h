/* SPDX-License-Identifier: ISC */
/*
 * What the files of this room share: the ways of each kind of socket, what
 * they keep beside a transport, and the steps that all links go through.
 */
#ifndef RUNG_NET_OWN_H
#define RUNG_NET_OWN_H

#include "rung/resolve.h"
#include "rung/transport.h"

/* Where the owner has set no limit for the queue. */
#define QUEUE_LIMIT ((size_t)16 << 20)
/* How many datagrams, or connections, one link takes in a turn. */
#define TURN_MAX 64u

struct transport_kind {
	bool by_name;    /* a host and a port; else a path */
	bool halves;     /* one direction can be ended alone */
	bool resets;     /* a close can send RST */
	size_t longest;  /* of one unit; 0: as the socket's buffers allow */
	size_t longest6; /* the same to a peer of IPv6 */
	const char *list_command; /* the command that shows who listens */
	/* Options of a fresh socket, before bind, connect and listen. */
	void (*prepare)(int fd, int family, bool listens);
	/* Gives a client's socket an address, where without one it could not
	 * be answered; NULL: connect does. */
	void (*name)(int fd);
	/* Reads one turn's worth and passes it up. May close the link.
	 * Result: whether there was anything. */
	bool (*receive)(struct transport *);
	/* As rio_send and rio_drain; on FAIL, out.error is an errno. */
	enum rio (*send)(struct transport *, struct bytes);
	enum rio (*flush)(struct transport *);
	/* POLLERR without an error in recv; NULL: cannot be. Result: whether
	 * the link goes on. */
	bool (*trouble)(struct transport *);
	/* What a kind may have that is no socket of the kernel's making; NULL:
	 * as sockets do. Connects. Result: 0, or -1 and *e. */
	int (*open)(struct transport *, const struct endpoint *,
		    const struct dial_options *, struct err *e);
	/* Nobody is at the other end; code: ECONNRESET or EPIPE where what was
	 * sent was not all read, else 0. Ends the link, now or later. */
	void (*gone)(struct transport *, int code);
	/* Gives back what t->extra holds, before that is freed. */
	void (*stop)(struct transport *, enum cause);
	/* Who is at the other end, where no address says so. */
	void (*put_name)(const struct transport *, struct buf *out);
	/* Facts of an open link. */
	void (*info)(const struct transport *, struct buf *out);
};

extern const struct transport_kind kind_tcp, kind_udp, kind_unix;
extern const struct transport_kind kind_unix_dgram, kind_unix_seqpacket;
extern const struct transport_kind kind_exec;

/* Heads what t->extra points to, whatever that is. */
struct extra {
	dev_t dev; /* with owns_path: the socket file that we made */
	ino_t ino;
	uint32_t missed;       /* datagrams the kernel dropped, as last told */
	unsigned long dropped; /* datagrams that we dropped */
};

/* The extra of a link that a proxy carries. */
struct proxied {
	struct extra extra;
	uint64_t spent; /* ns from the request to the proxy's consent */
	char by[];
};

/* A listener's extra. */
struct listening {
	struct extra extra;
	struct transport *t;
	struct list at;          /* in net->paused */
	struct resolve *resolve; /* while the host is looked up */
	struct endpoint *to;     /* the same time; owned */
	struct timer again;      /* ends a pause; datagrams: retries sends */
	struct socket_options socket_options;
	bool hold, asked;    /* asked: a held one is wanted */
	bool paused, noted;  /* out of descriptors; and it was said */
	unsigned batch;      /* how many to accept in a turn */
	unsigned alone;      /* how many came one at a time */
	unsigned max_peers;  /* datagrams: of peers; 0: no limit */
	struct list idle;    /* peers, the one that is idle longest first */
	struct list busy;    /* peers that could not go when it was asked */
	unsigned long gone;  /* peers that made room */
	struct peer **slots; /* datagrams: peers by address */
	size_t slot_count, peer_count;
	struct list blocked; /* peers whose queue waits */
};

/* The extra of a datagram listener's peer, which has no fd. */
struct peer {
	struct extra extra;
	struct transport *t, *listener;
	struct peer *next; /* in its slot */
	uint32_t hash;
	struct list at;    /* in listener's blocked */
	struct list order; /* in listener's idle or busy */
};

/* addr.c, endpoint.c */
void put_escaped(struct buf *out, struct bytes);
/* Whether it is an IPv6 address, zone or not, that is one of each link's. */
bool is_link_local(struct bytes host);
struct addr endpoint_unix(const struct endpoint *);

/* resolve.c */
/*
 * The answer where nothing has to be looked up: an address, or no host.
 * Result: how many; 0: the host is a name; -1 and *e: the port or zone is none.
 */
int resolve_literal(const char *host, const char *port, int family,
		    int socktype, bool passive, struct addr *found, size_t max,
		    struct err *e);

/* words.c */
/* What is wrong with a socket, for people: short, without who and where. */
const char *net_strerror(int code);
/* `ADDR: why`. Result: -1 and *e, which `why` may be. */
int endpoint_failed(const struct endpoint *, const struct err *why,
		    struct err *e);
/*
 * An address of ours that cannot be had: who, what, what to do about it.
 * words: how to say it, or NULL: as net_strerror() does. Result: -1 and *e.
 */
int bind_failed(const struct transport *, const struct addr *, int code,
		const char *words, struct err *e);

/* transport.c: the steps of every link */
/* Whether an error is one message's own: the link is as good as before. */
bool is_passing(const struct transport *, int code);
/* Its own, or for a datagram listener's peer the listener's; -1: none. */
int link_fd(const struct transport *);
void link_init(struct transport *, struct net *, const struct transport_ops *,
	       const struct transport_sink *);
/* The link is open on that fd: watches it. Does not tell. */
void link_open(struct transport *, int fd);
/* Tells that it is open and writes what was queued before. */
void link_opened(struct transport *);
void link_note(struct transport *, bool detail, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
/* What is kept beside it, made where there is none. NULL: no memory. */
struct extra *link_extra(struct transport *);
/* Passes up; sets the time of the first one. */
void link_up(struct transport *, const struct unit *);
/* The peer's direction has ended. May close the link. */
void link_ended_up(struct transport *);
/* The kernel said no; words: how to say it, or NULL. */
void link_failed(struct transport *, int code, const char *words);
/* The last step: gives all back and tells. Harmless when closed. */
void link_finish(struct transport *, enum cause, const struct err *why);
/* Writes the queue. Result: whether the link goes on. */
bool link_flush(struct transport *);

/* dial.c */
int dial_start(struct transport *, const struct endpoint *,
	       const struct dial_options *, struct err *e);
void dial_stop(struct transport *);

/* listen.c */
struct listening *listening_of(const struct transport *);
short listen_want(const struct transport *);
void listen_ready(struct transport *, short got);
/* Gives back what a listener keeps. */
void listen_stop(struct transport *);
/* A descriptor is free again: paused listeners go on. */
void listen_resume(struct net *);

/* stream.c */
ssize_t stream_read(int fd, void *at, size_t n); /* for rio, of sockets */
ssize_t stream_write(int fd, const void *at, size_t n);
bool stream_receive(struct transport *);
enum rio stream_send(struct transport *, struct bytes);
enum rio stream_flush(struct transport *);

/* message.c */
/*
 * Takes one message off a socket into the net's reader.
 * Result: MORE and *unit (its data lent until the next read), WAIT, END
 *         (nothing came, nothing will; an empty one is MORE), or FAIL and
 *         net->in.error.
 */
enum rio message_take(struct transport *, struct addr *from, struct unit *unit);
bool message_receive(struct transport *);
enum rio message_send(struct transport *, struct bytes);
enum rio message_flush(struct transport *);
/* The bytes of the queue, without its lengths. */
size_t message_queued(const struct transport *);
/* Returns true the 1st, 10th, 100th… time; `times` counts from 1. */
bool is_worth_a_note(unsigned long times);
/* Counts a dropped datagram; says so the 1st, 10th, 100th… time. */
void message_dropped(struct transport *, struct extra *, const char *why);

/* peers.c */
/* Result: 0, or -1: no memory. */
int peers_init(struct listening *);
void peers_add(struct transport *listener, struct transport *);
void peers_remove(struct transport *);
/* The peer received or sent, or may make room again: it is the least idle. */
void peers_used(struct transport *);
/* Whether there is an address to send to. */
bool peers_can_answer(const struct transport *);
void peers_receive(struct transport *listener);
/* The peer's queue waits, or its link has failed: the listener looks again. */
void peers_wait(struct transport *);
void peers_retry(struct listening *);
void peers_close(struct transport *listener);

/* unix.c */
/* Binds; a dead socket file is replaced, a live one refused. 0, -1 and *e. */
int unix_bind(struct transport *, int fd, const struct addr *, struct err *e);
/* Whether what has that path is no socket. */
bool unix_is_other(const struct addr *);
/* Removes the socket file, if it is still the one that we made. */
void unix_unlink(struct transport *, int fd);

/* errqueue.c */
/* Has the kernel keep ICMP errors for the fd. */
void errqueue_on(int fd, int family);
/*
 * Empties the queue.
 * Result: the errno of the last ICMP error in it and in words who sent it; 0:
 *         none was.
 */
int errqueue_take(int fd, char *words, size_t size);

/* tcpinfo.c */
void tcpinfo_print(int fd, bool listens, struct buf *out);

#endif
