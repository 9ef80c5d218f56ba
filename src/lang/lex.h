/* SPDX-License-Identifier: ISC */
/*
 * Splits text into words: quotes, escapes, variables, expressions, templates,
 * and their positions in the source. The parser decides which kind of word it
 * needs. Private to the parser.
 */
#ifndef RUNG_LANG_LEX_H
#define RUNG_LANG_LEX_H

#include "arena.h"

/* State shared by all lexers of one text. */
struct parse {
	struct arena *arena;
	const struct grammar *grammar;
	const char *source;
	struct bytes text;
	unsigned first; /* number of the first line */
	bool last;
	/* `line_at`: start of the line with the last position that was looked
	 * up. `seen`: end of the text scanned for line ends. Positions are
	 * mostly looked up in order, so the text is rarely scanned twice. */
	size_t line_at, seen;
	unsigned line;
	/* Stacks of struct command, word and piece, and of bytes. Each body
	 * pushes its own entries and pops them. */
	struct buf commands, words, pieces, value;
	unsigned *line_out, *col_out;
	struct err *e;
};

/*
 * Maps offsets in an unescaped body to the source: the body began at `base`,
 * and a backslash was removed before each offset in cuts[].
 */
struct map {
	const struct map *outer; /* map of the enclosing body; NULL: none */
	size_t base;
	const size_t *cuts;
	size_t count;
};

/* A lexer of the text, or of a body between quotes. */
struct lex {
	struct parse *parse;
	const uint8_t *at;
	size_t pos, end;
	const struct map *map;
	bool part;    /* a body in quotes: more text cannot complete it */
	size_t ended; /* end of the last word */
	/* Start and end of the last scan of lex_line_stop(), so that a line of
	 * many commands is scanned once. */
	size_t line[2];
	unsigned depth;
};

void lex_where(struct lex *, size_t at, unsigned *line, unsigned *col);
/* Each of the next three functions reports an error and its position. Result:
 * WORDS_BAD. */
enum words_result lex_bad(struct lex *, size_t at, const char *fmt, ...)
    RUNG_PRINTF(3, 4);
enum words_result lex_bad_as(struct lex *, size_t at, const struct err *);
enum words_result lex_too_much(struct lex *, size_t at);
/* Reports that the construct that begins at `at` is not closed. Result: MORE;
 * BAD with the message `what` if no more text can follow. */
enum words_result lex_open(struct lex *, size_t at, const char *what);

/* Returns the length of the line end at `at`, including a CR; 0: none. */
size_t lex_line_end(const struct lex *, size_t at);
/* Returns true if a word would end at `at`: a blank, `;`, a line end or the end
 * of the text. */
bool lex_ends(const struct lex *, size_t at);
/* Skips one blank, if there is one. */
void lex_blank(struct lex *);
/* Skips blanks and continued lines. */
enum words_result lex_blanks(struct lex *);
void lex_comment(struct lex *);
/* Returns the bytes at pos up to a quote, an escape or a variable; *whole: they
 * are the whole word. */
struct bytes lex_bare(const struct lex *, bool *whole);

/* Makes the bytes, which are in the text or the arena, the word's only piece.
 */
enum words_result lex_keep(struct lex *, struct bytes, struct word *);

/* lex_word() reads a plain word, lex_regex() an expression; each begins at pos.
 */
enum words_result lex_word(struct lex *, struct word *out);
enum words_result lex_regex(struct lex *, struct word *out);
/* Reads a template. `pattern`: the template is matched, else sent. */
enum words_result lex_template(struct lex *, bool pattern, struct word *out);
/* Returns the offset of the end of this line. */
size_t lex_line_stop(struct lex *);
/* Reads the rest of the line verbatim; *out has no pieces if nothing is left.
 * `continues`: a line that ends with a backslash or a caret is followed by the
 * next one. */
enum words_result lex_rest(struct lex *, bool continues, struct word *out);
/*
 * Reads a quoted body: sets up *inner to parse its commands, and moves past the
 * body.
 * Lends: *inner refers to *map and to the parse's arena.
 */
enum words_result lex_body(struct lex *, struct map *map, struct lex *inner,
			   struct word *out);

#endif
