/* SPDX-License-Identifier: ISC */
/*
 * The command language: parses text into commands and their words. A program is
 * parsed once and run many times. The shell runs programs and knows the
 * commands.
 */
#ifndef RUNG_WORDS_H
#define RUNG_WORDS_H

#include "rung/param.h"

struct brace;

enum piece_kind { PIECE_BYTES, PIECE_VARIABLE };

struct piece {
	enum piece_kind kind;
	struct bytes bytes;        /* the bytes, or the variable's name */
	const struct brace *brace; /* VARIABLE: contents of ${…}, or NULL */
	unsigned line, col;        /* start position */
};

enum word_kind {
	WORD_TEXT,
	WORD_REGEX,    /* `match` is compiled */
	WORD_BODY,     /* `body` is parsed; the piece is its source */
	WORD_TEMPLATE, /* `template` is parsed; the pieces are its source, each
			  contiguous in the text */
};

struct word {
	enum word_kind kind;
	bool quoted; /* begins with a quote, so never an option or keyword */
	unsigned line, col; /* position, counted from 1; col in bytes */
	const struct piece *piece;
	size_t pieces;
	struct match *match; /* REGEX: compiled; TEXT, TEMPLATE: a constant
				pattern, or NULL */
	struct program *body;
	struct template *template;
	struct bytes built; /* TEMPLATE: constant bytes; .at NULL: none */
	size_t bare; /* number of leading bytes typed bare; only these can be an
			option or a keyword */
	size_t wild; /* number of `*` and `?` typed bare */
	size_t quotes; /* TEXT: number of quoted parts */
};

/* Returns true if the word has no quote, escape or variable. */
static inline bool word_is_bare(const struct word *word)
{
	return word->pieces == 1 && word->piece->kind == PIECE_BYTES &&
	       word->bare == word->piece->bytes.len;
}

/* Returns the number of leading bytes that the user typed (bare, quoted or as
 * escapes), before the first variable. */
static inline size_t word_typed(const struct word *word)
{
	return word->pieces && word->piece->kind == PIECE_BYTES
		   ? word->piece->bytes.len
		   : 0;
}

/* Returns true if `value`, the expanded word, is a pattern of names: it has a
 * `*` or `?`, and each of these was typed bare. */
static inline bool word_is_glob(const struct word *word, struct bytes value)
{
	return word->wild && bytes_wildcards(value) == word->wild;
}

/* CUT_*: parts of free text (PARAM_TEXT) that the parser removed. KEPT_ESCAPES:
 * it kept text that may have been meant as an escape. */
enum text_cut {
	CUT_QUOTES = 1u << 0, /* unless they enclose the whole text */
	CUT_BLANKS = 1u << 1,
	CUT_COMMENT = 1u << 2,
	KEPT_ESCAPES = 1u << 3, /* such as \r in single quotes */
};

struct command {
	struct bytes name;       /* name as typed; `!` for a shell line */
	const void *verb;        /* set by grammar.params() */
	struct binding *binding; /* private to the binder */
	struct word target;      /* word @NAME; line 0: none */
	const struct word *word;
	size_t words;
	bool background;        /* the command ends with a bare `&` */
	unsigned cut;           /* enum text_cut */
	struct bytes free_text; /* free text as typed, if `cut` */
	unsigned line, col;
	unsigned end_line, end_col; /* position after the last word or the & */
};

/* Reference-counted. Immutable after parsing, except `checked` and the cache in
 * command.binding. */
struct program {
	unsigned refs;
	const char *source; /* "FILE", "-e", "stdin", or "" at a prompt */
	struct bytes text;  /* copy of the text, for words_caret() */
	unsigned first;     /* number of the first line */
	const struct command *command;
	size_t commands;
	bool checked; /* the shell has found no wrong command */
	void *arena;  /* private: memory of the commands and the text */
};

/* The commands, as the parser needs them; filled in by the shell. */
struct grammar {
	/* Returns the parameters of a command. NULL: the command is unknown:
	 * its words are plain text, and running the command is an error. May
	 * set *verb, which the parser stores in the command. */
	const struct param *(*params)(const struct grammar *, struct bytes name,
				      const void **verb);
};

enum words_result {
	WORDS_OK,
	WORDS_MORE, /* an open quote or `<`, or a backslash at the end of the
		       text */
	WORDS_BAD,
};

/*
 * Parses whole lines.
 * `line`:  number of the first line, for messages.
 * `last`:  no lines follow: an open quote is an error, not MORE.
 * Result:  OK and *out with one reference (no commands if the text has only
 *          blanks and comments); BAD: *e (usage), and the position of the error
 *          in *line_out and *col_out. MORE sets the same three.
 * Limits:  bodies nest 32 deep; a text is at most 64 MiB.
 * Source:  SPEC.md §2.
 */
enum words_result words_parse(struct bytes text, const char *source,
			      unsigned line, bool last, const struct grammar *,
			      struct program **out, unsigned *line_out,
			      unsigned *col_out, struct err *e);
struct program *program_ref(struct program *);
void program_unref(struct program *); /* NULL is fine */

/* Appends the value of the word. Result: 0, or -1 and *e; *col: column of the
 * piece that failed. */
int word_expand(const struct word *, const struct lookup *, struct buf *out,
		unsigned *col, struct err *e);

/*
 * Appends line `line` of the text, counted from 1, and below it a caret under
 * column `col`. For the text of a program, `line` is command->line -
 * program->first + 1. The caret's column allows for tabs, escapes and wide
 * characters; a long line is shortened around the caret.
 */
void words_caret(struct bytes text, unsigned line, unsigned col,
		 struct buf *out);
/* Appends the bytes as one word that the parser reads back: bare if possible,
 * else quoted with escapes. */
void words_quote(struct bytes, struct buf *out);
/* Appends the bytes like words_quote(), but always in quotes, so that the word
 * is never an option or a keyword. */
void words_quote_text(struct bytes, struct buf *out);

#endif
