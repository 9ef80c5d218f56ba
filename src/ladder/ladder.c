/* SPDX-License-Identifier: ISC */
/*
 * The ladder: pushes, pops and passes units from rung to rung. What any rung
 * does with them is in that rung's own file.
 */
#include "rung/ladder.h"

#include <assert.h>
#include <stdlib.h>

/* A unit given before the top rung was open; its bytes follow the struct. */
struct held {
	struct list at;
	struct unit unit;
	uint8_t bytes[];
};

void ladder_init(struct ladder *l, enum shape base,
		 const struct ladder_sink *sink)
{
	*l = (struct ladder){.sink = sink, .base = base};
	list_init(&l->held);
}

static void drop_held(struct ladder *l)
{
	list_each (link, &l->held) {
		list_remove(link);
		free(list_entry(link, struct held, at));
	}
	l->held_bytes = 0;
}

void ladder_fini(struct ladder *l)
{
	while (l->top) {
		struct rung *r = l->top;
		l->top = r->below;
		r->ops->free(r);
	}
	l->bottom = NULL;
	drop_held(l);
}

enum shape ladder_shape(const struct ladder *l)
{
	return l->top ? l->top->ops->above : l->base;
}

static bool ready(const struct ladder *l)
{
	return !l->top || l->top->state >= RUNG_OPEN;
}

/* Into `r`, or out at the top where there is no rung. */
static int enter_up(struct ladder *l, struct rung *r, const struct unit *u,
		    struct err *e)
{
	if (!r) {
		l->sink->top(l, u);
		return 0;
	}
	if (r->state != RUNG_ENDED)
		return r->ops->up(r, u, e);
	struct unit raw = *u;
	raw.kind = UNIT_RAW;
	r->bytes[DIR_UP] += u->data.len;
	return enter_up(l, r->above, &raw, e);
}

static int enter_down(struct ladder *l, struct rung *r, const struct unit *u,
		      struct err *e)
{
	if (r)
		return r->ops->down(r, u, e);
	if (l->sink->bottom(l, u, e))
		return -1;
	l->bytes[DIR_DOWN] += u->data.len;
	return 0;
}

static int hold(struct ladder *l, const struct unit *u, struct err *e)
{
	if (u->data.len > LADDER_HELD_MAX - l->held_bytes)
		return err_set(e, ERR_LIMIT, 0,
			       "%zu bytes wait for the %s rung to open; no "
			       "more are held",
			       l->held_bytes, l->top->ops->name);
	struct held *h = malloc(sizeof *h + u->data.len);
	if (!h)
		return err_set(e, ERR_LIMIT, 0, "out of memory");
	for (size_t i = 0; i < u->data.len; i++)
		h->bytes[i] = u->data.at[i];
	h->unit = *u;
	h->unit.data = bytes_of(h->bytes, u->data.len);
	h->unit.peer = NULL; /* was lent for the call only */
	list_append(&l->held, &h->at);
	l->held_bytes += u->data.len;
	return 0;
}

/* What was held goes down in its order; stops where it no longer may. */
static int release(struct ladder *l, struct err *e)
{
	while (ready(l) && !list_empty(&l->held)) {
		struct held *h = list_entry(l->held.next, struct held, at);
		list_remove(&h->at);
		l->held_bytes -= h->unit.data.len;
		int status = enter_down(l, l->top, &h->unit, e);
		free(h);
		if (status)
			return -1;
	}
	return 0;
}

static int start(struct rung *r, struct err *e)
{
	r->state = RUNG_STARTING;
	if (!r->ops->start)
		return rung_opened(r, e);
	return r->ops->start(r, e);
}

static const char *const shape_words[] = {
    [SHAPE_BYTES] = "a stream of bytes",
    [SHAPE_DATAGRAMS] = "datagrams",
    [SHAPE_MESSAGES] = "messages",
};

int ladder_push(struct ladder *l, struct rung *r, struct err *e)
{
	enum shape shape = ladder_shape(l);
	if (r->ops->below != shape)
		return err_set(e, ERR_USAGE, 0, "%s stands on %s; here are %s",
			       r->ops->name, shape_words[r->ops->below],
			       shape_words[shape]);
	unsigned high = 0;
	for (const struct rung *at = l->bottom; at; at = at->above)
		high++;
	if (high >= LADDER_RUNGS_MAX)
		return err_set(e, ERR_LIMIT, 0, "%u rungs are the most",
			       LADDER_RUNGS_MAX);
	r->ladder = l;
	r->above = NULL;
	r->below = l->top;
	if (l->top)
		l->top->above = r;
	else
		l->bottom = r;
	l->top = r;
	if (r->below && r->below->state < RUNG_OPEN)
		return 0; /* rung_opened() of the one below starts it */
	if (start(r, e) == 0)
		return 0;
	l->top = r->below;
	if (l->top)
		l->top->above = NULL;
	else
		l->bottom = NULL;
	return -1;
}

int ladder_pop(struct ladder *l, struct err *e)
{
	struct rung *r = l->top;
	if (!r)
		return err_set(e, ERR_USAGE, 0, "there is no rung to take off");
	l->top = r->below;
	if (l->top)
		l->top->above = NULL;
	else
		l->bottom = NULL;
	int status = release(l, e);
	struct unit left = {.kind = UNIT_DATA};
	if (r->ops->left)
		left.data = r->ops->left(r);
	/* They came up through all that is below: they leave at the top. */
	if (left.data.len)
		l->sink->top(l, &left);
	r->ops->free(r);
	return status;
}

int ladder_up(struct ladder *l, const struct unit *u, struct err *e)
{
	l->bytes[DIR_UP] += u->data.len;
	return enter_up(l, l->bottom, u, e);
}

int ladder_enter(struct ladder *l, const struct unit *u, struct err *e)
{
	return enter_up(l, l->top, u, e);
}

int ladder_down(struct ladder *l, const struct unit *u, struct err *e)
{
	if (!ready(l) || !list_empty(&l->held))
		return hold(l, u, e);
	return enter_down(l, l->top, u, e);
}

static void count(struct rung *r, enum dir dir, const struct unit *u)
{
	struct ladder *l = r->ladder;
	r->units[dir]++;
	r->bytes[dir] += u->data.len;
	if (l->sink->tap)
		l->sink->tap(l, r, dir, u);
}

int rung_pass_up(struct rung *r, const struct unit *u, struct err *e)
{
	count(r, DIR_UP, u);
	return enter_up(r->ladder, r->above, u, e);
}

int rung_pass_down(struct rung *r, const struct unit *u, struct err *e)
{
	count(r, DIR_DOWN, u);
	return enter_down(r->ladder, r->below, u, e);
}

int rung_opened(struct rung *r, struct err *e)
{
	assert(r->state == RUNG_STARTING);
	r->state = RUNG_OPEN;
	if (r->above)
		return start(r->above, e);
	return release(r->ladder, e);
}
