/* SPDX-License-Identifier: ISC */
/*
 * Proxies as a user writes them. codec/handshake.h speaks their protocols,
 * transport.h connects through them.
 */
#ifndef RUNG_PROXY_H
#define RUNG_PROXY_H

#include "rung/addr.h"

enum proxy_kind {
	PROXY_HTTP,    /* CONNECT, RFC 9110 §9.3.6 */
	PROXY_SOCKS4,  /* IPv4 addresses only: rung looks up names */
	PROXY_SOCKS4A, /* the proxy looks up names */
	PROXY_SOCKS5,  /* RFC 1928, RFC 1929; the proxy looks up names */
};

/* A plain value; proxy_fini() wipes the password. */
struct proxy {
	enum proxy_kind kind;
	struct endpoint at; /* address of the proxy; tcp */
	char user[256];     /* "": none */
	char password[256]; /* "": none */
};

/* The environment variable with the password, if no file gives one. */
#define PROXY_PASSWORD "RUNG_PROXY_PASSWORD"

/* Limit of USER:PASSWORD and a newline, in bytes. */
#define PROXY_AUTH_MAX 520

/* The name of a password file and the first bytes of its content. */
struct proxy_auth {
	const char *path;
	struct bytes text;
};

/*
 * Parses `http://[USER@]HOST[:PORT]`, `socks4://`, `socks4a://`, `socks5://`
 * (also `socks5h://`, which means the same here). The default port is 3128 for
 * http, 1080 for the others. USER may contain %XX.
 * `auth`: a file whose first line is USER:PASSWORD, or PASSWORD if the address
 *         has a USER; NULL: the password of USER, if it has one, is in the
 *         environment (PROXY_PASSWORD).
 * Result: 0, or -1 and *e (usage). A password in the address is rejected,
 *         because every user of the machine could read it there.
 */
int proxy_parse(struct bytes text, const struct proxy_auth *auth,
		struct proxy *, struct err *e);
/* Returns true if the text has the whole first line, so that no more of the
 * file is needed. */
bool proxy_auth_is_whole(struct bytes text);
/*
 * Does the same as proxy_parse(), but reads the password file itself, which
 * blocks (`path` may be NULL).
 * Result:  as of proxy_parse(), or io.
 */
int proxy_parse_with_file(struct bytes text, const char *path, struct proxy *,
			  struct err *e);
/* Checks that the user and the password are valid for the kind of proxy, in a
 * struct filled in without proxy_parse(). Result: 0, or -1 and *e (usage). */
int proxy_check(const struct proxy *, struct err *e);
/* Appends `http://HOST:PORT`, without the user. */
void proxy_print(const struct proxy *, struct buf *out);
/* Schemes for completion and help, NULL-terminated: "http://"… */
extern const char *const proxy_schemes[];
void proxy_fini(struct proxy *);

#endif
