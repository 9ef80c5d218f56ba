/* SPDX-License-Identifier: ISC */
/*
 * The sessions of TLS that a client saves and resumes. A saved session is the
 * PEM text that OpenSSL writes, followed by the certificates of the peer.
 */
#include "tls_own.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <limits.h>

/* Appends the certificates that follow the peer's own one. */
static void put_chain(BIO *bio, STACK_OF(X509) * chain)
{
	for (int i = 1; chain && i < sk_X509_num(chain); i++)
		(void)PEM_write_bio_X509(bio, sk_X509_value(chain, i));
}

/* Saves a session that the server offers. Result: 0: not kept. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
	const struct tls *t = SSL_get_app_data(ssl);
	const struct tls_config *c = t->config;
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	BIO *bio = BIO_new(BIO_s_secmem());
	char *at = NULL;
	if (!bio)
		return 0;
	if (PEM_write_bio_SSL_SESSION(bio, session)) {
		if (SSL_session_reused(ssl))
			chain = c->session_chain;
		put_chain(bio, chain);
		long n = BIO_get_mem_data(bio, &at);
		c->save(c->context, bytes_of(at, n > 0 ? (size_t)n : 0));
	}
	BIO_free(bio);
	return 0;
}

/* Reads the session and the certificates that follow. */
static int read_session(struct tls_config *c, const struct tls_options *o,
			struct err *e)
{
	X509 *x;
	BIO *bio = o->session.len > INT_MAX
		       ? NULL
		       : BIO_new_mem_buf(o->session.at, (int)o->session.len);
	c->session = bio ? PEM_read_bio_SSL_SESSION(bio, NULL, NULL, NULL)
			 : NULL;
	c->session_chain = sk_X509_new_null();
	X509 *own = c->session ? SSL_SESSION_get0_peer(c->session) : NULL;
	if (own && X509_up_ref(own))
		sk_X509_push(c->session_chain, own);
	while (c->session &&
	       (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
		sk_X509_push(c->session_chain, x);
	BIO_free(bio);
	ERR_clear_error();
	return c->session
		   ? 0
		   : err_usage(e, "--sess-in: no TLS session in PEM form");
}

/* Copies the early data, which the session must allow. */
static int take_early(struct tls_config *c, const struct tls_options *o,
		      struct err *e)
{
	if (!o->early.len)
		return 0;
	uint32_t most = SSL_SESSION_get_max_early_data(c->session);
	if (o->early.len > most)
		return err_usage(e,
				 "--early-data: %zu bytes; the session of "
				 "--sess-in allows %u",
				 o->early.len, most);
	c->early.limit = o->early.len;
	return buf_put(&c->early, o->early)
		   ? err_set(e, ERR_LIMIT, 0, "tls: no memory")
		   : 0;
}

int tls_set_session(struct tls_config *c, SSL_CTX *ctx,
		    const struct tls_options *o, struct err *e)
{
	if (o->save) {
		c->save = o->save;
		c->context = o->context;
		SSL_CTX_set_session_cache_mode(
		    ctx,
		    SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
		SSL_CTX_sess_set_new_cb(ctx, on_session);
	}
	if (!o->session.len || c->session)
		return 0;
	return read_session(c, o, e) ? -1 : take_early(c, o, e);
}

void tls_free_session(struct tls_config *c)
{
	SSL_SESSION_free(c->session);
	sk_X509_pop_free(c->session_chain, X509_free);
	buf_fini(&c->early);
}

/* Verifies the certificates of the session as those of a handshake: the session
 * may have been made without a check, or for another name. */
static int check_session(struct tls *t, struct err *e)
{
	STACK_OF(X509) *chain = t->config->session_chain;
	X509_STORE_CTX *store = X509_STORE_CTX_new();
	X509_STORE *trust = SSL_CTX_get_cert_store(SSL_get_SSL_CTX(t->ssl));
	X509 *own = sk_X509_num(chain) > 0 ? sk_X509_value(chain, 0) : NULL;
	int at = SSL_get_ex_data_X509_STORE_CTX_idx();
	bool good = false;
	if (!own)
		err_set(e, ERR_TLS_VERIFY, 0,
			"tls: --sess-in: the session has no certificate");
	else if (!store || !X509_STORE_CTX_init(store, trust, own, chain) ||
		 !X509_STORE_CTX_set_ex_data(store, at, t->ssl) ||
		 !X509_STORE_CTX_set_default(store, "ssl_server") ||
		 !X509_VERIFY_PARAM_set1(X509_STORE_CTX_get0_param(store),
					 SSL_get0_param(t->ssl)))
		err_set(e, ERR_LIMIT, 0, "tls: no memory");
	else
		good = tls_verify(store, (void *)(uintptr_t)t->config) == 1;
	if (!good && t->verify)
		err_copy(e, t->verify);
	X509_STORE_CTX_free(store);
	return good ? 0 : -1;
}

int tls_resume(struct tls *t, struct err *e)
{
	const struct tls_config *c = t->config;
	if (!c->session)
		return 0;
	if (!c->insecure && check_session(t, e))
		return -1;
	/* A connection may change its session: each gets a copy. */
	SSL_SESSION *copy = SSL_SESSION_dup(c->session);
	bool set = copy && SSL_set_session(t->ssl, copy) == 1;
	SSL_SESSION_free(copy);
	return set ? 0
		   : err_usage(e, "tls: --sess-in: the session does not fit "
				  "these options");
}
