/* SPDX-License-Identifier: ISC */
/*
 * Implements hubs.h. A state that is not reached fails the test.
 */
#include "tests/lib/hubs.h"

#include <stdio.h>
#include <stdlib.h>

struct world *hubs_new(void (*on_event)(struct subscriber *,
					const struct event *))
{
	struct world *w = xalloc(sizeof *w);
	w->loop = loop_new(loop_engines[0], &w->clock, NULL);
	net_init(&w->net, w->loop);
	hub_init(&w->hub, w->loop, &w->net);
	buf_init(&w->events, (size_t)64 << 20);
	w->sub.on_event = on_event;
	hub_subscribe(&w->hub, &w->sub);
	return w;
}

int hubs_teardown(void **state)
{
	struct world *w = *state;
	hub_unsubscribe(&w->sub);
	hub_fini(&w->hub);
	net_fini(&w->net);
	loop_free(w->loop);
	buf_fini(&w->events);
	free(w);
	return 0;
}

struct session *find(struct world *w, const char *name)
{
	return hub_find(&w->hub, bytes_str(name), NULL);
}

struct session *until(struct world *w, const char *name,
		      enum session_state want)
{
	for (int i = 0; i < 10000; i++) {
		struct session *s = find(w, name);
		if (s && session_state(s) == want)
			return s;
		turn(w);
	}
	fail_msg("%s never was %s", name, session_state_name(want));
	return NULL;
}

struct session *listener_at(struct world *w, const char *address, bool echo)
{
	struct endpoint where;
	struct session_options plan = {.endpoint = &where, .echo = echo};
	assert_int_equal(endpoint_parse(bytes_str(address), &where, NULL), 0);
	struct session *s = hub_listen(&w->hub, &plan, NULL);
	assert_non_null(s);
	return s;
}

struct session *client_of(struct world *w, const struct session *to,
			  const char *name)
{
	char text[64];
	struct endpoint where;
	struct session_options plan = {.endpoint = &where,
				       .name = bytes_str(name)};
	struct addr at = transport_local(&to->link);
	snprintf(text, sizeof text, "%s://127.0.0.1:%u",
		 to->link.ops->shape == SHAPE_BYTES ? "tcp" : "udp",
		 addr_port(&at));
	assert_int_equal(endpoint_parse(bytes_str(text), &where, NULL), 0);
	struct session *s = hub_connect(&w->hub, &plan, NULL);
	assert_non_null(s);
	return until(w, s->name, SESSION_OPEN);
}

struct session *until_unread(struct world *w, const char *name, size_t n)
{
	struct session *s = find(w, name);
	while (!s || inbox_len(&s->inbox) < n) {
		turn(w);
		s = find(w, name);
	}
	return s;
}

void until_gone(struct world *w, const char *name)
{
	for (int i = 0; find(w, name); i++) {
		assert_true(i < 10000);
		turn(w);
	}
}

void send_text(struct session *s, const char *text)
{
	struct unit u = {.data = bytes_str(text)};
	assert_int_equal(session_send(s, &u, NULL), 0);
}

void expect_front(const struct session *s, const char *want)
{
	struct bytes front;
	bool whole;
	assert_true(inbox_front(&s->inbox, &front, &whole));
	assert_true(bytes_is(front, want));
}

void receive(struct session *s, struct bytes data)
{
	struct unit u = {.data = data};
	s->link.sink->received(&s->link, &u);
}

void receive_end(struct session *s)
{
	struct unit end = {.flags = UNIT_END};
	s->link.ended[DIR_UP] = true;
	s->link.sink->received(&s->link, &end);
}

void expect_events(struct world *w, const char *want)
{
	assert_string_equal(buf_cstr(&w->events), want);
	buf_clear(&w->events);
}

void expect_unread(struct session *s, const char *want)
{
	struct buf got = {.limit = (size_t)64 << 20};
	struct bytes data;
	bool stream = s->inbox.shape == SHAPE_BYTES;
	for (size_t i = 0; inbox_message(&s->inbox, i, &data); i++) {
		buf_puts(&got, stream ? "" : "[");
		buf_put(&got, data);
		buf_puts(&got, stream ? "" : "]");
	}
	assert_string_equal(buf_cstr(&got), want);
	buf_fini(&got);
}
