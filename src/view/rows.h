/* SPDX-License-Identifier: ISC */
/*
 * Divides text into rows, and counts rows for the limits of a screen. Each view
 * formats its rows.
 */
#ifndef RUNG_VIEW_ROWS_H
#define RUNG_VIEW_ROWS_H

#include "rung/bytes.h"

/* Maximum length of a row in bytes. A longer line is divided into several rows,
 * so that a view never has to keep more than this. */
#define ROW_MAX ((size_t)64 << 10)
/* A row longer than this many bytes counts as several rows, one for each
 * ROW_WIDE bytes or part of them. */
#define ROW_WIDE ((size_t)160)

/*
 * Returns the length of the first row of `data`, with its line end. The rows
 * are the same whether the data comes in one call or in several.
 * Result:  0: the row is not complete, or `data` is empty.
 */
size_t row_next(struct bytes data, bool final);
/* Returns how many of the first `most` bytes (1 to data.len) can be taken
 * without splitting a CR LF or a character; at least 1. */
size_t row_cut(struct bytes data, size_t most);
/* Returns the length of a row's line end: 2, 1, or 0 if it has none. */
size_t row_end(struct bytes row);

/* Returns the length of the first `rows` rows. Rows count as described at
 * ROW_WIDE, so the last row may be incomplete. */
size_t rows_head(struct bytes data, size_t rows);
/* Returns the offset at which the last `rows` rows begin. Rows count as
 * described at ROW_WIDE. */
size_t rows_tail(struct bytes data, size_t rows);
/* Returns the number of rows in the text, counted as described at ROW_WIDE. */
size_t rows_count(struct bytes text);

#endif
