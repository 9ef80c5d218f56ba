/* SPDX-License-Identifier: ISC */
/*
 * The constructors of the rungs. ladder.h has the interface that all rungs
 * implement.
 */
#ifndef RUNG_RUNGS_H
#define RUNG_RUNGS_H

#include "rung/codec/frame.h"
#include "rung/ladder.h"

/*
 * Makes a rung that divides the byte stream below into messages. A frame that
 * is malformed, too long or incomplete at the end of the stream ends the rung
 * with an error of class frame, which has the offset in the stream. The bytes
 * of that frame and all later ones pass up unchanged as UNIT_RAW. Sent units
 * are still framed, except those of kind UNIT_RAW.
 * Owns:    nothing of *frame; the ladder frees the rung.
 */
struct rung *frame_rung(const struct frame *);
/* Returns the frame of a rung made by frame_rung(). NULL: a rung of another
 * kind, or no rung. */
const struct frame *frame_of(const struct rung *);

#endif
