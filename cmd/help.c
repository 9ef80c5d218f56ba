/* SPDX-License-Identifier: ISC */
/*
 * `help`: prints an overview, a command, a topic, or where a word occurs.
 * struct cmd has the texts of a command, shell/topics.c the topics; this file
 *         lays them out.
 */
#include "rung/cmd.h"
#include "rung/hints.h"
#include "rung/reference.h"
#include "rung/suggest.h"
#include "rung/topics.h"

#include <stdlib.h>
#include <string.h>

enum { TOPIC, END };
static const struct param params[] = {
    [TOPIC] = {.name = "TOPIC",
	       .kind = PARAM_COMMAND,
	       .choices = topic_names,
	       .brief =
		   "a command, a topic or another word (default: an overview)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_help = {
    .name = "help",
    .group = "shell",
    .brief = "explain a command or a topic",
    .help = "'help commands' lists all commands and topics. 'help WORD' "
	    "lists the commands and topics whose text contains WORD. 'connect "
	    "-h' and 'connect --help' do the same as 'help connect'.\n"
	    "\n"
	    "    help\n"
	    "    help connect\n"
	    "    help patterns\n"
	    "    help proxy\n",
    .params = params,
    .flags = CMD_PASSES | CMD_REMOVED,
    .run = run,
};

#define FILL       76 /* columns of filled text */
#define NAMES_WIDE 22 /* widest column of names */

#define GROUP_WIDE 10 /* column of the groups' names */
#define FOUND_WIDE 10 /* column of names in the result of a search */
#define WORD_MAX   64 /* longest word to search for */

/* The first steps of a new user; the test help_examples runs them. */
#define FIRST_STEPS                                                        \
	"To reach a server, type: connect HOST PORT. To try rung without " \
	"one:\n"                                                           \
	"\n"                                                               \
	"    listen --echo :0 as echo    # a server that sends all back\n" \
	"    connect $echo.addr          # a client of this server\n"      \
	"    sendline hello, world       # send a line\n"                  \
	"    expect /hello, (\\w+)/       # wait for a pattern\n"          \
	"    echo $1\n"                                                    \
	"    view hex                    # show data as hex\n"             \
	"\n"

/* Fills words from column *col on; indents each further line. */
static void put_words(struct text *out, struct bytes words, size_t indent,
		      size_t *col)
{
	while ((words = bytes_trim(words)).len) {
		struct bytes word = bytes_head(words,
					       bytes_find_byte(words, ' ', 0));
		size_t wide = text_width(word);
		bool first = *col <= indent;
		if (!first && *col + 1 + wide > FILL) {
			text_printf(out, "\n%*s", (int)indent, "");
			*col = indent;
		} else if (!first) {
			text_puts(out, " ");
			++*col;
		}
		text_printf(out, "%.*s", (int)word.len, (const char *)word.at);
		*col += wide;
		words = bytes_skip(words, word.len);
	}
}

/* Prints a row of a list: name and description. */
static void row(struct text *out, size_t width, const char *name,
		const char *brief)
{
	size_t wide = strlen(name), col = width + 4;
	text_puts(out, "  ");
	text_style(out, STYLE_BOLD);
	text_puts(out, name);
	text_style(out, STYLE_PLAIN);
	if (wide > width) {
		text_puts(out, "\n");
		wide = 0;
		text_puts(out, "  ");
	}
	text_printf(out, "%*s", (int)(width - wide + 2), "");
	put_words(out, bytes_str(brief), col, &col);
	text_puts(out, "\n");
}

/* Fills paragraphs; prints lines that begin with four blanks unchanged. */
static void put_text(struct text *out, struct bytes text)
{
	size_t col = 0;
	while (text.len) {
		struct bytes line = bytes_head(text,
					       bytes_find_byte(text, '\n', 0));
		text = bytes_skip(text, line.len + 1);
		if (line.len && !bytes_starts(line, BYTES("    "))) {
			put_words(out, line, 0, &col);
			continue;
		}
		text_printf(out, "%s%.*s\n", col ? "\n" : "", (int)line.len,
			    (const char *)line.at);
		col = 0;
	}
	text_puts(out, col ? "\n" : "");
}

/* A table that is being printed, or measured if `out` is NULL. */
struct layout {
	struct topic_sink sink;
	struct text *out;
	size_t width;
	bool any;
};

static void layout_head(struct topic_sink *sink, const char *head)
{
	struct layout *l = list_entry(sink, struct layout, sink);
	if (!l->out)
		return;
	text_style(l->out, STYLE_DIM);
	text_printf(l->out, "%s%s\n", l->any ? "\n" : "", head);
	text_style(l->out, STYLE_PLAIN);
	l->any = true;
}

static void layout_row(struct topic_sink *sink, const char *name,
		       const char *brief)
{
	struct layout *l = list_entry(sink, struct layout, sink);
	size_t wide = strlen(name);
	if (l->out)
		row(l->out, l->width, name, brief);
	else if (wide > l->width && wide <= NAMES_WIDE)
		l->width = wide;
}

static void print_list(const struct topic *t, const struct shell *shell,
		       struct text *out)
{
	struct layout l = {.sink = {layout_head, layout_row}};
	t->list(shell, &l.sink);
	l.out = out;
	t->list(shell, &l.sink);
}

static void print_topic(const struct topic *t, const struct shell *shell,
			struct text *out)
{
	size_t width = 0;
	if (t->prose)
		put_text(out, bytes_str(t->prose));
	if (t->prose && (t->rows || t->list))
		text_puts(out, "\n");
	for (const struct topic_row *i = t->rows; i && i->name; i++)
		width = strlen(i->name) > width ? strlen(i->name) : width;
	for (const struct topic_row *i = t->rows; i && i->name; i++)
		row(out, width, i->name, i->brief);
	if (t->rows && t->list)
		text_puts(out, "\n");
	if (t->list)
		print_list(t, shell, out);
	if (t->print)
		t->print(shell, &out->buf);
}

/* Prints the heading of a group, if `group` is a new one, then a name. */
static void put_grouped(struct text *out, const char *group, bool first,
			const char *name, size_t *col)
{
	if (first) {
		text_printf(out, "%s  ", *col ? "\n" : "");
		text_style(out, STYLE_DIM);
		text_printf(out, "%-*s", GROUP_WIDE, group);
		text_style(out, STYLE_PLAIN);
		*col = GROUP_WIDE + 2;
	}
	put_words(out, bytes_str(name), GROUP_WIDE + 2, col);
}

/* Prints a text that fits in a terminal of 24 rows. */
static void overview(const struct cmd *const *table, struct text *out)
{
	size_t col = 0;
	put_text(out, bytes_str(FIRST_STEPS));
	for (size_t i = 0; table[i]; i++)
		put_grouped(out, table[i]->group,
			    !i || strcmp(table[i - 1]->group, table[i]->group),
			    table[i]->name, &col);
	for (const struct topic *t = topics; t->name; t++)
		put_grouped(out, "topics", t == topics, t->name, &col);
	text_puts(out,
		  "\n\n'help commands' describes all commands. 'connect -h' "
		  "explains a command,\n'help keys' a topic, 'help WORD' finds "
		  "a word. The manual page is rung(1).\n");
}

/* Rows of a table: those that have, of `flags`, exactly `with`. */
struct rows {
	unsigned flags, with;
};

/* Prints the rows. `width`: minimum width of the names. Result: the width. */
static size_t print_params(const struct param *of, struct rows rows,
			   size_t width, struct text *out)
{
	struct buf head = {.limit = BUF_SMALL};
	for (const struct param *p = of; p && p->kind; p++) {
		if ((p->flags & rows.flags) != rows.with)
			continue;
		buf_clear(&head);
		reference_head(p, &head);
		if (buf_len(&head) > width && buf_len(&head) <= NAMES_WIDE)
			width = buf_len(&head);
	}
	for (const struct param *p = of; p && p->kind; p++) {
		if ((p->flags & rows.flags) != rows.with || !p->brief)
			continue;
		buf_clear(&head);
		reference_head(p, &head);
		row(out, width, buf_cstr(&head), p->brief);
	}
	buf_fini(&head);
	return width;
}

static bool has_options(const struct param *of)
{
	while (of && of->kind && !param_is_option(of))
		of++;
	return of && of->kind;
}

static bool takes_rung_options(const struct param *of)
{
	while (of && of->kind && !(of->flags & PARAM_OF_RUNG))
		of++;
	return of && of->kind;
}

/* Prints a command's rows, and if it takes options of rungs, the help that
 * explains them. */
static void print_all_params(const struct shell *shell, const struct param *of,
			     struct text *out)
{
	static const char name[] = "RUNG-OPTION";
	bool rungs = takes_rung_options(of);
	const struct rows own = {PARAM_OF_RUNG, 0};
	size_t width = print_params(of, own, rungs ? sizeof name - 1 : 0, out);
	struct buf names = {.limit = BUF_SMALL};
	if (!rungs)
		return;
	for (size_t i = 0; shell->protocols->rungs[i]; i++)
		if (has_options(shell->protocols->rungs[i]->params))
			buf_printf(&names, "%s'help %s'",
				   buf_len(&names) ? ", " : "",
				   shell->protocols->rungs[i]->name);
	buf_puts(&names, " explain them");
	row(out, width, name, buf_cstr(&names));
	buf_fini(&names);
}

/* Prints the rung's options: first of both sides, then of one side. */
static void print_rung(const struct rung_ops *rung, struct text *out)
{
	static const struct {
		unsigned flag;
		const char *head;
	} groups[] = {
	    {0, "Options of connect, listen and climb:"},
	    {PARAM_OF_CLIENT, "Only for clients:"},
	    {PARAM_OF_SERVER, "Only for servers:"},
	};
	struct rows rows = {.flags = PARAM_OF_CLIENT | PARAM_OF_SERVER};
	text_printf(out, "the rung %s: %s\n", rung->name, rung->brief);
	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
		text_printf(out, "\n%s\n", groups[i].head);
		rows.with = groups[i].flag;
		print_params(rung->params, rows, 0, out);
	}
}

static void print_command(const struct shell *shell, const struct cmd *cmd,
			  struct text *out)
{
	const struct param *all = shell_params(shell, cmd);
	struct buf synopsis = {.limit = BUF_SMALL};
	if (all)
		param_synopsis(all, &synopsis);
	text_style(out, STYLE_BOLD);
	text_puts(out, cmd->name);
	text_style(out, STYLE_PLAIN);
	text_printf(out, "%s%s\n%s\n", buf_len(&synopsis) ? " " : "",
		    buf_cstr(&synopsis), cmd->brief);
	if (cmd->aliases)
		text_printf(out, "also: %s\n", cmd->aliases);
	text_puts(out, all && all->kind ? "\n" : "");
	print_all_params(shell, all, out);
	if (cmd->help) {
		text_puts(out, "\n");
		put_text(out, bytes_str(cmd->help));
	}
	buf_fini(&synopsis);
}

static bool is_letter(uint8_t c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* Returns true if a word of the text begins with `word`, which has no capital
 * letters. */
static bool mentions(struct bytes text, struct bytes word)
{
	for (size_t i = 0; i + word.len <= text.len; i++) {
		size_t n = 0;
		if (i && is_letter(text.at[i - 1]) && is_letter(word.at[0]))
			continue;
		while (n < word.len &&
		       (is_letter(word.at[n])
			    ? (text.at[i + n] | 0x20) == word.at[n]
			    : text.at[i + n] == word.at[n]))
			n++;
		if (n == word.len)
			return true;
	}
	return false;
}

/* Lists the commands and topics whose text has the word. Result: false: none.
 */
static bool find_word(const struct shell *shell, struct bytes word,
		      struct text *out)
{
	struct text text;
	bool any = false;
	text_init(&text, BUF_SMALL, false);
	for (size_t i = 0; shell->table[i]; i++) {
		const struct cmd *cmd = shell->table[i];
		buf_clear(&text.buf);
		print_command(shell, cmd, &text);
		if (mentions(text_bytes(&text), word)) {
			row(out, FOUND_WIDE, cmd->name, cmd->brief);
			any = true;
		}
	}
	for (size_t i = 0; shell->protocols->rungs[i]; i++) {
		const struct rung_ops *rung = shell->protocols->rungs[i];
		if (!has_options(rung->params))
			continue;
		buf_clear(&text.buf);
		print_rung(rung, &text);
		if (mentions(text_bytes(&text), word)) {
			row(out, FOUND_WIDE, rung->name, rung->brief);
			any = true;
		}
	}
	/* Not the first topic, which lists all commands. */
	for (const struct topic *t = topics + 1; t->name; t++) {
		buf_clear(&text.buf);
		text_printf(&text, "%s\n", t->brief);
		print_topic(t, shell, &text);
		if (mentions(text_bytes(&text), word)) {
			row(out, FOUND_WIDE, t->name, t->brief);
			any = true;
		}
	}
	text_fini(&text);
	return any;
}

/* Returns the word without an ending, so that `proxies` finds `proxy`. */
static struct bytes without_ending(struct bytes word)
{
	static const char *const endings[] = {"ies", "ing", "ed", "s"};
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
		size_t len = strlen(endings[i]);
		if (word.len >= len + 3 &&
		    bytes_is(bytes_skip(word, word.len - len), endings[i]))
			return bytes_head(word, word.len - len);
	}
	return word;
}

/* Lists where the word occurs. Result: false: nowhere. */
static bool search(const struct shell *shell, struct bytes typed,
		   struct text *out)
{
	uint8_t low[WORD_MAX];
	if (!typed.len || typed.len > sizeof low)
		return false;
	for (size_t i = 0; i < typed.len; i++)
		low[i] = is_letter(typed.at[i]) ? typed.at[i] | 0x20
						: typed.at[i];
	text_puts(out, "the word is in the text of:\n");
	return find_word(shell, without_ending(bytes_of(low, typed.len)), out);
}

static enum cmd_status help_unknown(struct call *call, struct bytes word)
{
	const struct cmd *const *table = call->shell->table;
	size_t n = 0, room = 1;
	for (size_t i = 0; table[i]; i++)
		room++;
	for (size_t i = 0; topic_names[i]; i++)
		room++;
	const char **names = xalloc(room * sizeof(*names));
	for (size_t i = 0; table[i]; i++)
		names[n++] = table[i]->name;
	for (size_t i = 0; topic_names[i]; i++)
		names[n++] = topic_names[i];
	const char *near = suggest_name(word, names);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(word, 40));
	enum cmd_status status = call_error(
	    call, ERR_USAGE, "no command or topic '%s'; %s%s%s",
	    buf_cstr(&shown.buf),
	    near ? "did you mean '" : "'help commands' lists them",
	    near ? near : "", near ? "'?" : "");
	text_fini(&shown);
	free(names);
	return status;
}

static enum cmd_status run(struct call *call)
{
	struct bytes word = args_text(&call->args, TOPIC);
	const struct shell *shell = call->shell;
	const struct cmd *cmd = shell_cmd(shell, word);
	const struct topic *topic = topic_find(word);
	const struct hint *hint = hint_find_word(word);
	const struct rung_ops *rung = protocols_rung(shell->protocols, word);
	struct text out;
	enum cmd_status status = CMD_OK;
	text_init(&out, BUF_SMALL, shell->out->terminal && shell->out->colour);
	if (rung && !has_options(rung->params))
		rung = NULL;
	if (!args_has(&call->args, TOPIC))
		overview(shell->table, &out);
	else if (cmd)
		print_command(shell, cmd, &out);
	else if (topic)
		print_topic(topic, shell, &out);
	else if (hint && !rung)
		text_printf(&out,
			    "%s is a word of another tool; %s:\n\n    %s\n",
			    hint->words, hint->purpose, hint->command);
	else if (!rung && !search(shell, word, &out))
		status = help_unknown(call, word);
	if (rung) {
		text_puts(&out, cmd || topic ? "\n" : "");
		print_rung(rung, &out);
	}
	if (status == CMD_OK)
		call_text(call, &out);
	text_fini(&out);
	return status;
}
