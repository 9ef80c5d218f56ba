/* SPDX-License-Identifier: ISC */
/*
 * Reads the text of a value: a number, a size, a name, a word of a fixed set.
 * param.c expands the text.
 */
#include "value.h"

#include "escape.h"
#include "rung/match.h"
#include "usage.h"

static bool is_variable(struct bytes text)
{
	for (size_t i = 0; i < text.len; i++) {
		uint8_t c = text.at[i], low = c | 0x20;
		bool letter = (low >= 'a' && low <= 'z') || c == '_';
		bool digit = c >= '0' && c <= '9';

		if (!letter && (!i || !digit))
			return false;
	}
	return text.len > 0;
}

static int read_choice(const struct param *p, struct value *v, struct err *e)
{
	for (size_t i = 0; p->choices && p->choices[i]; i++)
		if (bytes_is(v->text, p->choices[i])) {
			v->number = i;
			return 0;
		}
	if (p->flags & PARAM_OR_KIND &&
	    bytes_find_byte(v->text, '.', 0) != BYTES_NOT_FOUND) {
		for (v->number = 0; p->choices[v->number];)
			v->number++;
		return 0;
	}
	return usage_choice(p, v->text, e);
}

static int read_pattern(struct value *v, struct err *e)
{
	if (!v->match)
		v->match = match_literal(v->text, e);
	return v->match ? 0 : -1;
}

/* Reads `#12` or `12`. */
static int read_message(struct value *v, struct err *e)
{
	char brief[ESCAPE_BRIEF];
	bool hash = v->text.len && v->text.at[0] == '#';

	if (!parse_number(bytes_skip(v->text, hash), &v->number, NULL))
		return 0;
	return err_set(e, ERR_USAGE, 0,
		       "'%s' is not a message number, as in #12",
		       escape_brief(v->text, brief));
}

/* Returns a hint for common errors in names. */
static const char *name_hint(struct bytes text)
{
	if (bytes_find_byte(text, '[', 0) != BYTES_NOT_FOUND)
		return ", or NAME[KEY] with bare brackets; quote blanks in KEY";
	if (bytes_find_byte(text, '=', 0) != BYTES_NOT_FOUND)
		return "; put blanks around the '='";
	return "";
}

static int read_name(struct value *v, struct err *e)
{
	char brief[ESCAPE_BRIEF];

	if (v->key.len) {
		struct bytes key = bytes_skip(v->text, v->key.len + 1);

		v->text = bytes_head(v->text, v->key.len);
		v->key = bytes_head(key, key.len - 1);
	}
	if (is_variable(v->text))
		return 0;
	return err_set(e, ERR_USAGE, 0,
		       "'%s' is not a variable name (letters, digits and _%s)",
		       escape_brief(v->text, brief), name_hint(v->text));
}

static int read_path(struct bytes path, struct err *e)
{
	char brief[ESCAPE_BRIEF];

	if (bytes_find_byte(path, '\0', 0) == BYTES_NOT_FOUND)
		return 0;
	return err_set(e, ERR_USAGE, 0, "'%s': file name contains a NUL byte",
		       escape_brief(path, brief));
}

int value_check_bare(const struct value *v, const char *const *keywords,
		     struct err *e)
{
	for (; v->quoted && *keywords; keywords++)
		if (bytes_is(v->text, *keywords))
			return usage_not_bare(*keywords, e);
	return 0;
}

int value_read(const struct param *p, struct value *v, struct err *e)
{
	switch (p->kind) {
	case PARAM_NUMBER:
		v->glob = p->flags & PARAM_OR_ALL && v->wild &&
			  bytes_is(v->text, "*");
		return v->glob ? 0 : parse_number(v->text, &v->number, e);
	case PARAM_SIZE:
		return parse_size(v->text, &v->number, e);
	case PARAM_DURATION:
		return parse_duration(v->text, &v->number, e);
	case PARAM_PATTERN:
		return read_pattern(v, e);
	case PARAM_MESSAGE:
		return read_message(v, e);
	case PARAM_CHOICE:
		return read_choice(p, v, e);
	case PARAM_VARIABLE:
		return read_name(v, e);
	case PARAM_PATH:
		return read_path(v->text, e);
	case PARAM_SESSION:
		v->glob = v->wild && bytes_wildcards(v->text) == v->wild;
		return 0;
	case PARAM_BODY:
		if (v->body)
			return 0;
		if (p->flags & PARAM_FILE)
			return read_path(v->text, e);
		return err_set(e, ERR_USAGE, 0,
			       "expected a command, or several in quotes");
	case PARAM_END:
	case PARAM_FLAG:
	case PARAM_WORD:
	case PARAM_TEXT:
	case PARAM_BYTES:
	case PARAM_MARK:
	case PARAM_ADDRESS:
	case PARAM_REST_OF_LINE:
	case PARAM_COMMAND:
	case PARAM_SETTING:
	case PARAM_RUNGS:
		return 0;
	}
	return 0;
}
