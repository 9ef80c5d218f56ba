/* SPDX-License-Identifier: ISC */
/*
 * `help`: the commands by groups, one command whole, or a short topic. The
 * words are the rows' own; here they are only laid out, topics apart.
 */
#include "rung/cmd.h"
#include "rung/reference.h"

#include <stdlib.h>
#include <string.h>

enum {
	LANGUAGE,
	SETTINGS,
	VARIABLES,
	ADDRESSES,
	PATTERNS,
	VIEWS,
	KEYS,
	ERRORS,
	TOPICS
};
/* Their names alone, for completion. */
static const char *const topic_names[] = {
    [LANGUAGE] = "language",   [SETTINGS] = "settings",
    [VARIABLES] = "variables", [ADDRESSES] = "addresses",
    [PATTERNS] = "patterns",   [VIEWS] = "views",
    [KEYS] = "keys",           [ERRORS] = "errors",
    [TOPICS] = NULL,
};

enum { TOPIC, END };
static const struct param params[] = {
    [TOPIC] = {.name = "TOPIC",
	       .kind = PARAM_COMMAND,
	       .choices = topic_names,
	       .brief = "a command or a topic; none: an overview"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_help = {
    .name = "help",
    .group = "shell",
    .brief = "explains a command or a topic",
    .help = "Topics: language, settings, variables, addresses, patterns, "
	    "views, keys, errors.\n"
	    "\n"
	    "    help\n"
	    "    help connect\n"
	    "    help patterns\n",
    .params = params,
    .run = run,
};

#define FILL 76 /* columns of a filled paragraph */

struct topic {
	const char *brief, *text;
	void (*more)(struct text *out); /* the part that tables tell, or NULL */
};

/* One row of a list: a name and what it is. */
static void row(struct text *out, int width, const char *name,
		const char *brief)
{
	text_puts(out, "  ");
	text_style(out, STYLE_BOLD);
	text_printf(out, "%-*s", width, name);
	text_style(out, STYLE_PLAIN);
	text_printf(out, "  %s\n", brief);
}

static void tell_settings(struct text *out)
{
	for (const struct setting *s = shell_settings; s->param.name; s++) {
		struct buf head = {.limit = BUF_SMALL};
		reference_setting(&s->param, &head);
		row(out, 22, buf_cstr(&head), s->param.brief);
		buf_fini(&head);
	}
}

static void tell_fields(struct text *out)
{
	for (const struct session_field *f = session_fields; f->name; f++)
		row(out, 14, f->name, f->brief);
}

static void tell_schemes(struct text *out)
{
	for (size_t i = 0; transport_table[i]; i++)
		row(out, 16, transport_table[i]->scheme,
		    transport_table[i]->brief);
}

static void tell_views(struct text *out)
{
	for (size_t i = 0; view_table[i]; i++)
		row(out, 6, view_table[i]->name, view_table[i]->brief);
}

static void tell_errors(struct text *out)
{
#define X(kind, name, code) text_printf(out, "  %3d  %s\n", code, name);
	ERR_CLASSES(X)
#undef X
}

static const struct topic topics[] = {
    [LANGUAGE] =
	{"words, quotes, escapes, @NAME",
	 "A line is a command and its words. ; ends a command, # at the start "
	 "of\n"
	 "a word begins a comment, a backslash at the end of a line continues "
	 "it.\n"
	 "'...' is literal; bare words and \"...\" take variables and "
	 "escapes:\n"
	 "\\a \\b \\e \\f \\n \\r \\t \\v \\0 \\\\ \\\" \\' \\$ \\# \\; \\xHH "
	 "\\u{H...}\n"
	 "\n"
	 "@NAME CMD runs CMD on that session; @s1.* and @* on each that "
	 "matches.\n"
	 "CMDS is one quoted word that holds commands, or the rest of the "
	 "line.\n"
	 "Durations: 250ms 2s 1m; a bare number is seconds. Sizes: 512 64k "
	 "1M.\n",
	 NULL},
    [SETTINGS] = {"what 'set' can change", "", tell_settings},
    [VARIABLES] = {"$name, what rung sets, fields of sessions",
		   "$name and ${name} stand for the value that let gave; unset "
		   "is an error.\n"
		   "\n"
		   "  $0 ... $9       the last match and its groups\n"
		   "  $? $error       the last command's code and class\n"
		   "  $last           the last message received\n"
		   "  $session        the current session's name\n"
		   "  $argc $arg1 ... a script's arguments\n"
		   "\n"
		   "$c1.port and the like are fields of a session:\n",
		   tell_fields},
    [ADDRESSES] =
	{"what connect and listen take",
	 "tcp://HOST:PORT, HOST:PORT, HOST PORT, :PORT (loopback), "
	 "[::1]:PORT,\n"
	 "*:PORT (listen: every address), udp://HOST:PORT, unix:///PATH,\n"
	 "unix://@NAME (abstract). Port 0 listens on a free port.\n"
	 "\n",
	 tell_schemes},
    [PATTERNS] =
	{"what expect and log look for",
	 "/regex/flags  a regular expression (PCRE2) on bytes; flags: i m s x\n"
	 "word, \"text\"  these bytes, wherever they stand\n"
	 "eof, close    that nothing more comes (expect only)\n"
	 "\n"
	 "A match sets $0 to what matched and $1 to $9 to its groups.\n",
	 NULL},
    [VIEWS] = {"how messages are shown", "", tell_views},
    [KEYS] =
	{"what the prompt's keys do",
	 "Tab     completes commands, options, sessions, addresses, files\n"
	 "Up      the line before; Ctrl-R searches\n"
	 "Ctrl-C  ends the command that waits, or lets go of the line\n"
	 "Ctrl-D  on an empty line: leaves\n"
	 "Ctrl-Z  stops rung; fg goes on\n"
	 "\n"
	 "What comes is shown above the line; the line stays as it is.\n",
	 NULL},
    [ERRORS] = {"classes of failure and their exit codes", "", tell_errors},
};

static void overview(const struct cmd *const *table, struct text *out)
{
	const char *group = NULL;
	for (size_t i = 0; table[i]; i++) {
		if (!group || strcmp(group, table[i]->group) != 0) {
			text_style(out, STYLE_DIM);
			text_printf(out, "%s%s\n", group ? "\n" : "",
				    table[i]->group);
			text_style(out, STYLE_PLAIN);
		}
		group = table[i]->group;
		row(out, 10, table[i]->name, table[i]->brief);
	}
	text_style(out, STYLE_DIM);
	text_puts(out, "\ntopics\n");
	text_style(out, STYLE_PLAIN);
	for (size_t i = 0; i < TOPICS; i++)
		row(out, 10, topic_names[i], topics[i].brief);
	text_puts(out, "\n'help connect' explains a command, 'help keys' a "
		       "topic; rung(1) has all.\n");
}

static void tell_params(const struct param *params_of, struct text *out)
{
	bool any = false;
	for (const struct param *p = params_of; p && p->kind; p++) {
		if (!p->brief)
			continue;
		struct buf head = {.limit = BUF_SMALL};
		reference_head(p, &head);
		text_puts(out, any ? "" : "\n");
		row(out, 14, buf_cstr(&head), p->brief);
		buf_fini(&head);
		any = true;
	}
}

/* A row's help: paragraphs are filled, examples stand as they are. */
static void tell_text(struct bytes help, struct text *out)
{
	size_t col = 0;
	while (help.len) {
		size_t end = bytes_find_byte(help, '\n', 0);
		end = end == BYTES_NOWHERE ? help.len : end;
		struct bytes line = bytes_head(help, end);
		help = bytes_skip(help, end + 1);
		if (!line.len || bytes_starts(line, BYTES("    "))) {
			text_printf(out, "%s%.*s\n", col ? "\n" : "",
				    (int)line.len, (const char *)line.at);
			col = 0;
			continue;
		}
		while ((line = bytes_trim(line)).len) {
			size_t word = bytes_find_byte(line, ' ', 0);
			word = word == BYTES_NOWHERE ? line.len : word;
			bool fits = col && col + 1 + word <= FILL;
			text_puts(out, fits ? " " : col ? "\n" : "");
			text_printf(out, "%.*s", (int)word,
				    (const char *)line.at);
			col = fits ? col + 1 + word : word;
			line = bytes_skip(line, word);
		}
	}
	text_puts(out, col ? "\n" : "");
}

static void tell_command(const struct cmd *cmd, struct text *out)
{
	struct buf synopsis = {.limit = BUF_SMALL};
	if (cmd->params)
		param_synopsis(cmd->params, &synopsis);
	text_style(out, STYLE_BOLD);
	text_puts(out, cmd->name);
	text_style(out, STYLE_PLAIN);
	text_printf(out, "%s%s\n%s\n", buf_len(&synopsis) ? " " : "",
		    buf_cstr(&synopsis), cmd->brief);
	if (cmd->aliases)
		text_printf(out, "also: %s\n", cmd->aliases);
	tell_params(cmd->params, out);
	if (cmd->help) {
		text_puts(out, "\n");
		tell_text(bytes_str(cmd->help), out);
	}
	buf_fini(&synopsis);
}

static enum cmd_status unknown(struct call *call, struct bytes word)
{
	const struct cmd *const *table = call->shell->table;
	size_t n = 0, room = TOPICS + 1;
	for (size_t i = 0; table[i]; i++)
		room++;
	const char **names = xalloc(room * sizeof(*names));
	for (size_t i = 0; table[i]; i++)
		names[n++] = table[i]->name;
	for (size_t i = 0; i < TOPICS; i++)
		names[n++] = topic_names[i];
	const char *near = words_nearest(word, names);
	struct text shown;
	text_init(&shown, BUF_SMALL, false);
	text_escape(&shown, bytes_head(word, 40));
	enum cmd_status status = call_error(
	    call, ERR_USAGE, "no command or topic '%s'; %s%s%s",
	    buf_cstr(&shown.buf), near ? "did you mean '" : "'help' lists them",
	    near ? near : "", near ? "'?" : "");
	text_fini(&shown);
	free(names);
	return status;
}

static enum cmd_status run(struct call *call)
{
	struct bytes word = args_text(&call->args, TOPIC);
	const struct out *to = call->shell->out;
	const struct cmd *cmd = shell_cmd(call->shell, word);
	size_t topic = 0;
	while (topic < TOPICS && !bytes_is(word, topic_names[topic]))
		topic++;
	if (args_has(&call->args, TOPIC) && !cmd && topic == TOPICS)
		return unknown(call, word);
	struct text out;
	text_init(&out, BUF_SMALL, to->terminal && to->colour);
	if (cmd) {
		tell_command(cmd, &out);
	} else if (topic < TOPICS) {
		text_puts(&out, topics[topic].text);
		if (topics[topic].more)
			topics[topic].more(&out);
	} else {
		overview(call->shell->table, &out);
	}
	call_text(call, &out);
	text_fini(&out);
	return CMD_OK;
}
