/* SPDX-License-Identifier: ISC */
/*
 * Makes contexts of OpenSSL from options, and verifies the certificates of
 * peers. tls.c has the connections, cert.c describes certificates.
 */
#include "tls_own.h"

#include "rung/codec/cert.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* Sets *e to the reason why OpenSSL rejected an option. Result: -1. */
static int rejected(const char *what, struct err *e)
{
	const char *words = ERR_reason_error_string(ERR_peek_last_error());
	return err_usage(e, "%s: %s", what, words ? words : "not valid");
}

/* ---- verification ---- */

void tls_put_der(const struct x509_st *x, struct buf *der)
{
	unsigned char *at = NULL;
	int n = x ? i2d_X509(x, &at) : -1;
	if (n > 0)
		buf_put(der, bytes_of(at, (size_t)n));
	OPENSSL_free(at);
}

/* Records why the certificate is rejected, and keeps the certificates that the
 * peer sent. Result: 0. */
static int reject(struct tls *t, X509_STORE_CTX *store, const X509 *cert,
		  int depth, const char *why)
{
	if (!t->rejected)
		t->rejected = X509_chain_up_ref(
		    X509_STORE_CTX_get0_untrusted(store));
	struct buf der = {.limit = BUF_SMALL}, text = {.limit = BUF_SMALL};
	tls_put_der(cert, &der);
	cert_summary(buf_bytes(&der), &text);
	if (!t->verify)
		t->verify = xalloc(sizeof *t->verify);
	err_set(t->verify, ERR_TLS_VERIFY, 0,
		"tls: %s: certificate %d, %.130s; see 'certs', or use --ca, "
		"--pin or --insecure",
		why, depth, buf_cstr(&text));
	buf_fini(&der);
	buf_fini(&text);
	return 0;
}

/* Returns true if the public key has one of the pins. */
static bool is_pinned(const struct tls_config *c, const X509 *leaf,
		      struct buf *shown)
{
	struct buf der = {.limit = BUF_SMALL};
	uint8_t pin[CERT_PIN_SIZE];
	bool found = false;
	tls_put_der(leaf, &der);
	if (cert_pin(buf_bytes(&der), pin) == 0) {
		cert_print_pin(pin, shown);
		for (size_t i = 0; i < c->pin_count; i++)
			found |= memcmp(c->pins + i * CERT_PIN_SIZE, pin,
					CERT_PIN_SIZE) == 0;
	}
	buf_fini(&der);
	return found;
}

static int check_pin(struct tls *t, X509_STORE_CTX *store)
{
	struct buf shown = {.limit = BUF_SMALL}, why = {.limit = BUF_SMALL};
	const X509 *leaf = X509_STORE_CTX_get0_cert(store);
	int good = 1;
	if (!is_pinned(t->config, leaf, &shown)) {
		X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_UNTRUSTED);
		buf_printf(&why, "the public key is %s, which no --pin names",
			   buf_cstr(&shown));
		good = reject(t, store, leaf, 0, buf_cstr(&why));
	}
	buf_fini(&shown);
	buf_fini(&why);
	return good;
}

int tls_verify(X509_STORE_CTX *store, void *arg)
{
	int at = SSL_get_ex_data_X509_STORE_CTX_idx();
	SSL *ssl = X509_STORE_CTX_get_ex_data(store, at);
	struct tls *t = SSL_get_app_data(ssl);
	const struct tls_config *c = arg;
	if (c->pin_count && !check_pin(t, store))
		return 0;
	if (c->chain && X509_verify_cert(store) <= 0) {
		int code = X509_STORE_CTX_get_error(store);
		return reject(t, store, X509_STORE_CTX_get_current_cert(store),
			      X509_STORE_CTX_get_error_depth(store),
			      X509_verify_cert_error_string(code));
	}
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

/* ---- configs ---- */

static BIO *bio_of(struct bytes text)
{
	return text.len > INT_MAX ? NULL
				  : BIO_new_mem_buf(text.at, (int)text.len);
}

/* A key that is read. */
struct key_reading {
	const struct tls_options *o;
	size_t pair;
	bool asked, failed;
	struct err *e;
};

/* Returns the password of a key to OpenSSL. */
static int give_password(char *at, int room, int writes, void *arg)
{
	struct key_reading *r = arg;
	struct buf password = {.limit = (size_t)room};
	(void)writes;
	/* OpenSSL tries several formats, and asks again for each. */
	if (r->failed)
		return -1;
	r->asked = true;
	r->failed = r->o->password(r->o->password_context, r->pair, &password,
				   r->e);
	int n = r->failed ? -1 : (int)buf_len(&password);
	if (n > 0)
		memcpy(at, buf_bytes(&password).at, (size_t)n);
	if (password.data)
		explicit_bzero(password.data, password.cap);
	buf_fini(&password);
	return n;
}

/* Adds the first certificate of the PEM text as the context's own, the others
 * as its chain. */
static int use_chain(SSL_CTX *ctx, struct bytes pem, struct err *e)
{
	BIO *bio = bio_of(pem);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	bool good = x && SSL_CTX_use_certificate(ctx, x) == 1;
	X509_free(x);
	if (!x) {
		BIO_free(bio);
		return err_usage(e, "--cert: no certificate in PEM form");
	}
	while (good && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		good = SSL_CTX_add1_chain_cert(ctx, x) == 1;
		X509_free(x);
	}
	BIO_free(bio);
	return good ? 0 : rejected("--cert", e);
}

/* Reports a pair without a usable private key. Result: -1. */
static int no_key(const struct tls_options *o, size_t pair, bool asked,
		  struct err *e)
{
	if (asked)
		return err_usage(e, "--key: wrong password");
	if (o->pairs[pair].key.at == o->pairs[pair].cert.at)
		return err_usage(e, "--cert: the file has no private key; name "
				    "its file with --key FILE");
	return err_usage(e, "--key: no private key in PEM form");
}

static int use_pair(SSL_CTX *ctx, const struct tls_options *o, size_t pair,
		    struct err *e)
{
	struct key_reading r = {.o = o, .pair = pair, .e = e};
	if (use_chain(ctx, o->pairs[pair].cert, e))
		return -1;
	ERR_clear_error();
	BIO *bio = bio_of(o->pairs[pair].key);
	EVP_PKEY *key =
	    bio ? PEM_read_bio_PrivateKey(bio, NULL, give_password, &r) : NULL;
	bool good = key && SSL_CTX_use_PrivateKey(ctx, key) == 1 &&
		    SSL_CTX_check_private_key(ctx) == 1;
	EVP_PKEY_free(key);
	BIO_free(bio);
	if (good || r.failed)
		return good ? 0 : -1;
	return key ? rejected("--key", e) : no_key(o, pair, r.asked, e);
}

/* Trusts the certificates of the PEM text. A server also names them to
 * clients. */
static int trust_pem(SSL_CTX *ctx, const struct tls_options *o, struct err *e)
{
	X509_STORE *store = SSL_CTX_get_cert_store(ctx);
	BIO *bio = bio_of(o->ca);
	size_t n = 0;
	X509 *x;
	bool good = true;
	while (bio && good &&
	       (x = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		good = X509_STORE_add_cert(store, x) == 1 &&
		       (!o->server || SSL_CTX_add_client_CA(ctx, x) == 1);
		X509_free(x);
		n++;
	}
	BIO_free(bio);
	if (good && n)
		X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
	const char *option = o->server ? "--client-ca" : "--ca";
	if (!n)
		return err_usage(e, "%s: no certificate in PEM form", option);
	return good ? 0 : rejected(option, e);
}

static int set_trust(struct tls_config *c, SSL_CTX *ctx,
		     const struct tls_options *o, struct err *e)
{
	bool given = o->ca.len || o->ca_dir;
	int mode = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
	if (o->server && !given)
		return 0;
	c->chain = !o->insecure && (given || !o->pin_count);
	if (o->ca.len && trust_pem(ctx, o, e))
		return -1;
	if (o->ca_dir && SSL_CTX_load_verify_dir(ctx, o->ca_dir) != 1)
		return rejected("--ca", e);
	if (c->chain && !given && SSL_CTX_set_default_verify_paths(ctx) != 1)
		return rejected("the system's certificates", e);
	SSL_CTX_set_verify(ctx, mode, NULL);
	SSL_CTX_set_cert_verify_callback(ctx, tls_verify, c);
	return 0;
}

/* RFC 7301 §3.1. */
static int add_alpn(struct tls_config *c, const struct tls_options *o,
		    struct err *e)
{
	struct buf list = {.limit = UINT16_MAX};
	int status = 0;
	for (size_t i = 0; i < o->alpn_count; i++) {
		struct bytes name = o->alpn[i];
		if (!name.len || name.len > 255)
			status = err_usage(e, "--alpn: a name has 1 to 255 "
					      "bytes");
		else if (buf_putc(&list, (int)name.len) || buf_put(&list, name))
			status = err_usage(e, "--alpn: too many names");
	}
	c->alpn = list.data;
	c->alpn_len = (unsigned)buf_len(&list);
	return status;
}

/* Chooses a protocol of the client's list: the first of our own that it has. */
static int choose_alpn(SSL *ssl, const unsigned char **out, unsigned char *len,
		       const unsigned char *in, unsigned n, void *arg)
{
	const struct tls_config *c = arg;
	unsigned char *at = NULL;
	(void)ssl;
	int found = SSL_select_next_proto(&at, len, c->alpn, c->alpn_len, in,
					  n);
	*out = at;
	return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK
					       : SSL_TLSEXT_ERR_ALERT_FATAL;
}

/* Changes to the context whose certificate has the name that the client asks
 * for. */
static int choose_pair(SSL *ssl, int *alert, void *arg)
{
	const struct tls_config *c = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
	(void)alert;
	for (size_t i = 0; name && i < c->count; i++) {
		const X509 *x = SSL_CTX_get0_certificate(c->ctx[i]);
		struct buf der = {.limit = BUF_SMALL};
		tls_put_der(x, &der);
		bool has = cert_has_name(buf_bytes(&der), name);
		buf_fini(&der);
		if (!has)
			continue;
		SSL_set_SSL_CTX(ssl, c->ctx[i]);
		break;
	}
	return SSL_TLSEXT_ERR_OK;
}

static void on_secret(const SSL *ssl, const char *line)
{
	const struct tls *t = SSL_get_app_data(ssl);
	if (t->secret)
		t->secret(t->context, bytes_str(line));
}

/* Returns the number of a version in records: those of DTLS count down. 0: it
 * does not exist. */
static int wire_version(const struct tls_options *o, int version)
{
	if (!o->datagrams)
		return version;
	return version == TLS1_VERSION     ? DTLS1_VERSION
	       : version == TLS1_2_VERSION ? DTLS1_2_VERSION
					   : 0;
}

static int set_versions(SSL_CTX *ctx, const struct tls_options *o,
			struct err *e)
{
	int min = wire_version(o, o->min), max = wire_version(o, o->max);
	if ((o->min && !min) || (o->max && !max))
		return err_usage(e, "--tls: DTLS has the versions 1.0 and 1.2");
	if ((min && SSL_CTX_set_min_proto_version(ctx, min) != 1) ||
	    (max && SSL_CTX_set_max_proto_version(ctx, max) != 1))
		return rejected("--tls", e);
	/* The default security level forbids the signatures of TLS 1.0 and
	 * 1.1. */
	if (o->min && o->min < TLS1_2_VERSION)
		SSL_CTX_set_security_level(ctx, 0);
	return 0;
}

/* Sets the ciphers: the names of TLS 1.3 begin with TLS_. */
static int set_ciphers(SSL_CTX *ctx, const struct tls_options *o, struct err *e)
{
	bool newer = o->ciphers && strncmp(o->ciphers, "TLS_", 4) == 0;
	if (o->ciphers && !newer &&
	    SSL_CTX_set_cipher_list(ctx, o->ciphers) != 1)
		return rejected("--ciphers", e);
	if (newer && SSL_CTX_set_ciphersuites(ctx, o->ciphers) != 1)
		return rejected("--ciphers", e);
	if (o->groups && SSL_CTX_set1_groups_list(ctx, o->groups) != 1)
		return rejected("--groups", e);
	return 0;
}

static void set_server(struct tls_config *c, SSL_CTX *ctx)
{
	static const unsigned char id[] = "rung";
	/* Sessions are in the clients' tickets; the server keeps none. */
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_session_id_context(ctx, id, sizeof id - 1);
	SSL_CTX_set_tlsext_servername_callback(ctx, choose_pair);
	SSL_CTX_set_tlsext_servername_arg(ctx, c);
	if (c->alpn_len)
		SSL_CTX_set_alpn_select_cb(ctx, choose_alpn, c);
}

static const SSL_METHOD *method_of(const struct tls_options *o)
{
	if (o->datagrams)
		return o->server ? DTLS_server_method() : DTLS_client_method();
	return o->server ? TLS_server_method() : TLS_client_method();
}

/* Makes the context for the nth pair, if there is one. */
static int config_add(struct tls_config *c, const struct tls_options *o,
		      size_t pair, struct err *e)
{
	ERR_clear_error();
	SSL_CTX *ctx = SSL_CTX_new(method_of(o));
	if (!ctx)
		return err_set(e, ERR_LIMIT, 0, "tls: no memory");
	c->ctx[c->count++] = ctx;
	SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_keylog_callback(ctx, on_secret);
	SSL_CTX_set_options(ctx,
			    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	if (o->datagrams)
		SSL_CTX_set_options(ctx, SSL_OP_NO_QUERY_MTU);
	if (o->datagrams && o->server)
		dtls_set_cookies(ctx);
	if (o->server)
		set_server(c, ctx);
	else if (c->alpn_len &&
		 SSL_CTX_set_alpn_protos(ctx, c->alpn, c->alpn_len))
		return rejected("--alpn", e);
	if (set_versions(ctx, o, e) || set_ciphers(ctx, o, e) ||
	    set_trust(c, ctx, o, e) || tls_set_session(c, ctx, o, e))
		return -1;
	return pair < o->pair_count ? use_pair(ctx, o, pair, e) : 0;
}

struct tls_config *tls_config_new(const struct tls_options *o, struct err *e)
{
	struct tls_config *c = xalloc(sizeof *c);
	size_t pairs = o->pair_count ? o->pair_count : 1;
	size_t pins = o->pin_count * CERT_PIN_SIZE;
	c->ctx = xalloc(pairs * sizeof(SSL_CTX *));
	c->pins = xalloc(pins + 1);
	memcpy(c->pins, o->pins ? o->pins : c->pins, pins);
	c->pin_count = o->insecure ? 0 : o->pin_count;
	c->server = o->server;
	c->insecure = o->insecure;
	c->datagrams = o->datagrams;
	dtls_new_keys(&c->keys, 0);
	int status = add_alpn(c, o, e);
	for (size_t i = 0; !status && i < pairs; i++)
		status = config_add(c, o, i, e);
	ERR_clear_error();
	if (!status)
		return c;
	tls_config_free(c);
	return NULL;
}

void tls_config_free(struct tls_config *c)
{
	if (!c)
		return;
	tls_free(c->listener);
	while (c->count)
		SSL_CTX_free(c->ctx[--c->count]);
	tls_free_session(c);
	free(c->ctx);
	free(c->pins);
	free(c->alpn);
	free(c);
}
