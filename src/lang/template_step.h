/* SPDX-License-Identifier: ISC */
/*
 * A template made ready to match: its steps, and the state of a try. Private to
 * template_compile.c, template_match.c and template_explain.c.
 */
#ifndef RUNG_LANG_TEMPLATE_STEP_H
#define RUNG_LANG_TEMPLATE_STEP_H

#include "item.h"
#include "match_own.h"

struct step {
	enum item_kind kind; /* ITEM_BYTES if all bytes are known in advance */
	const struct item *item;
	struct bytes bytes;
	size_t count; /* length of a part of fixed length, else 0; for REST, the
			 sum of these lengths over all later steps */
	/* Set by the current try. */
	size_t at, len;
	uint64_t bits;
};

struct template_matcher {
	struct match match;
	struct template *t;
	size_t steps;
	struct step *step;
	size_t *late; /* indices of steps that check a later step */
	size_t lates;
	uint8_t *store;      /* bytes of the steps, in order */
	struct bytes anchor; /* constant bytes to search for, and their offset
				from the start of a match */
	size_t anchor_at;
	struct capture *named;
	size_t names;
	char (*digits)[FORM_TEXT_MAX];
};

/* One search. */
struct template_search {
	struct template_matcher *matcher;
	struct bytes window;
	bool final;
	size_t start, pos; /* start of the current try, and position in it */
	struct effort *effort;
	size_t failed;  /* index of the step at which the try ended */
	size_t checked; /* index of the step whose length or sum is wrong, or
			   NO_ITEM */
};

/* Matches at one position. Sets `failed` and `checked` unless all steps match.
 */
enum match_result template_try(struct template_search *, size_t start);
/* Sets the range of the window that the step's length or sum covers. */
void template_covered(const struct template_search *, const struct step *,
		      size_t *from, size_t *len);

/* Implement the functions of struct match_kind. */
enum match_result template_find(struct match *, struct bytes window,
				size_t *from, bool final, struct effort *,
				struct match_found *);
enum match_result template_begins(struct match *, struct bytes window,
				  bool final, struct effort *,
				  struct match_found *);
bool template_explain(struct match *, const struct match_data *,
		      struct effort *, struct match_miss *);

#endif
