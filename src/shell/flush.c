/* SPDX-License-Identifier: ISC */
/*
 * The end of a script: what was queued is written first, as long as peers take
 * it. When a script ends is its front end's affair.
 */
#include "shell_own.h"

#include <string.h>

/* What waits to be written, but for echoes, whose peers may never end, and for
 * what a command has told already that nobody takes. */
static size_t queued(const struct shell *sh, const struct session **whose)
{
	size_t left = 0;
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;) {
		size_t more = s->echo || s->link.state == LINK_CLOSED
				  ? 0
				  : session_unsent(s);
		if (more == s->unsent_reported)
			continue;
		if (!left)
			*whose = s;
		left += more;
	}
	return left;
}

static void late(struct timer *t)
{
	struct flush *d = list_entry(t, struct flush, timer);
	d->timed_out = true;
}

static void flush_give_up(struct shell *sh, const struct session *s,
			  size_t left)
{
	struct err e;
	struct buf time = {.limit = BUF_SMALL};
	print_duration(sh->timeout, &time);
	err_set(&e, ERR_SEND_TIMEOUT, 0,
		"%s: nothing was taken for %s; %zu bytes that were queued "
		"are unsent",
		s->name, buf_cstr(&time), left);
	buf_fini(&time);
	shell_print_error(sh, "rung", &e);
	shell_quit(sh, err_exit_code(e.kind));
}

bool shell_flush(struct shell *sh)
{
	struct flush *d = &sh->drain;
	const struct session *whose = NULL;
	if (!d->begun)
		jobs_end(sh);
	size_t left = queued(sh, &whose);
	if (left && d->timed_out && left >= d->left)
		flush_give_up(sh, whose, left);
	if (!left || sh->ended) {
		loop_disarm(sh->loop, &d->timer);
		return true;
	}
	if (!d->begun || left < d->left) {
		d->begun = true;
		d->timed_out = false;
		d->left = left;
		d->timer.fire = late;
		loop_arm(sh->loop, &d->timer, loop_now(sh->loop) + sh->timeout);
	}
	return false;
}
