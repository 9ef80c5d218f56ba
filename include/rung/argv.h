/* SPDX-License-Identifier: ISC */
/*
 * Parses command-line options by a table of parameters, with the syntax of
 * getopt_long(3): joined letters, `-tVALUE`, `--name=VALUE`, unique beginnings
 * of long names. Options precede the operands; `--` ends them.
 */
#ifndef RUNG_ARGV_H
#define RUNG_ARGV_H

#include "rung/param.h"

/* The caller sets the fields up to `hint`. Strings are lent. */
struct argv {
	char **words; /* remaining words; NULL-terminated */
	const struct param *params;
	const char *const *aliases; /* pairs of an alias and its name in
				       `params`, then NULL; NULL: no aliases */
	const char *const *others;  /* pairs of a letter that is an option of
				       another tool, and what to write instead,
				       then NULL; NULL: none */
	const char *hint;   /* end of the error text for an unknown option */
	const char *value;  /* of the last option; NULL for a flag */
	uint64_t number;    /* as in struct value */
	const char *joined; /* private: letters after an option */
};

#define ARGV_END (-1) /* `words` begins with the operands */
#define ARGV_BAD (-2)

/*
 * Reads the next option.
 * Result:  its index in `params`; ARGV_END; ARGV_BAD and *e (usage: an unknown
 *          option, a missing or an invalid value).
 */
int argv_next(struct argv *, struct err *e);

#endif
