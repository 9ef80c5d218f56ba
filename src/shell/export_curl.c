/* SPDX-License-Identifier: ISC */
/*
 * Writes a request of HTTP as a command line of curl, for `export`. export.c
 * writes the lines for rung and nc, codec/curl_line.c quotes the words.
 */
#include "replay_own.h"
#include "rung/codec/curl.h"
#include "rung/transport.h"

#include <string.h>

/* The rungs below the request, as far as curl has the same. */
struct rungs_found {
	bool tls, http, insecure;
	bool other;       /* a rung or an option that curl has not */
	struct bytes sni; /* quoted, as in the command */
};

/* Takes the next word of a command; a quoted word keeps its quotes. */
static struct bytes next_word(struct bytes *line)
{
	bool quoted = false;
	size_t n = 0;
	while (line->len && line->at[0] == ' ')
		*line = bytes_skip(*line, 1);
	for (; n < line->len && (quoted || line->at[n] != ' '); n++) {
		if (line->at[n] == '"')
			quoted = !quoted;
		else if (quoted && line->at[n] == '\\')
			n++;
	}
	struct bytes word = bytes_head(*line, n);
	*line = bytes_skip(*line, n);
	return word;
}

static void read_tls(struct bytes words, struct rungs_found *found)
{
	struct bytes word;
	found->tls = true;
	while ((word = next_word(&words)).len) {
		if (bytes_is(word, "--insecure"))
			found->insecure = true;
		else if (bytes_is(word, "--sni"))
			found->sni = next_word(&words);
		else if (bytes_is(word, "--alpn"))
			found->other |= !bytes_is(next_word(&words),
						  "\"http/1.1\"");
		else
			found->other = true;
	}
}

/* Reads the commands of a JOURNAL_LADDER. */
static struct rungs_found read_rungs(struct bytes commands)
{
	struct rungs_found found = {.tls = false};
	while (commands.len) {
		struct bytes line = bytes_before(commands, "\n");
		commands = bytes_skip(commands, line.len + 1);
		if (bytes_starts(line, BYTES("climb tls")) && !found.tls)
			read_tls(bytes_skip(line, strlen("climb tls")), &found);
		else if (bytes_is(line, "climb http") && !found.http)
			found.http = true;
		else
			found.other = true;
	}
	return found;
}

/* Returns true if TLS asks for the host of the address, as curl does. */
static bool is_same_name(const struct rungs_found *rungs,
			 const struct endpoint *to)
{
	struct buf host = {.limit = BUF_SMALL};
	words_quote_text(bytes_str(to->host), &host);
	bool same = !rungs->sni.len ||
		    bytes_equal(rungs->sni, buf_bytes(&host));
	buf_fini(&host);
	return same;
}

/* Appends SCHEME://HOST[:PORT]; without a host for a Unix socket. */
static void put_origin(const struct endpoint *to, bool tls, struct buf *out)
{
	bool v6 = strchr(to->host, ':') != NULL;
	buf_puts(out, tls ? "https://" : "http://");
	if (to->path_len)
		return;
	buf_printf(out, v6 ? "[%s]" : "%s",
		   to->host[0] ? to->host : "localhost");
	if (strcmp(to->port, tls ? "443" : "80") != 0)
		buf_printf(out, ":%s", to->port);
}

static void put_line(const struct endpoint *to, struct bytes message,
		     const struct rungs_found *rungs, struct buf *out)
{
	struct buf url = {.limit = SIZE_MAX / 8};
	size_t before = buf_len(out);
	struct err e;
	put_origin(to, rungs->tls, &url);
	struct curl_sent sent = {
	    .url = buf_bytes(&url),
	    .unix_socket = bytes_of(to->path, to->path_len),
	    .insecure = rungs->insecure,
	};
	if (curl_put_message(&sent, message, out, &e)) {
		buf_truncate(out, before);
		buf_printf(out, "# curl: %s", e.text);
	}
	buf_putc(out, '\n');
	buf_fini(&url);
}

/* Returns curl's missing feature; NULL: none. */
static const char *find_lack(const struct endpoint *to,
			     const struct rungs_found *rungs)
{
	const char *scheme = to->ops->scheme;
	if (rungs->other)
		return "has no equivalent of these options";
	if ((strcmp(scheme, "tcp") != 0 && strcmp(scheme, "unix") != 0) ||
	    (to->path_len && !to->path[0]))
		return "has no such addresses";
	if (!is_same_name(rungs, to))
		return "has no equivalent of --to and --sni";
	return NULL;
}

void export_curl(const struct log_entry *sent,
		 const struct journal_entry *created,
		 const struct journal_entry *ladder, struct buf *out)
{
	struct rungs_found rungs = read_rungs(ladder ? replay_text(ladder)
						     : BYTES_NONE);
	struct endpoint to;
	if (!rungs.http || sent->flags & UNIT_RAW ||
	    endpoint_parse(replay_text(created), &to, NULL))
		return;
	rungs.other |= *replay_options(created) != '\0';
	const char *lack = find_lack(&to, &rungs);
	if (lack)
		buf_printf(out, "# curl %s\n", lack);
	else
		put_line(&to, sent->data, &rungs, out);
}
