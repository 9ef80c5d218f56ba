/* SPDX-License-Identifier: ISC */
/*
 * Fuzzes the handshake with a proxy: replies parse the same in pieces as in
 * one, no byte after the last reply is consumed, and memory is bounded. Covers
 * src/codec only.
 *
 * Input: a byte for the protocol and whether there is a user, one for the size
 * of the pieces, then the replies.
 */
#include "rung/codec/handshake.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
	if (!holds)
		abort();
}

static const struct bytes hosts[] = {
    {(const uint8_t *)"h.example", 9},
    {(const uint8_t *)"127.0.0.1", 9},
    {(const uint8_t *)"::1", 3},
};

struct outcome {
	enum handshake_result end;
	size_t took;
	struct buf out;
	struct err e;
};

static bool run_handshake(uint8_t how, struct bytes replies, size_t each,
			  struct outcome *s)
{
	struct handshake h = {.step = NULL};
	struct proxy_request errand = {.kind = (enum handshake_kind)(how & 3),
				       .host = hosts[(how >> 3) % 3],
				       .port = 443};
	bool started;

	if (how & 4) {
		errand.user = BYTES("user");
		errand.password = BYTES("password");
	}
	*s = (struct outcome){.end = HANDSHAKE_MORE,
			      .out = {.limit = BUF_SMALL}};
	err_clear(&s->e);
	started = handshake_start(&h, &errand, &s->out, &s->e) == 0;
	while (started && s->end == HANDSHAKE_MORE && s->took < replies.len) {
		struct bytes in = bytes_head(bytes_skip(replies, s->took),
					     each);
		size_t took;

		s->end = handshake_feed(&h, in, &took, &s->out, &s->e);
		expect(took <= in.len);
		expect(s->end != HANDSHAKE_MORE || took == in.len);
		s->took += took;
		expect(s->took <= HANDSHAKE_MAX);
		expect(buf_len(&s->out) < 2048);
	}
	handshake_fini(&h);
	return started;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outcome whole, cut;
	struct bytes replies;

	if (size < 2)
		return 0;
	replies = bytes_of(data + 2, size - 2);
	if (run_handshake(data[0], replies, SIZE_MAX, &whole)) {
		run_handshake(data[0], replies, data[1] ? data[1] : 1, &cut);
		expect(whole.end == cut.end && whole.took == cut.took);
		expect(whole.e.kind == cut.e.kind);
		expect(bytes_equal(buf_bytes(&whole.out), buf_bytes(&cut.out)));
		buf_fini(&cut.out);
	}
	buf_fini(&whole.out);
	return 0;
}
