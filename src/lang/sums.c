/* SPDX-License-Identifier: ISC */
/*
 * Checksums. crc16 is the CRC that is usually called just CRC-16 (CRC-16/ARC,
 * CRC-16/IBM): polynomial 0x8005, reflected input and output, initial value 0,
 * no final inversion.
 */
#include "sums.h"

enum {
	CRC16_REFLECTED = 0xA001,
	ADLER_BASE = 65521,
	/* Number of bytes after which the larger of the two sums must be
	 * reduced. Source: RFC 1950 §9. */
	ADLER_MAX = 5552,
};

static const uint32_t CRC32_REFLECTED = 0xEDB88320;

struct crc {
	bool made;
	uint32_t step[256]; /* effect of each byte value */
};

static void sums_make(struct crc *crc, uint32_t polynomial)
{
	if (crc->made)
		return;
	for (uint32_t byte = 0; byte < 256; byte++) {
		uint32_t rest = byte;

		for (int bit = 0; bit < 8; bit++)
			rest = rest & 1 ? rest >> 1 ^ polynomial : rest >> 1;
		crc->step[byte] = rest;
	}
	crc->made = true;
}

static uint32_t run(const struct crc *crc, uint32_t state, struct bytes in)
{
	for (size_t i = 0; i < in.len; i++)
		state = state >> 8 ^ crc->step[(state ^ in.at[i]) & 0xFF];
	return state;
}

static uint32_t add_crc16(uint32_t state, struct bytes in)
{
	static struct crc crc;

	sums_make(&crc, CRC16_REFLECTED);
	return run(&crc, state, in);
}

static uint32_t add_crc32(uint32_t state, struct bytes in)
{
	static struct crc crc;

	sums_make(&crc, CRC32_REFLECTED);
	return run(&crc, state, in);
}

static uint32_t add_sum8(uint32_t state, struct bytes in)
{
	for (size_t i = 0; i < in.len; i++)
		state += in.at[i];
	return state & 0xFF;
}

static uint32_t add_adler32(uint32_t state, struct bytes in)
{
	uint32_t low = state & 0xFFFF, high = state >> 16;

	while (in.len) {
		struct bytes part = bytes_head(in, ADLER_MAX);

		for (size_t i = 0; i < part.len; i++) {
			low += part.at[i];
			high += low;
		}
		low %= ADLER_BASE;
		high %= ADLER_BASE;
		in = bytes_skip(in, part.len);
	}
	return high << 16 | low;
}

static const struct sum sums[] = {
    {.name = "sum8", .width = 1, .add = add_sum8},
    {.name = "crc16", .width = 2, .add = add_crc16},
    {.name = "crc32",
     .width = 4,
     .begin = UINT32_MAX,
     .end = UINT32_MAX,
     .add = add_crc32},
    {.name = "adler32", .width = 4, .begin = 1, .add = add_adler32},
};

const struct sum *sum_find(struct bytes name)
{
	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		if (bytes_is(name, sums[i].name))
			return &sums[i];
	return NULL;
}

uint32_t sum_add(const struct sum *sum, uint32_t state, struct bytes in)
{
	return sum->add(state, in);
}

uint32_t sum_end(const struct sum *sum, uint32_t state)
{
	return state ^ sum->end;
}
