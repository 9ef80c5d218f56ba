/* SPDX-License-Identifier: ISC */
/*
 * Bytes: the only two ways they travel. `struct bytes` borrows, `struct buf`
 * owns. Not a string library: NUL is a byte like any other.
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

/* Never owns; valid as long as its lender says. */
struct bytes {
	const uint8_t *at;
	size_t len;
};

/* A string literal as bytes; a NUL inside it counts. */
#define BYTES(lit)    ((struct bytes){(const uint8_t *)(lit), sizeof(lit) - 1})
#define BYTES_NONE    ((struct bytes){NULL, 0})
#define BYTES_NOWHERE SIZE_MAX

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
/* Without the first n bytes, or with none left. */
static inline struct bytes bytes_skip(struct bytes a, size_t n)
{
	if (n >= a.len)
		return (struct bytes){a.len ? a.at + a.len : a.at, 0};
	return (struct bytes){n ? a.at + n : a.at, a.len - n};
}
/* The first n bytes, or all there are. */
static inline struct bytes bytes_head(struct bytes a, size_t n)
{
	return (struct bytes){a.at, n < a.len ? n : a.len};
}
/* Without blanks and tabs at both ends. */
struct bytes bytes_trim(struct bytes a);
/*
 * Where `needle` first stands in `hay`, at or after `from`.
 * Result:  its index, or BYTES_NOWHERE. An empty needle is found at `from`.
 */
size_t bytes_find(struct bytes hay, struct bytes needle, size_t from);
size_t bytes_find_byte(struct bytes hay, uint8_t byte, size_t from);
/* For tables in memory (FNV-1a, 32 bits); not against those who choose what is
 * put into one. */
uint32_t bytes_hash(struct bytes a);
/* A file-name pattern: `*` any run, `?` any one byte; nothing else is special.
 */
bool bytes_glob(struct bytes pattern, struct bytes text);
/* Whether it is one, and not a name that matches itself alone. */
bool bytes_is_glob(struct bytes text);

/*
 * Owns its memory: append at the tail, drop at the head. A zeroed one with a
 * limit is ready for use; it takes memory at the first byte.
 * Limits:  `limit` bounds the bytes held at one time; past it, nothing is
 *          added and the call says so.
 */
struct buf {
	uint8_t *data;
	size_t head, tail, cap, limit;
};

/* For our own small texts, never for what a peer or a user sizes. */
#define BUF_SMALL ((size_t)1 << 20)

void buf_init(struct buf *, size_t limit);
/* Gives the memory back; the buf stays usable, empty, with its limit. */
void buf_fini(struct buf *);
/* Lends: all that is held, until the next call that changes the buf. */
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
 * Room for n more bytes at the tail, to be written and then buf_added().
 * Result:  where to write, or NULL: over the limit, or no memory.
 */
uint8_t *buf_room(struct buf *, size_t n);
void buf_added(struct buf *, size_t n);
/* Result of the five: 0, or -1 with nothing added (limit or memory). */
int buf_put(struct buf *, struct bytes);
int buf_puts(struct buf *, const char *);
int buf_putc(struct buf *, int byte);
int buf_printf(struct buf *, const char *fmt, ...) RUNG_PRINTF(2, 3);
int buf_vprintf(struct buf *, const char *fmt, va_list);
/* Drops n bytes at the head; n is at most what is held. */
void buf_drop(struct buf *, size_t n);
/* Cuts the tail so that n bytes stay; n is at most what is held. */
void buf_cut(struct buf *, size_t n);
static inline void buf_clear(struct buf *b)
{
	b->head = b->tail = 0;
}
/* Empty and larger than `keep`: gives the memory back. For idle owners. */
void buf_relax(struct buf *, size_t keep);
/* The held bytes as a C string: a NUL is put behind them, not counted. */
const char *buf_cstr(struct buf *);

/*
 * Memory that cannot be missed: small things only. Aborts with a message when
 * there is none. What a peer or a user sizes goes through a buf.
 */
void *xalloc(size_t size); /* zeroed */
void *xrealloc(void *, size_t count, size_t size);
char *xstrdup(const char *);
/* A NUL-terminated copy. */
char *xstrndup(struct bytes);

#endif
