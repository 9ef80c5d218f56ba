/* SPDX-License-Identifier: ISC */
/*
 * The views; each is implemented in its own file. Other modules find views
 * through view_table.
 */
#ifndef RUNG_VIEW_TABLE_H
#define RUNG_VIEW_TABLE_H

#include "rung/view.h"

extern const struct view_ops view_line, view_text, view_hex, view_raw,
    view_json, view_off;

/*
 * Formats a message of a kind with the flag KIND_HEADED: the head in lines, and
 * the body by its media type: JSON in rows, text in the given view, anything
 * else in hex. The type is the attribute `header.content-type`, else the line
 * Content-Type of the head. Source: RFC 9110 §8.3.
 * Result:  true: the body is in hex rows.
 */
bool view_headed(const struct view_ops *, const struct log_entry *,
		 struct bytes data, struct text *out);

#endif
