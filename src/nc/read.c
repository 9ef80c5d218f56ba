/* SPDX-License-Identifier: ISC */
/*
 * Parses a command line with the table of a dialect. The originals call
 * getopt_long(3), too, so that it accepts what they accept: clusters, `-w5`,
 * `--wait=5`, `--wai 5`, options after operands. lang/argv.c reads rung's own
 * options, which end at the first operand, have typed values, and other error
 * texts. openbsd.c and ncat.c apply the options.
 */
#include "nc_own.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* First value for long options of getopt_long(3); above all letters. */
#define LONGS    256
#define ROWS_MAX 80

int nc_fails(enum nc_dialect dialect, enum err_class kind, struct err *e,
	     const char *fmt, ...)
{
	char text[sizeof(e->text)];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return dialect == NC_NCAT
		   ? err_set(e, kind, 0, "Ncat: %.230s. QUITTING.", text)
		   : err_set(e, kind, 0, "nc: %.240s", text);
}

/* Arguments for getopt_long(3), made from a table. */
struct spec {
	char letters[2 * ROWS_MAX + 3];
	struct option longs[ROWS_MAX + 1];
};

static void make_spec(const struct nc_option *table, struct spec *s)
{
	size_t letters = 0, longs = 0;

	memset(s, 0, sizeof(*s));
	s->letters[letters++] = ':';
	for (size_t i = 0; table[i].brief && i < ROWS_MAX; i++) {
		const struct nc_option *row = &table[i];

		if (row->letter) {
			s->letters[letters++] = row->letter;
			if (row->value)
				s->letters[letters++] = ':';
		}
		if (row->name)
			s->longs[longs++] = (struct option){
			    row->name,
			    row->value ? required_argument : no_argument, NULL,
			    LONGS + (int)i};
	}
}

static const struct nc_option *find_row(const struct nc_option *table, int got)
{
	if (got >= LONGS)
		return &table[got - LONGS];
	for (size_t i = 0; table[i].brief; i++)
		if (table[i].letter == got)
			return &table[i];
	return NULL;
}

static void store_value(const struct nc_option *row, struct nc_args *args)
{
	char *at = (char *)args + row->field;
	struct string_list *list = (struct string_list *)(void *)at;

	switch ((enum kept_as)row->kind) {
	case KEPT_FLAG:
		*(bool *)(void *)at = true;
		return;
	case KEPT_COUNT:
		++*(unsigned *)(void *)at;
		return;
	case KEPT_TEXT:
		*(const char **)(void *)at = optarg;
		return;
	case KEPT_LIST:
		list->at = xrealloc(list->at, list->count + 1,
				    sizeof(*list->at));
		list->at[list->count++] = optarg;
		return;
	case KEPT_NONE:
		return;
	}
}

/* Sets the error for an option that rung does not have, such as `-F` or
 * `--ssl`. */
static int absent_option(enum nc_dialect dialect, const struct nc_option *row,
			 struct err *e)
{
	char name[40];

	if (row->name)
		snprintf(name, sizeof(name), "--%s", row->name);
	else
		snprintf(name, sizeof(name), "-%c", row->letter);
	return nc_fails(dialect, ERR_USAGE, e, "%s %s", name, row->brief);
}

static int unknown_option(enum nc_dialect dialect, char **argv, int got,
			  struct err *e)
{
	const char *word = argv[optind - 1];
	const char *see = dialect == NC_NCAT ? "ncat --help" : "nc -h";

	if (got == ':' && optopt && optopt < LONGS)
		return nc_fails(dialect, ERR_USAGE, e,
				"option requires an argument -- '%c'; see '%s'",
				optopt, see);
	if (got == ':')
		return nc_fails(dialect, ERR_USAGE, e,
				"option '%.60s' requires an argument; see '%s'",
				word, see);
	if (optopt && optopt < LONGS)
		return nc_fails(dialect, ERR_USAGE, e,
				"invalid option -- '%c'; see '%s'", optopt,
				see);
	return nc_fails(
	    dialect, ERR_USAGE, e,
	    "option '%.60s' is unknown, ambiguous, or takes no value; see '%s'",
	    word, see);
}

int nc_args_parse(enum nc_dialect dialect, int argc, char **argv,
		  struct nc_args *args, struct err *e)
{
	const struct nc_option *table = nc_tables[dialect];
	struct spec spec;
	int got;

	*args = (struct nc_args){.verbose = 0};
	make_spec(table, &spec);
	opterr = 0;
	optind = 0; /* glibc: restarts the scan */
	while ((got = getopt_long(argc, argv, spec.letters, spec.longs,
				  NULL)) != -1) {
		const struct nc_option *row = find_row(table, got);

		if (got == '?' || got == ':' || !row)
			return unknown_option(dialect, argv, got, e);
		if (row->absent)
			return absent_option(dialect, row, e);
		store_value(row, args);
	}
	args->words = argv + optind;
	args->words_count = (size_t)(argc - optind);
	return 0;
}

void nc_args_fini(struct nc_args *args)
{
	free(args->allow.at);
	free(args->allow_file.at);
	free(args->deny.at);
	free(args->deny_file.at);
}

int nc_parse(enum nc_dialect dialect, int argc, char **argv,
	     struct nc_options *o, struct err *e)
{
	struct nc_args args;
	int bad;

	*o = (struct nc_options){.dialect = dialect};
	bad = nc_args_parse(dialect, argc, argv, &args, e);
	if (!bad) {
		o->help = args.help;
		o->version = args.version;
		o->verbose = args.verbose;
		o->numeric = args.numeric;
	}
	if (!bad && !o->help && !o->version)
		bad = dialect == NC_NCAT ? ncat_plan(&args, o, e)
					 : openbsd_plan(&args, o, e);
	nc_args_fini(&args);
	if (bad)
		nc_fini(o);
	return bad;
}

void nc_fini(struct nc_options *o)
{
	free(o->ports);
	hosts_free(o->hosts);
	free(o->command);
	proxy_fini(&o->pipe.proxy);
	rung_plan_unref(o->pipe.at_rungs);
	o->pipe.at_rungs = NULL;
	o->ports = NULL;
	o->hosts = NULL;
	o->command = NULL;
}

/* Appends an option in the form `-w, --wait D`. */
static void put_head(const struct nc_option *row, struct buf *out)
{
	if (row->letter)
		buf_printf(out, "-%c%s", row->letter, row->name ? ", " : "");
	if (row->name)
		buf_printf(out, "--%s", row->name);
	if (row->value)
		buf_printf(out, " %s", row->value);
}

static void put_rows(const struct nc_option *row, bool absent, struct buf *out)
{
	for (; row->brief; row++) {
		struct buf head = {.limit = BUF_SMALL};

		if (row->absent != absent)
			continue;
		put_head(row, &head);
		buf_printf(out, "  %-24s %s\n", buf_cstr(&head), row->brief);
		buf_fini(&head);
	}
}

void nc_help(enum nc_dialect dialect, struct buf *out)
{
	buf_printf(out, "usage: rung %s [OPTION]... [HOST] [PORT%s\n\n",
		   nc_names[dialect], dialect == NC_NCAT ? "]" : "]...");
	put_rows(nc_tables[dialect], false, out);
	buf_puts(out, "\nunsupported options of the original:\n\n");
	put_rows(nc_tables[dialect], true, out);
}
