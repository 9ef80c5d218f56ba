/* SPDX-License-Identifier: ISC */
/*
 * The context that tls_options.c makes from the arguments of a TLS rung.
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
	bool stalls;    /* answers no message of a handshake */
	bool made_cert; /* rung made the certificate itself */
	bool nameless;  /* a client needs no name */
	bool insecure;  /* a client verifies nothing */
};

extern const struct param tls_params[];
/* Reads the arguments and their files. Result: 0 and spec->context, or -1 and
 * *e. */
int tls_prepare(struct rung_spec *, struct err *e);
/* Frees the context. */
void tls_discard(struct rung_spec *);

#endif
