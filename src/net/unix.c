/* SPDX-License-Identifier: ISC */
/*
 * Unix sockets: the three kinds, and their paths. A path is replaced only if it
 * is a socket file to which no socket is bound; at the close it is removed only
 * if rung bound it.
 */
#include "net_own.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(const struct addr *a)
{
	size_t head = offsetof(struct sockaddr_un, sun_path);

	if (a->len <= head || !a->u.un.sun_path[0])
		return NULL;
	return a->u.un.sun_path;
}

/*
 * Checks whether a socket is bound to the path. Connects with a datagram
 * socket: a stream server does not notice the connect, and the probe also finds
 * a server that does not listen yet.
 * Result: 0: bound; ECONNREFUSED: stale; another errno: unknown.
 */
static int probe_listener(const struct addr *a)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int code = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, &a->u.sa, a->len) < 0)
		code = errno;
	close(fd);
	switch (code) {
	case EPROTOTYPE:
	case EPERM:
		/* A socket is bound here, but of another kind, or connected to
		 * another peer.
		 */
		return 0;
	}
	return code;
}

bool unix_is_other(const struct addr *a)
{
	const char *path = path_of(a);
	struct stat st;

	return path && stat(path, &st) == 0 && !S_ISSOCK(st.st_mode);
}

/* Removes the path after bind(2) failed with EADDRINUSE, if the path is a
 * socket file to which no socket is bound. */
static int remove_stale(const struct transport *t, const struct addr *a,
			struct err *e)
{
	const char *path = path_of(a);
	struct stat st;
	int code;

	if (!path)
		return bind_failed(t, a, EADDRINUSE, NULL, e);
	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : bind_failed(t, a, errno, NULL, e);
	if (!S_ISSOCK(st.st_mode))
		return bind_failed(t, a, EADDRINUSE,
				   "path exists and is not a socket", e);
	code = probe_listener(a);
	if (!code)
		return bind_failed(t, a, EADDRINUSE,
				   "address in use by another socket", e);
	if (code != ECONNREFUSED && code != ENOENT)
		return bind_failed(t, a, code, NULL, e);
	if (unlink(path) < 0 && errno != ENOENT)
		return bind_failed(t, a, errno, NULL, e);
	return 0;
}

static int keep_path(struct transport *t, const char *path, struct err *e)
{
	struct extra *extra = link_extra(t);
	struct stat st;

	if (!extra)
		return err_set(e, ERR_LIMIT, ENOMEM, "%s",
			       err_strerror(ENOMEM));
	if (lstat(path, &st) < 0)
		return 0;
	extra->dev = st.st_dev;
	extra->ino = st.st_ino;
	t->owns_path = true;
	return 0;
}

int unix_bind(struct transport *t, int fd, const struct addr *a, struct err *e)
{
	int r = bind(fd, &a->u.sa, a->len);

	if (r < 0 && errno == EADDRINUSE) {
		if (remove_stale(t, a, e) < 0)
			return -1;
		r = bind(fd, &a->u.sa, a->len);
	}
	if (r < 0)
		return bind_failed(t, a, errno, NULL, e);
	return path_of(a) ? keep_path(t, path_of(a), e) : 0;
}

void unix_unlink(struct transport *t, int fd)
{
	const struct extra *extra = t->extra;
	struct addr a = {.len = sizeof(a.u.un)};
	struct stat st;

	t->owns_path = false;
	if (getsockname(fd, &a.u.sa, &a.len) < 0)
		return;

	const char *path = path_of(&a);

	if (path && lstat(path, &st) == 0 && st.st_dev == extra->dev &&
	    st.st_ino == extra->ino)
		unlink(path);
}

static void unix_prepare(int fd, int family, bool listens)
{
	(void)fd;
	(void)family;
	(void)listens;
}

/*
 * Gives a client's socket an address, without which no peer could reply. Linux
 * assigns one (unix(7), autobind); on other systems this fails harmlessly.
 */
static void dgram_name(int fd)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	(void)bind(fd, (const struct sockaddr *)&un,
		   offsetof(struct sockaddr_un, sun_path));
}

const struct transport_kind kind_unix = {
    .halves = true,
    .list_command = "ss -lx",
    .prepare = unix_prepare,
    .receive = stream_receive,
    .send = stream_send,
    .flush = stream_flush,
};
const struct transport_kind kind_unix_dgram = {
    .list_command = "ss -lx",
    .prepare = unix_prepare,
    .name = dgram_name,
    .receive = message_receive,
    .send = message_send,
    .flush = message_flush,
};
const struct transport_kind kind_unix_seqpacket = {
    .halves = true,
    .list_command = "ss -lx",
    .prepare = unix_prepare,
    .receive = message_receive,
    .send = message_send,
    .flush = message_flush,
};
