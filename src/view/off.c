/* SPDX-License-Identifier: ISC */
/*
 * The off view: prints nothing. The log still keeps messages.
 */
#include "view_table.h"

static size_t off_body(struct bytes data, uint64_t offset, bool final,
		       struct text *out)
{
	(void)offset;
	(void) final;
	(void)out;
	return data.len;
}

const struct view_ops view_off = {
    .name = "off",
    .brief = "nothing",
    .silent = true,
    .row = VIEW_LINE,
    .body = off_body,
};
