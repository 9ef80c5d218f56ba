/* SPDX-License-Identifier: ISC */
/*
 * A key log: the file of secrets with which wireshark and tshark decrypt TLS
 * (the NSS key log format).
 */
#ifndef RUNG_KEYLOG_H
#define RUNG_KEYLOG_H

#include "rung/err.h"

struct keylog;

/* Makes a key log, without opening its file. */
struct keylog *keylog_new(struct bytes path);
/* Makes the key log that $SSLKEYLOGFILE names; NULL: the variable is not set.
 */
struct keylog *keylog_of_environment(void);
/* NULL: does nothing. */
void keylog_free(struct keylog *);
const char *keylog_path(const struct keylog *);
/* Opens the file, which is created for its owner only. Result: 0, or -1 and *e.
 */
int keylog_open(struct keylog *, struct err *e);
/*
 * Appends a line to the file, and opens it first if necessary. NULL: does
 * nothing.
 * Result:  0; -1 and *e: the file cannot be written, and later lines are
 *          discarded without an error.
 */
int keylog_put(struct keylog *, struct bytes line, struct err *e);

#endif
