/* SPDX-License-Identifier: ISC */
/*
 * Implements control_rung.h.
 */
#include "tests/lib/control_rung.h"

#include <stdlib.h>
#include <string.h>

const struct unit_kind probe_kinds[] = {
    [PROBE_TEXT] = {"probe", "text", "a message", KIND_TEXT, 1},
    [PROBE_EVENT] = {"probe", "event", "a message with a name", KIND_NAMED, 2},
    [PROBE_PING] = {"probe", "ping", "a ping", KIND_CONTROL, 3},
    [PROBE_PONG] = {"probe", "pong", "an answer", KIND_CONTROL, 4},
    [PROBE_ALERT] = {"probe", "alert", "an alert", KIND_CONTROL | KIND_NAMED,
		     5},
    {.name = NULL},
};

struct probe {
	struct rung rung;
	struct buf in; /* received, not passed up */
};

static struct probe *of(struct rung *r)
{
	return list_entry(r, struct probe, rung);
}

static const struct unit_kind *find_kind(struct bytes name)
{
	const struct unit_kind *kind = probe_kinds;
	for (; kind->name; kind++)
		if (bytes_is(name, kind->name))
			return kind;
	return NULL;
}

/* Removes the bytes before `byte`, and `byte` itself, from *rest. Result: the
 * bytes before `byte`. */
static struct bytes take_until(struct bytes *rest, uint8_t byte)
{
	size_t n = bytes_find_byte(*rest, byte, 0);
	struct bytes head = bytes_head(*rest,
				       n == BYTES_NOT_FOUND ? rest->len : n);
	*rest = bytes_skip(*rest, n == BYTES_NOT_FOUND ? rest->len : n + 1);
	return head;
}

static struct attrs *read_attrs(struct bytes list)
{
	struct attrs *attrs = list.len ? attrs_new() : NULL;
	while (list.len) {
		struct bytes value = take_until(&list, ',');
		char *name = xstrndup(take_until(&value, '='));
		attrs_put(attrs, name, value);
		free(name);
	}
	return attrs;
}

static void pass_line(struct rung *r, struct bytes line)
{
	struct bytes data = line, list = take_until(&data, ' ');
	struct unit u = {.flags = 0};
	if (list.len && list.at[0] == '+') {
		u.flags |= UNIT_MORE;
		list = bytes_skip(list, 1);
	}
	u.kind = find_kind(take_until(&list, ','));
	u.data = u.kind ? data : line;
	u.attrs = u.kind ? read_attrs(list) : NULL;
	if (u.kind && u.kind->flags & KIND_CONTROL)
		rung_control(r, DIR_UP, &u);
	else
		rung_pass_up(r, &u);
	attrs_unref(u.attrs);
}

static void probe_resume(struct rung *r)
{
	struct probe *p = of(r);
	struct buf in = p->in;
	struct bytes rest = buf_bytes(&in);
	buf_init(&p->in, SIZE_MAX / 8);
	while (bytes_find_byte(rest, '\n', 0) != BYTES_NOT_FOUND &&
	       rung_may_pass_up(r)) {
		struct bytes line = take_until(&rest, '\n');
		rung_consumed(r, rung_received(r) - rest.len);
		pass_line(r, line);
	}
	buf_put(&p->in, rest);
	buf_fini(&in);
}

static void probe_up(struct rung *r, const struct unit *u)
{
	buf_put(&of(r)->in, u->data);
	if (!r->blocked)
		probe_resume(r);
	if (u->flags & UNIT_END)
		rung_pass_up(r, u);
}

static int probe_down(struct rung *r, const struct unit *u, struct err *e)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	struct unit line = {.flags = u->flags & UNIT_ONCE};
	struct bytes name, value;
	if (u->flags & UNIT_END)
		return rung_pass_down(r, u, e);
	if (u->kind)
		buf_puts(&out, u->kind->name);
	for (size_t at = 0; attrs_next(u->attrs, &at, &name, &value);) {
		buf_putc(&out, ',');
		buf_put(&out, name);
		buf_putc(&out, '=');
		buf_put(&out, value);
	}
	if (u->kind)
		buf_putc(&out, ' ');
	buf_put(&out, u->data);
	buf_putc(&out, '\n');
	line.data = buf_bytes(&out);
	int status = rung_pass_down(r, &line, e);
	buf_fini(&out);
	return status;
}

static struct bytes probe_leftover(struct rung *r)
{
	return buf_bytes(&of(r)->in);
}

static void probe_free(struct rung *r)
{
	buf_fini(&of(r)->in);
	free(of(r));
}

static struct rung *probe_make(const struct rung_spec *spec, struct err *e)
{
	struct probe *p = xalloc(sizeof *p);
	(void)spec;
	(void)e;
	p->rung.ops = &probe_rung;
	buf_init(&p->in, SIZE_MAX / 8);
	return &p->rung;
}

static void probe_info(const struct rung *r, struct attrs *facts)
{
	(void)r;
	attrs_put(facts, "probed", BYTES("yes"));
}

static const char *const probe_facts[] = {"probed", NULL};

const struct rung_ops probe_rung = {
    .name = "probe",
    .brief = "units as lines of text, for tests",
    .below = SHAPE_BYTES,
    .above = SHAPE_MESSAGES,
    .kinds = probe_kinds,
    .make = probe_make,
    .up = probe_up,
    .resume = probe_resume,
    .down = probe_down,
    .info = probe_info,
    .facts = probe_facts,
    .leftover = probe_leftover,
    .free = probe_free,
};
