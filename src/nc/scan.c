/* SPDX-License-Identifier: ISC */
/*
 * Scans ports: looks the name up once, tries many ports at once, and reports
 * the results in the order of nc_options.ports. nc.c prints the results.
 */
#include "nc_own.h"
#include "rung/clock.h"
#include "rung/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* Maximum number of ports tried at once; each has a slot. */
#define WINDOW 64u
/* Number of descriptors for each port, and for the rest of the program. */
#define FILES_EACH 4u
#define FILES_OURS 16u
/* A UDP port that returns no error for this long counts as open. In this time
 * nc sends UDP_TIMES datagrams, ncat one. */
#define UDP_WAIT  (2 * NS_PER_S)
#define UDP_TIMES 4u

struct probe {
	struct transport link;
	struct timer deadline;
	struct scan *scan;
	struct addr addr;
	struct err why;
	size_t index;
	unsigned sent; /* UDP: datagrams sent */
	bool open, over;
};

struct scan {
	struct net *net;
	const struct nc_options *o;
	const struct scan_sink *sink;
	struct timer pause;
	struct resolve *resolve; /* running lookup, or NULL */
	struct timer wait_timer; /* timeout of -w for the lookup */
	struct addr found[RESOLVE_MAX];
	size_t found_count; /* number of addresses found by the lookup */
	struct probe probes[WINDOW];
	struct dial_options dial;
	size_t begun, reported, count, max_ports;
	bool resting, over;
};

static struct probe *probe_at(struct scan *s, size_t index)
{
	return &s->probes[index % WINDOW];
}

static bool is_udp(const struct scan *s)
{
	return s->o->pipe.at.ops->shape == SHAPE_DATAGRAMS;
}

static void probe_over(struct probe *p, bool open, const struct err *why)
{
	if (p->over)
		return;
	p->over = true;
	p->open = open;
	p->addr = p->link.peer;
	if (why)
		p->why = *why;
	loop_disarm(p->scan->net->loop, &p->deadline);
	transport_close(&p->link, false);
}

static struct probe *probe_of(const struct transport *t)
{
	return list_entry(t, struct probe, link);
}

static unsigned probes_per_port(const struct scan *s)
{
	return s->o->dialect == NC_NCAT ? 1 : UDP_TIMES;
}

/* Sends the datagram of the dialect: a NUL for ncat, an X for nc. */
static void send_probe(struct probe *p)
{
	struct loop *loop = p->scan->net->loop;
	bool nul = p->scan->o->dialect == NC_NCAT;
	struct unit unit = {.data = nul ? BYTES("\0") : BYTES("X")};
	struct err e;

	p->sent++;
	if (transport_send(&p->link, &unit, &e) && e.kind != ERR_LIMIT)
		probe_over(p, false, &e);
	else
		loop_arm(loop, &p->deadline,
			 loop_now(loop) + UDP_WAIT / probes_per_port(p->scan));
}

static void no_answer(struct err *why)
{
	err_set(why, ERR_CONNECT_TIMEOUT, ETIMEDOUT, "no answer");
}

static void deadline_fires(struct timer *timer)
{
	struct probe *p = list_entry(timer, struct probe, deadline);
	struct err why;

	if (p->link.state == LINK_OPEN && p->sent < probes_per_port(p->scan)) {
		send_probe(p);
		return;
	}
	if (p->link.state == LINK_OPEN) {
		probe_over(p, true, NULL);
		return;
	}
	no_answer(&why);
	probe_over(p, false, &why);
}

static void link_state_changed(struct transport *t, const struct err *why)
{
	struct probe *p = probe_of(t);

	if (t->state == LINK_OPEN && is_udp(p->scan)) {
		loop_disarm(p->scan->net->loop, &p->deadline);
		send_probe(p);
	} else if (t->state == LINK_OPEN) {
		probe_over(p, true, NULL);
	} else if (t->state == LINK_CLOSED && !p->over) {
		probe_over(p, false, why);
	}
}

/* Handles an answer to a datagram: the UDP port is open. */
static void link_received(struct transport *t, const struct unit *unit)
{
	(void)unit;
	probe_over(probe_of(t), true, NULL);
}

static void link_drained(struct transport *t)
{
	(void)t;
}

static bool link_wants_input(const struct transport *t)
{
	return !probe_of(t)->over;
}

static void link_note(struct transport *t, bool detail, const char *text)
{
	(void)t;
	(void)detail;
	(void)text;
}

static const struct transport_sink link_sink = {
    .state_changed = link_state_changed,
    .received = link_received,
    .drained = link_drained,
    .wants_input = link_wants_input,
    .note = link_note,
};

static void probe_begin(struct scan *s, size_t index)
{
	struct probe *p = probe_at(s, index);
	const struct pipe_options *o = &s->o->pipe;
	struct endpoint to = o->at;
	struct loop *loop = s->net->loop;
	struct addr known[RESOLVE_MAX];
	struct dial_options how = s->dial;
	struct err e;

	*p = (struct probe){.scan = s, .index = index};
	p->deadline.fire = deadline_fires;
	if (s->o->ports_count)
		snprintf(to.port, sizeof(to.port), "%u", s->o->ports[index]);
	for (size_t i = 0; i < s->found_count; i++) {
		known[i] = s->found[i];
		addr_set_port(&known[i], s->o->ports[index]);
	}
	how.known = s->found_count ? known : NULL;
	how.known_count = s->found_count;
	if (transport_connect(&p->link, s->net, &to, &how, &link_sink, &e)) {
		p->why = e;
		p->over = true;
		return;
	}
	if (o->open_timeout)
		loop_arm(loop, &p->deadline, loop_now(loop) + o->open_timeout);
}

static void pause_ends(struct timer *timer)
{
	struct scan *s = list_entry(timer, struct scan, pause);

	s->resting = false;
}

/* Returns true for errors that do not depend on the port: all other ports would
 * fail too. */
static bool is_final(const struct probe *p)
{
	return !p->open && (p->why.kind == ERR_DNS || p->why.code == EMFILE ||
			    p->why.code == ENFILE);
}

static void print_result(struct scan *s, struct probe *p)
{
	struct scanned found = {
	    .port = s->o->ports_count ? s->o->ports[p->index] : 0,
	    .open = p->open,
	    .addr = p->addr.len ? &p->addr : NULL,
	    .why = &p->why,
	};

	s->reported++;
	s->over = is_final(p) || s->reported == s->count;
	s->sink->found(s->sink, &found);
	if (!s->o->pause || s->over)
		return;
	s->resting = true;
	loop_arm(s->net->loop, &s->pause, loop_now(s->net->loop) + s->o->pause);
}

/* Returns true if another port may be tried. With a pause between ports (-i),
 * max_ports is 1. */
static bool may_begin(const struct scan *s)
{
	return !s->resolve && !s->resting && s->begun < s->count &&
	       s->begun - s->reported < s->max_ports;
}

/* Reports the finished ports and starts new ones, between turns. Returns true
 * if the scan continues. */
static bool advance(struct scan *s)
{
	while (!s->over) {
		if (s->reported < s->begun && probe_at(s, s->reported)->over)
			print_result(s, probe_at(s, s->reported));
		else if (may_begin(s))
			probe_begin(s, s->begun++);
		else
			return true;
	}
	return false;
}

/* ---- lookup ---- */

/* Reports the failed lookup for the first port and ends the scan. */
static void not_found(struct scan *s, const struct err *why)
{
	struct probe *first = probe_at(s, s->begun++);

	*first = (struct probe){.scan = s, .over = true, .why = *why};
	print_result(s, first);
	s->over = true;
}

static void looked_up(void *owner, const struct addr *found, size_t n,
		      const struct err *why)
{
	struct scan *s = owner;

	s->resolve = NULL;
	loop_disarm(s->net->loop, &s->wait_timer);
	if (!n) {
		not_found(s, why);
		return;
	}
	memcpy(s->found, found, n * sizeof(*found));
	s->found_count = n;
}

static const struct resolve_sink lookup_sink = {.answer = looked_up};

static void wait_timer_ends(struct timer *timer)
{
	struct scan *s = list_entry(timer, struct scan, wait_timer);
	struct err why;

	resolve_cancel(s->resolve);
	s->resolve = NULL;
	no_answer(&why);
	not_found(s, &why);
}

/* Returns the family to look up. A numeric source address restricts the scan to
 * the family of that address. */
static int family_of(const struct nc_options *o)
{
	if (o->pipe.at.family != AF_UNSPEC || !o->source.ops ||
	    !*o->source.host)
		return o->pipe.at.family;
	return strchr(o->source.host, ':') ? AF_INET6 : AF_INET;
}

/* Starts the lookup of the name. A proxy looks names up itself, and a path
 * needs no lookup. */
static void look_up(struct scan *s)
{
	const struct pipe_options *o = &s->o->pipe;
	struct loop *loop = s->net->loop;
	struct err e;

	if (o->proxied || o->at.ops->family == AF_UNIX)
		return;
	s->resolve = resolve_start(loop, o->at.host, o->at.port,
				   family_of(s->o), o->at.ops->socktype, false,
				   &lookup_sink, s, &e);
	if (!s->resolve)
		not_found(s, &e);
	else if (o->open_timeout)
		loop_arm(loop, &s->wait_timer,
			 loop_now(loop) + o->open_timeout);
}

/* ---- running ---- */

static size_t max_at_once(const struct nc_options *o)
{
	struct rlimit files;
	rlim_t n = WINDOW;

	if (o->pause)
		return 1;
	if (getrlimit(RLIMIT_NOFILE, &files) == 0 &&
	    files.rlim_cur != RLIM_INFINITY)
		n = files.rlim_cur < FILES_OURS + FILES_EACH
			? 1
			: (files.rlim_cur - FILES_OURS) / FILES_EACH;
	return n < WINDOW ? (size_t)n : WINDOW;
}

static void scan_free(struct scan *s)
{
	loop_disarm(s->net->loop, &s->pause);
	loop_disarm(s->net->loop, &s->wait_timer);
	if (s->resolve)
		resolve_cancel(s->resolve);
	for (size_t i = s->reported; i < s->begun; i++) {
		probe_at(s, i)->over = true;
		loop_disarm(s->net->loop, &probe_at(s, i)->deadline);
		transport_close(&probe_at(s, i)->link, false);
	}
	free(s);
}

int scan_turn(struct net *net, const struct nc_options *o,
	      const struct scan_sink *sink, struct err *e)
{
	struct scan *s = xalloc(sizeof(*s));
	int bad = 0;

	s->net = net;
	s->o = o;
	s->sink = sink;
	s->count = o->ports_count ? o->ports_count : 1;
	s->max_ports = max_at_once(o);
	s->dial.from = o->source.ops ? &o->source : NULL;
	s->dial.socket_options = &o->pipe.socket_options;
	s->dial.proxy = o->pipe.proxied ? &o->pipe.proxy : NULL;
	s->pause.fire = pause_ends;
	s->wait_timer.fire = wait_timer_ends;
	look_up(s);
	while (!bad && advance(s))
		bad = loop_turn(net->loop, e);
	scan_free(s);
	return bad;
}
