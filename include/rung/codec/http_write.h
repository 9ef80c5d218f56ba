/* SPDX-License-Identifier: ISC */
/*
 * Writes the fields of HTTP messages: those that the user gave as
 * `Name: value`, and defaults that the user did not give.
 *
 * Source: RFC 9112 §9.3 (Connection), RFC 9110 §5.5 (values), §11.6.2 and RFC
 * 7617 §2 (Basic), RFC 6750 §2.1 (Bearer).
 */
#ifndef RUNG_CODEC_HTTP_WRITE_H
#define RUNG_CODEC_HTTP_WRITE_H

#include "rung/attrs.h"
#include "rung/param.h"

/* Returns the reason phrase of a status (RFC 9110 §15), or "". Static. */
const char *http_reason(unsigned status);
/* Checks the given fields: `Name: value`; `Name;`, an empty value; `Name:`,
 * which takes off the default of that name. Result: 0, or -1 and *e (usage). */
int http_check_given(const struct arg *given, struct err *e);
/* Returns true if a given field has this name, so that there is no default. */
bool http_is_given(const struct arg *given, const char *name);
/* Appends the given fields, each with CR LF. */
void http_put_given(const struct arg *given, struct buf *out);
/* Appends a field unless one of that name is given. */
void http_put_default(const struct arg *given, const char *name,
		      struct bytes value, struct buf *out);
void http_put_default_number(const struct arg *given, const char *name,
			     uint64_t value, struct buf *out);
/*
 * Appends `Connection: close` to an answer if the request ends the connection,
 * and `Connection: keep-alive` if a client of HTTP/1.0 asked for that.
 * `asked`:  the attributes of the request; NULL: not known, no field.
 * `framed`: the answer has a Content-Length, or no body.
 * Source:   RFC 9112 §9.3, §9.6, appendix C.2.2.
 */
void http_put_connection(const struct arg *given, const struct attrs *asked,
			 bool framed, struct buf *out);
/* Returns true if the request is of HTTP/1.0. */
bool http_is_old(const struct attrs *asked);
/* Appends the value of an Authorization field for Basic. */
void http_put_basic(struct bytes user, struct bytes password, struct buf *out);

#endif
