/* SPDX-License-Identifier: ISC */
/*
 * Implements plans.h: makes the values that a parser would return.
 */
#include "tests/lib/plans.h"

#include "rung/rungs.h"

#include <stdio.h>

#define OPTIONS_MAX 16

static const struct param frame_params[] = {
    {.name = "KIND", .kind = PARAM_WORD},
    {.name = "max=SIZE", .kind = PARAM_WORD},
    {.kind = PARAM_END},
};

struct rung_plan *plan_of_frame(const char *kind, const char *max,
				struct err *e)
{
	char most[32] = "";
	snprintf(most, sizeof most, "max=%s", max ? max : "");
	struct value values[] = {
	    {.text = bytes_str(kind)},
	    {.text = bytes_str(most)},
	};
	struct arg arg[] = {
	    {.n = 1, .at = &values[0]},
	    {.n = max != NULL, .at = &values[1]},
	};
	struct args args = {.params = frame_params, .arg = arg};
	struct rung_plan *plan = rung_plan_new();
	if (rung_plan_add(plan, &frame_rung, SIDE_CLIENT, &args, NULL, 0, e) ==
	    0)
		return plan;
	rung_plan_unref(plan);
	return NULL;
}

struct rung_plan *plan_of(const struct rung_ops *ops)
{
	return plan_with(ops, SIDE_CLIENT, NULL, NULL);
}

const char *const tls_insecure[] = {"--insecure", "", NULL};

struct rung_plan *plan_with(const struct rung_ops *ops, enum side side,
			    const char *const *options, struct err *e)
{
	struct named_value more[OPTIONS_MAX];
	size_t n = 0;
	for (; options && options[0]; options += 2)
		more[n++] = (struct named_value){options[0],
						 bytes_str(options[1])};
	struct rung_plan *plan = rung_plan_new();
	if (rung_plan_add(plan, ops, side, NULL, more, n, e) == 0)
		return plan;
	rung_plan_unref(plan);
	return NULL;
}
