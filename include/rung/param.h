/* SPDX-License-Identifier: ISC */
/*
 * Typed parameters of commands and settings. One table is used for parsing,
 * usage, help, completion and the manual page.
 */
#ifndef RUNG_PARAM_H
#define RUNG_PARAM_H

#include "rung/err.h"

struct command;
struct program;
struct match;
struct word;

enum param_kind {
	PARAM_END,      /* end of a table */
	PARAM_FLAG,     /* no value */
	PARAM_WORD,     /* any one word */
	PARAM_NUMBER,   /* decimal or 0x…, not negative */
	PARAM_SIZE,     /* such as 512, 64k, 1M, 1G */
	PARAM_DURATION, /* 250ms, 1.5s, 1m, 1h; without a unit: seconds */
	PARAM_TEXT,  /* the remaining words, joined by blanks, or a <template>
			to build */
	PARAM_BYTES, /* any one word, or a <template> to build */
	PARAM_MARK,  /* operand: its own name, typed bare; other words leave it
			out */
	PARAM_PATTERN,      /* /regex/flags, <template> or literal text */
	PARAM_ADDRESS,      /* one word, or HOST PORT in two */
	PARAM_SESSION,      /* a name, or a pattern with bare wildcards */
	PARAM_MESSAGE,      /* #N */
	PARAM_PATH,         /* a file */
	PARAM_BODY,         /* one command, or several in one quoted word */
	PARAM_REST_OF_LINE, /* the rest of the line, verbatim (`!`) */
	PARAM_CHOICE,       /* one of `choices` */
	PARAM_COMMAND,      /* a command's name */
	PARAM_SETTING,      /* a setting's name */
	PARAM_VARIABLE,     /* a variable's name, without the $, or NAME[KEY] */
	PARAM_RUNGS, /* last row: the options of all rungs; takes no word itself
			(see scheme.h) */
};

enum {
	PARAM_REQUIRED = 1u << 0,
	PARAM_REPEATED = 1u << 1, /* may be given more than once */
	PARAM_KEYWORD = 1u << 2,  /* `as NAME`: a bare word, then the value */
	PARAM_FILE = 1u << 3, /* BODY: unquoted text is the path of a file of
				 commands; value.body is then NULL */
	/* CHOICE: a word with a dot (`ws.ping`) is valid, too; its number is
	 * the index of the NULL that ends `choices`. PATTERN: completion offers
	 * such words. */
	PARAM_OR_KIND = 1u << 4,
	PARAM_OF_RUNG = 1u << 5,  /* set by rung_options_join() */
	PARAM_BARE = 1u << 6,     /* the word must be typed bare */
	PARAM_UNLISTED = 1u << 7, /* not in the synopsis: the `value` of another
				     row shows it */
	/* SESSION: the command starts after the named peer has come, if a
	 * listener may still have such a peer. */
	PARAM_AWAITED = 1u << 8,
	PARAM_RELAXES = 1u << 9, /* FLAG: if given, no operand is required */
	PARAM_OR_ALL = 1u << 10, /* NUMBER: a bare `*` is valid, too */
	/* REST_OF_LINE: a line that ends with a backslash or a caret is
	 * followed by the next one. */
	PARAM_CONTINUED = 1u << 13,
	/* Options of a rung that only one side has; in a row PARAM_RUNGS: the
	 * command's side. */
	PARAM_OF_CLIENT = 1u << 11,
	PARAM_OF_SERVER = 1u << 12,
};

#define PARAMS_MAX 128 /* limit of the rows of a table */

/*
 * One parameter. A name with a leading `-` is an option (`-t`, `--echo`; short
 * flags can be joined: `-xq`). Options stand before, between and after the
 * operands, but not in free text; `--` ends them. A name with PARAM_KEYWORD is
 * a bare word that can stand at the same places. All other names are operands,
 * bound in the order of the table.
 */
struct param {
	const char *name; /* "-t", "--echo", "as", "ADDR" */
	enum param_kind kind;
	unsigned flags;
	/* Name of the option's value in help: "D"; text of an operand in the
	 * synopsis; NULL: the name. */
	const char *value;
	/* Values of PARAM_CHOICE; suggestions for PARAM_WORD; other words that
	 * PARAM_COMMAND accepts. NULL-terminated. */
	const char *const *choices;
	const char *brief;
	/* Returns the number of the next operands that are left out, and so
	 * not required, after this operand. `word`: the operand, if it is typed
	 * bare; else, and if the operand is not given, empty. NULL: none. */
	unsigned (*leaves_out)(const struct param *, struct bytes word);
	/* PARAM_OR_KIND: the protocols, set by rung_options_join(); or NULL. */
	const void *context;
};

static inline bool param_is_option(const struct param *p)
{
	return p->name[0] == '-';
}
/* Returns true for an option or a keyword: the user types its name. */
static inline bool param_is_named(const struct param *p)
{
	return param_is_option(p) || p->flags & PARAM_KEYWORD;
}

/* A bound value. The args or the program own its bytes. */
struct value {
	struct bytes text;
	uint64_t number; /* NUMBER, MESSAGE; SIZE: bytes; DURATION: ns; CHOICE:
			    index */
	struct match *match; /* PATTERN: compiled; reference held by the args */
	struct program *body; /* BODY: lent by the command */
	struct bytes key;     /* VARIABLE: the KEY of NAME[KEY], whose NAME is
				 `text`; .at NULL: none */
	unsigned line, col;   /* position of the word */
	bool quoted; /* contains a quote, an escape or a variable, so never a
			keyword */
	bool built;  /* made by a <template> */
	bool glob;   /* SESSION: a pattern, whose wildcards were all typed bare;
			PARAM_OR_ALL: `*` */
	size_t wild; /* SESSION: number of bare wildcards */
	size_t typed; /* number of leading bytes typed by the user (bare or
			 quoted), before the first variable */
	const struct word *varies; /* private: first word of a value with
				      variables; else NULL */
};

struct arg {
	size_t n; /* number of values; 0: not given */
	const struct value *at;
};

/* The bound parameters of one call: arg[i] has the values of params[i]. */
struct args {
	const struct param *params;
	const struct arg *arg; /* in `own` or in the command's cache */
	unsigned line;         /* line of an error in args_bind() */
	/* Private: memory, reused by the next call. */
	struct arg *own;
	struct value *values;
	size_t room, count, params_room;
	struct buf store;
};

/* Functions that look up variables; filled in by the shell. */
struct lookup {
	/* Appends the value of `name`, which may contain dots. The callback
	 * gets its context from the address of the lookup. Result: 0; -1 and *e
	 * if the variable is not set. */
	int (*get)(const struct lookup *, struct bytes name, struct buf *out,
		   struct err *e);
	/*
	 * Appends the value of `name`, or of name[key] if `key` is not NULL.
	 * Result: 1; 0: not set; -1 and *e: another error. If this pointer is
	 *         NULL, no variable is set.
	 */
	int (*find)(const struct lookup *, struct bytes name,
		    const struct bytes *key, struct buf *out, struct err *e);
	/* Sets *e for name[key], which is not set. Result: -1; 0: the usual
	 * error suits. May be NULL. */
	int (*lacks)(const struct lookup *, struct bytes name, struct bytes key,
		     struct err *e);
};

void args_init(struct args *);
void args_fini(struct args *);
/*
 * Expands the words of a command and binds them to its parameters. The same
 * args can be bound many times; their memory is reused.
 * Result:  0, or -1 and *e (usage, with the parameter's name); *col: column of
 *          the error.
 */
int args_bind(struct args *, const struct param *, const struct command *,
	      const struct lookup *, unsigned *col, struct err *e);
/* Returns true if one of the words, in the place of an option, is a bare `-h`
 * or `--help` that is no option of the command. args_bind() rejects such a
 * command. */
bool param_asks_help(const struct param *, const struct command *);
/* Checks the words of a command as args_bind() does, but only as far as they do
 * not depend on the values of variables. Result: as for args_bind(). */
int args_check(struct args *, const struct param *, const struct command *,
	       unsigned *col, struct err *e);
/* The text of a parameter. Lent. */
struct named_value {
	const char *name;
	struct bytes value;
};
/* Returns the values of the parameter with that name; NULL: not given. */
const struct arg *args_named(const struct args *, const char *name);
/*
 * Makes args for another table: copies the values of those parameters of `from`
 * that `params` has too, by name. `from` NULL: none. A value that was bound as
 * another kind is read again. A parameter that `from` does not have gets its
 * text from the n values of `more`: the first, or all with PARAM_REPEATED. The
 * result is independent of `from`, of the commands that it was bound to, and of
 * `more`.
 * Result:  0; -1 and *e (usage: a text does not fit the parameter; limit: no
 *          memory). The caller calls args_fini() in both cases.
 * Limits:  PARAM_BODY is not copied.
 */
int args_pick(struct args *, const struct param *params,
	      const struct args *from, const struct named_value *more, size_t n,
	      struct err *e);
static inline bool args_has(const struct args *a, unsigned param)
{
	return a->arg[param].n > 0;
}
/* Returns true if the value is the keyword, typed bare. */
static inline bool value_is(const struct value *v, const char *keyword)
{
	return !v->quoted && bytes_is(v->text, keyword);
}
/* Rejects a value that equals one of the keywords (NULL-terminated) but was not
 * typed bare. Result: 0, or -1 and *e (usage). */
int value_check_bare(const struct value *, const char *const *keywords,
		     struct err *e);
/* Returns true if the parameter was given, and its first value is that
 * keyword. */
static inline bool args_is(const struct args *a, unsigned param,
			   const char *keyword)
{
	return args_has(a, param) && value_is(a->arg[param].at, keyword);
}
/* Returns the parameter's first value; if the parameter was not given,
 * BYTES_NONE, or `otherwise` for a number. */
struct bytes args_text(const struct args *, unsigned param);
uint64_t args_number(const struct args *, unsigned param, uint64_t otherwise);

/* Returns the parameter that takes the word after the n words of a command,
 * which are as typed, without the command's name. NULL: none. */
const struct param *param_after(const struct param *, const struct bytes *words,
				size_t n);

/* Appends the synopsis of a command's parameters: `[-t D] [-n] ADDR [as NAME]`.
 */
void param_synopsis(const struct param *, struct buf *out);

/* Parses a number; parse_size() parses a size. Result: 0 and *out; -1 and *e
 * (usage). */
int parse_number(struct bytes text, uint64_t *out, struct err *e);
int parse_size(struct bytes text, uint64_t *out, struct err *e);
/* Parses a duration. *ns can be added to any time without overflow. */
int parse_duration(struct bytes text, uint64_t *ns, struct err *e);
/* Parses a pace: `1B/100ms`, `4k/1s`. Result: 0; -1 and *e (usage). */
int parse_pace(struct bytes text, uint64_t *bytes, uint64_t *ns, struct err *e);
/* Appends `250ms` or `2s`, rounded to three digits; from a minute on `1m30s`,
 * rounded to seconds; from an hour on `2h5m`, rounded to minutes.
 * parse_duration() can parse the text. */
void print_duration(uint64_t ns, struct buf *out);
/* Appends a size: `512`, `64k`, `1.5M` if that is exact, else the number of
 * bytes. */
void print_size(uint64_t n, struct buf *out);

#endif
