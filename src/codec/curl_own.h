/* SPDX-License-Identifier: ISC */
/*
 * The parts of reading a command line of curl. Private to codec.
 */
#ifndef RUNG_CODEC_CURL_OWN_H
#define RUNG_CODEC_CURL_OWN_H

#include "rung/codec/curl.h"

/* Divides a command line into words, without quotes. Appends each word with a
 * NUL after it. Result: 0; -1 and *e (usage, limit). */
int curl_split(struct bytes line, struct buf *words, struct err *e);
/* Sets *e, class usage: `why`, and the start of the text in quotes. Result: -1.
 */
int curl_report(struct bytes text, const char *why, struct err *e);

#endif
