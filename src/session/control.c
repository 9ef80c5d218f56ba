/* SPDX-License-Identifier: ISC */
/*
 * The received control units of a session that no command has consumed: a ring
 * of the newest. Also finds kinds of units by name. inbox.c keeps the messages.
 */
#include "session_own.h"

#include <stdlib.h>
#include <string.h>

struct kept_control {
	struct control_unit unit; /* with a reference to its attributes */
	uint8_t *data;            /* owned; NULL: empty */
};

struct control_ring {
	unsigned first, count; /* at[(first + n) % CONTROLS_MAX] */
	size_t attrs;          /* bytes of the attributes */
	struct kept_control at[CONTROLS_MAX];
};

/* Limit of the attributes in a ring, in bytes. */
#define ATTRS_KEPT_MAX ATTRS_MAX

static struct kept_control *nth(struct control_ring *c, unsigned n)
{
	return &c->at[(c->first + n) % CONTROLS_MAX];
}

static size_t charge_of(const struct control_unit *u)
{
	return u->data.len + attrs_size(u->attrs);
}

static void drop_first(struct control_ring *c, struct account *account)
{
	struct kept_control *k = nth(c, 0);
	account_release(account, charge_of(&k->unit));
	c->attrs -= attrs_size(k->unit.attrs);
	attrs_unref(k->unit.attrs);
	free(k->data);
	c->first = (c->first + 1) % CONTROLS_MAX;
	c->count--;
}

void control_ring_put(struct control_ring **ring, struct account *account,
		      const struct unit *u, uint64_t number)
{
	struct control_ring *c = *ring;
	struct bytes data = bytes_head(u->data, CONTROL_DATA_MAX);
	size_t attrs = attrs_size(u->attrs);
	if (!c) {
		c = *ring = xalloc(sizeof *c);
		account_charge(account, sizeof *c);
	}
	while (c->count == CONTROLS_MAX ||
	       (c->count && c->attrs + attrs > ATTRS_KEPT_MAX))
		drop_first(c, account);
	struct kept_control *k = nth(c, c->count++);
	k->data = data.len ? xalloc(data.len) : NULL;
	if (data.len)
		memcpy(k->data, data.at, data.len);
	k->unit = (struct control_unit){
	    .number = number,
	    .kind = u->kind,
	    .attrs = attrs_ref(u->attrs),
	    .data = bytes_of(k->data, data.len),
	};
	c->attrs += attrs;
	account_charge(account, charge_of(&k->unit));
}

void control_ring_free(struct control_ring *c, struct account *account)
{
	if (!c)
		return;
	while (c->count)
		drop_first(c, account);
	account_release(account, sizeof *c);
	free(c);
}

bool session_control(const struct session *s, uint64_t from,
		     struct control_unit *out)
{
	struct control_ring *c = session_control_ring(s);
	for (unsigned i = 0; c && i < c->count; i++)
		if (nth(c, i)->unit.number >= from) {
			*out = nth(c, i)->unit;
			return true;
		}
	return false;
}

void session_take_controls(struct session *s, uint64_t upto)
{
	struct control_ring *c = session_control_ring(s);
	while (c && c->count && nth(c, 0)->unit.number <= upto)
		drop_first(c, &s->account);
}

/* Finds a rung by name: on the session's ladder, else in its plan, else in the
 * table of rungs. */
static const struct rung_ops *find_rung(const struct session *s,
					const struct rung_ops *const *table,
					struct bytes name)
{
	const struct rung_plan *plan = session_plan(s);
	for (const struct rung *r = s->ladder.bottom; r; r = r->above)
		if (bytes_is(name, r->ops->name))
			return r->ops;
	for (unsigned i = 0; plan && i < plan->count; i++)
		if (bytes_is(name, plan->spec[i].ops->name))
			return plan->spec[i].ops;
	return rung_find(table, name);
}

int session_find_kind(const struct session *s,
		      const struct rung_ops *const *table, struct bytes name,
		      const struct unit_kind **out, struct err *e)
{
	struct bytes rung, kind;
	struct buf kinds = {.limit = BUF_SMALL};
	if (!unit_kind_split(name, &rung, &kind))
		return 0;
	const struct rung_ops *ops = find_rung(s, table, rung);
	if (!ops || !ops->kinds)
		return 0;
	*out = unit_kind_find(ops->kinds, kind);
	if (*out && !unit_can_come(*out))
		return err_usage(
		    e, "%.*s is only %s", (int)name.len, (const char *)name.at,
		    unit_is_step(*out) ? "shown, with -v" : "sent");
	if (*out)
		return 1;
	for (const struct unit_kind *k = ops->kinds; k->name; k++)
		if (unit_can_come(k))
			buf_printf(&kinds, "%s%s.%s",
				   buf_len(&kinds) ? ", " : "", k->rung,
				   k->name);
	err_set(e, ERR_USAGE, 0,
		"%s has no kind '%.*s'; it has %s (quote the word if it is "
		"text)",
		ops->name, (int)bytes_head(kind, 40).len, (const char *)kind.at,
		buf_cstr(&kinds));
	buf_fini(&kinds);
	return -1;
}
