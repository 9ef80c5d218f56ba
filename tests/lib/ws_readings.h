/* SPDX-License-Identifier: ISC */
/*
 * A fixture for tests of WebSocket readers: the events of a stream as one line
 * of text.
 */
#ifndef TESTS_LIB_WS_READINGS_H
#define TESTS_LIB_WS_READINGS_H

#include "rung/codec/ws.h"

/* The mask of the examples in RFC 6455 §5.7. */
#define MASK "\x37\xfa\x21\x3d"

/* One reader, and its events as text. */
struct reading {
	struct ws_rules rules;
	bool deflate;      /* permessage-deflate was agreed */
	const char *want;  /* the log */
	const char *error; /* the first error; NULL: none */
	size_t limit;      /* limit of the buffer for data; 0: none */
	struct ws_reader r;
	struct buf out, log, message;
	char text[256];
	enum ws_event last;
	size_t rest; /* bytes that were not read */
};

/*
 * Reads the stream whole, byte by byte and cut at each place, and compares the
 * events and the first error. The events: `KIND:DATA ` for a message or control
 * frame, with `+` if it was compressed and `/` if it was cut short;
 * `?CODE@BYTE` for a violation, `!CODE@BYTE` for a failure; `end ` after a
 * close frame.
 */
void assert_reads(struct reading *, struct bytes in);
/* Does the same with the strict rules of one role. */
void reads(bool server, struct bytes in, const char *want);
/* The steps of assert_reads(), for streams that are too long for it. */
void reading_begin(void *reading);
void reading_piece(void *reading, struct bytes in);

#endif
