/* SPDX-License-Identifier: ISC */
/*
 * The log: the last messages of all sessions, numbered, to display or send
 * again. Limited in number and bytes; kept in memory only.
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
	size_t len;        /* length of the whole message */
	struct bytes data; /* the first bytes, as far as kept */
};

struct log;
/* Makes a log that is subscribed to the hub until log_free(); the caller owns
 * it. Limits: the newest `bytes` bytes, and 4096 messages. */
struct log *log_new(struct hub *, size_t bytes);
void log_free(struct log *);
void log_limit(struct log *, size_t bytes);
size_t log_limited(const struct log *); /* limit in bytes */
/* Finds a message by its number. Result: false: unknown, or no longer kept. */
bool log_find(const struct log *, uint64_t number, struct log_entry *out);
/* Gets the numbers of the oldest and the newest kept message. Result: false:
 * none. */
bool log_range(const struct log *, uint64_t *first, uint64_t *last);

#endif
