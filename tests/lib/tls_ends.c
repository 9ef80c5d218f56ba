/* SPDX-License-Identifier: ISC */
/*
 * Makes a TLS client and a TLS server, and carries their records. rungs.c has
 * the owners of the two ladders.
 */
#include "tests/lib/tls_ends.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct rung_plan *tls_try_plan(enum side side, const char *const *options,
			       struct err *e)
{
	return plan_with(test_rung(BYTES("tls")), side, options, e);
}

struct rung_plan *ends_plan(const char *rung, enum side side,
			    const char *const *options)
{
	struct err e;
	struct rung_plan *plan = plan_with(test_rung(bytes_str(rung)), side,
					   options, &e);
	if (!plan)
		fail_msg("%s", e.text);
	return plan;
}

struct rung_plan *tls_plan(enum side side, const char *const *options)
{
	return ends_plan("tls", side, options);
}

void ends_push(struct mock *m, struct rung_plan *plan)
{
	struct err e;
	mock_init(m);
	m->ladder.base = plan->spec[0].ops->below;
	if (rung_plan_push(plan, &m->ladder, &e))
		fail_msg("%s", e.text);
}

void ends_start(struct ends *s)
{
	ladder_start(&s->side[SERVER].ladder, 0);
	ladder_start(&s->side[CLIENT].ladder, 0);
}

void ends_init(struct ends *s, struct rung_plan *client,
	       struct rung_plan *server)
{
	s->plan[CLIENT] = client;
	s->plan[SERVER] = server;
	ends_push(&s->side[CLIENT], client);
	ends_push(&s->side[SERVER], server);
}

void ends_fini(struct ends *s)
{
	for (int i = 0; i < 2; i++) {
		mock_fini(&s->side[i]);
		rung_plan_unref(s->plan[i]);
	}
}

struct buf ends_take_sent(struct ends *s, int side)
{
	struct buf sent = s->side[side].down;
	buf_init(&s->side[side].down, SIZE_MAX / 8);
	return sent;
}

bool ends_carry(struct ends *s, int from, size_t piece)
{
	struct buf sent = ends_take_sent(s, from);
	struct bytes rest = buf_bytes(&sent);
	bool some = rest.len > 0;
	while (rest.len) {
		mock_come(&s->side[!from], bytes_head(rest, piece));
		rest = bytes_skip(rest, piece);
	}
	buf_fini(&sent);
	return some;
}

void ends_settle(struct ends *s, size_t piece)
{
	bool some = true;
	while (some) {
		some = ends_carry(s, CLIENT, piece);
		some |= ends_carry(s, SERVER, piece);
	}
}

const char *ends_notes(struct ends *s, int side)
{
	return buf_cstr(&s->side[side].notes);
}

void ends_has_note(struct ends *s, int side, const char *part)
{
	if (!strstr(ends_notes(s, side), part))
		fail_msg("no '%s' in: %s", part, ends_notes(s, side));
}

void ends_has_fact(struct ends *s, int side, const char *name, const char *want)
{
	const struct rung *r = s->side[side].ladder.top;
	struct attrs *facts = attrs_new();
	struct bytes value = BYTES_NONE;
	r->ops->info(r, facts);
	attrs_get(facts, name, &value);
	assert_true(bytes_is(value, want));
	attrs_unref(facts);
}

void ends_say(struct ends *s, int side, const char *text)
{
	struct err e;
	if (mock_send(&s->side[side], bytes_str(text), 0, &e))
		fail_msg("%s", e.text);
}

void ends_got(struct ends *s, int side, const char *data)
{
	assert_string_equal(buf_cstr(&s->side[side].data), data);
}

void ends_open(struct ends *s)
{
	ends_init(s, tls_plan(SIDE_CLIENT, tls_insecure),
		  tls_plan(SIDE_SERVER, NULL));
	ends_start(s);
	ends_settle(s, SIZE_MAX);
	ends_has_note(s, CLIENT, "opened tls\n");
	ends_has_note(s, SERVER, "opened tls\n");
}
