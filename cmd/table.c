/* SPDX-License-Identifier: ISC */
/*
 * The table of commands, made from table.h.
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
