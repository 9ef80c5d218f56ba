/* SPDX-License-Identifier: ISC */
/*
 * The environment of a command that serves a peer: whom, in the variables that
 * ncat gives it. Starting it is child.c's.
 */
#include "child.h"

#include <string.h>

extern char **environ;

/* Source: ncat(1), "NCAT_REMOTE_ADDR, ...". */
static const char prefix[] = "NCAT_";

enum { OURS = 5 };

static bool is_ours(const char *variable)
{
	return strncmp(variable, prefix, sizeof(prefix) - 1) == 0;
}

static void put_end(const char *which, const struct addr *a, struct buf *out)
{
	struct buf host = {.limit = BUF_SMALL};

	addr_print_host(a, &host);
	/* An abstract name may have a NUL, which ends what can be said. */
	buf_printf(out, "%s%s_ADDR=%s", prefix, which, buf_cstr(&host));
	buf_putc(out, '\0');
	buf_fini(&host);
	buf_printf(out, "%s%s_PORT=", prefix, which);
	if (a->len && a->u.sa.sa_family != AF_UNIX)
		buf_printf(out, "%u", addr_port(a));
	buf_putc(out, '\0');
}

static const char *protocol(const struct transport_ops *ops)
{
	if (ops->family == AF_UNIX)
		return "UNIX";
	return ops->socktype == SOCK_DGRAM ? "UDP" : "TCP";
}

/* One block: the pointers, then what they point to. */
char **serving_environ(const struct serving *serving)
{
	size_t n = 0, i = 0;
	struct bytes made;
	struct buf text;
	char **all, *at;

	while (environ[n])
		n++;
	buf_init(&text, BUF_SMALL);
	put_end("REMOTE", &serving->remote, &text);
	put_end("LOCAL", &serving->local, &text);
	buf_printf(&text, "%sPROTO=%s", prefix, protocol(serving->ops));
	buf_putc(&text, '\0');
	made = buf_bytes(&text);
	/* Were one cut for want of memory, it would still end within. */
	all = xalloc((n + OURS + 1) * sizeof(*all) + made.len + OURS);
	at = (char *)(all + n + OURS + 1);
	if (made.at)
		memcpy(at, made.at, made.len);
	buf_fini(&text);
	for (char **e = environ; *e; e++)
		if (!is_ours(*e))
			all[i++] = *e;
	for (int k = 0; k < OURS; k++) {
		all[i++] = at;
		at += strlen(at) + 1;
	}
	return all;
}
