/* SPDX-License-Identifier: ISC */
/*
 * Types and functions that the files of this module share: the arguments as
 * given, and the functions that turn them into options.
 */
#ifndef RUNG_NC_OWN_H
#define RUNG_NC_OWN_H

#include "rung/nc.h"

/* The form in which a table entry stores its value in struct nc_args. */
enum kept_as {
	KEPT_FLAG,  /* bool */
	KEPT_COUNT, /* unsigned: number of uses */
	KEPT_TEXT,  /* const char *: the last value */
	KEPT_LIST,  /* struct string_list: all values */
	KEPT_NONE,  /* unsupported: error with an alternative */
};

/* The values of an option that can be repeated. */
struct string_list {
	const char **at;
	size_t count;
};

/* The arguments as given; lent by argv. */
struct nc_args {
	bool v4, v6, path, udp;
	bool listen, keep, zero, random, numeric, crlf;
	bool no_stdin, shutdown, no_shutdown; /* -d, -N, --no-shutdown */
	bool send_only, recv_only;
	bool broadcast, debug, append, help, version;
	unsigned verbose;
	const char *port, *source, *wait, *idle, *quit, *delay;
	const char *proxy, *proxy_kind, *proxy_user, *proxy_dns;
	const char *exec, *shell, *max_peers, *output, *hex;
	const char *tos, *ttl, *least_ttl, *receive, *send;
	bool tls, tls_verify;
	const char *tls_cert, *tls_key, *tls_trust, *tls_ciphers, *tls_alpn;
	const char *tls_name;
	struct string_list allow, allow_file, deny, deny_file;
	char **words; /* arguments that are not options */
	size_t words_count;
};

/* read.c */
int nc_args_parse(enum nc_dialect, int argc, char **argv, struct nc_args *,
		  struct err *e);
void nc_args_fini(struct nc_args *);
/* Sets an error in the dialect's form: "nc: TEXT", "Ncat: TEXT. QUITTING.". */
int nc_fails(enum nc_dialect, enum err_class, struct err *e, const char *fmt,
	     ...) RUNG_PRINTF(4, 5);

/* openbsd.c, ncat.c: turn the arguments into options */
int openbsd_plan(const struct nc_args *, struct nc_options *, struct err *e);
int ncat_plan(const struct nc_args *, struct nc_options *, struct err *e);

/* ncat_tls.c: sets the plan of the rungs for --ssl */
int ncat_plan_tls(const struct nc_args *, struct nc_options *, struct err *e);

/* plan.c: shared by both dialects */
/* An invalid combination of options, and its error text. */
struct plan_rule {
	bool violated;
	const char *text;
};
int plan_check(enum nc_dialect, const struct plan_rule *, size_t n,
	       struct err *e);
/* Returns the scheme that -4, -6, -U and -u select. */
const char *plan_scheme(const struct nc_args *);
/* Sets the address for -U: the path, which is the only argument. Sets a
 * client's source address from -s. */
int plan_path(struct nc_options *, const struct nc_args *, struct err *e);
/* Parses an address. `host` NULL: all addresses of the family, for a listener.
 */
int plan_inet(const struct nc_options *, const struct nc_args *,
	      const char *host, const char *port, struct endpoint *,
	      struct err *e);
/* Sets a client's source address from -s and -p. */
int plan_source(struct nc_options *, const struct nc_args *, struct err *e);
/* Sets the proxy from the arguments, except the proxy's user, which the caller
 * sets before. */
int plan_proxy(struct nc_options *, const struct nc_args *, enum proxy_kind,
	       struct err *e);
/* Copies the bytes to a string. Returns false if the bytes do not fit or
 * contain a NUL. */
bool plan_copy(char *to, size_t size, struct bytes);
/* Parses a number. `what`: name of the number in the error. */
int plan_number(const struct nc_options *, const char *what, const char *text,
		uint64_t least, uint64_t most, uint64_t *, struct err *e);

/* hosts.c */
struct nc_hosts *hosts_new(void);
void hosts_free(struct nc_hosts *);
/* Makes the list reject peers that no rule allows. */
void hosts_close(struct nc_hosts *);
/* Adds `10.0.0.0/8`, `192.168.0-3.*`, `::1` or a name. Result: 0, or -1 and *e.
 */
int hosts_add(struct nc_hosts *, bool allow, const char *text, bool numeric,
	      struct err *e);
/* Adds a file of hosts, separated by blanks, newlines or commas; `#` begins a
 * comment. */
int hosts_add_file(struct nc_hosts *, bool allow, const char *path,
		   bool numeric, struct err *e);
const struct pipe_acl *hosts_guard(const struct nc_hosts *);

/* The result for one port, lent during the call. Ports are reported in order.
 */
struct scanned {
	uint16_t port;
	bool open;
	const struct addr *addr; /* address that answered or failed; or NULL */
	const struct err *why;
};
struct scan_sink {
	void (*found)(const struct scan_sink *, const struct scanned *);
};
/* Runs the scan. Result: 0; -1 and *e: the loop failed. */
int scan_turn(struct net *, const struct nc_options *, const struct scan_sink *,
	      struct err *e);

/* nc_messages.c: append the dialect's lines, or nothing if the dialect prints
 * none */
void messages_event(const struct nc_options *, const char *port,
		    const struct pipe_event *, uint64_t spent, struct buf *out);
/* The next two functions append the line for an open port and for a port that
 * failed. `port`: "" with a path. */
void messages_open(const struct nc_options *, const char *port,
		   const struct addr *, uint64_t spent, struct buf *out);
void messages_fail(const struct nc_options *, const char *port,
		   const struct addr *, const struct err *, struct buf *out);

#endif
