/* SPDX-License-Identifier: ISC */
/*
 * The list of table.h as a table, for main to hand to the shell. Which commands
 * there are is said there, not here.
 */
#include "rung/cmd.h"

#define COMMAND(name) extern const struct cmd cmd_##name;
#include "cmd/table.h"
#undef COMMAND

const struct cmd *const cmd_table[] = {
#define COMMAND(name) &cmd_##name,
#include "cmd/table.h"
#undef COMMAND
    NULL,
};
