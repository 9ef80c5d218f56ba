/* SPDX-License-Identifier: ISC */
/*
 * Asks for a password on the terminal.
 */
#ifndef RUNG_PASSWORD_H
#define RUNG_PASSWORD_H

#include "rung/bytes.h"
#include "rung/err.h"

/* Maximum length of a password. */
#define PASSWORD_MAX 1000

/*
 * Prints the prompt on the terminal of the process and reads a line from it,
 * without echo. Blocks the program meanwhile. Bytes typed earlier are
 * discarded.
 * Result:  0, and the line is appended to `out` without its newline; -1 and *e
 *          (usage: there is no terminal; interrupted: Ctrl-C, Ctrl-D or a
 *          signal; limit).
 */
int password_ask(const char *prompt, struct buf *out, struct err *e);

#endif
