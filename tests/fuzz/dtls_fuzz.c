/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the DTLS rung: datagrams of a peer for a listener that has no session,
 * and for a client or a server. The rung waits or fails, passes up no data
 * without keys, and a listener answers by no more bytes than came.
 *
 * Input: a byte for the side, then datagrams, each after its length in a byte.
 */
#include "tests/lib/plans.h"
#include "tests/lib/rungs.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static struct rung_plan *plans[2];

/* Makes the plans once: a key costs more than a run. */
static void make_plans(void)
{
	for (int side = 0; side < 2 && !plans[side]; side++) {
		plans[side] = plan_with(
		    test_rung(BYTES("dtls")), (enum side)side,
		    side == SIDE_CLIENT ? tls_insecure : NULL, NULL);
		expect(plans[side] != NULL);
	}
}

static void ask(struct bytes datagram)
{
	struct buf answer = {.limit = BUF_SMALL};
	bool admitted = rung_plan_admits(plans[SIDE_SERVER], BYTES("me"),
					 datagram, 0, &answer);
	/* The cookie needs the key. */
	expect(!admitted);
	expect(buf_len(&answer) <= datagram.len);
	buf_fini(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes rest = bytes_of(data, size);
	struct mock m;
	if (!size)
		return 0;
	make_plans();
	mock_init(&m);
	m.ladder.base = SHAPE_DATAGRAMS;
	expect(rung_plan_push(plans[data[0] & 1], &m.ladder, NULL) == 0);
	ladder_start(&m.ladder, 0);
	rest = bytes_skip(rest, 1);
	while (rest.len) {
		struct bytes one = bytes_head(bytes_skip(rest, 1), rest.at[0]);
		rest = bytes_skip(rest, 1 + one.len);
		ask(one);
		mock_come(&m, one);
	}
	/* After a failure, datagrams pass as raw. */
	expect(!buf_len(&m.data) || m.raws);
	expect(m.failures <= 1);
	mock_fini(&m);
	return 0;
}
