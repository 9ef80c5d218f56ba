/* SPDX-License-Identifier: ISC */
/*
 * Runs a command line: a scan, or a pipe for each port in turn. Converts the
 * exit code to that of the dialect.
 */
#include "nc_own.h"
#include "rung/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A running command line. */
struct nc {
	struct net *net;
	const struct nc_options *o;
	const struct nc_sink *sink;
	struct pipe_options pipe_options; /* for the current port */
	struct pipe_sink pipe_sink;
	struct scan_sink scan_sink;
	uint64_t started;    /* time of the start, ns */
	bool opened;         /* a port was open */
	bool broken;         /* an open port has failed */
	bool own_end_failed; /* stdin, stdout or a log failed: skip other ports
			      */
	bool unknown;        /* name not found, or cannot listen */
};

static const char *port_of(const struct nc *nc)
{
	return nc->pipe_options.at.port;
}

/* Prints the lines of `text`, which may be empty. */
static void nc_print(const struct nc *nc, struct buf *text)
{
	char *line = buf_len(text) ? xstrndup(buf_bytes(text)) : NULL;

	buf_fini(text);
	for (char *at = line; at;) {
		char *end = strchr(at, '\n');

		if (end)
			*end = '\0';
		nc->sink->say(at);
		at = end ? end + 1 : NULL;
	}
	free(line);
}

static uint64_t spent(const struct nc *nc)
{
	return loop_now(nc->net->loop) - nc->started;
}

static void on_pipe_event(const struct pipe_sink *sink,
			  const struct pipe_event *n)
{
	struct nc *nc = list_entry(sink, struct nc, pipe_sink);
	struct buf text = {.limit = BUF_SMALL};

	nc->opened |= n->kind == PIPE_OPENS || n->kind == PIPE_ACCEPTS;
	nc->unknown |= n->kind == PIPE_CANNOT_LISTEN;
	if (n->kind == PIPE_FAILS) {
		nc->unknown |= n->why->kind == ERR_DNS;
		nc->broken |= n->opened;
		nc->own_end_failed |= n->ours;
	}
	messages_event(nc->o, port_of(nc), n, spent(nc), &text);
	nc_print(nc, &text);
}

/* Prints a message of the pipe that has no counterpart in the dialect. */
static void pipe_message(const struct pipe_sink *sink, const char *line)
{
	struct nc *nc = list_entry(sink, struct nc, pipe_sink);
	struct buf text = {.limit = BUF_SMALL};

	if (strncmp(line, "pipe: ", 6) == 0)
		line += 6;
	buf_puts(&text, nc->o->dialect == NC_NCAT ? "Ncat: " : "nc: ");
	buf_puts(&text, line);
	nc_print(nc, &text);
}

/* ---- a scan ---- */

static void scan_found(const struct scan_sink *sink,
		       const struct scanned *found)
{
	struct nc *nc = list_entry(sink, struct nc, scan_sink);
	struct buf text = {.limit = BUF_SMALL};
	char port[8];

	snprintf(port, sizeof(port), "%u", found->port);
	nc->opened |= found->open;
	nc->unknown |= !found->open && found->why->kind == ERR_DNS;
	if (found->open)
		messages_open(nc->o, port, found->addr, spent(nc), &text);
	else
		messages_fail(nc->o, port, found->addr, found->why, &text);
	nc_print(nc, &text);
}

/* ---- the exit code ---- */

int nc_bad_usage(enum nc_dialect dialect)
{
	return dialect == NC_NCAT ? 2 : 1;
}

/* Converts an exit code to that of the dialect. Any failure is 1; with ncat, an
 * unknown name or a failed listen is 2, unless a proxy is used. Codes above 128
 * (a signal, or a closed output) stay. */
static int dialect_status(const struct nc *nc, int status)
{
	if (status > 128 || !status)
		return status;
	return nc->unknown && !nc->o->pipe.proxied
		   ? nc_bad_usage(nc->o->dialect)
		   : 1;
}

/* ---- running ---- */

/* Prints the error. Result: the exit code. */
static int nc_failed(const struct nc *nc, const struct err *why)
{
	struct buf text = {.limit = BUF_SMALL};
	bool ncat = nc->o->dialect == NC_NCAT;

	buf_printf(&text, ncat ? "Ncat: %s. QUITTING." : "nc: %s", why->text);
	nc_print(nc, &text);
	return nc_bad_usage(nc->o->dialect);
}

static int run_scan(struct nc *nc)
{
	struct err e;

	if (scan_turn(nc->net, nc->o, &nc->scan_sink, &e))
		return nc_failed(nc, &e);
	return dialect_status(nc, nc->opened ? 0 : 1);
}

/* Runs a pipe for each port, in turn. */
static int run_pipes(struct nc *nc)
{
	struct pipe_options *p = &nc->pipe_options;
	size_t ports = nc->o->ports_count, next = 0;
	struct err e;
	int status;

	*p = nc->o->pipe;
	p->quiet = !nc->o->verbose;
	p->verbose = nc->o->verbose > 1;
	p->from = nc->o->source.ops ? &nc->o->source : NULL;
	do {
		if (next < ports)
			snprintf(p->at.port, sizeof(p->at.port), "%u",
				 nc->o->ports[next]);
		if (pipe_run_in(nc->net, p, &nc->pipe_sink, &status, &e))
			return nc_failed(nc, &e);
	} while (status <= 128 && !nc->own_end_failed && !nc->unknown &&
		 ++next < ports);
	if (status > 128 || ports < 2)
		return dialect_status(nc, status);
	/* With several ports, one open port is a success, unless the connection
	 * to an open port failed. */
	return nc->opened && !nc->broken ? 0 : 1;
}

int nc_run(const struct nc_options *o, const struct nc_sink *sink)
{
	struct clock clock = {.fake = false};
	struct net net;
	struct nc nc = {.net = &net, .o = o, .sink = sink};
	struct err e;
	int status;

	nc.pipe_sink.say = pipe_message;
	nc.pipe_sink.on_event = on_pipe_event;
	nc.scan_sink.found = scan_found;
	if (net_start(&net, &clock, &e))
		return nc_failed(&nc, &e);
	nc.started = loop_now(net.loop);
	status = o->scans ? run_scan(&nc) : run_pipes(&nc);
	net_stop(&net);
	return status;
}
