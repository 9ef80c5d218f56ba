/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line: options, a script and its arguments.
 */
#include "rung/argv.h"
#include "rung/options.h"
#include "rung/reference.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const aliases[] = {"-h", "--help", "--colour",
				      "--color=", NULL};

static void take_command(const char *text, struct options *o)
{
	o->commands = xrealloc(o->commands, o->commands_count + 1,
			       sizeof *o->commands);
	o->commands[o->commands_count++] = text;
}

static void take_option(int option, const struct argv *a, struct options *o)
{
	switch (option) {
	case OPTION_COMMANDS:
		take_command(a->value, o);
		break;
	case OPTION_INTERACTIVE:
		o->interactive = true;
		break;
	case OPTION_QUIET:
		o->quiet = true;
		break;
	case OPTION_VERBOSE:
		o->verbose = true;
		break;
	case OPTION_TIMEOUT:
		o->timeout = a->number;
		break;
	case OPTION_COLOUR:
		o->colour = (enum when)a->number;
		break;
	case OPTION_JSON:
		o->json = true;
		break;
	case OPTION_TAP:
		o->tap = true;
		break;
	case OPTION_COMPLETIONS:
		o->mode = MODE_COMPLETIONS;
		o->shell = a->value;
		break;
	case OPTION_REFERENCE:
		o->mode = MODE_REFERENCE;
		break;
	case OPTION_HELP:
		o->mode = MODE_HELP;
		break;
	case OPTION_VERSION:
		o->mode = MODE_VERSION;
		break;
	}
}

/* Handles `rung help [TOPIC]`, which runs the command `help`. */
static int read_topic(char **words, struct options *o, struct err *e)
{
	o->mode = MODE_TOPIC;
	o->topic = words[1];
	if (o->topic && words[2])
		return err_set(e, ERR_USAGE, 0,
			       "help takes one topic; unexpected '%.60s'",
			       words[2]);
	return 0;
}

/* Returns true if the word is a mode that parses the rest of the command line
 * itself. */
static bool is_other(const char *word, enum mode *mode)
{
	static const struct {
		const char *word;
		enum mode mode;
	} others[] = {
	    {"pipe", MODE_PIPE},
	    {"nc", MODE_NC},
	    {"ncat", MODE_NCAT},
	};
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strcmp(word, others[i].word) == 0) {
			*mode = others[i].mode;
			return true;
		}
	return false;
}

static void take_args(char **words, struct options *o)
{
	o->args = words;
	while (words[o->args_count])
		o->args_count++;
}

/* Keeps the arguments for the mode `name`: `pipe`, `nc` or `ncat`. If an option
 * for prompts or scripts precedes that word, rejects it. */
static int read_other(char **words, const char *name, struct options *o,
		      struct err *e)
{
	const char *option = o->commands_count          ? "-e"
			     : o->interactive           ? "-i"
			     : o->json                  ? "--json"
			     : o->tap                   ? "--tap"
			     : o->timeout != UINT64_MAX ? "-t"
							: NULL;
	if (option)
		return err_set(
		    e, ERR_USAGE, 0,
		    "%s is for prompts and scripts, not for %s%s", option, name,
		    strcmp(option, "-t") ? "" : "; use its option -w");
	o->args_count = 0;
	take_args(words, o);
	return 0;
}

/* Returns true if the program was called as nc or ncat. */
static bool is_netcat(char **argv, struct options *o)
{
	const char *slash = argv[0] ? strrchr(argv[0], '/') : NULL;
	if (!argv[0] || !is_other(slash ? slash + 1 : argv[0], &o->mode) ||
	    o->mode == MODE_PIPE) {
		o->mode = MODE_RUN;
		return false;
	}
	take_args(argv, o);
	return true;
}

static struct argv options_of(char **words)
{
	return (struct argv){
	    .words = words,
	    .params = reference_options,
	    .aliases = aliases,
	    .hint = "see --help, or 'rung nc' for netcat's options",
	};
}

static int check_formats(const struct options *o, struct err *e)
{
	if (o->json && o->tap)
		return err_set(e, ERR_USAGE, 0,
			       "--json and --tap cannot be combined");
	if (o->tap && o->interactive)
		return err_set(e, ERR_USAGE, 0,
			       "--tap and -i cannot be combined");
	return 0;
}

int options_parse(int argc, char **argv, struct options *o, struct err *e)
{
	struct argv a = options_of(argv + (argc > 0));
	int option;
	*o = (struct options){.mode = MODE_RUN, .timeout = UINT64_MAX};
	if (is_netcat(argv, o))
		return 0;
	while ((option = argv_next(&a, e)) != ARGV_END) {
		if (option == ARGV_BAD)
			return -1;
		take_option(option, &a, o);
	}
	if (check_formats(o, e))
		return -1;
	if (!*a.words)
		return 0;
	if (strcmp(*a.words, "help") == 0)
		return read_topic(a.words, o, e);
	if (is_other(*a.words, &o->mode))
		return read_other(a.words, *a.words, o, e);
	o->file = *a.words;
	take_args(a.words + 1, o);
	return 0;
}

/* Returns true if the word is a port: other words may be the arguments of a
 * script. */
static bool is_port(const char *word)
{
	uint64_t n;
	return parse_number(bytes_str(word), &n, NULL) == 0 ||
	       getservbyname(word, NULL);
}

int options_read_address(const struct options *o, size_t count,
			 const struct protocols *protocols, struct err *e)
{
	struct locator where;
	struct bytes file = bytes_str(o->file);
	if (!count)
		return locator_parse(protocols, file, &where, e);
	return locator_pair(protocols, file, bytes_str(o->args[0]), &where, e);
}

/* Returns true if `file`, and its argument if it has one, are an address. The
 * arguments from `count` on are options. */
static bool is_address(const struct options *o, size_t count,
		       const struct protocols *protocols)
{
	return count <= 1 && (!count || is_port(o->args[0])) &&
	       options_read_address(o, count, protocols, NULL) == 0;
}

/* Takes the options after an address with `count` arguments. */
static int take_late(struct options *o, size_t count, struct err *e)
{
	struct argv a = options_of(o->args + count);
	int option;
	while ((option = argv_next(&a, e)) != ARGV_END) {
		if (option == ARGV_BAD)
			return -1;
		if (option == OPTION_COMMANDS)
			return err_set(
			    e, ERR_USAGE, 0,
			    "-e cannot follow an address; to run commands on "
			    "the connection: rung -e 'connect %.80s%s%.20s' -e "
			    "...",
			    o->file, count ? " " : "", count ? o->args[0] : "");
		take_option(option, &a, o);
	}
	if (*a.words)
		return err_set(e, ERR_USAGE, 0,
			       "unexpected argument '%.60s' after the options",
			       *a.words);
	o->args_count = count;
	o->args[count] = NULL;
	return check_formats(o, e);
}

int options_find_address(struct options *o, const struct protocols *protocols,
			 struct err *e)
{
	size_t count = 0;
	while (count < o->args_count && o->args[count][0] != '-')
		count++;
	if (o->mode != MODE_RUN || !o->file ||
	    !is_address(o, count, protocols) || access(o->file, F_OK) == 0)
		return 0;
	if (take_late(o, count, e))
		return -1;
	if (o->mode != MODE_RUN)
		return 0;
	bool prompt = o->interactive || isatty(STDIN_FILENO) == 1;
	if (prompt && o->tap)
		return err_set(e, ERR_USAGE, 0,
			       "--tap and a prompt cannot be combined");
	o->address = prompt;
	if (prompt)
		return 0;
	/* The mode's arguments begin with its name, which is not typed here. */
	o->mode = MODE_PIPE;
	return read_other(o->args - 2,
			  "rung pipe (standard input is not a terminal)", o, e);
}

void options_fini(struct options *o)
{
	free(o->commands);
	*o = (struct options){.mode = MODE_RUN};
}

bool options_colour(const struct options *o, int fd)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
	if (o->colour != WHEN_AUTO)
		return o->colour == WHEN_ALWAYS;
	if ((no && *no) || (term && strcmp(term, "dumb") == 0))
		return false;
	return isatty(fd) == 1;
}
