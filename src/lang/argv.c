/* SPDX-License-Identifier: ISC */
/*
 * Reads options of argv by a table of parameters. param.c binds those of
 * commands, whose words have quotes and variables.
 */
#include "rung/argv.h"

#include "rung/match.h"
#include "usage.h"
#include "value.h"

#include <string.h>

enum fit { FIT_NONE, FIT_BEGINS, FIT_WHOLE };

/* Returns whether the word is an option's name or the beginning of a long name.
 * A trailing `=` of a name in a table is not compared. */
static enum fit fit_of(const char *name, struct bytes word)
{
	struct bytes whole = bytes_head(bytes_str(name), strcspn(name, "="));

	if (bytes_equal(whole, word))
		return FIT_WHOLE;
	return word.len > 2 && name[1] == '-' && bytes_starts(whole, word)
		   ? FIT_BEGINS
		   : FIT_NONE;
}

/* Keeps the better fit in *best and *best_fit. If two rows fit equally well,
 * *best becomes ARGV_BAD. */
static void consider(const char *name, struct bytes word, int row, int *best,
		     enum fit *best_fit)
{
	enum fit fit = fit_of(name, word);

	if (fit == FIT_NONE || fit < *best_fit)
		return;
	*best = fit > *best_fit || row == *best ? row : ARGV_BAD;
	*best_fit = fit;
}

static int row_of(const struct param *params, const char *name)
{
	int row = 0;

	while (params[row].kind != PARAM_END &&
	       strcmp(params[row].name, name) != 0)
		row++;
	return row;
}

/* Returns the row of an option, or ARGV_BAD. */
static int find_row(const struct argv *a, struct bytes word)
{
	enum fit fit = FIT_NONE;
	int best = ARGV_BAD;

	for (int i = 0; a->params[i].kind != PARAM_END; i++)
		if (param_is_option(&a->params[i]))
			consider(a->params[i].name, word, i, &best, &fit);
	for (const char *const *pair = a->aliases; pair && *pair; pair += 2)
		consider(pair[0], word, row_of(a->params, pair[1]), &best,
			 &fit);
	return best;
}

/* Reads the value of the option in `row`. */
static int take_value(struct argv *a, int row, const char *value, struct err *e)
{
	const struct param *p = &a->params[row];
	struct value v = {.text = bytes_str(value)};
	struct err why;
	int bad;

	a->value = value;
	bad = p->kind != PARAM_BODY && value_read(p, &v, &why);
	match_unref(v.match); /* only the text and the number are kept */
	if (bad)
		return err_usage(e, "%.*s: %s", (int)strcspn(p->name, "="),
				 p->name, why.text);
	a->number = v.number;
	return 0;
}

static int next_long(struct argv *a, const char *word, struct err *e)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	int row = find_row(a, bytes_of(word, len));
	bool flag = row >= 0 && a->params[row].kind == PARAM_FLAG;

	if (row < 0 || (flag && equals)) {
		err_usage(e, "%.60s: unknown option, or takes no value; %s",
			  word, a->hint);
		return ARGV_BAD;
	}
	if (flag)
		return row;
	if (!equals && !*a->words) {
		err_usage(e, "%.60s needs a value", word);
		return ARGV_BAD;
	}
	return take_value(a, row, equals ? equals + 1 : *a->words++, e)
		   ? ARGV_BAD
		   : row;
}

/* Returns the advice for an unknown letter. */
static const char *advice(const struct argv *a, const char *name)
{
	const char *const *pair = a->others;
	while (pair && *pair && strcmp(*pair, name) != 0)
		pair += 2;
	return pair && *pair ? pair[1] : a->hint;
}

/* Reads the option named by the first letter of a->joined. */
static int next_letter(struct argv *a, struct err *e)
{
	const char name[] = {'-', *a->joined, '\0'};
	const char *rest = a->joined[1] ? a->joined + 1 : NULL;
	int row = find_row(a, bytes_str(name));

	a->joined = rest;
	if (row < 0) {
		err_usage(e, "unknown option %s; %s", name, advice(a, name));
		return ARGV_BAD;
	}
	if (a->params[row].kind == PARAM_FLAG)
		return row;
	a->joined = NULL;
	if (!rest && !*a->words) {
		err_usage(e, "%s needs a value", name);
		return ARGV_BAD;
	}
	return take_value(a, row, rest ? rest : *a->words++, e) ? ARGV_BAD
								: row;
}

int argv_next(struct argv *a, struct err *e)
{
	const char *word = *a->words;

	a->value = NULL;
	a->number = 0;
	if (a->joined)
		return next_letter(a, e);
	if (!word || word[0] != '-' || !word[1])
		return ARGV_END;
	a->words++;
	if (word[1] != '-') {
		a->joined = word + 1;
		return next_letter(a, e);
	}
	return word[2] ? next_long(a, word, e) : ARGV_END;
}
