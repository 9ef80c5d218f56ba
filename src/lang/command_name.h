/* SPDX-License-Identifier: ISC */
/*
 * The target and the name of a command. Private to the parser.
 */
#ifndef RUNG_LANG_COMMAND_NAME_H
#define RUNG_LANG_COMMAND_NAME_H

#include "lex.h"

/* Reads @NAME and the blanks after it. */
enum words_result command_read_target(struct lex *, struct command *);
/* Reads the name. *raw: the rest of the line is one word. */
enum words_result command_read_name(struct lex *, struct command *, bool *raw);

#endif
