/* SPDX-License-Identifier: ISC */
/*
 * Reads the options and the URL of a command line of curl. curl_words.c divides
 * the line, curl_send.c writes the request.
 */
#include "curl_own.h"

#include "rung/text.h"

#include <stdlib.h>
#include <string.h>

enum { WORD_SHOWN = 60 };

struct curl_option {
	const char *name;
	char letter; /* short option; NUL: none */
	bool
	    has_value; /* the value is the rest of the word, or the next word */
	enum curl_kind kind;
};

/* Sorted by name. Options that only choose what curl prints, or a version of
 * HTTP or TLS, are ignored. */
static const struct curl_option options[] = {
    {"--basic", '\0', false, CURL_IGNORED},
    {"--cacert", '\0', true, CURL_CACERT},
    {"--cert", 'E', true, CURL_CERT},
    {"--compressed", '\0', false, CURL_COMPRESSED},
    {"--connect-timeout", '\0', true, CURL_CONNECT_TIMEOUT},
    {"--connect-to", '\0', true, CURL_CONNECT_TO},
    {"--cookie", 'b', true, CURL_COOKIE},
    {"--data", 'd', true, CURL_DATA},
    {"--data-ascii", '\0', true, CURL_DATA},
    {"--data-binary", '\0', true, CURL_DATA_BINARY},
    {"--data-raw", '\0', true, CURL_DATA_RAW},
    {"--data-urlencode", '\0', true, CURL_DATA_URLENCODE},
    {"--fail", 'f', false, CURL_FAIL},
    {"--form", 'F', true, CURL_FORM},
    {"--form-string", '\0', true, CURL_FORM_STRING},
    {"--get", 'G', false, CURL_GET},
    {"--globoff", 'g', false, CURL_GLOBOFF},
    {"--head", 'I', false, CURL_HEAD},
    {"--header", 'H', true, CURL_HEADER},
    {"--http1.1", '\0', false, CURL_IGNORED},
    {"--http2", '\0', false, CURL_IGNORED},
    {"--http3", '\0', false, CURL_IGNORED},
    {"--include", 'i', false, CURL_INCLUDE},
    {"--insecure", 'k', false, CURL_INSECURE},
    {"--interface", '\0', true, CURL_INTERFACE},
    {"--ipv4", '4', false, CURL_IPV4},
    {"--ipv6", '6', false, CURL_IPV6},
    {"--json", '\0', true, CURL_JSON},
    {"--keepalive", '\0', false, CURL_IGNORED},
    {"--key", '\0', true, CURL_KEY},
    {"--location", 'L', false, CURL_LOCATION},
    {"--max-time", 'm', true, CURL_MAX_TIME},
    {"--no-buffer", 'N', false, CURL_IGNORED},
    {"--no-progress-meter", '\0', false, CURL_IGNORED},
    {"--oauth2-bearer", '\0', true, CURL_BEARER},
    {"--output", 'o', true, CURL_OUTPUT},
    {"--path-as-is", '\0', false, CURL_PATH_AS_IS},
    {"--progress-bar", '#', false, CURL_IGNORED},
    {"--proxy", 'x', true, CURL_PROXY},
    {"--proxy-user", 'U', true, CURL_PROXY_USER},
    {"--range", 'r', true, CURL_RANGE},
    {"--referer", 'e', true, CURL_REFERER},
    {"--request", 'X', true, CURL_METHOD},
    {"--resolve", '\0', true, CURL_RESOLVE},
    {"--show-error", 'S', false, CURL_SHOW_ERROR},
    {"--show-headers", '\0', false, CURL_INCLUDE},
    {"--silent", 's', false, CURL_SILENT},
    {"--tcp-nodelay", '\0', false, CURL_IGNORED},
    {"--tlsv1", '1', false, CURL_IGNORED},
    {"--tlsv1.2", '\0', false, CURL_IGNORED},
    {"--tlsv1.3", '\0', false, CURL_IGNORED},
    {"--unix-socket", '\0', true, CURL_UNIX_SOCKET},
    {"--url", '\0', true, CURL_URL},
    {"--user", 'u', true, CURL_USER},
    {"--user-agent", 'A', true, CURL_AGENT},
    {"--verbose", 'v', false, CURL_VERBOSE},
};

enum { OPTIONS = sizeof(options) / sizeof(options[0]) };

int curl_report(struct bytes text, const char *why, struct err *e)
{
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(text, WORD_SHOWN));
	err_usage(e, "curl: %s '%s'", why, buf_cstr(&shown.buf));
	text_fini(&shown);
	return -1;
}

static const struct curl_option *find_name(struct bytes name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (bytes_is(name, options[i].name))
			return &options[i];
	return NULL;
}

static const struct curl_option *find_letter(uint8_t letter)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (options[i].letter && (uint8_t)options[i].letter == letter)
			return &options[i];
	return NULL;
}

/* Takes the next word. Result: false: there is none. */
static bool take_word(struct bytes *rest, struct bytes *word)
{
	if (!rest->len)
		return false;
	*word = bytes_head(*rest, bytes_find_byte(*rest, '\0', 0));
	*rest = bytes_skip(*rest, word->len + 1);
	return true;
}

static void add_item(struct curl_request *r, enum curl_kind kind,
		     struct bytes value)
{
	if (kind < CURL_FLAGS)
		r->flags |= 1ul << kind;
	r->items = xrealloc(r->items, r->count + 1, sizeof *r->items);
	r->items[r->count++] = (struct curl_item){kind, value};
}

static int add_option(struct curl_request *r, const struct curl_option *option,
		      struct bytes *rest, struct err *e)
{
	struct bytes value = BYTES("");
	if (option->has_value && !take_word(rest, &value))
		return err_usage(e, "curl: %s needs a value", option->name);
	add_item(r, option->kind, value);
	return 0;
}

/* Reads `--name`, or `--no-name`, which clears a flag. */
static int read_long(struct curl_request *r, struct bytes word,
		     struct bytes *rest, struct err *e)
{
	const struct curl_option *option = find_name(word);
	struct buf name = {.limit = WORD_SHOWN};
	if (option)
		return add_option(r, option, rest, e);
	if (bytes_starts(word, BYTES("--no-"))) {
		buf_puts(&name, "--");
		buf_put(&name, bytes_skip(word, 5));
		option = find_name(buf_bytes(&name));
		buf_fini(&name);
	}
	if (!option || option->has_value)
		return curl_report(word, "unknown or unsupported option", e);
	if (option->kind < CURL_FLAGS)
		r->flags &= ~(1ul << option->kind);
	return 0;
}

/* Reads letters such as `-sXPOST`. */
static int read_letters(struct curl_request *r, struct bytes word,
			struct bytes *rest, struct err *e)
{
	for (size_t i = 1; i < word.len; i++) {
		const struct curl_option *option = find_letter(word.at[i]);
		uint8_t name[2] = {'-', word.at[i]};
		if (!option)
			return curl_report(bytes_of(name, 2),
					   "unknown or unsupported option", e);
		if (option->has_value && i + 1 < word.len) {
			add_item(r, option->kind, bytes_skip(word, i + 1));
			return 0;
		}
		if (add_option(r, option, rest, e))
			return -1;
	}
	return 0;
}

static int read_words(struct curl_request *r, struct err *e)
{
	struct bytes rest = buf_bytes(&r->words), word;
	bool operands = false; /* `--` has ended the options */
	int bad = 0;
	while (!bad && take_word(&rest, &word)) {
		if (operands || word.len < 2 || word.at[0] != '-')
			add_item(r, CURL_URL, word);
		else if (bytes_is(word, "--"))
			operands = true;
		else if (word.at[1] == '-')
			bad = read_long(r, word, &rest, e);
		else
			bad = read_letters(r, word, &rest, e);
	}
	return bad;
}

/* ---- URL ---- */

/* Takes the scheme; without one it is http. */
static int take_scheme(struct curl_request *r, struct bytes *url, struct err *e)
{
	size_t mark = bytes_find(*url, BYTES("://"), 0);
	size_t slash = bytes_find_byte(*url, '/', 0);
	if (mark == BYTES_NOT_FOUND || slash < mark)
		return 0;
	struct bytes scheme = bytes_head(*url, mark);
	r->tls = bytes_is_caseless(scheme, "https");
	if (!r->tls && !bytes_is_caseless(scheme, "http"))
		return curl_report(scheme, "unsupported scheme", e);
	*url = bytes_skip(*url, mark + 3);
	return 0;
}

/* Appends the part of a URL after the host to r->url. Without -g, brackets and
 * braces are an error unless a backslash quotes them: curl would expand them to
 * several URLs. As curl does, encodes bytes that are not ASCII in the path, but
 * not in the query. */
static int unglob(struct curl_request *r, struct bytes tail, struct err *e)
{
	bool glob = !curl_has(r, CURL_GLOBOFF), query = false;
	for (size_t i = 0; i < tail.len; i++) {
		uint8_t c = tail.at[i];
		uint8_t next = i + 1 < tail.len ? tail.at[i + 1] : '\0';
		if (c <= ' ' || c == 0x7F)
			return curl_report(tail,
					   "blank or control character in the "
					   "URL",
					   e);
		if (glob && strchr("[]{}", c))
			return curl_report(
			    tail,
			    "the URL has a pattern; use -g if it "
			    "is text:",
			    e);
		if (glob && c == '\\' && next && strchr("[]{}", next))
			c = tail.at[++i];
		query |= c == '?';
		if (c > 0x7F && !query)
			buf_printf(&r->url, "%%%02x", c);
		else
			buf_putc(&r->url, c);
	}
	return 0;
}

/* Removes the last segment that has been written. */
static void drop_segment(struct buf *out)
{
	while (buf_len(out) && buf_bytes(out).at[buf_len(out) - 1] != '/')
		buf_truncate(out, buf_len(out) - 1);
	if (buf_len(out))
		buf_truncate(out, buf_len(out) - 1);
}

/* Appends a path, which begins with a slash, without its dot segments (RFC 3986
 * §5.2.4). */
static void put_path(struct bytes path, struct buf *out)
{
	while (path.len) {
		size_t end = bytes_find_byte(path, '/', 1);
		struct bytes segment = bytes_head(path, end);
		bool last = segment.len == path.len;
		path = bytes_skip(path, segment.len);
		if (bytes_is(segment, "/..")) {
			drop_segment(out);
			buf_puts(out, last ? "/" : "");
		} else if (bytes_is(segment, "/.")) {
			buf_puts(out, last ? "/" : "");
		} else {
			buf_put(out, segment);
		}
	}
}

/* Sets r->path to the path and query, without the fragment. */
static int read_tail(struct curl_request *r, struct bytes tail, struct err *e)
{
	struct buf raw = {.limit = 3 * tail.len + 1};
	tail = bytes_head(tail, bytes_find_byte(tail, '#', 0));
	if (!tail.len || tail.at[0] != '/')
		buf_putc(&raw, '/');
	if (unglob(r, tail, e)) {
		buf_fini(&raw);
		return -1;
	}
	buf_put(&raw, buf_bytes(&r->url));
	buf_clear(&r->url);
	struct bytes all = buf_bytes(&raw);
	struct bytes path = bytes_head(all, bytes_find_byte(all, '?', 0));
	if (curl_has(r, CURL_PATH_AS_IS))
		buf_put(&r->url, path);
	else
		put_path(path, &r->url);
	buf_put(&r->url, bytes_skip(all, path.len));
	buf_fini(&raw);
	r->path = buf_bytes(&r->url);
	return 0;
}

/* Removes the default port, which curl leaves out of `Host`. */
static struct bytes without_port(struct bytes host, bool tls)
{
	const char *port = tls ? ":443" : ":80";
	size_t n = strlen(port);
	if (host.len > n && bytes_is(bytes_skip(host, host.len - n), port))
		return bytes_head(host, host.len - n);
	return host;
}

static int read_url(struct curl_request *r, struct bytes url, struct err *e)
{
	if (take_scheme(r, &url, e))
		return -1;
	struct bytes host = bytes_before(url, "/?#");
	struct bytes tail = bytes_skip(url, host.len);
	size_t at = BYTES_NOT_FOUND;
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] == '@')
			at = i;
	if (at != BYTES_NOT_FOUND) {
		r->userinfo = bytes_head(host, at);
		host = bytes_skip(host, at + 1);
	}
	for (size_t i = 0; i < host.len; i++)
		if (host.at[i] <= ' ' || strchr("\\{}\x7F", host.at[i]))
			host.len = 0;
	if (!host.len)
		return curl_report(url, "no valid host in the URL", e);
	r->host = without_port(host, r->tls);
	return read_tail(r, tail, e);
}

int curl_read(struct curl_request *r, struct bytes line, struct err *e)
{
	struct bytes url = BYTES_NONE;
	size_t urls = 0;
	buf_init(&r->words, 2 * line.len + 1);
	buf_init(&r->url, 3 * line.len + 1);
	if (curl_split(line, &r->words, e) || read_words(r, e))
		return -1;
	for (size_t i = 0; i < r->count; i++)
		urls += r->items[i].kind == CURL_URL;
	if (!curl_value(r, CURL_URL, &url))
		return err_usage(e, "curl: the line has no URL");
	if (urls > 1)
		return curl_report(url, "more than one URL:", e);
	return read_url(r, url, e);
}

void curl_free(struct curl_request *r)
{
	free(r->items);
	buf_fini(&r->words);
	buf_fini(&r->url);
	*r = (struct curl_request){.items = NULL};
}

bool curl_value(const struct curl_request *r, enum curl_kind kind,
		struct bytes *value)
{
	for (size_t i = r->count; i-- > 0;)
		if (r->items[i].kind == kind) {
			*value = r->items[i].value;
			return true;
		}
	return false;
}
