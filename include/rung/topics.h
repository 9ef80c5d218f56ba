/* SPDX-License-Identifier: ISC */
/*
 * The topics of `help`: what their texts and tables say. cmd/help.c lays them
 * out.
 */
#ifndef RUNG_TOPICS_H
#define RUNG_TOPICS_H

#include "rung/bytes.h"

struct shell;

struct topic_row {
	const char *name, *brief;
};

/* Gets the headings and rows of a table that is not constant. */
struct topic_sink {
	void (*head)(struct topic_sink *, const char *head);
	void (*row)(struct topic_sink *, const char *name, const char *brief);
};

/* All parts but the name and the brief may be NULL; `help` prints the parts in
 * this order. */
struct topic {
	const char *name, *brief;
	const char *prose; /* paragraphs and examples, as in struct cmd */
	const struct topic_row *rows; /* ended by a NULL name */
	void (*list)(const struct shell *, struct topic_sink *);
	/* Appends text that is already laid out. */
	void (*print)(const struct shell *, struct buf *out);
};

/* All topics, ended by a NULL name. */
extern const struct topic topics[];
/* The names of all topics, for completion; NULL-terminated. */
extern const char *const topic_names[];

/* Returns the topic of that name; NULL: there is none. */
const struct topic *topic_find(struct bytes name);

#endif
