/* SPDX-License-Identifier: ISC */
/*
 * Prints synopses and usage errors. Binds nothing; base/suggest.c finds the
 * nearest name.
 */
#include "usage.h"

#include "escape.h"
#include "rung/suggest.h"

#include <stdio.h>
#include <string.h>

static void print_choices(const struct param *p, struct buf *out)
{
	for (size_t i = 0; p->choices[i]; i++)
		buf_printf(out, "%s%s", i ? "|" : "", p->choices[i]);
}

/* Prints `-t D`, `as NAME`, `on|off`, `PATTERN ...`. */
static void print_param(const struct param *p, struct buf *out)
{
	bool named = param_is_named(p);

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
	bool first = true;

	for (const struct param *p = params; p->kind != PARAM_END; p++) {
		bool needed = (p->flags & PARAM_REQUIRED) != 0;

		if (p->kind == PARAM_RUNGS)
			return;
		if (p->flags & PARAM_UNLISTED)
			continue;
		if (!first)
			buf_putc(out, ' ');
		first = false;
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

int usage_not_bare(const char *name, struct err *e)
{
	return err_set(e, ERR_USAGE, 0,
		       "'%.40s' is %s only if typed bare, without quotes or "
		       "variables",
		       name, name[0] == '-' ? "an option" : "a keyword");
}

int usage_extra(const struct param *params, const struct command *command,
		const struct word *word, const char *name, struct err *e)
{
	char reason[ESCAPE_BRIEF + 64] = "unexpected argument";
	char brief[ESCAPE_BRIEF];
	struct err why;

	/* Print the variable's name, not its value, which may be secret and
	 * explains less. */
	if (word->pieces && word->piece->kind == PIECE_BYTES)
		snprintf(reason, sizeof(reason), "unexpected argument '%s'",
			 escape_brief(word->piece->bytes, brief));
	else if (word->pieces)
		snprintf(reason, sizeof(reason), "unexpected argument $%s",
			 escape_brief(word->piece->bytes, brief));
	if (!name)
		return with_synopsis(params, command, reason, e);
	usage_not_bare(name, &why);
	return err_set(e, ERR_USAGE, 0, "%s; %s", reason, why.text);
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
		if (param_is_option(p) && n < PARAMS_MAX) {
			whole[n] = p->name;
			names[n++] = p->name + strspn(p->name, "-");
		}
	names[n] = NULL;
	while (option.len && option.at[0] == '-')
		option = bytes_skip(option, 1);

	const char *near = suggest_name(option, names);

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
	const char *near = suggest_name(text, p->choices);
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
