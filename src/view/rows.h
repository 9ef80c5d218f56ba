/* SPDX-License-Identifier: ISC */
/*
 * Where rows of text begin and end, and how many of them a screen can bear.
 * What a row looks like is each view's own.
 */
#ifndef VIEW_ROWS_H
#define VIEW_ROWS_H

#include "rung/bytes.h"

/* A longer line is shown in pieces, so that a view need not hold more. */
#define ROW_MAX ((size_t)64 << 10)
/* A budget of rows counts a long row once for each so many bytes of it. */
#define ROW_WIDE ((size_t)160)

/*
 * How long the first row of `data` is, its line end included. The same rows
 * come out however the data is handed over.
 * Result:  0: no whole row yet (never where `final`, unless data is empty).
 */
size_t row_next(struct bytes data, bool final);
/* How many of the first `most` bytes (1 to data.len) can stand alone: neither
 * a CR LF nor a character is cut in two. At least 1. */
size_t row_cut(struct bytes data, size_t most);
/* How many bytes the line end of a row has: 2, 1, or 0: it has none. */
size_t row_end(struct bytes row);

/* How many bytes from the start make at most so many rows, counted as above;
 * the last row may be a piece. */
size_t rows_head(struct bytes data, size_t rows);
/* The same from the end. Result: where they begin. */
size_t rows_tail(struct bytes data, size_t rows);
/* What a budget of rows is charged for whole rows. */
size_t rows_count(struct bytes text);

#endif
