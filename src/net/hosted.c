/* SPDX-License-Identifier: ISC */
/*
 * Links without a socket: passes up the units that the owner delivers, and
 * hands sent units to the owner. transport.c has the steps that all links
 * share.
 */
#include "net_own.h"

#include "rung/hosted.h"

#include <assert.h>

/* The transport's `extra` of a hosted link. */
struct hosted {
	struct extra extra;
	const struct carrier_ops *carrier;
	void *context;
};

static const struct hosted *hosted_of(const struct transport *t)
{
	return t->extra;
}

bool transport_is_hosted(const struct transport *t)
{
	return t->ops && t->ops->kind == &kind_hosted;
}

void transport_host(struct transport *t, struct net *net,
		    const struct transport_ops *row,
		    const struct carrier_ops *carrier, void *context,
		    const struct transport_sink *sink)
{
	struct hosted *h = xalloc(sizeof(*h));

	assert(row->kind == &kind_hosted);
	link_init(t, net, row, sink);
	h->carrier = carrier;
	h->context = context;
	t->extra = h;
	t->state = LINK_CONNECTING;
}

void *transport_context(const struct transport *t)
{
	assert(transport_is_hosted(t));
	return t->extra ? hosted_of(t)->context : NULL;
}

bool transport_hosted_wants(const struct transport *t)
{
	assert(transport_is_hosted(t));
	return t->state == LINK_OPEN && t->sink->wants_input(t);
}

void transport_hosted_opened(struct transport *t)
{
	assert(transport_is_hosted(t));
	if (t->state != LINK_CONNECTING)
		return;
	t->phases.connected = loop_now(t->net->loop);
	link_opened(t);
}

/* Ends both directions at once, so that the link is never half-closed. */
static void end_both(struct transport *t)
{
	struct unit end = {.flags = UNIT_END};

	t->ended[DIR_UP] = t->ended[DIR_DOWN] = true;
	link_up(t, &end);
	link_finish(t, CAUSE_PEER, NULL);
}

void transport_hosted_up(struct transport *t, const struct unit *unit)
{
	bool end = unit->flags & UNIT_END;
	struct unit data = *unit;

	assert(transport_is_hosted(t) && t->state == LINK_OPEN);
	data.flags &= ~(unsigned)UNIT_END;
	if (data.data.len || !end)
		link_up(t, &data);
	if (end && t->state == LINK_OPEN)
		end_both(t);
}

void transport_hosted_drained(struct transport *t)
{
	assert(transport_is_hosted(t));
	if (t->state == LINK_CLOSED)
		return;
	t->sink->drained(t);
	if (t->state == LINK_OPEN && t->close_when_flushed &&
	    !transport_queued(t))
		transport_close(t, false);
}

void transport_hosted_failed(struct transport *t, const struct err *why)
{
	assert(transport_is_hosted(t) && why->kind != ERR_NONE);
	link_finish(t, why->kind == ERR_RESET ? CAUSE_RESET : CAUSE_FAILED,
		    why);
}

static int send_hosted(struct transport *t, const struct unit *unit,
		       struct err *e)
{
	size_t queued;

	if (unit->flags & UNIT_END)
		return transport_check_shut_write(t, e);
	switch (hosted_of(t)->carrier->send(t, unit, e)) {
	case 0:
		return 0;
	case CARRIER_FULL:
		break;
	default:
		return -1;
	}
	queued = transport_queued(t);
	/* The session expects drained() only if something is queued. */
	assert(queued);
	return err_set(e, ERR_LIMIT, 0,
		       "%zu bytes do not fit in the send queue: the peer has "
		       "not acknowledged %zu bytes",
		       unit->data.len, queued);
}

/* Returns the number of queued bytes; for a closed link, the number at the
 * close. */
static size_t queued_hosted(const struct transport *t)
{
	return t->extra ? hosted_of(t)->carrier->queued(t) : t->awaited;
}

static void touch_hosted(struct transport *t)
{
	hosted_of(t)->carrier->touch(t);
}

static void stop_hosted(struct transport *t, enum cause cause)
{
	size_t queued = queued_hosted(t);

	t->awaited = queued < UINT32_MAX ? (uint32_t)queued : UINT32_MAX;
	hosted_of(t)->carrier->close(t, cause);
}

static enum rio flush_hosted(struct transport *t)
{
	(void)t;
	return RIO_MORE;
}

static void info_hosted(const struct transport *t, struct buf *out)
{
	if (hosted_of(t)->carrier->info)
		hosted_of(t)->carrier->info(t, out);
	buf_printf(out, "our-queue %zu\n", transport_queued(t));
}

static bool fact_hosted(const struct transport *t, const char *name,
			struct bytes *value)
{
	const struct hosted *h = hosted_of(t);

	return h && h->carrier->fact && h->carrier->fact(t, name, value);
}

const struct transport_kind kind_hosted = {
    .by_name = true,
    .flush = flush_hosted,
    .stop = stop_hosted,
    .info = info_hosted,
    .send_unit = send_hosted,
    .queued = queued_hosted,
    .touch = touch_hosted,
    .fact = fact_hosted,
};
