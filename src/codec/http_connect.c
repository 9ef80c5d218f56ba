/* SPDX-License-Identifier: ISC */
/*
 * CONNECT: the request to an HTTP proxy, and the head of the reply. The bytes
 * after the head come from the target.
 *
 * Source: RFC 9110 §9.3.6 (CONNECT), §11.7 (authentication by proxies), §15;
 *         RFC 9112 §2.2, §3, §4; RFC 7617 §2 (Basic).
 */
#include "base64.h"
#include "http_bytes.h"
#include "step.h"

#include "rung/text.h"

#include <assert.h>
#include <string.h>

enum { REASON_SHOWN = 60 };

static enum step_result judge(struct handshake *, struct buf *, struct err *);
static const struct handshake_step head = {judge};

static int put_auth(struct handshake *h, const struct proxy_request *request,
		    struct buf *out, struct err *e)
{
	if (bytes_find_byte(request->user, ':', 0) != BYTES_NOT_FOUND)
		return err_set(e, ERR_USAGE, 0,
			       "HTTP Basic cannot send a user name with ':'");
	buf_put(&h->auth, request->user);
	buf_putc(&h->auth, ':');
	if (buf_put(&h->auth, request->password))
		return step_no_memory(e);
	buf_puts(out, "Proxy-Authorization: Basic ");
	base64_put(buf_bytes(&h->auth), out);
	buf_puts(out, "\r\n");
	return 0;
}

static void put_target(const struct proxy_request *request, struct buf *out)
{
	bool v6 = bytes_find_byte(request->host, ':', 0) != BYTES_NOT_FOUND;

	buf_puts(out, v6 ? "[" : "");
	buf_put(out, request->host);
	buf_printf(out, "%s:%u", v6 ? "]" : "", request->port);
}

int http_start(struct handshake *h, const struct proxy_request *request,
	       struct buf *out, struct err *e)
{
	for (size_t i = 0; i < request->host.len; i++)
		if (request->host.at[i] <= ' ' || request->host.at[i] == 0x7F)
			return err_set(
			    e, ERR_USAGE, 0,
			    "host name contains a blank or control character");
	h->step = &head;
	buf_puts(out, "CONNECT ");
	put_target(request, out);
	buf_puts(out, " HTTP/1.1\r\nHost: ");
	put_target(request, out);
	buf_puts(out, "\r\n");
	if (request->user.len && put_auth(h, request, out, e))
		return -1;
	return buf_puts(out, "\r\n") ? step_no_memory(e) : 0;
}

/* Returns true if the head is complete. RFC 9112 §2.2: a lone LF may end a
 * line, too. */
static bool is_whole(struct bytes reply)
{
	const uint8_t *end = reply.at + reply.len;

	if (reply.len < 3 || end[-1] != '\n')
		return false;
	return end[-2] == '\n' || (end[-2] == '\r' && end[-3] == '\n');
}

static struct bytes line_of(struct bytes *rest)
{
	struct bytes line = bytes_head(*rest, bytes_find_byte(*rest, '\n', 0));

	*rest = bytes_skip(*rest, line.len + 1);
	if (line.len && line.at[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* Returns the code in a status line (RFC 9112 §4); 0: not a status line. */
static int read_status(struct bytes line)
{
	const uint8_t *p = line.at;

	if (line.len < 12 || memcmp(p, "HTTP/1.", 7) != 0 || !is_digit(p[7]) ||
	    p[8] != ' ' || !is_digit(p[9]) || !is_digit(p[10]) ||
	    !is_digit(p[11]) || (line.len > 12 && p[12] != ' '))
		return 0;
	return (p[9] - '0') * 100 + (p[10] - '0') * 10 + (p[11] - '0');
}

/* Searches the header lines for authentication schemes. Sets *any if there is
 * one, *basic if Basic is among them. */
static void read_ways(struct bytes lines, bool *any, bool *basic)
{
	static const char name[] = "proxy-authenticate:";

	*any = *basic = false;
	while (lines.len) {
		struct bytes line = line_of(&lines);

		if (!bytes_starts_caseless(line, name))
			continue;
		*any = true;
		for (size_t i = sizeof(name) - 1; i < line.len; i++)
			*basic |= bytes_starts_caseless(bytes_skip(line, i),
							"basic");
	}
}

static enum step_result wants_user(const struct handshake *h, struct bytes rest,
				   const char *status, struct err *e)
{
	bool any, basic;

	read_ways(rest, &any, &basic);
	if (any && !basic)
		return step_bad(
		    e, ERR_REFUSED,
		    "unsupported authentication (%s); rung supports Basic",
		    status);
	if (h->named)
		return step_bad(e, ERR_REFUSED, "authentication failed (%s)",
				status);
	return step_bad(e, ERR_REFUSED,
			"authentication required (%s); use http://USER@... "
			"with $RUNG_PROXY_PASSWORD, or --proxy-auth FILE",
			status);
}

struct http_meaning {
	int status;
	enum err_class kind;
	const char *words;
};

/* Statuses of RFC 9110 §15 and RFC 6585 §4 (429), with their meaning in the
 * reply of a proxy. */
static const struct http_meaning meanings[] = {
    {400, ERR_REFUSED, "bad request"},
    {403, ERR_REFUSED, "target forbidden"},
    {404, ERR_UNREACHABLE, "target not found"},
    {405, ERR_REFUSED, "CONNECT not supported"},
    {408, ERR_CONNECT_TIMEOUT, "request timed out"},
    {429, ERR_REFUSED, "too many requests"},
    {500, ERR_UNREACHABLE, "internal error"},
    {501, ERR_REFUSED, "CONNECT not supported"},
    {502, ERR_UNREACHABLE, "target unreachable"},
    {503, ERR_UNREACHABLE, "target unavailable"},
    {504, ERR_CONNECT_TIMEOUT, "target did not answer"},
};

static enum step_result refused(const struct handshake *h, int status,
				struct bytes line, struct bytes rest,
				struct err *e)
{
	struct http_meaning m = {status, ERR_REFUSED, "rejected"};
	enum step_result r = STEP_BAD;
	struct text shown;

	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (meanings[i].status == status)
			m = meanings[i];
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(bytes_skip(line, 9), REASON_SHOWN));
	if (status == 407)
		r = wants_user(h, rest, buf_cstr(&shown.buf), e);
	else
		step_bad(e, m.kind, "%s (%s)", m.words, buf_cstr(&shown.buf));
	text_fini(&shown);
	return r;
}

static enum step_result judge(struct handshake *h, struct buf *out,
			      struct err *e)
{
	struct bytes reply = buf_bytes(&h->reply), line;
	int status;

	(void)out;
	assert(reply.at);
	if (reply.len <= 5 && memcmp(reply.at, "HTTP/", reply.len) != 0)
		return step_alien(h, "HTTP", e);
	if (!is_whole(reply))
		return STEP_MORE;
	line = line_of(&reply);
	status = read_status(line);
	if (!status)
		return step_alien(h, "HTTP/1", e);
	/* RFC 9110 §15.2: interim replies precede the final one. */
	if (status / 100 == 1 && status != 101)
		return STEP_NEXT;
	if (status / 100 == 2)
		return STEP_DONE;
	return refused(h, status, line, reply, e);
}
