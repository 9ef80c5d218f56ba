/* SPDX-License-Identifier: ISC */
/*
 * Prints a session's fields and how the session ended. Changes no session.
 */
#include "rung/hub.h"
#include "rung/text.h"

#include <stdio.h>
#include <string.h>

static const char *const cause_words[] = {
    [CAUSE_NONE] = "",
    [CAUSE_LOCAL] = "closed here",
    [CAUSE_LOCAL_RESET] = "reset here (RST)",
    [CAUSE_PEER] = "closed by the peer (FIN), then here",
    [CAUSE_BOTH] = "closed here (FIN), then by the peer",
    [CAUSE_RESET] = "reset by the peer (RST)",
    [CAUSE_FAILED] = "failed",
    [CAUSE_ROOM] = ("closed here to make room for a new peer (longest "
		    "idle; see 'set peers')"),
};

/* A hosted link has no FIN and no RST; datagrams have no FIN. */
static const char *const hosted_cause_words[] = {
    [CAUSE_NONE] = "",
    [CAUSE_LOCAL] = "closed here",
    [CAUSE_LOCAL_RESET] = "closed here",
    [CAUSE_PEER] = "closed by the peer",
    [CAUSE_BOTH] = "closed by the peer",
    [CAUSE_RESET] = "reset by the peer",
    [CAUSE_FAILED] = "failed",
    [CAUSE_ROOM] = "",
};

bool session_made_room(const struct session *s)
{
	return s->link.cause == CAUSE_ROOM;
}

bool session_left_to_peer(const struct session *s)
{
	return !session_error(s) && s->link.cause != CAUSE_LOCAL &&
	       s->link.cause != CAUSE_LOCAL_RESET && !session_made_room(s);
}

static void put_half_closed(const struct session *s, struct buf *out)
{
	bool up = s->link.ended[DIR_UP];
	if (s->link.ops->runs)
		buf_puts(out,
			 up ? "command closed its output and is still running"
			    : "command's input is closed; its output is open");
	else if (session_peer_ended(s) && !up && s->rung_error)
		buf_printf(out, "%s failed; the link is open",
			   s->ended_by->name);
	else if (session_peer_ended(s) && !up && s->end_error)
		buf_printf(out, "%s; the link is open", s->end_error->text);
	else if (session_peer_ended(s) && !up)
		buf_printf(out, "peer ended %s; the link is open",
			   s->ended_by->name);
	else
		buf_puts(
		    out,
		    up ? "peer shut down its side (FIN); sending is open"
		       : "sending side is shut down (FIN); receiving is open");
}

static const char *end_words(const struct session *s)
{
	if (s->end_error)
		return s->end_error->text;
	if (s->link.ops && s->link.ops->runs &&
	    (s->link.cause == CAUSE_PEER || s->link.cause == CAUSE_BOTH))
		return "command ended with code 0";
	if (transport_is_hosted(&s->link) ||
	    (s->link.cause == CAUSE_PEER &&
	     s->link.ops->shape == SHAPE_DATAGRAMS))
		return hosted_cause_words[s->link.cause];
	return cause_words[s->link.cause];
}

static void put_bytes(struct buf *out, size_t n, const char *what)
{
	if (n)
		buf_printf(out, "; %zu byte%s %s", n, text_plural(n), what);
}

/* Returns true if the failure of the rung also ended the session, so that
 * end_words() has printed its error. */
static bool failure_is_printed(const struct session *s,
			       enum session_state state)
{
	if (!s->end_error)
		return false;
	return transport_is_hosted(&s->link) ||
	       (state == SESSION_CLOSED &&
		strcmp(s->end_error->text, s->rung_error->text) == 0);
}

void session_why(const struct session *s, struct buf *out)
{
	enum session_state state = session_state(s);
	if (state == SESSION_CLOSED)
		buf_puts(out, end_words(s));
	else if (state == SESSION_HALF_CLOSED)
		put_half_closed(s, out);
	else
		buf_puts(out, session_state_name(state));
	/* Received data can still be read. */
	if (state != SESSION_CLOSED && s->link.error)
		buf_printf(out, "; sending failed: %s",
			   transport_strerror(s->link.error));
	put_bytes(out, inbox_len(&s->inbox), "unread");
	put_bytes(out, session_unsent(s), "unsent");
	if (s->rung_error && !failure_is_printed(s, state))
		buf_printf(out, "; %s", s->rung_error->text);
}

const char *session_eof_clause(const struct session *s, char out[64])
{
	if (s->ended_by)
		snprintf(out, 64, "peer ended %s", s->ended_by->name);
	else
		snprintf(out, 64, "peer shut down its side (FIN)");
	return out;
}

int session_end_error(const struct session *s, struct err *e)
{
	if (s->end_error)
		return err_set(e, s->end_error->kind, s->end_error->code,
			       "%s: %s", s->name, s->end_error->text);
	if (s->link.state == LINK_CLOSED)
		return err_set(
		    e, s->link.cause == CAUSE_RESET ? ERR_RESET : ERR_CLOSED, 0,
		    "%s: %s", s->name, end_words(s));
	char clause[64];
	return err_set(e, ERR_CLOSED, 0, "%s: %s", s->name,
		       session_peer_ended(s)
			   ? session_eof_clause(s, clause)
			   : session_state_name(session_state(s)));
}

int session_timeout_error(const struct session *s, uint64_t within,
			  struct err *e)
{
	struct buf where = {.limit = BUF_SMALL};
	if (session_state(s) == SESSION_OPENING) {
		print_duration(within, &where);
		err_set(e, ERR_CONNECT_TIMEOUT, 0,
			"%s: connected, but %s did not open within %s", s->name,
			ladder_opening_rung(&s->ladder)->ops->name,
			buf_cstr(&where));
		buf_fini(&where);
		return -1;
	}
	if (s->endpoint)
		endpoint_print_escaped(s->endpoint, NULL, &where);
	else
		buf_puts(&where, s->name);
	transport_timeout_error(&s->link, buf_cstr(&where), within, e);
	buf_fini(&where);
	return -1;
}

const char *session_scheme(const struct session *s)
{
	return s->link.ops ? s->link.ops->scheme : "none";
}

const char *session_top(const struct session *s)
{
	return s->ladder.top ? s->ladder.top->ops->name : session_scheme(s);
}

const char *session_rung_of(const struct session *s,
			    const struct unit_kind *kind, unsigned flags)
{
	if (flags & UNIT_RAW)
		return session_scheme(s);
	return kind ? kind->rung : session_top(s);
}

struct origin session_origin(const struct session *s, size_t nth)
{
	struct inbox_message m = {.flags = 0};
	(void)inbox_record(&s->inbox, nth, &m);
	return (struct origin){
	    .kind = m.kind,
	    .attrs = m.attrs,
	    .rung = session_rung_of(s, m.kind, m.flags),
	    .number = m.number,
	    .flags = m.flags,
	    .log_id = session_log_id(s),
	};
}

size_t session_shown_partial(const struct session *s)
{
	const struct rung *r = s->ladder.top;
	uint64_t whole = r ? r->span[DIR_UP].to : 0;
	return r && r->ops->to_wire && r->shown > whole
		   ? (size_t)(r->shown - whole)
		   : 0;
}

void session_print_ladder(const struct session *s, struct buf *out)
{
	buf_puts(out, session_scheme(s));
	for (const struct rung *r = s->ladder.bottom; r; r = r->above)
		buf_printf(out, " > %s", r->ops->name);
}

void session_link_info(const struct session *s, struct buf *out)
{
	transport_info(&s->link, out);
}

const struct phases *session_phases(const struct session *s)
{
	return &s->link.phases;
}

static void print_name(const struct session *s, struct buf *out)
{
	buf_puts(out, s->name);
}

static void print_role(const struct session *s, struct buf *out)
{
	static const char *const names[] = {
	    [ROLE_CLIENT] = "client",
	    [ROLE_LISTENER] = "listener",
	    [ROLE_PEER] = "peer",
	};
	buf_puts(out, session_is_carrier(s) ? "carrier" : names[s->role]);
}

static void print_state(const struct session *s, struct buf *out)
{
	buf_puts(out, session_state_name(session_shown_state(s)));
}

static void print_retry(const struct session *s, struct buf *out)
{
	uint64_t now = loop_now(s->hub->loop), at = session_retry(s);
	if (session_is_reopening(s) && at > now)
		print_duration(at - now, out);
}

static void print_scheme(const struct session *s, struct buf *out)
{
	buf_puts(out, session_scheme(s));
}

/* Returns a listener's own address, else the peer's address. */
static struct addr main_addr(const struct session *s)
{
	if (s->role == ROLE_LISTENER)
		return transport_local(&s->link);
	return s->link.peer;
}

/* Returns the scheme of the address that the session was opened with. */
static const char *address_scheme(const struct session *s)
{
	const struct rung *lowest = s->ladder.bottom;
	const struct rung_plan *plan = lowest ? lowest->plan : s->plan;
	return plan && plan->scheme ? plan->scheme : s->link.ops->scheme;
}

static void print_addr(const struct session *s, struct buf *out)
{
	struct addr a = main_addr(s);
	/* With a proxy, link.peer is the proxy's address: print the requested
	 * address instead. */
	if (a.len && !(s->link.proxied && s->endpoint))
		addr_print_url(&a, address_scheme(s), out);
	else if (s->endpoint)
		endpoint_print(s->endpoint, address_scheme(s), out);
}

static bool is_every_address(const struct addr *a)
{
	if (a->u.sa.sa_family == AF_INET)
		return a->u.in.sin_addr.s_addr == htonl(INADDR_ANY);
	return a->u.sa.sa_family == AF_INET6 &&
	       IN6_IS_ADDR_UNSPECIFIED(&a->u.in6.sin6_addr);
}

void session_print_address(const struct session *s, struct buf *out)
{
	struct addr a = main_addr(s);
	if (a.len && !(s->link.proxied && s->endpoint))
		addr_print_url_escaped(&a, address_scheme(s), out);
	else if (s->endpoint)
		endpoint_print_escaped(s->endpoint, address_scheme(s), out);
	else
		buf_puts(out, "(unnamed)");
	if (s->role == ROLE_LISTENER && a.len && is_every_address(&a))
		buf_puts(out, " (every address)");
}

static void print_port(const struct session *s, struct buf *out)
{
	struct addr a = main_addr(s);
	if ((a.len && !s->link.proxied) || !s->endpoint)
		buf_printf(out, "%u", addr_port(&a));
	else
		buf_puts(out, s->endpoint->port);
}

static void print_peer(const struct session *s, struct buf *out)
{
	if (s->link.peer.len)
		addr_print(&s->link.peer, out);
}

static void print_local(const struct session *s, struct buf *out)
{
	struct addr a = transport_local(&s->link);
	if (a.len)
		addr_print(&a, out);
}

static void print_count(uint64_t n, struct buf *out)
{
	buf_printf(out, "%llu", (unsigned long long)n);
}

static void print_bytes_in(const struct session *s, struct buf *out)
{
	print_count(s->ladder.bytes[DIR_UP], out);
}

static void print_bytes_out(const struct session *s, struct buf *out)
{
	print_count(s->ladder.bytes[DIR_DOWN], out);
}

static void print_messages_in(const struct session *s, struct buf *out)
{
	print_count(s->units[DIR_UP], out);
}

static void print_messages_out(const struct session *s, struct buf *out)
{
	print_count(s->units[DIR_DOWN], out);
}

static void print_unread(const struct session *s, struct buf *out)
{
	print_count(inbox_len(&s->inbox), out);
}

static void print_unsent(const struct session *s, struct buf *out)
{
	print_count(session_unsent(s), out);
}

static void print_dropped(const struct session *s, struct buf *out)
{
	print_count(s->dropped, out);
}

static void print_memory(const struct session *s, struct buf *out)
{
	print_count(s->account.used, out);
}

static void print_peers(const struct session *s, struct buf *out)
{
	print_count(s->open_peers, out);
}

static void print_accepted(const struct session *s, struct buf *out)
{
	print_count(s->peers, out);
}

static void print_parent(const struct session *s, struct buf *out)
{
	const struct session *owner = session_owner(s);
	if (s->parent || owner)
		buf_puts(out, (owner ? owner : s->parent)->name);
}

static void print_live(const struct session *s, struct buf *out)
{
	buf_puts(out, s->display.live ? "on" : "off");
}

static void print_eol(const struct session *s, struct buf *out)
{
	display_print_eol(&s->display, out);
}

/* A field whose value may be any bytes. The fields whose value is escaped text
 * have rows of their own below. */
#define FIELD(name, brief, print)         \
	{                                 \
		name, brief, print, false \
	}

const struct session_field session_fields[] = {
    FIELD("name", "name of the session", print_name),
    FIELD("role", "client, listener, peer or carrier", print_role),
    FIELD("state",
	  "resolving, connecting, opening, listening, open, half-closed, "
	  "closing, closed",
	  print_state),
    {"why", "state, and how the session ended", session_why, true},
    FIELD("retry", "time until the next attempt to open the session",
	  print_retry),
    FIELD("scheme", "the transport", print_scheme),
    FIELD("addr",
	  "peer's address as a URL, for connect; a listener's own address",
	  print_addr),
    FIELD("port", "port of addr", print_port),
    FIELD("peer",
	  "the peer's address as HOST:PORT or a Unix path, not as a URL",
	  print_peer),
    FIELD("local", "local address as HOST:PORT or a Unix path, not as a URL",
	  print_local),
    FIELD("parent", "a peer's listener, a carrier's owner", print_parent),
    FIELD("bytes_in", "bytes received", print_bytes_in),
    FIELD("bytes_out", "bytes sent or queued", print_bytes_out),
    FIELD("messages_in", "messages received", print_messages_in),
    FIELD("messages_out", "messages sent", print_messages_out),
    FIELD("unread", "received bytes, not yet consumed", print_unread),
    FIELD("unsent", "queued bytes, not yet sent", print_unsent),
    FIELD("memory", "memory of inbox and queue, in bytes", print_memory),
    FIELD("dropped", "bytes dropped from a full inbox", print_dropped),
    FIELD("peers", "a listener's open peers", print_peers),
    FIELD("accepted", "peers that a listener has accepted", print_accepted),
    FIELD("live", "on: data is displayed on arrival", print_live),
    {"eol", "line end that sendline adds", print_eol, true},
    {NULL, NULL, NULL, false},
};

const struct session_field *session_field(struct bytes name)
{
	for (const struct session_field *f = session_fields; f->name; f++)
		if (bytes_is(name, f->name))
			return f;
	return NULL;
}
