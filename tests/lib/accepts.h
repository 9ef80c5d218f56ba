/* SPDX-License-Identifier: ISC */
/*
 * An accept4(2) that fails on request, as after a peer's early reset. Linked
 * into each unit test that includes this file.
 */
#ifndef TESTS_LIB_ACCEPTS_H
#define TESTS_LIB_ACCEPTS_H

/* Makes the next accept fail with this errno; the connection stays queued. */
void accept_fails_next(int code);

#endif
