/* SPDX-License-Identifier: ISC */
/*
 * The rungs there are, each made by its own file. How they stand on each other
 * is ladder.h's affair.
 */
#ifndef RUNG_RUNGS_H
#define RUNG_RUNGS_H

#include "rung/codec/frame.h"
#include "rung/ladder.h"

/*
 * Bytes below, messages above. A frame that is malformed, too long or cut short
 * by the end is told as an error of class frame with its offset in the stream,
 * ends the rung, and its bytes stay: they and all that follows pass up as they
 * are, units of kind UNIT_RAW. What is sent is framed all the same, but for
 * units of that kind.
 * Owns:    nothing of *frame's. The ladder frees the rung.
 */
struct rung *frame_rung(const struct frame *);
/* The frame of a rung made by frame_rung(), else NULL (of NULL too). */
const struct frame *frame_of(const struct rung *);

#endif
