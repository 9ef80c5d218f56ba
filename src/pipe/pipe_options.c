/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line of `rung pipe`.
 */
#include "rung/pipe.h"

#include <getopt.h>
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
enum { OPTION_HELP = 256, OPTION_PROXY, OPTION_AUTH };

/* --proxy and --proxy-auth, parsed after all other options. */
struct proxy_args {
	const char *proxy, *auth;
};

static int read_one(int option, char **argv, struct pipe_options *o,
		    struct proxy_args *proxy, struct err *e)
{
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
		proxy->proxy = optarg;
		return 0;
	case OPTION_AUTH:
		proxy->auth = optarg;
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
static int read_address(char **word, struct endpoint *to, struct err *e)
{
	/* A command has no port. */
	bool two = is_port(word[1]) && strncmp(word[0], "exec:", 5) != 0;
	struct err why;
	int bad;

	if (no_option(word[0], e))
		return -1;
	bad = two ? endpoint_pair(bytes_str(word[0]), bytes_str(word[1]), to,
				  &why)
		  : endpoint_parse(bytes_str(word[0]), to, &why);
	if (bad)
		return err_usage(e, "pipe: %s", why.text);
	return two ? 2 : 1;
}

static int read_addresses(char **words, struct pipe_options *o, struct err *e)
{
	int n;

	if (!*words)
		return err_usage(
		    e,
		    "pipe: missing address%s: HOST:PORT, :PORT or unix:///PATH",
		    o->listens ? " to listen on" : "");
	n = read_address(words, &o->at, e);
	if (n < 0)
		return -1;
	words += n;
	if (!*words)
		return 0;
	n = read_address(words, &o->to, e);
	if (n < 0)
		return -1;
	o->has_addr2 = true;
	if (!words[n])
		return 0;
	if (no_option(words[n], e))
		return -1;
	return err_usage(
	    e, "pipe: unexpected argument '%.60s'; at most two addresses",
	    words[n]);
}

/* Parses the proxy, which is used for every TCP connection that the pipe makes.
 */
static int read_proxy(const struct proxy_args *proxy, struct pipe_options *o,
		      struct err *e)
{
	struct err why;

	if (!proxy->proxy)
		return proxy->auth
			   ? err_usage(e, "pipe: --proxy-auth needs --proxy")
			   : 0;
	if ((o->listens || !endpoint_is_tcp(&o->at)) &&
	    !(o->has_addr2 && endpoint_is_tcp(&o->to)))
		return err_usage(
		    e, "pipe: --proxy needs a TCP address to connect to");
	if (proxy_parse_with_file(bytes_str(proxy->proxy), proxy->auth,
				  &o->proxy, &why))
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

int pipe_read_options(int argc, char **argv, struct pipe_options *o,
		      struct err *e)
{
	static const struct option longs[] = {
	    {"help", no_argument, NULL, OPTION_HELP},
	    {"proxy", required_argument, NULL, OPTION_PROXY},
	    {"proxy-auth", required_argument, NULL, OPTION_AUTH},
	    {NULL, 0, NULL, 0}};
	struct proxy_args proxy = {NULL, NULL};
	int option;

	*o = (struct pipe_options){.max_peers = 0};
	opterr = 0;
	optind = 0; /* glibc: restarts the scan */
	while ((option = getopt_long(argc, argv, "+:hlkNCvm:q:x:i:w:", longs,
				     NULL)) != -1)
		if (read_one(option, argv, o, &proxy, e))
			return -1;
	if (o->help)
		return 0;
	if (read_addresses(argv + optind, o, e) || read_proxy(&proxy, o, e))
		return -1;
	return pipe_options_check(o, e);
}
