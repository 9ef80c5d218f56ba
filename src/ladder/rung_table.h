/* SPDX-License-Identifier: ISC */
/*
 * All kinds of rungs, one a line: the definition is NAME_rung in NAME_rung.c.
 */
RUNG(frame)
RUNG(tls)
RUNG(dtls)
RUNG(http)
RUNG(ws)
