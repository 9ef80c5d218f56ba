/* SPDX-License-Identifier: ISC */
/*
 * Formats rows of hex, in portable code or with a processor's vector
 * instructions. All kernels write the same bytes.
 */
#ifndef RUNG_VIEW_HEX_H
#define RUNG_VIEW_HEX_H

#include "rung/bytes.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define HEX_X86          1
#define HEX_TARGET(name) __attribute__((target(name)))
#endif

/* A row consists of its offset's digits and HEX_COLUMNS characters. */
enum {
	HEX_ROW = 16,     /* data bytes in a row */
	HEX_FIRST = 2,    /* column of the first byte, after the offset */
	HEX_BAR = 52,     /* column of the bar before the text */
	HEX_COLUMNS = 71, /* length of a full row without its offset */
	HEX_DIGITS = 8,   /* minimum number of digits of an offset */
	HEX_DIGITS_MAX = 16,
};

struct hex_kernel {
	const char *name;
	bool (*usable)(void); /* true if the processor can run `rows` */
	/* Writes `count` full rows of (digits + HEX_COLUMNS) bytes. The offsets
	 * of the rows must fit in `digits`. */
	void (*rows)(uint8_t *to, const uint8_t *from, size_t count,
		     uint64_t offset, unsigned digits);
};
/* All kernels, fastest first, NULL-terminated. The last one is always usable.
 */
extern const struct hex_kernel *const hex_kernels[];
#if defined(HEX_X86)
extern const struct hex_kernel hex_ssse3;
#endif

/* Returns the number of digits with which a row's offset is printed. */
unsigned hex_digits(uint64_t offset);
/* Prints all the data as unstyled rows with the given kernel. Result: data.len.
 */
size_t hex_write(const struct hex_kernel *, struct bytes data, uint64_t offset,
		 struct buf *out);

#endif
