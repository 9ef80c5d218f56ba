/* SPDX-License-Identifier: ISC */
/*
 * Writes two command lines for a POSIX shell that send a message again: one
 * with rung, which also checks the reply, and one with printf and nc.
 * export_curl.c adds one with curl, replay.c writes whole scripts.
 */
#include "replay_own.h"
#include "rung/text.h"
#include "rung/transport.h"

#include <string.h>

/* Maximum length of the line with rung; less than the kernel's limit for one
 * argument (128 KiB on Linux). */
#define LINE_MAX_BYTES ((size_t)96 << 10)
/* Maximum number of bytes of a reply that an exported `expect` checks. */
#define ANSWER_MAX ((size_t)1024)

/* A message sent, and the data received after it. */
struct exchange {
	struct log_entry sent;
	const struct journal_entry *created, *rungs;
	bool stream;
	struct buf answer; /* stream data, or the first message */
	bool answered;
};

/* Quotes a word for sh. In single quotes, only the single quote is special. */
static void put_shell(struct bytes word, struct buf *out)
{
	buf_putc(out, '\'');
	for (size_t i = 0; i < word.len; i++) {
		if (word.at[i] == '\'')
			buf_puts(out, "'\\''");
		else
			buf_putc(out, word.at[i]);
	}
	buf_putc(out, '\'');
}

/* Appends the data as a quoted format for printf(1). Unprintable and special
 * bytes become escapes. */
static void put_format(struct bytes data, struct buf *out)
{
	buf_putc(out, '\'');
	for (size_t i = 0; i < data.len; i++) {
		uint8_t c = data.at[i];
		if (c == '\n' || c == '\r' || c == '\t')
			buf_printf(out, "\\%c",
				   c == '\n'   ? 'n'
				   : c == '\r' ? 'r'
					       : 't');
		else if (c == '%')
			buf_puts(out, "%%");
		else if (c < ' ' || c > '~' || c == '\'' || c == '\\' ||
			 (c == '-' && i == 0))
			buf_printf(out, "\\%03o", c);
		else
			buf_putc(out, c);
	}
	buf_putc(out, '\'');
}

/* Returns true if a terminal displays the word unchanged and on one line. */
static bool is_printable(struct bytes word)
{
	uint32_t rune;
	int n;
	while ((n = utf8_next(word, &rune)) > 0 && utf8_is_printable(rune))
		word = bytes_skip(word, (size_t)n);
	return !word.len;
}

/* Returns the number of journal entries before the message `number`. */
static size_t entries_before(const struct journal *c, uint64_t number)
{
	const struct journal_entry *d;
	size_t n = 0;
	while ((d = journal_get(c, n)) && d->after < number)
		n++;
	return n;
}

/* Returns true if the message belongs to a client. Messages of peers cannot be
 * exported. */
static bool is_clients(const struct journal *c, const struct log_entry *entry)
{
	const struct journal_entry *created = replay_entry(
	    c, entries_before(c, entry->number), JOURNAL_CREATED,
	    entry->log_id);
	return created && created->role == ROLE_CLIENT;
}

static int find_sent(const struct log *log, const struct journal *c,
		     uint64_t number, unsigned only, struct log_entry *out,
		     struct err *e)
{
	uint64_t first = 1, last = 0;
	struct log_entry asked = {.number = 0};
	log_range(log, &first, &last);
	if (number && !log_find(log, number, &asked))
		return err_set(e, ERR_USAGE, 0, "no message #%llu in the log",
			       (unsigned long long)number);
	if (number && !is_clients(c, &asked))
		return err_set(e, ERR_USAGE, 0,
			       "#%llu belongs to %s, which is not a client",
			       (unsigned long long)number, asked.session);
	for (uint64_t at = number ? number : last; at >= first && at; at--) {
		if (!log_find(log, at, out) || out->dir != DIR_DOWN ||
		    unit_is_control(out->kind))
			continue;
		if (number
			? out->log_id == asked.log_id
			: (!only || out->log_id == only) && is_clients(c, out))
			return 0;
	}
	return err_set(e, ERR_USAGE, 0,
		       number ? "no earlier message was sent by that session"
			      : "no client has sent a message yet");
}

/* Collects the data received after this message and before the session's next
 * sent message. */
static void find_answer(const struct log *log, struct exchange *x)
{
	struct log_entry entry;
	for (uint64_t at = x->sent.number + 1; log_find(log, at, &entry);
	     at++) {
		if (entry.log_id != x->sent.log_id ||
		    unit_is_control(entry.kind))
			continue;
		if (entry.dir == DIR_DOWN || buf_len(&x->answer) >= ANSWER_MAX)
			return;
		x->answered = true;
		buf_put(&x->answer, bytes_head(entry.data, ANSWER_MAX));
		if (!x->stream)
			return;
	}
}

/* Appends the command for each rung, and for the line ending that they add. */
static void put_rungs(const struct journal_entry *ladder, struct buf *out)
{
	struct bytes left = ladder ? replay_text(ladder) : BYTES_NONE;
	const char *eol = left.len ? replay_eol(ladder, NULL) : NULL;
	while (left.len) {
		size_t end = bytes_find_byte(left, '\n', 0);
		buf_puts(out, "; ");
		buf_put(out, bytes_head(left, end));
		left = bytes_skip(left, end + 1);
	}
	if (eol)
		buf_printf(out, "; eol %s", eol);
}

static void put_rung(const struct exchange *x, struct buf *out)
{
	struct buf line = {.limit = SIZE_MAX};
	struct bytes answer = buf_bytes(&x->answer);
	buf_printf(&line, "connect %s", replay_options(x->created));
	words_quote(replay_text(x->created), &line);
	put_rungs(x->rungs, &line);
	buf_printf(&line, "; send %s",
		   x->sent.flags & UNIT_RAW && !x->stream ? "-r " : "");
	replay_sent(x->sent.data, &line);
	if (x->answered) {
		buf_puts(&line, "; expect -p ");
		if (x->stream)
			words_quote_text(bytes_head(answer, ANSWER_MAX), &line);
		else
			replay_whole(answer, answer.len == ANSWER_MAX, &line);
	}
	buf_puts(out, "rung -e ");
	put_shell(buf_bytes(&line), out);
	buf_putc(out, '\n');
	buf_fini(&line);
}

/* Returns the options for nc, or NULL and *lacks: nc's missing feature. */
static const char *nc_options(const struct endpoint *to, const char **lacks)
{
	static const char *const known[][2] = {
	    {"tcp", "-w 2"},      {"tcp4", "-4 -w 2"},
	    {"tcp6", "-6 -w 2"},  {"udp", "-u -w 2"},
	    {"udp4", "-4u -w 2"}, {"udp6", "-6u -w 2"},
	    {"unix", "-U -w 2"},  {"unix-dgram", "-Uu -w 2"},
	};
	if (to->path_len && memchr(to->path + 1, '\0', to->path_len - 1)) {
		*lacks = "names with NUL";
		return NULL;
	}
	*lacks = "such addresses";
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i][0], to->ops->scheme) == 0)
			return known[i][1];
	return NULL;
}

/* Appends nc's argument for the host or the Unix path. OpenBSD's nc writes a
 * Linux abstract name as @NAME, as rung does; a path never begins with @. */
static void put_nc_name(const struct endpoint *to, struct buf *out)
{
	if (!to->path_len)
		buf_puts(out, to->host[0] ? to->host : "localhost");
	else if (to->path[0])
		buf_put(out, bytes_of(to->path, to->path_len));
	else {
		buf_putc(out, '@');
		buf_put(out, bytes_of(to->path + 1, to->path_len - 1));
	}
}

/* Appends the line with printf and nc. An unprintable path or name is written
 * as a call of printf(1). The call appends a dot, because $() would remove a
 * trailing newline. */
static void put_nc_line(const struct exchange *x, const struct endpoint *to,
			const char *options, struct buf *out)
{
	struct buf argument = {.limit = BUF_SMALL};
	put_nc_name(to, &argument);
	struct bytes name = buf_bytes(&argument);
	bool plain = is_printable(name);
	if (!plain) {
		buf_puts(out, "to=$(printf ");
		put_format(name, out);
		buf_truncate(out, buf_len(out) - 1);
		buf_puts(out, ".'); ");
	}
	buf_puts(out, "printf ");
	put_format(x->sent.data, out);
	buf_printf(out, " | nc %s %s", options, name.at[0] == '-' ? "-- " : "");
	if (plain)
		put_shell(name, out);
	else
		buf_puts(out, "\"${to%.}\"");
	if (!to->path_len)
		buf_printf(out, " %s", to->port);
	buf_putc(out, '\n');
	buf_fini(&argument);
}

static void put_nc(const struct exchange *x, struct buf *out)
{
	struct endpoint to;
	const char *options = NULL, *lacks = "such addresses";
	bool plain = !*replay_options(x->created);
	bool has_rungs = x->rungs && x->rungs->text_len &&
			 !(x->sent.flags & UNIT_RAW);
	if (!plain)
		lacks = "equivalent of these options";
	else if (endpoint_parse(replay_text(x->created), &to, NULL) == 0)
		options = nc_options(&to, &lacks);
	if (!options || has_rungs) {
		buf_printf(out, "# nc has no %s\n",
			   has_rungs ? "rungs" : lacks);
		return;
	}
	put_nc_line(x, &to, options, out);
}

int replay_lines(const struct log *log, const struct journal *journal,
		 uint64_t number, unsigned only, struct buf *out, struct err *e)
{
	struct exchange x = {.answer = {.limit = 2 * LOG_MESSAGE_MAX}};
	if (find_sent(log, journal, number, only, &x.sent, e))
		return -1;
	size_t entries = entries_before(journal, x.sent.number);
	x.created = replay_entry(journal, entries, JOURNAL_CREATED,
				 x.sent.log_id);
	x.rungs = replay_entry(journal, entries, JOURNAL_LADDER, x.sent.log_id);
	x.stream = replay_is_stream(journal, entries, x.sent.log_id);
	if (x.sent.len > x.sent.data.len)
		return err_set(
		    e, ERR_LIMIT, 0,
		    "message #%llu: the log has only %zu of %zu bytes",
		    (unsigned long long)x.sent.number, x.sent.data.len,
		    x.sent.len);
	find_answer(log, &x);
	put_rung(&x, out);
	int status = 0;
	if (buf_len(out) > LINE_MAX_BYTES)
		status = err_set(e, ERR_LIMIT, 0,
				 "message #%llu is too long for a shell line; "
				 "use 'log --script'",
				 (unsigned long long)x.sent.number);
	else {
		put_nc(&x, out);
		export_curl(&x.sent, x.created, x.rungs, out);
	}
	buf_fini(&x.answer);
	return status;
}
