/* SPDX-License-Identifier: ISC */
/*
 * Parses the proxies that a user writes. codec/handshake.h speaks their
 * protocols, transport.h connects through them.
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
	struct endpoint at; /* TCP address of the proxy */
	char user[256];     /* "": none */
	char password[256]; /* "": none */
};

/* Environment variable with the password, used if there is no password file. */
#define PROXY_PASSWORD "RUNG_PROXY_PASSWORD"

/* Limit of the first line of a password file, with its newline, in bytes. */
#define PROXY_AUTH_MAX 520

/* A password file: its name, and the first bytes of its content. */
struct proxy_auth {
	const char *path;
	struct bytes text;
};

/*
 * Parses `http://[USER@]HOST[:PORT]`, `socks4://`, `socks4a://` and `socks5://`
 * (also as `socks5h://`). The default port is 3128 for http, else 1080. USER
 * may contain %XX escapes.
 * `auth`: a file whose first line is USER:PASSWORD, or PASSWORD if the address
 *         has a USER. NULL: no file; the password of USER is in the environment
 *         variable PROXY_PASSWORD, if that is set.
 * Result: 0, or -1 and *e (usage). A password in the address is rejected,
 *         because every user of the machine can read a command line.
 */
int proxy_parse(struct bytes text, const struct proxy_auth *auth,
		struct proxy *, struct err *e);
/* Does the same as proxy_parse(), but leaves out the user's password, which
 * proxy_take_auth() adds. */
int proxy_parse_address(struct bytes text, struct proxy *, struct err *e);
/* Adds the user and the password from the first line of a file. Result: as of
 * proxy_parse(). */
int proxy_take_auth(struct proxy *, const struct proxy_auth *, struct err *e);
/* Returns true if the text has the whole first line, so that no more of the
 * file is needed. */
bool proxy_auth_is_whole(struct bytes text);
/*
 * Parses like proxy_parse(), but reads the password file `path` (NULL: none)
 * itself; blocks.
 * Result:  as of proxy_parse(), or io.
 */
int proxy_parse_with_file(struct bytes text, const char *path, struct proxy *,
			  struct err *e);
/* Checks that the user and the password are valid for the kind of proxy; for a
 * struct that was not filled by proxy_parse(). Result: 0, or -1 and *e (usage).
 */
int proxy_check(const struct proxy *, struct err *e);
/* Appends `http://HOST:PORT`, without the user. */
void proxy_print(const struct proxy *, struct buf *out);
/* Appends `http://USER@HOST:PORT`, without the password; proxy_parse() reads it
 * back. */
void proxy_print_url(const struct proxy *, struct buf *out);
/* Schemes for completion and help, NULL-terminated: "http://"… */
extern const char *const proxy_schemes[];
void proxy_fini(struct proxy *);

#endif
