/* SPDX-License-Identifier: ISC */
/*
 * Limits how often the prompt is painted while data arrives: a flood must not
 * redraw the line for each read.
 */
#include "prompt_rate.h"

static void pause_is_over(struct timer *timer)
{
	(void)timer; /* only wakes the loop */
}

void prompt_rate_init(struct prompt_rate *p)
{
	*p = (struct prompt_rate){.pause.fire = pause_is_over};
}

bool prompt_rate_is_due(const struct prompt_rate *p, uint64_t level)
{
	return level < p->painted ||
	       (level > p->painted && !loop_armed(&p->pause));
}

void prompt_rate_painted(struct prompt_rate *p, struct loop *loop,
			 uint64_t level)
{
	if (level > p->painted)
		loop_arm(loop, &p->pause, loop_now(loop) + PROMPT_RATE_PAUSE);
	p->painted = level;
}

void prompt_rate_fini(struct prompt_rate *p, struct loop *loop)
{
	loop_disarm(loop, &p->pause);
}
