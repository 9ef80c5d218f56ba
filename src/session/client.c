/* SPDX-License-Identifier: ISC */
/*
 * Makes client sessions, and for `reconnect` new ones from the options that the
 * old session kept.
 * dial_text.c prints the options, hub.c makes the other sessions.
 */
#include "session_own.h"

#include "rung/proxy.h"

#include <stdlib.h>
#include <string.h>

/* The options of `connect`, and the identity of a session that reconnected. */
struct client_facts {
	char *text; /* options as typed, each followed by a blank; or NULL */
	struct endpoint *from; /* NULL: none */
	struct proxy *proxy;   /* NULL: none given */
	char *proxy_auth;      /* NULL: none */
	char **env;            /* NULL: none */
	bool direct;
	bool stands_in;    /* opens instead of a session that is listed */
	bool unopened;     /* session_release_unopened() was called: listed only
			      while pinned and no other session has its name */
	uint64_t retry;    /* time of the next attempt, ns; 0: none */
	unsigned log_id;   /* 0: the session's own id */
	unsigned first_id; /* id of the first of the sessions that were made
			      from each other; 0: none was */
};

static char **copy_env(const char *const *env)
{
	size_t n = 0;
	while (env[n])
		n++;
	char **copy = xalloc((n + 1) * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(env[i]);
	return copy;
}

/* Copies the options of a client. `used`: those of its link, which may have the
 * proxy of the hub. Result: NULL: there are none. */
static struct client_facts *copy_options(const struct session_options *plan,
					 const struct dial_options *used)
{
	const struct dial_options *from = &plan->dial;
	char *text = session_dial_text(used, plan->direct);
	if (!text[0]) {
		free(text);
		return NULL;
	}
	struct client_facts *d = xalloc(sizeof *d);
	d->text = text;
	d->direct = plan->direct;
	if (from->from)
		d->from = endpoint_copy(from->from);
	if (from->proxy) {
		d->proxy = xalloc(sizeof *d->proxy);
		*d->proxy = *from->proxy;
	}
	if (from->proxy_auth)
		d->proxy_auth = xstrdup(from->proxy_auth);
	if (from->env)
		d->env = copy_env(from->env);
	return d;
}

void session_free_client(struct session *s)
{
	struct client_facts *d = s->client;
	if (!d)
		return;
	free(d->text);
	if (d->proxy)
		proxy_fini(d->proxy);
	free(d->proxy);
	free(d->from);
	free(d->proxy_auth);
	for (size_t i = 0; d->env && d->env[i]; i++)
		free(d->env[i]);
	free(d->env);
	free(d);
}

const char *session_dial_words(const struct session *s)
{
	return s->client && s->client->text ? s->client->text : "";
}

void session_set_retry(struct session *s, uint64_t at)
{
	if (!s->client && at)
		s->client = xalloc(sizeof *s->client);
	if (s->client)
		s->client->retry = at;
}

uint64_t session_retry(const struct session *s)
{
	return s->client ? s->client->retry : 0;
}

unsigned session_log_id(const struct session *s)
{
	return s->client && s->client->log_id ? s->client->log_id : s->id;
}

bool session_stands_in(const struct session *s)
{
	return s->client && s->client->stands_in;
}

void session_set_unopened(struct session *s, bool on)
{
	if (!s->client && on)
		s->client = xalloc(sizeof *s->client);
	if (s->client)
		s->client->unopened = on;
}

bool session_is_unopened(const struct session *s)
{
	return s->client && s->client->unopened;
}

static void name_client(struct session *s, const struct session_options *plan)
{
	const struct session *old = plan->instead;
	if (!old) {
		hub_choose_name(s->hub, s, plan->name);
		return;
	}
	memcpy(s->name, old->name, sizeof s->name);
	if (!s->client)
		s->client = xalloc(sizeof *s->client);
	s->client->log_id = session_log_id(old);
	s->client->stands_in = !old->released &&
			       (old->followed || session_stands_in(old));
	s->display = old->display;
	if (!old->was_open)
		s->link.phases.attempts += old->link.phases.attempts;
	session_limit_inbox(s, inbox_limit(&old->inbox));
}

struct session *hub_connect(struct hub *h, const struct session_options *plan,
			    struct err *e)
{
	struct session *s = hub_begin(h, ROLE_CLIENT, plan, e);
	if (!s)
		return NULL;
	struct dial_options dial = plan->dial;
	/* Only TCP goes through a proxy. */
	if (!dial.proxy && !plan->direct && endpoint_is_tcp(plan->endpoint))
		dial.proxy = h->proxy;
	/* Without a capture, an exec: command would write its stderr directly
	 * to the terminal and garble the screen. */
	dial.capture_stderr = true;
	if (transport_connect(&s->link, h->net, plan->endpoint, &dial,
			      &session_link_sink, e)) {
		hub_discard(s);
		return NULL;
	}
	if (plan->owner) {
		hub_add_carrier(s, plan->owner);
		return s;
	}
	s->client = copy_options(plan, &dial);
	name_client(s, plan);
	hub_add(h, s);
	return s;
}

/* Makes a plan of the rungs on the ladder. Result: NULL and *e. */
static struct rung_plan *plan_of(const struct session *s, struct err *e)
{
	struct rung_plan *plan = rung_plan_new();
	for (const struct rung *r = s->ladder.bottom; r; r = r->above) {
		const struct rung_spec *spec = r->plan ? &r->plan->spec[r->nth]
						       : NULL;
		if (spec && rung_plan_add(plan, spec->ops, spec->side,
					  &spec->args, NULL, 0, e)) {
			rung_plan_unref(plan);
			return NULL;
		}
	}
	rung_plan_take_scheme(plan,
			      s->ladder.bottom ? s->ladder.bottom->plan : NULL);
	return plan;
}

struct session *hub_reconnect(struct session *old, struct err *e)
{
	const struct client_facts *d = old->client;
	if (old->role != ROLE_CLIENT || is_carrier(old) ||
	    transport_is_hosted(&old->link)) {
		err_set(e, ERR_USAGE, 0,
			"%s is not a client; only clients can reconnect",
			old->name);
		return NULL;
	}
	if (!session_is_closed(old))
		session_close(old, CLOSE_ORDERLY, NULL);
	struct session_options plan = {
	    .endpoint = old->endpoint,
	    .instead = old,
	    .rungs = plan_of(old, e),
	};
	if (!plan.rungs)
		return NULL;
	if (d) {
		plan.direct = d->direct;
		plan.dial.from = d->from;
		plan.dial.proxy = d->proxy;
		plan.dial.proxy_auth = d->proxy_auth;
		plan.dial.env = (const char *const *)d->env;
	}
	struct session *s = hub_connect(old->hub, &plan, e);
	rung_plan_unref(plan.rungs);
	return s;
}

static unsigned first_id(const struct session *s)
{
	return s->client && s->client->first_id ? s->client->first_id : s->id;
}

void hub_follow(struct session *now, struct session *old)
{
	if (!now->client)
		now->client = xalloc(sizeof *now->client);
	now->client->first_id = first_id(old);
	now->client->stands_in = false;
	session_release(old);
}

bool session_is_same(const struct session *a, const struct session *b)
{
	return first_id(a) == first_id(b);
}
