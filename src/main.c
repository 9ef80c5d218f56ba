/* SPDX-License-Identifier: ISC */
/*
 * Parses the command line and runs the mode that the user chose. program/,
 * pipe/ and nc/ do the work.
 */
#include "rung/cmd.h"
#include "rung/nc.h"
#include "rung/program.h"
#include "rung/reference.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Opens /dev/null for closed standard descriptors; otherwise the next socket
 * would get such a number, and output would go to a peer. /dev/null gets the
 * wrong access mode, so that reads and writes still fail as on a closed
 * descriptor. */
static void open_standard_fds(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(err_exit_code(ERR_IO));
}

/* Raises the limit of open files to the hard limit: each session needs a
 * descriptor. */
static void raise_limits(void)
{
	struct rlimit files;
	if (getrlimit(RLIMIT_NOFILE, &files))
		return;
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
}

/* Runs the modes that only print a text, such as --help. */
static int print_only(struct options *o)
{
	struct param *options = rung_options_join(pipe_params, &protocols_all);
	struct buf out;
	struct err e;
	int status = 0;
	buf_init(&out, BUF_SMALL);
	if (o->mode == MODE_VERSION)
		buf_puts(&out, "rung " RUNG_VERSION "\n");
	else if (o->mode == MODE_HELP)
		reference_usage(&out);
	else if (o->mode == MODE_REFERENCE)
		reference_mdoc(cmd_table, &protocols_all, &out);
	else if (reference_completions(cmd_table, options, bytes_str(o->shell),
				       &out, &e))
		status = program_error(&e);
	if (!status)
		status = print_text(&out);
	buf_fini(&out);
	free(options);
	return status;
}

static void main_print(const struct pipe_sink *sink, const char *line)
{
	(void)sink;
	print_error_line("rung: ", line);
}

static int run_pipe(struct options *o)
{
	static const struct pipe_sink sink = {.say = main_print};
	struct pipe_options pipe;
	struct buf help = {.limit = BUF_SMALL};
	struct err e;
	int status;
	if (pipe_read_options(&protocols_all, (int)o->args_count, o->args,
			      &pipe, &e)) {
		pipe_options_fini(&pipe);
		return program_error(&e);
	}
	pipe.quiet = o->quiet;
	pipe.verbose |= o->verbose;
	if (pipe.help) {
		pipe_help(&protocols_all, &help);
		status = print_text(&help);
	} else {
		status = pipe_run(&pipe, &sink);
	}
	buf_fini(&help);
	pipe_options_fini(&pipe);
	return status;
}

static void say_plain(const char *line)
{
	print_error_line("", line);
}

static int help_nc(const struct nc_options *nc)
{
	struct buf out = {.limit = BUF_SMALL};
	int status;
	if (nc->version)
		buf_printf(&out, "rung " RUNG_VERSION ", as %s\n",
			   nc_names[nc->dialect]);
	else
		nc_help(nc->dialect, &out);
	status = print_text(&out);
	buf_fini(&out);
	return status;
}

/* Runs `rung nc` and `rung ncat`: `rung pipe` with the options and messages of
 * those programs. */
static int run_nc(struct options *o)
{
	static const struct nc_sink sink = {.say = say_plain};
	enum nc_dialect as = o->mode == MODE_NCAT ? NC_NCAT : NC_OPENBSD;
	struct nc_options nc;
	struct err e;
	int status;
	if (nc_parse(as, (int)o->args_count, o->args, &nc, &e)) {
		say_plain(e.text);
		return nc_bad_usage(as);
	}
	nc.verbose += o->verbose;
	status = nc.help || nc.version ? help_nc(&nc) : nc_run(&nc, &sink);
	nc_fini(&nc);
	return status;
}

static int run_rung(struct options *o)
{
	return program_run(o);
}

/* The functions that run the modes. Modes that need no locale skip setlocale(),
 * which takes a third of a short run. */
static const struct {
	int (*run)(struct options *);
	bool moves; /* transfers data: may need many descriptors */
	bool locale;
} modes[] = {
    [MODE_RUN] = {run_rung, true, true},
    [MODE_HELP] = {print_only, false, true},
    [MODE_VERSION] = {print_only, false, false},
    [MODE_REFERENCE] = {print_only, false, true},
    [MODE_COMPLETIONS] = {print_only, false, true},
    [MODE_TOPIC] = {run_rung, true, true},
    [MODE_PIPE] = {run_pipe, true, false},
    [MODE_NC] = {run_nc, true, false},
    [MODE_NCAT] = {run_nc, true, false},
};

static bool is_command(const char *word)
{
	for (size_t i = 0; cmd_table[i]; i++)
		if (strcmp(cmd_table[i]->name, word) == 0)
			return true;
	return false;
}

/* Reads the command line. `rung CMD -h` explains the command CMD; any other
 * `rung CMD ...` is a script of that name, never a host. Result: 0, or -1 and
 * *e. */
static int read_options(int argc, char **argv, struct options *o, struct err *e)
{
	if (options_parse(argc, argv, o, e))
		return -1;
	if (o->mode != MODE_RUN || !o->file || !is_command(o->file))
		return options_find_address(o, &protocols_all, e);
	if (o->args_count == 1 && (strcmp(o->args[0], "-h") == 0 ||
				   strcmp(o->args[0], "--help") == 0)) {
		o->mode = MODE_TOPIC;
		o->topic = o->file;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct options o;
	struct err e;
	int status;
	open_standard_fds();
	signal(SIGPIPE, SIG_IGN);
	if (read_options(argc, argv, &o, &e)) {
		status = program_error(&e);
	} else {
		if (modes[o.mode].locale)
			setlocale(LC_ALL, "");
		if (modes[o.mode].moves)
			raise_limits();
		status = modes[o.mode].run(&o);
	}
	options_fini(&o);
	return status;
}
