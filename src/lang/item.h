/* SPDX-License-Identifier: ISC */
/*
 * What a template consists of once it is parsed: what building, matching and
 * printing go by. Private to them.
 */
#ifndef RUNG_LANG_ITEM_H
#define RUNG_LANG_ITEM_H

#include "brace.h"
#include "form.h"
#include "rung/template.h"
#include "sums.h"

/* The longest piece whose length is written or comes from a peer. */
#define TEMPLATE_PIECE_MAX ((size_t)16 << 20)

enum item_kind {
	ITEM_BYTES,  /* constant */
	ITEM_TEXT,   /* text with variables */
	ITEM_NUMBER, /* in `form`, of `value` */
	ITEM_ANY,    /* `count` bytes, whatever they are */
	ITEM_BY,     /* as many as the number `of` says, or the variable `ref`
			where `of` is NO_ITEM */
	ITEM_REST,
};

enum value_kind {
	VALUE_NONE, /* whatever is there */
	VALUE_CONSTANT,
	VALUE_VARIABLE, /* `ref` */
	VALUE_LEN,      /* of the item `of`, or of all before it */
	VALUE_SUM,
};

#define NO_ITEM   SIZE_MAX
#define ALL_ITEMS (SIZE_MAX - 1) /* `of`: all that is before it */

/* A part of a text: bytes, or a variable's name. */
struct part {
	bool variable;
	struct bytes bytes;
	const struct brace *brace; /* of a variable, or NULL */
	size_t at;
};

struct item {
	enum item_kind kind;
	struct bytes name; /* empty: none */
	size_t at;         /* where it stands in the text */
	struct bytes bytes;
	const struct part *part;
	size_t parts;
	uint64_t count;
	const struct form *form;
	enum value_kind value;
	const struct sum *sum;
	uint64_t bits;    /* CONSTANT, as the form has them */
	size_t value_at;  /* where the value, or what `ref` names, stands */
	struct bytes ref; /* a piece's or a variable's name */
	const struct brace *brace; /* of the variable, or NULL */
	size_t of;
};

/* From the other items' bytes, not written by whoever wrote the template. */
static inline bool item_is_computed(const struct item *item)
{
	return item->value == VALUE_LEN || item->value == VALUE_SUM;
}

struct template
{
	unsigned refs;
	struct arena *arena; /* all of it, this too */
	struct bytes text;
	const struct item *item;
	size_t items;
	/* Items whose value is computed, those that another one needs first. */
	const size_t *order;
	size_t computed;
	bool constant; /* no variable in it */
};

/* What is known of an item without anything that came. */
struct cell {
	bool known; /* its bytes are bytes_of(store.data + at, len) */
	bool sized; /* its length is `len` */
	size_t at, len;
	uint64_t bits; /* known numbers */
};

struct cells {
	struct cell *cell;
	struct buf store;
};

/*
 * Works out what is known: constants, variables' values, and what is computed
 * from these.
 * Result:  0, or -1 and *e, *bad. cells_fini() is due either way.
 */
int cells_init(struct cells *, const struct template *, const struct lookup *,
	       size_t *bad, struct err *e);
void cells_fini(struct cells *);
/* A variable's value. Result: 0, or -1 and *e. */
int template_variable(const struct lookup *, struct bytes name,
		      const struct brace *, struct buf *out, struct err *e);

/* Appends the template's own text on one line, in brackets. */
void template_print_source(const struct template *, struct buf *out);

#endif
