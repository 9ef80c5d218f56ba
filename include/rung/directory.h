/* SPDX-License-Identifier: ISC */
/*
 * Answers requests of HTTP from a directory: files, ranges, conditions,
 * redirections to directories, listings.
 *
 * Source: RFC 9110 §13 to §15; codec/webdir.h has the parts that need no file.
 */
#ifndef RUNG_DIRECTORY_H
#define RUNG_DIRECTORY_H

#include "rung/upload.h"

struct directory {
	struct bytes path;         /* the directory */
	const struct attrs *asked; /* the attributes of the request */
	const struct arg *given;   /* fields that the user gave */
	bool lists;  /* answers for a directory without index.html, too */
	int64_t now; /* seconds since 1970 */
};

/*
 * Prepares the head of the answer, and a text or a file as the body. Nothing
 * outside of the directory is sent.
 * Result:  0; -1 and *e: the directory itself cannot be opened. Every other
 *          error becomes an answer, such as 404.
 */
int directory_answer(const struct directory *, struct upload *, struct err *e);

#endif
