/* SPDX-License-Identifier: ISC */
/*
 * Streams: a source of some MiB of one kind of data, and minimal C programs
 * that print such a stream as hex, count its lines, or find its end. The source
 * measures the time from its first byte to the peer's close.
 */
#include "net.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { MIB = 1 << 20, LINE = 40, ROW = 79, BLOCK = 65536 };
static const char ready[] = "server: READY 4711\r\n";

/* Returns about 1 MiB of data to send repeatedly; text ends with a whole line.
 */
static char *block(const char *kind, size_t *len)
{
	char *b = malloc(MIB + 1);
	uint64_t x = 0x9e3779b97f4a7c15;
	size_t i = 0;
	if (!b)
		die("memory");
	size_t step = !strcmp(kind, "random")  ? sizeof(x)
		      : !strcmp(kind, "lines") ? LINE
					       : 64;
	for (; i + step <= MIB; i += step) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		if (!strcmp(kind, "random")) {
			memcpy(b + i, &x, sizeof(x));
		} else if (!strcmp(kind, "lines")) {
			snprintf(b + i, LINE + 1, "%010zu %-28s\n", i,
				 "a line of forty bytes");
		} else {
			snprintf(b + i, 65,
				 "server: %016llx worker %04x done in %06u us"
				 "         \n",
				 (unsigned long long)x, (unsigned)x & 0xffff,
				 (unsigned)(x >> 40) % 999999);
		}
	}
	*len = i;
	return b;
}

static void send_blocks(int fd, long mib, const char *kind)
{
	size_t len;
	char *b = block(kind, &len);
	for (long i = 0; i < mib; i++)
		write_all(fd, b, len);
	if (!strcmp(kind, "log"))
		write_all(fd, ready, sizeof(ready) - 1);
	free(b);
}

/* Sends the data, shuts down (except for a log, because the reader of a log
 * closes first), and waits for the peer's FIN. */
static void source(int fd, long mib, const char *kind)
{
	char some[4096];
	double began = now();
	send_blocks(fd, mib, kind);
	if (strcmp(kind, "log"))
		shutdown(fd, SHUT_WR);
	while (read(fd, some, sizeof(some)) > 0)
		;
	printf("%.6f\n", now() - began);
}

static char digits[256][2], shown[256];

static char *row_by_table(char *to, const uint8_t *at, size_t n)
{
	memset(to, ' ', ROW);
	for (size_t i = 0; i < n; i++) {
		memcpy(to + 10 + 3 * i + (i > 7), digits[at[i]], 2);
		to[61 + i] = shown[at[i]];
	}
	to[60] = '|';
	to[61 + n] = '|';
	to[62 + n] = '\n';
	return to + 63 + n;
}

#if defined(__x86_64__)
__attribute__((target("ssse3"))) static char *row_by_vector(char *to,
							    const uint8_t *at)
{
	const __m128i hex = _mm_setr_epi8('0', '1', '2', '3', '4', '5', '6',
					  '7', '8', '9', 'a', 'b', 'c', 'd',
					  'e', 'f');
	const __m128i first = _mm_setr_epi8(0, 1, -1, 2, 3, -1, 4, 5, -1, 6, 7,
					    -1, 8, 9, -1, 10);
	const __m128i rest = _mm_setr_epi8(11, -1, 12, 13, -1, 14, 15, -1, -1,
					   -1, -1, -1, -1, -1, -1, -1);
	const __m128i low = _mm_set1_epi8(15), blank = _mm_set1_epi8(' ');
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)at);
	__m128i h = _mm_shuffle_epi8(hex,
				     _mm_and_si128(_mm_srli_epi16(v, 4), low));
	__m128i l = _mm_shuffle_epi8(hex, _mm_and_si128(v, low));
	__m128i part[2] = {_mm_unpacklo_epi8(h, l), _mm_unpackhi_epi8(h, l)};
	for (int i = 0; i < 2; i++) {
		/* The shuffle sets unused lanes to 0; the comparison turns
		 * these into blanks. */
		__m128i a = _mm_shuffle_epi8(part[i], first);
		__m128i b = _mm_shuffle_epi8(part[i], rest);
		__m128i none = _mm_setzero_si128();
		a = _mm_or_si128(a,
				 _mm_and_si128(_mm_cmpeq_epi8(a, none), blank));
		b = _mm_or_si128(b,
				 _mm_and_si128(_mm_cmpeq_epi8(b, none), blank));
		char *half = to + 10 + 25 * i;
		_mm_storeu_si128((__m128i *)(void *)half, a);
		_mm_storel_epi64((__m128i *)(void *)(half + 16), b);
	}
	to[8] = to[9] = to[34] = to[59] = ' ';
	__m128i plain = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8(31)),
				      _mm_cmplt_epi8(v, _mm_set1_epi8(127)));
	v = _mm_or_si128(_mm_and_si128(plain, v),
			 _mm_andnot_si128(plain, _mm_set1_epi8('.')));
	to[60] = '|';
	_mm_storeu_si128((__m128i *)(void *)(to + 61), v);
	to[77] = '|';
	to[78] = '\n';
	return to + ROW;
}
static bool vectors(void)
{
	return __builtin_cpu_supports("ssse3");
}
#else
static char *row_by_vector(char *to, const uint8_t *at)
{
	return row_by_table(to, at, 16);
}
static bool vectors(void)
{
	return false;
}
#endif

/* Prints the stream as `hexdump -v -C` does. */
static void hex(int fd)
{
	static uint8_t in[BLOCK + 16];
	static char out[BLOCK / 16 * ROW + 2 * ROW];
	size_t held = 0, n, offset = 0;
	bool fast = vectors();
	for (int i = 0; i < 256; i++) {
		digits[i][0] = "0123456789abcdef"[i >> 4];
		digits[i][1] = "0123456789abcdef"[i & 15];
		shown[i] = (char)(i > 31 && i < 127 ? i : '.');
	}
	do {
		n = read_some(fd, in + held, BLOCK - held);
		held += n;
		char *to = out;
		size_t at = 0;
		while (held - at >= 16 || (!n && held > at)) {
			size_t size = held - at < 16 ? held - at : 16;
			char *row = to;
			to = fast && size == 16
				 ? row_by_vector(row, in + at)
				 : row_by_table(row, in + at, size);
			for (int i = 0; i < 4; i++)
				memcpy(row + 6 - 2 * i,
				       digits[(offset >> (8 * i)) & 255], 2);
			at += size;
			offset += size;
		}
		held -= at;
		memmove(in, in + at, held);
		write_all(1, out, (size_t)(to - out));
	} while (n);
	printf("%08zx\n", offset);
}

static void lines(int fd)
{
	static char in[4 * BLOCK];
	size_t count = 0, n;
	while ((n = read_some(fd, in, sizeof(in))))
		for (char *at = in, *end = in + n;
		     (at = memchr(at, '\n', (size_t)(end - at))); at++)
			count++;
	printf("%zu\n", count);
}

static void find(int fd)
{
	static char in[4 * BLOCK];
	size_t held = 0, n;
	while ((n = read_some(fd, in + held, sizeof(in) - held))) {
		held += n;
		char *at = memmem(in, held, "READY ", 6);
		if (at && memchr(at, '\n', held - (size_t)(at - in)))
			return;
		size_t keep = held < 64 ? held : 64;
		memmove(in, in + held - keep, keep);
		held = keep;
	}
	die("not found");
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "source"))
		source(dial(argv[2]), atol(argv[3]), argv[4]);
	else if (argc == 5 && !strcmp(argv[1], "serve"))
		source(accept_one(argv[2]), atol(argv[3]), argv[4]);
	else if (argc == 4 && !strcmp(argv[1], "print"))
		send_blocks(1, atol(argv[2]), argv[3]);
	else if (argc == 3 && !strcmp(argv[1], "hex"))
		hex(accept_one(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "lines"))
		lines(accept_one(argv[2]));
	else if (argc == 3 && !strcmp(argv[1], "find"))
		find(dial(argv[2]));
	else
		return 2;
	return 0;
}
