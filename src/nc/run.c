/* SPDX-License-Identifier: ISC */
/*
 * `rung nc` and `rung ncat` as a program: a loop and a net, as `rung pipe`.
 */
#include "own.h"
#include "rung/clock.h"

int nc_run(const struct nc_options *o, const struct nc_sink *sink)
{
	struct clock clock = {.fake = false};
	struct err e;
	struct net net;
	struct loop *loop = loop_start(&clock, &e);
	struct nc *nc;
	int status = 0;

	if (!loop) {
		sink->say(e.text);
		return err_exit(e.kind);
	}
	net_init(&net, loop);
	nc = nc_start(&net, o, sink);
	while (!status && nc_step(nc))
		if (loop_turn(loop, &e)) {
			sink->say(e.text);
			status = err_exit(e.kind);
		}
	if (!status)
		status = nc_status(nc);
	nc_free(nc);
	net_fini(&net);
	loop_free(loop);
	return status;
}
