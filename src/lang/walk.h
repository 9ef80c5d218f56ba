/* SPDX-License-Identifier: ISC */
/*
 * Which parameter takes the next word. Asked by the lexer, for what a word
 * means depends on it, and by the binder, so that both agree. Never looks at
 * values: data decides nothing here.
 */
#ifndef RUNG_LANG_WALK_H
#define RUNG_LANG_WALK_H

#include "rung/param.h"

struct walk {
	const struct param *params;
	unsigned count;
	unsigned next;    /* the operand that is looked for next */
	unsigned pending; /* awaits its value; count: none */
	unsigned rest;    /* takes all words from here on; count: none */
	unsigned address; /* may take a port yet; count: none */
	bool operands;    /* no options any more */
	bool ended;       /* by a `--`: what looks like one is meant as it is */
};

enum take_kind {
	TAKE_FLAGS,   /* flags only, or the `--` */
	TAKE_NAME,    /* the name of `param`; its value is the next word */
	TAKE_VALUE,   /* the value of `param`, without its first `skip` bytes */
	TAKE_EXTRA,   /* one word too many, or an option too late */
	TAKE_UNKNOWN, /* an option that is none; `skip`: the byte that is wrong,
			 0: all of it */
};

struct take {
	enum take_kind kind;
	unsigned param;
	size_t skip;
	uint64_t flags; /* parameters given by name alone, by bit; all kinds */
};

/* `params` may be NULL: none. At most 64. */
void walk_init(struct walk *, const struct param *params);
/*
 * Takes one word.
 * `head`:  the bytes of it that were typed bare, up to a quote, an escape or a
 *          variable; `whole`: that is all of it.
 * `port`:  the word could be a port; only asked for if walk->address is one.
 */
struct take walk_step(struct walk *, struct bytes head, bool whole, bool port);
/* The word that was taken as an address has its port, or is none that may. */
void walk_address(struct walk *, struct bytes address);
/* Whether the next word may be a pattern or, without one, already the commands
 * behind it: what it looks like decides. */
bool walk_may_pass(const struct walk *);
/* It is no pattern: the operand behind it is next. */
void walk_pass(struct walk *);
/* Whether the text looks like a port's number or a service's name. */
bool walk_port(struct bytes text);

#endif
