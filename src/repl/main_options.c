/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line: options, a script and its arguments.
 */
#include "rung/options.h"
#include "rung/param.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	LONG_COLOUR = 256,
	LONG_VERSION,
	LONG_REFERENCE,
	LONG_COMPLETIONS,
	LONG_JSON,
	LONG_TAP
};

static const struct option long_options[] = {
    {"color", required_argument, NULL, LONG_COLOUR},
    {"colour", required_argument, NULL, LONG_COLOUR},
    {"completions", required_argument, NULL, LONG_COMPLETIONS},
    {"help", no_argument, NULL, 'h'},
    {"json", no_argument, NULL, LONG_JSON},
    {"reference", no_argument, NULL, LONG_REFERENCE},
    {"tap", no_argument, NULL, LONG_TAP},
    {"version", no_argument, NULL, LONG_VERSION},
    {NULL, 0, NULL, 0},
};

static int read_colour(const char *word, struct options *o, struct err *e)
{
	static const char *const names[] = {
	    [WHEN_AUTO] = "auto",
	    [WHEN_ALWAYS] = "always",
	    [WHEN_NEVER] = "never",
	};
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(word, names[i]) == 0) {
			o->colour = (enum when)i;
			return 0;
		}
	return err_set(
	    e, ERR_USAGE, 0,
	    "--color: '%.60s' is not valid; use auto, always or never", word);
}

static int read_shell(const char *word, struct options *o, struct err *e)
{
	o->mode = MODE_COMPLETIONS;
	o->shell = word;
	if (strcmp(word, "bash") == 0 || strcmp(word, "zsh") == 0 ||
	    strcmp(word, "fish") == 0)
		return 0;
	return err_set(
	    e, ERR_USAGE, 0,
	    "--completions: '%.60s' is not valid; use bash, zsh or fish", word);
}

static int read_timeout(const char *word, struct options *o, struct err *e)
{
	struct err why;
	if (parse_duration(bytes_str(word), &o->timeout, &why) == 0)
		return 0;
	return err_set(e, ERR_USAGE, 0, "-t: %s", why.text);
}

static int read_one(int option, char **argv, struct options *o, struct err *e)
{
	switch (option) {
	case 'e':
		o->commands = xrealloc(o->commands, o->commands_count + 1,
				       sizeof *o->commands);
		o->commands[o->commands_count++] = optarg;
		return 0;
	case 'i':
		o->interactive = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case 't':
		return read_timeout(optarg, o, e);
	case 'h':
		o->mode = MODE_HELP;
		return 0;
	case LONG_COLOUR:
		return read_colour(optarg, o, e);
	case LONG_VERSION:
		o->mode = MODE_VERSION;
		return 0;
	case LONG_REFERENCE:
		o->mode = MODE_REFERENCE;
		return 0;
	case LONG_JSON:
		o->json = true;
		return 0;
	case LONG_TAP:
		o->tap = true;
		return 0;
	case LONG_COMPLETIONS:
		return read_shell(optarg, o, e);
	case ':':
		return err_set(e, ERR_USAGE, 0, "%.60s needs a value",
			       argv[optind - 1]);
	}
	if (optopt && optopt < LONG_COLOUR)
		return err_set(e, ERR_USAGE, 0,
			       "unknown option -%c; see --help, or 'rung nc' "
			       "for netcat's options",
			       optopt);
	return err_set(e, ERR_USAGE, 0,
		       "%.60s: unknown option, or takes no value; see --help",
		       argv[optind - 1]);
}

/* Handles `rung help [TOPIC]`, which runs the command `help`. */
static int read_topic(int argc, char **argv, struct options *o, struct err *e)
{
	o->mode = MODE_TOPIC;
	if (optind + 2 < argc)
		return err_set(e, ERR_USAGE, 0,
			       "help takes one topic; unexpected '%.60s'",
			       argv[optind + 2]);
	o->topic = optind + 1 < argc ? argv[optind + 1] : NULL;
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

/* Keeps the arguments for `pipe`, `nc` or `ncat`. Rejects options before that
 * word that only prompts and scripts have. */
static int read_other(int argc, char **argv, struct options *o, struct err *e)
{
	const char *option = o->commands_count          ? "-e"
			     : o->interactive           ? "-i"
			     : o->json                  ? "--json"
			     : o->tap                   ? "--tap"
			     : o->timeout != UINT64_MAX ? "-t"
							: NULL;
	if (option)
		return err_set(e, ERR_USAGE, 0,
			       "%s is for prompts and scripts, not for %s%s",
			       option, argv[optind],
			       strcmp(option, "-t") ? ""
						    : "; use its option -w");
	o->args = argv + optind;
	o->args_count = (size_t)(argc - optind);
	return 0;
}

/* Returns true if the program was called as nc or ncat. */
static bool is_netcat(int argc, char **argv, struct options *o)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	if (!argc || !is_other(slash ? slash + 1 : argv[0], &o->mode) ||
	    o->mode == MODE_PIPE) {
		o->mode = MODE_RUN;
		return false;
	}
	o->args = argv;
	o->args_count = (size_t)argc;
	return true;
}

int options_parse(int argc, char **argv, struct options *o, struct err *e)
{
	int option;
	*o = (struct options){.mode = MODE_RUN, .timeout = UINT64_MAX};
	if (is_netcat(argc, argv, o))
		return 0;
	opterr = 0;
	optind = 1;
	while ((option = getopt_long(argc, argv, "+:e:hiqvt:", long_options,
				     NULL)) != -1)
		if (read_one(option, argv, o, e))
			return -1;
	if (o->json && o->tap)
		return err_set(e, ERR_USAGE, 0,
			       "--json and --tap cannot be combined");
	if (o->tap && o->interactive)
		return err_set(e, ERR_USAGE, 0,
			       "--tap and -i cannot be combined");
	if (optind == argc)
		return 0;
	if (strcmp(argv[optind], "help") == 0)
		return read_topic(argc, argv, o, e);
	if (is_other(argv[optind], &o->mode))
		return read_other(argc, argv, o, e);
	o->file = argv[optind];
	o->args = argv + optind + 1;
	o->args_count = (size_t)(argc - optind - 1);
	return 0;
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
