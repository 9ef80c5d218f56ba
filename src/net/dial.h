/* SPDX-License-Identifier: ISC */
/*
 * Connecting: dial.c tries addresses, dial_error.c reports why they failed,
 * proxy_dial.c does the handshake with a proxy.
 */
#ifndef RUNG_NET_DIAL_H
#define RUNG_NET_DIAL_H

#include "net_own.h"

#include "rung/codec/handshake.h"
#include "rung/file.h"
#include "rung/proxy.h"

/* An attempt on one address; fd -1: not started, or over. */
struct attempt {
	struct watch watch;
	struct dialing *dialing;
	struct addr to;
	uint64_t begun;
	int code;         /* errno of the failure */
	bool cannot_bind; /* could not bind: see dialing->bind_error */
	bool broadcast;   /* a broadcast address without SO_BROADCAST */
	bool no_socket;   /* refused: the path is not a socket */
};

struct dialing {
	struct transport *t;
	struct endpoint to;
	struct addr from;    /* local address; len 0: any */
	bool from_port_only; /* bind only the port, in any family */
	struct socket_options socket_options;
	struct resolve *resolve;
	struct timer next; /* starts the next attempt, or retries one */
	struct attempt *attempts;
	size_t count, begun;
	struct err bind_error; /* error of a failed bind: `from ADDR: why` */
	bool full;             /* a full backlog was reported */
	struct proxy_dial *proxy_dial; /* if set, `to` is the proxy */
};

/* The handshake with a connected proxy. */
struct proxy_dial {
	struct dialing *dialing;
	struct endpoint target;
	struct handshake shake;
	struct resolve *resolve; /* lookup of the target, for SOCKS 4 */
	struct proxy *proxy;     /* owned; NULL once the request is built */
	struct file auth;        /* file with the password */
	char *auth_path; /* name of that file until it is read; or NULL */
	struct watch watch;
	struct buf out; /* request bytes not yet sent */
	int broken;     /* errno of a failed write */
	uint64_t begun; /* time of connecting, ns; 0: not connected */
	char name[300]; /* name of the proxy for messages */
};

/* dial.c */
/* Resolves the target and tries its addresses. Result: 0, or -1 and *e. */
int dial_find(struct dialing *, struct err *e);
/* Opens the link on a connected fd; frees the dialing. */
void dial_open(struct dialing *, int fd);
/* Closes the link with an error; frees the dialing and the text. */
void dial_fail(struct dialing *, enum err_class, int code, struct buf *text);

/* dial_error.c */
const char *attempt_strerror(const struct attempt *);
/* Appends the target, and the proxy if there is one. */
void dial_put_target(const struct dialing *, struct buf *out);
/* Appends why all attempts failed. Result: the class, and *code. */
enum err_class dial_put_loss(const struct dialing *, int *code,
			     struct buf *out);

/* proxy_dial.c */
/* Prepares the handshake with the proxy. Result: NULL and *e if the proxy
 * cannot carry the connection. */
struct proxy_dial *proxy_dial_new(struct dialing *,
				  const struct endpoint *target,
				  const struct dial_options *, struct err *e);
void proxy_dial_free(struct proxy_dial *);
/* Reads the password or resolves the target's name, if the request needs it,
 * then finds the proxy. Result: 0, or -1 and *e. */
int proxy_dial_start(struct proxy_dial *, struct err *e);
/* Returns the name of the password file that is being read, or NULL. */
const char *proxy_dial_reads(const struct proxy_dial *);
/* Starts the handshake on a connected fd. */
void proxy_dial_begin(struct proxy_dial *, int fd);
/* Appends the proxy's name: `: proxy http://...`. */
void proxy_dial_put(const struct proxy_dial *, struct buf *out);
/* Appends the state of a handshake in progress. Result: false: there is none.
 */
bool proxy_dial_put_state(const struct proxy_dial *, struct buf *out);

#endif
