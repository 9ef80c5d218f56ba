/* SPDX-License-Identifier: ISC */
/*
 * The log: the last messages of all sessions, numbered, to display or send
 * again. Limited in number and bytes; writes no files.
 */
#ifndef RUNG_LOG_H
#define RUNG_LOG_H

#include "rung/hub.h"

/* Bytes kept of a message. */
#define LOG_MESSAGE_MAX ((size_t)64 << 10)

struct log_entry { /* lent until the next turn */
	uint64_t number, at, offset;
	enum dir dir;
	unsigned kind; /* the unit's kind */
	char session[SESSION_NAME_MAX];
	size_t len;        /* bytes, of which `data` has the kept ones */
	struct bytes data; /* the first bytes, as far as kept */
};

struct log;
/* Owns: the result; subscribed to the hub until log_free(). Limits: the newest
 * `bytes` bytes, and 4096 messages. */
struct log *log_new(struct hub *, size_t bytes);
void log_free(struct log *);
void log_limit(struct log *, size_t bytes);
size_t log_limited(const struct log *); /* the limit */
/* Result: false: unknown, or no longer kept. */
bool log_find(const struct log *, uint64_t number, struct log_entry *out);
/* Returns the numbers of the kept messages; false: none. */
bool log_range(const struct log *, uint64_t *first, uint64_t *last);

#endif
