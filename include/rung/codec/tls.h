/* SPDX-License-Identifier: ISC */
/*
 * TLS and DTLS without a socket: bytes or datagrams in, and out. Only
 * src/codec/tls.c, dtls.c, tls_config.c and tls_session.c call OpenSSL's
 * libssl; codec/cert.h describes certificates.
 */
#ifndef RUNG_CODEC_TLS_H
#define RUNG_CODEC_TLS_H

#include "rung/attrs.h"
#include "rung/clock.h"
#include "rung/err.h"

struct tls;        /* one connection */
struct tls_config; /* keys, trust and versions, for many connections */

/* A certificate with its chain, and its key, in PEM. */
struct tls_pair {
	struct bytes cert, key;
};

/* The options of a config. Lent for the call of tls_config_new(). */
struct tls_options {
	bool server;
	bool datagrams; /* DTLS: see the functions of dtls.c */
	/* Verify no certificate. A server verifies those of clients only if
	 * `ca` or `ca_dir` is set. */
	bool insecure;
	struct bytes ca;    /* PEM; empty: the system's certificates */
	const char *ca_dir; /* directory of `openssl rehash`, or NULL */
	/* SHA-256 sums of public keys, of CERT_PIN_SIZE bytes each. Without
	 * `ca` and `ca_dir` a pin replaces the checks of chain and name. */
	const uint8_t *pins;
	size_t pin_count;
	const struct bytes *alpn; /* names, the best first */
	size_t alpn_count;
	const struct tls_pair *pairs; /* a server chooses by the client's SNI */
	size_t pair_count;
	/* Appends the password of an encrypted key, of at most 1000 bytes.
	 * Result: 0, or -1 and *e. */
	int (*password)(void *context, size_t pair, struct buf *, struct err *);
	void *password_context; /* argument of password() */
	int min, max;           /* versions of tls_version(); 0: the default */
	const char *ciphers, *groups; /* lists for OpenSSL; NULL: default */
	/* Client: the session to resume, as the text that save() got; empty:
	 * none. */
	struct bytes session;
	struct bytes early; /* data sent before the handshake is done */
	/* Called with each session that the server offers, in PEM. The text
	 * contains a secret key. May be NULL. */
	void (*save)(void *context, struct bytes pem);
	void *context; /* argument of save() */
};

/* Result: NULL and *e (usage: an option that OpenSSL rejects; limit). */
struct tls_config *tls_config_new(const struct tls_options *, struct err *e);
void tls_config_free(struct tls_config *);

/*
 * Makes one end of a connection. The config outlives it. `name`: the DNS name
 * or IP address that a client verifies, and sends as SNI if it is a name; NULL:
 * none.
 * Result:  NULL and *e (limit, or usage: not a name).
 */
struct tls *tls_new(struct tls_config *, const char *name, struct err *e);
void tls_free(struct tls *);
/* A handshake message or an alert that was sent or received. Lent for the call.
 */
struct tls_step {
	bool alert, sent;
	const char *name;  /* server_hello, close_notify; static */
	struct bytes data; /* decrypted, without the record */
};
/* Sets callbacks, which must not call the connection: `secret` gets the lines
 * of a key log. */
void tls_set_callbacks(struct tls *,
		       void (*secret)(void *context, struct bytes),
		       void (*step)(void *context, const struct tls_step *),
		       void *context);

enum tls_result {
	TLS_MORE,   /* all input was read */
	TLS_OK,     /* the call did its work; there may be more to read */
	TLS_CLOSED, /* the peer sent close_notify; `in` has the bytes after it
		     */
	TLS_FAILED, /* *e: tls-handshake, tls-verify, tls-alert or limit */
};

/*
 * Continues the handshake. Consumes bytes at the start of *in and appends the
 * records to send to `out`; after a failure, an alert.
 * Result:  TLS_MORE, TLS_OK, or TLS_FAILED and *e.
 */
enum tls_result tls_handshake(struct tls *, struct bytes *in, struct buf *out,
			      struct err *e);
/* The records that carried data: `end` is an offset in the input of the call;
 * the first of `len` bytes may have come in an earlier call. */
struct tls_place {
	size_t end;
	uint64_t len;
};
/*
 * Decrypts records from *in, and appends their data to `data` until it has at
 * least `most` bytes: at most TLS_RECORD_MAX - 1 more. `place`: from the first
 * record with data to the last.
 * Result:  TLS_MORE; TLS_OK: `most` bytes were added; TLS_CLOSED; TLS_FAILED
 *          and *e.
 */
enum tls_result tls_read(struct tls *, struct bytes *in, struct buf *data,
			 size_t most, struct tls_place *place, struct buf *out,
			 struct err *e);
/* Encrypts all of the data and appends the records. Result: 0; -1 and *e. */
int tls_write(struct tls *, struct bytes data, struct buf *out, struct err *e);
/* Changes the keys of both directions; appends the message. Result: 0; -1 and
 * *e (usage: TLS 1.2 cannot). */
int tls_key_update(struct tls *, struct buf *out, struct err *e);
/* Sends close_notify, once; later calls do nothing. The peer's data can still
 * be read. */
void tls_close(struct tls *, struct buf *out);
/* Appends the DER form of the nth certificate of the peer (0: its own), also of
 * one that was rejected. Result: false: there is none. */
bool tls_peer_certificate(const struct tls *, size_t nth, struct buf *der);
/* Adds the facts tls, cipher, group, alpn, sni, resumed, early and verified. */
void tls_info(const struct tls *, struct attrs *facts);

#define TLS_RECORD_MAX ((size_t)16 << 10) /* RFC 8446 §5.1 */
/* How much longer a record can be than its data, RFC 5246 §6.2.3. */
#define TLS_OVERHEAD_MAX ((size_t)2048 + 5)

/* Returns the header of the last record if OpenSSL has read nothing after it,
 * because it rejected the header; else empty. Lends: until the next call. */
struct bytes tls_lone_header(const struct tls *);

#define TLS_HEADER_SIZE ((size_t)5)

/* ---- datagrams ---- */

/*
 * With `datagrams`, the input of each call is one datagram, which the call
 * consumes, and the output is a list of datagrams, which dtls_next() reads.
 * tls_read() with `most` 1 reads one message, and tls_write() writes one. A
 * record that cannot be decrypted is ignored, RFC 6347 §4.1.2.7.
 */

/* Takes the first datagram of a list. Result: false: the list is empty. */
bool dtls_next(struct bytes *list, struct bytes *datagram);
/* Appends a datagram to a list. Result: 0; -1: it has more than 65535 bytes, or
 * there is no memory. */
int dtls_put(struct buf *list, struct bytes datagram);
/*
 * Checks the datagram of a sender that has no connection yet, and keeps nothing
 * of it. `peer`: the sender's address, as bytes that no other address has. If a
 * HelloVerifyRequest has to be sent, appends it to `answer`, as one datagram.
 * `now`: monotonic time in ns, which changes the key of the cookies.
 * Result:  true: a ClientHello with the cookie of this address. Pass it to
 *          dtls_expect_hello() of a new connection.
 */
bool dtls_admit(struct tls_config *, struct bytes peer, struct bytes datagram,
		uint64_t now, struct buf *answer);
/*
 * Server: waits for the ClientHello with the cookie of this address. Answers a
 * ClientHello without it with a HelloVerifyRequest. Consumes the datagram.
 * Result:  TLS_OK: tls_handshake() can begin; TLS_MORE; TLS_FAILED and *e.
 */
enum tls_result dtls_expect_hello(struct tls *, struct bytes peer,
				  struct bytes *in, struct buf *out,
				  struct err *e);
/* Returns true if the handshake waits for an answer, and the time in ns after
 * which to call dtls_repeat(). OpenSSL measures this time with its clock. */
bool dtls_waits(const struct tls *, uint64_t *ns);
/* Sends the last flight again, if its time has come. Result: 0; -1 and *e: the
 * peer has not answered many times. */
int dtls_repeat(struct tls *, struct buf *out, struct err *e);

/* Limit of a datagram of the handshake, in bytes: fits into 1280, the smallest
 * MTU of IPv6, with the headers. */
#define DTLS_MTU         1200
#define DTLS_COOKIE_SIZE 16
/* After this time the key of the cookies changes. A cookie made with the
 * previous key is still accepted. */
#define DTLS_KEY_NS (60 * NS_PER_S)

/* ---- words ---- */

/* Returns the name of an alert, RFC 8446 §6, or "unknown"; static. */
const char *tls_alert_name(int alert);
/* Returns the name of a type of handshake messages, RFC 8446 §4, or "unknown";
 * static. */
const char *tls_handshake_name(int type);
/* Parses `1.2` or `1.3`, or the older `1.0` and `1.1`. Result: its number in
 * records; 0: unknown. */
int tls_version(struct bytes text);
enum tls_first { TLS_FIRST_RECORD, TLS_FIRST_TEXT, TLS_FIRST_MORE };
/*
 * Checks if the first bytes of a peer are a TLS record or text of another
 * protocol. `protocol`: name of the other protocol, NULL: unknown; static.
 * Result:  TLS_FIRST_MORE: more bytes may name the protocol.
 */
enum tls_first tls_first_bytes(struct bytes first, const char **protocol);
/* Returns the bytes after the records at the start of `in`; none if the last
 * record is cut. */
struct bytes tls_skip_records(struct bytes in);

#endif
