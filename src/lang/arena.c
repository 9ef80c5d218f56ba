/* SPDX-License-Identifier: ISC */
/*
 * The memory of programs: an arena with a reference count. The parser fills it.
 */
#include "arena.h"

#include "rung/match.h"
#include "rung/template.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_FIRST = 1024, BLOCK_MAX = 1 << 20, ALIGN = 16 };

/* Words need more memory than their text; 64 MiB of ordinary text stay below
 * this limit. */
static const size_t TOTAL_MAX = (size_t)1 << 30;

struct arena_block {
	struct arena_block *next;
};

struct kept {
	struct kept *next;
	struct match *match;
	struct template *template;
};

struct arena {
	unsigned refs;
	struct arena_block *blocks;
	uint8_t *at;
	size_t left, total, next_size;
	struct kept *kept;
};

static size_t aligned(size_t n)
{
	return (n + ALIGN - 1) / ALIGN * ALIGN;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->refs = 1;
	a->next_size = BLOCK_FIRST;
	return a;
}

void arena_unref(struct arena *a)
{
	if (--a->refs)
		return;
	for (struct kept *k = a->kept; k; k = k->next) {
		match_unref(k->match);
		template_unref(k->template);
	}
	while (a->blocks) {
		struct arena_block *b = a->blocks;

		a->blocks = b->next;
		free(b);
	}
	free(a);
}

static void *new_block(struct arena *a, size_t size)
{
	size_t head = aligned(sizeof(struct arena_block));

	if (size > TOTAL_MAX - a->total)
		return NULL;

	struct arena_block *b = calloc(1, head + size);

	if (!b)
		return NULL;
	b->next = a->blocks;
	a->blocks = b;
	a->total += size;
	return (uint8_t *)b + head;
}

void *arena_take(struct arena *a, size_t n)
{
	if (n > TOTAL_MAX)
		return NULL;
	n = aligned(n ? n : 1);
	if (n > a->left && n > a->next_size / 2)
		return new_block(a, n); /* the current block stays in use */
	if (n > a->left) {
		uint8_t *block = new_block(a, a->next_size);

		if (!block)
			return NULL;
		a->at = block;
		a->left = a->next_size;
		if (a->next_size < BLOCK_MAX)
			a->next_size *= 2;
	}

	uint8_t *at = a->at;

	a->at += n;
	a->left -= n;
	return at;
}

void *arena_copy(struct arena *a, const void *from, size_t n)
{
	void *at = arena_take(a, n);

	if (at && n)
		memcpy(at, from, n);
	return at;
}

bool arena_keep(struct arena *a, struct match *m, struct template *t)
{
	struct kept *k = arena_take(a, sizeof(*k));

	if (!k) {
		match_unref(m);
		template_unref(t);
		return false;
	}
	*k = (struct kept){.next = a->kept, .match = m, .template = t};
	a->kept = k;
	return true;
}

struct program *program_ref(struct program *p)
{
	struct arena *a = p->arena;

	p->refs++;
	a->refs++;
	return p;
}

void program_unref(struct program *p)
{
	if (!p)
		return;
	p->refs--;
	arena_unref(p->arena);
}
