/* SPDX-License-Identifier: ISC */
/*
 * Plans: specs of rungs, shared by reference. ladder.c puts rungs on a ladder;
 * args_pick() copies arguments by their names.
 */
#include "rung/plan.h"

#include "rung/words.h"

#include <stdlib.h>
#include <string.h>

struct rung_plan *rung_plan_new(void)
{
	struct rung_plan *p = xalloc(sizeof *p);
	p->refs = 1;
	return p;
}

struct rung_plan *rung_plan_ref(struct rung_plan *p)
{
	if (p)
		p->refs++;
	return p;
}

static void spec_fini(struct rung_spec *s)
{
	if (s->ops->discard && !s->owner)
		s->ops->discard(s);
	args_fini(&s->args);
	rung_plan_unref(s->owner);
}

void rung_plan_unref(struct rung_plan *p)
{
	if (!p || --p->refs)
		return;
	while (p->count)
		spec_fini(&p->spec[--p->count]);
	free(p);
}

static bool stands_on(const struct rung_ops *ops, const struct rung_ops *below)
{
	return below->above == ops->below &&
	       (!ops->on || strcmp(ops->on, below->name) == 0);
}

/* Begins to add a rung on top. Result: its spec with its arguments; NULL and
 * *e. */
static struct rung_spec *add_spec(struct rung_plan *p,
				  const struct rung_ops *ops, enum side side,
				  const struct args *args,
				  const struct named_value *more, size_t n,
				  struct err *e)
{
	struct rung_spec *s = &p->spec[p->count];
	if (p->count >= LADDER_RUNGS_MAX) {
		err_set(e, ERR_LIMIT, 0, "a ladder has at most %u rungs",
			LADDER_RUNGS_MAX);
		return NULL;
	}
	if (p->count && !stands_on(ops, s[-1].ops)) {
		err_usage(e, "%s cannot stand on %s", ops->name,
			  s[-1].ops->name);
		return NULL;
	}
	*s = (struct rung_spec){.ops = ops, .side = side};
	args_init(&s->args);
	if (args_pick(&s->args, ops->params, args, more, n, e) == 0)
		return s;
	args_fini(&s->args);
	return NULL;
}

int rung_plan_add(struct rung_plan *p, const struct rung_ops *ops,
		  enum side side, const struct args *args,
		  const struct named_value *more, size_t n, struct err *e)
{
	struct rung_spec *s = add_spec(p, ops, side, args, more, n, e);
	if (!s)
		return -1;
	if (ops->prepare && ops->prepare(s, e)) {
		args_fini(&s->args);
		return -1;
	}
	p->count++;
	return 0;
}

int rung_plan_add_all(struct rung_plan *p, struct rung_plan *from,
		      unsigned count, struct err *e)
{
	bool lowest = p->count == 0;
	for (unsigned i = 0; from && i < from->count && i < count; i++) {
		const struct rung_spec *old = &from->spec[i];
		struct rung_spec *s = add_spec(p, old->ops, old->side,
					       &old->args, NULL, 0, e);
		if (!s)
			return -1;
		s->context = old->context;
		s->owner = rung_plan_ref(old->owner ? old->owner : from);
		p->count++;
	}
	if (lowest)
		rung_plan_take_scheme(p, from);
	return 0;
}

void rung_plan_take_scheme(struct rung_plan *p, const struct rung_plan *from)
{
	if (from && p->count >= from->scheme_count) {
		p->scheme = from->scheme;
		p->scheme_count = from->scheme_count;
	}
}

/* Makes one rung and puts it on the ladder. */
static int push_spec(struct rung_plan *p, unsigned nth, struct ladder *l,
		     struct err *e)
{
	const struct rung_spec *spec = &p->spec[nth];
	struct rung *r = spec->ops->make(spec, e);
	if (!r)
		return -1;
	r->ops = spec->ops;
	r->nth = (uint8_t)nth;
	r->side = (uint8_t)spec->side;
	if (ladder_push(l, r, e)) {
		r->ops->free(r);
		return -1;
	}
	r->plan = rung_plan_ref(p);
	return 0;
}

int rung_plan_push(struct rung_plan *p, struct ladder *l, struct err *e)
{
	size_t unsent;
	for (unsigned i = 0; i < p->count; i++) {
		if (!push_spec(p, i, l, e))
			continue;
		while (i--)
			ladder_pop(l, &unsent, NULL);
		return -1;
	}
	return 0;
}

bool rung_plan_admits(const struct rung_plan *p, struct bytes peer,
		      struct bytes first, uint64_t now, struct buf *answer)
{
	const struct rung_spec *lowest = p && p->count ? p->spec : NULL;
	if (!lowest || !lowest->ops->admit)
		return true;
	return lowest->ops->admit(lowest, peer, first, now, answer);
}

void rung_plan_info(const struct rung_plan *p, struct attrs *facts)
{
	for (unsigned i = 0; p && i < p->count; i++)
		if (p->spec[i].ops->spec_info)
			p->spec[i].ops->spec_info(&p->spec[i], facts);
}

void rung_plan_note(const struct rung_plan *p, unsigned nth, struct buf *out)
{
	const struct rung_spec *s = &p->spec[nth];
	if (s->ops->note && !s->owner)
		s->ops->note(s, out);
}

static void print_value(const struct param *param, const struct value *v,
			struct buf *out)
{
	if (param_is_named(param))
		buf_printf(out, " %s", param->name);
	if (param->kind == PARAM_FLAG)
		return;
	buf_putc(out, ' ');
	/* A value typed without quotes may be a keyword, so it is quoted only
	 * if necessary. An operand that begins with - is quoted, because it is
	 * no option. */
	if (v->quoted || bytes_starts(v->text, BYTES("-")))
		words_quote_text(v->text, out);
	else
		words_quote(v->text, out);
}

/* Appends the options, or the other arguments. */
static void print_args(const struct rung_spec *s, bool options, struct buf *out)
{
	const struct param *params = s->ops->params;
	for (unsigned i = 0; params && params[i].kind != PARAM_END; i++)
		for (size_t n = 0; n < s->args.arg[i].n; n++)
			if (param_is_option(&params[i]) == options)
				print_value(&params[i], &s->args.arg[i].at[n],
					    out);
}

void rung_spec_print(const struct rung_spec *s, enum side session,
		     struct buf *out)
{
	if (s->ops->command)
		buf_puts(out, s->ops->command);
	else
		buf_printf(out, "climb %s", s->ops->name);
	print_args(s, true, out);
	/* A rung's own command has no --server or --client. */
	if (!s->ops->command && s->side != session)
		buf_puts(out,
			 s->side == SIDE_SERVER ? " --server" : " --client");
	print_args(s, false, out);
}
