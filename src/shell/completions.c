/* SPDX-License-Identifier: ISC */
/*
 * Generates completion files for bash, zsh and fish, for rung's own command
 * line. complete.c completes at rung's prompt.
 */
#include "rung/cmd.h"
#include "rung/reference.h"

#include <string.h>

/* Returns the topics of `help` that are no commands; NULL: none. */
static const char *const *topics(const struct cmd *const *table)
{
	for (size_t i = 0; table[i]; i++)
		if (!strcmp(table[i]->name, "help"))
			return table[i]->params ? table[i]->params->choices
						: NULL;
	return NULL;
}

static bool is_short(const struct param *p)
{
	return p->name[1] != '-';
}

/* Appends text for '...' of a shell; also escapes `extra` with a backslash. */
static void put_quoted(struct buf *out, const char *text, char extra)
{
	for (; *text; text++) {
		if (*text == '\'')
			buf_puts(out, "'\\''");
		else if (*text == extra)
			buf_printf(out, "\\%c", extra);
		else
			buf_putc(out, (uint8_t)*text);
	}
}

static void put_words(struct buf *out, const char *const *words)
{
	for (size_t i = 0; words && words[i]; i++)
		buf_printf(out, "%s%s", i ? " " : "", words[i]);
}

static void put_head(struct buf *out, const char *shell)
{
	buf_printf(out,
		   "# SPDX-License-Identifier: ISC\n"
		   "# Completes rung's command line in %s. Made by 'rung "
		   "--completions %s':\n# change the tables it comes from.\n\n",
		   shell, shell);
}

/* Appends the options whose value is the next word, with `before` before each.
 */
static void put_valued(struct buf *out, const char *before)
{
	for (const struct param *p = reference_options; p->kind; p++)
		if (p->value && !strchr(p->name, '='))
			buf_printf(out, "%s%s", before, p->name);
}

/* ---- bash: names only ---- */

static void put_bash_options(struct buf *out, const struct param *options)
{
	for (const struct param *p = options; p->kind; p++)
		buf_printf(out, "%s%s", p == options ? "" : " ", p->name);
}

static void put_bash_values(struct buf *out)
{
	for (const struct param *p = reference_options; p->kind; p++) {
		if (!p->choices)
			continue;
		buf_printf(out, "\t%.*s)\n\t\tCOMPREPLY=($(compgen -W '",
			   (int)strcspn(p->name, "="), p->name);
		put_words(out, p->choices);
		buf_puts(out, "' -- \"$cur\"))\n\t\treturn ;;\n");
	}
}

static void bash(const struct cmd *const *table, const struct param *pipe,
		 struct buf *out)
{
	put_head(out, "bash");
	buf_puts(out,
		 "# shellcheck disable=SC2207  # our words have no blanks\n"
		 "_rung()\n{\n"
		 "\tlocal cur=${COMP_WORDS[COMP_CWORD]} "
		 "prev=${COMP_WORDS[COMP_CWORD-1]} first='' i\n"
		 "\tlocal commands='");
	for (size_t i = 0; table[i]; i++)
		buf_printf(out, "%s%s", i ? " " : "", table[i]->name);
	buf_puts(out, "'\n\tlocal topics='");
	put_words(out, topics(table));
	buf_puts(out, "'\n\tlocal options='");
	put_bash_options(out, reference_options);
	buf_puts(out, "'\n\tlocal pipe='");
	put_bash_options(out, pipe);
	buf_puts(out, "'\n\n\tCOMPREPLY=()\n"
		      "\t# bash splits at '=': --color = auto\n"
		      "\tif [[ $cur == = ]]; then\n"
		      "\t\tcur=\n"
		      "\telif [[ $prev == = ]]; then\n"
		      "\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n"
		      "\tfi\n"
		      "\tcase $prev in\n"
		      "\t-e)\n\t\tCOMPREPLY=($(compgen -W \"$commands\" -- "
		      "\"$cur\"))\n\t\treturn ;;\n"
		      "\t-t)\n\t\treturn ;;\n");
	put_bash_values(out);
	buf_puts(out, "\tesac\n\n"
		      "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
		      "\t\tcase ${COMP_WORDS[i]} in\n\t\t=");
	put_valued(out, "|");
	buf_puts(out, ")\n\t\t\t((i++)) ;;\n"
		      "\t\t-*) ;;\n"
		      "\t\t*)\n\t\t\tfirst=${COMP_WORDS[i]}\n\t\t\tbreak ;;\n"
		      "\t\tesac\n\tdone\n"
		      "\tif [[ $first == help ]]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W \"$commands $topics\" -- "
		      "\"$cur\"))\n"
		      "\t\treturn\n\tfi\n"
		      "\tif [[ -z $first && $cur == -* ]]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
		      "\t\t[[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace\n"
		      "\t\treturn\n\tfi\n"
		      "\tif [[ $first == pipe && $cur == -* ]]; then\n"
		      "\t\tCOMPREPLY=($(compgen -W \"$pipe\" -- \"$cur\"))\n"
		      "\t\treturn\n\tfi\n"
		      "\tlocal IFS=$'\\n'\n"
		      "\tcompopt -o filenames 2>/dev/null\n"
		      "\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
		      "\t[[ -n $first || help != \"$cur\"* ]] || "
		      "COMPREPLY+=(help)\n"
		      "\t[[ -n $first || pipe != \"$cur\"* ]] || "
		      "COMPREPLY+=(pipe)\n"
		      "}\ncomplete -F _rung rung\n");
}

/* ---- zsh: names with briefs ---- */

static void put_zsh_item(struct buf *out, const char *name, const char *brief)
{
	buf_puts(out, "\t\t'");
	put_quoted(out, name, ':');
	buf_puts(out, ":");
	put_quoted(out, brief, ':');
	buf_puts(out, "'\n");
}

/* Appends how _arguments completes the option's value. */
static void put_zsh_value(struct buf *out, const struct param *p)
{
	if (!p->value)
		return;
	buf_printf(out, ":%s:", p->value);
	if (p->kind == PARAM_CHOICE) {
		buf_puts(out, "(");
		put_words(out, p->choices);
		buf_puts(out, ")");
	} else if (p->kind == PARAM_BODY) {
		buf_puts(out, "_rung_commands");
	} else if (p->kind == PARAM_PATH) {
		buf_puts(out, "_files");
	} else {
		buf_puts(out, " ");
	}
}

static void put_zsh_options(struct buf *out, const struct param *options)
{
	for (const struct param *p = options; p->kind; p++) {
		buf_printf(out, "\t\t'%s%s[",
			   p->flags & PARAM_REPEATED ? "*" : "", p->name);
		put_quoted(out, p->brief, ']');
		buf_puts(out, "]");
		put_zsh_value(out, p);
		buf_puts(out, "' \\\n");
	}
}

static void zsh(const struct cmd *const *table, const struct param *pipe,
		struct buf *out)
{
	const char *const *topic = topics(table);
	buf_puts(out, "#compdef rung\n");
	put_head(out, "zsh");
	buf_puts(out, "_rung_commands()\n{\n\tlocal -a commands=(\n");
	for (size_t i = 0; table[i]; i++)
		put_zsh_item(out, table[i]->name, table[i]->brief);
	buf_puts(out, "\t)\n\t_describe -t commands command commands\n}\n\n"
		      "_rung_topics()\n{\n\t_rung_commands\n"
		      "\tcompadd -X topic -- ");
	put_words(out, topic);
	buf_puts(out, "\n}\n\n"
		      "_rung_first()\n{\n\t_alternative \\\n"
		      "\t\t'verbs:verb:((help\\:\"explain a command or a "
		      "topic\" pipe\\:\"join two ends, as nc does\"))' \\\n"
		      "\t\t'files:script:_files'\n}\n\n"
		      "_rung_pipe()\n{\n\t_arguments -s -S \\\n");
	put_zsh_options(out, pipe);
	buf_puts(out, "\t\t'*:ADDR:()'\n}\n\n"
		      "_rung_rest()\n{\n\tcase $line[1] in\n"
		      "\thelp) _rung_topics ;;\n"
		      "\tpipe) _rung_pipe ;;\n"
		      "\t*) _files ;;\n\tesac\n}\n\n"
		      "_rung()\n{\n\tlocal -a line\n"
		      "\t_arguments -s -S -A '-*' \\\n");
	put_zsh_options(out, reference_options);
	buf_puts(out, "\t\t'1: :_rung_first' \\\n\t\t'*:: :_rung_rest'\n}\n\n"
		      "_rung \"$@\"\n");
}

/* ---- fish: one line each ---- */

/* Appends an option of `first`, the first operand of the command line ("":
 * none). */
static void put_fish_option(struct buf *out, const struct param *p,
			    const char *first)
{
	buf_printf(out, "complete -c rung -n \"__rung_first_is '%s'\" ", first);
	if (is_short(p))
		buf_printf(out, "-s %c", p->name[1]);
	else
		buf_printf(out, "-l %.*s", (int)strcspn(p->name + 2, "="),
			   p->name + 2);
	if (p->kind == PARAM_CHOICE) {
		buf_puts(out, " -x -a '");
		put_words(out, p->choices);
		buf_puts(out, "'");
	} else if (p->kind == PARAM_BODY) {
		buf_puts(out, " -x -a '(__rung_commands)'");
	} else if (p->value) {
		buf_puts(out, p->kind == PARAM_PATH ? " -r" : " -x");
	}
	buf_puts(out, " -d '");
	put_quoted(out, p->brief, 0);
	buf_puts(out, "'\n");
}

/* Appends a function that finds the first operand; it skips options and their
 * values. */
static void put_fish_first(struct buf *out)
{
	buf_puts(out, "function __rung_first_is\n"
		      "    set -l words (commandline -opc)\n"
		      "    set -l first ''\n"
		      "    set -e words[1]\n"
		      "    while set -q words[1]; and test -z \"$first\"\n"
		      "        switch $words[1]\n"
		      "            case");
	put_valued(out, " ");
	buf_puts(out, "\n                set -e words[1]\n"
		      "            case '-*'\n"
		      "            case '*'\n"
		      "                set first $words[1]\n"
		      "        end\n"
		      "        set -e words[1]\n"
		      "    end\n"
		      "    test \"$first\" = $argv[1]\n"
		      "end\n\n");
}

static void fish(const struct cmd *const *table, const struct param *pipe,
		 struct buf *out)
{
	put_head(out, "fish");
	buf_puts(out, "function __rung_commands\n");
	for (size_t i = 0; table[i]; i++) {
		buf_puts(out, "    printf '%s\\t%s\\n' '");
		put_quoted(out, table[i]->name, 0);
		buf_puts(out, "' '");
		put_quoted(out, table[i]->brief, 0);
		buf_puts(out, "'\n");
	}
	buf_puts(out, "end\n\n");
	put_fish_first(out);
	for (const struct param *p = reference_options; p->kind; p++)
		put_fish_option(out, p, "");
	for (const struct param *p = pipe; p->kind; p++)
		put_fish_option(out, p, "pipe");
	buf_puts(out, "complete -c rung -n \"__rung_first_is ''\" -a help "
		      "-d 'explain a command or a topic'\n"
		      "complete -c rung -n \"__rung_first_is ''\" -a pipe "
		      "-d 'join two ends, as nc does'\n"
		      "complete -c rung -n '__rung_first_is help' "
		      "-x -a '(__rung_commands)'\n"
		      "complete -c rung -n '__rung_first_is help' -x -a '");
	put_words(out, topics(table));
	buf_puts(out, "' -d topic\n");
}

int reference_completions(const struct cmd *const *table,
			  const struct param *pipe, struct bytes shell,
			  struct buf *out, struct err *e)
{
	static const struct {
		const char *name;
		void (*put)(const struct cmd *const *, const struct param *,
			    struct buf *);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (bytes_is(shell, shells[i].name)) {
			shells[i].put(table, pipe, out);
			return 0;
		}
	}
	return err_set(e, ERR_USAGE, 0,
		       "there are completions for bash, zsh and fish");
}
