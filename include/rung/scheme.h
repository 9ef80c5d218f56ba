/* SPDX-License-Identifier: ISC */
/*
 * Schemes, and locators: addresses with the scheme of a link, or of rungs on a
 * link. A command table is joined with the options of all rungs, because
 * options are parsed before it is known which rungs the address has.
 */
#ifndef RUNG_SCHEME_H
#define RUNG_SCHEME_H

#include "rung/plan.h"
#include "rung/transport.h"

struct scheme_row {
	const char *name;
	const char *brief;     /* NULL: that of the transport */
	const char *transport; /* scheme of the link, in transport_table */
	const char *rungs;     /* names, from the bottom, separated by blanks;
				  NULL: none, and `name` is the transport's */
	const char *port;      /* default; NULL: the address must have one */
	const char *alpn;      /* default of `--alpn`; NULL: none */
	/* Names of the rungs' parameters that take these parts of a locator.
	 * NULL: such a part is an error; but without `query`, the query belongs
	 * to the path. */
	const char *user, *path, *query;
};

/* The schemes and rungs that commands can use. */
struct protocols {
	const struct scheme_row *schemes;    /* ended by a row without a name */
	const struct rung_ops *const *rungs; /* NULL-terminated */
};

/* All schemes, and all rungs of rung_table. */
extern const struct protocols protocols_all;

/* The next two functions return the row of that name; NULL: none. */
const struct scheme_row *protocols_scheme(const struct protocols *,
					  struct bytes name);
const struct rung_ops *protocols_rung(const struct protocols *,
				      struct bytes name);
/* Returns the scheme's brief, or that of its transport. */
const char *scheme_brief(const struct scheme_row *);
/* Returns the scheme's highest rung; NULL: it has none. */
const struct rung_ops *scheme_top_rung(const struct protocols *,
				       const struct scheme_row *);
/* Returns how many of the scheme's lowest rungs are already the top rungs of a
 * ladder. `have`: the n rungs of the ladder, from the bottom. */
unsigned scheme_rungs_present(const struct scheme_row *,
			      const struct rung_ops *const *have, size_t n);
/*
 * Adds the scheme's rungs to the plan, but not the lowest `skip` ones. The
 * rungs get arguments from `args` and `more`, as in rung_plan_add().
 * Result:  0; -1 and *e, and the plan may have some of the rungs.
 */
int scheme_add_rungs(const struct protocols *, const struct scheme_row *,
		     unsigned skip, enum side, const struct args *args,
		     const struct named_value *more, size_t n,
		     struct rung_plan *, struct err *e);

/* A parsed address. The parts are lent from the text, and empty if the address
 * does not have them. */
struct locator {
	const struct scheme_row *scheme;
	struct endpoint at;
	struct bytes user;
	struct bytes path;  /* with its `/`, and the query if the scheme has no
			       parameter for it */
	struct bytes query; /* without the `?` */
};
/*
 * Parses SCHEME://[USER@]HOST[:PORT][/PATH][?QUERY] for a scheme with rungs,
 * else an address of endpoint_parse(). locator_pair() parses an address given
 * as two words.
 * Result:  0, or -1 and *e (usage: which part is wrong and how to write it).
 */
int locator_parse(const struct protocols *, struct bytes text, struct locator *,
		  struct err *e);
int locator_pair(const struct protocols *, struct bytes host, struct bytes port,
		 struct locator *, struct err *e);
/* Parses an address of which only the name is used, because another one is
 * dialed. The scheme must have rungs; the port may be missing. */
int locator_parse_name(const struct protocols *, struct bytes text,
		       struct locator *, struct err *e);
/*
 * Makes the plan of the scheme's rungs. The locator's parts fill the parameters
 * that the scheme's row names, and the host fills `--sni` of a client, unless
 * `options` has values for them. The caller then calls rung_options_check().
 * Result:  a plan that the caller owns, empty for a scheme without rungs; NULL
 *          and *e.
 */
struct rung_plan *locator_plan(const struct protocols *, const struct locator *,
			       enum side, const struct args *options,
			       struct err *e);

/*
 * Joins a command's table with the options of all rungs, which replace the
 * table's last row, PARAM_RUNGS. An option that several rungs have appears
 * once. Rows of PARAM_OR_KIND get the protocols as their context.
 * Result:  a table that the caller frees with free(); NULL: there is no such
 *          row.
 */
struct param *rung_options_join(const struct param *, const struct protocols *);
/*
 * Checks that each option of a rung in `given` belongs to a rung of the plan
 * above its lowest `skip` ones, or to a rung of the plan `other` (NULL: none).
 * Result: 0, or -1 and *e (usage).
 */
int rung_options_check(const struct protocols *, const struct args *given,
		       const struct rung_plan *, unsigned skip,
		       const struct rung_plan *other, struct err *e);

#endif
