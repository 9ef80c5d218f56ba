/* SPDX-License-Identifier: ISC */
/*
 * At the end of a script, waits until the sessions have sent their queued data.
 * The front end decides when a script has ended.
 */
#include "shell_own.h"

#include <string.h>

/* Returns the number of unsent bytes. Sets *whose to the first session with
 * unsent bytes. Leaves out echo sessions, which may never finish, and sessions
 * whose unsent bytes a send-timeout already reported. */
static size_t unsent_bytes(const struct shell *sh, const struct session **whose)
{
	size_t left = 0;
	for (struct session *s = NULL;
	     (s = hub_match(sh->hub, BYTES("*"), s)) != NULL;) {
		size_t more = s->echo || session_is_closed(s)
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

static void flush_timed_out(struct timer *t)
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
		"%s: peer read nothing for %s; %zu queued bytes not sent",
		s->name, buf_cstr(&time), left);
	buf_fini(&time);
	shell_print_error(sh, "rung", &e);
	shell_quit(sh, err_exit_code(e.kind));
}

int shell_exit_code(const struct shell *sh)
{
	const struct scope *scope = sh->foreground.scope;
	return sh->interactive || !scope->failed
		   ? 0
		   : err_exit_code(scope->why.kind);
}

bool shell_flush(struct shell *sh)
{
	struct flush *d = &sh->flush;
	const struct session *whose = NULL;
	if (!d->begun)
		jobs_end(sh);
	size_t left = unsent_bytes(sh, &whose);
	if (left && d->timed_out && left >= d->left)
		flush_give_up(sh, whose, left);
	if (!left || sh->ended) {
		loop_disarm(sh->loop, &d->timer);
		if (!sh->ended)
			sh->status = shell_exit_code(sh);
		return sh->ended || !hub_says_goodbyes(sh->hub);
	}
	if (!d->begun || left < d->left) {
		d->begun = true;
		d->timed_out = false;
		d->left = left;
		d->timer.fire = flush_timed_out;
		loop_arm(sh->loop, &d->timer, loop_now(sh->loop) + sh->timeout);
	}
	return false;
}
