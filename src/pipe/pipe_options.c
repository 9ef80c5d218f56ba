/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line of `rung pipe`.
 */
#include "rung/pipe.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#define MOST 100000u

const struct param pipe_params[] = {
    {.name = "-l",
     .kind = PARAM_FLAG,
     .brief = "listen; serve one peer and exit"},
    {.name = "-k",
     .kind = PARAM_FLAG,
     .brief = "with -l: serve one peer after another; else send on after the "
	      "peer's FIN"},
    {.name = "-m",
     .kind = PARAM_NUMBER,
     .value = "N",
     .brief = "with -l -k: serve up to N peers at once"},
    {.name = "-q",
     .kind = PARAM_DURATION,
     .value = "D",
     .brief = "exit D after the end of input"},
    {.name = "-N",
     .kind = PARAM_FLAG,
     .brief = "do not shut down the sending side at end of input"},
    {.name = "-C",
     .kind = PARAM_FLAG,
     .brief = "send LF as CRLF; CRLF is unchanged"},
    {.name = "-x",
     .kind = PARAM_PATH,
     .value = "FILE",
     .brief = "log the data to FILE, as hex"},
    {.name = "-i",
     .kind = PARAM_DURATION,
     .value = "D",
     .brief = "pause for D between lines sent"},
    {.name = "-w",
     .kind = PARAM_DURATION,
     .value = "D",
     .brief = "fail if no connection opens, or no data moves, for D"},
    {.name = "--proxy",
     .kind = PARAM_WORD,
     .value = "URL",
     .choices = proxy_schemes,
     .brief = "connect through http://[USER@]HOST:PORT, socks5://..., "
	      "socks4a://... or socks4://..."},
    {.name = "--proxy-auth",
     .kind = PARAM_PATH,
     .value = "FILE",
     .brief = "read the proxy's USER:PASSWORD from the first line of FILE"},
    {.name = "-v",
     .kind = PARAM_FLAG,
     .brief = "report each address tried, and each peer"},
    {.name = "--help", .kind = PARAM_FLAG, .brief = "print the usage"},
    {.name = "RUNG-OPTION", .kind = PARAM_RUNGS},
    {.kind = PARAM_END},
};

static int read_duration(const char *option, uint64_t *out, struct err *e)
{
	struct err why;

	if (parse_duration(bytes_str(optarg), out, &why) == 0)
		return 0;
	return err_usage(e, "pipe: %s: %s", option, why.text);
}

static int read_max_peers(struct pipe_options *o, struct err *e)
{
	uint64_t n;
	struct err why;

	if (parse_number(bytes_str(optarg), &n, &why))
		return err_usage(e, "pipe: -m: %s", why.text);
	if (!n || n > MOST)
		return err_usage(e, "pipe: -m: must be 1 to 100000, not %.40s",
				 optarg);
	o->max_peers = (unsigned)n;
	return 0;
}

/* Values of long options for getopt_long(3). */
enum { OPTION_HELP = 256, OPTION_PROXY, OPTION_AUTH, OPTION_RUNG };

/* Values of options that are read after all options are known. */
struct late_options {
	const char *proxy, *auth;
	const struct protocols *protocols;
	struct param *rungs; /* the options of all rungs */
	struct named_value given[PARAMS_MAX];
	size_t count; /* number of values in `given` */
};

/* Notes an option of a rung. If an option is given twice, the last one counts,
 * unless it can be repeated. */
static int note_rung_option(const struct param *param,
			    struct late_options *late, struct err *e)
{
	struct named_value value = {param->name,
				    bytes_str(optarg ? optarg : "")};
	size_t i = 0;

	while (i < late->count && (param->flags & PARAM_REPEATED ||
				   late->given[i].name != param->name))
		i++;
	if (i == PARAMS_MAX)
		return err_usage(e, "pipe: more than %d options of rungs",
				 PARAMS_MAX);
	late->given[i] = value;
	late->count += i == late->count;
	return 0;
}

static int read_one(int option, char **argv, struct pipe_options *o,
		    struct late_options *late, struct err *e)
{
	if (option >= OPTION_RUNG)
		return note_rung_option(&late->rungs[option - OPTION_RUNG],
					late, e);
	switch (option) {
	case 'h':
	case OPTION_HELP:
		o->help = true;
		return 0;
	case 'l':
		o->listens = true;
		return 0;
	case 'k':
		o->keep_open = true;
		return 0;
	case 'N':
		o->no_shutdown = true;
		return 0;
	case 'C':
		o->crlf = true;
		return 0;
	case 'v':
		o->verbose = true;
		return 0;
	case 'm':
		return read_max_peers(o, e);
	case 'q':
		o->has_quit_delay = true;
		return read_duration("-q", &o->quit, e);
	case 'x':
		o->log = optarg;
		return 0;
	case 'i':
		return read_duration("-i", &o->line_pause, e);
	case 'w':
		if (read_duration("-w", &o->open_timeout, e))
			return -1;
		o->idle = o->open_timeout;
		return 0;
	case OPTION_PROXY:
		late->proxy = optarg;
		return 0;
	case OPTION_AUTH:
		late->auth = optarg;
		return 0;
	case ':':
		return err_usage(e, "pipe: %.60s needs a value",
				 argv[optind - 1]);
	}
	if (optopt && optopt < OPTION_HELP)
		return err_usage(
		    e, "pipe: unknown option -%c; see 'rung pipe --help'",
		    optopt);
	return err_usage(e,
			 "pipe: %.60s: unknown option, or takes no value; see "
			 "'rung pipe --help'",
			 argv[optind - 1]);
}

/* Returns true if the word can be a port. Every address contains `:`, `/` or
 * `@`. */
static bool is_port(const char *word)
{
	return word && *word != '-' && !strpbrk(word, ":/@");
}

/* Rejects an option after an address: in `exec:ls -l` without quotes, -l is
 * meant for ls. */
static int no_option(const char *word, struct err *e)
{
	if (*word != '-')
		return 0;
	return err_usage(e, "pipe: %.60s: write options before the addresses",
			 word);
}

/* Parses an address of one or two words. Result: the number of words; or -1 and
 * *e. */
static int read_address(const struct protocols *p, char **word,
			struct locator *l, struct err *e)
{
	/* A command has no port. */
	bool two = is_port(word[1]) && strncmp(word[0], "exec:", 5) != 0;
	struct err why;
	int bad;

	if (no_option(word[0], e))
		return -1;
	bad = two ? locator_pair(p, bytes_str(word[0]), bytes_str(word[1]), l,
				 &why)
		  : locator_parse(p, bytes_str(word[0]), l, &why);
	if (bad)
		return err_usage(e, "pipe: %s", why.text);
	return two ? 2 : 1;
}

/* The addresses, before their rungs are made. */
struct locators {
	struct locator at, to;
};

static int read_addresses(const struct protocols *p, char **words,
			  struct locators *l, struct pipe_options *o,
			  struct err *e)
{
	int n;

	if (!*words)
		return err_usage(
		    e,
		    "pipe: missing address%s: HOST:PORT, :PORT or unix:///PATH",
		    o->listens ? " to listen on" : "");
	n = read_address(p, words, &l->at, e);
	if (n < 0)
		return -1;
	o->at = l->at.at;
	words += n;
	if (!*words)
		return 0;
	n = read_address(p, words, &l->to, e);
	if (n < 0)
		return -1;
	o->to = l->to.at;
	o->has_addr2 = true;
	if (!words[n])
		return 0;
	if (no_option(words[n], e))
		return -1;
	return err_usage(
	    e, "pipe: unexpected argument '%.60s'; at most two addresses",
	    words[n]);
}

/* Makes the plans of the addresses. Result: 0, or -1 and *e. */
static int make_plans(const struct late_options *late, const struct locators *l,
		      struct pipe_options *o, struct err *e)
{
	const struct protocols *p = late->protocols;
	enum side side = o->listens ? SIDE_SERVER : SIDE_CLIENT;
	struct args args;
	int status = -1;

	args_init(&args);
	if (args_pick(&args, late->rungs, NULL, late->given, late->count, e) ==
	    0) {
		o->at_rungs = locator_plan(p, &l->at, side, &args, e);
		if (o->at_rungs && o->has_addr2)
			o->to_rungs = locator_plan(p, &l->to, SIDE_CLIENT,
						   &args, e);
		if (o->at_rungs && (o->to_rungs || !o->has_addr2))
			status = rung_options_check(p, &args, o->at_rungs, 0,
						    o->to_rungs, e);
	}
	args_fini(&args);
	return status;
}

static int read_rungs(const struct late_options *late, const struct locators *l,
		      struct pipe_options *o, struct err *e)
{
	struct err why;

	if (make_plans(late, l, o, &why))
		return err_set(e, why.kind, why.code, "pipe: %s", why.text);
	/* All peers of a datagram listener share one end. */
	if (o->listens && o->at_rungs->count && !o->at.ops->connects)
		return err_usage(e, "pipe: -l: %s:// needs connections",
				 l->at.scheme->name);
	return 0;
}

/* Parses the proxy, which is used for every TCP connection that the pipe makes.
 */
static int read_proxy(const struct late_options *late, struct pipe_options *o,
		      struct err *e)
{
	struct err why;

	if (!late->proxy)
		return late->auth
			   ? err_usage(e, "pipe: --proxy-auth needs --proxy")
			   : 0;
	if ((o->listens || !endpoint_is_tcp(&o->at)) &&
	    !(o->has_addr2 && endpoint_is_tcp(&o->to)))
		return err_usage(
		    e, "pipe: --proxy needs a TCP address to connect to");
	if (proxy_parse_with_file(bytes_str(late->proxy), late->auth, &o->proxy,
				  &why))
		return err_set(e, why.kind, why.code, "pipe: %s", why.text);
	o->proxied = true;
	return 0;
}

/* Rejects options that cannot be combined. */
static int pipe_options_check(const struct pipe_options *o, struct err *e)
{
	if (o->max_peers && (!o->listens || !o->keep_open))
		return err_usage(e, "pipe: -m needs -l -k");
	if (o->has_addr2 && (o->crlf || o->line_pause))
		return err_usage(e,
				 "pipe: %s applies to standard input, which "
				 "two addresses do not use",
				 o->crlf ? "-C" : "-i");
	return 0;
}

#define OWN_LONGS 3

/* Fills in the long options of getopt_long(3), those of rungs after the pipe's
 * own. */
static void make_longs(const struct param *rungs, struct option *longs)
{
	static const struct option own[OWN_LONGS] = {
	    {"help", no_argument, NULL, OPTION_HELP},
	    {"proxy", required_argument, NULL, OPTION_PROXY},
	    {"proxy-auth", required_argument, NULL, OPTION_AUTH},
	};
	size_t n = OWN_LONGS;

	memcpy(longs, own, sizeof(own));
	for (int i = 0; rungs[i].kind != PARAM_END; i++)
		longs[n++] = (struct option){rungs[i].name + 2,
					     rungs[i].kind == PARAM_FLAG
						 ? no_argument
						 : required_argument,
					     NULL, OPTION_RUNG + i};
	longs[n] = (struct option){NULL, 0, NULL, 0};
}

static int read_all(int argc, char **argv, struct late_options *late,
		    struct pipe_options *o, struct err *e)
{
	struct option longs[OWN_LONGS + PARAMS_MAX + 1];
	struct locators l;
	int option;

	make_longs(late->rungs, longs);
	opterr = 0;
	optind = 0; /* glibc: restarts the scan */
	while ((option = getopt_long(argc, argv, "+:hlkNCvm:q:x:i:w:", longs,
				     NULL)) != -1)
		if (read_one(option, argv, o, late, e))
			return -1;
	if (o->help)
		return 0;
	if (read_addresses(late->protocols, argv + optind, &l, o, e) ||
	    read_rungs(late, &l, o, e) || read_proxy(late, o, e))
		return -1;
	return pipe_options_check(o, e);
}

int pipe_read_options(const struct protocols *protocols, int argc, char **argv,
		      struct pipe_options *o, struct err *e)
{
	static const struct param rungs[] = {{"", .kind = PARAM_RUNGS},
					     {.kind = PARAM_END}};
	struct late_options late = {.protocols = protocols};
	int status;

	*o = (struct pipe_options){.max_peers = 0};
	late.rungs = rung_options_join(rungs, protocols);
	status = read_all(argc, argv, &late, o, e);
	free(late.rungs);
	return status;
}

void pipe_options_fini(struct pipe_options *o)
{
	rung_plan_unref(o->at_rungs);
	rung_plan_unref(o->to_rungs);
	proxy_fini(&o->proxy);
}
