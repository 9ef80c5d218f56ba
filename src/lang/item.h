/* SPDX-License-Identifier: ISC */
/*
 * The items of a parsed template. Private to the files that build, match and
 * print templates.
 */
#ifndef RUNG_LANG_ITEM_H
#define RUNG_LANG_ITEM_H

#include "brace.h"
#include "form.h"
#include "rung/template.h"
#include "sums.h"

/* Limit of a piece's length in bytes, and default of match_set_max_length(). */
#define TEMPLATE_PIECE_MAX ((size_t)16 << 20)

enum item_kind {
	ITEM_BYTES,  /* constant */
	ITEM_TEXT,   /* text with variables */
	ITEM_NUMBER, /* in `form`, with `value` */
	ITEM_ANY,    /* `count` bytes of any value */
	ITEM_BY, /* bytes; their length is the value of item `of` or, if `of` is
		    NO_ITEM, of the variable `ref` */
	ITEM_REST,
};

enum value_kind {
	VALUE_NONE, /* any value */
	VALUE_CONSTANT,
	VALUE_VARIABLE, /* value of the variable `ref` */
	VALUE_LEN, /* length of item `of`, or of all items before this one */
	VALUE_SUM,
};

#define NO_ITEM   SIZE_MAX
#define ALL_ITEMS (SIZE_MAX - 1) /* in `of`: all items before */

/* A part of a text: bytes, or a variable's name. */
struct part {
	bool variable;
	struct bytes bytes;
	const struct brace *brace; /* a variable's braces, or NULL */
	size_t at;
};

struct item {
	enum item_kind kind;
	struct bytes name; /* empty: none */
	size_t at;         /* offset in the template's text */
	struct bytes bytes;
	const struct part *part;
	size_t parts;
	uint64_t count;
	const struct form *form;
	enum value_kind value;
	const struct sum *sum;
	uint64_t bits;    /* a VALUE_CONSTANT, encoded for the form */
	size_t value_at;  /* offset of the value or of `ref` in the text */
	struct bytes ref; /* name of another item, or of a variable */
	const struct brace *brace; /* the variable's braces, or NULL */
	size_t of;
};

/* Returns true if the value is computed from the bytes of other items. */
static inline bool item_is_computed(const struct item *item)
{
	return item->value == VALUE_LEN || item->value == VALUE_SUM;
}

struct template
{
	unsigned refs;
	struct arena *arena; /* memory of the template and its items */
	struct bytes text;
	const struct item *item;
	size_t items;
	/* Items with a computed value, each after the items that it depends on.
	 */
	const size_t *order;
	size_t computed;
	bool constant; /* uses no variable */
};

/* The part of an item that is known before any data arrives. */
struct cell {
	bool known; /* the bytes are in the store: `len` bytes at `at` */
	bool sized; /* the length is known: `len` */
	size_t at, len;
	uint64_t bits; /* number's value, if known */
};

struct cells {
	struct cell *cell;
	struct buf store;
};

/*
 * Computes all known items: constants, values of variables, and values computed
 * from these.
 * Result:  0, or -1 and *e, *bad. The caller calls cells_fini() in both cases.
 */
int cells_init(struct cells *, const struct template *, const struct lookup *,
	       size_t *bad, struct err *e);
void cells_fini(struct cells *);
/* Appends a variable's value. Result: 0, or -1 and *e. */
int template_variable(const struct lookup *, struct bytes name,
		      const struct brace *, struct buf *out, struct err *e);

/* Appends the template's source on one line, in brackets. */
void template_print_source(const struct template *, struct buf *out);
/* Appends the source of one item on one line. */
void template_print_item(const struct template *, size_t item, struct buf *out);

#endif
