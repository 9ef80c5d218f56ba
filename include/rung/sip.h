/* SPDX-License-Identifier: ISC */
/*
 * SipHash-2-4: a hash that nobody who does not know the key can make collide.
 * For tables whose keys come from peers; not for secrets.
 */
#ifndef RUNG_SIP_H
#define RUNG_SIP_H

#include "rung/bytes.h"

#define SIP_KEY 16

/* Source: Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012. */
uint64_t sip_hash(const uint8_t key[SIP_KEY], struct bytes);
/* A key that peers cannot guess; where the system gives no random bytes, one
 * made of the time and addresses. */
void sip_key(uint8_t key[SIP_KEY]);

#endif
