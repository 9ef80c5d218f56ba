/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line of `rung pipe`.
 */
#include "rung/argv.h"
#include "rung/pipe.h"

#include <string.h>

#define MOST 100000u

enum {
	PIPE_LISTEN,
	PIPE_KEEP,
	PIPE_MAX_PEERS,
	PIPE_QUIT,
	PIPE_NO_SHUTDOWN,
	PIPE_CRLF,
	PIPE_LOG,
	PIPE_LINE_PAUSE,
	PIPE_WAIT,
	PIPE_PROXY,
	PIPE_AUTH,
	PIPE_VERBOSE,
	PIPE_HELP,
};

const struct param pipe_params[] = {
    [PIPE_LISTEN] = {.name = "-l",
		     .kind = PARAM_FLAG,
		     .brief = "listen; serve one peer and exit"},
    [PIPE_KEEP] = {.name = "-k",
		   .kind = PARAM_FLAG,
		   .brief =
		       "with -l: serve one peer after another; else send on "
		       "after the peer's FIN"},
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
	 .brief = "connect through http://[USER@]HOST:PORT, socks5://..., "
		  "socks4a://... or socks4://..."},
    [PIPE_AUTH] =
	{.name = "--proxy-auth",
	 .kind = PARAM_PATH,
	 .value = "FILE",
	 .brief = "read the proxy's USER:PASSWORD from the first line of FILE"},
    [PIPE_VERBOSE] = {.name = "-v",
		      .kind = PARAM_FLAG,
		      .brief = "report each address tried, and each peer"},
    [PIPE_HELP] = {.name = "--help",
		   .kind = PARAM_FLAG,
		   .brief = "print the usage"},
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

/* --proxy and --proxy-auth, parsed after all other options. */
struct proxy_args {
	const char *proxy, *auth;
};

static int take_option(int option, const struct argv *a, struct pipe_options *o,
		       struct proxy_args *proxy, struct err *e)
{
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
		proxy->proxy = a->value;
		break;
	case PIPE_AUTH:
		proxy->auth = a->value;
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
	static const char *const aliases[] = {"-h", "--help", NULL};
	struct argv a = {
	    .words = argv + (argc > 0),
	    .params = pipe_params,
	    .aliases = aliases,
	    .hint = "see 'rung pipe --help'",
	};
	struct proxy_args proxy = {NULL, NULL};
	struct err why;
	int option;

	*o = (struct pipe_options){.max_peers = 0};
	while ((option = argv_next(&a, &why)) != ARGV_END) {
		if (option == ARGV_BAD)
			return err_usage(e, "pipe: %s", why.text);
		if (take_option(option, &a, o, &proxy, e))
			return -1;
	}
	if (o->help)
		return 0;
	if (read_addresses(a.words, o, e) || read_proxy(&proxy, o, e))
		return -1;
	return pipe_options_check(o, e);
}
