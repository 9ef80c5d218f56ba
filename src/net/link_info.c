/* SPDX-License-Identifier: ISC */
/*
 * Appends facts about a link as `key value` lines, for `info`. transport_fact()
 * finds a single fact, for the rungs.
 */
#include "net_own.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

static void put_addr(struct buf *out, const char *key, const struct addr *a)
{
	if (!a->len)
		return;
	buf_printf(out, "%s ", key);
	addr_print_escaped(a, out);
	buf_putc(out, '\n');
}

static void put_option(struct buf *out, const char *key, int fd, int option)
{
	int n = 0;
	socklen_t len = sizeof(n);

	if (getsockopt(fd, SOL_SOCKET, option, &n, &len) == 0)
		buf_printf(out, "%s %d\n", key, n);
}

static void put_queue(struct buf *out, const char *key, int fd,
		      unsigned long request)
{
	int n = 0;

	if (request && ioctl(fd, request, &n) == 0)
		buf_printf(out, "%s %d\n", key, n);
}

/* Appends the proxy and the duration of its handshake. */
static void put_proxy(struct buf *out, const struct transport *t)
{
	const struct proxied *facts = t->extra;

	if (t->state == LINK_OPEN && t->proxied && facts)
		buf_printf(out, "proxy %s, handshake %.3fms\n", facts->by,
			   (double)facts->spent / (double)NS_PER_MS);
}

bool transport_fact(const struct transport *t, const char *name,
		    struct bytes *value)
{
	if (strcmp(name, "peer") == 0 && t->peer.len) {
		*value = bytes_of(&t->peer.u, t->peer.len);
		return true;
	}
	return t->ops && t->ops->kind->fact &&
	       t->ops->kind->fact(t, name, value);
}

void transport_info(const struct transport *t, struct buf *out)
{
	struct addr local = transport_local(t);
	int fd = link_fd(t);
	bool listens = t->state == LINK_LISTENING;

	put_addr(out, "local", &local);
	put_addr(out, "peer", &t->peer);
	put_proxy(out, t);
	if (t->state == LINK_OPEN && t->ops->kind->info)
		t->ops->kind->info(t, out);
	if (t->phases.attempts)
		buf_printf(out, "attempts %u\n", t->phases.attempts);
	if (fd < 0 || (!listens && t->state != LINK_OPEN))
		return;
	if (t->ops->kind == &kind_tcp)
		tcpinfo_print(fd, listens, out);
	if (!listens) {
		put_queue(out, "recv-queue", fd, FIONREAD);
		put_queue(out, "send-queue", fd, TIOCOUTQ);
		buf_printf(out, "our-queue %zu\n", transport_queued(t));
	}
	put_option(out, "sndbuf", fd, SO_SNDBUF);
	put_option(out, "rcvbuf", fd, SO_RCVBUF);
	if (listens && !t->ops->connects)
		buf_printf(out, "peers %zu\n",
			   ((const struct listening *)t->extra)->peers.count);
}
