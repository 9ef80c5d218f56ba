/* SPDX-License-Identifier: ISC */
/*
 * The program: makes the rooms, wires them and turns the loop. What any of them
 * does is in its own.
 */
#include "rung/chronicle.h"
#include "rung/cmd.h"
#include "rung/events.h"
#include "rung/nc.h"
#include "rung/options.h"
#include "rung/pipe.h"
#include "rung/reference.h"
#include "rung/repl.h"
#include "rung/script.h"
#include "rung/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define BANNER                                                         \
	"rung " RUNG_VERSION ": a REPL for sockets; 'help' lists the " \
	"commands, Tab completes, Ctrl-D leaves"
#define LOG_BYTES ((size_t)4 << 20)

/* One program: a script, or a prompt that may run some first. */
struct program_of {
	struct options options;
	struct clock clock;
	struct loop *loop;
	struct net net;
	struct hub hub;
	struct log *log;
	struct chronicle *chronicle;
	struct screen screen;
	struct events events;
	struct tap tap;
	struct shell shell;
	struct repl *repl; /* one of the two */
	struct script *script;
};

/* For people, where there is no front end: what they or a peer named may hold
 * anything. */
static void say_words(const char *who, const char *words)
{
	struct text line;
	text_init(&line, BUF_SMALL, false);
	text_puts(&line, who);
	out_words(&line, words);
	text_puts(&line, "\n");
	rio_writen(STDERR_FILENO, text_bytes(&line));
	text_fini(&line);
}

static int complain(const struct err *e)
{
	say_words("rung: ", e->text);
	return err_exit(e->kind);
}

/* What is printed and no more: --help and its like. */
static int print_only(const struct options *o)
{
	struct buf out;
	struct err e;
	int status = 0;
	buf_init(&out, BUF_SMALL);
	if (o->mode == MODE_VERSION)
		buf_puts(&out, "rung " RUNG_VERSION "\n");
	else if (o->mode == MODE_HELP)
		reference_usage(&out);
	else if (o->mode == MODE_REFERENCE)
		reference_mdoc(cmd_table, &out);
	else if (reference_completions(cmd_table, pipe_params,
				       bytes_str(o->shell), &out, &e))
		status = complain(&e);
	if (rio_writen(STDOUT_FILENO, buf_bytes(&out))) {
		int code = errno;
		err_set(&e, ERR_IO, code, "main", "stdout: %s",
			err_words(code));
		status = code == EPIPE ? 128 + SIGPIPE : complain(&e);
	}
	buf_fini(&out);
	return status;
}

/* A standard descriptor that is closed would be the number of the next socket,
 * and what is printed would go to a peer. Opened the wrong way around it fails
 * when it is used, as it would have. */
static void hold_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(err_exit(ERR_IO));
}

/* Sessions are descriptors: as many as we may have without asking. */
static void raise_limits(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* For tests: RUNG_ENGINE names an engine of the loop, RUNG_CLOCK=fake stops
 * the time until nothing else happens. */
static int start_loop(struct program_of *p, struct err *e)
{
	const char *engine = getenv("RUNG_ENGINE");
	const char *clock = getenv("RUNG_CLOCK");
	p->clock.fake = clock && strcmp(clock, "fake") == 0;
	for (unsigned i = 0; loop_engines[i]; i++) {
		if (engine && *engine &&
		    strcmp(engine, loop_engine_name(loop_engines[i])) != 0)
			continue;
		p->loop = loop_new(loop_engines[i], &p->clock, e);
		if (p->loop)
			return 0;
	}
	if (!engine || !*engine)
		return -1;
	return err_set(e, ERR_USAGE, 0, "main",
		       "RUNG_ENGINE: there is no engine '%.40s'", engine);
}

static void make_rooms(struct program_of *p, struct out *out)
{
	const struct options *o = &p->options;
	char name[24];
	bool apart = !p->repl || o->json;
	out->colour = !o->tap &&
		      options_colour(o, apart ? STDERR_FILENO : STDOUT_FILENO);
	out->quiet = o->quiet;
	out->verbose = o->verbose;
	net_init(&p->net, p->loop);
	hub_init(&p->hub, p->loop, &p->net);
	p->hub.manner.live = p->repl && !o->json;
	p->log = log_new(&p->hub, LOG_BYTES);
	p->chronicle = chronicle_new(&p->hub);
	screen_init(&p->screen, &p->hub, out, view_find(BYTES("line")));
	p->screen.states = p->repl || o->verbose;
	if (o->json)
		events_init(&p->events, &p->hub, out);
	if (o->tap)
		tap_init(&p->tap, &p->hub, out);
	shell_init(&p->shell, &p->hub, p->log, &p->screen, out, cmd_table);
	p->shell.chronicle = p->chronicle;
	if (o->timeout)
		p->shell.timeout = o->timeout;
	for (size_t i = 0; i < o->args_count; i++) {
		snprintf(name, sizeof name, "arg%zu", i + 1);
		shell_let(&p->shell, bytes_str(name), bytes_str(o->args[i]));
	}
	snprintf(name, sizeof name, "%zu", o->args_count);
	shell_let(&p->shell, BYTES("argc"), bytes_str(name));
}

static void drop_rooms(struct program_of *p)
{
	shell_fini(&p->shell);
	screen_fini(&p->screen);
	if (p->options.json)
		events_fini(&p->events);
	if (p->options.tap)
		tap_fini(&p->tap);
	log_free(p->log);
	chronicle_free(p->chronicle);
	hub_fini(&p->hub);
	net_fini(&p->net);
}

static int start_prompt(struct program_of *p, struct err *e)
{
	const struct options *o = &p->options;
	for (size_t i = 0; i < o->commands_count; i++)
		if (repl_text(p->repl, bytes_str(o->commands[i]), "-e", e))
			return -1;
	if (o->file && repl_file(p->repl, o->file, e))
		return -1;
	return repl_start(p->repl, &p->shell, o->quiet ? NULL : BANNER, e);
}

static int start_topic(struct program_of *p, struct err *e)
{
	struct buf line;
	buf_init(&line, BUF_SMALL);
	buf_puts(&line, "help ");
	if (p->options.topic)
		words_quote(bytes_str(p->options.topic), &line);
	int status = script_text(p->script, buf_bytes(&line), "help", e);
	buf_fini(&line);
	return status ? status : script_start(p->script, &p->shell, e);
}

static int start_script(struct program_of *p, struct err *e)
{
	const struct options *o = &p->options;
	if (o->mode == MODE_TOPIC)
		return start_topic(p, e);
	for (size_t i = 0; i < o->commands_count; i++)
		if (script_text(p->script, bytes_str(o->commands[i]), "-e", e))
			return -1;
	if (o->file && script_file(p->script, o->file, e))
		return -1;
	if (!o->file && !o->commands_count && script_input(p->script, e))
		return -1;
	return script_start(p->script, &p->shell, e);
}

/* What keeps it from running at all; programs hear of it, too. */
static int fail(struct program_of *p, const struct err *e)
{
	struct event ev = {.kind = EVENT_ERROR, .err = e};
	hub_tell(&p->hub, &ev);
	return complain(e);
}

/* Before the front end writes its last. Result: the exit code so far. */
static int tell_exit(struct program_of *p, int status)
{
	struct event ev = {.kind = EVENT_EXIT};
	if (!status)
		status = p->shell.status;
	if (!status && p->options.tap && p->tap.failed)
		status = err_exit(ERR_EXPECT_MISMATCH);
	ev.status = status;
	hub_tell(&p->hub, &ev);
	return status;
}

static int run(struct program_of *p)
{
	struct err e;
	int status;
	if (p->repl ? start_prompt(p, &e) : start_script(p, &e)) {
		status = fail(p, &e);
	} else {
		status = 0;
		while (!status && !p->shell.ended &&
		       !(p->script && script_done(p->script)))
			if (loop_turn(p->loop, &e))
				status = fail(p, &e);
	}
	p->shell.status = tell_exit(p, status);
	if (p->repl)
		repl_stop(p->repl);
	else
		script_stop(p->script);
	return p->shell.status;
}

static void say(const struct pipe_sink *sink, const char *line)
{
	(void)sink;
	say_words("rung: ", line);
}

static void help_pipe(void)
{
	puts("usage: rung pipe [OPTION]... ADDR [ADDR2]\n");
	for (const struct param *p = pipe_params; p->kind; p++) {
		struct buf head = {.limit = BUF_SMALL};
		reference_head(p, &head);
		printf("  %-17s %s\n", buf_cstr(&head), p->brief);
		buf_fini(&head);
	}
}

/* `rung pipe`: a loop and a net, and none of the other rooms. */
static int run_pipe(struct program_of *p)
{
	static const struct pipe_sink sink = {.say = say};
	struct options *o = &p->options;
	struct pipe_options pipe;
	struct pipe *run;
	struct err e;
	int status = 0;
	if (pipe_read_options((int)o->args_count, o->args, &pipe, &e))
		return complain(&e);
	if (pipe.help) {
		help_pipe();
		return 0;
	}
	if (start_loop(p, &e))
		return complain(&e);
	pipe.quiet = o->quiet;
	pipe.verbose |= o->verbose;
	net_init(&p->net, p->loop);
	run = pipe_start(&p->net, &pipe, &sink, &e);
	if (!run)
		status = complain(&e);
	while (run && !status && !pipe_done(run))
		if (loop_turn(p->loop, &e))
			status = complain(&e);
	if (run && !status)
		status = pipe_status(run);
	pipe_free(run);
	net_fini(&p->net);
	loop_free(p->loop);
	return status;
}

static void say_plain(const char *line)
{
	say_words("", line);
}

static int help_nc(const struct nc_options *nc)
{
	struct buf out = {.limit = BUF_SMALL};
	if (nc->version)
		buf_printf(&out, "rung " RUNG_VERSION ", as %s\n",
			   nc_names[nc->dialect]);
	else
		nc_help(nc->dialect, &out);
	fputs(buf_cstr(&out), stdout);
	buf_fini(&out);
	return 0;
}

static int turn_nc(struct program_of *p, const struct nc_options *options)
{
	static const struct nc_sink sink = {.say = say_plain};
	struct nc *nc;
	struct err e;
	int status = 0;
	if (start_loop(p, &e))
		return complain(&e);
	net_init(&p->net, p->loop);
	nc = nc_start(&p->net, options, &sink);
	while (!status && nc_step(nc))
		if (loop_turn(p->loop, &e))
			status = complain(&e);
	if (!status)
		status = nc_status(nc);
	nc_free(nc);
	net_fini(&p->net);
	loop_free(p->loop);
	return status;
}

/* `rung nc`, `rung ncat`: as `rung pipe`, with their options and words. */
static int run_nc(struct program_of *p)
{
	struct options *o = &p->options;
	enum nc_dialect as = o->mode == MODE_NCAT ? NC_NCAT : NC_OPENBSD;
	struct nc_options nc;
	struct err e;
	int status;
	if (nc_read(as, (int)o->args_count, o->args, &nc, &e)) {
		say_plain(e.text);
		return nc_bad_usage(as);
	}
	nc.verbose += o->verbose;
	status = nc.help || nc.version ? help_nc(&nc) : turn_nc(p, &nc);
	nc_forget(&nc);
	return status;
}

static int run_reference(struct program_of *p)
{
	return print_only(&p->options);
}

/* The prompt, or a script. */
static int run_rung(struct program_of *p)
{
	const struct options *o = &p->options;
	bool nothing = o->mode == MODE_RUN && !o->file && !o->commands_count;
	struct err e;
	int status;
	if (start_loop(p, &e))
		return complain(&e);
	if (o->interactive || (nothing && isatty(STDIN_FILENO) == 1))
		p->repl = repl_new();
	else
		p->script = script_new();
	make_rooms(p, p->repl ? repl_out(p->repl) : script_out(p->script));
	status = run(p);
	drop_rooms(p);
	repl_free(p->repl);
	script_free(p->script);
	loop_free(p->loop);
	return status;
}

/* How each mode is carried out. Whose words are the kernel's and the peer's
 * needs no locale, which costs a third of a short life. */
static const struct {
	int (*run)(struct program_of *);
	bool moves; /* sessions, or bytes: it may need many descriptors */
	bool locale;
} modes[] = {
    [MODE_RUN] = {run_rung, true, true},
    [MODE_HELP] = {run_reference, false, true},
    [MODE_VERSION] = {run_reference, false, false},
    [MODE_REFERENCE] = {run_reference, false, true},
    [MODE_COMPLETIONS] = {run_reference, false, true},
    [MODE_TOPIC] = {run_rung, true, true},
    [MODE_PIPE] = {run_pipe, true, false},
    [MODE_NC] = {run_nc, true, false},
    [MODE_NCAT] = {run_nc, true, false},
};

int main(int argc, char **argv)
{
	struct program_of p = {.loop = NULL};
	struct err e;
	int status;
	hold_standard();
	signal(SIGPIPE, SIG_IGN);
	if (options_read(argc, argv, &p.options, &e)) {
		status = complain(&e);
	} else {
		if (modes[p.options.mode].locale)
			setlocale(LC_ALL, "");
		if (modes[p.options.mode].moves)
			raise_limits();
		status = modes[p.options.mode].run(&p);
	}
	options_fini(&p.options);
	return status;
}
