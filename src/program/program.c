/* SPDX-License-Identifier: ISC */
/*
 * Runs the prompt or a script: creates the modules, connects them and turns the
 * loop.
 */
#include "rung/program.h"
#include "rung/cmd.h"
#include "rung/events.h"
#include "rung/journal.h"
#include "rung/nc.h"
#include "rung/repl.h"
#include "rung/script.h"
#include "rung/tap.h"
#include "rung/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The banner fits in one row of 80 columns. */
#define BANNER                                                         \
	"rung " RUNG_VERSION ": a REPL for sockets; type 'help', Tab " \
	"completes, Ctrl-D quits"
#define LOG_BYTES ((size_t)4 << 20)

/* The modules of a script, or of a prompt that may run scripts first. */
struct program_of {
	const struct options *options;
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct log *log;
	struct journal *journal;
	struct screen screen;
	struct events events;
	struct tap tap;
	struct shell shell;
	struct repl *repl; /* NULL: `script` is used */
	struct script *script;
};

/* Appends the usage of `rung pipe`, `rung nc` or `rung ncat`, for `help`. */
static void print_mode_usage(const char *mode, struct buf *out)
{
	if (strcmp(mode, "pipe") == 0)
		pipe_help(&protocols_all, out);
	for (int i = 0; i < NC_DIALECTS; i++)
		if (strcmp(mode, nc_names[i]) == 0)
			nc_help((enum nc_dialect)i, out);
}

static void init_modules(struct program_of *p, struct out *out)
{
	const struct options *o = p->options;
	char name[24];
	bool apart = !p->repl || o->json;
	out->colour = !o->tap &&
		      options_colour(o, apart ? STDERR_FILENO : STDOUT_FILENO);
	out->quiet = o->quiet;
	out->verbose = o->verbose;
	net_init(&p->net, p->loop);
	hub_init(&p->hub, p->loop, &p->net);
	p->hub.display.live = p->repl && !o->json;
	p->log = log_new(&p->hub, LOG_BYTES);
	p->journal = journal_new(&p->hub);
	screen_init(&p->screen, &p->hub, out, view_find(BYTES("line")));
	p->screen.states = p->repl || o->verbose;
	if (o->json)
		events_init(&p->events, &p->hub, out);
	if (o->tap)
		tap_init(&p->tap, &p->hub, out);
	shell_init(&p->shell, &p->hub, p->log, &p->screen, out, cmd_table,
		   &protocols_all);
	p->shell.journal = p->journal;
	p->shell.mode_usage = print_mode_usage;
	if (o->timeout != UINT64_MAX)
		p->shell.timeout = o->timeout;
	for (size_t i = 0; i < o->args_count; i++) {
		snprintf(name, sizeof name, "arg%zu", i + 1);
		task_set(&p->shell.foreground, bytes_str(name),
			 bytes_str(o->args[i]));
	}
	snprintf(name, sizeof name, "%zu", o->args_count);
	task_set(&p->shell.foreground, BYTES("argc"), bytes_str(name));
}

static void fini_modules(struct program_of *p)
{
	shell_fini(&p->shell);
	screen_fini(&p->screen);
	if (p->options->json)
		events_fini(&p->events);
	if (p->options->tap)
		tap_fini(&p->tap);
	log_free(p->log);
	journal_free(p->journal);
	hub_fini(&p->hub);
	net_fini(&p->net);
}

/* Returns true if `rung FILE [ARG]` looks like an address: it has a scheme, or
 * a port. */
static bool looks_like_address(const struct options *o)
{
	const char *colon = strrchr(o->file, ':');
	uint64_t n;
	if (o->args_count)
		return parse_number(bytes_str(o->args[0]), &n, NULL) == 0;
	return strstr(o->file, "://") ||
	       (colon && colon[1] >= '0' && colon[1] <= '9');
}

/* Replaces the error by the reason why `rung FILE [ARG]` is not an address.
 * Result: -1. */
static int bad_address(const struct options *o, struct err *e)
{
	struct err why;
	if (options_read_address(o, o->args_count > 0, &protocols_all, &why))
		err_copy(e, &why);
	return -1;
}

/* Adds a hint to the error if the missing FILE is the name of a command, or may
 * be a host. */
static int no_file(const struct program_of *p, struct err *e)
{
	const char *file = p->options->file;
	if (e->code != ENOENT)
		return -1;
	if (shell_cmd(&p->shell, bytes_str(file)))
		return err_set(e, e->kind, e->code,
			       "%s: %s; to run a command: rung -e '%s ...'",
			       file, err_strerror(e->code), file);
	if (looks_like_address(p->options))
		return bad_address(p->options, e);
	if (!strchr(file, '/'))
		return err_set(e, e->kind, e->code,
			       "%.80s: %s; to connect: rung HOST PORT", file,
			       err_strerror(e->code));
	return -1;
}

/* Queues `connect` for `rung HOST PORT` and `rung ADDR`. */
static int take_address(const struct program_of *p, struct err *e)
{
	const struct options *o = p->options;
	struct buf line = {.limit = BUF_SMALL};
	buf_puts(&line, "connect ");
	words_quote(bytes_str(o->file), &line);
	for (size_t i = 0; i < o->args_count; i++) {
		buf_putc(&line, ' ');
		words_quote(bytes_str(o->args[i]), &line);
	}
	int status = repl_text(p->repl, buf_bytes(&line), "", e);
	buf_fini(&line);
	return status;
}

/* Queues `help WORD` for `rung help WORD`. The source's name is empty, so that
 * errors have no line number. */
static int take_topic(const struct program_of *p, struct err *e)
{
	const struct options *o = p->options;
	struct buf line;
	buf_init(&line, BUF_SMALL);
	buf_puts(&line, "help ");
	if (o->topic)
		words_quote_text(bytes_str(o->topic), &line);
	int status = p->repl ? repl_text(p->repl, buf_bytes(&line), "", e)
			     : script_text(p->script, buf_bytes(&line), "", e);
	buf_fini(&line);
	return status;
}

static int start_prompt(struct program_of *p, struct err *e)
{
	const struct options *o = p->options;
	for (size_t i = 0; i < o->commands_count; i++)
		if (repl_text(p->repl, bytes_str(o->commands[i]), "-e", e))
			return -1;
	if (o->mode == MODE_TOPIC && take_topic(p, e))
		return -1;
	if (o->address && take_address(p, e))
		return -1;
	if (o->file && !o->address && repl_file(p->repl, o->file, e))
		return no_file(p, e);
	return repl_start(p->repl, &p->shell, o->quiet ? NULL : BANNER, e);
}

static int start_topic(struct program_of *p, struct err *e)
{
	int status = take_topic(p, e);
	return status ? status : script_start(p->script, &p->shell, e);
}

static int start_script(struct program_of *p, struct err *e)
{
	const struct options *o = p->options;
	if (o->mode == MODE_TOPIC)
		return start_topic(p, e);
	for (size_t i = 0; i < o->commands_count; i++)
		if (script_text(p->script, bytes_str(o->commands[i]), "-e", e))
			return -1;
	if (o->file && script_file(p->script, o->file, e))
		return no_file(p, e);
	if (!o->file && !o->commands_count && script_input(p->script, e))
		return -1;
	return script_start(p->script, &p->shell, e);
}

/* Reports an error that prevents the run or ends the loop, and publishes it for
 * --json and --tap. */
static int program_fail(struct program_of *p, const struct err *e)
{
	struct event ev = {.kind = EVENT_ERROR, .err = e};
	hub_publish(&p->hub, &ev);
	return program_error(e);
}

/* With -v, prints how many expects of a script passed and how many failed. */
static void print_expects(const struct program_of *p)
{
	const uint64_t *n = p->shell.expects;
	struct out *out = p->shell.out;
	char line[96];
	if (!p->script || !out->verbose || out->quiet || !(n[0] + n[1]))
		return;
	snprintf(line, sizeof line,
		 "%" PRIu64 " expect%s passed, %" PRIu64 " failed", n[0],
		 text_plural(n[0]), n[1]);
	out_diag_line(out, STYLE_DIM, line);
}

/* Publishes the exit before the front end writes its remaining output. Result:
 * the exit code so far. */
static int publish_exit(struct program_of *p, int status)
{
	struct event ev = {.kind = EVENT_EXIT};
	if (!status)
		status = p->shell.status;
	if (!status && p->options->tap && p->tap.failed)
		status = err_exit_code(ERR_EXPECT_MISMATCH);
	ev.status = status;
	print_expects(p);
	hub_publish(&p->hub, &ev);
	return status;
}

static int run(struct program_of *p)
{
	struct err e;
	int status;
	if (p->repl ? start_prompt(p, &e) : start_script(p, &e)) {
		status = program_fail(p, &e);
	} else {
		status = 0;
		while (!status && !p->shell.ended &&
		       !(p->script && script_done(p->script)))
			if (loop_turn(p->loop, &e))
				status = program_fail(p, &e);
	}
	p->shell.status = publish_exit(p, status);
	if (p->repl)
		repl_stop(p->repl);
	else
		script_stop(p->script);
	return p->shell.status;
}

int program_run(const struct options *o)
{
	struct program_of program = {.options = o}, *p = &program;
	bool nothing = o->mode == MODE_RUN && !o->file && !o->commands_count;
	struct err e;
	int status;
	p->loop = loop_start(&p->clock, &e);
	if (!p->loop)
		return program_error(&e);
	if (o->interactive || o->address ||
	    (nothing && isatty(STDIN_FILENO) == 1))
		p->repl = repl_new();
	else
		p->script = script_new();
	init_modules(p, p->repl ? repl_out(p->repl) : script_out(p->script));
	status = run(p);
	fini_modules(p);
	repl_free(p->repl);
	script_free(p->script);
	loop_free(p->loop);
	return status;
}
