/* SPDX-License-Identifier: ISC */
/*
 * A connection in the making, as the files see it that make it: dial.c tries
 * addresses, attempt_strerror.c says what became of them, through.c talks to a
 * proxy.
 */
#ifndef RUNG_NET_DIAL_H
#define RUNG_NET_DIAL_H

#include "net_own.h"

#include "rung/codec/handshake.h"
#include "rung/proxy.h"

/* One address; fd -1: not begun, or over. */
struct attempt {
	struct watch watch;
	struct dialing *dialing;
	struct addr to;
	uint64_t begun;
	int code;         /* why it lost */
	bool cannot_bind; /* for want of the address of ours:
			     dialing->bind_error */
	bool broadcast;   /* for it is a broadcast's, and none was asked for */
	bool no_socket;   /* refused, but no server will ever be there */
};

struct dialing {
	struct transport *t;
	struct endpoint to;
	struct addr from;    /* len 0: any */
	bool from_port_only; /* its port, on the family of each attempt */
	struct socket_options socket_options;
	struct resolve *resolve;
	struct timer next; /* the next attempt, or the same once more */
	struct attempt *attempts;
	size_t count, begun;
	struct err bind_error; /* `from ADDR: why it could not be bound` */
	bool full;             /* the listener's backlog; said once */
	struct proxy_dial
	    *proxy_dial; /* the proxy that `to` is then; or NULL */
};

/* What is said to a proxy, once a connection to it is there. */
struct proxy_dial {
	struct dialing *dialing;
	struct endpoint target;
	struct handshake shake;
	struct resolve *resolve; /* of the target's name, for SOCKS 4 */
	struct proxy *proxy;     /* until the handshake begins; owned */
	struct watch watch;
	struct buf out; /* to be said */
	int broken;     /* errno of a write that failed */
	uint64_t begun; /* 0: not yet */
	char name[300]; /* of the proxy, for people */
};

/* dial.c */
/* Looks the address up (or has it) and tries what is found. 0, or -1 and *e. */
int dial_find(struct dialing *, struct err *e);
/* The connection is there; the dialing is over. */
void dial_open(struct dialing *, int fd);
/* It cannot be made; the dialing is over. Takes the text. */
void dial_fail(struct dialing *, enum err_class, int code, struct buf *text);

/* attempt_strerror.c */
const char *attempt_strerror(const struct attempt *);
/* Appends where it was to go, and by way of whom. */
void dial_put_target(const struct dialing *, struct buf *out);
/* Appends why all attempts have failed. Result: the class, and *code. */
enum err_class dial_put_loss(const struct dialing *, int *code,
			     struct buf *out);

/* through.c */
/* Result: NULL and *e where the proxy cannot be asked for that. */
struct proxy_dial *proxy_dial_new(struct dialing *,
				  const struct endpoint *target,
				  const struct proxy *, struct err *e);
void proxy_dial_free(struct proxy_dial *);
/* Whether the target's name must be an address before the proxy is asked. */
bool proxy_dial_looks_up(const struct proxy_dial *);
int proxy_dial_look_up(struct proxy_dial *, struct err *e);
/* The proxy is connected. */
void proxy_dial_begin(struct proxy_dial *, int fd);
/* Appends `: proxy http://...`. */
void proxy_dial_put(const struct proxy_dial *, struct buf *out);
/* While it is talked to: appends that. Result: whether it is. */
bool proxy_dial_put_state(const struct proxy_dial *, struct buf *out);

#endif
