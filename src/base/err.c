/* SPDX-License-Identifier: ISC */
/*
 * The error value: fills it in, names its class, and has the texts for errno
 * values. Prints nothing: shell and session print each error once.
 */
#include "rung/err.h"

#include "rung/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_class kind, int code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_vset(e, kind, code, fmt, args);
	va_end(args);
	return -1;
}

int err_vset(struct err *e, enum err_class kind, int code, const char *fmt,
	     va_list args)
{
	if (!e)
		return -1;

	/* Format into a separate buffer: an argument may be e->text itself. */
	char text[sizeof(e->text)];
	int n = vsnprintf(text, sizeof(text), fmt, args);
	size_t len = n < 0 ? 0 : (size_t)n;

	if (len >= sizeof(text))
		len = utf8_complete_len(bytes_of(text, sizeof(text) - 1));
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n' || text[i] == '\r')
			text[i] = ' ';

	e->kind = kind;
	e->code = code;
	memcpy(e->text, text, len);
	e->text[len] = '\0';
	return -1;
}

int err_usage(struct err *e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	err_vset(e, ERR_USAGE, 0, fmt, args);
	va_end(args);
	return -1;
}

int err_copy(struct err *e, const struct err *from)
{
	if (e)
		*e = *from;
	return -1;
}

void err_clear(struct err *e)
{
	e->kind = ERR_NONE;
	e->code = 0;
	e->text[0] = '\0';
}

const char *err_name(enum err_class kind)
{
	switch (kind) {
#define X(kind, name, code) \
	case kind:          \
		return name;
		ERR_CLASSES(X)
#undef X
	}
	return "none";
}

int err_exit_code(enum err_class kind)
{
	switch (kind) {
#define X(kind, name, code) \
	case kind:          \
		return code;
		ERR_CLASSES(X)
#undef X
	}
	return 0;
}

/* An errno value, its class and its text. */
struct known {
	int code;
	enum err_class kind;
	const char *words;
};

static const struct known known[] = {
    {ECONNREFUSED, ERR_REFUSED, "connection refused"},
    {ENETUNREACH, ERR_UNREACHABLE, "network unreachable"},
    {EHOSTUNREACH, ERR_UNREACHABLE, "no route to host"},
    {ENETDOWN, ERR_UNREACHABLE, "network is down"},
    {EHOSTDOWN, ERR_UNREACHABLE, "host is down"},
    {ECONNRESET, ERR_RESET, "connection reset by peer"},
    {ECONNABORTED, ERR_RESET, "connection aborted"},
    {EPIPE, ERR_CLOSED, "the other end is closed"},
    {ETIMEDOUT, ERR_CONNECT_TIMEOUT, "no answer (timed out)"},
    {EMFILE, ERR_LIMIT, "too many open files (raise ulimit -n)"},
    {ENFILE, ERR_LIMIT, "too many open files in the whole system"},
    {ENOMEM, ERR_LIMIT, "out of memory"},
    {ENOBUFS, ERR_LIMIT, "no buffer space left"},
    {EMSGSIZE, ERR_LIMIT, "message too long for one packet"},
    {EADDRINUSE, ERR_IO, "address already in use"},
    {EADDRNOTAVAIL, ERR_IO, "no such address on this machine"},
    {EAFNOSUPPORT, ERR_IO, "address family not supported here"},
    {EPROTOTYPE, ERR_IO, "wrong type of socket"},
    {EPROTONOSUPPORT, ERR_IO, "protocol not supported here"},
    {EOPNOTSUPP, ERR_IO, "not supported by this socket"},
    {ENOTSOCK, ERR_IO, "not a socket"},
    {ENOTCONN, ERR_IO, "not connected"},
    {EISCONN, ERR_IO, "already connected"},
    {EACCES, ERR_IO, "permission denied"},
    {EPERM, ERR_IO, "operation not permitted"},
    {EROFS, ERR_IO, "read-only file system"},
    {ENOENT, ERR_IO, "no such file or directory"},
    {EEXIST, ERR_IO, "file exists"},
    {EISDIR, ERR_IO, "is a directory"},
    {ENOTDIR, ERR_IO, "a part of the path is not a directory"},
    {ENAMETOOLONG, ERR_IO, "name too long"},
    {ELOOP, ERR_IO, "too many symbolic links"},
    {ENXIO, ERR_IO, "no such device or address"},
    {ENOSPC, ERR_IO, "no space left on device"},
    {EFBIG, ERR_IO, "file too large"},
    {EBADF, ERR_IO, "not open"},
    {EINVAL, ERR_IO, "invalid argument"},
    {EINTR, ERR_IO, "interrupted"},
    {EAGAIN, ERR_IO, "not ready"},
    {EIO, ERR_IO, "input/output error"},
};

static const struct known *find_known(int code)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].code == code)
			return &known[i];
	return NULL;
}

enum err_class err_of_errno(int code)
{
	const struct known *k = find_known(code);

	return k ? k->kind : ERR_IO;
}

enum err_class err_of_link_errno(int code, enum err_class timeout)
{
	if (code == EPIPE)
		return ERR_RESET;
	if (code == ETIMEDOUT)
		return timeout;
	return err_of_errno(code);
}

const char *err_strerror(int code)
{
	const struct known *k = find_known(code);

	return k ? k->words : strerror(code);
}
