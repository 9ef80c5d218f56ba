/* SPDX-License-Identifier: ISC */
/*
 * The reference: tables turned into what is read outside of rung. The manual
 * page's part, the shells' completions, the usage text. Prints nothing itself.
 */
#ifndef RUNG_REFERENCE_H
#define RUNG_REFERENCE_H

#include "rung/param.h"

struct cmd;

/* rung's own options, PARAM_END-ended: what main's argv and these texts agree
 * on. */
extern const struct param reference_options[];

/* Appends how a parameter is written: `-t D`, `as NAME`, `ADDR`. */
void reference_head(const struct param *, struct buf *out);
/* Appends how a setting is written: `timeout D`, `time off|rel|abs|delta`. */
void reference_setting(const struct param *, struct buf *out);
/* Appends what `rung --help` prints. */
void reference_usage(struct buf *out);
/*
 * Appends the sections COMMANDS, SETTINGS and SESSION FIELDS, and the beginning
 * of MESSAGE VIEWS, in mdoc(7). `table`: NULL-ended.
 */
void reference_mdoc(const struct cmd *const *table, struct buf *out);
/*
 * Appends a whole completion file. `pipe`: the options of `rung pipe`.
 * `shell`: bash, zsh or fish.  Result:  0, or -1 and *e (usage: another name).
 */
int reference_completions(const struct cmd *const *table,
			  const struct param *pipe, struct bytes shell,
			  struct buf *out, struct err *e);

#endif
