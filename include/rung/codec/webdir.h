/* SPDX-License-Identifier: ISC */
/*
 * Decides how HTTP serves a directory: finds the path that a request names, and
 * from the file's size and time the status and header fields of the answer.
 * beneath.h opens the files.
 *
 * Source: RFC 9110 §8.8 (validators), §13 (conditions), §14 (ranges), §5.6.7
 *         (dates); RFC 9112 §3.2 (targets).
 */
#ifndef RUNG_CODEC_WEBDIR_H
#define RUNG_CODEC_WEBDIR_H

#include "rung/bytes.h"

/* The parts of a request that decide the answer. A field that the request does
 * not have is empty. */
struct webdir_request {
	struct bytes method, range, if_range, if_match, if_none_match;
	struct bytes if_modified_since, if_unmodified_since;
	int64_t now; /* seconds since 1970 */
};

struct webdir_file {
	uint64_t size;
	int64_t changed_s; /* time of the last change since 1970 */
	uint32_t changed_ns;
};

struct webdir_answer {
	unsigned status;    /* 200, 206, 304, 405, 412, 416 */
	uint64_t from, len; /* bytes of the file to send; 0, 0: none */
};

/*
 * Decodes the target of a request to a path relative to the directory: without
 * the query, without a slash at the start, empty for the directory itself. A
 * path that ends with a slash names a directory.
 * Result:  0; 400: not a target of this server; 404: the path has an empty
 *          segment, a `.` or `..`, an encoded slash or a NUL.
 */
unsigned webdir_path(struct bytes target, struct buf *path);
/* Decides the answer of an existing file. */
struct webdir_answer webdir_decide(const struct webdir_request *,
				   const struct webdir_file *);
/*
 * Appends the header fields of an answer, each with CR LF. `type` is the media
 * type of the file.
 * Result:  0; -1: the buf is full.
 */
int webdir_put_fields(const struct webdir_answer *, const struct webdir_file *,
		      const char *type, struct buf *out);
/* Returns the media type for a name by its suffix, without parameters;
 * application/octet-stream if the suffix is unknown. */
const char *webdir_media_type(struct bytes name);

struct webdir_name {
	struct bytes name;
	bool is_dir;
};

/*
 * Appends a page of HTML that links to the names in a directory: directories
 * first, each group sorted. Sorts the names in place.
 * `path`: as made by webdir_path().
 * Result: 0; -1: the buf is full, and nothing was appended.
 */
int webdir_put_listing(struct bytes path, struct webdir_name *names,
		       size_t count, struct buf *out);

/* Appends a date in the form `Sun, 06 Nov 1994 08:49:37 GMT`. */
int http_date_put(int64_t seconds, struct buf *out);
/* Reads a date in each of the three forms. `now` chooses the century of a year
 * with two digits. Result: false: not a date. */
bool http_date_read(struct bytes text, int64_t now, int64_t *seconds);

#endif
