/* SPDX-License-Identifier: ISC */
/*
 * The raw view: bytes as they are, with nothing added. The only one that lets
 * a peer's bytes through to a terminal untouched, because it was asked for.
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
    .brief = "the bytes and nothing else; a terminal obeys them",
    .no_header = true,
    .row = VIEW_LINE,
    .body = raw_body,
};
