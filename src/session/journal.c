/* SPDX-License-Identifier: ISC */
/*
 * The journal: a ring of session events, for `log --script`. log.c keeps the
 * messages.
 */
#include "rung/journal.h"
#include "session_own.h"

#include <stdlib.h>
#include <string.h>

struct journal {
	struct subscriber sub;
	struct journal_entry *entries; /* entries[n % room] */
	size_t room;
	size_t first, next; /* numbers of the oldest and the next entry */
};

/* Doubles the ring. The ring starts small, because an idle program needs few
 * entries. */
static void journal_grow(struct journal *c)
{
	size_t room = c->room * 2;
	struct journal_entry *entries = xalloc(room * sizeof *entries);
	for (size_t n = c->first; n < c->next; n++)
		entries[n % room] = c->entries[n % c->room];
	free(c->entries);
	c->entries = entries;
	c->room = room;
}

static void free_entry(struct journal_entry *d)
{
	free(d->text);
	free(d->options);
	free(d->eol);
}

static struct journal_entry *
journal_add(struct journal *c, enum journal_kind kind, const struct session *s)
{
	if (c->next - c->first == c->room && c->room < JOURNAL_MAX)
		journal_grow(c);
	else if (c->next - c->first == c->room)
		free_entry(&c->entries[c->first++ % c->room]);
	struct journal_entry *d = &c->entries[c->next++ % c->room];
	*d = (struct journal_entry){

	    .kind = kind,
	    .id = s->id,
	    .log_id = session_log_id(s),
	    .after = s->hub->messages};
	memcpy(d->session, s->name, sizeof d->session);
	return d;
}

static void put_text(struct journal_entry *d, struct buf *text)
{
	d->text = xstrndup(buf_bytes(text));
	d->text_len = buf_len(text);
	buf_fini(text);
}

/* Returns the last entry if that is the session's ladder and no message has
 * used it; otherwise a new entry. */
static struct journal_entry *ladder_entry(struct journal *c,
					  const struct session *s)
{
	struct journal_entry *last = &c->entries[(c->next - 1) % c->room];
	if (c->next == c->first || last->kind != JOURNAL_LADDER ||
	    last->id != s->id || last->after != s->hub->messages)
		return journal_add(c, JOURNAL_LADDER, s);
	free_entry(last);
	return last;
}

static void add_ladder(struct journal *c, const struct session *s)
{
	struct buf text = {.limit = BUF_SMALL}, eol = {.limit = BUF_SMALL};
	struct display framed = s->display;
	session_print_rungs(s, &text);
	display_print_eol(&s->display, &eol);
	struct journal_entry *d = ladder_entry(c, s);
	d->stream = session_shape(s, false) == SHAPE_BYTES;
	d->eol = xstrndup(buf_bytes(&eol));
	d->framed_eol = session_take_eol(s, &framed);
	d->partial = session_shown_partial(s);
	put_text(d, &text);
	buf_fini(&eol);
}

/* Returns the last entry of the given kind of a session, or NULL. */
static const struct journal_entry *journal_find(const struct journal *c,
						enum journal_kind kind,
						const struct session *s)
{
	for (size_t n = c->next; n-- > c->first;) {
		const struct journal_entry *d = &c->entries[n % c->room];
		if (d->id == s->id && d->kind == kind)
			return d;
		if (d->id == s->id && d->kind == JOURNAL_CREATED)
			break;
	}
	return NULL;
}

static void on_half_closed(struct journal *c, const struct session *s)
{
	enum journal_kind kind = session_peer_ended(s) ? JOURNAL_EOF
						       : JOURNAL_SHUT_WR;
	if (!journal_find(c, kind, s))
		journal_add(c, kind, s);
}

/* Returns true if a script has to change the ladder or the line ending of the
 * new session. */
static bool has_ladder(const struct session *s)
{
	return session_plan(s) || session_top_rung(s) ||
	       !bytes_is(bytes_of(s->display.eol, s->display.eol_len), "\n");
}

static void on_created(struct journal *c, const struct session *s)
{
	struct buf text = {.limit = BUF_SMALL};
	struct journal_entry *d = journal_add(c, JOURNAL_CREATED, s);
	d->role = s->role;
	d->echo = s->echo;
	d->once = s->once;
	d->listener = s->parent ? session_log_id(s->parent) : 0;
	d->stream = s->link.ops && s->link.ops->shape == SHAPE_BYTES;
	if (s->role == ROLE_PEER)
		buf_puts(&text, s->parent ? s->parent->name : "");
	else if (s->endpoint)
		endpoint_print(s->endpoint, NULL, &text);
	put_text(d, &text);
	if (session_dial_words(s)[0])
		d->options = xstrndup(bytes_str(session_dial_words(s)));
	if (has_ladder(s))
		add_ladder(c, s);
}

static void on_state(struct journal *c, const struct session *s)
{
	struct buf text = {.limit = BUF_SMALL};
	struct addr at;
	switch (session_state(s)) {
	case SESSION_LISTENING:
		/* Use the transport's scheme: the script adds the rungs with
		 * `climb`. */
		at = transport_local(&s->link);
		addr_print_url(&at, session_scheme(s), &text);
		put_text(journal_add(c, JOURNAL_LISTENING, s), &text);
		break;
	case SESSION_HALF_CLOSED:
		on_half_closed(c, s);
		break;
	case SESSION_RESOLVING:
	case SESSION_CONNECTING:
	case SESSION_OPENING:
	case SESSION_CLOSING:
	case SESSION_OPEN:
	case SESSION_CLOSED:
		break;
	}
}

static void journal_on_event(struct subscriber *sub, const struct event *ev)
{
	struct journal *c = list_entry(sub, struct journal, sub);
	const struct session *s = ev->session;
	switch (ev->kind) {
	case EVENT_CREATED:
		on_created(c, s);
		break;
	case EVENT_STATE:
		on_state(c, s);
		break;
	case EVENT_LADDER:
		add_ladder(c, s);
		break;
	case EVENT_ENDED: {
		struct journal_entry *d = journal_add(c, JOURNAL_CLOSED, s);
		d->cause = s->link.cause;
		d->opened = s->was_open;
		break;
	}
	case EVENT_MESSAGE:
	case EVENT_CONTROL:
	case EVENT_NOTICE:
	case EVENT_DETAIL:
	case EVENT_EXPECT:
	case EVENT_CONTEXT:
	case EVENT_ERROR:
	case EVENT_EXIT:
		break;
	}
}

struct journal *journal_new(struct hub *h)
{
	struct journal *c = xalloc(sizeof *c);
	c->room = 16;
	c->entries = xalloc(c->room * sizeof *c->entries);
	c->sub.on_event = journal_on_event;
	hub_subscribe(h, &c->sub);
	return c;
}

void journal_free(struct journal *c)
{
	if (!c)
		return;
	hub_unsubscribe(&c->sub);
	for (size_t n = c->first; n < c->next; n++)
		free_entry(&c->entries[n % c->room]);
	free(c->entries);
	free(c);
}

const struct journal_entry *journal_get(const struct journal *c, size_t n)
{
	return n < c->next - c->first ? &c->entries[(c->first + n) % c->room]
				      : NULL;
}

bool journal_is_truncated(const struct journal *c)
{
	return c->first > 0;
}
