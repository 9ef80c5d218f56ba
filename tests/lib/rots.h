/* SPDX-License-Identifier: ISC */
/*
 * Two rungs that rotate letters, and schemes with them: rungs with options, for
 * tests of plans, locators and commands.
 */
#ifndef TESTS_LIB_ROTS_H
#define TESTS_LIB_ROTS_H

#include "rung/scheme.h"

/*
 * The rungs take and offer a stream. Sent letters are rotated by --by N
 * (default: 13), received ones back. A received `!` fails the rung. The facts
 * are the parameters that are set.
 * - rot takes --by N and --sni HOST; `--by 99` cannot be prepared.
 * - tag takes --by N, --user NAME, PATH and QUERY, and needs rot below.
 * Schemes, besides those of the transports:
 * - rot: tcp and rot, no default port
 * - tag: tcp, rot and tag, port 4433
 * - word: tcp and rot, port 1; takes no user, path or query
 * - lone: tcp and tag, without the rot that tag needs
 */
extern const struct rung_ops rot_rung, tag_rung;
extern const struct protocols rot_protocols;

#endif
