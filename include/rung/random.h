/* SPDX-License-Identifier: ISC */
/*
 * Random bytes, for keys that a peer must not predict.
 */
#ifndef RUNG_RANDOM_H
#define RUNG_RANDOM_H

#include <stddef.h>

/* Fills n bytes from the kernel's generator. */
void random_bytes(void *at, size_t n);

#endif
