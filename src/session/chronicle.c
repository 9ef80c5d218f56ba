/* SPDX-License-Identifier: ISC */
/*
 * The chronicle: a ring of what became of sessions. Their messages are the
 * log's.
 */
#include "rung/chronicle.h"
#include "rung/rungs.h"

#include <stdlib.h>
#include <string.h>

struct chronicle {
	struct sub sub;
	struct deed *deeds; /* deeds[n % room] */
	size_t room;
	size_t first, next;    /* counted over all that ever were */
	unsigned seen, climbs; /* the session whose message was the last, and
				  its ladder then */
};

/* Doubles the ring: an idle program pays for few. */
static void grow(struct chronicle *c)
{
	size_t room = c->room * 2;
	struct deed *deeds = xalloc(room * sizeof *deeds);
	for (size_t n = c->first; n < c->next; n++)
		deeds[n % room] = c->deeds[n % c->room];
	free(c->deeds);
	c->deeds = deeds;
	c->room = room;
}

static struct deed *add(struct chronicle *c, enum deed_kind kind,
			const struct session *s)
{
	if (c->next - c->first == c->room && c->room < CHRONICLE_MAX)
		grow(c);
	else if (c->next - c->first == c->room)
		free(c->deeds[c->first++ % c->room].text);
	struct deed *d = &c->deeds[c->next++ % c->room];
	*d = (struct deed){
	    .kind = kind, .id = s->id, .after = s->hub->messages};
	memcpy(d->session, s->name, sizeof d->session);
	return d;
}

static void put_text(struct deed *d, struct buf *text)
{
	d->text = xstrndup(buf_bytes(text));
	d->text_len = buf_len(text);
	buf_fini(text);
}

static void add_cut(struct chronicle *c, const struct session *s)
{
	struct buf text = {.limit = BUF_SMALL};
	const struct frame *f = session_frame(s);
	if (f)
		frame_quote(f, &text);
	struct deed *d = add(c, DEED_CUT, s);
	d->climbs = s->climbs;
	put_text(d, &text);
}

/* The last of that kind of a session, or NULL. */
static const struct deed *find(const struct chronicle *c, enum deed_kind kind,
			       const struct session *s)
{
	for (size_t n = c->next; n-- > c->first;) {
		const struct deed *d = &c->deeds[n % c->room];
		if (d->id == s->id && d->kind == kind)
			return d;
		if (d->id == s->id && d->kind == DEED_BORN)
			break;
	}
	return NULL;
}

static void hear_half(struct chronicle *c, const struct session *s)
{
	enum deed_kind kind = s->link.ended[DIR_UP] ? DEED_EOF : DEED_ENDS;
	if (!find(c, kind, s))
		add(c, kind, s);
}

static void hear_born(struct chronicle *c, const struct session *s)
{
	struct buf text = {.limit = BUF_SMALL};
	struct deed *d = add(c, DEED_BORN, s);
	d->role = s->role;
	d->echo = s->echo;
	d->once = s->once;
	d->stream = s->link.ops && s->link.ops->shape == SHAPE_BYTES;
	if (s->role == ROLE_PEER)
		buf_puts(&text, s->parent ? s->parent->name : "");
	else if (s->where)
		endpoint_print(s->where, &text);
	put_text(d, &text);
	if (s->role != ROLE_LISTENER && session_frame(s))
		add_cut(c, s);
}

static void hear_state(struct chronicle *c, const struct session *s)
{
	struct buf text = {.limit = BUF_SMALL};
	switch (session_state(s)) {
	case SESSION_LISTENING:
		session_field(BYTES("addr"))->print(s, &text);
		put_text(add(c, DEED_LISTENS, s), &text);
		break;
	case SESSION_HALF_CLOSED:
		hear_half(c, s);
		break;
	case SESSION_RESOLVING:
	case SESSION_CONNECTING:
	case SESSION_OPEN:
	case SESSION_CLOSED:
		break;
	}
}

static bool is_cut_told(const struct chronicle *c, const struct session *s)
{
	if (s->climbs == 0 || (c->seen == s->id && c->climbs == s->climbs))
		return true;
	const struct deed *d = find(c, DEED_CUT, s);
	return d && d->climbs == s->climbs;
}

/* The message is counted already: what it says of the ladder held before. */
static void hear_message(struct chronicle *c, const struct session *s)
{
	if (!is_cut_told(c, s)) {
		add_cut(c, s);
		c->deeds[(c->next - 1) % c->room].after--;
	}
	c->seen = s->id;
	c->climbs = s->climbs;
}

static void hear(struct sub *sub, const struct event *ev)
{
	struct chronicle *c = list_entry(sub, struct chronicle, sub);
	const struct session *s = ev->session;
	switch (ev->kind) {
	case EVENT_BORN:
		hear_born(c, s);
		break;
	case EVENT_STATE:
		hear_state(c, s);
		break;
	case EVENT_MESSAGE:
		hear_message(c, s);
		break;
	case EVENT_ENDED: {
		struct deed *d = add(c, DEED_CLOSED, s);
		d->cause = s->link.cause;
		d->opened = s->opened != 0;
		break;
	}
	case EVENT_NOTE:
	case EVENT_DETAIL:
	case EVENT_EXPECT:
	case EVENT_REPORT:
	case EVENT_ERROR:
	case EVENT_EXIT:
		break;
	}
}

struct chronicle *chronicle_new(struct hub *h)
{
	struct chronicle *c = xalloc(sizeof *c);
	c->room = 16;
	c->deeds = xalloc(c->room * sizeof *c->deeds);
	c->sub.hear = hear;
	hub_hear(h, &c->sub);
	return c;
}

void chronicle_free(struct chronicle *c)
{
	if (!c)
		return;
	hub_unhear(&c->sub);
	for (size_t n = c->first; n < c->next; n++)
		free(c->deeds[n % c->room].text);
	free(c->deeds);
	free(c);
}

const struct deed *chronicle_deed(const struct chronicle *c, size_t n)
{
	return n < c->next - c->first ? &c->deeds[(c->first + n) % c->room]
				      : NULL;
}

bool chronicle_forgot(const struct chronicle *c)
{
	return c->first > 0;
}
