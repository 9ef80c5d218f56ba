/* SPDX-License-Identifier: ISC */
/*
 * Assigns words to parameters by their bare bytes: options first, then keywords
 * and operands. Expands nothing and reads no value.
 */
#include "walk.h"

#include <assert.h>
#include <string.h>

void walk_init(struct walk *w, const struct param *params)
{
	static const struct param none[] = {{.kind = PARAM_END}};

	*w = (struct walk){.params = params ? params : none};
	for (; w->params[w->count].kind != PARAM_END; w->count++)
		w->anywhere |= (w->params[w->count].flags & PARAM_ANYWHERE) !=
			       0;
	assert(w->count <= PARAMS_MAX);
	w->pending = w->rest = w->address = w->count;
}

static bool is_operand(const struct param *p)
{
	return p->name[0] != '-' && !(p->flags & PARAM_KEYWORD) &&
	       p->kind != PARAM_RUNGS;
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

/* Returns true if the option may follow operands: it has PARAM_ANYWHERE, or is
 * unknown in a table that has such options. Free text and a body are no
 * options, even if they begin with `--`. */
static bool may_follow(const struct walk *w, struct bytes head, bool whole)
{
	enum param_kind next = w->params[next_operand(w)].kind;
	struct bytes name = bytes_head(head, bytes_find_byte(head, '=', 0));
	unsigned param = find_name(w, name, false);

	if (!w->anywhere || w->ended || head.at[1] != '-' ||
	    next == PARAM_TEXT || next == PARAM_BODY)
		return false;
	if (head.len == 2)
		return whole;
	return param == w->count || w->params[param].flags & PARAM_ANYWHERE;
}

/* Returns true if the word is an option. A lone `-` is an operand, and so is a
 * negative number unless the table has such an option. */
static bool is_option(const struct walk *w, struct bytes head, bool whole)
{
	if (head.len < 2 || head.at[0] != '-')
		return false;
	if (w->operands)
		return may_follow(w, head, whole);

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
	take->flags.bits[param / 64] |= (uint64_t)1 << param % 64;
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
	w->operands = w->ended = true;
	return (struct take){.kind = TAKE_FLAGS};
}

/* Returns true for an option's name after an operand, unless free text or a
 * body is next or `--` came before. */
static bool is_late(const struct walk *w, struct bytes head, bool whole)
{
	enum param_kind kind = w->params[w->next].kind;

	return w->operands && !w->ended && whole && head.len > 1 &&
	       head.at[0] == '-' && kind != PARAM_TEXT && kind != PARAM_BODY &&
	       find_name(w, head, false) < w->count;
}

static struct take take_operand(struct walk *w, struct bytes head, bool whole)
{
	bool late;

	w->next = next_operand(w);
	late = is_late(w, head, whole);
	w->operands = true;
	if (w->next == w->count || late)
		return (struct take){.kind = TAKE_EXTRA};

	unsigned param = w->next;
	const struct param *p = &w->params[param];

	if (p->takes_next && !(whole && p->takes_next(head)))
		w->next++;
	if (!(w->params[param].flags & PARAM_REPEATED))
		w->next++;
	return take_value(w, param, 0, true);
}

struct take walk_step(struct walk *w, struct bytes head, bool whole, bool port)
{
	unsigned pending = w->pending, address = w->address;
	unsigned keyword = whole ? find_name(w, head, true) : w->count;

	w->pending = w->address = w->count;
	if (pending < w->count)
		return take_value(w, pending, 0, false);
	if (w->rest < w->count)
		return take_value(w, w->rest, 0, true);
	if (is_option(w, head, whole))
		return take_option(w, head, whole);
	if (keyword < w->count)
		return take_name(w, keyword);
	if (address < w->count && port)
		return (struct take){.kind = TAKE_VALUE, .param = address};
	return take_operand(w, head, whole);
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
