/* SPDX-License-Identifier: ISC */
/*
 * Reads the target and the name of a command. words.c reads its words.
 */
#include "command_name.h"

enum words_result command_read_target(struct lex *lex, struct command *command)
{
	size_t at = lex->pos++;
	enum words_result r;

	if (lex_ends(lex, lex->pos))
		return lex_bad(lex, at, "expected a session name after the @");
	r = lex_word(lex, &command->target);
	if (r == WORDS_OK)
		r = lex_blanks(lex);
	if (r == WORDS_OK && lex_ends(lex, lex->pos))
		return lex_bad(lex, at,
			       "expected a command after the session name");
	return r;
}

/* Reads a command's name, on one line. If it is no word, such as `it's`, it is
 * taken up to the next blank, as an unknown command. */
static enum words_result lex_name(struct lex *lex, struct word *word)
{
	struct parse *p = lex->parse;
	struct lex line = *lex;
	size_t pieces = buf_len(&p->pieces), value = buf_len(&p->value);
	enum words_result r;
	bool whole;

	(void)lex_bare(lex, &whole);
	if (whole || !p->grammar)
		return lex_word(lex, word);
	line.end = lex_line_stop(lex);
	/* A backslash at the end joins the next line. */
	if (lex->at[line.end - 1] == '\\')
		return lex_word(lex, word);
	line.part = true;
	r = lex_word(&line, word);
	if (r != WORDS_OK) {
		buf_truncate(&p->pieces, pieces);
		buf_truncate(&p->value, value);
		line.pos = lex->pos;
		while (line.pos < line.end && line.at[line.pos] != ' ' &&
		       line.at[line.pos] != '\t')
			line.pos++;
		*word = (struct word){.kind = WORD_TEXT};
		lex_where(lex, lex->pos, &word->line, &word->col);
		r = lex_keep(lex,
			     bytes_of(lex->at + lex->pos, line.pos - lex->pos),
			     word);
	}
	lex->pos = line.pos;
	return r;
}

enum words_result command_read_name(struct lex *lex, struct command *command,
				    bool *raw)
{
	size_t at = lex->pos;
	struct word word;

	lex_where(lex, at, &command->line, &command->col);
	*raw = lex->at[at] == '!';
	if (*raw) {
		command->name = bytes_of(lex->at + at, 1);
		lex->pos++;
		return WORDS_OK;
	}

	enum words_result r = lex_name(lex, &word);

	if (r != WORDS_OK)
		return r;
	for (size_t i = 0; i < word.pieces; i++)
		if (word.piece[i].kind == PIECE_VARIABLE) {
			r = lex_bad(lex, at,
				    "a command name cannot be a variable");
			*lex->parse->line_out = word.piece[i].line;
			*lex->parse->col_out = word.piece[i].col;
			return r;
		}
	if (!word.pieces || !word.piece->bytes.len)
		return lex_bad(lex, at, "empty command name");
	command->name = word.piece->bytes;
	return WORDS_OK;
}
