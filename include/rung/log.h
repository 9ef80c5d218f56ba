/* SPDX-License-Identifier: ISC */
/*
 * The log: the most recent messages of all sessions, numbered, so that they can
 * be displayed or sent again. Limited in number and bytes; in memory only.
 */
#ifndef RUNG_LOG_H
#define RUNG_LOG_H

#include "rung/hub.h"

/* Limit of the bytes kept of one message. */
#define LOG_MESSAGE_MAX ((size_t)64 << 10)

struct log_entry { /* lent until the next turn */
	uint64_t number, at, offset;
	enum dir dir;
	unsigned flags; /* the unit's */
	const struct unit_kind *kind;
	struct attrs *attrs; /* lent */
	unsigned log_id;     /* the session's: names are reused */
	char session[SESSION_NAME_MAX];
	struct trace_mark mark; /* mark.rung NULL: the message passed no rung */
	size_t len;             /* length of the whole message */
	struct bytes data;      /* the first bytes; the log may not keep all */
};

struct log;
/* Makes a log, which records the hub's messages until log_free(); the caller
 * owns it. Limits: `bytes` bytes of messages, and 4096 messages; the oldest are
 * dropped. */
struct log *log_new(struct hub *, size_t bytes);
void log_free(struct log *);
void log_limit(struct log *, size_t bytes);
size_t log_limited(const struct log *); /* limit in bytes */
size_t log_memory(const struct log *);  /* bytes charged to `set memory` */
/* Finds a message by its number. Result: false: unknown, or no longer kept. */
bool log_find(const struct log *, uint64_t number, struct log_entry *out);
/* Finds the session of a message, or the session that reconnected it.
 * Result: NULL: it was freed. */
struct session *log_session(struct hub *, const struct log_entry *);
/* Gets the numbers of the oldest and the newest kept message. Result: false:
 * the log is empty. */
bool log_range(const struct log *, uint64_t *first, uint64_t *last);

#endif
