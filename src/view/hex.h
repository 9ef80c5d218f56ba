/* SPDX-License-Identifier: ISC */
/*
 * How rows of hex are written: the plain way, or with the vector instructions
 * of a processor. All ways write the same bytes.
 */
#ifndef VIEW_HEX_H
#define VIEW_HEX_H

#include "rung/bytes.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HEX_X86          1
#define HEX_TARGET(name) __attribute__((target(name)))
#endif

/* A row: the digits of its offset, then this. */
enum {
	HEX_ROW = 16,     /* bytes shown a row */
	HEX_FIRST = 2,    /* column of the first byte, behind the offset */
	HEX_BAR = 52,     /* column of the bar before the characters */
	HEX_COLUMNS = 71, /* of a whole row, newline included */
	HEX_DIGITS = 8,   /* of an offset, at least */
	HEX_DIGITS_MAX = 16,
};

struct hex_kernel {
	const char *name;
	bool (*usable)(void); /* on this machine */
	/* Writes `count` whole rows, (digits + HEX_COLUMNS) bytes each; no
	 * offset of them needs more digits. */
	void (*rows)(uint8_t *to, const uint8_t *from, size_t count,
		     uint64_t offset, unsigned digits);
};
/* Best first, NULL-ended; the last is usable everywhere. */
extern const struct hex_kernel *const hex_kernels[];
#if defined(HEX_X86)
extern const struct hex_kernel hex_ssse3;
#endif

/* How many digits a row's offset is written with. */
unsigned hex_digits(uint64_t offset);
/* The view's body without styles, by a given kernel. Result: bytes shown. */
size_t hex_write(const struct hex_kernel *, struct bytes data, uint64_t offset,
		 struct buf *out);

#endif
