/* SPDX-License-Identifier: ISC */
/*
 * What the files of this room share: what was asked, as it was written, and
 * what becomes of it.
 */
#ifndef RUNG_NC_OWN_H
#define RUNG_NC_OWN_H

#include "rung/nc.h"

/* How a row of the tables is kept in struct asked. */
enum kept_strings {
	KEPT_FLAG,  /* bool */
	KEPT_COUNT, /* unsigned: how often */
	KEPT_TEXT,  /* const char *: its value, the last one */
	KEPT_LIST,  /* struct listed: each value */
	KEPT_NOT,   /* an error that names what there is instead */
};

/* Values of one option, given any number of times. */
struct string_list {
	const char **at;
	size_t count;
};

/* The options as they were written; lent by argv. */
struct nc_args {
	bool v4, v6, path, udp;
	bool listen, keep, zero, random, numeric, crlf;
	bool no_stdin, half, open, send_only,
	    recv_only; /* -d, -N, --no-shutdown */
	bool broadcast, debug, append, help, version;
	unsigned verbose;
	const char *port, *source, *wait, *idle, *quit, *delay;
	const char *proxy, *proxy_kind, *proxy_user, *proxy_dns;
	const char *exec, *shell, *max_peers, *output, *hex;
	const char *tos, *ttl, *least_ttl, *receive, *send;
	struct string_list allow, allow_file, deny, deny_file;
	char **words; /* what is no option */
	size_t words_count;
};

/* read.c */
int nc_args_parse(enum nc_dialect, int argc, char **argv, struct nc_args *,
		  struct err *e);
void nc_args_fini(struct nc_args *);
/* An error in the dialect's form: "nc: TEXT", "Ncat: TEXT. QUITTING.". */
int nc_fails(enum nc_dialect, enum err_class, struct err *e, const char *fmt,
	     ...) RUNG_PRINTF(4, 5);

/* openbsd.c, ncat.c: what it means there */
int openbsd_plan(const struct nc_args *, struct nc_options *, struct err *e);
int ncat_plan(const struct nc_args *, struct nc_options *, struct err *e);

/* plan.c: what both plan alike */
/* What does not go together, and how that is said there. */
struct plan_rule {
	bool both;
	const char *text;
};
int plan_check(enum nc_dialect, const struct plan_rule *, size_t n,
	       struct err *e);
/* The scheme of -4, -6, -U and -u. */
const char *plan_scheme(const struct nc_args *);
/* The path of -U, and a client's -s; the only word there is. */
int plan_path(struct nc_options *, const struct nc_args *, struct err *e);
/* `host` NULL: every address of the family, for listening. */
int plan_inet(const struct nc_options *, const struct nc_args *,
	      const char *host, const char *port, struct endpoint *,
	      struct err *e);
/* -s and -p of a client. */
int plan_source(struct nc_options *, const struct nc_args *, struct err *e);
/* The proxy that was asked for; its user is set already. */
int plan_proxy(struct nc_options *, const struct nc_args *, enum proxy_kind,
	       struct err *e);
/* As a string. Result: whether it fits. */
bool plan_copy(char *to, size_t size, struct bytes);
/* `what`: for the error. */
int plan_number(const struct nc_options *, const char *what, const char *text,
		uint64_t least, uint64_t most, uint64_t *, struct err *e);

/* hosts.c */
struct nc_hosts *hosts_new(void);
void hosts_free(struct nc_hosts *);
/* To all but those who are allowed: a list of nobody lets nobody in. */
void hosts_close(struct nc_hosts *);
/* One of `10.0.0.0/8`, `192.168.0-3.*`, `::1`, a name. -1 and *e. */
int hosts_add(struct nc_hosts *, bool allow, const char *text, bool numeric,
	      struct err *e);
/* A file of them, between blanks; `#` begins a comment. */
int hosts_add_file(struct nc_hosts *, bool allow, const char *path,
		   bool numeric, struct err *e);
const struct pipe_acl *hosts_guard(const struct nc_hosts *);

/* scan.c */
/* What became of a port; lent for the call, ports in their order. */
struct scanned {
	uint16_t port;
	bool open;
	const struct addr *addr; /* the one that answered or failed; or NULL */
	const struct err *why;
};
struct scan_sink {
	void (*found)(const struct scan_sink *, const struct scanned *);
};
/* All of it. Result: 0; -1 and *e: the loop could not wait. */
int scan_turn(struct net *, const struct nc_options *, const struct scan_sink *,
	      struct err *e);

/* words.c: what each says of what happens; "" where it says nothing */
void words_news(const struct nc_options *, const char *port,
		const struct pipe_event *, uint64_t spent, struct buf *out);
/* A port that answered, or did not; `port`: "" with a path. */
void words_open(const struct nc_options *, const char *port,
		const struct addr *, uint64_t spent, struct buf *out);
void words_fail(const struct nc_options *, const char *port,
		const struct addr *, const struct err *, struct buf *out);

#endif
