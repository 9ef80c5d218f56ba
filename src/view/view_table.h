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

#endif
