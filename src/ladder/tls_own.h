/* SPDX-License-Identifier: ISC */
/*
 * Declares the parts that the rungs tls and dtls share: the context that
 * tls_options.c makes from their arguments, and functions of tls_rung.c.
 */
#ifndef RUNG_LADDER_TLS_OWN_H
#define RUNG_LADDER_TLS_OWN_H

#include "rung/codec/tls.h"
#include "rung/plan.h"

/* The context of a spec: shared by all rungs of the plan. */
struct tls_spec {
	struct tls_config *config;
	char *name; /* argument of --sni; NULL: use the host of the address */
	char *pin;  /* pin of a server's first certificate; NULL: none */
	int session_fd; /* file of --sess-out; -1: none */
	bool stalls;    /* sends no answer in the handshake (--stall) */
	bool made_cert; /* rung made the certificate itself */
	bool nameless;  /* a client needs no name */
	bool insecure;  /* a client verifies nothing */
};

/* The kinds that begin the table of each rung. */
enum { TLS_KIND_HANDSHAKE, TLS_KIND_ALERT, TLS_KINDS_SHARED };
#define TLS_KINDS(name_of_rung)                                      \
	[TLS_KIND_HANDSHAKE] = {.rung = (name_of_rung),              \
				.name = "handshake",                 \
				.brief = "a handshake message",      \
				.flags = KIND_CONTROL | KIND_NAMED | \
					 KIND_STEP},                 \
	[TLS_KIND_ALERT] = {.rung = (name_of_rung),                  \
			    .name = "alert",                         \
			    .brief = "an alert, as close_notify",    \
			    .flags = KIND_CONTROL | KIND_NAMED}

struct tls_rung {
	struct rung rung;
	const struct tls_spec *spec; /* the plan's */
	struct tls *tls;             /* NULL: not started */
	struct buf kept; /* unread input; for dtls a list of datagrams */
	struct bytes in; /* unread input of the current call */
	bool recognized; /* the first bytes are a TLS record */
	bool pending;    /* OpenSSL has more data to pass up */
	bool failed;  /* data is refused, so that none is sent in the clear */
	bool reading; /* dtls: read_kept() runs */
};

extern const struct param tls_params[];
/* Reads the arguments and their files. Result: 0 and spec->context, or -1 and
 * *e. */
int tls_prepare(struct rung_spec *, struct err *e);
/* Frees the context. */
void tls_discard(struct rung_spec *);

/* ---- tls_rung.c ---- */

struct tls_rung *tls_of(struct rung *);
bool tls_is_server(const struct tls_rung *);
/* Returns true in the states in which data is decrypted. */
bool tls_takes_input(const struct tls_rung *);
struct buf tls_new_buf(const struct tls_rung *);
/* Ends the rung with an error. Unread input passes as raw, without the records
 * that can no longer be decrypted. */
void tls_fail(struct tls_rung *, const struct err *why);
/* Refuses data that cannot be encrypted. Result: 0; -1 and *e: the rung has
 * failed, or never opened. */
int tls_check_open(const struct tls_rung *, struct err *e);
/* Handles the peer's close_notify. */
void tls_peer_closed(struct tls_rung *);
/* Handles the end of the link. */
void tls_link_ended(struct tls_rung *);
/* Makes the connection, for the name to verify. Reports its steps as kinds of
 * the rung. Result: false: the rung has failed. */
bool tls_begin(struct tls_rung *);

/* Members of rung_ops that both rungs have. */
extern const char *const tls_facts[];
struct rung *tls_make(const struct rung_spec *, struct err *);
void tls_rung_info(const struct rung *, struct attrs *facts);
void tls_spec_info(const struct rung_spec *, struct attrs *facts);
void tls_note(const struct rung_spec *, struct buf *out);
bool tls_certificate(const struct rung *, size_t nth, struct buf *der);
const char *tls_warning(const struct rung *);
void tls_rung_free(struct rung *);

#endif
