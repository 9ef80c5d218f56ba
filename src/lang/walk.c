/* SPDX-License-Identifier: ISC */
/*
 * Assigns words to parameters by their bare bytes: options, keywords and
 * operands. Expands nothing and reads no value.
 */
#include "walk.h"

#include "rung/words.h"

#include <assert.h>
#include <string.h>

void walk_init(struct walk *w, const struct param *params)
{
	static const struct param none[] = {{.kind = PARAM_END}};

	*w = (struct walk){.params = params ? params : none};
	while (w->params[w->count].kind != PARAM_END)
		w->count++;
	assert(w->count <= PARAMS_MAX);
	w->pending = w->rest = w->address = w->count;
}

static bool is_operand(const struct param *p)
{
	return !param_is_named(p) && p->kind != PARAM_RUNGS;
}

/* Returns the index of the next operand; `count`: none. */
static unsigned next_operand(const struct walk *w)
{
	unsigned next = w->next;

	while (next < w->count && !is_operand(&w->params[next]))
		next++;
	return next;
}

static unsigned find_short(const struct walk *w, uint8_t letter)
{
	for (unsigned i = 0; i < w->count; i++) {
		const char *name = w->params[i].name;

		if (name[0] == '-' && (uint8_t)name[1] == letter && !name[2])
			return i;
	}
	return w->count;
}

static unsigned find_name(const struct walk *w, struct bytes name, bool keyword)
{
	for (unsigned i = 0; i < w->count; i++) {
		bool is = (w->params[i].flags & PARAM_KEYWORD) != 0;

		if (is == keyword && bytes_is(name, w->params[i].name))
			return i;
	}
	return w->count;
}

static void set_add(struct param_set *s, unsigned param)
{
	s->bits[param / 64] |= (uint64_t)1 << param % 64;
}

/* Moves past the next operand, and past those that it leaves out. `word`: the
 * operand's word; empty if it is not given or not bare. */
static void pass_operand(struct walk *w, struct bytes word)
{
	const struct param *p = &w->params[w->next++];
	unsigned skip = p->leaves_out ? p->leaves_out(p, word) : 0;

	for (; skip; skip--) {
		w->next = next_operand(w);
		if (w->next < w->count)
			set_add(&w->left_out, w->next++);
	}
	w->next = next_operand(w);
}

/* Moves to the next operand that any word can be. */
static void pass_marks(struct walk *w)
{
	w->next = next_operand(w);
	while (w->params[w->next].kind == PARAM_MARK)
		pass_operand(w, BYTES_NONE);
}

/* Returns true if a word that is no mark begins free text. */
static bool text_is_next(const struct walk *w)
{
	struct walk copy = *w;

	pass_marks(&copy);
	return copy.params[copy.next].kind == PARAM_TEXT;
}

/* Returns true if the word is an option. A lone `-` is an operand, and so is a
 * negative number unless the table has such an option. After an operand, free
 * text may begin with a `-`. */
static bool is_option(const struct walk *w, struct bytes head, bool whole)
{
	bool text = w->operands && text_is_next(w);

	if (head.len < 2 || head.at[0] != '-' || w->ended || text)
		return false;

	uint8_t c = head.at[1];

	if (c == '.' || (c >= '0' && c <= '9'))
		return find_short(w, c) < w->count;
	return c != '-' || whole || head.len > 2;
}

static struct take take_value(struct walk *w, unsigned param, size_t skip,
			      bool operand)
{
	if (w->params[param].kind == PARAM_TEXT)
		w->rest = param;
	if (operand && w->params[param].kind == PARAM_ADDRESS)
		w->address = param;
	return (struct take){.kind = TAKE_VALUE, .param = param, .skip = skip};
}

static void add_flag(struct take *take, unsigned param)
{
	take->has_flags = true;
	set_add(&take->flags, param);
}

/* Takes an option or keyword whose word contains no value: a flag, or a name
 * whose value is the next word. */
static struct take take_name(struct walk *w, unsigned param)
{
	struct take flag = {.kind = TAKE_FLAGS};

	if (w->params[param].kind == PARAM_FLAG) {
		add_flag(&flag, param);
		return flag;
	}
	w->pending = param;
	return (struct take){.kind = TAKE_NAME, .param = param};
}

/* Takes `--name` or `--name=value`. */
static struct take take_long(struct walk *w, struct bytes head, bool whole)
{
	size_t equals = bytes_find_byte(head, '=', 0);
	unsigned param = find_name(w, bytes_head(head, equals), false);
	bool flag = param < w->count && w->params[param].kind == PARAM_FLAG;

	if (param == w->count || (equals != BYTES_NOT_FOUND && flag) ||
	    (equals == BYTES_NOT_FOUND && !whole))
		return (struct take){.kind = TAKE_UNKNOWN};
	if (equals != BYTES_NOT_FOUND)
		return take_value(w, param, equals + 1, false);
	return take_name(w, param);
}

/* Takes `-n`, `-xq`, `-t 2s` or `-t2s`. */
static struct take take_short(struct walk *w, struct bytes head, bool whole)
{
	struct take flags = {.kind = whole ? TAKE_FLAGS : TAKE_UNKNOWN};

	for (size_t i = 1; i < head.len; i++) {
		unsigned param = find_short(w, head.at[i]);
		struct take take;

		if (param == w->count)
			return (struct take){.kind = TAKE_UNKNOWN,
					     .skip = head.len > 2 ? i : 0};
		if (w->params[param].kind == PARAM_FLAG) {
			add_flag(&flags, param);
			continue;
		}
		if (i + 1 < head.len || !whole)
			take = take_value(w, param, i + 1, false);
		else
			take = take_name(w, param);
		take.has_flags = flags.has_flags;
		take.flags = flags.flags;
		return take;
	}
	return flags;
}

static struct take take_option(struct walk *w, struct bytes head, bool whole)
{
	if (head.at[1] != '-')
		return take_short(w, head, whole);
	if (head.len > 2)
		return take_long(w, head, whole);
	w->ended = true;
	return (struct take){.kind = TAKE_FLAGS};
}

static struct take take_operand(struct walk *w, struct bytes head, bool whole)
{
	struct bytes word = whole ? head : BYTES_NONE;
	struct take mark = {.kind = TAKE_FLAGS};

	w->next = next_operand(w);
	while (w->params[w->next].kind == PARAM_MARK &&
	       !bytes_is(word, w->params[w->next].name))
		pass_operand(w, BYTES_NONE);
	w->operands = true;
	if (w->next == w->count)
		return (struct take){.kind = TAKE_EXTRA};

	unsigned param = w->next;

	if (!(w->params[param].flags & PARAM_REPEATED))
		pass_operand(w, word);
	if (w->params[param].kind != PARAM_MARK)
		return take_value(w, param, 0, true);
	add_flag(&mark, param);
	return mark;
}

struct take walk_step(struct walk *w, struct bytes head, bool whole, bool port)
{
	unsigned pending = w->pending, address = w->address;
	unsigned keyword = whole ? find_name(w, head, true) : w->count;

	w->pending = w->count;
	if (pending < w->count)
		return take_value(w, pending, 0, false);
	if (w->rest < w->count)
		return take_value(w, w->rest, 0, true);
	if (is_option(w, head, whole))
		return take_option(w, head, whole);
	w->address = w->count;
	if (keyword < w->count)
		return take_name(w, keyword);
	if (address < w->count && port)
		return (struct take){.kind = TAKE_VALUE, .param = address};
	return take_operand(w, head, whole);
}

void walk_end(struct walk *w)
{
	w->next = next_operand(w);
	while (w->next < w->count &&
	       !(w->params[w->next].flags & PARAM_REQUIRED))
		pass_operand(w, BYTES_NONE);
}

/* Returns the bytes up to a quote, an escape or a variable. */
static struct bytes bare_bytes(struct bytes word)
{
	size_t n = 0;

	while (n < word.len && !memchr("'\"\\$", word.at[n], 4))
		n++;
	return bytes_head(word, n);
}

const struct param *param_after(const struct param *params,
				const struct bytes *words, size_t n)
{
	struct walk w;

	walk_init(&w, params);
	for (size_t i = 0; i < n; i++) {
		struct bytes head = bare_bytes(words[i]);
		bool whole = head.len == words[i].len;

		walk_step(&w, head, whole, whole && walk_port(head));
	}
	if (w.pending < w.count)
		return &params[w.pending];
	if (w.rest < w.count)
		return &params[w.rest];
	pass_marks(&w);
	/* Commands rather than the optional pattern before them. */
	w.next += walk_may_pass(&w);
	return w.next < w.count ? &params[w.next] : NULL;
}

bool walk_expects_text(const struct walk *w)
{
	return w->pending == w->count && w->rest == w->count &&
	       w->params[next_operand(w)].kind == PARAM_TEXT;
}

bool walk_may_pass(const struct walk *w)
{
	if (!w->operands || w->pending < w->count || w->rest < w->count ||
	    w->next + 1 >= w->count)
		return false;

	const struct param *p = &w->params[w->next];

	return p->kind == PARAM_PATTERN && !(p->flags & PARAM_REQUIRED) &&
	       p[1].kind == PARAM_BODY;
}

void walk_pass(struct walk *w)
{
	w->next++;
}

/* Looks for a port in the address. A `:` in brackets is part of an IPv6
 * address, and so are several colons without brackets. */
void walk_address(struct walk *w, struct bytes address)
{
	bool inside = false, scheme = false;
	size_t colons = 0;

	if (w->address == w->count)
		return;
	for (size_t i = 0; i < address.len; i++) {
		uint8_t c = address.at[i];

		if (c == '[')
			inside = true;
		else if (c == ']')
			inside = false;
		colons += c == ':' && !inside;
		scheme |= c == '/';
	}
	if (colons == 1 || (colons && scheme))
		w->address = w->count;
}

bool walk_port(struct bytes text)
{
	bool number = true;

	if (!text.len || text.len > 32)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i], low = c | 0x20;
		bool letter = low >= 'a' && low <= 'z';

		if (c < '0' || c > '9')
			number = false;
		if (!letter && (c < '0' || c > '9') &&
		    (!i || !memchr("-_.+", c, 4)))
			return false;
	}
	return number || (text.at[0] | 0x20) >= 'a';
}

bool param_asks_help(const struct param *params, const struct command *command)
{
	struct walk w;

	walk_init(&w, params);
	for (size_t i = 0; i < command->words && w.rest == w.count; i++) {
		const struct word *word = &command->word[i];
		bool bare = word_is_bare(word);
		struct bytes head = word->bare ? bytes_head(word->piece->bytes,
							    word->bare)
					       : BYTES_NONE;
		struct take take = walk_step(&w, head, bare,
					     bare && walk_port(head));

		if ((take.kind == TAKE_UNKNOWN || take.kind == TAKE_EXTRA) &&
		    bare && (bytes_is(head, "-h") || bytes_is(head, "--help")))
			return true;
	}
	return false;
}
