/* SPDX-License-Identifier: ISC */
/*
 * Errors of open links and of local addresses: the address, the cause and a
 * hint. dial_error.c reports the errors of connecting.
 */
#include "net_own.h"

#include <errno.h>

const char *net_strerror(int code)
{
	switch (code) {
	case ECONNREFUSED:
		return "refused";
	case ECONNRESET:
		return "reset by the peer";
	case EPIPE:
		return "closed by the peer (broken pipe)";
	case EADDRINUSE:
		return "address in use";
	case EADDRNOTAVAIL:
		return "not an address of this machine";
	case EMSGSIZE:
		return "too long for one message";
	}
	return err_strerror(code);
}

const char *transport_strerror(int code)
{
	if (code == ETIMEDOUT)
		return "no acknowledgement from the peer (timed out)";
	return net_strerror(code);
}

static const char *bind_hint(const struct transport *t, const struct addr *a,
			     int code)
{
	if (!t->ops->kind->by_name && code == ENOENT)
		return "; does the directory exist?";
	if (!t->ops->kind->by_name && code == EACCES)
		return "; needs write access to the directory";
	if (!t->ops->kind->by_name)
		return "";
	if (code == EADDRINUSE)
		return t->ops->connects ? "; 'ss -ltnp' shows the process"
					: "; 'ss -lunp' shows the process";
	if (code == EACCES && addr_port(a) && addr_port(a) < 1024)
		return "; ports below 1024 need privileges";
	if (code == EADDRNOTAVAIL)
		return "; 'ip address' lists local addresses";
	return "";
}

int bind_failed(const struct transport *t, const struct addr *a, int code,
		const char *words, struct err *e)
{
	struct buf who;

	buf_init(&who, BUF_SMALL);
	addr_print_url_escaped(a, t->ops->scheme, &who);
	err_set(e, err_of_errno(code), code, "%.160s: %s%s", buf_cstr(&who),
		words ? words : net_strerror(code), bind_hint(t, a, code));
	buf_fini(&who);
	return -1;
}

int endpoint_failed(const struct endpoint *to, const struct err *why,
		    struct err *e)
{
	struct buf who;

	buf_init(&who, BUF_SMALL);
	endpoint_print_escaped(to, NULL, &who);
	err_set(e, why->kind, why->code, "%.160s: %s", buf_cstr(&who),
		why->text);
	buf_fini(&who);
	return -1;
}
