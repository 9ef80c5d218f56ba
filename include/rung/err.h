/* SPDX-License-Identifier: ISC */
/*
 * The error value and the classes of errors. ERR_CLASSES gives each class its
 * exit code and the name that $error, messages and events use.
 */
#ifndef RUNG_ERR_H
#define RUNG_ERR_H

#include "rung/bytes.h"

/* For each class: the constant, the name, the exit code. */
#define ERR_CLASSES(X)                               \
	X(ERR_NONE, "none", 0)                       \
	X(ERR_EXPECT_MISMATCH, "expect-mismatch", 1) \
	X(ERR_USAGE, "usage", 2)                     \
	X(ERR_DNS, "dns", 3)                         \
	X(ERR_REFUSED, "refused", 4)                 \
	X(ERR_UNREACHABLE, "unreachable", 4)         \
	X(ERR_CONNECT_TIMEOUT, "connect-timeout", 5) \
	X(ERR_EXPECT_TIMEOUT, "expect-timeout", 5)   \
	X(ERR_RECV_TIMEOUT, "recv-timeout", 5)       \
	X(ERR_SEND_TIMEOUT, "send-timeout", 5)       \
	X(ERR_EOF_EARLY, "eof-early", 6)             \
	X(ERR_CLOSED, "closed", 6)                   \
	X(ERR_RESET, "reset", 7)                     \
	X(ERR_TLS_HANDSHAKE, "tls-handshake", 8)     \
	X(ERR_TLS_VERIFY, "tls-verify", 8)           \
	X(ERR_TLS_TRUNCATED, "tls-truncated", 8)     \
	X(ERR_TLS_ALERT, "tls-alert", 8)             \
	X(ERR_FRAME, "frame", 9)                     \
	X(ERR_HTTP_PROTO, "http-proto", 9)           \
	X(ERR_HTTP_STATUS, "http-status", 9)         \
	X(ERR_WS_PROTO, "ws-proto", 9)               \
	X(ERR_WS_CLOSE, "ws-close", 9)               \
	X(ERR_IO, "io", 10)                          \
	X(ERR_LIMIT, "limit", 10)                    \
	X(ERR_INTERRUPTED, "interrupted", 130)

enum err_class {
#define X(kind, name, code) kind,
	ERR_CLASSES(X)
#undef X
};

/* One failure. The text is written where the failure occurs, and printed once.
 */
struct err {
	enum err_class kind;
	int code;       /* errno or a library's own code; 0: none */
	char text[256]; /* one line without a newline: what failed, and why */
};

/*
 * Fills *e; truncates a text that does not fit. e may be NULL.
 * Result:  -1, so that a caller can `return err_set(…)`.
 */
int err_set(struct err *e, enum err_class kind, int code, const char *fmt, ...)
    RUNG_PRINTF(4, 5);
int err_vset(struct err *e, enum err_class kind, int code, const char *fmt,
	     va_list);
/* Fills *e with an error of class usage, which has no code. */
int err_usage(struct err *e, const char *fmt, ...) RUNG_PRINTF(2, 3);
/* Copies `from` to *e; e may be NULL. Result: -1. */
int err_copy(struct err *e, const struct err *from);
void err_clear(struct err *e);
/* Returns the name of a class, for example "expect-timeout"; static. */
const char *err_name(enum err_class kind);
/* Returns the exit code for the class. */
int err_exit_code(enum err_class kind);
/* Returns the class of an errno from a socket or file call; ERR_IO if no other
 * class fits. */
enum err_class err_of_errno(int code);
/* Returns the class of an errno from an open link: as err_of_errno(), but EPIPE
 * is a reset, and ETIMEDOUT (no acknowledgement) is `timeout`. */
enum err_class err_of_link_errno(int code, enum err_class timeout);
/* Returns a text for an errno: rung's own if that is clearer than strerror()'s;
 * static. */
const char *err_strerror(int code);

#endif
