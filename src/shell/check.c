/* SPDX-License-Identifier: ISC */
/*
 * Checks commands before they run: their names, options and constant words.
 * task.c runs them.
 */
#include "rung/hints.h"
#include "shell_own.h"

int command_available(const struct shell *sh, const struct command *c,
		      const char *send, struct err *e)
{
	const struct cmd *cmd = c->verb;
	if (!cmd) {
		shell_unknown(sh, c->name, send, e);
		return -1;
	}
	if (sh->interactive || !(cmd->flags & (CMD_REPL | CMD_TALKS)) ||
	    param_asks_help(shell_params(sh, cmd), c))
		return 0;
	return err_usage(e, "only available at the prompt%s",
			 cmd->flags & CMD_TALKS
			     ? "; in scripts send a line with '> TEXT'"
			     : ", not in scripts");
}

/* Checks the words of the command, without its bodies. `args`: memory. */
static int check_words(const struct shell *sh, struct args *args,
		       const struct command *c, struct fault *f)
{
	f->line = c->line;
	f->col = c->col;
	if (command_available(sh, c, NULL, &f->err)) {
		hint_add(sh, c, &f->err);
		return -1;
	}
	const struct param *params = shell_params(sh, c->verb);
	if (!args_check(args, params, c, &f->col, &f->err) ||
	    param_asks_help(params, c))
		return 0;
	f->line = args->line;
	hint_add(sh, c, &f->err);
	return -1;
}

static int check_bodies(const struct shell *sh, struct args *args,
			const struct command *c, struct fault *f);

static int check_program(const struct shell *sh, struct args *args,
			 struct program *p, struct fault *f)
{
	if (p->checked)
		return 0;
	for (size_t i = 0; i < p->commands; i++) {
		const struct command *c = &p->command[i];
		const struct cmd *cmd = c->verb;
		if (check_words(sh, args, c, f))
			return cmd ? err_set(&f->err, f->err.kind, f->err.code,
					     "%s: %s", cmd->name, f->err.text)
				   : -1;
		if (check_bodies(sh, args, c, f))
			return -1;
	}
	p->checked = true;
	return 0;
}

static int check_bodies(const struct shell *sh, struct args *args,
			const struct command *c, struct fault *f)
{
	for (size_t i = 0; i < c->words; i++)
		if (c->word[i].body &&
		    check_program(sh, args, c->word[i].body, f))
			return -1;
	return 0;
}

int program_check(const struct shell *sh, struct program *p, struct fault *f)
{
	struct args args;
	if (p->checked)
		return 0;
	args_init(&args);
	int bad = check_program(sh, &args, p, f);
	args_fini(&args);
	return bad;
}

int bodies_check(const struct shell *sh, const struct command *c,
		 struct fault *f)
{
	for (size_t i = 0; i < c->words; i++)
		if (c->word[i].body && program_check(sh, c->word[i].body, f))
			return -1;
	return 0;
}

int command_check(const struct shell *sh, const struct command *c,
		  struct fault *f)
{
	struct args args;
	args_init(&args);
	int bad = check_words(sh, &args, c, f) || check_bodies(sh, &args, c, f);
	args_fini(&args);
	return bad ? -1 : 0;
}
