/* SPDX-License-Identifier: ISC */
/*
 * Makes plans for tests, without a command line.
 */
#ifndef TESTS_LIB_PLANS_H
#define TESTS_LIB_PLANS_H

#include "rung/plan.h"

/* Returns a plan of one frame rung; NULL and *e: not a valid frame. `max` NULL:
 * the default. The caller owns the plan. */
struct rung_plan *plan_of_frame(const char *kind, const char *max,
				struct err *e);
/* Returns a plan of one rung without arguments; the caller owns it. */
struct rung_plan *plan_of(const struct rung_ops *);
/* Returns a plan of one rung with options: pairs of an option and its value,
 * ended by NULL (NULL: none). The caller owns it. NULL and *e: an option is
 * rejected. */
struct rung_plan *plan_with(const struct rung_ops *, enum side,
			    const char *const *options, struct err *e);
/* The option --insecure of tls and dtls. */
extern const char *const tls_insecure[];

#endif
