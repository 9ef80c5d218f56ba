/* SPDX-License-Identifier: ISC */
/*
 * Cutting text into words: quotes, escapes, variables, expressions,
 * templates, and where
 * in the source things stand. Which kind of word is wanted is the parser's
 * business. Private to the parser.
 */
#ifndef RUNG_LANG_LEX_H
#define RUNG_LANG_LEX_H

#include "arena.h"

/* What all lexers of one text share. */
struct parse {
	struct arena *arena;
	const struct grammar *grammar;
	const char *source;
	struct bytes text;
	unsigned first; /* the number of its first line */
	bool last;
	/* Where the line that was last asked for begins, and how far it is
	 * known: positions are asked in order, so a text is scanned once. */
	size_t line_at, seen;
	unsigned line;
	/* Stacks of struct command, word, piece, and bytes: bodies put theirs
	 * on top and take them off. */
	struct buf commands, words, pieces, value;
	unsigned *line_out, *col_out;
	struct err *e;
};

/*
 * How offsets of an unescaped body lead back to where it stood: it began at
 * `base`, and before each offset in cuts[] a backslash was left out.
 */
struct map {
	const struct map *outer; /* NULL: the text itself */
	size_t base;
	const size_t *cuts;
	size_t count;
};

/* The text, or the part of it between a body's quotes. */
struct lex {
	struct parse *parse;
	const uint8_t *at;
	size_t pos, end;
	const struct map *map;
	bool part;    /* a quote ends it: more text cannot help */
	size_t ended; /* behind the last word that was read */
	unsigned depth;
};

void lex_where(struct lex *, size_t at, unsigned *line, unsigned *col);
/* Result of the three: WORDS_BAD, with the place told. */
enum words_result lex_bad(struct lex *, size_t at, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
enum words_result lex_bad_as(struct lex *, size_t at, const struct err *);
enum words_result lex_too_much(struct lex *, size_t at);
/* What began at `at` is open at the end: MORE, or BAD with `what`. */
enum words_result lex_open(struct lex *, size_t at, const char *what);

/* The length of a line's end at `at`: 0: none; a CR before it belongs to it. */
size_t lex_line_end(const struct lex *, size_t at);
/* No word goes on at `at`: a blank, `;`, a line's end, the end. */
bool lex_ends(const struct lex *, size_t at);
/* Skips blanks and continued lines. */
enum words_result lex_blanks(struct lex *);
void lex_comment(struct lex *);
/* The bytes at pos up to what is not bare, or ends a word; *whole: it does. */
struct bytes lex_bare(const struct lex *, bool *whole);

/* Makes the bytes all that the word is worth. They stay: text or arena. */
enum words_result lex_keep(struct lex *, struct bytes, struct word *);

/* Each takes one word at pos, which does not end there. */
enum words_result lex_word(struct lex *, struct word *out);
enum words_result lex_regex(struct lex *, struct word *out);
/* `pattern`: it is to be found, else to be sent. */
enum words_result lex_template(struct lex *, bool pattern, struct word *out);
/* The rest of the line as it stands; *out has no pieces if that is nothing. */
enum words_result lex_rest(struct lex *, struct word *out);
/*
 * One quoted word that is a body: makes the lexer of what is in it and goes
 * past it. Lends: *map and the parse's arena.
 */
enum words_result lex_body(struct lex *, struct map *map, struct lex *inner,
			   struct word *out);

#endif
