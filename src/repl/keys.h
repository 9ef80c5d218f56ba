/* SPDX-License-Identifier: ISC */
/*
 * Splits terminal input into keys and characters, in the locale's encoding. The
 * console files decide what a key does.
 */
#ifndef RUNG_REPL_KEYS_H
#define RUNG_REPL_KEYS_H

#include "rung/bytes.h"

#include <wchar.h>

struct console;

/* Maximum length of a line, of a paste and of unhandled keys, in bytes. */
#define KEYS_MAX ((size_t)16 << 20)
/* Maximum number of bytes per read. */
#define KEYS_READ ((size_t)4096)
/* Time to wait for the rest of a key: the default, and the maximum of the
 * user's setting. */
#define KEYS_WAIT_MS     500
#define KEYS_WAIT_MAX_MS 60000

/* Sequences that a terminal sends before and after a paste. */
extern const struct bytes key_paste, key_paste_end;

/*
 * Opens the terminal of standard input again for reading, non-blocking: Ctrl-C
 * may discard input that poll(2) has already reported, and the flags of
 * descriptor 0 are shared with other processes.
 * Result: a descriptor for keys_close(); 0 if standard input is not the
 *         controlling terminal.
 */
int keys_open(void);
void keys_close(int fd);

/* Reads from the terminal, handles pending signals, and then appends the new
 * keys to `keys`. Returns false if reading failed; the console is then marked
 * hung_up. */
bool key_read(struct console *, struct buf *keys);

/* Returns the length of the first key; 0 while it is incomplete. */
size_t key_length(struct bytes);
/* Returns the length of the printable characters at the beginning. */
size_t key_run(struct bytes);

/* Returns the length of the first character; 0 while it is incomplete. A byte
 * that begins no character becomes one of U+DC80 to U+DCFF, as in PEP 383. */
size_t key_char(struct bytes, wchar_t *);
/* Converts bytes to wide characters like key_char(), but leaves out NULs.
 * Result: a NUL-terminated string for free(). */
wchar_t *key_widen(struct bytes, size_t *count);
/* Converts wide characters back to the original bytes and appends them. */
void key_narrow(const wchar_t *from, const wchar_t *to, struct buf *out);

#endif
