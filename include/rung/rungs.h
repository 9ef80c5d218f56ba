/* SPDX-License-Identifier: ISC */
/*
 * Declares the frame rung, for the command `frame`. Everything else finds rungs
 * by rung_table (plan.h).
 */
#ifndef RUNG_RUNGS_H
#define RUNG_RUNGS_H

#include "rung/plan.h"

/*
 * Takes a stream of bytes below and offers messages above. A frame that is
 * malformed, too long or cut by the end of the stream fails the rung: class
 * frame, with the offset in the stream. The bytes of that frame and all later
 * ones pass up unchanged as UNIT_RAW. Sent units are still framed, except
 * UNIT_RAW ones.
 * Parameters: KIND, and max=SIZE; see frame_parse().
 */
extern const struct rung_ops frame_rung;

#endif
