/* SPDX-License-Identifier: ISC */
/*
 * Waits in a command until a client session is open, and with a time for
 * retries, makes the session again after each failure.
 */
#ifndef RUNG_OPENING_H
#define RUNG_OPENING_H

#include "rung/cmd.h"

/* The rows of the options -t and --retry in a command's table. */
#define OPENING_TIMEOUT                                                \
	{                                                              \
		.name = "-t", .kind = PARAM_DURATION, .value = "D",    \
		.brief = "fail after D (default: the timeout setting)" \
	}
#define OPENING_RETRY                                                        \
	{                                                                    \
		.name = "--retry", .kind = PARAM_DURATION, .value = "D",     \
		.brief = "if refused, unreachable, timed out, reset or not " \
			 "resolved, try again until D has passed"            \
	}

struct opening {
	struct session *session; /* newest attempt; pinned, or NULL */
	uint64_t within;         /* limit of an attempt, ns */
	uint64_t limit;          /* limit of this attempt, ns */
	uint64_t until;          /* no attempt lasts longer; 0: one attempt */
	uint64_t pause;          /* before the next attempt, ns */
	bool pausing;
};

/*
 * Begins to wait for a session that hub_connect() has made. `within`: limit of
 * each attempt; `retry`: limit of all attempts, 0: a single one.
 * Result:  CMD_OK: open, and the session stays pinned; CMD_WAIT: call
 *          opening_resume() from resume(); CMD_FAIL.
 */
enum cmd_status opening_begin(struct opening *, struct call *, struct session *,
			      uint64_t within, uint64_t retry);
enum cmd_status opening_resume(struct opening *, struct call *, enum wake);
/* Closes a session that has not opened, which frees its name. Unpins a session
 * that has. */
void opening_end(struct opening *);
/* Fails because `close` removed the session. */
enum cmd_status opening_closed(struct call *, const struct session *);

#endif
