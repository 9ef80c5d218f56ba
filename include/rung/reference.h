/* SPDX-License-Identifier: ISC */
/*
 * Generates reference texts from the tables: a part of the manual page,
 * completion files for shells, the usage. The caller prints them.
 */
#ifndef RUNG_REFERENCE_H
#define RUNG_REFERENCE_H

#include "rung/param.h"

struct cmd;
struct protocols;

/* The options of `rung`; ends with PARAM_END. repl/main_options.c reads them.
 */
enum {
	OPTION_COMMANDS,
	OPTION_INTERACTIVE,
	OPTION_QUIET,
	OPTION_VERBOSE,
	OPTION_TIMEOUT,
	OPTION_COLOUR,
	OPTION_JSON,
	OPTION_TAP,
	OPTION_COMPLETIONS,
	OPTION_REFERENCE,
	OPTION_HELP,
	OPTION_VERSION,
};
extern const struct param reference_options[];

/* Appends a parameter as a user types it: `-t D`, `as NAME`, `ADDR`. */
void reference_head(const struct param *, struct buf *out);
/* Appends a setting as a user types it: `timeout D`, `time off|rel|abs|delta`.
 */
void reference_setting(const struct param *, struct buf *out);
/* Appends the output of `rung --help`. */
void reference_usage(struct buf *out);
/*
 * Appends the sections COMMANDS, RUNG OPTIONS (if rungs have any), ADDRESS
 * FORMS, PATTERN FORMS, TEMPLATE PARTS, MESSAGE KINDS, VARIABLES, KEYS,
 * SETTINGS, SESSION FIELDS, FRAME KINDS (of each rung that has forms), and
 * MESSAGE VIEWS, in mdoc(7). `table`: NULL-terminated.
 */
void reference_mdoc(const struct cmd *const *table, const struct protocols *,
		    struct buf *out);
/*
 * Appends a shell's completion file. `pipe`: the options of `rung pipe`;
 * `shell`: bash, zsh or fish.
 * Result:  0, or -1 and *e (usage: unknown shell).
 */
int reference_completions(const struct cmd *const *table,
			  const struct param *pipe, struct bytes shell,
			  struct buf *out, struct err *e);

#endif
