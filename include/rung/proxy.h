/* SPDX-License-Identifier: ISC */
/*
 * Proxies: who carries a connection to its target, as a user writes it. What is
 * said to one stands in codec/handshake.h, the connecting in transport.h.
 */
#ifndef RUNG_PROXY_H
#define RUNG_PROXY_H

#include "rung/addr.h"

enum proxy_kind {
	PROXY_HTTP,    /* CONNECT, RFC 9110 §9.3.6 */
	PROXY_SOCKS4,  /* addresses of IPv4 only: we look the name up */
	PROXY_SOCKS4A, /* the proxy looks it up */
	PROXY_SOCKS5,  /* RFC 1928, RFC 1929; the proxy looks it up */
};

/* A plain value; a password in it goes with proxy_fini(). */
struct proxy {
	enum proxy_kind kind;
	struct endpoint at; /* its own address, looked up here; tcp */
	char user[256];     /* "": none */
	char password[256]; /* "": none */
};

/* Where a password is looked for that no file gives. */
#define PROXY_PASSWORD "RUNG_PROXY_PASSWORD"

/* USER:PASSWORD and a newline are no longer than this. */
#define PROXY_AUTH_MAX 520

/* A password file of that name, and the beginning of its text. */
struct proxy_auth {
	const char *path;
	struct bytes text;
};

/*
 * Reads `http://[USER@]HOST[:PORT]`, `socks4://`, `socks4a://`, `socks5://`
 * (also `socks5h://`, which is the same here). Without a port it is 3128 for
 * http, 1080 for the others. USER may have %XX in it.
 * `auth`:  a file whose first line is USER:PASSWORD, or PASSWORD if the
 *          address has a USER; NULL: the password of USER, if it has one, is in
 *          the environment (PROXY_PASSWORD).
 * Result:  0, or -1 and *e (usage). A password in the address is refused: every
 *          user of the machine could read it there.
 */
int proxy_parse(struct bytes text, const struct proxy_auth *auth,
		struct proxy *, struct err *e);
/* True if no more of the file is needed. */
bool proxy_auth_is_whole(struct bytes text);
/* The same, and reads the file (`path` may be NULL): it blocks. Result: as
 * above, or io. */
int proxy_parse_with_file(struct bytes text, const char *path, struct proxy *,
			  struct err *e);
/* What does not go together in one that was filled by hand. Result: 0, or -1
 * and *e (usage). */
int proxy_check(const struct proxy *, struct err *e);
/* Appends it as `http://HOST:PORT`, without its user. */
void proxy_print(const struct proxy *, struct buf *out);
/* The schemes for completion and help, NULL-ended: "http://"… */
extern const char *const proxy_schemes[];
void proxy_fini(struct proxy *);

#endif
