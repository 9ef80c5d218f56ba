/* SPDX-License-Identifier: ISC */
/*
 * Child processes: starts them, reads their stderr, signals and reaps them.
 * exec.c makes links to them.
 */
#include "child_own.h"

#include "rung/text.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Time from child_detach() to SIGTERM, and from SIGTERM to the report that the
 * child still runs. */
#define GRACE_NS      NS_PER_S
#define LOOK_NS       (2 * NS_PER_MS)
#define LOOK_MAX      (250 * NS_PER_MS)
#define LINE_MAX      ((size_t)400)
#define STDERR_AT_END 64
/* Number and interval of the polls for the exit in children_fini(), where no
 * loop runs; GRACE_NS in total. */
#define FINI_LOOKS   200
#define FINI_LOOK_MS 5

extern char **environ;

/* ---- exit ---- */

bool child_over(struct child *c)
{
	siginfo_t how = {.si_pid = 0};
	int r;

	if (c->over)
		return true;
	do
		r = waitid(P_PID, (id_t)c->pid, &how, WEXITED | WNOHANG);
	while (r < 0 && errno == EINTR);
	if (!r && !how.si_pid)
		return false;
	c->over = true;
	if (r < 0)
		/* ECHILD: rung inherited an ignored SIGCHLD, so that the kernel
		 * reaped the child. The exit status is unknown, and the pid may
		 * be reused. */
		c->pid = 0;
	else if (how.si_code == CLD_EXITED)
		c->code = how.si_status;
	else
		c->signo = how.si_status;
	return true;
}

/*
 * Returns true if a process of the group is alive. The kernel does not reuse
 * the group's id as a pid while the group exists, so if another process has the
 * pid of a reaped child, the group is empty.
 */
static bool group_lives(const struct child *c)
{
	if (!c->over)
		return true;
	return c->pid && kill(c->pid, 0) < 0 && errno == ESRCH &&
	       (kill(-c->pid, 0) == 0 || errno == EPERM);
}

/* Returns true for signals that normally end a detached child. sh reports such
 * a signal N as exit code 128+N. */
static bool is_expected_signal(int signo)
{
	return signo == SIGPIPE || signo == SIGTERM || signo == SIGHUP;
}

bool child_exit_error(const struct child *c, struct err *why)
{
	int code = c->code, signo = c->signo;

	if (!code && !signo)
		return false;
	if (c->detached && is_expected_signal(signo ? signo : code - 128))
		return false;
	if (signo)
		err_set(why, ERR_IO, 0, "%s: ended by signal %d (%s)", c->name,
			signo, strsignal(signo));
	else
		err_set(why, ERR_IO, 0, "%s: exited with code %d%s", c->name,
			code,
			code == 127   ? " (command not found)"
			: code == 126 ? " (cannot execute)"
				      : "");
	return true;
}

/* Stops all watches and timers except `grace`: the rest of the group may still
 * have to be terminated. */
static void unwatch_child(struct child *c)
{
	struct loop *loop = c->net->loop;

	if (c->exits.fd >= 0) {
		loop_unwatch(loop, &c->exits);
		close(c->exits.fd);
		c->exits.fd = -1;
	}
	if (c->stderr_in.fd >= 0) {
		loop_unwatch(loop, &c->stderr_in);
		close(c->stderr_in.fd);
		c->stderr_in.fd = -1;
	}
	loop_disarm(loop, &c->look);
}

void child_free(struct child *c)
{
	unwatch_child(c);
	loop_disarm(c->net->loop, &c->grace);
	child_over(c);
	list_remove(&c->at);
	buf_fini(&c->line);
	free(c);
}

/* ---- stderr ---- */

static void report_line(struct child *c)
{
	struct bytes line = buf_bytes(&c->line);

	if (line.len && line.at[line.len - 1] == '\r')
		buf_truncate(&c->line, line.len - 1);
	if (buf_len(&c->line) && c->sink && c->sink->stderr_line)
		c->sink->stderr_line(c, c->owner, buf_cstr(&c->line));
	buf_clear(&c->line);
}

static void take_stderr(struct child *c, struct bytes data)
{
	for (size_t i = 0; i < data.len; i++) {
		if (data.at[i] == '\n') {
			report_line(c);
			continue;
		}
		if (buf_len(&c->line) == LINE_MAX)
			report_line(c);
		/* The sink gets a C string, which cannot contain a NUL. */
		buf_putc(&c->line, data.at[i] ? data.at[i] : '.');
	}
}

/* Reads from stderr once. Result: true: more may be available. */
static bool read_stderr(struct child *c)
{
	uint8_t bytes[1024];
	ssize_t n;

	do
		n = read(c->stderr_in.fd, bytes, sizeof(bytes));
	while (n < 0 && errno == EINTR);
	if (n > 0) {
		take_stderr(c, bytes_of(bytes, (size_t)n));
		return true;
	}
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return false;
	loop_unwatch(c->net->loop, &c->stderr_in);
	close(c->stderr_in.fd);
	c->stderr_in.fd = -1;
	return false;
}

/* Reports the rest of stderr, then the exit. */
static void report_exit(struct child *c)
{
	struct err why;
	bool failed;

	for (int i = 0;
	     i < STDERR_AT_END && c->stderr_in.fd >= 0 && read_stderr(c); i++)
		;
	if (c->stderr_in.fd >= 0 || buf_len(&c->line))
		report_line(c);
	unwatch_child(c);
	failed = child_exit_error(c, &why);
	if (c->sink)
		c->sink->ended(c, c->owner, failed ? &why : NULL);
	c->sink = NULL;
	if (c->held ||
	    (loop_armed(&c->grace) && !c->terminated && group_lives(c)))
		return;
	child_free(c);
}

static short reads(struct watch *w)
{
	(void)w;
	return POLLIN;
}

static void stderr_ready(struct watch *w, short got)
{
	(void)got;
	read_stderr(list_entry(w, struct child, stderr_in));
}

static void exits_ready(struct watch *w, short got)
{
	struct child *c = list_entry(w, struct child, exits);

	(void)got;
	if (child_over(c))
		report_exit(c);
}

static const struct watch_ops stderr_ops = {.want = reads,
					    .ready = stderr_ready};
static const struct watch_ops exits_ops = {.want = reads, .ready = exits_ready};

static void look_fires(struct timer *timer)
{
	struct child *c = list_entry(timer, struct child, look);
	struct loop *loop = c->net->loop;

	if (child_over(c)) {
		report_exit(c);
		return;
	}
	if (c->pause < LOOK_MAX)
		c->pause *= 2;
	loop_arm(loop, &c->look, loop_now(loop) + c->pause);
}

/* ---- termination ---- */

static void terminate(struct child *c)
{
	if (!c->terminated && group_lives(c))
		kill(-c->pid, SIGTERM);
	c->terminated = true;
}

/* Reports a child that still runs after SIGTERM. The child stays in
 * net->children to be reaped. */
static void abandon(struct child *c)
{
	const struct child_sink *sink = c->sink;
	struct err why;

	c->sink = NULL;
	err_set(&why, ERR_IO, 0,
		"%s: still running after SIGTERM; left running", c->name);
	if (sink)
		sink->ended(c, c->owner, &why);
}

static void grace_fires(struct timer *timer)
{
	struct child *c = list_entry(timer, struct child, grace);

	if (c->terminated) {
		abandon(c);
		return;
	}
	terminate(c);
	if (c->over) {
		child_free(c);
		return;
	}
	loop_arm(c->net->loop, timer, loop_now(c->net->loop) + GRACE_NS);
}

/* Returns true if some process has the other end open. */
static bool is_open(int fd)
{
	struct pollfd p = {.fd = fd};

	return poll(&p, 1, 0) <= 0 || !(p.revents & POLLHUP);
}

void child_detach(struct child *c, int fd, bool output_ended, bool now)
{
	struct loop *loop = c->net->loop;

	if (c->detached)
		return;
	c->detached = true;
	c->held = false;
	c->output_ended = output_ended || !is_open(fd);
	if (now && !(c->over && c->output_ended))
		terminate(c);
	if (c->over && (c->output_ended || now || !group_lives(c))) {
		child_free(c);
		return;
	}
	if (!now && !c->output_ended)
		loop_arm(loop, &c->grace, loop_now(loop) + GRACE_NS);
	/* The exit is likely soon: poll at the shortest interval again. */
	c->pause = LOOK_NS;
	if (loop_armed(&c->look))
		loop_arm(loop, &c->look, loop_now(loop) + LOOK_NS);
}

struct child *child_keep_group(struct child *c)
{
	c->held = group_lives(c);
	return c->held ? c : NULL;
}

void child_set_sink(struct child *c, const struct child_sink *sink, void *owner)
{
	c->sink = sink;
	c->owner = owner;
}

void children_drop_sink(struct net *net, const void *owner)
{
	list_each (at, &net->children) {
		struct child *c = list_entry(at, struct child, at);

		if (c->owner == owner)
			c->sink = NULL;
	}
}

/* Returns true if a process group is still alive. Ignores children whose output
 * ended before they were detached. */
static bool any_run(struct net *net)
{
	bool run = false;

	list_each (at, &net->children) {
		struct child *c = list_entry(at, struct child, at);

		child_over(c);
		run |= !c->output_ended && group_lives(c);
	}
	return run;
}

/* Waits in real time, because no loop runs any more. */
void children_fini(struct net *net)
{
	for (int left = FINI_LOOKS; any_run(net) && left; left--)
		poll(NULL, 0, FINI_LOOK_MS);
	while (!list_empty(&net->children)) {
		struct child *c = list_entry(net->children.next, struct child,
					     at);

		if (!c->output_ended)
			terminate(c);
		child_free(c);
	}
}

const char *child_name(const struct child *c)
{
	return c->name;
}

/* ---- start ---- */

/* The two ends of the link, and of the pipe from stderr; -1: no pipe, stderr is
 * inherited. */
struct ends {
	int link[2], err[2];
};

static void close_both(int fd[2])
{
	for (int i = 0; i < 2; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	fd[0] = fd[1] = -1;
}

static int no_block(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* Creates the socket pair, and with `capture` the pipe. Result: 0; an errno:
 * nothing is open. */
static int make_ends(struct ends *ends, bool capture)
{
	int code;

	*ends = (struct ends){{-1, -1}, {-1, -1}};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends->link) ==
		0 &&
	    no_block(ends->link[0]) == 0 &&
	    (!capture ||
	     (pipe2(ends->err, O_CLOEXEC) == 0 && no_block(ends->err[0]) == 0)))
		return 0;
	code = errno;
	close_both(ends->link);
	close_both(ends->err);
	return code;
}

/* Sets a new process group, and resets all signals to their defaults; otherwise
 * the child would inherit those that rung ignores, such as SIGPIPE. */
static void reset_signals(posix_spawnattr_t *how)
{
	sigset_t usual, none;

	sigfillset(&usual);
	sigdelset(&usual, SIGKILL);
	sigdelset(&usual, SIGSTOP);
	sigemptyset(&none);
	posix_spawnattr_init(how);
	posix_spawnattr_setsigdefault(how, &usual);
	posix_spawnattr_setsigmask(how, &none);
	posix_spawnattr_setpgroup(how, 0);
	posix_spawnattr_setflags(how, POSIX_SPAWN_SETSIGDEF |
					  POSIX_SPAWN_SETSIGMASK |
					  POSIX_SPAWN_SETPGROUP);
}

/* Starts the command. Result: 0 or an errno. */
static int spawn(struct child *c, struct bytes command, const struct ends *ends,
		 const struct dial_options *options)
{
	char sh[] = "/bin/sh", minus_c[] = "-c", *text = xstrndup(command);
	char *argv[] = {sh, minus_c, text, NULL};
	bool more = options && (options->serves || options->env);
	char **env = more ? child_environ(options) : environ;
	posix_spawn_file_actions_t moves;
	posix_spawnattr_t how;
	int code;

	/* main keeps 0, 1 and 2 open, so no end has one of these numbers. */
	assert(ends->link[1] > STDERR_FILENO);
	reset_signals(&how);
	posix_spawn_file_actions_init(&moves);
	posix_spawn_file_actions_adddup2(&moves, ends->link[1], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&moves, ends->link[1], STDOUT_FILENO);
	if (ends->err[1] >= 0)
		posix_spawn_file_actions_adddup2(&moves, ends->err[1],
						 STDERR_FILENO);
	code = posix_spawn(&c->pid, sh, &moves, &how, argv, env);
	if (code)
		c->pid = 0;
	posix_spawn_file_actions_destroy(&moves);
	posix_spawnattr_destroy(&how);
	if (env != environ)
		free(env);
	free(text);
	return code;
}

static struct child *child_new(struct net *net, struct bytes command)
{
	struct child *c = calloc(1, sizeof(*c));
	struct text name;

	if (!c)
		return NULL;
	c->net = net;
	c->exits.fd = c->stderr_in.fd = -1;
	c->look.fire = look_fires;
	c->grace.fire = grace_fires;
	c->pause = LOOK_NS;
	list_init(&c->at);
	buf_init(&c->line, LINE_MAX + 1);
	text_init(&name, BUF_SMALL, false);
	text_escape(&name, bytes_head(command, 64));
	snprintf(c->name, sizeof(c->name), "exec:%.100s%s", buf_cstr(&name.buf),
		 command.len > 64 ? "..." : "");
	text_fini(&name);
	return c;
}

static void watch_child(struct child *c, const struct ends *ends)
{
	struct loop *loop = c->net->loop;
	int fd = pidfd_of(c->pid);

	if (fd >= 0)
		loop_watch(loop, &c->exits, fd, &exits_ops);
	else
		loop_arm(loop, &c->look, loop_now(loop) + c->pause);
	if (ends->err[0] >= 0)
		loop_watch(loop, &c->stderr_in, ends->err[0], &stderr_ops);
}

struct child *child_start(struct net *net, struct bytes command,
			  const struct dial_options *options, int *fd,
			  const struct child_sink *sink, void *owner,
			  struct err *e)
{
	struct child *c = child_new(net, command);
	struct ends ends = {{-1, -1}, {-1, -1}};
	int code = c ? make_ends(&ends, options && options->capture_stderr)
		     : ENOMEM;

	if (!code)
		code = spawn(c, command, &ends, options);
	if (code) {
		err_set(e, err_of_errno(code), code, "%s: cannot start: %s",
			c ? c->name : "exec", err_strerror(code));
		close_both(ends.link);
		close_both(ends.err);
		free(c);
		return NULL;
	}
	close(ends.link[1]);
	if (ends.err[1] >= 0)
		close(ends.err[1]);
	c->sink = sink;
	c->owner = owner;
	list_append(&net->children, &c->at);
	watch_child(c, &ends);
	*fd = ends.link[0];
	return c;
}
