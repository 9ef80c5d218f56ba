/* SPDX-License-Identifier: ISC */
/*
 * An intrusive ring: a list head, and links embedded in the entries. The list
 * does not own its entries. A link that is in no list points to itself.
 */
#ifndef RUNG_LIST_H
#define RUNG_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *prev, *next;
};

/* Returns the struct of `type` in which `link` is the member `member`. */
#define list_entry(link, type, member) \
	((type *)(void *)((char *)(link)-offsetof(type, member)))

/* Visits each link of a ring; the body may remove the current one. */
#define list_each(it, ring)                                         \
	for (struct list *it = (ring)->next, *it##_next = it->next; \
	     it != (ring); it = it##_next, it##_next = it->next)

static inline void list_init(struct list *l)
{
	l->prev = l->next = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_append(struct list *l, struct list *link)
{
	link->prev = l->prev;
	link->next = l;
	l->prev->next = link;
	l->prev = link;
}

static inline void list_remove(struct list *link)
{
	link->prev->next = link->next;
	link->next->prev = link->prev;
	list_init(link);
}

/* Moves all entries of `from` to `to` in their order; `to` need not be
 * initialized. */
static inline void list_take(struct list *to, struct list *from)
{
	list_init(to);
	if (list_empty(from))
		return;
	*to = *from;
	to->next->prev = to->prev->next = to;
	list_init(from);
}

#endif
