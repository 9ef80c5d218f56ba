/* SPDX-License-Identifier: ISC */
/*
 * `!`: runs a command in the user's shell, at a prompt only. Sessions continue
 *      while the command has the terminal. The front end removes the prompt
 *      meanwhile (shell->lent).
 */
#include "rung/cmd.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LINE, END };
static const struct param params[] = {
    [LINE] = {.name = "CMD",
	      .kind = PARAM_REST_OF_LINE,
	      .flags = PARAM_REQUIRED,
	      .brief = "the rest of the line, unchanged"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);
static enum cmd_status resume(struct call *, enum wake);
static void cleanup(struct call *);

const struct cmd cmd_bang = {
    .name = "!",
    .group = "shell",
    .brief = "run a shell command",
    .help = "Works only at the prompt. The shell is $SHELL, or /bin/sh. That "
	    "shell, not rung, expands the variables in the line. Sessions "
	    "continue while the command runs. With --json the command's "
	    "standard output goes to standard error.\n"
	    "\n"
	    "    !ls\n"
	    "    !ss -ltn | head\n",
    .params = params,
    .flags = CMD_REPL,
    .run = run,
    .resume = resume,
    .cleanup = cleanup,
};

struct shell_child {
	struct trap trap;
	struct call *call;
	bool started;
	pid_t pid; /* 0: not running */
	int status;
};

extern char **environ;

static void ended(struct trap *trap)
{
	struct shell_child *child = list_entry(trap, struct shell_child, trap);
	if (child->pid &&
	    waitpid(child->pid, &child->status, WNOHANG) == child->pid) {
		child->pid = 0;
		child->call->waiter.notify(&child->call->waiter);
	}
}

/* Starts the shell. `events`: a program reads rung's stdout, so the shell's
 * stdout goes to stderr. Result: 0 or an errno. */
static int bang_start(struct shell_child *child, struct bytes line, bool events)
{
	const char *shell = getenv("SHELL");
	char minus_c[] = "-c", *text = xstrndup(line);
	char *path = xstrdup(shell && *shell ? shell : "/bin/sh");
	char *argv[] = {path, minus_c, text, NULL};
	posix_spawnattr_t how;
	posix_spawn_file_actions_t files;
	sigset_t usual, none;
	/* Reset all signals: the child would inherit those that rung ignores
	 * (SIGPIPE). */
	sigfillset(&usual);
	sigdelset(&usual, SIGKILL);
	sigdelset(&usual, SIGSTOP);
	sigemptyset(&none);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigdefault(&how, &usual);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF |
					   POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_init(&files);
	if (events)
		posix_spawn_file_actions_adddup2(&files, STDERR_FILENO,
						 STDOUT_FILENO);
	int code = posix_spawn(&child->pid, path, &files, &how, argv, environ);
	if (code)
		child->pid = 0;
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&how);
	free(path);
	free(text);
	return code;
}

/* Starts the shell after all earlier output of rung is written, so that the
 * shell's output follows that output. */
static enum cmd_status start_or_wait(struct call *call)
{
	struct shell_child *child = call->data;
	if (call_output_blocked(call))
		return call_wait_output(call);
	child->started = true;
	int code = bang_start(child, args_text(&call->args, LINE),
			      call->shell->out->divert != NULL);
	if (code)
		return call_error(call, ERR_IO, "cannot start a shell: %s",
				  err_strerror(code));
	return CMD_WAIT;
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	struct shell_child *child = xalloc(sizeof(*child));
	struct err e;
	child->call = call;
	child->trap.signo = SIGCHLD;
	child->trap.caught = ended;
	/* Trap SIGCHLD first: the child may end at once. */
	if (loop_trap(shell->loop, &child->trap, &e)) {
		free(child);
		return call_fail(call, &e);
	}
	call->data = child;
	if (shell->lent)
		shell->lent(shell, true);
	enum cmd_status status = start_or_wait(call);
	if (status != CMD_WAIT)
		return status;
	return call_wait(call, NULL, CALL_FOREVER);
}

static enum cmd_status resume(struct call *call, enum wake wake)
{
	const struct shell_child *child = call->data;
	(void)wake;
	if (!child->started)
		return start_or_wait(call);
	if (child->pid)
		return CMD_WAIT;
	if (WIFSIGNALED(child->status)) {
		int signo = WTERMSIG(child->status);
		if (signo == SIGINT)
			return call_error(call, ERR_INTERRUPTED, "interrupted");
		return call_error(call, ERR_IO, "ended by signal %d", signo);
	}
	if (WEXITSTATUS(child->status))
		return call_error(call, ERR_IO, "exit status %d",
				  WEXITSTATUS(child->status));
	return CMD_OK;
}

static void cleanup(struct call *call)
{
	struct shell_child *child = call->data;
	if (!child)
		return;
	loop_untrap(call->shell->loop, &child->trap);
	/* Cancelled: rung takes the terminal back, so the child must not
	 * survive. */
	if (child->pid) {
		kill(child->pid, SIGKILL);
		while (waitpid(child->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	if (call->shell->lent)
		call->shell->lent(call->shell, false);
	free(child);
	call->data = NULL;
}
