/* SPDX-License-Identifier: ISC */
/*
 * The log: the last messages of all sessions, numbered, to look at and send
 * again. Bounded in count and bytes; nothing is written to files here.
 */
#ifndef RUNG_LOG_H
#define RUNG_LOG_H

#include "rung/hub.h"

/* Of a message, at most this much is kept. */
#define LOG_MESSAGE_MAX ((size_t)64 << 10)

struct log_entry { /* lent until the next turn */
	uint64_t number, at, offset;
	enum dir dir;
	unsigned kind; /* the unit's */
	char session[SESSION_NAME_MAX];
	size_t len;        /* as it was */
	struct bytes data; /* what is kept */
};

struct log;
/* Hears the hub until log_free(). Limits: the newest `bytes` bytes, and no more
 * than 4096 messages. */
struct log *log_new(struct hub *, size_t bytes);
void log_free(struct log *);
void log_limit(struct log *, size_t bytes);
size_t log_limited(const struct log *); /* the limit */
/* Result: false: never was, or no longer kept. */
bool log_find(const struct log *, uint64_t number, struct log_entry *out);
/* The numbers kept: from *first to *last; false where there are none. */
bool log_range(const struct log *, uint64_t *first, uint64_t *last);

#endif
