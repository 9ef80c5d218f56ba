/* SPDX-License-Identifier: ISC */
/*
 * Typed parameters: one table drives parsing, usage, help, completion and the
 * manual page. Commands, settings and later rungs all use it.
 */
#ifndef RUNG_PARAM_H
#define RUNG_PARAM_H

#include "rung/err.h"

struct command;
struct program;
struct match;
struct word;

enum param_kind {
	PARAM_END,      /* behind the last one */
	PARAM_FLAG,     /* no value */
	PARAM_WORD,     /* any one word */
	PARAM_NUMBER,   /* decimal or 0x…, not negative */
	PARAM_SIZE,     /* 512 64k 1M 1G */
	PARAM_DURATION, /* 250ms 2s 1m 1h; bare: seconds, fractions allowed */
	PARAM_TEXT,     /* the remaining words, joined by one blank; or a
			 * <template>, built */
	PARAM_PATTERN,  /* /regex/flags, <template> or literal text */
	PARAM_ADDRESS,  /* one word, or HOST PORT in two */
	PARAM_SESSION,  /* a name, or a pattern with bare wildcards */
	PARAM_MESSAGE,  /* #N */
	PARAM_PATH,     /* a file */
	PARAM_BODY,     /* commands: one quoted word or the rest of the line */
	PARAM_REST_OF_LINE, /* the rest of the line as it stands (`!`) */
	PARAM_CHOICE,       /* one of `choices` */
	PARAM_COMMAND,      /* a command's name */
	PARAM_SETTING,      /* a setting's name */
	PARAM_VARIABLE,     /* a variable's name, without the $, or NAME[KEY] */
};

enum {
	PARAM_REQUIRED = 1u << 0,
	PARAM_REPEATED = 1u << 1, /* an operand: one or more */
	PARAM_KEYWORD = 1u << 2,  /* `as NAME`: the bare word, then the value */
	PARAM_ONE_COMMAND = 1u << 3, /* a body: unquoted it ends at `;` */
	PARAM_FILE = 1u << 4, /* a body: unquoted it is a file of commands,
				 the value's text, and its body is NULL */
};

/*
 * One parameter. A name that begins with `-` is an option, before the operands
 * (`-t`, `--echo`; short flags may be joined: `-xq`; `--` ends them); with
 * PARAM_KEYWORD it is a bare word that stands anywhere after them; any other
 * name is an operand, taken in the order of the table.
 */
struct param {
	const char *name; /* "-t", "--echo", "as", "ADDR" */
	enum param_kind kind;
	unsigned flags;
	const char *value;          /* the option's value in help: "D" */
	const char *const *choices; /* NULL-ended; of PARAM_CHOICE, what is
				     * offered for a PARAM_WORD, or what may
				     * stand for a PARAM_COMMAND besides */
	const char *brief;
};

/* One value as bound. `text` lives in its args. */
struct value {
	struct bytes text;
	uint64_t number;      /* NUMBER, MESSAGE; SIZE: bytes; DURATION: ns;
				 CHOICE: its index */
	struct match *match;  /* PATTERN: compiled; held by the args */
	struct program *body; /* BODY: held by the command */
	struct bytes key;     /* VARIABLE: of NAME[KEY], text is the NAME; .at
				 NULL: none */
	unsigned line, col;   /* where the word stands */
	bool quoted; /* not typed bare throughout: a quote, an escape or a
			variable in it. Data is never taken for a bare word */
	bool glob;   /* SESSION: a pattern; all its wildcards were typed bare */
	size_t wild; /* SESSION: how many were */
	size_t typed; /* how many of its first bytes were typed, bare or in
			 quotes; those of a variable were not */
	const struct word *varies; /* private: the first word of it where it is
				      another each time, else NULL */
};

struct arg {
	size_t n; /* 0: not given */
	const struct value *at;
};

/* The bound parameters of one call, arg[i] for params[i]. */
struct args {
	const struct param *params;
	const struct arg *arg; /* in `own`, or kept by the command */
	unsigned line;         /* where *col stands when binding failed */
	/* Private: memory, kept from one call to the next. */
	struct arg *own;
	struct value *values;
	size_t room, count, params_room;
	struct buf store;
};

/* Where variables come from: filled by a higher floor. */
struct lookup {
	/* Appends the value of `name` (which may have dots). Result: 0; -1 and
	 * *e where there is none. Lent: the lookup itself, to find its owner.
	 */
	int (*get)(const struct lookup *, struct bytes name, struct buf *out,
		   struct err *e);
	/* The same of an entry, name[key], where `key` is not NULL. Result: 1;
	 * 0: it is not set; -1 and *e: another error.
	 * NULL: nothing is. */
	int (*find)(const struct lookup *, struct bytes name,
		    const struct bytes *key, struct buf *out, struct err *e);
};

void args_init(struct args *);
void args_fini(struct args *);
/*
 * Expands the words of a command and binds them to its parameters.
 * Result:  0, or -1 and *e (usage, worded with the parameter's name), *col its
 *          column. The args may be bound again and again; memory is kept.
 */
int args_bind(struct args *, const struct param *, const struct command *,
	      const struct lookup *, unsigned *col, struct err *e);
static inline bool args_has(const struct args *a, unsigned param)
{
	return a->arg[param].n > 0;
}
/* Returns true if the value is that keyword: typed bare, and whole. */
static inline bool value_is(const struct value *v, const char *keyword)
{
	return !v->quoted && bytes_is(v->text, keyword);
}
/* Returns true if the parameter was given, and its first value is that
 * keyword. */
static inline bool args_is(const struct args *a, unsigned param,
			   const char *keyword)
{
	return args_has(a, param) && value_is(a->arg[param].at, keyword);
}
/* The first value; BYTES_NONE or `otherwise` where not given. */
struct bytes args_text(const struct args *, unsigned param);
uint64_t args_number(const struct args *, unsigned param, uint64_t otherwise);

/* Appends `[-t D] [-n] ADDR [as NAME]`. */
void param_synopsis(const struct param *, struct buf *out);

/* Result: 0 and *out; -1 and *e (usage). */
int parse_number(struct bytes text, uint64_t *out, struct err *e);
int parse_size(struct bytes text, uint64_t *out, struct err *e);
/* *ns can be added to any time. */
int parse_duration(struct bytes text, uint64_t *ns, struct err *e);
/* Appends `250ms`, `2s`, `1m30s`; parse_duration() reads it back if it is one
 * unit. Three digits at most. */
void print_duration(uint64_t ns, struct buf *out);
/* Appends `512`, `64k`, `1.5M` where exact, else the number. */
void print_size(uint64_t n, struct buf *out);

#endif
