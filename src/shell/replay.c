/* SPDX-License-Identifier: ISC */
/*
 * Writes a script from the log and the journal. Against the same server, the
 * script passes. export.c writes lines for a shell.
 */
#include "replay_own.h"
#include "rung/template.h"

#include <stdio.h>
#include <string.h>

/* Maximum number of bytes in one `expect`; longer data is split. */
#define EXPECT_MAX ((size_t)4096)
/* The same if some of the bytes may have other values. */
#define PATTERN_MAX ((size_t)1024)

struct replay {
	const struct log *log;
	const struct journal *journal;
	unsigned only, listener; /* log_ids: the session's; its listener's */
	struct buf *out;
	struct log_entry from; /* last of the pending bytes */
	struct buf pending;
	size_t entries; /* number of entries already written */
};

/* Maximum length of data that is written as a template. The template of longer
 * data could exceed the 1 MiB that the parser accepts. */
#define TEMPLATE_MAX ((size_t)256 << 10)

void replay_sent(struct bytes data, struct buf *out)
{
	if (data.len > TEMPLATE_MAX || template_is_text(data))
		words_quote_text(data, out);
	else
		template_print(data, out);
}

void replay_literal(struct bytes data, struct buf *out)
{
	for (size_t i = 0; i < data.len; i++) {
		uint8_t c = data.at[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
			     (c >= 'a' && c <= 'z') ||
			     (c && strchr(" !\"%&',-:;<=>@_~", c));
		if (plain)
			buf_putc(out, c);
		else if (c == '\r' || c == '\n')
			buf_puts(out, c == '\r' ? "\\r" : "\\n");
		else
			buf_printf(out,
				   c > ' ' && c <= '~' ? "\\%c" : "\\x%02x", c);
	}
}

void replay_whole(struct bytes data, bool cut, struct buf *out)
{
	buf_puts(out, "/\\A");
	replay_literal(data, out);
	buf_puts(out, cut ? "/" : "\\z/");
}

const struct journal_entry *replay_entry(const struct journal *c, size_t end,
					 enum journal_kind kind,
					 unsigned log_id)
{
	while (end--) {
		const struct journal_entry *d = journal_get(c, end);
		if (d->log_id != log_id)
			continue;
		if (d->kind == kind)
			return d;
		if (d->kind == JOURNAL_CREATED)
			return NULL;
	}
	return NULL;
}

const char *replay_eol(const struct journal_entry *ladder,
		       const struct journal_entry *before)
{
	if (!ladder || ladder->framed_eol ||
	    strcmp(ladder->eol, before ? before->eol : "lf") == 0)
		return NULL;
	return ladder->eol;
}

static const struct journal_entry *find_created(const struct replay *m,
						unsigned log_id)
{
	return replay_entry(m->journal, m->entries, JOURNAL_CREATED, log_id);
}

/* Returns true if the script covers the session. A script for one peer needs
 * the peer's listener too. */
static bool is_covered(const struct replay *m, unsigned log_id)
{
	return !m->only || log_id == m->only || log_id == m->listener;
}

static bool is_wanted(const struct replay *m, unsigned log_id)
{
	const struct journal_entry *created = find_created(m, log_id);
	return created && !(created->echo && created->role == ROLE_PEER) &&
	       is_covered(m, log_id);
}

/* Writes an `expect` of a literal text. */
static void put_literal(struct replay *m, struct bytes left)
{
	while (left.len) {
		struct bytes piece = bytes_head(left, EXPECT_MAX);
		buf_printf(m->out, "@%s expect -1 ", m->from.session);
		words_quote_text(piece, m->out);
		buf_putc(m->out, '\n');
		left = bytes_skip(left, piece.len);
	}
}

/* Writes an `expect` of the received bytes from `at` to `end`, after a comment
 * if parts of them may have other values. `before`, `after`: anchors. */
static void put_pattern(struct replay *m, struct bytes data, size_t at,
			size_t end, const char *before, const char *after)
{
	struct buf pattern = {.limit = SIZE_MAX};
	unsigned kinds = changing_print(data, at, end, &pattern);
	const struct journal_entry *created = find_created(m, m->from.log_id);
	if (kinds) {
		buf_printf(m->out, "# the %s holds ",
			   created->role == ROLE_PEER ? "request" : "answer");
		changing_name(kinds, m->out);
		buf_putc(m->out, '\n');
	}
	buf_printf(m->out, "@%s expect -1 /%s", m->from.session, before);
	buf_put(m->out, buf_bytes(&pattern));
	buf_printf(m->out, "%s/\n", after);
	buf_fini(&pattern);
}

/* Writes the pending bytes of a stream. A line with parts that may have other
 * values is an `expect` of its own. */
static void flush(struct replay *m)
{
	struct bytes data = buf_bytes(&m->pending);
	for (size_t at = 0, end; at < data.len; at = end) {
		size_t line = changing_line(data, at, PATTERN_MAX, &end);
		put_literal(m, bytes_of(data.at + at, line - at));
		if (line < end)
			put_pattern(m, data, line, end, "", "");
	}
	buf_clear(&m->pending);
}

/* Returns the entry for the end of a session, or NULL. */
static const struct journal_entry *
find_closed(const struct replay *m, const struct journal_entry *created)
{
	const struct journal_entry *d;
	for (size_t n = m->entries; (d = journal_get(m->journal, n)); n++)
		if (d->kind == JOURNAL_CLOSED && d->id == created->id)
			return d;
	return NULL;
}

/* Returns the script's listener that had the address `at`, or NULL. When the
 * script runs, this listener may have another port. */
static const struct journal_entry *own_listener(const struct replay *m,
						struct bytes at)
{
	for (size_t n = m->entries; n--;) {
		const struct journal_entry *d = journal_get(m->journal, n);
		if (d->kind == JOURNAL_LISTENING &&
		    bytes_equal(replay_text(d), at))
			return is_wanted(m, d->log_id) ? d : NULL;
	}
	return NULL;
}

/* Returns true if the script has not closed the last session of this name,
 * which has ended. */
static bool keeps_name(const struct replay *m, const char *name)
{
	for (size_t n = m->entries - 1; n--;) {
		const struct journal_entry *d = journal_get(m->journal, n);
		if (d->kind == JOURNAL_CLOSED && d->opened &&
		    strcmp(d->session, name) == 0 && is_wanted(m, d->log_id))
			return d->cause == CAUSE_BOTH ||
			       d->cause == CAUSE_RESET ||
			       d->cause == CAUSE_FAILED;
	}
	return false;
}

static void put_created(struct replay *m, const struct journal_entry *d)
{
	const struct journal_entry *end = find_closed(m, d), *listener;
	switch (d->role) {
	case ROLE_CLIENT:
		if (end && !end->opened) {
			buf_printf(m->out, "# %s did not open: connect %s",
				   d->session, replay_options(d));
			words_quote(replay_text(d), m->out);
			buf_putc(m->out, '\n');
			return;
		}
		if (keeps_name(m, d->session))
			buf_printf(m->out, "close %s\n", d->session);
		buf_printf(m->out, "connect %s", replay_options(d));
		listener = own_listener(m, replay_text(d));
		if (listener)
			buf_printf(m->out, "$%s.addr", listener->session);
		else
			words_quote(replay_text(d), m->out);
		break;
	case ROLE_LISTENER:
		buf_printf(m->out, "listen %s%s", d->echo ? "--echo " : "",
			   d->once ? "-1 " : "");
		words_quote(replay_text(d), m->out);
		break;
	case ROLE_PEER:
		buf_printf(m->out, "accept %s\n", d->text);
		return;
	}
	buf_printf(m->out, " as %s\n", d->session);
}

static void put_closed(struct replay *m, const struct journal_entry *d)
{
	const struct journal_entry *created = find_created(m, d->log_id);
	bool eof = replay_entry(m->journal, m->entries, JOURNAL_EOF, d->log_id);
	if (!d->opened)
		return;
	switch (d->cause) {
	case CAUSE_NONE:
		break;
	case CAUSE_LOCAL:
	case CAUSE_ROOM:
		buf_printf(m->out, "close %s\n", d->session);
		break;
	case CAUSE_LOCAL_RESET:
		buf_printf(m->out, "close -R %s\n", d->session);
		break;
	case CAUSE_PEER:
	case CAUSE_BOTH:
		if (!eof)
			buf_printf(m->out, "@%s expect eof\n", d->session);
		if (d->cause == CAUSE_PEER)
			buf_printf(m->out, "close %s\n", d->session);
		break;
	case CAUSE_RESET:
	case CAUSE_FAILED:
		if (created->role != ROLE_LISTENER)
			buf_printf(m->out, "@%s expect close\n", d->session);
		break;
	}
}

/* Takes the next line of a ladder. */
static bool next_rung(struct bytes *rungs, struct bytes *line)
{
	if (!rungs->len)
		return false;
	*line = bytes_head(*rungs, bytes_find_byte(*rungs, '\n', 0));
	*rungs = bytes_skip(*rungs, line->len + 1);
	return true;
}

/* Returns the ladder that the session had before its last entry; a new peer has
 * that of its listener. NULL: none. */
static const struct journal_entry *ladder_before(const struct replay *m,
						 unsigned log_id)
{
	size_t end = m->entries - 1;
	const struct journal_entry *d = replay_entry(m->journal, end,
						     JOURNAL_LADDER, log_id);
	const struct journal_entry *created = replay_entry(
	    m->journal, end, JOURNAL_CREATED, log_id);
	if (d || !created || created->role != ROLE_PEER)
		return d;
	while (journal_get(m->journal, end) != created)
		end--;
	return replay_entry(m->journal, end, JOURNAL_LADDER, created->listener);
}

/* Writes the commands that change the session's previous ladder into this one:
 * `descend` for each rung above the common ones, then the commands of the new
 * rungs, and `eol`. The peer of an echo listener needs them, too: they decide
 * the bytes of its answers. */
static void put_ladder(struct replay *m, const struct journal_entry *d)
{
	const struct journal_entry *created = find_created(m, d->log_id);
	const struct journal_entry *end = find_closed(m, created);
	if (!is_covered(m, d->log_id) || (end && !end->opened))
		return;
	const struct journal_entry *before = ladder_before(m, d->log_id);
	struct bytes old = before ? replay_text(before) : BYTES_NONE;
	struct bytes new = replay_text(d), line, was;
	for (struct bytes a = old, b = new; next_rung(&a, &was) &&
					    next_rung(&b, &line) &&
					    bytes_equal(line, was);) {
		old = a;
		new = b;
	}
	while (next_rung(&old, &was))
		buf_printf(m->out, "@%s descend\n", d->session);
	while (next_rung(&new, &line))
		buf_printf(m->out, "@%s %.*s\n", d->session, (int)line.len,
			   (const char *)line.at);
	const char *eol = replay_eol(d, before);
	if (eol)
		buf_printf(m->out, "@%s eol %s\n", d->session, eol);
}

static void put_entry(struct replay *m, const struct journal_entry *d)
{
	size_t len = buf_len(&m->pending);
	/* The bytes are received again as a part of a message. */
	if (d->kind == JOURNAL_LADDER && d->log_id == m->from.log_id)
		buf_truncate(&m->pending,
			     d->partial < len ? len - d->partial : 0);
	flush(m);
	m->entries++;
	if (d->kind == JOURNAL_LADDER)
		put_ladder(m, d);
	if (!is_wanted(m, d->log_id))
		return;
	switch (d->kind) {
	case JOURNAL_CREATED:
		put_created(m, d);
		break;
	case JOURNAL_LISTENING:
	case JOURNAL_LADDER:
		break;
	case JOURNAL_SHUT_WR:
		buf_printf(m->out, "@%s close -w\n", d->session);
		break;
	case JOURNAL_EOF:
		buf_printf(m->out, "@%s expect eof\n", d->session);
		break;
	case JOURNAL_CLOSED:
		put_closed(m, d);
		break;
	}
}

bool replay_is_stream(const struct journal *c, size_t end, unsigned log_id)
{
	const struct journal_entry *d = replay_entry(c, end, JOURNAL_LADDER,
						     log_id);
	if (!d)
		d = replay_entry(c, end, JOURNAL_CREATED, log_id);
	return d && d->stream;
}

static int report_cut(const struct log_entry *entry, struct err *e)
{
	return err_set(
	    e, ERR_LIMIT, 0, "message #%llu: the log has only %zu of %zu bytes",
	    (unsigned long long)entry->number, entry->data.len, entry->len);
}

static int put_sent(struct replay *m, const struct log_entry *entry,
		    bool stream, struct err *e)
{
	if (entry->len > entry->data.len)
		return report_cut(entry, e);
	flush(m);
	buf_printf(m->out, "@%s send %s", entry->session,
		   entry->flags & UNIT_RAW && !stream ? "-r " : "");
	replay_sent(entry->data, m->out);
	buf_putc(m->out, '\n');
	return 0;
}

static void put_received(struct replay *m, const struct log_entry *entry,
			 bool stream)
{
	bool cut = entry->len > entry->data.len;
	if (m->from.log_id != entry->log_id)
		flush(m);
	m->from = *entry;
	if (stream) {
		buf_put(&m->pending, entry->data);
		if (!cut)
			return;
		flush(m);
		buf_printf(m->out, "@%s recv -q %zu\n", entry->session,
			   entry->len - entry->data.len);
		return;
	}
	put_pattern(m, entry->data, 0, entry->data.len, "\\A",
		    cut ? "" : "\\z");
}

static int replay_make(struct replay *m, uint64_t last, struct err *e)
{
	const struct journal_entry *d;
	struct log_entry entry;
	for (uint64_t at = 1;; at++) {
		while ((d = journal_get(m->journal, m->entries)) &&
		       (d->after < at || at > last))
			put_entry(m, d);
		if (at > last)
			break;
		if (!log_find(m->log, at, &entry))
			return err_set(e, ERR_LIMIT, 0,
				       "message #%llu is no longer in the log; "
				       "raise 'set log'",
				       (unsigned long long)at);
		/* The rungs of the script make control units of their own. */
		if (!is_wanted(m, entry.log_id) || unit_is_control(entry.kind))
			continue;
		bool stream = replay_is_stream(m->journal, m->entries,
					       entry.log_id);
		if (entry.dir == DIR_UP)
			put_received(m, &entry, stream);
		else if (put_sent(m, &entry, stream, e))
			return -1;
	}
	flush(m);
	return 0;
}

/* Returns the log_id of a peer's listener; 0: no peer. */
static unsigned listener_of(const struct journal *c, unsigned log_id)
{
	const struct journal_entry *d;
	for (size_t n = 0; (d = journal_get(c, n)) != NULL; n++)
		if (d->kind == JOURNAL_CREATED && d->log_id == log_id)
			return d->listener;
	return 0;
}

int replay_script(const struct log *log, const struct journal *journal,
		  unsigned only, struct buf *out, struct err *e)
{
	struct replay m = {
	    .log = log,
	    .journal = journal,
	    .only = only,
	    .out = out,
	    .pending = {.limit = SIZE_MAX},
	};
	uint64_t first, last = 0;
	if (journal_is_truncated(journal))
		return err_set(
		    e, ERR_LIMIT, 0,
		    "too many sessions: the first ones are no longer recorded");
	if (!journal_get(journal, 0))
		return err_set(e, ERR_USAGE, 0,
			       "no session yet; nothing to write");
	log_range(log, &first, &last);
	m.listener = listener_of(journal, only);
	buf_puts(out, "#!/usr/bin/env rung\n");
	int status = replay_make(&m, last, e);
	buf_fini(&m.pending);
	return status;
}
