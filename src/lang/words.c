/* SPDX-License-Identifier: ISC */
/*
 * The parser: turns text into commands, their words and nested bodies. Binds no
 * parameters and runs nothing.
 */
#include "rung/words.h"

#include "binding.h"
#include "command_name.h"
#include "escape.h"
#include "lex.h"
#include "rung/match.h"
#include "walk.h"

#include <string.h>

enum { DEPTH_MAX = 32 };

static const size_t TEXT_MAX = (size_t)64 << 20;
static const size_t STACK_MAX = (size_t)512 << 20;

static enum words_result parse_commands(struct lex *lex, struct program **out);
static enum words_result parse_single(struct lex *lex, struct program **out);

static bool constant(const struct word *word)
{
	return word->pieces == 1 && word->piece->kind == PIECE_BYTES;
}

static enum words_result push(struct lex *lex, size_t at, struct buf *stack,
			      const void *what, size_t size)
{
	if (buf_put(stack, bytes_of(what, size)))
		return lex_too_much(lex, at);
	return WORDS_OK;
}

/* Rejects a keyword (`else`) in an unquoted body: the keyword would be a word
 * of the body's command. */
static enum words_result check_keywords(struct lex *lex,
					const struct param *params,
					const struct command *command)
{
	enum words_result r = WORDS_OK;

	for (const struct param *p = params; p->kind != PARAM_END; p++) {
		bool named = p->kind == PARAM_BODY && p->flags & PARAM_KEYWORD;

		for (size_t i = 0; named && i < command->words; i++) {
			const struct word *word = &command->word[i];

			if (!word_is_bare(word) ||
			    !bytes_is(word->piece->bytes, p->name))
				continue;
			r = lex_bad(lex, lex->pos,
				    "quote the commands before %s", p->name);
			*lex->parse->line_out = word->line;
			*lex->parse->col_out = word->col;
			return r;
		}
	}
	return r;
}

/* Parses a body: a quoted word with commands, or a single command. With
 * PARAM_FILE, an unquoted word is read as a path instead. `params`: those of
 * the command, `param`: that of the body. */
static enum words_result parse_body(struct lex *lex, const struct param *params,
				    const struct param *param, struct word *out)
{
	uint8_t c = lex->at[lex->pos];
	size_t start = lex->pos;
	enum words_result r;
	struct lex inner;
	struct map map;

	if (c == '\'' || c == '"') {
		r = lex_body(lex, &map, &inner, out);
		if (r == WORDS_OK)
			r = parse_commands(&inner, &out->body);
		return r;
	}
	if (param->flags & PARAM_FILE)
		return lex_word(lex, out);
	if (param_is_option(param))
		return lex_bad(lex, start, "quote the commands of %s",
			       param->name);
	*out = (struct word){.kind = WORD_BODY};
	lex_where(lex, start, &out->line, &out->col);
	lex->depth++;
	r = parse_single(lex, &out->body);
	lex->depth--;
	if (r == WORDS_OK && !(param->flags & PARAM_KEYWORD))
		r = check_keywords(lex, params, out->body->command);
	if (r != WORDS_OK)
		return r;
	return lex_keep(
	    lex, bytes_trim(bytes_of(lex->at + start, lex->pos - start)), out);
}

/* Passes the constant parts of an address to walk_address(); compiles a literal
 * pattern. */
static enum words_result prepare_word(struct lex *lex, struct walk *walk,
				      const struct param *param,
				      enum param_kind kind, struct word *word)
{
	/* The address of an option takes no port. */
	if (kind == PARAM_ADDRESS && param == &walk->params[walk->address])
		for (size_t i = 0; i < word->pieces; i++)
			if (word->piece[i].kind == PIECE_BYTES)
				walk_address(walk, word->piece[i].bytes);
	/* An empty pattern is an error only when the command runs. */
	if (kind == PARAM_PATTERN && constant(word) && word->piece->bytes.len) {
		word->match = match_literal(word->piece->bytes, NULL);
		if (!word->match ||
		    !arena_keep(lex->parse->arena, word->match, NULL))
			return lex_too_much(lex, lex->pos);
	}
	return WORDS_OK;
}

/* Returns the kind of the parameter that takes the word at pos; *param: the
 * parameter, if the word is a whole value. */
static enum param_kind expected(const struct lex *lex, struct walk *walk,
				const struct param **param)
{
	bool whole;
	struct bytes bare = lex_bare(lex, &whole);
	struct take take = walk_step(walk, bare, whole,
				     whole && walk_port(bare));

	if (take.kind != TAKE_VALUE || take.skip)
		return PARAM_WORD;
	*param = &walk->params[take.param];
	return (*param)->kind;
}

/*
 * Returns true if a pattern begins at pos: /…/, <…>, or a quoted word with more
 * words after it. A quoted word without them contains the commands.
 */
static bool is_pattern(const struct lex *lex)
{
	size_t at = lex->pos;
	uint8_t quote = lex->at[at];

	if (quote != '\'' && quote != '"')
		return quote == '/' || quote == '<';
	for (at++; at < lex->end && lex->at[at] != quote; at++)
		if (quote == '"' && lex->at[at] == '\\')
			at++;
	for (at++; at < lex->end; at++)
		if (lex->at[at] != ' ' && lex->at[at] != '\t')
			break;
	if (at >= lex->end || (lex->at[at] == '&' && lex_ends(lex, at + 1)))
		return false;
	return !lex_ends(lex, at) && lex->at[at] != '#';
}

/* Checks that a text is either words or a single template. */
static enum words_result check_alone(struct lex *lex)
{
	const struct buf *words = &lex->parse->words;
	const struct word *last = (void *)(words->data + buf_len(words) -
					   sizeof(*last));
	bool whole;

	if (lex->at[lex->pos] == '<')
		return lex_bad(
		    lex, lex->pos,
		    "a template must be the whole text; move the text before "
		    "it into the <>, in quotes (or quote the <)");
	if (last->kind == WORD_TEMPLATE &&
	    !(bytes_is(lex_bare(lex, &whole), "&") && whole))
		return lex_bad(lex, lex->pos,
			       "a template must be the whole text; move the "
			       "text after it into the <>, in quotes");
	return WORDS_OK;
}

static enum words_result parse_word(struct lex *lex, struct walk *walk)
{
	if (walk_may_pass(walk) && !is_pattern(lex)) {
		if (lex->at[lex->pos] == '$')
			return lex_bad(
			    lex, lex->pos,
			    "a command name cannot be a variable; "
			    "quote a variable to use it as the pattern: "
			    "\"$NAME\"");
		walk_pass(walk);
	}

	const struct param *param = NULL;
	size_t at = lex->pos;
	bool more = walk->rest < walk->count;
	enum param_kind kind = expected(lex, walk, &param);
	struct word word = {.kind = WORD_TEXT};
	uint8_t c = lex->at[at];
	enum words_result r = WORDS_OK;

	if (more)
		r = check_alone(lex);
	if (r != WORDS_OK)
		return r;
	if ((kind == PARAM_TEXT || kind == PARAM_BYTES ||
	     kind == PARAM_PATTERN) &&
	    c == '<')
		r = lex_template(lex, kind == PARAM_PATTERN, &word);
	else if (kind == PARAM_PATTERN && c == '/')
		r = lex_regex(lex, &word);
	else if (kind == PARAM_BODY)
		r = parse_body(lex, walk->params, param, &word);
	else
		r = lex_word(lex, &word);
	/* The words of an unquoted body have already set lex->ended. */
	if (word.kind != WORD_BODY || word.quoted)
		lex->ended = lex->pos;
	if (r == WORDS_OK && word.kind == WORD_TEXT)
		r = prepare_word(lex, walk, param, kind, &word);
	if (r != WORDS_OK)
		return r;
	return push(lex, at, &lex->parse->words, &word, sizeof(word));
}

/* Returns true at the `#` of a comment: `#12` is not one if a message number is
 * expected. */
static bool is_comment(const struct lex *lex, const struct walk *walk)
{
	const struct param *param;
	struct walk copy = *walk;
	size_t next = lex->pos + 1;

	if (lex->at[lex->pos] != '#')
		return false;
	if (next == lex->end || expected(lex, &copy, &param) != PARAM_MESSAGE)
		return true;
	return lex->at[next] != '$' &&
	       (lex->at[next] < '0' || lex->at[next] > '9');
}

/* Free text in the source, as far as it was read. */
struct text_source {
	size_t from; /* start, without the blank that ends the word before */
	size_t words;
	unsigned cut;   /* enum text_cut */
	bool is_quoted; /* the text is a single quoted word */
};

/* Returns true if the word from `at` to pos has a line end as an escape. */
static bool has_escape(const struct lex *lex, size_t at)
{
	struct bytes word = bytes_of(lex->at + at, lex->pos - at);
	return bytes_find(word, BYTES("\\n"), 0) != BYTES_NOT_FOUND ||
	       bytes_find(word, BYTES("\\r"), 0) != BYTES_NOT_FOUND;
}

/* Records the blanks from `blank` on, and the word after them, which ends at
 * pos. */
static void note_word(struct lex *lex, struct text_source *text, size_t blank,
		      size_t at)
{
	const struct buf *words = &lex->parse->words;
	const struct word *word = (void *)(words->data + buf_len(words) -
					   sizeof(*word));
	struct bytes blanks = bytes_of(lex->at + blank, at - blank);
	bool all = word->quoted && word->quotes == 1 &&
		   lex->at[lex->pos - 1] == lex->at[at];
	if (!text->words)
		text->from = blank + 1;
	if (all && lex->at[at] == '\'' && has_escape(lex, at))
		text->cut |= KEPT_ESCAPES;
	if (blanks.len > 1 &&
	    bytes_find_byte(blanks, '\n', 0) == BYTES_NOT_FOUND)
		text->cut |= CUT_BLANKS;
	if (text->is_quoted || (word->quotes && !(all && !text->words)))
		text->cut |= CUT_QUOTES;
	text->is_quoted = all && !text->words;
	text->words++;
}

/* Records the blanks and the comment at the end of the free text. */
static void note_end(struct lex *lex, struct text_source *text, size_t blank,
		     size_t at)
{
	bool last = at == lex->end || lex_line_end(lex, at);
	if (lex->pos > at)
		text->cut |= CUT_COMMENT;
	else if (text->words && at > blank && last)
		text->cut |= CUT_BLANKS;
	if (!text->words)
		text->from = at;
}

/* Parses the words of a command. Sets command->cut and free_text. */
static enum words_result parse_words(struct lex *lex,
				     const struct param *params,
				     struct command *command)
{
	struct text_source text = {.words = 0};
	enum words_result r = WORDS_OK;
	struct walk walk;
	size_t blank, at;
	walk_init(&walk, params);
	for (;;) {
		blank = lex->pos;
		r = lex_blanks(lex);
		if (r != WORDS_OK)
			return r;
		at = lex->pos;
		if (lex_ends(lex, at))
			break;
		if (is_comment(lex, &walk)) {
			lex_comment(lex);
			break;
		}
		r = parse_word(lex, &walk);
		if (r != WORDS_OK)
			return r;
		if (walk.rest < walk.count)
			note_word(lex, &text, blank, at);
	}
	if (text.words || walk_expects_text(&walk))
		note_end(lex, &text, blank, at);
	command->cut = text.cut;
	if (text.cut)
		command->free_text = bytes_of(lex->at + text.from,
					      lex->pos - text.from);
	return WORDS_OK;
}

/* Clears the background flag of an unquoted body's command. Result: its
 * old value. The `&` applies to the command with the body, because both end
 * there. The body may be changed, because it is not shared yet. */
static bool body_is_background(struct program *body)
{
	struct command *last = (struct command *)body->command;

	if (!body->commands)
		return false;
	last += body->commands - 1;

	bool background = last->background;

	last->background = false;
	return background;
}

/* Removes a bare `&` after the last word, and returns true if there was one. */
static bool ends_background(struct buf *words, size_t base)
{
	size_t len = buf_len(words);
	const struct word *word;

	if (len == base)
		return false;
	word = (void *)(words->data + words->head + len - sizeof(*word));
	if (word->kind == WORD_BODY && !word->quoted)
		return body_is_background(word->body);
	if (word->kind != WORD_TEXT || !word_is_bare(word) ||
	    !bytes_is(word->piece->bytes, "&"))
		return false;
	buf_truncate(words, len - sizeof(*word));
	return true;
}

/* Takes the rest of the line as a word; if required, only if it has any. */
static enum words_result parse_raw(struct lex *lex, const struct param *params)
{
	bool required = !params || params->flags & PARAM_REQUIRED;
	size_t at = lex->pos;
	struct word word;
	bool continues = params && params->flags & PARAM_CONTINUED;
	enum words_result r = lex_rest(lex, continues, &word);

	if (r != WORDS_OK || !word.pieces ||
	    (required && !bytes_trim(word.piece->bytes).len))
		return r;
	return push(lex, at, &lex->parse->words, &word, sizeof(word));
}

/*
 * Parses the words of an unknown command, which may be text that the user meant
 * to send. An open quote ends with the line. Words that cannot be
 * parsed become one word, so that the error is the unknown command.
 */
static enum words_result parse_unknown(struct lex *lex, struct command *command)
{
	struct parse *p = lex->parse;
	struct lex line = *lex;
	size_t words = buf_len(&p->words), pieces = buf_len(&p->pieces);
	size_t value = buf_len(&p->value);
	enum words_result r;

	line.end = lex_line_stop(lex);
	line.part = true;
	r = parse_words(&line, NULL, command);
	if (r != WORDS_OK) {
		buf_truncate(&p->words, words);
		buf_truncate(&p->pieces, pieces);
		buf_truncate(&p->value, value);
		line.pos = lex->pos;
		r = parse_raw(&line, NULL);
		line.ended = line.pos;
	}
	lex->pos = line.pos;
	lex->ended = line.ended;
	return r;
}

static enum words_result parse_command(struct lex *lex)
{
	struct parse *p = lex->parse;
	const struct param *params = NULL;
	struct command command = {.words = 0};
	size_t start = lex->pos, base = buf_len(&p->words);
	enum words_result r = WORDS_OK;
	bool raw;

	if (lex->at[lex->pos] == '@')
		r = command_read_target(lex, &command);
	if (r == WORDS_OK)
		r = command_read_name(lex, &command, &raw);
	if (r != WORDS_OK)
		return r;
	if (p->grammar)
		params = p->grammar->params(p->grammar, command.name,
					    &command.verb);
	if (!raw && params && params->kind == PARAM_REST_OF_LINE) {
		raw = true;
		lex_blank(lex);
	}
	lex->ended = lex->pos;
	if (raw)
		r = parse_raw(lex, params);
	else if (p->grammar && !params && !command.verb)
		r = parse_unknown(lex, &command);
	else
		r = parse_words(lex, params, &command);
	if (r != WORDS_OK)
		return r;

	if (raw)
		lex->ended = lex->pos;
	lex_where(lex, lex->ended, &command.end_line, &command.end_col);
	if (!raw)
		command.background = ends_background(&p->words, base);

	size_t size = buf_len(&p->words) - base;

	command.words = size / sizeof(struct word);
	if (size) {
		command.word = arena_copy(p->arena, p->words.data + base, size);
		if (!command.word)
			return lex_too_much(lex, start);
	}
	buf_truncate(&p->words, base);
	command.binding = binding_new(p->arena);
	if (!command.binding)
		return lex_too_much(lex, start);
	return push(lex, start, &p->commands, &command, sizeof(command));
}

/* Moves the commands above `base` from the stack into a program. */
static enum words_result words_finish(struct lex *lex, size_t base,
				      struct program **out)
{
	struct parse *p = lex->parse;
	size_t size = buf_len(&p->commands) - base;
	struct program *program = arena_take(p->arena, sizeof(*program));
	const struct command *commands = NULL;

	if (program && size)
		commands = arena_copy(p->arena, p->commands.data + base, size);
	if (!program || (size && !commands))
		return lex_too_much(lex, lex->pos);
	buf_truncate(&p->commands, base);
	*program = (struct program){
	    .refs = 1,
	    .source = p->source,
	    .text = p->text,
	    .first = p->first,
	    .command = commands,
	    .commands = size / sizeof(*commands),
	    .arena = p->arena,
	};
	*out = program;
	return WORDS_OK;
}

static enum words_result check_depth(struct lex *lex)
{
	if (lex->depth <= DEPTH_MAX)
		return WORDS_OK;
	return lex_bad(lex, lex->pos, "commands nested too deep (at most %d)",
		       DEPTH_MAX);
}

/* Parses the command at pos, without the `;` or line end after it. */
static enum words_result parse_single(struct lex *lex, struct program **out)
{
	size_t base = buf_len(&lex->parse->commands);
	enum words_result r = check_depth(lex);

	if (r == WORDS_OK)
		r = parse_command(lex);
	return r == WORDS_OK ? words_finish(lex, base, out) : r;
}

/* Parses all commands of the text or of a quoted body. */
static enum words_result parse_commands(struct lex *lex, struct program **out)
{
	size_t base = buf_len(&lex->parse->commands);
	enum words_result r = check_depth(lex);

	while (r == WORDS_OK) {
		r = lex_blanks(lex);

		size_t end = lex_line_end(lex, lex->pos);

		if (r != WORDS_OK)
			return r;
		if (lex->pos == lex->end)
			return words_finish(lex, base, out);
		if (end)
			lex->pos += end;
		else if (lex->at[lex->pos] == ';')
			lex->pos++;
		else if (lex->at[lex->pos] == '#')
			lex_comment(lex);
		else
			r = parse_command(lex);
	}
	return r;
}

static enum words_result parse_text(struct parse *p, struct bytes text,
				    const char *source, struct program **out)
{
	struct lex lex = {.parse = p, .end = text.len};
	uint8_t *copy = arena_copy(p->arena, text.at, text.len);
	char *name = arena_copy(p->arena, source, strlen(source) + 1);

	if (!copy || !name)
		return lex_too_much(&lex, 0);
	p->source = name;
	p->text = bytes_of(copy, text.len);
	lex.at = copy;

	size_t nul = bytes_find_byte(p->text, '\0', 0);

	if (nul != BYTES_NOT_FOUND)
		return lex_bad(&lex, nul, "NUL byte in the source; write \\0");
	return parse_commands(&lex, out);
}

enum words_result words_parse(struct bytes text, const char *source,
			      unsigned line, bool last,
			      const struct grammar *grammar,
			      struct program **out, unsigned *line_out,
			      unsigned *col_out, struct err *e)
{
	unsigned no_line, no_col;
	enum words_result r = WORDS_BAD;
	struct parse p = {.grammar = grammar,
			  .first = line,
			  .line = line,
			  .last = last,
			  .line_out = line_out ? line_out : &no_line,
			  .col_out = col_out ? col_out : &no_col,
			  .e = e};

	*out = NULL;
	*p.line_out = line;
	*p.col_out = 1;
	if (text.len > TEXT_MAX) {
		err_set(e, ERR_LIMIT, 0,
			"commands too long (%zu bytes, at most 64 MiB)",
			text.len);
		return WORDS_BAD;
	}
	p.arena = arena_new();
	if (!p.arena) {
		err_set(e, ERR_LIMIT, 0, "no memory for parsing");
		return WORDS_BAD;
	}
	buf_init(&p.commands, STACK_MAX);
	buf_init(&p.words, STACK_MAX);
	buf_init(&p.pieces, STACK_MAX);
	buf_init(&p.value, STACK_MAX);
	r = parse_text(&p, text, source ? source : "", out);
	buf_fini(&p.commands);
	buf_fini(&p.words);
	buf_fini(&p.pieces);
	buf_fini(&p.value);
	if (r != WORDS_OK) {
		*out = NULL;
		arena_unref(p.arena);
	}
	return r;
}
