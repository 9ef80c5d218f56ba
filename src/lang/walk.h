/* SPDX-License-Identifier: ISC */
/*
 * Decides which parameter takes the next word. The lexer needs the parameter to
 * know the kind of word; the binder calls the same functions, so that both
 * agree. Reads only typed bytes, never values.
 */
#ifndef RUNG_LANG_WALK_H
#define RUNG_LANG_WALK_H

#include "rung/param.h"

/* A set of parameters, by their indices. */
struct param_set {
	uint64_t bits[PARAMS_MAX / 64];
};

struct walk {
	const struct param *params;
	unsigned count;
	unsigned next;    /* index of the next operand */
	unsigned pending; /* option whose value is next; `count`: none */
	unsigned rest; /* index of the parameter that takes all further words as
			  free text; `count`: none */
	unsigned address; /* address that may take a port; `count`: none */
	struct param_set left_out; /* operands left out by others */
	bool operands;             /* an operand came before */
	bool ended;                /* a `--` came before */
};

enum take_kind {
	TAKE_FLAGS,   /* flags only, or the `--` */
	TAKE_NAME,    /* the name of `param`; its value is the next word */
	TAKE_VALUE,   /* the value of `param`, without its first `skip` bytes */
	TAKE_EXTRA,   /* an excess word */
	TAKE_UNKNOWN, /* unknown option; `skip`: offset of the unknown letter,
			 0: the whole word */
};

struct take {
	enum take_kind kind;
	unsigned param;
	size_t skip;
	bool has_flags;
	struct param_set flags; /* the flags that the word sets */
};

static inline bool param_set_has(const struct param_set *s, unsigned param)
{
	return s->bits[param / 64] >> param % 64 & 1;
}

/*
 * Starts a walk. `params` may be NULL: no parameters.
 * Limits: PARAMS_MAX parameters.
 */
void walk_init(struct walk *, const struct param *params);
/*
 * Takes one word.
 * `head`:  the word's leading bytes that were typed bare, up to a quote, an
 *          escape or a variable; `whole`: these are the whole word.
 * `port`:  the word can be a port; used only if walk->address is set.
 */
struct take walk_step(struct walk *, struct bytes head, bool whole, bool port);
/* Ends the walk after the last word: operands that were not given leave out
 * others. */
void walk_end(struct walk *);
/* Clears walk->address if the address has its own port or cannot have one. */
void walk_address(struct walk *, struct bytes address);
/* Returns true if free text may be next, and none was taken yet. */
bool walk_expects_text(const struct walk *);
/* Returns true if the next word may be either an optional pattern or the
 * commands after it. The caller decides which, and calls walk_pass() if the
 * word has commands. */
bool walk_may_pass(const struct walk *);
/* Skips the optional pattern: the operand after it is next. */
void walk_pass(struct walk *);
/* Returns true if the text looks like a port number or a service name. */
bool walk_port(struct bytes text);

#endif
