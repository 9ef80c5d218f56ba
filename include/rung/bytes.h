/* SPDX-License-Identifier: ISC */
/*
 * Bytes. `struct bytes` borrows memory, `struct buf` owns it; all data is
 * passed as one of the two. NUL is a byte like any other.
 */
#ifndef RUNG_BYTES_H
#define RUNG_BYTES_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define RUNG_PRINTF(fmt, rest) __attribute__((format(printf, fmt, rest)))
#else
#define RUNG_PRINTF(fmt, rest)
#endif

/* Borrowed memory; valid for as long as the lender says. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

/* A string literal as bytes; a NUL inside it counts. */
#define BYTES(lit)      ((struct bytes){(const uint8_t *)(lit), sizeof(lit) - 1})
#define BYTES_NONE      ((struct bytes){NULL, 0})
#define BYTES_NOT_FOUND SIZE_MAX

static inline struct bytes bytes_of(const void *at, size_t len)
{
	return (struct bytes){at, len};
}
static inline struct bytes bytes_str(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}
static inline bool bytes_equal(struct bytes a, struct bytes b)
{
	return a.len == b.len && (!a.len || !memcmp(a.at, b.at, a.len));
}
static inline bool bytes_is(struct bytes a, const char *s)
{
	return bytes_equal(a, bytes_str(s));
}
bool bytes_starts(struct bytes a, struct bytes prefix);
/* The next three functions ignore the case of ASCII letters. */
bool bytes_equal_caseless(struct bytes a, struct bytes b);
bool bytes_is_caseless(struct bytes a, const char *s);
bool bytes_starts_caseless(struct bytes a, const char *prefix);
/* Returns how many bytes at the start of both are equal. */
size_t bytes_common(struct bytes a, struct bytes b);
/* Returns `a` without its first n bytes; empty if it has fewer. */
static inline struct bytes bytes_skip(struct bytes a, size_t n)
{
	if (n >= a.len)
		return (struct bytes){a.len ? a.at + a.len : a.at, 0};
	return (struct bytes){n ? a.at + n : a.at, a.len - n};
}
/* Returns the first n bytes of `a`, or all of it if it has fewer. */
static inline struct bytes bytes_head(struct bytes a, size_t n)
{
	return (struct bytes){a.at, n < a.len ? n : a.len};
}
/* Returns `a` without the blanks and tabs at both ends. */
struct bytes bytes_trim(struct bytes a);
/*
 * Finds the first `needle` in `hay`, at or after `from`.
 * Result:  its index, or BYTES_NOT_FOUND. An empty needle is found at `from`.
 */
size_t bytes_find(struct bytes hay, struct bytes needle, size_t from);
size_t bytes_find_byte(struct bytes hay, uint8_t byte, size_t from);
/* Returns the bytes before the first one of the set; all if there is none. */
struct bytes bytes_before(struct bytes a, const char *set);
/* Returns a hash for tables in memory (FNV-1a, 32 bits). A peer can choose keys
 * that collide; for keys from peers use sip.h. */
uint32_t bytes_hash(struct bytes a);
/* Returns true if `text` matches a file-name pattern: `*` matches any run of
 * bytes, `?` any single byte; nothing else is special. */
bool bytes_glob(struct bytes pattern, struct bytes text);
/* Returns the number of `*` and `?` in the text. */
size_t bytes_wildcards(struct bytes text);

struct account;

/*
 * Owned memory: bytes are appended at the tail and removed at the head. A
 * zeroed buf with a limit is ready for use; memory is allocated with the first
 * byte.
 * Limits:  `limit` bounds the length. A call that would exceed it adds nothing
 *          and returns an error.
 */
struct buf {
	uint8_t *data;
	size_t head, tail, cap, limit;
	struct account *account; /* charged with cap (budget.h); NULL: none */
};

/* Limit for small texts that rung makes itself, never for data whose size a
 * peer or a user chooses. */
#define BUF_SMALL ((size_t)1 << 20)

void buf_init(struct buf *, size_t limit);
/* Frees the memory. The buf stays usable: it is empty and keeps its limit and
 * account. */
void buf_fini(struct buf *);
/* Lends all held bytes until the next call that changes the buf. */
static inline struct bytes buf_bytes(const struct buf *b)
{
	if (!b->data)
		return BYTES_NONE;
	return (struct bytes){b->data + b->head, b->tail - b->head};
}
static inline size_t buf_len(const struct buf *b)
{
	return b->tail - b->head;
}
/*
 * Makes room for n more bytes at the tail; the caller writes them and then
 * calls buf_commit().
 * Result:  the address to write to; NULL: over the limit, or out of memory.
 */
uint8_t *buf_reserve(struct buf *, size_t n);
void buf_commit(struct buf *, size_t n);
/* The next five functions append to the buf. Result: 0, or -1 with nothing
 * added (over the limit, or out of memory). */
int buf_put(struct buf *, struct bytes);
int buf_puts(struct buf *, const char *);
int buf_putc(struct buf *, int byte);
int buf_printf(struct buf *, const char *fmt, ...) RUNG_PRINTF(2, 3);
int buf_vprintf(struct buf *, const char *fmt, va_list);
/* Removes n bytes at the head; n is at most the number of held bytes. */
void buf_drop(struct buf *, size_t n);
/* Removes bytes at the tail until n remain; n is at most the number of held
 * bytes. */
void buf_truncate(struct buf *, size_t n);
/* Truncates a text of more than n bytes to the characters that fit into n
 * bytes, and appends "...". */
void buf_shorten(struct buf *, size_t n);
static inline void buf_clear(struct buf *b)
{
	b->head = b->tail = 0;
}
/* Frees the memory if the buf is empty and its capacity exceeds `keep`; for an
 * idle owner. */
void buf_free_idle(struct buf *, size_t keep);
/* Reduces the memory if the capacity exceeds `keep` and less than a quarter of
 * it is in use: to twice the held bytes, or to `keep` if that is more. */
void buf_compact(struct buf *, size_t keep);
/* Returns the held bytes as a C string: appends a NUL, which buf_len() does not
 * count. */
const char *buf_cstr(struct buf *);

/*
 * Allocates memory that the program cannot do without; aborts with a message if
 * there is none. For small things only: data whose size a peer or a user
 * chooses goes into a buf.
 */
void *xalloc(size_t size); /* zeroed */
void *xrealloc(void *, size_t count, size_t size);
char *xstrdup(const char *);
/* Returns a NUL-terminated copy. */
char *xstrndup(struct bytes);

#endif
