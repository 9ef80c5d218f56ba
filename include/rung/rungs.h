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
 * Makes a rung that takes a stream of bytes below and offers messages above. A
 * frame that is malformed, too long or cut by the end of the stream ends the
 * rung: an error of class frame with the offset in the stream. The bytes of
 * that frame and all later ones pass up unchanged as UNIT_RAW. Sent units are
 * still framed, except UNIT_RAW ones.
 * Owns:    nothing of *frame; the ladder frees the rung.
 */
struct rung *frame_rung(const struct frame *);
/* Returns the frame of a rung made by frame_rung(), else NULL (for NULL too).
 */
const struct frame *frame_of(const struct rung *);

#endif
