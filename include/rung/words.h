/* SPDX-License-Identifier: ISC */
/*
 * The line language: text to commands and their words. Parsed once, run many
 * times; nothing here runs anything or knows which commands there are.
 */
#ifndef RUNG_WORDS_H
#define RUNG_WORDS_H

#include "rung/param.h"

struct brace;

enum piece_kind { PIECE_BYTES, PIECE_VARIABLE };

struct piece {
	enum piece_kind kind;
	struct bytes bytes; /* what it stands for, or the variable's name */
	const struct brace *brace; /* VARIABLE: more than a name was in the
				      braces; else NULL */
	unsigned line, col;        /* where it begins */
};

enum word_kind {
	WORD_TEXT,
	WORD_REGEX,    /* match is compiled */
	WORD_BODY,     /* body is parsed; its bytes are the source of it */
	WORD_TEMPLATE, /* template is parsed; its pieces are its source, each
			  where the text is in one run */
};

struct word {
	enum word_kind kind;
	bool quoted; /* begins with a quote: never an option or keyword */
	unsigned line, col; /* from 1; col counts bytes */
	const struct piece *piece;
	size_t pieces;
	struct match *match; /* REGEX; TEXT, TEMPLATE: a constant pattern, or
				NULL */
	struct program *body;
	struct template *template;
	struct bytes built; /* TEMPLATE to send, if constant; else .at NULL */
	size_t bare; /* how many of its first bytes were typed bare: what an
			option or keyword may be read from */
	size_t wild; /* how many `*` and `?` in it were typed bare */
};

/* All of it was typed bare: no quote, escape or variable in it. */
static inline bool word_is_bare(const struct word *word)
{
	return word->pieces == 1 && word->piece->kind == PIECE_BYTES &&
	       word->bare == word->piece->bytes.len;
}

/* How many of its first bytes were typed: bare, in quotes or as escapes. A
 * variable ends them. */
static inline size_t word_typed(const struct word *word)
{
	return word->pieces && word->piece->kind == PIECE_BYTES
		   ? word->piece->bytes.len
		   : 0;
}

/* Returns true if the value, which is the word's, is a pattern of names: it has
 * a `*` or `?`, and each of them was typed bare. */
static inline bool word_is_glob(const struct word *word, struct bytes value)
{
	return word->wild && bytes_wildcards(value) == word->wild;
}

struct command {
	struct bytes name;       /* as typed; `!` for a shell line */
	const void *verb;        /* what the grammar said that it is */
	struct binding *binding; /* private to the binder */
	struct word target;      /* the @NAME before it; line 0: none */
	const struct word *word;
	size_t words;
	bool background; /* a bare `&` ended it */
	unsigned line, col;
	unsigned end_line, end_col; /* behind its last word, the & included */
};

/* Counted; immutable once parsed, but for what the binder keeps. */
struct program {
	unsigned refs;
	const char *source; /* "FILE", "-e", "stdin", or "" at a prompt */
	struct bytes text;  /* a copy of what was parsed, for carets */
	unsigned first;     /* the number of its first line */
	const struct command *command;
	size_t commands;
	void *arena; /* private: all that the above points to */
};

/* What the parser must know of commands; filled by a higher floor. */
struct grammar {
	/* The parameters of a command, or NULL: unknown; then its words are
	 * plain text and running it will say so. *verb may be set: the command
	 * keeps it for who runs it. */
	const struct param *(*params)(const struct grammar *, struct bytes name,
				      const void **verb);
};

enum words_result {
	WORDS_OK,
	WORDS_MORE, /* a quote or a `<` is open, or the line ends in a
		       backslash */
	WORDS_BAD,
};

/*
 * Parses whole lines.
 * `line`:  the number of the first, for messages.
 * `last`:  nothing can follow: what is open is an error, not MORE.
 * Result:  OK and *out with one holder (no commands where the text is blank or
 *          comments only); BAD: *e (usage), and *line_out, *col_out where.
 * Limits:  bodies nest 32 deep; a text is at most 64 MiB.
 * Source:  SPEC.md §2.
 */
enum words_result words_parse(struct bytes text, const char *source,
			      unsigned line, bool last, const struct grammar *,
			      struct program **out, unsigned *line_out,
			      unsigned *col_out, struct err *e);
struct program *program_ref(struct program *);
void program_unref(struct program *); /* NULL is fine */

/* Appends the word's value. Result: 0, or -1 and *e, *col the piece's. */
int word_expand(const struct word *, const struct lookup *, struct buf *out,
		unsigned *col, struct err *e);

/*
 * Appends the line at `line` of the text, from 1 (of a program's text it is
 * command->line - program->first + 1), and a second line with a
 * caret under `col`. Tabs and characters that take no single column are kept
 * in step; a long line is cut around the column.
 */
void words_caret(struct bytes text, unsigned line, unsigned col,
		 struct buf *out);
/* Appends the bytes as one word that the parser reads back as the same bytes:
 * bare where possible, else quoted with escapes. eval(quote(x)) == x. */
void words_quote(struct bytes, struct buf *out);
/* The same, quoted always: never an option or a keyword. */
void words_quote_text(struct bytes, struct buf *out);
/* The nearest of `names` (NULL-ended) within two edits, one where the word has
 * less than four bytes; or NULL. */
const char *words_suggest(struct bytes word, const char *const *names);

#endif
