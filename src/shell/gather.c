/* SPDX-License-Identifier: ISC */
/*
 * Collects the data that `recv` consumes, for its option -s and for $last.
 * env.c and builtins.c store the values.
 */
#include "rung/gather.h"

/* Maximum number of bytes in $last if the data was consumed in pieces. */
#define LAST_MAX ((size_t)1 << 20)

void gather_init(struct gather *g, struct task *task,
		 const struct session *from, const struct value *variable)
{
	g->task = task;
	g->from = from;
	g->variable = variable;
	buf_init(&g->data, variable ? inbox_limit(&from->inbox) : LAST_MAX);
	g->data.account = &task->shell->memory;
	g->origin = session_origin(from, SIZE_MAX);
}

/* Records the first message of the inbox as the origin of the data. */
static void note_origin(struct gather *g)
{
	struct attrs *before = g->origin.attrs;
	g->origin = session_origin(g->from, 0);
	attrs_ref(g->origin.attrs);
	attrs_unref(before);
}

int gather_add(struct gather *g, struct bytes piece, struct err *e)
{
	bool fits = account_fits(g->data.account, piece.len);
	g->begun = true;
	note_origin(g);
	if (g->overflowed ||
	    ((fits || !g->variable) && buf_put(&g->data, piece) == 0))
		return 0;
	if (g->variable)
		return err_set(e, ERR_LIMIT, 0,
			       "%s: variable full (%zu bytes, see 'set %s'); "
			       "the rest stays in the inbox",
			       g->from->name,
			       fits ? g->data.limit
				    : g->from->hub->memory.limit,
			       fits ? "inbox" : "memory");
	buf_fini(&g->data);
	g->overflowed = true;
	return 0;
}

static int set_variable(struct gather *g, struct bytes data, struct err *e)
{
	if (!g->variable)
		return 0;
	return task_set_value(g->task, g->variable, data, e);
}

int gather_store(struct gather *g, struct err *e)
{
	struct bytes all = buf_bytes(&g->data);
	task_set_builtin(g->task, BUILTIN_LAST,
			 g->overflowed ? BYTES_NONE : bytes_head(all, LAST_MAX),
			 &g->origin);
	return set_variable(g, all, e);
}

int gather_store_all(struct gather *g, struct bytes data, struct err *e)
{
	note_origin(g);
	task_set_builtin(g->task, BUILTIN_LAST, data, &g->origin);
	return set_variable(g, data, e);
}

int gather_piece(struct gather *g, struct bytes data, bool last, struct err *e)
{
	if (last && !g->begun)
		return gather_store_all(g, data, e);
	if (gather_add(g, data, e))
		return -1;
	return last ? gather_store(g, e) : 0;
}

void gather_fini(struct gather *g)
{
	attrs_unref(g->origin.attrs);
	g->origin.attrs = NULL;
	buf_fini(&g->data);
}
