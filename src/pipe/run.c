/* SPDX-License-Identifier: ISC */
/*
 * `rung pipe` as a program: runs a net of its own until the pipe is done.
 */
#include "pipe_own.h"
#include "rung/clock.h"
#include "rung/reference.h"

#include <stdio.h>
#include <stdlib.h>

void pipe_help(const struct protocols *protocols, struct buf *out)
{
	struct param *params = rung_options_join(pipe_params, protocols);

	buf_puts(out, "usage: rung pipe [OPTION]... ADDR [ADDR2]\n"
		      "Join standard input and output to ADDR, as netcat does, "
		      "or ADDR to ADDR2.\n\n"
		      "    printf 'hello\\n' | rung pipe localhost 8080\n"
		      "    rung pipe -lk :8081 localhost:8080\n\n");
	for (const struct param *p = params; p->kind; p++) {
		struct buf head = {.limit = BUF_SMALL};

		reference_head(p, &head);
		buf_printf(out, "  %-17s  %s\n", buf_cstr(&head), p->brief);
		buf_fini(&head);
	}
	free(params);
}

static int run_failed(const struct pipe_sink *sink, const struct err *e)
{
	char line[520];

	snprintf(line, sizeof(line), "pipe: %s", e->text);
	sink->say(sink, line);
	return err_exit_code(e->kind);
}

int pipe_run_in(struct net *net, const struct pipe_options *o,
		const struct pipe_sink *sink, int *status, struct err *e)
{
	struct pipe *pipe = pipe_start(net, o, sink, e);
	int bad = 0;

	if (!pipe)
		return -1;
	while (!bad && !pipe_done(pipe))
		bad = loop_turn(net->loop, e);
	*status = pipe_status(pipe);
	pipe_free(pipe);
	return bad;
}

int pipe_run(const struct pipe_options *o, const struct pipe_sink *sink)
{
	struct clock clock = {.fake = false};
	struct net net;
	struct err e;
	int status;

	if (net_start(&net, &clock, &e))
		return run_failed(sink, &e);
	if (pipe_run_in(&net, o, sink, &status, &e))
		status = run_failed(sink, &e);
	net_stop(&net);
	return status;
}
