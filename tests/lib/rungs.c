/* SPDX-License-Identifier: ISC */
/*
 * Implements rungs.h.
 */
#include "tests/lib/rungs.h"

#include "tests/lib/plans.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A rung of any kind of this file. */
struct part {
	struct rung rung;
	struct buf in; /* received, not passed on */
	bool turned;
};

static struct part *of(struct rung *r)
{
	return list_entry(r, struct part, rung);
}

static struct rung *make(const struct rung_spec *spec, struct err *e)
{
	struct part *p = xalloc(sizeof *p);
	(void)spec;
	(void)e;
	buf_init(&p->in, SIZE_MAX / 8);
	return &p->rung;
}

static void free_part(struct rung *r)
{
	buf_fini(&of(r)->in);
	free(of(r));
}

static struct bytes leftover(struct rung *r)
{
	return buf_bytes(&of(r)->in);
}

static bool is_open(const struct rung *r)
{
	return r->state == RUNG_OPEN || r->state == RUNG_CLOSING;
}

static void pass(struct rung *r, struct bytes data, unsigned flags)
{
	struct unit u = {.data = data, .flags = flags};
	if (data.len || flags & UNIT_END)
		rung_pass_up(r, &u);
}

static void pass_end(struct rung *r, const struct unit *u)
{
	if (u->flags & UNIT_END)
		pass(r, BYTES_NONE, UNIT_END);
}

static int down(struct rung *r, const struct unit *u, struct err *e)
{
	return rung_pass_down(r, u, e);
}

static void say(struct rung *r, const char *words)
{
	struct unit u = {.data = bytes_str(words), .flags = UNIT_ONCE};
	(void)rung_pass_down(r, &u, NULL);
}

static void pass_up(struct rung *r, const struct unit *u)
{
	rung_pass_up(r, u);
}

const struct rung_ops pass_rung = {
    .name = "pass",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .make = make,
    .up = pass_up,
    .down = down,
    .free = free_part,
};

const struct rung_ops relay_rung = {
    .name = "relay",
    .below = SHAPE_MESSAGES,
    .above = SHAPE_MESSAGES,
    .make = make,
    .up = pass_up,
    .down = down,
    .free = free_part,
};

/* ---- grow ---- */

static void grow_resume(struct rung *r)
{
	struct part *p = of(r);
	while (buf_len(&p->in) && r->state != RUNG_ENDED &&
	       rung_may_pass_up(r)) {
		char many[GROWTH];
		memset(many, buf_bytes(&p->in).at[0], sizeof many);
		buf_drop(&p->in, 1);
		rung_consumed(r, rung_received(r) - buf_len(&p->in));
		pass(r, bytes_of(many, sizeof many), 0);
	}
	/* A failure below has delivered the kept bytes. */
	if (r->state == RUNG_ENDED)
		buf_clear(&p->in);
}

static void grow_up(struct rung *r, const struct unit *u)
{
	struct part *p = of(r);
	bool kept = buf_len(&p->in);
	(void)buf_put(&p->in, u->data);
	if (!kept)
		grow_resume(r);
	pass_end(r, u);
}

const struct rung_ops grow_rung = {
    .name = "grow",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .make = make,
    .up = grow_up,
    .resume = grow_resume,
    .down = down,
    .leftover = leftover,
    .free = free_part,
};

/* ---- late ---- */

size_t late_removed;

static void late_start(struct rung *r)
{
	say(r, "<hi>");
}

static void late_up(struct rung *r, const struct unit *u)
{
	struct part *p = of(r);
	struct bytes rest = u->data;
	struct err why;
	while (r->state == RUNG_STARTING && rest.len) {
		bool opens = rest.at[0] == '!';
		(void)buf_put(&p->in, bytes_head(rest, 1));
		rest = bytes_skip(rest, 1);
		if (opens) {
			late_removed += buf_len(&p->in);
			buf_clear(&p->in);
			rung_opened(r);
		}
	}
	pass(r, rest, r->state == RUNG_ENDED ? UNIT_RAW : 0);
	if (u->flags & UNIT_END && r->state == RUNG_STARTING) {
		err_set(&why, ERR_EOF_EARLY, 0, "late: ended too early");
		rung_fail(r, BYTES_NONE, &why);
	}
	pass_end(r, u);
}

const struct rung_ops late_rung = {
    .name = "late",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .make = make,
    .start = late_start,
    .up = late_up,
    .down = down,
    .leftover = leftover,
    .free = free_part,
};

/* ---- slow ---- */

static void slow_up(struct rung *r, const struct unit *u)
{
	struct bytes in = u->data;
	const uint8_t *dot = in.len ? memchr(in.at, '.', in.len) : NULL;
	if (r->state != RUNG_CLOSING || !dot) {
		rung_pass_up(r, u);
		return;
	}
	size_t before = (size_t)(dot - in.at);
	pass(r, bytes_head(in, before), 0);
	rung_closed(r);
	pass(r, bytes_skip(in, before + 1), UNIT_RAW);
	pass_end(r, u);
}

static void slow_close(struct rung *r, const struct close_request *how)
{
	(void)how;
	say(r, "<bye>");
}

const struct rung_ops slow_rung = {
    .name = "slow",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .make = make,
    .up = slow_up,
    .down = down,
    .close = slow_close,
    .free = free_part,
};

/* ---- bad ---- */

/* Passes up the kept bytes. */
static void pass_kept(struct rung *r, unsigned flags)
{
	struct buf whole = of(r)->in;
	buf_init(&of(r)->in, SIZE_MAX / 8);
	pass(r, buf_bytes(&whole), flags);
	buf_fini(&whole);
}

static void bad_up(struct rung *r, const struct unit *u)
{
	struct err why;
	err_set(&why, ERR_FRAME, 0, "bad: an X");
	for (size_t i = 0; i < u->data.len; i++) {
		uint8_t at = u->data.at[i];
		if (at == 'X' && r->state != RUNG_ENDED) {
			rung_fail(r, bytes_skip(u->data, i), &why);
			buf_clear(&of(r)->in);
			break;
		}
		(void)buf_put(&of(r)->in, bytes_of(&at, 1));
		if (at != ';')
			continue;
		rung_consumed(r, rung_received(r) - u->data.len + i + 1);
		pass_kept(r, r->state == RUNG_ENDED ? UNIT_RAW : 0);
	}
	if (u->flags & UNIT_END)
		pass_kept(r, 0);
	pass_end(r, u);
}

const struct rung_ops bad_rung = {
    .name = "bad",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .make = make,
    .up = bad_up,
    .down = down,
    .leftover = leftover,
    .free = free_part,
};

/* ---- turn ---- */

static void turn_line(struct rung *r)
{
	struct buf line = of(r)->in;
	buf_init(&of(r)->in, SIZE_MAX / 8);
	struct unit u = {.data = buf_bytes(&line)};
	bool upgrade = bytes_is(u.data, "UPGRADE");
	rung_pass_up(r, &u);
	buf_fini(&line);
	if (!upgrade || !is_open(r))
		return;
	of(r)->turned = true;
	rung_reshape(r, SHAPE_BYTES);
}

static void turn_up(struct rung *r, const struct unit *u)
{
	struct bytes rest = u->data;
	while (rest.len && !of(r)->turned && is_open(r)) {
		struct bytes one = bytes_head(rest, 1);
		rest = bytes_skip(rest, 1);
		if (one.at[0] == '\n')
			turn_line(r);
		else
			(void)buf_put(&of(r)->in, one);
	}
	pass(r, rest, is_open(r) ? 0 : UNIT_RAW);
	if (u->flags & UNIT_END)
		pass_kept(r, 0);
	pass_end(r, u);
}

const struct rung_ops turn_rung = {
    .name = "turn",
    .below = SHAPE_BYTES,
    .above = SHAPE_MESSAGES,
    .make = make,
    .up = turn_up,
    .down = down,
    .leftover = leftover,
    .free = free_part,
};

/* ---- plans ---- */

static const struct rung_ops *const kinds[] = {
    &grow_rung, &late_rung, &slow_rung,  &bad_rung,
    &turn_rung, &pass_rung, &relay_rung,
};

const struct rung_ops *test_rung(struct bytes name)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (bytes_is(name, kinds[i]->name))
			return kinds[i];
	return rung_find(rung_table, name);
}

static int add(struct rung_plan *plan, const char *word, size_t n,
	       struct err *e)
{
	char name[64];
	snprintf(name, sizeof name, "%.*s", (int)n, word);
	char *kind = strchr(name, '=');
	if (!kind)
		return rung_plan_add(plan, test_rung(bytes_str(name)),
				     SIDE_CLIENT, NULL, NULL, 0, e);
	struct rung_plan *one = plan_of_frame(kind + 1, NULL, e);
	int status = one ? rung_plan_add_all(plan, one, 1, e) : -1;
	rung_plan_unref(one);
	return status;
}

struct rung_plan *plan_of_rungs(const char *words, struct err *e)
{
	struct rung_plan *plan = rung_plan_new();
	while (*words) {
		size_t n = strcspn(words, " ");
		if (add(plan, words, n, e)) {
			rung_plan_unref(plan);
			return NULL;
		}
		words += n + (words[n] == ' ');
	}
	return plan;
}

/* ---- an owner ---- */

static struct mock *mock_of(const struct ladder *l)
{
	const struct mock *m = list_entry(l, const struct mock, ladder);
	return (struct mock *)(uintptr_t)m;
}

static void on_deliver(struct ladder *l, const struct unit *u)
{
	struct mock *m = mock_of(l);
	bool raw = u->flags & UNIT_RAW;
	bool end = u->flags & UNIT_END;
	if (u->data.len || !end) {
		buf_putc(&m->top, raw ? '{' : '[');
		buf_put(&m->top, u->data);
		buf_putc(&m->top, raw ? '}' : ']');
	}
	if (end)
		buf_putc(&m->top, '.');
	buf_put(&m->data, u->data);
	m->unread += u->data.len;
	m->ends += end;
	m->raws += raw;
	if (m->delivered)
		m->delivered(m, u);
}

static int on_transmit(struct ladder *l, const struct unit *u, struct err *e)
{
	struct mock *m = mock_of(l);
	if (u->data.len > m->room) {
		err_set(e, ERR_LIMIT, 0, "the link is full");
		return LADDER_FULL;
	}
	m->room -= u->data.len;
	buf_put(&m->down, u->data);
	if (u->flags & UNIT_END)
		buf_putc(&m->down, '.');
	m->sent_ends += (u->flags & UNIT_END) != 0;
	return 0;
}

static bool on_wants_input(const struct ladder *l)
{
	return mock_of(l)->unread < mock_of(l)->limit;
}

static void on_control(struct ladder *l, const struct rung *r, enum dir dir,
		       const struct unit *u)
{
	struct buf *notes = &mock_of(l)->notes;
	struct bytes name = BYTES_NONE;
	(void)r;
	if (mock_of(l)->controlled) {
		mock_of(l)->controlled(mock_of(l), dir, u);
		return;
	}
	attrs_get(u->attrs, "name", &name);
	buf_printf(notes, "control %c %s.%s ", dir == DIR_UP ? '<' : '>',
		   u->kind->rung, u->kind->name);
	buf_put(notes, name);
	buf_printf(notes, " %zu\n", u->data.len);
}

static void on_changed(struct ladder *l, enum ladder_change what,
		       const struct rung *r, const struct err *e)
{
	static const char *const words[] = {
	    [LADDER_OPENED] = "opened",     [LADDER_ENDED] = "ended",
	    [LADDER_FAILED] = "failed",     [LADDER_RESHAPED] = "reshaped",
	    [LADDER_CLOSED] = "all closed",
	};
	struct mock *m = mock_of(l);
	buf_printf(&m->notes, "%s %s", words[what], r ? r->ops->name : "all");
	if (e)
		buf_printf(&m->notes, " %s", e->text);
	buf_putc(&m->notes, '\n');
	m->failures += what == LADDER_FAILED;
}

static void on_undeliverable(struct ladder *l, const struct unit *u,
			     const struct err *why)
{
	buf_printf(&mock_of(l)->notes, "cannot send %zu: %s\n", u->data.len,
		   why->text);
}

static void on_arm(struct ladder *l, uint64_t due)
{
	mock_of(l)->armed = due;
	mock_of(l)->arms++;
}

static uint64_t on_now(const struct ladder *l)
{
	return mock_of(l)->now;
}

static void on_random(struct ladder *l, void *at, size_t n)
{
	uint8_t *bytes = at;
	for (size_t i = 0; i < n; i++)
		bytes[i] = ++mock_of(l)->random;
}

static bool on_fact(const struct ladder *l, const char *name,
		    struct bytes *value)
{
	const char *const *fact = mock_of(l)->facts;
	for (; fact && fact[0]; fact += 2) {
		if (strcmp(fact[0], name) != 0)
			continue;
		*value = bytes_str(fact[1]);
		return true;
	}
	return false;
}

static const struct ladder_sink mock_sink = {
    .deliver = on_deliver,
    .transmit = on_transmit,
    .wants_input = on_wants_input,
    .control = on_control,
    .changed = on_changed,
    .undeliverable = on_undeliverable,
    .arm = on_arm,
    .now = on_now,
    .random = on_random,
    .fact = on_fact,
};

void mock_init(struct mock *m)
{
	*m = (struct mock){.room = SIZE_MAX, .limit = SIZE_MAX, .now = 1000};
	ladder_init(&m->ladder, SHAPE_BYTES, &mock_sink);
	buf_init(&m->top, SIZE_MAX / 8);
	buf_init(&m->data, SIZE_MAX / 8);
	buf_init(&m->down, SIZE_MAX / 8);
	buf_init(&m->notes, SIZE_MAX / 8);
}

void mock_fini(struct mock *m)
{
	ladder_fini(&m->ladder);
	buf_fini(&m->top);
	buf_fini(&m->data);
	buf_fini(&m->down);
	buf_fini(&m->notes);
}

int mock_push(struct mock *m, const char *words, struct err *e)
{
	struct rung_plan *plan = plan_of_rungs(words, e);
	int status = plan ? rung_plan_push(plan, &m->ladder, e) : -1;
	rung_plan_unref(plan);
	if (!status)
		ladder_start(&m->ladder, 0);
	return status;
}

void mock_come(struct mock *m, struct bytes data)
{
	struct unit u = {.data = data};
	ladder_up(&m->ladder, &u);
}

void mock_end(struct mock *m)
{
	struct unit end = {.flags = UNIT_END};
	ladder_up(&m->ladder, &end);
}

int mock_send(struct mock *m, struct bytes data, unsigned flags, struct err *e)
{
	struct unit u = {.data = data, .flags = flags};
	return ladder_down(&m->ladder, &u, e);
}

void mock_consume(struct mock *m, size_t n)
{
	m->unread -= n < m->unread ? n : m->unread;
	if (on_wants_input(&m->ladder))
		ladder_unblock(&m->ladder);
	mock_at(m, m->now);
}

void mock_at(struct mock *m, uint64_t now)
{
	m->now = now;
	if (!m->armed || m->armed > now)
		return;
	m->armed = 0;
	ladder_fire(&m->ladder);
}
