/* SPDX-License-Identifier: ISC */
/*
 * The binder: expands a command's words and binds them to its parameters. Runs
 * for every command, so it must be fast: the next call reuses the memory,
 * constant words are not copied, and for a cached command only values with
 * variables are bound again. args.c keeps the values, value.c reads them,
 * usage.c prints the parameters.
 */
#include "rung/param.h"

#include "args.h"
#include "binding.h"
#include "expand.h"
#include "rung/match.h"
#include "rung/template.h"
#include "usage.h"
#include "value.h"
#include "walk.h"

#include <stdlib.h>
#include <string.h>

/* One call of args_bind(). */
struct bind {
	struct args *args;
	const struct command *command;
	const struct lookup *lookup;
	struct walk walk;
	bool uncacheable; /* the binding depends on the text of variables */
	bool checks;      /* args_check(): variables have no value */
	unsigned *col;
	struct err *e;
};

/* Sets the position of the error. Result: -1. */
static int bad_at(const struct bind *b, unsigned line, unsigned col)
{
	b->args->line = line;
	if (b->col)
		*b->col = col;
	return -1;
}

/* Returns the word's leading bytes that were typed without quotes or escapes.
 */
static struct bytes head_of(const struct word *word)
{
	if (!word->bare)
		return BYTES_NONE;
	return bytes_head(word->piece->bytes, word->bare);
}

static int no_memory(const struct bind *b, unsigned line, unsigned col)
{
	err_set(b->e, ERR_LIMIT, 0, "no memory for the words");
	return bad_at(b, line, col);
}

static struct value *param_add(const struct bind *b, unsigned param,
			       const struct word *word)
{
	const struct param *p = &b->walk.params[param];
	bool by_name = param_is_named(p);
	bool again = by_name && !(p->flags & PARAM_REPEATED) &&
		     p->kind != PARAM_TEXT && p->kind != PARAM_FLAG;
	struct value *v = args_insert(b->args, param, again);

	if (!v) {
		no_memory(b, word->line, word->col);
		return NULL;
	}
	*v = (struct value){
	    .line = word->line,
	    .col = word->col,
	    .quoted = !word_is_bare(word),
	    .wild = word->wild,
	    .typed = word_typed(word),
	    .body = word->body,
	};
	return v;
}

static bool varies(const struct word *word)
{
	for (size_t i = 0; i < word->pieces; i++)
		if (word->piece[i].kind == PIECE_VARIABLE)
			return true;
	return false;
}

static int expand(const struct bind *b, const struct word *word)
{
	const struct piece *bad = NULL;

	if (expand_word(word, b->lookup, &b->args->store, &bad, b->e))
		return bad_at(b, bad->line, bad->col);
	return 0;
}

/* Returns the source of a template, whose pieces are contiguous. */
static struct bytes source_of(const struct word *word)
{
	const struct piece *last = &word->piece[word->pieces - 1];
	const uint8_t *at = word->piece->bytes.at;

	return bytes_of(at, (size_t)(last->bytes.at + last->bytes.len - at));
}

/* Sets the position of an error in a template's text. */
static int bad_in(const struct bind *b, const struct word *word, size_t offset)
{
	const struct piece *piece = word->piece;

	offset++; /* the < */
	for (size_t i = 1; i < word->pieces && offset >= piece->bytes.len; i++)
		offset -= piece++->bytes.len;
	return bad_at(b, piece->line, piece->col + (unsigned)offset);
}

static int bind_template(struct bind *b, const struct take *take,
			 const struct word *word)
{
	struct buf *store = &b->args->store;
	size_t from = buf_len(store), bad = 0;
	struct value *v = param_add(b, take->param, word);

	if (!v)
		return -1;
	v->text = source_of(word);
	v->built = true;
	if (b->checks && !word->match && !word->built.at) {
		v->varies = word;
		return 0;
	}
	if (b->walk.params[take->param].kind == PARAM_PATTERN) {
		b->uncacheable = b->uncacheable || !word->match;
		v->match = word->match ? match_ref(word->match)
				       : match_template(word->template,
							b->lookup, &bad, b->e);
		return v->match ? 0 : bad_in(b, word, bad);
	}
	if (word->built.at) {
		v->text = word->built;
		return 0;
	}
	b->uncacheable = true;
	if (template_build(word->template, b->lookup, store, &bad, b->e))
		return bad_in(b, word, bad);
	args_in_store(b->args, v, from);
	return 0;
}

/* Returns the length of NAME in NAME[KEY]; 0: the word has another form. A
 * bracket in a variable's value does not count. */
static size_t name_length(const struct word *word)
{
	const struct piece *first = word->piece, *last;
	size_t at;

	if (!word->bare)
		return 0;
	last = first + word->pieces - 1;
	if (last->kind != PIECE_BYTES)
		return 0;
	at = bytes_find_byte(bytes_head(first->bytes, word->bare), '[', 0);
	/* If the closing ] is missing, the word is not split, and value_read()
	 * rejects it as a name. */
	if (at == BYTES_NOT_FOUND || !last->bytes.len ||
	    last->bytes.at[last->bytes.len - 1] != ']')
		return 0;
	return at;
}

static int bind_not_bare(const struct bind *b, const struct take *take,
			 const struct word *word)
{
	const char *name = b->walk.params[take->param].name;

	err_usage(b->e, "%s must be typed bare, without quotes or variables",
		  name);
	return bad_at(b, word->line, word->col);
}

static int bind_value(struct bind *b, const struct take *take,
		      const struct word *word)
{
	struct args *a = b->args;
	size_t from = buf_len(&a->store) + take->skip;
	enum param_kind kind = b->walk.params[take->param].kind;
	struct value *v;

	if (b->walk.params[take->param].flags & PARAM_BARE &&
	    !word_is_bare(word))
		return bind_not_bare(b, take, word);
	if (word->kind == WORD_TEMPLATE)
		return bind_template(b, take, word);
	v = param_add(b, take->param, word);
	if (!v)
		return -1;
	if (varies(word)) {
		v->varies = word;
		if (take->skip || kind == PARAM_ADDRESS ||
		    kind == PARAM_VARIABLE)
			b->uncacheable = true;
	}
	if (word->match)
		v->match = match_ref(word->match);
	if (word->pieces == 1 && word->piece->kind == PIECE_BYTES) {
		v->text = bytes_skip(word->piece->bytes, take->skip);
	} else {
		if (expand(b, word))
			return -1;
		args_in_store(a, v, from);
	}
	v->typed = v->typed > take->skip ? v->typed - take->skip : 0;
	if (kind == PARAM_VARIABLE) {
		size_t name = name_length(word);

		/* Until value_read(), key.len is the offset of the [. */
		v->key.len = name > take->skip ? name - take->skip : 0;
	}
	return 0;
}

/* Expands this word and all later ones, joined by blanks. */
static int expand_rest(const struct bind *b, const struct word *word)
{
	const struct word *end = b->command->word + b->command->words;

	for (const struct word *at = word; at < end; at++) {
		if (at > word && buf_putc(&b->args->store, ' ')) {
			err_set(b->e, ERR_LIMIT, 0, "text too long");
			return bad_at(b, at->line, at->col);
		}
		if (expand(b, at))
			return -1;
	}
	return 0;
}

static int bind_text(struct bind *b, const struct take *take, size_t i)
{
	const struct word *word = b->command->word + i;
	const struct word *end = b->command->word + b->command->words;
	size_t from = buf_len(&b->args->store) + take->skip;

	if (word + 1 == end)
		return bind_value(b, take, word);
	if (word->kind == WORD_TEMPLATE) {
		err_set(b->e, ERR_USAGE, 0,
			"a template must be the whole text");
		return bad_at(b, word[1].line, word[1].col);
	}

	struct value *v = param_add(b, take->param, word);

	if (!v)
		return -1;
	for (const struct word *at = word; at < end; at++) {
		if (!word_is_bare(at))
			v->quoted = true;
		if (varies(at))
			v->varies = word;
	}
	if (v->varies && take->skip)
		b->uncacheable = true;
	if (expand_rest(b, word))
		return -1;
	args_in_store(b->args, v, from);
	return 0;
}

/* Checks whether the word can be the port of the address before it. Reads the
 * expanded word, because a port may come from a variable. */
static int could_be_port(struct bind *b, const struct word *word, bool *port)
{
	struct buf *store = &b->args->store;
	size_t from = buf_len(store);

	*port = false;
	if (b->walk.address == b->walk.count || word->kind != WORD_TEXT)
		return 0;
	if (b->checks && varies(word)) {
		*port = true;
		return 0;
	}
	if (varies(word))
		b->uncacheable = true;
	if (expand(b, word))
		return -1;
	*port = walk_port(bytes_skip(buf_bytes(store), from));
	buf_truncate(store, from);
	return 0;
}

/* Returns the option or keyword with that name, or NULL. */
static const char *find_named(const struct bind *b, struct bytes name)
{
	for (unsigned i = 0; i < b->walk.count; i++) {
		const struct param *p = &b->walk.params[i];
		if (param_is_named(p) && bytes_is(name, p->name))
			return p->name;
	}
	return NULL;
}

/* Reports an excess word. The message also names an option or keyword that was
 * quoted, because the quotes may be the error. Result: -1. */
static int bind_extra(const struct bind *b, const struct word *word)
{
	struct args *a = b->args;
	size_t from = buf_len(&a->store);
	const char *name = NULL;

	for (size_t i = 0; i < a->count && !name; i++)
		if (a->values[i].quoted)
			name = find_named(b, args_text_now(a, &a->values[i]));
	if (!name && !word_is_bare(word) && word->kind == WORD_TEXT &&
	    !expand(b, word))
		name = find_named(b, bytes_skip(buf_bytes(&a->store), from));
	usage_extra(b->walk.params, b->command, word, name, b->e);
	return bad_at(b, word->line, word->col);
}

static int add_flags(struct bind *b, const struct take *take,
		     const struct word *word)
{
	for (unsigned i = 0; i < b->walk.count; i++) {
		if (!param_set_has(&take->flags, i))
			continue;

		struct value *v = param_add(b, i, word);

		if (!v)
			return -1;
		v->text = BYTES("");
	}
	return 0;
}

/* Binds the word; free text includes all words after it. Result: number of
 * words bound; 0: an error. */
static size_t bind_word(struct bind *b, size_t i)
{
	const struct word *word = b->command->word + i;
	bool port;

	if (could_be_port(b, word, &port))
		return 0;

	if (word->kind == WORD_BODY && walk_may_pass(&b->walk))
		walk_pass(&b->walk);

	struct take take = walk_step(&b->walk, head_of(word),
				     word_is_bare(word), port);
	enum param_kind kind;

	if (take.has_flags && add_flags(b, &take, word))
		return 0;
	switch (take.kind) {
	case TAKE_FLAGS:
	case TAKE_NAME:
		return 1;
	case TAKE_EXTRA:
		bind_extra(b, word);
		return 0;
	case TAKE_UNKNOWN:
		usage_unknown(b->walk.params, b->command, head_of(word),
			      take.skip, b->e);
		bad_at(b, word->line, word->col + (unsigned)take.skip);
		return 0;
	case TAKE_VALUE:
		break;
	}
	kind = b->walk.params[take.param].kind;
	if (kind == PARAM_TEXT)
		return bind_text(b, &take, i) ? 0 : b->command->words - i;
	if (bind_value(b, &take, word))
		return 0;
	if (take.param == b->walk.address)
		walk_address(&b->walk, args_last_text(b->args, take.param));
	return 1;
}

/* Returns true if an option was given that makes the operands optional. */
static bool is_relaxed(const struct bind *b)
{
	for (unsigned i = 0; i < b->walk.count; i++)
		if (b->walk.params[i].flags & PARAM_RELAXES &&
		    b->args->own[i].n)
			return true;
	return false;
}

/* Points the args at their values, reads the values (`again`: only those with
 * variables), and checks that no required value is missing. */
static int param_finish(struct bind *b, bool again)
{
	struct args *a = b->args;
	struct value *at = a->values;
	bool relaxed = is_relaxed(b);

	args_point_texts(a);
	for (unsigned i = 0; i < b->walk.count; i++) {
		const struct param *p = &b->walk.params[i];

		if (!again && !relaxed && !a->own[i].n &&
		    (p->flags & PARAM_REQUIRED) &&
		    !param_set_has(&b->walk.left_out, i)) {
			usage_missing(b->walk.params, b->command, p, b->e);
			return bad_at(b, b->command->line, b->command->col);
		}
		a->own[i].at = at;
		for (size_t n = a->own[i].n; n; n--, at++)
			if ((at->varies ? !b->checks : !again) &&
			    value_read(p, at, b->e)) {
				usage_of(p, b->e);
				return bad_at(b, at->line, at->col);
			}
	}
	return 0;
}

static int bind_all(struct bind *b)
{
	struct args *a = b->args;
	const struct command *command = b->command;

	if (b->walk.count)
		memset(a->own, 0, b->walk.count * sizeof(*a->own));
	for (size_t i = 0, n; i < command->words; i += n) {
		n = bind_word(b, i);
		if (!n)
			return -1;
	}
	if (b->walk.pending < b->walk.count) {
		const struct word *last = &command->word[command->words - 1];

		usage_pending(&b->walk.params[b->walk.pending], b->e);
		return bad_at(b, last->line, last->col);
	}
	walk_end(&b->walk);
	return param_finish(b, false);
}

/* Restores the cached values and expands those with variables. */
static int bind_again(struct bind *b, const struct cached_args *kept)
{
	struct args *a = b->args;

	if (!args_reserve(a, kept->count))
		return no_memory(b, b->command->line, b->command->col);
	memcpy(a->own, kept->arg, b->walk.count * sizeof(*a->own));
	for (; a->count < kept->count; a->count++) {
		struct value *v = &a->values[a->count];

		*v = kept->value[a->count];
		if (v->match)
			match_ref(v->match);
	}

	struct value *v = a->values;

	for (unsigned i = 0; i < b->walk.count; i++)
		for (size_t n = a->own[i].n; n; n--, v++) {
			size_t from = buf_len(&a->store);
			bool rest = b->walk.params[i].kind == PARAM_TEXT;

			if (!v->varies)
				continue;
			if (rest ? expand_rest(b, v->varies)
				 : expand(b, v->varies))
				return -1;
			args_in_store(a, v, from);
		}
	return param_finish(b, true);
}

/* Empties the args, and makes room for the parameters. */
static void bind_begin(struct bind *b, const struct param *params)
{
	struct args *a = b->args;

	walk_init(&b->walk, params);
	args_clear(a);
	buf_clear(&a->store);
	a->params = b->walk.params;
	if (a->params_room < b->walk.count) {
		a->own = xrealloc(a->own, b->walk.count, sizeof(*a->own));
		a->params_room = b->walk.count;
	}
	a->arg = a->own;
	bad_at(b, b->command->line, b->command->col);
}

int args_bind(struct args *a, const struct param *params,
	      const struct command *command, const struct lookup *lookup,
	      unsigned *col, struct err *e)
{
	struct bind b = {.args = a,
			 .command = command,
			 .lookup = lookup,
			 .col = col,
			 .e = e};
	const struct cached_args *kept = binding_kept(command->binding, params);

	if (kept && !kept->varies) {
		a->params = params;
		a->arg = kept->arg;
		return 0;
	}
	bind_begin(&b, params);
	if (kept)
		return bind_again(&b, kept);
	if (bind_all(&b))
		return -1;
	if (command->binding && !b.uncacheable)
		binding_keep(command->binding, a, b.walk.count);
	return 0;
}

static int get_nothing(const struct lookup *lookup, struct bytes name,
		       struct buf *out, struct err *e)
{
	(void)lookup, (void)name, (void)out, (void)e;
	return 0;
}

static int find_nothing(const struct lookup *lookup, struct bytes name,
			const struct bytes *key, struct buf *out, struct err *e)
{
	(void)lookup, (void)name, (void)key, (void)out, (void)e;
	return 1;
}

int args_check(struct args *a, const struct param *params,
	       const struct command *command, unsigned *col, struct err *e)
{
	static const struct lookup lookup = {.get = get_nothing,
					     .find = find_nothing};
	struct bind b = {.args = a,
			 .command = command,
			 .lookup = &lookup,
			 .checks = true,
			 .col = col,
			 .e = e};

	bind_begin(&b, params);
	return bind_all(&b);
}
