/* SPDX-License-Identifier: ISC */
/*
 * Encrypts and decrypts with OpenSSL's libssl. A BIO of our own reads from the
 * input of the current call and appends to its output. tls_config.c has the
 * options and verifies certificates, tls_words.c names alerts.
 */
#include "tls_own.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <stdlib.h>
#include <string.h>

/* ---- input and output ---- */

static int bio_read(BIO *bio, char *at, int n)
{
	struct tls *t = BIO_get_data(bio);
	BIO_clear_retry_flags(bio);
	if (n <= 0 || !t->in || !t->in->len) {
		BIO_set_retry_read(bio);
		return -1;
	}
	struct bytes piece = bytes_head(*t->in, (size_t)n);
	memcpy(at, piece.at, piece.len);
	/* Drop the part of a datagram that OpenSSL has no room for. */
	size_t used = t->config->datagrams ? t->in->len : piece.len;
	*t->in = bytes_skip(*t->in, used);
	t->taken += used;
	return (int)piece.len;
}

static int bio_write(BIO *bio, const char *at, int n)
{
	struct tls *t = BIO_get_data(bio);
	BIO_clear_retry_flags(bio);
	if (n <= 0 || !t->out)
		return -1;
	struct bytes data = bytes_of(at, (size_t)n);
	int status = t->config->datagrams ? dtls_put(t->out, data)
					  : buf_put(t->out, data);
	return status ? -1 : n;
}

static long bio_ctrl(BIO *bio, int what, long number, void *at)
{
	(void)bio;
	(void)number;
	(void)at;
	return what == BIO_CTRL_FLUSH;
}

/* Returns the methods of our BIO, which are never freed. */
static BIO_METHOD *bio_methods(void)
{
	static BIO_METHOD *methods;
	if (methods)
		return methods;
	methods = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "rung");
	if (methods) {
		BIO_meth_set_read(methods, bio_read);
		BIO_meth_set_write(methods, bio_write);
		BIO_meth_set_ctrl(methods, bio_ctrl);
	}
	return methods;
}

/* ---- errors ---- */

static const char *reason_of(unsigned long code)
{
	const char *reason = ERR_reason_error_string(code);
	return reason ? reason : "unknown error";
}

/* Sets *e to the reason of a failed call. */
static void tls_error(const struct tls *t, struct err *e)
{
	unsigned long code = ERR_peek_error();
	int reason = ERR_GET_REASON(code);
	bool ours = code && ERR_GET_LIB(code) == ERR_LIB_SSL;
	int alert = reason - SSL_AD_REASON_OFFSET;
	if (t->verify)
		err_copy(e, t->verify);
	else if (ours && alert >= 0 && alert < 256)
		err_set(e, ERR_TLS_ALERT, alert,
			"tls: the peer sent the alert %s (%d)",
			tls_alert_name(alert), alert);
	else if (!code)
		err_set(e, ERR_LIMIT, 0, "tls: no memory");
	else if (!t->opened)
		err_set(e, ERR_TLS_HANDSHAKE, reason, "tls: handshake: %s",
			reason_of(code));
	else
		err_set(e, ERR_TLS_ALERT, reason, "tls: %s", reason_of(code));
}

/* ---- connections ---- */

/* Notes where records begin, and reports handshake messages and alerts. */
static void on_message(int sent, int version, int type, const void *at,
		       size_t n, SSL *ssl, void *arg)
{
	struct tls *t = arg;
	const uint8_t *byte = at;
	struct tls_step step = {.sent = sent, .data = bytes_of(at, n)};
	(void)version;
	(void)ssl;
	if (type == SSL3_RT_HEADER && !sent) {
		t->record = t->taken - n;
		t->header_len = n < TLS_HEADER_SIZE ? n : TLS_HEADER_SIZE;
		memcpy(t->header, at, t->header_len);
	}
	if (type == SSL3_RT_HANDSHAKE && !sent && t->hello_reported) {
		t->hello_reported = false;
		return;
	}
	step.alert = type == SSL3_RT_ALERT && n == 2;
	if (step.alert)
		step.name = tls_alert_name(byte[1]);
	else if (type == SSL3_RT_HANDSHAKE && n)
		step.name = tls_handshake_name(byte[0]);
	if (step.name && t->step)
		t->step(t->context, &step);
}

/* Sets the name that a client verifies. Addresses are never sent as SNI, RFC
 * 6066 §3. */
static bool set_name(SSL *ssl, const char *name)
{
	X509_VERIFY_PARAM *param = SSL_get0_param(ssl);
	if (X509_VERIFY_PARAM_set1_ip_asc(param, name) == 1)
		return true;
	return SSL_set_tlsext_host_name(ssl, name) == 1 &&
	       SSL_set1_host(ssl, name) == 1;
}

struct tls *tls_new(struct tls_config *c, const char *name, struct err *e)
{
	struct tls *t = xalloc(sizeof *t);
	BIO_METHOD *methods = bio_methods();
	BIO *bio = methods ? BIO_new(methods) : NULL;
	ERR_clear_error();
	t->config = c;
	t->ssl = SSL_new(c->ctx[0]);
	if (!bio || !t->ssl) {
		BIO_free(bio);
		tls_free(t);
		err_set(e, ERR_LIMIT, 0, "tls: no memory");
		return NULL;
	}
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	SSL_set_bio(t->ssl, bio, bio);
	SSL_set_app_data(t->ssl, t);
	SSL_set_msg_callback(t->ssl, on_message);
	SSL_set_msg_callback_arg(t->ssl, t);
	if (c->datagrams)
		SSL_set_mtu(t->ssl, DTLS_MTU);
	if (c->server)
		SSL_set_accept_state(t->ssl);
	else
		SSL_set_connect_state(t->ssl);
	if (!c->server && name && !set_name(t->ssl, name)) {
		tls_free(t);
		err_usage(e, "tls: '%.100s' is not a name", name);
		return NULL;
	}
	if (tls_resume(t, e)) {
		tls_free(t);
		return NULL;
	}
	return t;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	SSL_free(t->ssl);
	sk_X509_pop_free(t->rejected, X509_free);
	free(t->verify);
	free(t);
}

void tls_set_callbacks(struct tls *t, void (*secret)(void *, struct bytes),
		       void (*step)(void *, const struct tls_step *),
		       void *context)
{
	t->secret = secret;
	t->step = step;
	t->context = context;
}

void tls_enter(struct tls *t, struct bytes *in, struct buf *out)
{
	ERR_clear_error();
	t->in = in;
	t->out = out;
}

enum tls_result tls_leave(struct tls *t, int status, struct err *e)
{
	int why = SSL_get_error(t->ssl, status);
	enum tls_result result = TLS_FAILED;
	if (why == SSL_ERROR_NONE)
		result = TLS_OK;
	else if (why == SSL_ERROR_WANT_READ)
		result = TLS_MORE;
	else if (why == SSL_ERROR_ZERO_RETURN)
		result = TLS_CLOSED;
	else
		tls_error(t, e);
	t->failed |= result == TLS_FAILED;
	t->in = NULL;
	t->out = NULL;
	return result;
}

static enum tls_result unusable(struct err *e)
{
	err_set(e, ERR_CLOSED, 0, "tls: the connection has failed");
	return TLS_FAILED;
}

/* Ends a call that cannot wait for the peer. Result: 0, or -1 and *e. */
static int leave_done(struct tls *t, int status, struct err *e)
{
	enum tls_result result = tls_leave(t, status, e);
	if (result == TLS_MORE || result == TLS_CLOSED)
		err_set(e, ERR_CLOSED, 0, "tls: the handshake is not done");
	return result == TLS_OK ? 0 : -1;
}

/* Sends the early data after the ClientHello. */
static enum tls_result send_early(struct tls *t, struct buf *out, struct err *e)
{
	size_t n = 0;
	struct bytes early = buf_bytes(&t->config->early);
	if (!early.len || t->early)
		return TLS_OK;
	t->early = true;
	tls_enter(t, NULL, out);
	return tls_leave(
	    t, SSL_write_early_data(t->ssl, early.at, early.len, &n), e);
}

/* Sends early data that the server did not read as ordinary data. */
static enum tls_result repeat_early(struct tls *t, struct buf *out,
				    struct err *e)
{
	if (!t->early ||
	    SSL_get_early_data_status(t->ssl) == SSL_EARLY_DATA_ACCEPTED)
		return TLS_OK;
	return tls_write(t, buf_bytes(&t->config->early), out, e) ? TLS_FAILED
								  : TLS_OK;
}

enum tls_result tls_handshake(struct tls *t, struct bytes *in, struct buf *out,
			      struct err *e)
{
	if (t->failed)
		return unusable(e);
	if (send_early(t, out, e) == TLS_FAILED)
		return TLS_FAILED;
	tls_enter(t, in, out);
	enum tls_result result = tls_leave(t, SSL_do_handshake(t->ssl), e);
	if (result == TLS_OK)
		result = repeat_early(t, out, e);
	t->opened |= result == TLS_OK;
	if (result != TLS_CLOSED)
		return result;
	t->failed = true;
	err_set(e, ERR_TLS_HANDSHAKE, 0,
		"tls: handshake: the peer sent close_notify");
	return TLS_FAILED;
}

enum tls_result tls_read(struct tls *t, struct bytes *in, struct buf *data,
			 size_t most, struct tls_place *place, struct buf *out,
			 struct err *e)
{
	size_t before = buf_len(data), length = in->len, n = 0;
	uint64_t from = 0;
	enum tls_result result = TLS_OK;
	*place = (struct tls_place){0, 0};
	if (t->failed)
		return unusable(e);
	while (result == TLS_OK && buf_len(data) - before < most) {
		uint8_t *at = buf_reserve(data, TLS_RECORD_MAX);
		if (!at) {
			err_set(e, ERR_LIMIT, 0, "tls: no memory");
			return TLS_FAILED;
		}
		tls_enter(t, in, out);
		int status = SSL_read_ex(t->ssl, at, TLS_RECORD_MAX, &n);
		result = tls_leave(t, status, e);
		if (result != TLS_OK)
			break;
		if (buf_len(data) == before)
			from = t->record;
		buf_commit(data, n);
		place->end = length - in->len;
		place->len = t->taken - from;
	}
	return result;
}

int tls_write(struct tls *t, struct bytes data, struct buf *out, struct err *e)
{
	size_t n = 0;
	if (t->failed) {
		unusable(e);
		return -1;
	}
	if (SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN)
		return err_set(e, ERR_CLOSED, 0, "tls: close_notify was sent");
	if (!data.len)
		return 0;
	tls_enter(t, NULL, out);
	int status = SSL_write_ex(t->ssl, data.at, data.len, &n);
	return leave_done(t, status, e);
}

int tls_key_update(struct tls *t, struct buf *out, struct err *e)
{
	if (t->failed) {
		unusable(e);
		return -1;
	}
	if (SSL_version(t->ssl) != TLS1_3_VERSION)
		return err_usage(e, "tls: %s has no key update",
				 SSL_get_version(t->ssl));
	tls_enter(t, NULL, out);
	int status = SSL_key_update(t->ssl, SSL_KEY_UPDATE_REQUESTED);
	if (status == 1)
		status = SSL_do_handshake(t->ssl);
	return leave_done(t, status, e);
}

void tls_close(struct tls *t, struct buf *out)
{
	struct err e;
	if (t->failed || SSL_get_shutdown(t->ssl) & SSL_SENT_SHUTDOWN ||
	    !t->opened)
		return;
	tls_enter(t, NULL, out);
	int status = SSL_shutdown(t->ssl);
	if (status < 0)
		(void)tls_leave(t, status, &e);
	t->in = NULL;
	t->out = NULL;
}

struct bytes tls_lone_header(const struct tls *t)
{
	bool lone = t->taken == t->record + t->header_len;
	return lone ? bytes_of(t->header, t->header_len) : BYTES_NONE;
}

/* ---- facts ---- */

bool tls_peer_certificate(const struct tls *t, size_t nth, struct buf *der)
{
	STACK_OF(X509) *chain = t->rejected;
	bool server = t->config->server;
	if (!chain)
		chain = SSL_get_peer_cert_chain(t->ssl);
	/* OpenSSL leaves a client's own certificate out of the chain. */
	if (server && !t->rejected && nth == 0) {
		tls_put_der(SSL_get0_peer_certificate(t->ssl), der);
		return buf_len(der) > 0;
	}
	size_t at = server && !t->rejected ? nth - 1 : nth;
	if (at >= (size_t)(chain ? sk_X509_num(chain) : 0))
		return false;
	tls_put_der(sk_X509_value(chain, (int)at), der);
	return buf_len(der) > 0;
}

static const char *verified(const struct tls *t)
{
	const struct tls_config *c = t->config;
	if (c->insecure)
		return "no (--insecure)";
	if (!SSL_get0_peer_certificate(t->ssl))
		return c->server ? "no client certificate" : "no certificate";
	if (c->pin_count)
		return c->chain ? "chain, name and pin" : "pin";
	return c->server ? "chain" : "chain and name";
}

void tls_info(const struct tls *t, struct attrs *facts)
{
	const unsigned char *alpn;
	unsigned n;
	const char *sni = SSL_get_servername(t->ssl, TLSEXT_NAMETYPE_host_name);
	int group = (int)SSL_get_negotiated_group(t->ssl);
	const char *name = group ? SSL_group_to_name(t->ssl, group) : NULL;
	attrs_put(facts, "tls", bytes_str(SSL_get_version(t->ssl)));
	attrs_put(facts, "cipher", bytes_str(SSL_get_cipher_name(t->ssl)));
	if (name)
		attrs_put(facts, "group", bytes_str(name));
	SSL_get0_alpn_selected(t->ssl, &alpn, &n);
	if (n)
		attrs_put(facts, "alpn", bytes_of(alpn, n));
	if (sni)
		attrs_put(facts, "sni", bytes_str(sni));
	attrs_put(facts, "resumed",
		  bytes_str(SSL_session_reused(t->ssl) ? "yes" : "no"));
	if (t->early)
		attrs_put(facts, "early",
			  SSL_get_early_data_status(t->ssl) ==
				  SSL_EARLY_DATA_ACCEPTED
			      ? BYTES("accepted")
			      : BYTES("refused, sent again"));
	attrs_put(facts, "verified", bytes_str(verified(t)));
}
