/* SPDX-License-Identifier: ISC */
/*
 * `curl`: runs a command line of curl, as copied from a browser. The command
 * line becomes `connect` and `request`, which -v prints; a session to the same
 * server is used again.
 */
#include "rung/codec/curl.h"
#include "rung/cmd.h"
#include "rung/codec/form.h"
#include "rung/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE, END };
static const struct param params[] = {
    [LINE] = {.name = "OPTIONS URL",
	      .kind = PARAM_REST_OF_LINE,
	      .flags = PARAM_REQUIRED | PARAM_CONTINUED,
	      .brief = "a command line of curl, for bash or cmd"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_curl = {
    .name = "curl",
    .group = "traffic",
    .brief = "run a command line of curl, as copied from a browser",
    .help =
	"Connect and send the request that curl would send. The rest of the "
	"line is read as bash does, or as cmd does if it has ^\"; a line that "
	"ends with \\ or ^ continues.\n"
	"\n"
	"    listen unix://web as s\n"
	"    @s climb http\n"
	"    @s on message 'respond 200 $message'\n"
	"    curl -i --unix-socket web 'http://localhost/a?b' -H 'X-Id: 7'\n"
	"\n"
	"The session stays open, and the next curl to the same server uses it. "
	"-v prints the commands that are run. rung expands no $ in the "
	"line.\n",
    .params = params,
    .run = run,
};

#define DATA_FILE_MAX ((size_t)16 << 20)

/* Reads the file of an option such as -d @FILE. */
static int read_file(void *context, struct bytes path, struct buf *out,
		     struct err *e)
{
	char *name = xstrndup(path);
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int status = 0;
	(void)context;
	if (fd < 0 || fstat(fd, &st) < 0)
		status = err_set(e, ERR_IO, errno, "%.180s: %s", name,
				 err_strerror(errno));
	else if (!S_ISREG(st.st_mode) || (size_t)st.st_size > DATA_FILE_MAX)
		status = err_usage(
		    e,
		    "%.180s: not a regular file of at most %zu bytes; "
		    "use 'request -d @FILE'",
		    name, DATA_FILE_MAX);
	while (!status) {
		uint8_t *at = buf_reserve(out, 65536);
		ssize_t n = at ? read(fd, at, 65536) : -1;
		if (n < 0)
			status = err_set(e, ERR_IO, errno, "%.180s: %s", name,
					 err_strerror(errno));
		if (n <= 0)
			break;
		buf_commit(out, (size_t)n);
	}
	if (fd >= 0)
		close(fd);
	free(name);
	return status;
}

/* The parts of a command line that is being translated. */
struct translation {
	struct curl_request request;
	struct buf data, fields, target, boundary;
	struct buf out; /* commands */
};

static void put_word(struct translation *t, const char *before,
		     struct bytes word)
{
	buf_puts(&t->out, before);
	words_quote_text(word, &t->out);
}

/* Splits HOST[:PORT]; an IPv6 address is in brackets. */
static void split_host(struct bytes text, struct bytes *host,
		       struct bytes *port)
{
	size_t close = text.len && text.at[0] == '['
			   ? bytes_find_byte(text, ']', 0)
			   : 0;
	size_t colon = bytes_find_byte(text, ':',
				       close == BYTES_NOT_FOUND ? 0 : close);
	*host = bytes_head(text, colon);
	*port = bytes_skip(text, host->len + 1);
	if (host->len > 1 && host->at[0] == '[')
		*host = bytes_of(host->at + 1, host->len - 2);
}

/* Finds an open client of the same server whose rungs are those of the URL, and
 * whose certificate was verified unless the line has -k. NULL: none. */
static struct session *find_session(const struct call *call,
				    const struct curl_request *r)
{
	const struct protocols *p = call->shell->protocols;
	const struct rung_ops *http = protocols_rung(p, BYTES("http"));
	const struct rung_ops *tls = protocols_rung(p, BYTES("tls"));
	struct bytes host, port, other;
	if (curl_value(r, CURL_UNIX_SOCKET, &other) ||
	    curl_value(r, CURL_PROXY, &other) ||
	    curl_value(r, CURL_CACERT, &other) ||
	    curl_value(r, CURL_CERT, &other))
		return NULL;
	split_host(r->host, &host, &port);
	if (!port.len)
		port = r->tls ? BYTES("443") : BYTES("80");
	for (struct session *s = NULL;
	     (s = hub_match(call->shell->hub, BYTES("*"), s)) != NULL;)
		if (s->role == ROLE_CLIENT && s->endpoint &&
		    session_state(s) == SESSION_OPEN &&
		    !session_rung_is_over(s) && session_top_rung(s) == http &&
		    session_has_rung(s, tls) == r->tls &&
		    (!session_warning(s) || curl_has(r, CURL_INSECURE)) &&
		    bytes_is(host, s->endpoint->host) &&
		    bytes_is(port, s->endpoint->port))
			return s;
	return NULL;
}

/* Appends `connect ...`, with the options that belong to the connection. */
static void put_connect(struct translation *t)
{
	static const struct {
		enum curl_kind kind;
		const char *option;
	} rows[] = {
	    {CURL_CACERT, " --ca "},        {CURL_CERT, " --cert "},
	    {CURL_KEY, " --key "},          {CURL_PROXY, " --proxy "},
	    {CURL_CONNECT_TIMEOUT, " -t "},
	};
	const struct curl_request *r = &t->request;
	struct buf address = {.limit = BUF_SMALL};
	struct bytes value;
	bool local = curl_value(r, CURL_UNIX_SOCKET, &value);
	buf_puts(&address, local ? "unix://" : r->tls ? "https://" : "http://");
	buf_put(&address, local ? value : r->host);
	put_word(t, "connect ", buf_bytes(&address));
	buf_fini(&address);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (curl_value(r, rows[i].kind, &value))
			put_word(t, rows[i].option, value);
	if (r->tls && curl_has(r, CURL_INSECURE) && !local)
		buf_puts(&t->out, " --insecure");
	buf_puts(&t->out, "; ");
	if (local)
		buf_puts(&t->out, r->tls ? "climb https; " : "climb http; ");
}

/* Fields that `request` adds unless they are given. */
static const char *const defaults[] = {"Host", "User-Agent", "Accept",
				       "Accept-Encoding", "Content-Type"};
enum { DEFAULTS = sizeof defaults / sizeof *defaults };

/* Appends the fields of curl, and removes the defaults that curl lacks. */
static void put_fields(struct translation *t)
{
	struct bytes rest = buf_bytes(&t->fields);
	bool found[DEFAULTS] = {false};
	while (rest.len) {
		struct bytes line = bytes_head(
		    rest, bytes_find(rest, BYTES("\r\n"), 0));
		struct bytes name = bytes_before(line, ":");
		rest = bytes_skip(rest, line.len + 2);
		for (size_t i = 0; i < DEFAULTS; i++)
			found[i] |= bytes_is_caseless(name, defaults[i]);
		/* `request` adds it. */
		if (bytes_is_caseless(name, "content-length"))
			continue;
		/* `Name:` would take a field off, `Name;` sends it empty. */
		if (bytes_trim(bytes_skip(line, name.len + 1)).len) {
			put_word(t, " -H ", line);
			continue;
		}
		struct buf empty = {.limit = BUF_SMALL};
		buf_put(&empty, name);
		buf_putc(&empty, ';');
		put_word(t, " -H ", buf_bytes(&empty));
		buf_fini(&empty);
	}
	for (size_t i = 0; i < DEFAULTS; i++)
		if (!found[i])
			buf_printf(&t->out, " -H %s:", defaults[i]);
}

/* Appends `request ...`. */
static void put_request(struct translation *t)
{
	static const struct {
		enum curl_kind kind;
		const char *option;
	} flags[] = {{CURL_INCLUDE, " -i"}, {CURL_FAIL, " -f"}};
	const struct curl_request *r = &t->request;
	struct bytes method = curl_method(r), value;
	buf_puts(&t->out, "request");
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (curl_has(r, flags[i].kind))
			buf_puts(&t->out, flags[i].option);
	/* The answer to HEAD has no body: print its head. */
	if (bytes_is(method, "HEAD") && !curl_has(r, CURL_INCLUDE))
		buf_puts(&t->out, " -i");
	if (curl_value(r, CURL_OUTPUT, &value))
		put_word(t, " -o ", value);
	if (curl_value(r, CURL_MAX_TIME, &value))
		put_word(t, " -t ", value);
	put_fields(t);
	if (buf_len(&t->data) && !curl_has(r, CURL_GET))
		put_word(t, " -d ", buf_bytes(&t->data));
	put_word(t, " ", method);
	put_word(t, " ", buf_bytes(&t->target));
}

/* Prints a notice for each option that has no effect here. */
static void note_ignored(struct call *call, const struct curl_request *r)
{
	static const struct {
		enum curl_kind kind;
		const char *option;
	} rows[] = {
	    {CURL_LOCATION, "-L"},
	    {CURL_IPV4, "-4"},
	    {CURL_IPV6, "-6"},
	    {CURL_INTERFACE, "--interface"},
	    {CURL_RESOLVE, "--resolve"},
	    {CURL_CONNECT_TO, "--connect-to"},
	    {CURL_PROXY_USER, "--proxy-user"},
	};
	struct bytes value;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].kind < CURL_FLAGS
			? curl_has(r, rows[i].kind)
			: curl_value(r, rows[i].kind, &value))
			call_notice(call, "%s has no effect here",
				    rows[i].option);
}

/* Returns true if the line asks for the help of this command. */
static bool asks_for_help(struct bytes line)
{
	line = bytes_trim(line);
	return bytes_is(line, "-h") || bytes_is(line, "--help");
}

static int translate(struct call *call, struct translation *t, struct err *e)
{
	const struct curl_files files = {.read = read_file};
	struct curl_request *r = &t->request;
	uint8_t random[FORM_RANDOM];
	random_bytes(random, sizeof random);
	form_put_boundary(random, &t->boundary);
	struct bytes boundary = buf_bytes(&t->boundary);
	if (curl_read(r, args_text(&call->args, LINE), e) ||
	    curl_put_data(r, boundary, &files, &t->data, e) ||
	    curl_put_fields(r, buf_bytes(&t->data), boundary, &t->fields, e) ||
	    curl_put_target(r, buf_bytes(&t->data), &t->target))
		return -1;
	note_ignored(call, r);
	struct session *s = find_session(call, r);
	if (s)
		buf_printf(&t->out, "@%s ", s->name);
	else
		put_connect(t);
	put_request(t);
	return 0;
}

static enum cmd_status run(struct call *call)
{
	struct translation t = {.request = {.items = NULL}};
	struct program *body = NULL;
	struct err e;
	enum cmd_status status;
	t.data.limit = t.out.limit = SIZE_MAX / 8;
	t.fields.limit = t.target.limit = t.boundary.limit = BUF_SMALL;
	if (asks_for_help(args_text(&call->args, LINE)))
		body = call_parse(call, BYTES("help curl"), &e);
	else if (translate(call, &t, &e) == 0)
		body = call_parse(call, buf_bytes(&t.out), &e);
	if (body)
		status = call_run_body(call, body);
	else
		/* The name of the command stands before the error, too. */
		status = call_error(
		    call, e.kind, "%s",
		    e.text + (strncmp(e.text, "curl: ", 6) == 0 ? 6 : 0));
	program_unref(body);
	curl_free(&t.request);
	buf_fini(&t.data);
	buf_fini(&t.fields);
	buf_fini(&t.target);
	buf_fini(&t.boundary);
	buf_fini(&t.out);
	return status;
}
