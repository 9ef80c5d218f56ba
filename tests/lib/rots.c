/* SPDX-License-Identifier: ISC */
/*
 * Implements rots.h.
 */
#include "tests/lib/rots.h"

#include <stdlib.h>

enum { BY, SNI };
static const struct param rot_params[] = {
    [BY] = {.name = "--by",
	    .kind = PARAM_NUMBER,
	    .value = "N",
	    .brief = "rotate letters by N (default: 13)"},
    [SNI] = {.name = "--sni",
	     .kind = PARAM_WORD,
	     .value = "HOST",
	     .brief = "name of the server"},
    {.kind = PARAM_END},
};

enum { TAG_BY, USER, PATH, QUERY };
static const struct param tag_params[] = {
    [TAG_BY] = {.name = "--by",
		.kind = PARAM_NUMBER,
		.value = "N",
		.brief = "rotate letters by N (default: 13)"},
    [USER] = {.name = "--user",
	      .kind = PARAM_WORD,
	      .value = "NAME",
	      .brief = "name of the user"},
    [PATH] = {.name = "PATH", .kind = PARAM_WORD, .brief = "a path"},
    [QUERY] = {.name = "QUERY", .kind = PARAM_WORD, .brief = "a query"},
    {.kind = PARAM_END},
};

static uint8_t rotate(uint8_t c, unsigned by)
{
	uint8_t a = c >= 'a' && c <= 'z' ? 'a' : 'A';
	bool letter = c >= a && c < a + 26;
	return letter ? (uint8_t)(a + (c - a + by) % 26) : c;
}

static unsigned by_of(const struct rung *r)
{
	const struct rung_spec *spec = &r->plan->spec[r->nth];
	return (unsigned)(args_number(&spec->args, BY, 13) % 26);
}

static struct buf rotated(struct bytes data, unsigned by)
{
	struct buf out = {.limit = SIZE_MAX / 8};
	for (size_t i = 0; i < data.len; i++)
		buf_putc(&out, rotate(data.at[i], by));
	return out;
}

static void up(struct rung *r, const struct unit *u)
{
	struct bytes good = bytes_head(u->data,
				       bytes_find_byte(u->data, '!', 0));
	struct buf data = rotated(good, 26 - by_of(r));
	struct unit unit = *u;
	struct err e;
	unit.data = buf_bytes(&data);
	rung_consumed(r, rung_received(r));
	rung_pass_up(r, &unit);
	buf_fini(&data);
	if (good.len == u->data.len)
		return;
	err_set(&e, ERR_FRAME, 0, "%s: received a '!'", r->ops->name);
	rung_fail(r, bytes_skip(u->data, good.len), &e);
}

static int down(struct rung *r, const struct unit *u, struct err *e)
{
	struct buf data = rotated(u->data, by_of(r));
	struct unit unit = *u;
	unit.data = buf_bytes(&data);
	int status = rung_pass_down(r, &unit, e);
	buf_fini(&data);
	return status;
}

static int prepare(struct rung_spec *spec, struct err *e)
{
	if (args_number(&spec->args, BY, 13) == 99)
		return err_usage(e, "%s: 99 is too far", spec->ops->name);
	return 0;
}

static struct rung *make(const struct rung_spec *spec, struct err *e)
{
	(void)spec;
	(void)e;
	return xalloc(sizeof(struct rung));
}

static void info(const struct rung *r, struct attrs *facts)
{
	const struct rung_spec *spec = &r->plan->spec[r->nth];
	const struct param *params = spec->ops->params;
	for (unsigned i = 0; params[i].kind != PARAM_END; i++) {
		const char *name = params[i].name;
		while (*name == '-')
			name++;
		if (args_has(&spec->args, i))
			attrs_put(facts, name, args_text(&spec->args, i));
	}
}

static void rot_free(struct rung *r)
{
	free(r);
}

const struct rung_ops rot_rung = {
    .name = "rot",
    .brief = "rotates letters",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .params = rot_params,
    .prepare = prepare,
    .make = make,
    .up = up,
    .down = down,
    .info = info,
    .free = rot_free,
};

const struct rung_ops tag_rung = {
    .name = "tag",
    .brief = "rotates letters, and has a path",
    .on = "rot",
    .below = SHAPE_BYTES,
    .above = SHAPE_BYTES,
    .params = tag_params,
    .make = make,
    .up = up,
    .down = down,
    .info = info,
    .free = rot_free,
};

static const struct scheme_row schemes[] = {
    {.name = "tcp", .transport = "tcp"},
    {.name = "udp", .transport = "udp"},
    {.name = "unix", .transport = "unix"},
    {.name = "exec", .transport = "exec"},
    {.name = "rot",
     .brief = "rotated",
     .transport = "tcp",
     .rungs = "rot",
     .path = "PATH"},
    {.name = "tag",
     .brief = "rotated twice",
     .transport = "tcp",
     .rungs = "rot tag",
     .port = "4433",
     .user = "--user",
     .path = "PATH",
     .query = "QUERY"},
    {.name = "lone", .transport = "tcp", .rungs = "tag"},
    {.name = "word", .transport = "tcp", .rungs = "rot", .port = "1"},
    {.name = NULL},
};

static const struct rung_ops *const rungs[] = {&rot_rung, &tag_rung, NULL};

const struct protocols rot_protocols = {schemes, rungs};
