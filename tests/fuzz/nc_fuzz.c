/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the command lines of `rung nc`, `rung ncat` and `rung pipe`: parsing
 * and planning, without files and without the network. Covers
 * src/pipe/pipe_options.c, the addresses of src/net, and src/nc except nc.c,
 * scan.c and nc_messages.c.
 *
 * Input: a byte for the program, then its words, each ended by a NUL.
 */
#include "rung/nc.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

/* Replaces getaddrinfo(3) of the C library: resolves localhost and numeric
 * addresses only. */
int getaddrinfo(const char *restrict host, const char *restrict port,
		const struct addrinfo *restrict hints,
		struct addrinfo **restrict found)
{
	static int (*real)(const char *, const char *, const struct addrinfo *,
			   struct addrinfo **);
	struct addrinfo numeric = *hints;

	if (!real) {
		void *at = dlsym(RTLD_NEXT, "getaddrinfo");

		memcpy(&real, &at, sizeof(real));
	}
	if (host && strcmp(host, "localhost") == 0 &&
	    !(hints->ai_flags & AI_NUMERICHOST))
		host = hints->ai_family == AF_INET6 ? "::1" : "127.0.0.1";
	numeric.ai_flags |= AI_NUMERICHOST;
	return real(host, port, &numeric, found);
}

/* Returns true for an option that takes a file name; the option may be
 * abbreviated. */
static bool names_a_file(const char *word)
{
	static const char *const options[] = {"--allowf", "--denyf",
					      "--proxy-a"};

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (strncmp(word, options[i], strlen(options[i])) == 0)
			return true;
	return false;
}

/* Splits the input into words. Allocates exactly the size of each word, so that
 * a sanitizer finds a read past its end. Result: number of words. */
static int split(const char *name, struct bytes in, bool files, char **words)
{
	int n = 0;

	words[n++] = xstrndup(bytes_str(name));
	while (in.len && n < WORDS_MAX) {
		size_t end = bytes_find_byte(in, 0, 0);
		char *word = xstrndup(bytes_head(in, end));

		in = bytes_skip(in, end < in.len ? end + 1 : in.len);
		if (!files && names_a_file(word))
			free(word);
		else
			words[n++] = word;
	}
	words[n] = NULL;
	return n;
}

/* Checks that an IPv4 address and its IPv4-mapped form are both accepted or
 * both refused. */
static void check_guard(const struct pipe_acl *guard)
{
	static const char *const hosts[] = {"127.0.0.1", "10.1.2.3", "0.0.0.0",
					    "255.255.255.255"};

	for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
		struct addr four = {.len = sizeof(four.u.in)}, six = four;

		six.len = sizeof(six.u.in6);
		four.u.sa.sa_family = AF_INET;
		six.u.sa.sa_family = AF_INET6;
		inet_pton(AF_INET, hosts[i], &four.u.in.sin_addr);
		memset(six.u.in6.sin6_addr.s6_addr + 10, 0xFF, 2);
		memcpy(six.u.in6.sin6_addr.s6_addr + 12, &four.u.in.sin_addr,
		       4);
		expect(guard->admits(guard, &four) ==
		       guard->admits(guard, &six));
	}
}

static void check_pipe(const struct pipe_options *p)
{
	expect(p->at.command.len || p->at.path_len || p->at.port[0]);
	expect(!p->has_addr2 || p->to.ops);
	expect(!p->proxied || endpoint_is_tcp(&p->at) ||
	       (p->has_addr2 && endpoint_is_tcp(&p->to)));
	expect(!p->proxied || p->proxy.at.ops);
}

static void check_nc(const struct nc_options *o)
{
	const struct pipe_options *p = &o->pipe;
	bool path = p->at.ops->family == AF_UNIX;

	check_pipe(p);
	expect(!p->listens || !o->scans);
	expect(p->listens || o->host);
	expect(p->listens || path || o->ports_count);
	for (size_t i = 0; i < o->ports_count; i++)
		expect(o->ports[i] || o->dialect == NC_NCAT);
	expect(p->has_addr2 == (o->command != NULL));
	expect(!p->has_addr2 || p->to.ops->runs);
	expect(!p->guard == !o->hosts);
	if (p->guard)
		check_guard(p->guard);
}

static int read_nc(enum nc_dialect dialect, struct bytes in, struct err *e)
{
	struct nc_options o;
	char *words[WORDS_MAX + 1], *sorted[WORDS_MAX + 1];
	int n = split(nc_names[dialect], in, dialect == NC_OPENBSD, words);
	int bad;

	/* Parse a copy: getopt(3) reorders the words. */
	memcpy(sorted, words, sizeof(*words) * (size_t)(n + 1));
	bad = nc_parse(dialect, n, sorted, &o, e);
	if (!bad && !o.help && !o.version)
		check_nc(&o);
	if (!bad)
		nc_fini(&o);
	else
		expect(strncmp(e->text,
			       dialect == NC_NCAT ? "Ncat: " : "nc: ", 4) == 0);
	while (n)
		free(words[--n]);
	return bad;
}

static int read_pipe(struct bytes in, struct err *e)
{
	struct pipe_options o;
	char *words[WORDS_MAX + 1];
	int n = split("pipe", in, false, words);
	int bad = pipe_read_options(&protocols_all, n, words, &o, e);
	pipe_options_fini(&o);

	if (!bad && !o.help)
		check_pipe(&o);
	else if (bad)
		expect(strncmp(e->text, "pipe: ", 6) == 0);
	proxy_fini(&o.proxy);
	while (n)
		free(words[--n]);
	return bad;
}

static int read_one(uint8_t program, struct bytes in, struct err *e)
{
	switch (program % 3) {
	case 0:
		return read_nc(NC_OPENBSD, in, e);
	case 1:
		return read_nc(NC_NCAT, in, e);
	default:
		return read_pipe(in, e);
	}
}

/* Parses twice: the results must be equal, which shows that getopt(3) kept no
 * state. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = {.kind = ERR_NONE}, again = e;
	struct bytes in = bytes_of(data + 1, size ? size - 1 : 0);
	int bad;

	if (!size)
		return 0;
	bad = read_one(data[0], in, &e);
	expect(bad == read_one(data[0], in, &again));
	expect(!bad || (e.kind != ERR_NONE && strcmp(e.text, again.text) == 0));
	return 0;
}
