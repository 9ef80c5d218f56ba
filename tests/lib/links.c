/* SPDX-License-Identifier: ISC */
/*
 * Implements links.h. A condition that does not become true fails the test.
 */
#include "tests/lib/links.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct loop_engine *engine;
struct loop *loop;
struct net net;
static struct end *ends[ENDS];
static unsigned end_count;
struct timer guard;

static struct end *end_of(const struct transport *t)
{
	return list_entry(t, struct end, t);
}

struct end *new_end(void)
{
	struct end *e = xalloc(sizeof(*e));

	assert_true(end_count < ENDS);
	buf_init(&e->got, (size_t)64 << 20);
	buf_init(&e->cuts, BUF_SMALL);
	buf_init(&e->notes, BUF_SMALL);
	buf_init(&e->moves, BUF_SMALL);
	ends[end_count++] = e;
	return e;
}

static void on_state_changed(struct transport *t, const struct err *why)
{
	struct end *e = end_of(t);

	buf_putc(&e->moves, "NRCLO."[t->state]);
	err_clear(&e->why);
	if (why)
		e->why = *why;
	if (t->state == LINK_CLOSED)
		e->left = transport_queued(t);
}

static void on_received(struct transport *t, const struct unit *unit)
{
	struct end *e = end_of(t);

	if (unit->flags & UNIT_END) {
		assert_false(e->over);
		e->over = true;
		if (e->closes_at_end)
			transport_close(t, false);
		return;
	}
	assert_false(e->over);
	e->units++;
	e->cut += !!(unit->flags & UNIT_CUT);
	assert_int_equal(buf_put(&e->got, unit->data), 0);
	if (e->units <= 200)
		buf_printf(&e->cuts, " %zu", unit->data.len);
	assert_int_equal(unit->peer != NULL, t->ops->shape == SHAPE_DATAGRAMS);
	if (e->echoes)
		assert_int_equal(transport_send(t, unit, &e->why), 0);
}

static void on_drained(struct transport *t)
{
	end_of(t)->drains++;
}

static void on_write_shut(struct transport *t)
{
	end_of(t)->halves++;
}

static bool on_wants_input(const struct transport *t)
{
	const struct end *e = end_of(t);

	return !e->dry && !(e->sips && e->units);
}

static bool on_may_go(const struct transport *t)
{
	struct end *e = end_of(t);

	e->asked++;
	return e->goes;
}

static void on_note(struct transport *t, bool detail, const char *text)
{
	buf_printf(&end_of(t)->notes, "%c%s\n", detail ? '+' : '-', text);
}

static struct transport *on_accepted(struct transport *, int,
				     const struct addr *);

const struct transport_sink sink = {.state_changed = on_state_changed,
				    .received = on_received,
				    .drained = on_drained,
				    .write_shut = on_write_shut,
				    .accepted = on_accepted,
				    .wants_input = on_wants_input,
				    .may_go = on_may_go,
				    .note = on_note};

static struct transport *on_accepted(struct transport *listener, int fd,
				     const struct addr *peer)
{
	struct end *l = end_of(listener), *e;

	if (l->refuses)
		return NULL;
	e = new_end();
	e->echoes = l->echoes;
	e->closes_at_end = l->closes_at_end;
	l->kids[l->kid_count++] = e;
	transport_adopt(&e->t, listener, fd, peer, &sink);
	return &e->t;
}

void turn(void)
{
	struct err e;

	assert_int_equal(loop_turn(loop, &e), 0);
}

static void guard_fires(struct timer *timer)
{
	(void)timer;
	fail_msg("timed out");
}

void settle(void)
{
	for (int i = 0; i < 4; i++) {
		loop_no_wait(loop);
		turn();
	}
}

struct endpoint at(const char *text)
{
	struct endpoint ep;
	struct err e = {.text = ""};

	if (endpoint_parse(bytes_str(text), &ep, &e) < 0)
		fail_msg("%s: %s", text, e.text);
	return ep;
}

void listen_as(struct end *e, const char *text,
	       const struct listen_options *options)
{
	struct endpoint to = at(text);
	struct err why = {.text = ""};

	if (transport_listen(&e->t, &net, &to, options, &sink, &why) < 0)
		fail_msg("%s: %s", text, why.text);
}

struct end *listen_on(const char *text)
{
	struct end *e = new_end();

	listen_as(e, text, NULL);
	assert_int_equal(e->t.state, LINK_LISTENING);
	return e;
}

struct end *dial_as(struct end *e, const char *text)
{
	struct endpoint to = at(text);
	struct err why = {.text = ""};

	if (transport_connect(&e->t, &net, &to, NULL, &sink, &why) < 0)
		fail_msg("%s: %s", text, why.text);
	return e;
}

struct end *dial(const char *text)
{
	return dial_as(new_end(), text);
}

const char *abstract_of(const char *scheme)
{
	static char text[64];
	static unsigned n;

	snprintf(text, sizeof(text), "%s://@rung-test-%ld-%u", scheme,
		 (long)getpid(), ++n);
	return text;
}

const char *where(const struct end *listener)
{
	static char text[256];
	struct addr a = transport_local(&listener->t);
	struct buf out;

	buf_init(&out, BUF_SMALL);
	addr_print_url(&a, listener->t.ops->scheme, &out);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	buf_fini(&out);
	return text;
}

struct end *meet(struct end *listener, struct end **kid)
{
	unsigned n = listener->kid_count;
	struct end *e = dial(where(listener));

	until(e->t.state == LINK_OPEN && listener->kid_count > n);
	*kid = listener->kids[n];
	return e;
}

void say(struct end *e, const char *text)
{
	struct unit unit = {.data = bytes_str(text)};
	struct err why = {.text = ""};

	if (transport_send(&e->t, &unit, &why) < 0)
		fail_msg("send: %s", why.text);
}

struct err say_bad(struct end *e, struct bytes data)
{
	struct unit unit = {.data = data};
	struct err why = {.text = ""};

	assert_int_equal(transport_send(&e->t, &unit, &why), -1);
	return why;
}

const char *got(struct end *e)
{
	return buf_cstr(&e->got);
}

void has(const char *text, const char *words)
{
	if (!strstr(text, words))
		fail_msg("'%s' has no '%s' in it", text, words);
}

int world_setup(void **state)
{
	static struct clock real;
	struct err e;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	guard.fire = guard_fires;
	loop = loop_new(engine, &real, &e);
	if (!loop)
		return -1;
	net_init(&net, loop);
	return 0;
}

int world_teardown(void **state)
{
	(void)state;
	loop_disarm(loop, &guard);
	for (unsigned i = 0; i < end_count; i++)
		transport_close(&ends[i]->t, false);
	for (unsigned i = 0; i < end_count; i++) {
		buf_fini(&ends[i]->got);
		buf_fini(&ends[i]->cuts);
		buf_fini(&ends[i]->notes);
		buf_fini(&ends[i]->moves);
		free(ends[i]);
	}
	end_count = 0;
	net_fini(&net);
	loop_free(loop);
	return 0;
}
