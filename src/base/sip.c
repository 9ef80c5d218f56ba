/* SPDX-License-Identifier: ISC */
/*
 * SipHash-2-4, and keys for it.
 */
#include "rung/sip.h"

#include "rung/random.h"

static uint64_t read_le(const uint8_t *at, size_t n)
{
	uint64_t word = 0;

	for (size_t i = 0; i < n; i++)
		word |= (uint64_t)at[i] << (8 * i);
	return word;
}

static uint64_t turn(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static void rounds(uint64_t v[4], unsigned n)
{
	while (n--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = turn(v[1], 13) ^ v[0];
		v[3] = turn(v[3], 16) ^ v[2];
		v[0] = turn(v[0], 32);
		v[2] += v[1];
		v[0] += v[3];
		v[1] = turn(v[1], 17) ^ v[2];
		v[3] = turn(v[3], 21) ^ v[0];
		v[2] = turn(v[2], 32);
	}
}

static void sip_take(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	rounds(v, 2);
	v[0] ^= word;
}

uint64_t sip_hash(const uint8_t key[SIP_KEY], struct bytes in)
{
	uint64_t k0 = read_le(key, 8), k1 = read_le(key + 8, 8);
	uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d,
			 k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573};
	size_t whole = in.len / 8 * 8;

	for (size_t i = 0; i < whole; i += 8)
		sip_take(v, read_le(in.at + i, 8));
	sip_take(v, (uint64_t)in.len << 56 |
			read_le(in.len > whole ? in.at + whole : NULL,
				in.len - whole));
	v[2] ^= 0xff;
	rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

void sip_key(uint8_t key[SIP_KEY])
{
	random_bytes(key, SIP_KEY);
}
