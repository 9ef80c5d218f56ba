/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line of `rung pipe`.
 */
#include "rung/argv.h"
#include "rung/pipe.h"

#include <stdlib.h>
#include <string.h>

#define MOST 100000u

enum {
	PIPE_LISTEN,
	PIPE_KEEP,
	PIPE_MAX_PEERS,
	PIPE_QUIT,
	PIPE_NO_SHUTDOWN,
	PIPE_CRLF,
	PIPE_BINARY,
	PIPE_NUL,
	PIPE_LOG,
	PIPE_LINE_PAUSE,
	PIPE_WAIT,
	PIPE_PROXY,
	PIPE_AUTH,
	PIPE_VERBOSE,
	PIPE_HELP,
	PIPE_RUNGS, /* first option of the rungs; the others follow */
};

const struct param pipe_params[] = {
    [PIPE_LISTEN] = {.name = "-l",
		     .kind = PARAM_FLAG,
		     .brief = "listen; serve one peer and exit"},
    [PIPE_KEEP] = {.name = "-k",
		   .kind = PARAM_FLAG,
		   .brief = "with -l: go on serving; else: go on sending after "
			    "FIN"},
    [PIPE_MAX_PEERS] = {.name = "-m",
			.kind = PARAM_NUMBER,
			.value = "N",
			.brief = "with -l -k: serve up to N peers at once"},
    [PIPE_QUIT] = {.name = "-q",
		   .kind = PARAM_DURATION,
		   .value = "D",
		   .brief = "exit D after the end of input"},
    [PIPE_NO_SHUTDOWN] =
	{.name = "-N",
	 .kind = PARAM_FLAG,
	 .brief = "do not shut down the sending side at end of input"},
    [PIPE_CRLF] = {.name = "-C",
		   .kind = PARAM_FLAG,
		   .brief = "send LF as CRLF; CRLF is unchanged"},
    [PIPE_BINARY] = {.name = "-b",
		     .kind = PARAM_FLAG,
		     .brief = "WebSocket: send what was read as a binary "
			      "message, write messages without a newline"},
    [PIPE_NUL] = {.name = "-0",
		  .kind = PARAM_FLAG,
		  .brief = "WebSocket: a NUL ends each message, not a "
			   "newline"},
    [PIPE_LOG] = {.name = "-x",
		  .kind = PARAM_PATH,
		  .value = "FILE",
		  .brief = "log the data to FILE, as hex"},
    [PIPE_LINE_PAUSE] = {.name = "-i",
			 .kind = PARAM_DURATION,
			 .value = "D",
			 .brief = "pause for D between lines sent"},
    [PIPE_WAIT] = {.name = "-w",
		   .kind = PARAM_DURATION,
		   .value = "D",
		   .brief =
		       "fail if no connection opens, or no data moves, for D"},
    [PIPE_PROXY] =
	{.name = "--proxy",
	 .kind = PARAM_WORD,
	 .value = "URL",
	 .choices = proxy_schemes,
	 .brief = "connect through http://[USER@]HOST:PORT or socks5://..."},
    [PIPE_AUTH] = {.name = "--proxy-auth",
		   .kind = PARAM_PATH,
		   .value = "FILE",
		   .brief = "read the proxy's USER:PASSWORD from FILE"},
    [PIPE_VERBOSE] = {.name = "-v",
		      .kind = PARAM_FLAG,
		      .brief = "report each address tried, and each peer"},
    [PIPE_HELP] = {.name = "--help",
		   .kind = PARAM_FLAG,
		   .brief = "print the usage"},
    [PIPE_RUNGS] = {.name = "RUNG-OPTION", .kind = PARAM_RUNGS},
    {.kind = PARAM_END},
};

static int read_max_peers(const struct argv *a, struct pipe_options *o,
			  struct err *e)
{
	if (!a->number || a->number > MOST)
		return err_usage(e, "pipe: -m: must be 1 to 100000, not %.40s",
				 a->value);
	o->max_peers = (unsigned)a->number;
	return 0;
}

/* Values of options that are parsed after all options are known. */
struct late_options {
	const char *proxy, *auth;
	const struct protocols *protocols;
	const struct param *rungs; /* the options of all rungs */
	struct named_value given[PARAMS_MAX];
	unsigned flags[PARAMS_MAX]; /* flags of the parameters */
	size_t count;               /* number of values in `given` */
};

/* Notes an option of a rung. If an option is given twice, the last one counts,
 * unless it can be repeated. */
static int note_rung_option(const struct param *param, const char *value,
			    struct late_options *late, struct err *e)
{
	size_t i = 0;

	while (i < late->count && (param->flags & PARAM_REPEATED ||
				   late->given[i].name != param->name))
		i++;
	if (i == PARAMS_MAX)
		return err_usage(e, "pipe: more than %d options of rungs",
				 PARAMS_MAX);
	late->given[i] = (struct named_value){param->name,
					      bytes_str(value ? value : "")};
	late->flags[i] = param->flags;
	late->count += i == late->count;
	return 0;
}

static int take_option(int option, const struct argv *a, struct pipe_options *o,
		       struct late_options *late, struct err *e)
{
	if (option >= PIPE_RUNGS)
		return note_rung_option(&late->rungs[option - PIPE_RUNGS],
					a->value, late, e);
	switch (option) {
	case PIPE_LISTEN:
		o->listens = true;
		break;
	case PIPE_KEEP:
		o->keep_open = true;
		break;
	case PIPE_MAX_PEERS:
		return read_max_peers(a, o, e);
	case PIPE_QUIT:
		o->has_quit_delay = true;
		o->quit = a->number;
		break;
	case PIPE_NO_SHUTDOWN:
		o->no_shutdown = true;
		break;
	case PIPE_CRLF:
		o->crlf = true;
		break;
	case PIPE_BINARY:
		o->binary = true;
		break;
	case PIPE_NUL:
		o->nul = true;
		break;
	case PIPE_LOG:
		o->log = a->value;
		break;
	case PIPE_LINE_PAUSE:
		o->line_pause = a->number;
		break;
	case PIPE_WAIT:
		o->open_timeout = o->idle = a->number;
		break;
	case PIPE_PROXY:
		late->proxy = a->value;
		break;
	case PIPE_AUTH:
		late->auth = a->value;
		break;
	case PIPE_VERBOSE:
		o->verbose = true;
		break;
	case PIPE_HELP:
		o->help = true;
		break;
	}
	return 0;
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

/* Returns true if the ends have rungs of different sides: an option of one side
 * then applies to the end of that side only. */
static bool has_both_sides(const struct pipe_options *o,
			   const struct locators *l)
{
	return o->listens && o->has_addr2 && l->at.scheme->rungs &&
	       l->to.scheme->rungs;
}

/* Makes the plan of an address, without the options that have the flags
 * `without`. Result: NULL and *e. */
static struct rung_plan *make_plan(const struct late_options *late,
				   const struct locator *l, enum side side,
				   unsigned without, struct err *e)
{
	struct named_value given[PARAMS_MAX];
	struct rung_plan *plan = NULL;
	struct args args;
	size_t n = 0;

	for (size_t i = 0; i < late->count; i++)
		if (!(late->flags[i] & without))
			given[n++] = late->given[i];
	args_init(&args);
	if (args_pick(&args, late->rungs, NULL, given, n, e) == 0)
		plan = locator_plan(late->protocols, l, side, &args, e);
	args_fini(&args);
	return plan;
}

/* Makes the plans of the addresses. Result: 0, or -1 and *e. */
static int make_plans(const struct late_options *late, const struct locators *l,
		      struct pipe_options *o, struct err *e)
{
	enum side side = o->listens ? SIDE_SERVER : SIDE_CLIENT;
	bool both = has_both_sides(o, l);
	struct args args;
	int status = -1;

	o->at_rungs = make_plan(late, &l->at, side, both ? PARAM_OF_CLIENT : 0,
				e);
	if (!o->at_rungs)
		return -1;
	if (o->has_addr2) {
		o->to_rungs = make_plan(late, &l->to, SIDE_CLIENT,
					both ? PARAM_OF_SERVER : 0, e);
		if (!o->to_rungs)
			return -1;
	}
	args_init(&args);
	if (args_pick(&args, late->rungs, NULL, late->given, late->count, e) ==
	    0)
		status = rung_options_check(late->protocols, &args, o->at_rungs,
					    0, o->to_rungs, e);
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
		return err_usage(
		    e,
		    "pipe: -l: the rungs of %s:// need connections, which "
		    "%s:// does not have; use 'listen' in a script",
		    l->at.scheme->name, l->at.scheme->transport);
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
	if (o->binary && o->nul)
		return err_usage(e, "pipe: use either -b or -0");
	if (o->has_addr2 && (o->crlf || o->line_pause || o->binary || o->nul))
		return err_usage(e,
				 "pipe: %s applies to standard input, which "
				 "two addresses do not use",
				 o->crlf     ? "-C"
				 : o->binary ? "-b"
				 : o->nul    ? "-0"
					     : "-i");
	return 0;
}

static int read_all(struct argv *a, struct late_options *late,
		    struct pipe_options *o, struct err *e)
{
	struct locators l;
	struct err why;
	int option;

	while ((option = argv_next(a, &why)) != ARGV_END) {
		if (option == ARGV_BAD)
			return err_usage(e, "pipe: %s", why.text);
		if (take_option(option, a, o, late, e))
			return -1;
	}
	if (o->help)
		return 0;
	if (read_addresses(late->protocols, a->words, &l, o, e) ||
	    read_rungs(late, &l, o, e) || read_proxy(late, o, e))
		return -1;
	return pipe_options_check(o, e);
}

int pipe_read_options(const struct protocols *protocols, int argc, char **argv,
		      struct pipe_options *o, struct err *e)
{
	static const char *const aliases[] = {"-h", "--help", NULL};
	/* Options of nc, ncat and socat. */
	static const char *const others[] = {
	    "-u", "for UDP write udp://HOST:PORT",
	    "-U", "for a Unix socket write unix://PATH",
	    "-p", "write the port in the address, as in -l :8080",
	    "-e", "write exec:CMD as the second address",
	    "-c", "write exec:CMD as the second address",
	    "-z", "'rung nc -z' tests ports",
	    "-4", "write tcp4://HOST:PORT",
	    "-6", "write tcp6://HOST:PORT",
	    NULL};
	struct param *params = rung_options_join(pipe_params, protocols);
	struct late_options late = {.protocols = protocols,
				    .rungs = params + PIPE_RUNGS};
	struct argv a = {
	    .words = argv + (argc > 0),
	    .params = params,
	    .aliases = aliases,
	    .others = others,
	    .hint = "see 'rung pipe --help'",
	};
	int status;

	*o = (struct pipe_options){.max_peers = 0};
	status = read_all(&a, &late, o, e);
	free(params);
	return status;
}

void pipe_options_fini(struct pipe_options *o)
{
	rung_plan_unref(o->at_rungs);
	rung_plan_unref(o->to_rungs);
	proxy_fini(&o->proxy);
}
