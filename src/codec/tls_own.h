/* SPDX-License-Identifier: ISC */
/*
 * The structs that tls.c, dtls.c, tls_config.c and tls_session.c share.
 * OpenSSL's types are declared, not included.
 */
#ifndef RUNG_CODEC_TLS_OWN_H
#define RUNG_CODEC_TLS_OWN_H

#include "rung/codec/tls.h"

#define DTLS_KEY_SIZE 32

struct ssl_ctx_st;
struct ssl_session_st;
struct stack_st_X509;
struct x509_st;
struct x509_store_ctx_st;
struct ssl_st;

/* The current and the previous key that make the cookies. */
struct dtls_keys {
	uint8_t key[2][DTLS_KEY_SIZE];
	uint64_t made_at; /* time of the current key in ns */
};

struct tls_config {
	struct ssl_ctx_st **ctx; /* one for each pair, at least one */
	size_t count;
	uint8_t *pins;
	size_t pin_count;
	unsigned char *alpn; /* as in the extension */
	unsigned alpn_len;
	bool server, insecure;
	bool datagrams;
	struct dtls_keys keys;
	struct tls *listener;           /* reads datagrams of senders without a
					   connection, or NULL */
	bool chain;                     /* chain and name are verified */
	struct ssl_session_st *session; /* to resume, or NULL */
	struct stack_st_X509
	    *session_chain; /* certificates of `session`, or NULL */
	struct buf early;
	void (*save)(void *context, struct bytes pem);
	void *context; /* argument of save() */
};

struct tls {
	struct ssl_st *ssl;
	const struct tls_config *config;
	struct bytes *in; /* input of the current call; NULL: none */
	struct buf *out;
	uint64_t taken;  /* bytes of all input that were read */
	uint64_t record; /* value of `taken` where the last record began */
	uint8_t header[TLS_HEADER_SIZE]; /* header of that record */
	size_t header_len;               /* 0: no record came */
	bool opened;                     /* the handshake is done */
	bool early;                      /* the early data was sent */
	bool failed;                     /* OpenSSL forbids further calls */
	bool hello_came;                 /* dtls_expect_hello() is done */
	/* The ClientHello that OpenSSL reads next was reported before. */
	bool hello_reported;
	uint8_t cookie[2][DTLS_COOKIE_SIZE]; /* cookies of the peer's address,
						one for each of the dtls_keys */
	void (*secret)(void *context, struct bytes line); /* NULL: none */
	/* A step of the handshake, or an alert; NULL: none. */
	void (*step)(void *context, const struct tls_step *);
	void *context;                  /* argument of secret() and step() */
	struct stack_st_X509 *rejected; /* certificates of the peer, or NULL */
	/* Why the peer's certificate was rejected; NULL: it was not. */
	struct err *verify;
};

/* Sets the session options of a client's context. Result: 0, or -1 and *e. */
int tls_set_session(struct tls_config *, struct ssl_ctx_st *,
		    const struct tls_options *, struct err *e);
/* Verifies the certificates of the session, and lets the connection resume it.
 * Result: 0, or -1 and *e. */
int tls_resume(struct tls *, struct err *e);
/* Verifies the certificates of a peer. Result: 1; 0: rejected, see t->verify.
 */
int tls_verify(struct x509_store_ctx_st *, void *config);
void tls_free_session(struct tls_config *);
/* Begins a call with this input and output. */
void tls_enter(struct tls *, struct bytes *in, struct buf *out);
/* Ends a call that returned `status`. Result: TLS_OK if it did its work. */
enum tls_result tls_leave(struct tls *, int status, struct err *e);
/* Makes both keys anew. */
void dtls_new_keys(struct dtls_keys *, uint64_t now);
/* Makes a context write and verify cookies. */
void dtls_set_cookies(struct ssl_ctx_st *);
/* Appends the DER form of a certificate; NULL: nothing. */
void tls_put_der(const struct x509_st *, struct buf *der);

#endif
