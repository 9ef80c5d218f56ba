/* SPDX-License-Identifier: ISC */
/*
 * Generates the usage text and the reference part of the manual page from the
 * tables. completions.c generates the completion files.
 */
#include "rung/reference.h"
#include "rung/cmd.h"
#include "rung/rungs.h"
#include "rung/topics.h"

#include <stdlib.h>
#include <string.h>

#define FILL 72 /* columns of a filled line */

static const char *const colours[] = {"auto", "always", "never", NULL};
static const char *const shells[] = {"bash", "zsh", "fish", NULL};

const struct param reference_options[] = {
    [OPTION_COMMANDS] =
	{.name = "-e",
	 .kind = PARAM_BODY,
	 .flags = PARAM_REPEATED,
	 .value = "CMDS",
	 .brief = "run CMDS before FILE or the prompt; can be repeated"},
    [OPTION_INTERACTIVE] = {.name = "-i",
			    .kind = PARAM_FLAG,
			    .brief = "start the prompt after -e and FILE"},
    [OPTION_QUIET] = {.name = "-q",
		      .kind = PARAM_FLAG,
		      .brief = "suppress notices"},
    [OPTION_VERBOSE] =
	{.name = "-v",
	 .kind = PARAM_FLAG,
	 .brief = "trace script commands and addresses tried; count expects"},
    [OPTION_TIMEOUT] = {.name = "-t",
			.kind = PARAM_DURATION,
			.value = "D",
			.brief =
			    "set the default timeout of commands (10 seconds)"},
    [OPTION_COLOUR] = {.name = "--color=",
		       .kind = PARAM_CHOICE,
		       .value = "WHEN",
		       .choices = colours,
		       .brief = "use colors: auto, always or never"},
    [OPTION_JSON] =
	{.name = "--json",
	 .kind = PARAM_FLAG,
	 .brief = "print events to standard output, one JSON object per line"},
    [OPTION_TAP] = {.name = "--tap",
		    .kind = PARAM_FLAG,
		    .brief =
			"print each expect as a TAP test point, for prove"},
    [OPTION_COMPLETIONS] =
	{.name = "--completions",
	 .kind = PARAM_CHOICE,
	 .value = "SHELL",
	 .choices = shells,
	 .brief = "print the completion file for bash, zsh or fish"},
    [OPTION_REFERENCE] =
	{.name = "--reference",
	 .kind = PARAM_FLAG,
	 .brief = "print the reference part of the manual page, in mdoc"},
    [OPTION_HELP] = {.name = "--help",
		     .kind = PARAM_FLAG,
		     .brief = "print this usage"},
    [OPTION_VERSION] = {.name = "--version",
			.kind = PARAM_FLAG,
			.brief = "print the version"},
    {.kind = PARAM_END},
};

void reference_head(const struct param *p, struct buf *out)
{
	size_t len = strlen(p->name);
	buf_puts(out, p->name);
	if (!param_is_named(p))
		return;
	if (p->value && len && p->name[len - 1] != '=')
		buf_putc(out, ' ');
	buf_puts(out, p->value ? p->value : "");
}

static const char *kind_value(const struct param *p)
{
	if (p->value)
		return p->value;
	switch (p->kind) {
	case PARAM_NUMBER:
		return "N";
	case PARAM_SIZE:
		return "SIZE";
	case PARAM_DURATION:
		return "D";
	case PARAM_PATH:
		return "FILE";
	case PARAM_TEXT:
		return "TEXT";
	case PARAM_END:
	case PARAM_FLAG:
	case PARAM_WORD:
	case PARAM_PATTERN:
	case PARAM_ADDRESS:
	case PARAM_SESSION:
	case PARAM_MESSAGE:
	case PARAM_BODY:
	case PARAM_REST_OF_LINE:
	case PARAM_CHOICE:
	case PARAM_COMMAND:
	case PARAM_SETTING:
	case PARAM_VARIABLE:
	case PARAM_BYTES:
	case PARAM_MARK:
	case PARAM_RUNGS:
		break;
	}
	return "VALUE";
}

void reference_setting(const struct param *p, struct buf *out)
{
	buf_puts(out, p->name);
	if (!p->choices)
		buf_printf(out, " %s", kind_value(p));
	for (size_t i = 0; p->choices && p->choices[i]; i++)
		buf_printf(out, "%c%s", i ? '|' : ' ', p->choices[i]);
}

void reference_usage(struct buf *out)
{
	buf_puts(out, "usage: rung HOST PORT | ADDR\n"
		      "       rung [-iqv] [-t D] [--json|--tap] [-e CMDS]... "
		      "[FILE [ARG]...]\n"
		      "       rung pipe [OPTION]... ADDR [ADDR2]\n"
		      "       rung nc|ncat [OPTION]... [HOST] [PORT]...\n"
		      "       rung help [TOPIC]\n\n");
	for (const struct param *p = reference_options; p->kind; p++) {
		struct buf head = {.limit = BUF_SMALL};
		reference_head(p, &head);
		buf_printf(out, "  %-19s  %s\n", buf_cstr(&head), p->brief);
		buf_fini(&head);
	}
	buf_puts(out, "\nWith an address, rung connects and starts a prompt; "
		      "without a terminal it is the\nsame as rung pipe. With "
		      "nothing, rung starts a prompt, or without a terminal\n"
		      "reads commands from standard input. 'rung help' lists "
		      "the commands; see rung(1)\nfor the manual.\n");
}

/* ---- mdoc(7) ---- */

/* Appends a word, escaped for a text line or an argument of a macro. */
static void put_word(struct buf *out, struct bytes word)
{
	static const struct bytes dots = {(const uint8_t *)"\u2026", 3};
	for (size_t i = 0; i < word.len; i++) {
		if (bytes_starts(bytes_skip(word, i), dots)) {
			buf_puts(out, "...");
			i += dots.len - 1;
			continue;
		}
		switch (word.at[i]) {
		case '\\':
			buf_puts(out, "\\e");
			break;
		case '-':
			buf_puts(out, "\\-");
			break;
		case '\'':
			buf_puts(out, "\\(aq");
			break;
		case '`':
			buf_puts(out, "\\(ga");
			break;
		case '^':
			buf_puts(out, "\\(ha");
			break;
		case '~':
			buf_puts(out, "\\(ti");
			break;
		case '"':
			buf_puts(out, "\\(dq");
			break;
		default:
			buf_putc(out, word.at[i]);
		}
	}
}

/* Appends a macro and its argument, such as ` Fl t`. `\&` keeps words of `arg`
 * from being read as macros. */
static void put_macro(struct buf *out, const char *macro, const char *arg)
{
	struct bytes rest = bytes_str(arg);
	buf_printf(out, " %s", macro);
	do {
		size_t end = bytes_find_byte(rest, ' ', 0);
		struct bytes word = bytes_head(rest, end);
		buf_puts(out, " \\&");
		put_word(out, word);
		rest = bytes_skip(rest, word.len + 1);
	} while (rest.len);
}

/* Removes the next word from *rest and returns it. */
static struct bytes next_word(struct bytes *rest)
{
	*rest = bytes_trim(*rest);
	struct bytes word = bytes_head(*rest, bytes_find_byte(*rest, ' ', 0));
	*rest = bytes_skip(*rest, word.len);
	return word;
}

/* Appends a word of prose, on a new line if the current one is full. */
static void put_prose_word(struct buf *out, struct bytes word, size_t *col)
{
	struct buf set = {.limit = BUF_SMALL};
	put_word(&set, word);
	size_t wide = buf_len(&set);
	if (*col && *col + 1 + wide > FILL) {
		buf_putc(out, '\n');
		*col = 0;
	}
	if (*col)
		buf_putc(out, ' ');
	else if (word.at[0] == '.' || word.at[0] == '\'')
		buf_puts(out, "\\&");
	*col += wide + (*col > 0);
	buf_put(out, buf_bytes(&set));
	buf_fini(&set);
}

/* Appends a filled paragraph; each sentence starts on a new line. */
static void put_prose(struct buf *out, struct bytes text, size_t *col)
{
	while (text.len) {
		struct bytes word = next_word(&text);
		if (!word.len)
			break;
		put_prose_word(out, word, col);
		uint8_t last = word.at[word.len - 1];
		if (last == '.' || last == '?' || last == '!') {
			buf_putc(out, '\n');
			*col = 0;
		}
	}
}

static void end_line(struct buf *out, size_t *col)
{
	if (*col)
		buf_putc(out, '\n');
	*col = 0;
}

/* Appends a one-line description as a sentence. */
static void put_brief(struct buf *out, const char *brief)
{
	struct buf text = {.limit = BUF_SMALL};
	size_t len = strlen(brief), col = 0;
	if (brief[0] >= 'a' && brief[0] <= 'z')
		buf_printf(&text, "%c%s", brief[0] & ~0x20, brief + 1);
	else
		buf_puts(&text, brief);
	/* An ellipsis needs no full stop. */
	if (len < 3 || strcmp(brief + len - 3, "\u2026") != 0)
		buf_putc(&text, '.');
	put_prose(out, buf_bytes(&text), &col);
	end_line(out, &col);
	buf_fini(&text);
}

/* Appends a help text: paragraphs, and examples, which begin with four blanks.
 */
static void put_help(struct buf *out, struct bytes help)
{
	enum { PARAGRAPH, PROSE, EXAMPLE } in = PARAGRAPH;
	size_t col = 0;
	while (help.len) {
		struct bytes line = bytes_head(help,
					       bytes_find_byte(help, '\n', 0));
		bool example = bytes_starts(line, BYTES("    "));
		help = bytes_skip(help, line.len + 1);
		if (in == EXAMPLE && !example)
			buf_puts(out, ".Ed\n");
		if (!line.len) {
			end_line(out, &col);
			in = PARAGRAPH;
		} else if (example) {
			end_line(out, &col);
			if (in != EXAMPLE)
				buf_puts(out, ".Bd -literal -offset indent\n");
			line = bytes_skip(line, 4);
			if (line.len && (line.at[0] == '.'))
				buf_puts(out, "\\&");
			put_word(out, line);
			buf_putc(out, '\n');
			in = EXAMPLE;
		} else {
			if (in != PROSE)
				buf_puts(out, ".Pp\n");
			put_prose(out, line, &col);
			in = PROSE;
		}
	}
	end_line(out, &col);
	if (in == EXAMPLE)
		buf_puts(out, ".Ed\n");
}

/* Appends the choices in the form ` on | off`. */
static void put_choices(struct buf *out, const char *const *choices)
{
	for (size_t i = 0; choices[i]; i++) {
		buf_puts(out, i ? " |" : "");
		put_macro(out, "Cm", choices[i]);
	}
}

/* Appends a parameter to a macro line, in the form `Fl t Ar D`. */
static void put_param(struct buf *out, const struct param *p)
{
	if (param_is_option(p))
		put_macro(out, "Fl", p->name + 1);
	else if (p->flags & PARAM_KEYWORD)
		put_macro(out, "Cm", p->name);
	else
		put_macro(out, "Ar", p->name);
	if (p->value && param_is_named(p))
		put_macro(out, "Ar", p->value);
}

/* `has_options`: some rung has an option. */
static void put_synopsis(struct buf *out, const struct cmd *cmd,
			 bool has_options)
{
	buf_puts(out, ".It Xo\n.");
	put_macro(out, "Ic", cmd->name);
	for (const struct param *p = cmd->params; p && p->kind; p++) {
		if (p->kind == PARAM_RUNGS && !has_options)
			continue;
		if (p->flags & PARAM_UNLISTED)
			continue;
		bool needed = !param_is_named(p) && (p->flags & PARAM_REQUIRED);
		buf_puts(out, needed ? "\n." : "\n.Op");
		if (!param_is_named(p) && p->value)
			put_macro(out, "Ar", p->value);
		else
			put_param(out, p);
		buf_puts(out,
			 p->flags & PARAM_REPEATED || p->kind == PARAM_RUNGS
			     ? " ..."
			     : "");
	}
	buf_puts(out, "\n.Xc\n");
}

static void put_params(struct buf *out, const struct param *params)
{
	bool any = false;
	for (const struct param *p = params; p && p->kind; p++) {
		if (!p->brief)
			continue;
		if (!any)
			buf_puts(out, ".Pp\n.Bl -tag -width 10n -compact\n");
		any = true;
		buf_puts(out, ".It");
		put_param(out, p);
		buf_putc(out, '\n');
		put_brief(out, p->brief);
	}
	if (any)
		buf_puts(out, ".El\n");
}

static void put_command(struct buf *out, const struct cmd *cmd,
			bool has_options)
{
	put_synopsis(out, cmd, has_options);
	put_brief(out, cmd->brief);
	if (cmd->aliases)
		buf_printf(out, "Also: %s.\n", cmd->aliases);
	put_params(out, cmd->params);
	if (cmd->help)
		put_help(out, bytes_str(cmd->help));
}

static void put_commands(struct buf *out, const struct cmd *const *table,
			 bool has_options)
{
	const char *group = "";
	buf_puts(out, ".Sh COMMANDS\n");
	for (size_t i = 0; table[i]; i++) {
		if (strcmp(group, table[i]->group) != 0) {
			buf_puts(out, i ? ".El\n" : "");
			group = table[i]->group;
			buf_printf(out, ".Ss %c%s\n", group[0] & ~0x20,
				   group + 1);
			buf_puts(out, ".Bl -tag -width Ds\n");
		}
		put_command(out, table[i], has_options);
	}
	buf_puts(out, table[0] ? ".El\n" : "");
}

/* Appends the options of all rungs, each once. */
static void put_rung_options(struct buf *out, const struct param *options)
{
	if (options->kind == PARAM_END)
		return;
	buf_puts(out, ".Sh RUNG OPTIONS\nCommands that put rungs on a ladder "
		      "take the options of these rungs:\n");
	put_params(out, options);
}

static void put_settings(struct buf *out)
{
	buf_puts(
	    out,
	    ".Sh SETTINGS\nThe settings that\n.Ic set\nprints and changes:\n"
	    ".Pp\n.Bl -tag -width 10n -compact\n");
	for (const struct setting *s = shell_settings; s->param.name; s++) {
		buf_puts(out, ".It");
		put_macro(out, "Cm", s->param.name);
		if (s->param.choices)
			put_choices(out, s->param.choices);
		else
			put_macro(out, "Ar", kind_value(&s->param));
		buf_putc(out, '\n');
		put_brief(out, s->param.brief);
	}
	buf_puts(out, ".El\n");
}

/* Appends a list item: a name and its one-line description. */
static void put_item(struct buf *out, const char *name, const char *brief)
{
	buf_puts(out, ".It");
	put_macro(out, "Cm", name);
	buf_putc(out, '\n');
	put_brief(out, brief);
}

/* Appends a section with a topic's rows, and does not end their list. */
static void put_topic_rows(struct buf *out, const char *section,
			   const char *topic)
{
	const struct topic_row *row = topic_find(bytes_str(topic))->rows;
	buf_printf(out, ".Sh %s\n.Bl -tag -width 18n -compact\n", section);
	for (; row->name; row++)
		put_item(out, row->name, row->brief);
}

static void put_topics(struct buf *out, const struct protocols *protocols)
{
	put_topic_rows(out, "ADDRESS FORMS", "addresses");
	for (const struct scheme_row *s = protocols->schemes; s->name; s++)
		put_item(out, s->name, scheme_brief(s));
	buf_puts(out, ".El\n");
	put_topic_rows(out, "PATTERN FORMS", "patterns");
	buf_puts(out, ".El\n");
	put_topic_rows(out, "TEMPLATE PARTS", "templates");
	buf_puts(out, ".El\n");
	buf_puts(out,
		 ".Sh MESSAGE KINDS\nCommands can choose messages by kind.\n");
	put_help(out, bytes_str(topic_find(BYTES("kinds"))->prose));
	put_topic_rows(out, "VARIABLES", "variables");
	buf_puts(out, ".El\n");
	put_topic_rows(out, "KEYS", "keys");
	buf_puts(out, ".El\n");
}

/* Appends the forms of the rungs that have some. */
static void put_forms(struct buf *out, const struct protocols *protocols)
{
	for (size_t i = 0; protocols->rungs[i]; i++) {
		const char *const *form = protocols->rungs[i]->forms;
		if (!form)
			continue;
		buf_puts(out, ".Sh ");
		for (const char *c = protocols->rungs[i]->name; *c; c++)
			buf_putc(out, (uint8_t)(*c & ~0x20));
		buf_puts(out, " KINDS\n.Bl -tag -width 10n -compact\n");
		for (; *form; form += 2)
			put_item(out, form[0], form[1]);
		buf_puts(out, ".El\n");
	}
}

void reference_mdoc(const struct cmd *const *table,
		    const struct protocols *protocols, struct buf *out)
{
	static const struct param rungs[] = {{"", .kind = PARAM_RUNGS},
					     {.kind = PARAM_END}};
	struct param *options = rung_options_join(rungs, protocols);
	put_commands(out, table, options->kind != PARAM_END);
	put_rung_options(out, options);
	free(options);
	put_topics(out, protocols);
	put_settings(out);
	buf_puts(out,
		 ".Sh SESSION FIELDS\nThe fields that\n.Ic info\nprints and\n"
		 ".Ql $NAME.FIELD\nexpands to:\n.Pp\n"
		 ".Bl -tag -width 14n -compact\n");
	for (const struct session_field *f = session_fields; f->name; f++)
		put_item(out, f->name, f->brief);
	buf_puts(out, ".El\n");
	put_forms(out, protocols);
	buf_puts(out, ".Sh MESSAGE VIEWS\n.Bl -tag -width 6n -compact\n");
	for (size_t i = 0; view_table[i]; i++)
		put_item(out, view_table[i]->name, view_table[i]->brief);
	buf_puts(out, ".El\n");
}
