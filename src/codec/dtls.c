/* SPDX-License-Identifier: ISC */
/*
 * Adds to tls.c the parts that only DTLS has: lists of datagrams, cookies for
 * addresses, and the repetition of lost flights.
 */
#include "tls_own.h"

#include "rung/random.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string.h>
#include <sys/time.h>

/* ---- lists of datagrams: each is preceded by its length ---- */

bool dtls_next(struct bytes *list, struct bytes *datagram)
{
	if (list->len < 2)
		return false;
	size_t n = (size_t)list->at[0] << 8 | list->at[1];
	*datagram = bytes_head(bytes_skip(*list, 2), n);
	*list = bytes_skip(*list, 2 + n);
	return true;
}

int dtls_put(struct buf *list, struct bytes datagram)
{
	size_t n = datagram.len;
	if (n > UINT16_MAX || !buf_reserve(list, 2 + n))
		return -1;
	buf_putc(list, (int)(n >> 8));
	buf_putc(list, (int)(n & 0xFF));
	return buf_put(list, datagram);
}

/* ---- cookies ---- */

void dtls_new_keys(struct dtls_keys *keys, uint64_t now)
{
	random_bytes(keys->key, sizeof keys->key);
	keys->made_at = now;
}

/* RFC 6347 §4.2.1 demands that the key changes. The previous one admits peers
 * whose cookie was made just before the change. */
static void change_keys(struct dtls_keys *keys, uint64_t now)
{
	uint64_t age = now - keys->made_at;
	if (age < DTLS_KEY_NS)
		return;
	if (age >= 2 * DTLS_KEY_NS) {
		dtls_new_keys(keys, now);
		return;
	}
	memcpy(keys->key[1], keys->key[0], DTLS_KEY_SIZE);
	random_bytes(keys->key[0], DTLS_KEY_SIZE);
	keys->made_at = now;
}

/* Makes the cookies for the peer: the first bytes of HMAC-SHA-256 of its
 * address. Result: false: no memory. */
static bool make_cookies(struct tls *t, struct bytes peer)
{
	for (size_t i = 0; i < 2; i++) {
		uint8_t mac[EVP_MAX_MD_SIZE];
		if (!HMAC(EVP_sha256(), t->config->keys.key[i], DTLS_KEY_SIZE,
			  peer.at, peer.len, mac, NULL))
			return false;
		memcpy(t->cookie[i], mac, DTLS_COOKIE_SIZE);
	}
	return true;
}

static int write_cookie(SSL *ssl, unsigned char *cookie, unsigned *len)
{
	const struct tls *t = SSL_get_app_data(ssl);
	memcpy(cookie, t->cookie[0], DTLS_COOKIE_SIZE);
	*len = DTLS_COOKIE_SIZE;
	return 1;
}

static int verify_cookie(SSL *ssl, const unsigned char *cookie, unsigned len)
{
	const struct tls *t = SSL_get_app_data(ssl);
	return len == DTLS_COOKIE_SIZE &&
	       (CRYPTO_memcmp(cookie, t->cookie[0], len) == 0 ||
		CRYPTO_memcmp(cookie, t->cookie[1], len) == 0);
}

void dtls_set_cookies(struct ssl_ctx_st *ctx)
{
	SSL_CTX_set_cookie_generate_cb(ctx, write_cookie);
	SSL_CTX_set_cookie_verify_cb(ctx, verify_cookie);
}

/* Reads one datagram. Result: true if it is a ClientHello with the cookie. */
static bool listen_once(struct tls *t, struct bytes peer, struct bytes *in,
			struct buf *out)
{
	BIO_ADDR *unused = BIO_ADDR_new();
	tls_enter(t, in, out);
	bool admitted = unused && make_cookies(t, peer) &&
			DTLSv1_listen(t->ssl, unused) > 0;
	BIO_ADDR_free(unused);
	ERR_clear_error();
	t->in = NULL;
	t->out = NULL;
	*in = bytes_skip(*in, in->len);
	return admitted;
}

bool dtls_admit(struct tls_config *c, struct bytes peer, struct bytes datagram,
		uint64_t now, struct buf *answer)
{
	struct buf out = {.limit = BUF_SMALL};
	change_keys(&c->keys, now);
	if (!c->listener)
		c->listener = tls_new(c, NULL, NULL);
	if (!c->listener)
		return false;
	bool admitted = listen_once(c->listener, peer, &datagram, &out);
	struct bytes list = buf_bytes(&out), one;
	if (dtls_next(&list, &one))
		buf_put(answer, one);
	buf_fini(&out);
	/* The listener now holds the accepted ClientHello. */
	if (admitted) {
		tls_free(c->listener);
		c->listener = NULL;
	}
	return admitted;
}

enum tls_result dtls_expect_hello(struct tls *t, struct bytes peer,
				  struct bytes *in, struct buf *out,
				  struct err *e)
{
	if (t->failed) {
		err_set(e, ERR_CLOSED, 0, "tls: the connection has failed");
		return TLS_FAILED;
	}
	if (!t->hello_came && in->len)
		t->hello_came = t->hello_reported = listen_once(t, peer, in,
								out);
	return t->hello_came ? TLS_OK : TLS_MORE;
}

/* ---- repetition ---- */

bool dtls_waits(const struct tls *t, uint64_t *ns)
{
	struct timeval left;
	if (t->failed || DTLSv1_get_timeout(t->ssl, &left) != 1)
		return false;
	*ns = (uint64_t)left.tv_sec * NS_PER_S + (uint64_t)left.tv_usec * 1000;
	return true;
}

int dtls_repeat(struct tls *t, struct buf *out, struct err *e)
{
	if (t->failed)
		return 0;
	tls_enter(t, NULL, out);
	int status = (int)DTLSv1_handle_timeout(t->ssl);
	t->in = NULL;
	t->out = NULL;
	if (status >= 0)
		return 0;
	ERR_clear_error();
	t->failed = true;
	return err_set(e, ERR_TLS_HANDSHAKE, 0,
		       "tls: handshake: the peer does not answer");
}
