/* SPDX-License-Identifier: ISC */
/*
 * Helpers for the tests of views: return a body or a message as a C string.
 */
#ifndef TESTS_UNIT_VIEW_TEST_H
#define TESTS_UNIT_VIEW_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "src/view/view_table.h"

#include <stdlib.h>
#include <string.h>

#define TEST_TEXT_MAX ((size_t)64 << 20)
/* These styles equal those that base/text.c prints. */
#define DIM   "\033[0;2m"
#define UP    "\033[0;32m"
#define DOWN  "\033[0;36m"
#define PLAIN "\033[0m"

/*
 * Creates an empty text.
 * Owns: the caller frees the result with text_fini().
 */
static inline struct text test_text(bool colour)
{
	struct text t;

	text_init(&t, TEST_TEXT_MAX, colour);
	return t;
}

/* Returns the body as a string that the caller frees; *took: see view.h. */
static inline char *body_of(const struct view_ops *view, struct bytes data,
			    bool final, size_t *took)
{
	struct text t = test_text(false);
	size_t n = view->body(data, 0, final, &t);
	char *made = xstrndup(text_bytes(&t));

	if (took)
		*took = n;
	text_fini(&t);
	return made;
}

#define assert_body(view, lit, expected)                                 \
	do {                                                             \
		size_t took_;                                            \
		char *made_ = body_of((view), BYTES(lit), true, &took_); \
                                                                         \
		assert_string_equal(made_, expected);                    \
		assert_int_equal(took_, sizeof(lit) - 1);                \
		free(made_);                                             \
	} while (0)

/* Formats data that is not final, and compares the output and the number of
 * bytes consumed. */
#define assert_part(view, lit, expected, taken)                           \
	do {                                                              \
		size_t took_;                                             \
		char *made_ = body_of((view), BYTES(lit), false, &took_); \
                                                                          \
		assert_string_equal(made_, expected);                     \
		assert_int_equal(took_, taken);                           \
		free(made_);                                              \
	} while (0)

/* Formats the data in chunks, like a stream, and passes the incomplete end of
 * each chunk again with the next. */
static inline char *body_in_chunks(const struct view_ops *view,
				   struct bytes data, size_t chunk)
{
	struct text t = test_text(false);
	size_t from = 0, to = 0;

	while (to < data.len) {
		to = data.len - to > chunk ? to + chunk : data.len;
		from += view->body(bytes_of(data.at + from, to - from), from,
				   to == data.len, &t);
	}
	assert_int_equal(from, data.len);

	char *made = xstrndup(text_bytes(&t));

	text_fini(&t);
	return made;
}

static inline char *message_of(const struct view_ops *view,
			       const struct log_entry *e,
			       const struct view_style *style, bool colour)
{
	struct text t = test_text(colour);

	view_message(view, e, style, &t);

	char *made = xstrndup(text_bytes(&t));

	text_fini(&t);
	return made;
}

#endif
