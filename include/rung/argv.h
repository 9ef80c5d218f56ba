/* SPDX-License-Identifier: ISC */
/*
 * Reads the options of a process's arguments by a table of parameters, with the
 * syntax of getopt_long(3): joined letters, `-tVALUE`, `--name=VALUE`, unique
 * beginnings of long names. Options precede the operands; `--` ends them.
 */
#ifndef RUNG_ARGV_H
#define RUNG_ARGV_H

#include "rung/param.h"

/* The caller sets the fields up to `hint`. Strings are lent. */
struct argv {
	char **words; /* next word; NULL-terminated */
	const struct param *params;
	const char *const *aliases; /* pairs of another name and the name in
				       `params`, then NULL; or NULL */
	const char *hint;           /* ends the error of an unknown option */
	const char *value;          /* of the last option; NULL for a flag */
	uint64_t number;            /* as of struct value */
	const char *joined;         /* private: letters after an option */
};

#define ARGV_END (-1) /* `words` begins with the operands */
#define ARGV_BAD (-2)

/*
 * Reads the next option.
 * Result:  its index in `params`; ARGV_END; ARGV_BAD and *e (usage): unknown,
 *          without its value, or its value is invalid.
 */
int argv_next(struct argv *, struct err *e);

#endif
