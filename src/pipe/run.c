/* SPDX-License-Identifier: ISC */
/*
 * `rung pipe` as a program: a loop and a net, and none of the other rooms.
 */
#include "rung/clock.h"
#include "rung/pipe.h"
#include "rung/reference.h"

#include <stdio.h>

void pipe_help(struct buf *out)
{
	buf_puts(out, "usage: rung pipe [OPTION]... ADDR [ADDR2]\n\n");
	for (const struct param *p = pipe_params; p->kind; p++) {
		struct buf head = {.limit = BUF_SMALL};

		reference_head(p, &head);
		buf_printf(out, "  %-17s %s\n", buf_cstr(&head), p->brief);
		buf_fini(&head);
	}
}

static int failed(const struct pipe_sink *sink, const struct err *e)
{
	char line[520];

	snprintf(line, sizeof(line), "pipe: %s", e->text);
	sink->say(sink, line);
	return err_exit(e->kind);
}

/* Result: the exit code. */
static int turn(struct net *net, const struct pipe_options *o,
		const struct pipe_sink *sink)
{
	struct err e;
	struct pipe *pipe = pipe_start(net, o, sink, &e);
	int status = 0;

	if (!pipe)
		return failed(sink, &e);
	while (!status && !pipe_done(pipe))
		if (loop_turn(net->loop, &e))
			status = failed(sink, &e);
	if (!status)
		status = pipe_status(pipe);
	pipe_free(pipe);
	return status;
}

int pipe_run(const struct pipe_options *o, const struct pipe_sink *sink)
{
	struct clock clock = {.fake = false};
	struct err e;
	struct net net;
	struct loop *loop = loop_start(&clock, &e);
	int status;

	if (!loop)
		return failed(sink, &e);
	net_init(&net, loop);
	status = turn(&net, o, sink);
	net_fini(&net);
	loop_free(loop);
	return status;
}
