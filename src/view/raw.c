/* SPDX-License-Identifier: ISC */
/*
 * The raw view: prints bytes unchanged, with nothing added. No other view
 * prints a peer's bytes to a terminal unescaped, so the user has to ask for
 * this one.
 */
#include "view_table.h"

static size_t raw_body(struct bytes data, uint64_t offset, bool final,
		       struct text *out)
{
	(void)offset;
	(void) final;
	buf_put(&out->buf, data);
	return data.len;
}

const struct view_ops view_raw = {
    .name = "raw",
    .brief = "bytes unchanged; a terminal obeys control characters",
    .no_header = true,
    .row = VIEW_LINE,
    .body = raw_body,
};
