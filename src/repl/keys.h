/* SPDX-License-Identifier: ISC */
/*
 * Keys and characters as a terminal sends them, in the locale's encoding. What
 * a key does is the editor's affair.
 */
#ifndef RUNG_REPL_KEYS_H
#define RUNG_REPL_KEYS_H

#include "rung/bytes.h"

#include <wchar.h>

struct console;

/* A line or a paste of more bytes is not taken. */
#define KEYS_MAX ((size_t)16 << 20)
/* Asked of the terminal at one time; there has to be room for it. */
#define KEYS_READ ((size_t)4096)
/* The time for the rest of a key that has begun; the most that a user sets. */
#define KEYS_WAIT_MS     500
#define KEYS_WAIT_MAX_MS 60000

/* What a terminal sends before a paste, and behind it. */
extern const struct bytes key_paste, key_paste_end;

/*
 * Opens the terminal of standard input again for reading, non-blocking: Ctrl-C
 * may drop its input after poll(2) has reported some, and the flags of
 * descriptor 0 are shared with other processes.
 * Result: a descriptor for keys_close(); 0 if standard input is not the
 *         controlling terminal.
 */
int keys_open(void);
void keys_close(int fd);

/* Appends what the terminal has, after the signals that came before have had
 * their effect. Result: false: it is gone, and the console says so from now on.
 */
bool key_read(struct console *, struct buf *keys);

/* The length of the first key, 0 while it is not all there. */
size_t key_length(struct bytes);
/* How much of the beginning prints, in whole characters. */
size_t key_run(struct bytes);

/* The first character, and its length; 0 while it is not all there. A byte that
 * begins none is one of U+DC80 to U+DCFF, which else is none (PEP 383). */
size_t key_char(struct bytes, wchar_t *);
/* Bytes as wide characters, in the same way, without NULs. Owns: the result,
 * NUL-ended, for free(). */
wchar_t *key_widen(struct bytes, size_t *count);
/* Appends wide characters as the bytes that they were. */
void key_narrow(const wchar_t *from, const wchar_t *to, struct buf *out);

#endif
