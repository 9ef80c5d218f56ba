/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the TLS rung: a peer's bytes, or a handshake in which records are
 * altered, cut into pieces. The rung opens, fails or waits, passes up no more
 * raw bytes than came, and nothing of an altered stream as data.
 *
 * Input: a byte for the kind of run and the side, one for the size of the
 * pieces, then for an altered run triples (offset in two bytes, value), else
 * the bytes of the peer.
 */
#include "tests/lib/plans.h"
#include "tests/lib/rungs.h"

#include <stdlib.h>
#include <string.h>

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
		    test_rung(BYTES("tls")), (enum side)side,
		    side == SIDE_CLIENT ? tls_insecure : NULL, NULL);
		expect(plans[side] != NULL);
	}
}

static void begin(struct mock *m, int side)
{
	mock_init(m);
	expect(rung_plan_push(plans[side], &m->ladder, NULL) == 0);
	ladder_start(&m->ladder, 0);
}

static void come_in_pieces(struct mock *m, struct bytes rest, size_t piece)
{
	while (rest.len) {
		mock_come(m, bytes_head(rest, piece));
		rest = bytes_skip(rest, piece);
	}
}

static void run_bytes(int side, size_t piece, struct bytes in)
{
	struct mock m;
	begin(&m, side);
	come_in_pieces(&m, in, piece);
	mock_end(&m);
	expect(buf_len(&m.data) <= in.len);
	expect(m.failures <= 1);
	expect(m.ends == 1);
	/* Only raw bytes can pass up: the input has no valid record of data. */
	expect(!buf_len(&m.data) || m.raws);
	mock_fini(&m);
}

/* Replaces bytes of what one side sends, by triples of the input. Result: true
 * if a byte has changed. */
static bool alter(struct buf *sent, size_t before, struct bytes triples)
{
	bool changed = false;
	for (; triples.len >= 3; triples = bytes_skip(triples, 3)) {
		size_t at = (size_t)triples.at[0] * 256 + triples.at[1];
		if (at < before || at - before >= buf_len(sent))
			continue;
		uint8_t *byte = sent->data + sent->head + (at - before);
		changed |= *byte != triples.at[2];
		*byte = triples.at[2];
	}
	return changed;
}

/* Passes what one side sent to the other. Result: false: it sent nothing. */
static bool carry(struct mock *from, struct mock *to, size_t piece,
		  size_t *passed, struct bytes triples, bool *changed)
{
	struct buf sent = from->down;
	size_t n = buf_len(&sent);
	buf_init(&from->down, SIZE_MAX / 8);
	*changed |= alter(&sent, *passed, triples);
	*passed += n;
	come_in_pieces(to, buf_bytes(&sent), piece);
	buf_fini(&sent);
	return n > 0;
}

static void run_altered(int side, size_t piece, struct bytes triples)
{
	struct mock ends[2];
	size_t passed[2] = {0, 0};
	bool changed = false, some = true;
	begin(&ends[SIDE_SERVER], SIDE_SERVER);
	begin(&ends[SIDE_CLIENT], SIDE_CLIENT);
	(void)mock_send(&ends[0], BYTES("from the client"), 0, NULL);
	(void)mock_send(&ends[1], BYTES("from the server"), 0, NULL);
	while (some) {
		some = carry(&ends[side], &ends[!side], piece, &passed[side],
			     triples, &changed);
		some |= carry(&ends[!side], &ends[side], piece, &passed[!side],
			      BYTES_NONE, &changed);
	}
	for (int i = 0; i < 2; i++) {
		struct bytes got = buf_bytes(&ends[i].data);
		bool whole = bytes_is(got, i ? "from the client"
					     : "from the server");
		expect(changed ? whole || !got.len || ends[i].raws : whole);
		expect(ends[i].failures <= 1);
	}
	mock_fini(&ends[0]);
	mock_fini(&ends[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes in = bytes_of(data, size);
	if (size < 2)
		return 0;
	make_plans();
	size_t piece = in.at[1] ? in.at[1] : SIZE_MAX;
	int side = in.at[0] >> 1 & 1;
	if (in.at[0] & 1)
		run_altered(side, piece, bytes_skip(in, 2));
	else
		run_bytes(side, piece, bytes_skip(in, 2));
	return 0;
}
