/* SPDX-License-Identifier: ISC */
/*
 * Prints synopses and usage errors, and suggests the nearest name. param.c
 * binds the words.
 */
#include "usage.h"

#include "escape.h"

#include <stdio.h>
#include <string.h>

enum { NAME_MAX_LEN = 64 };

static void print_choices(const struct param *p, struct buf *out)
{
	for (size_t i = 0; p->choices[i]; i++)
		buf_printf(out, "%s%s", i ? "|" : "", p->choices[i]);
}

/* Prints `-t D`, `as NAME`, `on|off`, `PATTERN ...`. */
static void print_param(const struct param *p, struct buf *out)
{
	bool named = p->name[0] == '-' || (p->flags & PARAM_KEYWORD);

	if (named)
		buf_puts(out, p->name);
	if (named && p->kind == PARAM_FLAG)
		return;
	if (named)
		buf_putc(out, ' ');
	if (p->value)
		buf_puts(out, p->value);
	else if (p->kind == PARAM_CHOICE && p->choices)
		print_choices(p, out);
	else
		buf_puts(out, named ? "VALUE" : p->name);
	if (p->flags & PARAM_REPEATED)
		buf_puts(out, " ...");
}

void param_synopsis(const struct param *params, struct buf *out)
{
	for (const struct param *p = params; p->kind != PARAM_END; p++) {
		bool needed = (p->flags & PARAM_REQUIRED) != 0;

		if (p->kind == PARAM_RUNGS)
			return;
		if (p > params)
			buf_putc(out, ' ');
		/* The options of all rungs do not fit on one line. */
		if (p->flags & PARAM_OF_RUNG) {
			buf_puts(out, "[RUNG-OPTION ...]");
			return;
		}
		if (!needed)
			buf_putc(out, '[');
		print_param(p, out);
		if (!needed)
			buf_putc(out, ']');
	}
}

/* Fills *e with the reason, followed by the synopsis. */
static int with_synopsis(const struct param *params,
			 const struct command *command, const char *reason,
			 struct err *e)
{
	struct buf text;
	char brief[ESCAPE_BRIEF];

	buf_init(&text, BUF_SMALL);
	param_synopsis(params, &text);
	err_set(e, ERR_USAGE, 0, "%s; usage: %s%s%s", reason,
		escape_brief(command->name, brief), buf_len(&text) ? " " : "",
		buf_cstr(&text));
	buf_fini(&text);
	return -1;
}

/* Returns the name of the first operand if the word is an option that should
 * precede it, else NULL. */
static const char *late_option(const struct param *params,
			       const struct word *word)
{
	const char *first = NULL;
	bool option = false;

	for (const struct param *p = params; p->kind != PARAM_END; p++) {
		if (p->name[0] == '-')
			option |= word_is_bare(word) &&
				  bytes_is(word->piece->bytes, p->name);
		else if (!first && !(p->flags & PARAM_KEYWORD))
			first = p->name;
	}
	return option ? first : NULL;
}

int usage_extra(const struct param *params, const struct command *command,
		const struct word *word, struct err *e)
{
	char reason[ESCAPE_BRIEF + 64] = "unexpected argument";
	char brief[ESCAPE_BRIEF];
	const char *first = late_option(params, word);

	/* Print the variable's name, not its value, which may be secret and
	 * explains less. */
	if (first)
		snprintf(reason, sizeof(reason), "%s must precede %.40s",
			 escape_brief(word->piece->bytes, brief), first);
	else if (word->pieces && word->piece->kind == PIECE_BYTES)
		snprintf(reason, sizeof(reason), "unexpected argument '%s'",
			 escape_brief(word->piece->bytes, brief));
	else if (word->pieces)
		snprintf(reason, sizeof(reason), "unexpected argument $%s",
			 escape_brief(word->piece->bytes, brief));
	return with_synopsis(params, command, reason, e);
}

/* Returns the option with the most similar name, or NULL. Dashes are not
 * compared: `-echo` suggests `--echo`. */
static const char *nearest_option(const struct param *params,
				  struct bytes option)
{
	const char *names[PARAMS_MAX + 1];
	const char *whole[PARAMS_MAX];
	size_t n = 0;

	for (const struct param *p = params; p->kind != PARAM_END; p++)
		if (p->name[0] == '-' && n < PARAMS_MAX) {
			whole[n] = p->name;
			names[n++] = p->name + strspn(p->name, "-");
		}
	names[n] = NULL;
	while (option.len && option.at[0] == '-')
		option = bytes_skip(option, 1);

	const char *near = words_suggest(option, names);

	for (size_t i = 0; near && i < n; i++)
		if (names[i] == near)
			return whole[i];
	return NULL;
}

int usage_unknown(const struct param *params, const struct command *command,
		  struct bytes option, size_t at, struct err *e)
{
	char reason[2 * ESCAPE_BRIEF + 64], brief[ESCAPE_BRIEF];
	const char *near = nearest_option(params, option);

	/* For a letter in joined options, suggest only long options. */
	if (near && (!at || near[1] == '-'))
		snprintf(reason, sizeof(reason),
			 "unknown option %s, did you mean %s?",
			 escape_brief(option, brief), near);
	else if (at)
		snprintf(reason, sizeof(reason),
			 "unknown option -%c in %s; quote an operand that "
			 "begins with -",
			 option.at[at] > ' ' && option.at[at] < 0x7F
			     ? option.at[at]
			     : '?',
			 escape_brief(option, brief));
	else
		snprintf(
		    reason, sizeof(reason),
		    "unknown option %s; quote an operand that begins with -",
		    escape_brief(option, brief));
	return with_synopsis(params, command, reason, e);
}

int usage_missing(const struct param *params, const struct command *command,
		  const struct param *missing, struct err *e)
{
	struct buf reason;

	buf_init(&reason, BUF_SMALL);
	print_param(missing, &reason);
	buf_puts(&reason, " is missing");
	with_synopsis(params, command, buf_cstr(&reason), e);
	buf_fini(&reason);
	return -1;
}

int usage_pending(const struct param *p, struct err *e)
{
	return err_set(e, ERR_USAGE, 0, "%s needs a value: %s %s", p->name,
		       p->name, p->value ? p->value : "VALUE");
}

int usage_choice(const struct param *p, struct bytes text, struct err *e)
{
	char brief[ESCAPE_BRIEF];
	const char *near = words_suggest(text, p->choices);
	struct buf choices;

	buf_init(&choices, BUF_SMALL);
	print_choices(p, &choices);
	err_set(e, ERR_USAGE, 0, "'%s' is not one of %s%s%s%s",
		escape_brief(text, brief), buf_cstr(&choices),
		near ? "; did you mean " : "", near ? near : "",
		near ? "?" : "");
	buf_fini(&choices);
	return -1;
}

int usage_of(const struct param *p, struct err *e)
{
	if (!e)
		return -1;
	return err_set(e, e->kind, e->code, "%s: %s", p->name, e->text);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

static bool begins(struct bytes name, struct bytes word)
{
	if (word.len > name.len)
		return false;
	for (size_t i = 0; i < word.len; i++)
		if (lower(word.at[i]) != lower(name.at[i]))
			return false;
	return true;
}

/* Returns the number of edits between two words. A swap of neighbours is one
 * edit; case is ignored. */
static size_t distance(struct bytes a, struct bytes b)
{
	size_t rows[3][NAME_MAX_LEN + 1];
	size_t *two = rows[0], *above = rows[1], *row = rows[2];

	for (size_t j = 0; j <= b.len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a.len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b.len; j++) {
			size_t cost = lower(a.at[i - 1]) != lower(b.at[j - 1]);

			row[j] = least(above[j] + 1, row[j - 1] + 1);
			row[j] = least(row[j], above[j - 1] + cost);
			if (i > 1 && j > 1 &&
			    lower(a.at[i - 1]) == lower(b.at[j - 2]) &&
			    lower(a.at[i - 2]) == lower(b.at[j - 1]))
				row[j] = least(row[j], two[j - 2] + 1);
		}

		size_t *free_row = two;

		two = above;
		above = row;
		row = free_row;
	}
	return above[b.len];
}

const char *words_suggest(struct bytes word, const char *const *names)
{
	const char *best = NULL;
	/* Words of less than 4 bytes may differ by one edit, others by two. */
	size_t best_edits = word.len < 4 ? 2 : 3, best_len = SIZE_MAX;
	bool prefix = false;

	if (!word.len || word.len > NAME_MAX_LEN)
		return NULL;
	for (; *names; names++) {
		struct bytes name = bytes_str(*names);
		size_t edits;

		if (name.len > NAME_MAX_LEN)
			continue;
		if (begins(name, word)) {
			if (!prefix || name.len < best_len)
				best = *names;
			best_len = prefix ? least(best_len, name.len)
					  : name.len;
			prefix = true;
			continue;
		}
		edits = distance(word, name);
		/* If every letter differs, the two words are unrelated. */
		if (prefix || edits >= best_edits || edits >= word.len)
			continue;
		best = *names;
		best_edits = edits;
	}
	return best;
}
