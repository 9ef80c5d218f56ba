/* SPDX-License-Identifier: ISC */
/*
 * `sessions`: prints all sessions as a table.
 */
#include "rung/cmd.h"

#include <string.h>

enum { VERBOSE, NAMES, END };
static const struct param params[] = {
    [VERBOSE] =
	{.name = "-v",
	 .kind = PARAM_FLAG,
	 .brief =
	     "print the memory of each session, of the log and of variables"},
    [NAMES] = {.name = "PATTERN",
	       .kind = PARAM_SESSION,
	       .brief = "list only sessions whose name matches (* and ?)"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_sessions = {
    .name = "sessions",
    .group = "sessions",
    .brief = "list the sessions",
    .help = "    listen --echo :0 as echo\n"
	    "    connect $echo.addr\n"
	    "    sessions\n"
	    "    sessions echo*\n"
	    "\n"
	    "The columns are the name, the state, the address (a listener's "
	    "own, otherwise the peer's), bytes received, bytes sent or queued, "
	    "and bytes not consumed. * marks the current session.\n",
    .params = params,
    .flags = CMD_PASSES | CMD_REMOVED,
    .run = run,
};

/* Number of columns; the last one is printed with -v only. */
enum { COLUMNS = 7 };
static const char *const fields[COLUMNS] = {
    "name", "state", "addr", "bytes_in", "bytes_out", "unread", "memory",
};
static const char *const heads[COLUMNS] = {
    "name", "state", "address", "in", "out", "unread", "memory",
};
enum { FIRST_NUMBER = 3 };
/* Limits of a cell, in columns and in bytes. An exec address may be a long
 * command. A combining character has bytes, but no width. */
enum { CELL_MAX = 60, CELL_BYTES = 4 * CELL_MAX };

struct table {
	size_t columns;
	size_t width[COLUMNS];
	struct text cell;
};

/* Returns the text of a cell. */
static struct bytes fill(struct table *t, const struct session *s, size_t i)
{
	struct buf value = {.limit = BUF_SMALL};
	session_field(bytes_str(fields[i]))->print(s, &value);
	buf_clear(&t->cell.buf);
	text_escape(&t->cell, buf_bytes(&value));
	buf_fini(&value);
	struct bytes all = text_bytes(&t->cell);
	struct bytes most = bytes_head(all, CELL_BYTES);
	most.len = utf8_complete_len(most);
	if (text_fit(most, CELL_MAX) < all.len) {
		buf_truncate(&t->cell.buf, text_fit(most, CELL_MAX - 3));
		text_puts(&t->cell, "...");
	}
	return text_bytes(&t->cell);
}

static void measure(struct table *t, const struct session *s)
{
	for (size_t i = 0; i < t->columns; i++) {
		size_t width = text_width(fill(t, s, i));
		if (width > t->width[i])
			t->width[i] = width;
	}
}

static void sessions_put_row(struct table *t, const struct session *s,
			     bool current, struct text *out)
{
	text_puts(out, current ? "* " : "  ");
	for (size_t i = 0; i < t->columns; i++) {
		struct bytes cell = s ? fill(t, s, i) : bytes_str(heads[i]);
		int pad = (int)(t->width[i] - text_width(cell));
		if (i >= FIRST_NUMBER)
			text_printf(out, "%*s", pad, "");
		buf_put(&out->buf, cell);
		if (i < FIRST_NUMBER)
			text_printf(out, "%*s", pad, "");
		text_puts(out, i + 1 < t->columns ? "  " : "\n");
	}
}

/* Returns the next session after `s` that the command line names, by a pattern
 * or exactly. */
static struct session *next(const struct call *call, struct session *s)
{
	const struct arg *names = &call->args.arg[NAMES];
	bool one = names->n && !names->at->glob;
	struct bytes pattern = BYTES("*");
	if (names->n && !one)
		pattern = names->at->text;
	do
		s = hub_match(call->shell->hub, pattern, s);
	while (s && one && !bytes_is(names->at->text, s->name));
	return s;
}

static void put_no_match(const struct value *name, struct text *out)
{
	text_puts(out, "no session matches '");
	text_escape(out, bytes_head(name->text, CELL_MAX));
	text_puts(out, !name->glob && bytes_wildcards(name->text)
			   ? "'; * and ? are wildcards only if typed bare, "
			     "without quotes or variables\n"
			   : "'\n");
}

/* Prints the memory that `set memory` limits, and its users. Variables include
 * built-in ones, $last and $error for example. */
static void put_memory(const struct shell *shell, struct text *out)
{
	const struct budget *memory = &shell->hub->memory;
	size_t variables = shell->memory.used;
	size_t log = log_memory(shell->log) + trace_memory(shell->hub->trace);
	text_printf(out,
		    "memory: %zu of %zu bytes in use: %zu by sessions, %zu by "
		    "log and trace, %zu by variables (built-in ones "
		    "included)\n",
		    memory->used, memory->limit, memory->used - log - variables,
		    log, variables);
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	struct table t = {.cell = {.buf = {.limit = BUF_SMALL}}};
	struct session *s = NULL;
	struct text out;
	t.columns = args_has(&call->args, VERBOSE) ? COLUMNS : COLUMNS - 1;
	for (size_t i = 0; i < t.columns; i++)
		t.width[i] = strlen(heads[i]);
	while ((s = next(call, s)))
		measure(&t, s);
	text_init(&out, (shell->hub->count + 4) * 512, shell->out->colour);
	s = next(call, NULL);
	if (s) {
		text_style(&out, STYLE_DIM);
		sessions_put_row(&t, NULL, false, &out);
		text_style(&out, STYLE_PLAIN);
	} else if (args_has(&call->args, NAMES)) {
		put_no_match(call->args.arg[NAMES].at, &out);
	} else {
		text_puts(
		    &out,
		    "no sessions; create one with 'connect' or 'listen'\n");
	}
	for (; s; s = next(call, s))
		sessions_put_row(&t, s, s == task_current(call->task), &out);
	if (t.columns == COLUMNS)
		put_memory(shell, &out);
	out_diag(shell->out, &out);
	text_fini(&out);
	text_fini(&t.cell);
	return CMD_OK;
}
