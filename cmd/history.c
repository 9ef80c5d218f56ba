/* SPDX-License-Identifier: ISC */
/*
 * `history`: prints the numbered input lines. The console keeps them.
 */
#include "rung/cmd.h"

enum { LAST, END };
static const struct param params[] = {
    [LAST] = {.name = "N",
	      .kind = PARAM_NUMBER,
	      .brief = "print only the last N lines"},
    [END] = {.kind = PARAM_END},
};

static enum cmd_status run(struct call *);

const struct cmd cmd_history = {
    .name = "history",
    .group = "shell",
    .brief = "print the lines typed so far",
    .help = "A line that begins with a blank is not recorded. Scripts have no "
	    "history.\n"
	    "\n"
	    "    history 5\n",
    .params = params,
    .flags = CMD_PASSES | CMD_REMOVED,
    .run = run,
};

static uint64_t lines_in(struct bytes all)
{
	uint64_t n = all.len && all.at[all.len - 1] != '\n';
	for (size_t i = 0; i < all.len; i++)
		n += all.at[i] == '\n';
	return n;
}

static enum cmd_status run(struct call *call)
{
	struct shell *shell = call->shell;
	struct buf kept = {.limit = (size_t)64 << 20};
	if (shell->history)
		shell->history(shell, &kept);
	struct bytes rest = buf_bytes(&kept);
	uint64_t count = lines_in(rest), number = 0;
	uint64_t last = args_number(&call->args, LAST, count);
	struct text out;
	text_init(&out, (size_t)256 << 20, shell->out->colour);
	while (rest.len) {
		size_t end = bytes_find_byte(rest, '\n', 0);
		end = end == BYTES_NOT_FOUND ? rest.len : end;
		if (++number + last > count) {
			text_style(&out, STYLE_DIM);
			text_printf(&out, "%5llu  ",
				    (unsigned long long)number);
			text_style(&out, STYLE_PLAIN);
			text_escape(&out, bytes_head(rest, end));
			text_puts(&out, "\n");
		}
		rest = bytes_skip(rest, end + 1);
	}
	out_diag(shell->out, &out);
	text_fini(&out);
	buf_fini(&kept);
	return CMD_OK;
}
