/* SPDX-License-Identifier: ISC */
/*
 * Two rungs that rotate letters, and schemes with them: rungs with options, for
 * tests of plans, locators and commands.
 */
#ifndef TESTS_LIB_ROTS_H
#define TESTS_LIB_ROTS_H

#include "rung/scheme.h"

/*
 * The rungs take and offer a stream. Letters that are sent are rotated by
 * `--by N` (default: 13), received ones back; a received `!` fails the rung.
 * The rungs' facts are all parameters. rot:    --by N, --sni HOST; asked for
 * `--by 99`, it cannot be prepared. tag:    --by N, --user NAME, PATH, QUERY.
 * Schemes: rot (tcp and rot, no default port), tag (tcp, rot and tag, port
 * 4433), word (tcp and rot; takes neither user, path nor query), lone (tag
 * without the rot that it needs), and those of transports.
 */
extern const struct rung_ops rot_rung, tag_rung;
extern const struct protocols rot_protocols;

#endif
