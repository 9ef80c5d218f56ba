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

#endif
