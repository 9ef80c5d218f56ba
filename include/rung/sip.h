/* SPDX-License-Identifier: ISC */
/*
 * SipHash-2-4: a keyed hash. A peer that does not know the key cannot choose
 * inputs that collide. For tables whose keys come from peers; not for secrets.
 */
#ifndef RUNG_SIP_H
#define RUNG_SIP_H

#include "rung/bytes.h"

#define SIP_KEY 16

/*
 * Returns the hash.
 * Source: Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012.
 */
uint64_t sip_hash(const uint8_t key[SIP_KEY], struct bytes);
/* Makes a key that peers cannot guess. */
void sip_key(uint8_t key[SIP_KEY]);

#endif
