/* SPDX-License-Identifier: ISC */
/*
 * The end of a script: what was queued is written first, as long as peers take
 * it. When a script ends is its front end's affair.
 */
#include "own.h"

#include <string.h>

/* What waits to be written, but for echoes, whose peers may never end, and for
 * what a command has told already that nobody takes. */
static size_t queued(const struct shell *sh, const struct session **whose)
{
	size_t left = 0;
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;) {
		size_t more = s->echo || s->link.link == LINK_CLOSED
				  ? 0
				  : session_unsent(s);
		if (more == s->stuck)
			continue;
		if (!left)
			*whose = s;
		left += more;
	}
	return left;
}

static void late(struct timer *t)
{
	struct drain *d = list_entry(t, struct drain, timer);
	d->late = true;
}

static void give_up(struct shell *sh, const struct session *s, size_t left)
{
	struct err e;
	struct buf time = {.limit = BUF_SMALL};
	print_duration(sh->timeout, &time);
	err_set(&e, ERR_SEND_TIMEOUT, 0,
		"%s: nothing was taken for %s; %zu bytes that were queued "
		"are unsent",
		s->name, buf_cstr(&time), left);
	buf_fini(&time);
	shell_tell(sh, "rung", &e);
	shell_quit(sh, err_exit(e.kind));
}

bool shell_drain(struct shell *sh)
{
	struct drain *d = &sh->drain;
	const struct session *whose = NULL;
	if (!d->begun)
		jobs_end(sh);
	size_t left = queued(sh, &whose);
	if (left && d->late && left >= d->left)
		give_up(sh, whose, left);
	if (!left || sh->ended) {
		loop_cancel(sh->loop, &d->timer);
		return true;
	}
	if (!d->begun || left < d->left) {
		d->begun = true;
		d->late = false;
		d->left = left;
		d->timer.fire = late;
		loop_at(sh->loop, &d->timer, loop_now(sh->loop) + sh->timeout);
	}
	return false;
}
