/* SPDX-License-Identifier: ISC */
/*
 * Reads a command line of curl, as typed or as copied from a browser, and
 * writes the request that curl would send for it. Reads no file and has no
 * random source: the caller supplies both.
 *
 * Source: curl(1); bash(1), QUOTING; RFC 3986, RFC 7617 (Basic), RFC 6750
 *         (Bearer).
 */
#ifndef RUNG_CODEC_CURL_H
#define RUNG_CODEC_CURL_H

#include "rung/err.h"

/* The supported options; those before CURL_FLAGS take no value. */
enum curl_kind {
	CURL_COMPRESSED,
	CURL_FAIL,
	CURL_GET,
	CURL_GLOBOFF,
	CURL_HEAD,
	CURL_INCLUDE,
	CURL_INSECURE,
	CURL_IPV4,
	CURL_IPV6,
	CURL_LOCATION,
	CURL_PATH_AS_IS,
	CURL_SHOW_ERROR,
	CURL_SILENT,
	CURL_VERBOSE,
	CURL_FLAGS,
	/* If repeated, the last value counts. */
	CURL_AGENT,
	CURL_BEARER,
	CURL_CACERT,
	CURL_CERT,
	CURL_CONNECT_TIMEOUT,
	CURL_INTERFACE,
	CURL_KEY,
	CURL_MAX_TIME,
	CURL_METHOD,
	CURL_OUTPUT,
	CURL_PROXY,
	CURL_PROXY_USER,
	CURL_RANGE,
	CURL_REFERER,
	CURL_UNIX_SOCKET,
	CURL_URL,
	CURL_USER,
	/* If repeated, all values count, in the order of the line. */
	CURL_CONNECT_TO,
	CURL_COOKIE,
	CURL_DATA,
	CURL_DATA_BINARY,
	CURL_DATA_RAW,
	CURL_DATA_URLENCODE,
	CURL_FORM,
	CURL_FORM_STRING,
	CURL_HEADER,
	CURL_JSON,
	CURL_RESOLVE,
	CURL_IGNORED, /* without effect on the request */
};

struct curl_item {
	enum curl_kind kind;
	struct bytes value; /* empty for a flag */
};

/* Zeroed before curl_read(). */
struct curl_request {
	unsigned long flags; /* 1ul << kind */
	struct curl_item *items;
	size_t count;
	bool tls; /* the scheme is https */
	/* Parts of the URL. `host` includes the port; the path has no dot
	 * segments, begins with a slash and includes the query. */
	struct bytes host, userinfo, path;
	struct buf words, url; /* private */
};

/* Reads the file of `-d @FILE` and the like into *out. Result: 0; -1 and *e. */
struct curl_files {
	int (*read)(void *context, struct bytes path, struct buf *out,
		    struct err *e);
	void *context;
};

/*
 * Reads the rest of a command line after `curl`: the form of bash, or of cmd if
 * a word begins with `^"`. In the form of cmd a doubled backslash is one
 * backslash, as browsers write it.
 * Owns:    the request keeps copies; curl_free() frees it, also after an error.
 * Result:  0; -1 and *e (usage): an unknown option, which the text names; text
 *          that a shell would change, such as `$x`; no URL, more than one, or
 *          one of another scheme than http and https.
 */
int curl_read(struct curl_request *, struct bytes line, struct err *e);
void curl_free(struct curl_request *);
static inline bool curl_has(const struct curl_request *r, enum curl_kind flag)
{
	return r->flags >> flag & 1;
}
/* Finds the last value of an option. Result: false: not given, and *value is
 * unchanged. */
bool curl_value(const struct curl_request *, enum curl_kind,
		struct bytes *value);
/* Returns the method: that of -X, or the one that the other options imply. */
struct bytes curl_method(const struct curl_request *);
/*
 * Appends the data of all -d, --json and the like, or of all -F with the
 * boundary. With -G, curl_put_target() uses the result.
 * Result:  0; -1 and *e (usage: an option of a part is unknown; limit; an error
 *          of `files`).
 */
int curl_put_data(const struct curl_request *, struct bytes boundary,
		  const struct curl_files *files, struct buf *out,
		  struct err *e);
/* Appends the target of the request line: the path, and with -G the data. */
int curl_put_target(const struct curl_request *, struct bytes data,
		    struct buf *out);
/*
 * Appends the header fields in the order of curl, each with CR LF, without the
 * empty line. There is no User-Agent unless the line has one.
 * Result:  0; -1 and *e (usage: a field that is not `Name: value`; limit).
 */
int curl_put_fields(const struct curl_request *, struct bytes data,
		    struct bytes boundary, struct buf *out, struct err *e);

struct curl_field {
	struct bytes name, value;
};

/* A request that was sent, to be written as a command line. */
struct curl_sent {
	struct bytes method, url; /* the URL without a fragment */
	const struct curl_field *fields;
	size_t count;
	struct bytes data;
	struct bytes unix_socket; /* path; empty: none */
	bool insecure;            /* adds -k */
};

/*
 * Appends a command line of curl, in the form of bash, that sends the same
 * request: it also removes the fields that curl would add. Puts each option on
 * a line of its own, without a newline after the last.
 * Result:  0; -1 and *e (usage: a value with a NUL, which no command line can
 *          carry; limit).
 */
int curl_put_line(const struct curl_sent *, struct buf *out, struct err *e);
/*
 * Does the same for a message of HTTP: a head and the body after it. The URL is
 * only SCHEME://HOST[:PORT] (without a host, that of the message), and the
 * other parts of the request are read from the message. Result:  0; -1 and *e:
 * as above, and usage: a request that breaks a rule, is not HTTP/1.1 or has a
 * target that is no path. *out may then have a part of the line.
 */
int curl_put_message(const struct curl_sent *, struct bytes message,
		     struct buf *out, struct err *e);

#endif
