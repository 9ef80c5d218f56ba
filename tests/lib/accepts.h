/* SPDX-License-Identifier: ISC */
/*
 * accept4(2) as it fails where a peer has gone meanwhile, which the kernel does
 * not do to order. Links into each unit test that asks for it.
 */
#ifndef TESTS_LIB_ACCEPTS_H
#define TESTS_LIB_ACCEPTS_H

/* The next accept fails with that errno and takes nothing. */
void accept_fails_next(int code);

#endif
