/* SPDX-License-Identifier: ISC */
/*
 * Runs typed commands past a command that waits: the waiting call is parked
 * with its runs while they run, and can be notified meanwhile. task.c executes
 * both.
 */
#include "shell_own.h"

/* Returns true if the task's call waits, and not only to print more. */
static bool waits(const struct task *t)
{
	const struct call *c = t->call;
	return t->parked.call || (c && c->waiting && !call_has_rest(c) &&
				  list_empty(&c->output_wait));
}

/* Returns true if all commands of the program have CMD_PASSES. */
static bool only_looks(const struct program *p)
{
	for (size_t i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];
		const struct cmd *cmd = c->verb;
		if (!cmd || !(cmd->flags & CMD_PASSES) || c->background)
			return false;
	}
	return true;
}

bool task_lets_pass(const struct task *t, const struct program *p)
{
	if (!t->shell->interactive || !waits(t) || !only_looks(p))
		return false;
	/* Commands keep the order in which they were typed. */
	if (list_empty(&t->lines))
		return true;
	out_diag_line(t->shell->out, STYLE_NOTICE,
		      "queued: the lines before it wait, too; Ctrl-C "
		      "cancels them and the command");
	return false;
}

static void park(struct task *t)
{
	t->parked = (struct parked){t->call, t->top, t->current_target};
	t->call = t->spare = NULL;
	t->top = NULL;
	t->current_target = NULL;
}

void task_unpark(struct task *t)
{
	if (t->spare)
		call_free_memory(t->spare);
	t->call = t->spare = t->parked.call;
	t->top = t->parked.top;
	t->current_target = t->parked.current_target;
	t->parked = (struct parked){.call = NULL};
}

void task_pass(struct task *t)
{
	if (!t->parked.call && list_empty(&t->passing))
		return;
	if (!t->parked.call)
		park(t);
	if (!t->call && !t->top && !task_next_line(t, &t->passing))
		task_unpark(t);
}
