/* SPDX-License-Identifier: ISC */
/*
 * Listeners: chooses the addresses to bind, and accepts connections. The owner
 * makes sessions of the connections.
 */
#include "net_own.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Pause of a listener after a lack of descriptors; the close of a link ends it
 * earlier. */
#define PAUSE_NS  (100 * NS_PER_MS)

#define ALONE_MAX 16u

enum took { TOOK_ONE, TOOK_GONE, TOOK_NONE, TOOK_FAILED };

struct listening *listening_of(const struct transport *t)
{
	if (t->state == LINK_LISTENING ||
	    (t->state == LINK_RESOLVING && !t->dialing))
		return t->extra;
	return NULL;
}

static void resume(struct listening *l)
{
	l->paused = false;
	list_remove(&l->at);
	loop_disarm(l->t->net->loop, &l->again);
	transport_touch(l->t);
}

void listen_resume(struct net *net)
{
	while (!list_empty(&net->paused))
		resume(list_entry(net->paused.next, struct listening, at));
}

static void again_fires(struct timer *timer)
{
	struct listening *l = list_entry(timer, struct listening, again);

	if (l->paused)
		resume(l);
	else
		peers_retry(l);
}

static void pause_accepting(struct listening *l, int code)
{
	struct net *net = l->t->net;

	l->paused = true;
	list_append(&net->paused, &l->at);
	loop_arm(net->loop, &l->again, loop_now(net->loop) + PAUSE_NS);
	if (!l->noted)
		link_note(l->t, false,
			  "accepting paused: %s; resumes automatically",
			  net_strerror(code));
	l->noted = true;
}

static enum took accept_failed(struct transport *t, int code)
{
	switch (code) {
	case EAGAIN:
		return TOOK_NONE;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		pause_accepting(t->extra, code);
		return TOOK_FAILED;
	case EBADF:
	case EINVAL:
	case ENOTSOCK:
	case EOPNOTSUPP:
	case EFAULT:
		link_failed(t, code, NULL);
		return TOOK_FAILED;
	}
	/* accept(2) also returns the pending error of a new connection, and
	 * removes that connection. The next connection can be accepted at once.
	 */
	link_note(t, false, "connection lost before it was accepted: %s",
		  net_strerror(code));
	return TOOK_GONE;
}

static enum took accept_one(struct transport *t)
{
	struct addr peer = {.len = sizeof(peer.u)};
	int fd;

	do
		fd = accept4(t->watch.fd, &peer.u.sa, &peer.len,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return accept_failed(t, errno);
	if (peer.len > sizeof(peer.u))
		peer.len = sizeof(peer.u);
	if (!t->sink->accepted(t, fd, &peer))
		close(fd);
	return TOOK_ONE;
}

/*
 * Returns how many accepts to try next. A second accept after a single
 * connection mostly fails, so it is tried once in ALONE_MAX times; if it
 * succeeds, the number doubles.
 */
static unsigned next_batch(struct listening *l, unsigned took)
{
	if (took == 1 && l->alone++ % ALONE_MAX)
		return 1;
	return took < TURN_MAX ? took * 2 : TURN_MAX;
}

static void accept_some(struct transport *t)
{
	struct listening *l = t->extra;
	unsigned most = l->hold || !l->batch ? 1 : l->batch;

	for (unsigned i = 0; i < most; i++) {
		enum took took;

		if (!t->sink->wants_input(t))
			return;
		took = accept_one(t);
		if (t->state != LINK_LISTENING)
			return;
		if (took == TOOK_NONE) {
			l->batch = 1;
			l->noted = false;
		}
		if (took == TOOK_NONE || took == TOOK_FAILED)
			return;
		if (took == TOOK_ONE)
			l->asked = false;
	}
	l->batch = next_batch(l, most);
}

short listen_want(const struct transport *t)
{
	const struct listening *l = t->extra;

	if (l->paused || (l->hold && !l->asked))
		return 0;
	return t->sink->wants_input(t) ? POLLIN : 0;
}

void listen_ready(struct transport *t, short got)
{
	(void)got;
	if (t->ops->connects)
		accept_some(t);
	else
		peers_receive(t);
}

void transport_limit_peers(struct transport *t, unsigned max_peers)
{
	struct listening *l = listening_of(t);

	if (l)
		l->max_peers = max_peers;
}

bool transport_accept(struct transport *t)
{
	struct listening *l = t->extra;
	bool took;

	if (t->state != LINK_LISTENING || !t->ops->connects)
		return false;
	took = !l->paused && t->sink->wants_input(t) &&
	       accept_one(t) == TOOK_ONE;
	if (t->state == LINK_LISTENING) {
		l->asked = !took;
		transport_touch(t);
	}
	return took;
}

bool transport_holds(const struct transport *t)
{
	const struct listening *l = listening_of(t);

	return l && t->ops->connects && l->hold && !l->asked;
}

/* Binds the fd. Only `*` without a family (`dual`) binds both IPv4 and IPv6;
 * [::] is IPv6 only. */
static int bind_fd(struct transport *t, int fd, const struct addr *a, bool dual,
		   struct err *e)
{
	const struct listening *l = t->extra;
	int only = !dual, code;

	t->ops->kind->prepare(fd, a->u.sa.sa_family, true);
	code = socket_options_apply(&l->socket_options, fd, a->u.sa.sa_family);
	if (code)
		return bind_failed(t, a, code, NULL, e);
	if (a->u.sa.sa_family == AF_UNIX)
		return unix_bind(t, fd, a, e);
	if (a->u.sa.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	if (bind(fd, &a->u.sa, a->len) < 0)
		return bind_failed(t, a, errno, NULL, e);
	return 0;
}

static int listen_at(struct transport *t, const struct addr *a, bool dual,
		     struct err *e)
{
	int type = t->ops->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC;
	int fd = socket(a->u.sa.sa_family, type, 0);

	if (fd < 0)
		return bind_failed(t, a, errno, NULL, e);
	if (bind_fd(t, fd, a, dual, e) < 0)
		goto fail;
	if (t->ops->connects && listen(fd, SOMAXCONN) < 0) {
		bind_failed(t, a, errno, NULL, e);
		goto fail;
	}
	link_open(t, fd);
	t->state = LINK_LISTENING;
	return 0;
fail:
	if (t->owns_path)
		unix_unlink(t, fd);
	close(fd);
	return -1;
}

/* Binds the first address that belongs to this machine; if the bind fails for
 * another reason, the rest are not tried. */
static int listen_first(struct transport *t, const struct addr *found, size_t n,
			bool dual, struct err *e)
{
	struct err why;

	for (size_t i = 0; i < n; i++) {
		if (listen_at(t, &found[i], dual, &why) == 0)
			return 0;
		if (why.code != EAFNOSUPPORT && why.code != EADDRNOTAVAIL)
			break;
	}
	if (e)
		*e = why;
	return -1;
}

/*
 * Finds the addresses to bind that need no lookup.
 * Result: the number of addresses; 0: look up the name; -1 and *e.
 */
static int candidates(const struct endpoint *to, struct addr found[2],
		      struct err *e)
{
	const char *host[2] = {to->host, NULL};
	int n = 0;

	if (!to->ops->kind->by_name) {
		found[0] = endpoint_unix(to);
		return 1;
	}
	if (to->any) {
		host[0] = to->family == AF_INET ? "0.0.0.0" : "::";
		host[1] = to->family == AF_UNSPEC ? "0.0.0.0" : NULL;
	} else if (!*to->host || !strcmp(to->host, "localhost")) {
		host[0] = to->family == AF_INET6 ? "::1" : "127.0.0.1";
		host[1] = to->family == AF_UNSPEC ? "::1" : NULL;
	}
	for (int i = 0; i < 2 && host[i]; i++) {
		int more = resolve_literal(host[i], to->port, AF_UNSPEC,
					   to->ops->socktype, true, &found[n],
					   1, e);

		if (more < 0)
			return -1;
		n += more;
	}
	return n;
}

static void resolved(void *owner, const struct addr *found, size_t n,
		     const struct err *why)
{
	struct transport *t = owner;
	struct listening *l = t->extra;
	struct err e;

	l->resolve = NULL;
	t->phases.resolved = loop_now(t->net->loop);
	if (!n)
		endpoint_failed(l->to, why, &e);
	if (!n || listen_first(t, found, n, false, &e) < 0) {
		link_finish(t, CAUSE_FAILED, &e);
		return;
	}
	free(l->to);
	l->to = NULL;
	t->sink->state_changed(t, NULL);
}

static const struct resolve_sink sink_resolved = {.answer = resolved};

static int look_up(struct transport *t, const struct endpoint *to,
		   struct err *e)
{
	struct listening *l = t->extra;

	l->to = malloc(sizeof(*to));
	if (!l->to)
		return err_set(e, ERR_LIMIT, ENOMEM, "%s",
			       err_strerror(ENOMEM));
	*l->to = *to;
	l->resolve = resolve_start(t->net->loop, to->host, to->port, to->family,
				   to->ops->socktype, true, &sink_resolved, t,
				   e);
	if (!l->resolve)
		return -1;
	t->state = LINK_RESOLVING;
	return 0;
}

static struct listening *new_listening(struct transport *t,
				       const struct listen_options *options)
{
	struct listening *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	list_init(&l->at);
	list_init(&l->blocked);
	list_init(&l->idle);
	list_init(&l->busy);
	l->t = t;
	l->again.fire = again_fires;
	l->hold = options && options->hold;
	l->max_peers = options ? options->max_peers : 0;
	if (options && options->socket_options)
		l->socket_options = *options->socket_options;
	t->extra = l;
	if (!t->ops->connects)
		hashtable_init(&l->peers);
	return l;
}

int transport_listen(struct transport *t, struct net *net,
		     const struct endpoint *to,
		     const struct listen_options *options,
		     const struct transport_sink *sink, struct err *e)
{
	struct addr found[2];
	struct listening *l;
	struct err bad;
	bool dual = to->any && to->family == AF_UNSPEC;
	int n;

	if (to->ops->runs)
		return err_set(e, ERR_USAGE, 0,
			       "exec: cannot listen on a command; 'rung pipe "
			       "-l ADDR exec:CMD' runs one for each peer");
	link_init(t, net, to->ops, sink);
	l = new_listening(t, options);
	if (!l)
		return err_set(e, ERR_LIMIT, ENOMEM, "%s",
			       err_strerror(ENOMEM));
	n = candidates(to, found, &bad);
	if (n < 0)
		endpoint_failed(to, &bad, e);
	else if (!n && look_up(t, to, &bad) == 0)
		return 0;
	else if (!n)
		endpoint_failed(to, &bad, e);
	else if (n && listen_first(t, found, (size_t)n, dual, e) == 0)
		return 0;
	free(l->to);
	hashtable_fini(&l->peers);
	free(l);
	t->extra = NULL;
	return -1;
}

void listen_stop(struct transport *t)
{
	struct listening *l = t->extra;

	if (l->resolve)
		resolve_cancel(l->resolve);
	free(l->to);
	list_remove(&l->at);
	if (!t->ops->connects)
		peers_close(t);
	loop_disarm(t->net->loop, &l->again);
}
