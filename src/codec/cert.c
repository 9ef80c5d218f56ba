/* SPDX-License-Identifier: ISC */
/*
 * Describes and makes certificates with OpenSSL's libcrypto. tls_config.c
 * verifies them.
 */
#include "rung/codec/cert.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <limits.h>
#include <string.h>

static const char pin_prefix[] = "sha256//";
#define BASE64_LEN 44 /* length of a pin in base64 */

static X509 *parse(struct bytes der)
{
	const unsigned char *at = der.at;
	return der.len > LONG_MAX ? NULL : d2i_X509(NULL, &at, (long)der.len);
}

int cert_pin(struct bytes der, uint8_t pin[CERT_PIN_SIZE])
{
	X509 *x = parse(der);
	unsigned char *key = NULL;
	unsigned size = 0;
	int n = x ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &key) : -1;
	bool done = n > 0 && EVP_Digest(key, (size_t)n, pin, &size,
					EVP_sha256(), NULL) == 1;
	OPENSSL_free(key);
	X509_free(x);
	return done ? 0 : -1;
}

void cert_print_pin(const uint8_t pin[CERT_PIN_SIZE], struct buf *out)
{
	unsigned char text[BASE64_LEN + 1];
	EVP_EncodeBlock(text, pin, CERT_PIN_SIZE);
	buf_printf(out, "%s%s", pin_prefix, (const char *)text);
}

int cert_parse_pin(struct bytes text, uint8_t pin[CERT_PIN_SIZE], struct err *e)
{
	unsigned char out[CERT_PIN_SIZE + 1]; /* 44 characters make 33 bytes */
	struct bytes sum = bytes_skip(text, sizeof pin_prefix - 1);
	if (!bytes_starts(text, bytes_str(pin_prefix)) ||
	    sum.len != BASE64_LEN || sum.at[BASE64_LEN - 1] != '=' ||
	    EVP_DecodeBlock(out, sum.at, BASE64_LEN) != CERT_PIN_SIZE + 1)
		return err_usage(e,
				 "a pin is %s and the SHA-256 sum of a "
				 "public key in base64 (%d characters)",
				 pin_prefix, BASE64_LEN);
	memcpy(pin, out, CERT_PIN_SIZE);
	return 0;
}

static void put_bio(BIO *bio, struct buf *out)
{
	char *at = NULL;
	long n = BIO_get_mem_data(bio, &at);
	if (n > 0)
		buf_put(out, bytes_of(at, (size_t)n));
}

static void put_name(const char *before, const X509_NAME *name, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	buf_puts(out, before);
	/* RFC 4514; control characters and bytes above 126 as \XX. */
	if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253) > 0)
		put_bio(bio, out);
	else
		buf_puts(out, "(no name)");
	BIO_free(bio);
}

static void put_date(const ASN1_TIME *at, struct buf *out)
{
	struct tm tm;
	if (ASN1_TIME_to_tm(at, &tm) == 1)
		buf_printf(out, "%04d-%02d-%02d", tm.tm_year + 1900,
			   tm.tm_mon + 1, tm.tm_mday);
	else
		buf_puts(out, "(no date)");
}

void cert_summary(struct bytes der, struct buf *out)
{
	X509 *x = parse(der);
	if (!x) {
		buf_puts(out, "not a certificate");
		return;
	}
	const X509_NAME *subject = X509_get_subject_name(x);
	const X509_NAME *issuer = X509_get_issuer_name(x);
	put_name("", subject, out);
	if (X509_NAME_cmp(subject, issuer) != 0)
		put_name(" issued by ", issuer, out);
	buf_puts(out, ", valid ");
	put_date(X509_get0_notBefore(x), out);
	buf_puts(out, " to ");
	put_date(X509_get0_notAfter(x), out);
	X509_free(x);
}

static void put_key(const char *key, struct buf *out)
{
	buf_printf(out, "%-12s", key);
}

/* Adds the extension subjectAltName. */
static void put_names(X509 *x, struct buf *out)
{
	BIO *bio = BIO_new(BIO_s_mem());
	int at = X509_get_ext_by_NID(x, NID_subject_alt_name, -1);
	if (bio && at >= 0 &&
	    X509V3_EXT_print(bio, X509_get_ext(x, at), X509V3_EXT_DUMP_UNKNOWN,
			     0) == 1) {
		put_key("names", out);
		size_t from = buf_len(out);
		put_bio(bio, out);
		/* OpenSSL leaves line ends in names. */
		for (uint8_t *c = out->data + out->head + from;
		     c < out->data + out->tail; c++)
			if (*c < ' ' || *c > '~')
				*c = '.';
		buf_putc(out, '\n');
	}
	BIO_free(bio);
}

/* Adds the number of days until the end, or since then. */
static void put_days(const X509 *x, struct buf *out)
{
	int days, seconds;
	/* NULL: the time now. */
	if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)))
		return;
	if (days < 0 || seconds < 0)
		buf_printf(out, " (expired %d days ago)", -days);
	else
		buf_printf(out, " (%d days left)", days);
}

static void put_public_key(const X509 *x, struct buf *out)
{
	EVP_PKEY *key = X509_get0_pubkey(x);
	const char *type = key ? EVP_PKEY_get0_type_name(key) : NULL;
	put_key("key", out);
	buf_printf(out, "%s, %d bits\n", type ? type : "unknown",
		   key ? EVP_PKEY_get_bits(key) : 0);
}

static void put_serial(const X509 *x, struct buf *out)
{
	BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
	char *text = number ? BN_bn2hex(number) : NULL;
	put_key("serial", out);
	buf_printf(out, "%s\n", text ? text : "unknown");
	OPENSSL_free(text);
	BN_free(number);
}

void cert_describe(struct bytes der, struct buf *out)
{
	X509 *x = parse(der);
	uint8_t pin[CERT_PIN_SIZE];
	if (!x) {
		buf_puts(out, "not a certificate\n");
		return;
	}
	put_key("subject", out);
	put_name("", X509_get_subject_name(x), out);
	buf_putc(out, '\n');
	put_names(x, out);
	put_key("issuer", out);
	put_name("", X509_get_issuer_name(x), out);
	buf_putc(out, '\n');
	put_key("valid", out);
	put_date(X509_get0_notBefore(x), out);
	buf_puts(out, " to ");
	put_date(X509_get0_notAfter(x), out);
	put_days(x, out);
	buf_putc(out, '\n');
	put_public_key(x, out);
	put_key("signature", out);
	buf_printf(out, "%s\n", OBJ_nid2ln(X509_get_signature_nid(x)));
	put_serial(x, out);
	if (cert_pin(der, pin) == 0) {
		put_key("pin", out);
		cert_print_pin(pin, out);
		buf_putc(out, '\n');
	}
	X509_free(x);
}

void cert_to_pem(struct bytes der, struct buf *out)
{
	X509 *x = parse(der);
	BIO *bio = BIO_new(BIO_s_mem());
	if (x && bio && PEM_write_bio_X509(bio, x) == 1)
		put_bio(bio, out);
	BIO_free(bio);
	X509_free(x);
}

bool cert_has_name(struct bytes der, const char *name)
{
	X509 *x = parse(der);
	bool has = x && X509_check_host(x, name, 0, 0, NULL) == 1;
	X509_free(x);
	return has;
}

int cert_from_pem(struct bytes pem, struct buf *der)
{
	BIO *bio = pem.len > INT_MAX ? NULL
				     : BIO_new_mem_buf(pem.at, (int)pem.len);
	X509 *x = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;
	unsigned char *at = NULL;
	int n = x ? i2d_X509(x, &at) : -1;
	int status = n > 0 ? buf_put(der, bytes_of(at, (size_t)n)) : -1;
	OPENSSL_free(at);
	X509_free(x);
	BIO_free(bio);
	return status;
}

/* Returns true if the name has only characters of DNS names and addresses;
 * others may have a meaning in the text of the extension. */
static bool is_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:*";
	return *name && !name[strspn(name, good)];
}

/* Adds the names as the extension subjectAltName. */
static bool add_names(X509 *x, const char *const *names)
{
	struct buf text = {.limit = BUF_SMALL};
	for (size_t i = 0; names[i]; i++) {
		ASN1_OCTET_STRING *ip = a2i_IPADDRESS(names[i]);
		buf_printf(&text, "%s%s:%s", i ? "," : "", ip ? "IP" : "DNS",
			   names[i]);
		ASN1_OCTET_STRING_free(ip);
	}
	X509_EXTENSION *added = X509V3_EXT_conf_nid(
	    NULL, NULL, NID_subject_alt_name, buf_cstr(&text));
	bool done = added && X509_add_ext(x, added, -1) == 1;
	X509_EXTENSION_free(added);
	buf_fini(&text);
	return done;
}

/* Signs the certificate with its own key, or with that of an unknown issuer. */
static bool sign(X509 *x, EVP_PKEY *key, enum cert_flaw flaw)
{
	X509_NAME *issuer = X509_get_issuer_name(x);
	if (flaw != CERT_CHAIN)
		return X509_sign(x, key, EVP_sha256()) > 0;
	EVP_PKEY *other = EVP_EC_gen("P-256");
	bool done = other &&
		    X509_NAME_add_entry_by_txt(
			issuer, "O", MBSTRING_UTF8,
			(const unsigned char *)"unknown issuer", -1, -1, 0) &&
		    X509_sign(x, other, EVP_sha256()) > 0;
	EVP_PKEY_free(other);
	return done;
}

/* Fills in the certificate and signs it. */
static bool fill(X509 *x, EVP_PKEY *key, const char *const *names,
		 enum cert_flaw flaw)
{
	long last = flaw == CERT_EXPIRED ? -1 : CERT_DAYS;
	long first = flaw == CERT_EXPIRED ? -CERT_DAYS : -1;
	X509_NAME *subject = X509_get_subject_name(x);
	BIGNUM *serial = BN_new();
	bool done =
	    serial &&
	    BN_rand(serial, 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) &&
	    BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(x)) &&
	    X509_set_version(x, X509_VERSION_3) &&
	    X509_gmtime_adj(X509_getm_notBefore(x), first * 24 * 60 * 60) &&
	    X509_gmtime_adj(X509_getm_notAfter(x), last * 24 * 60 * 60) &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
				       (const unsigned char *)names[0], -1, -1,
				       0) &&
	    X509_set_issuer_name(x, subject) && X509_set_pubkey(x, key) &&
	    add_names(x, names) && sign(x, key, flaw);
	BN_free(serial);
	return done;
}

int cert_self_signed(const char *const *names, enum cert_flaw flaw,
		     struct buf *pem, struct err *e)
{
	for (size_t i = 0; names[i]; i++)
		if (!is_name(names[i]))
			return err_usage(e,
					 "'%.100s' is not valid as a name in a "
					 "certificate",
					 names[i]);
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	BIO *bio = BIO_new(BIO_s_mem());
	bool done = key && x && bio && fill(x, key, names, flaw) &&
		    PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL,
						  NULL) &&
		    PEM_write_bio_X509(bio, x);
	if (done)
		put_bio(bio, pem);
	BIO_free(bio);
	X509_free(x);
	EVP_PKEY_free(key);
	return done ? 0
		    : err_usage(e, "cannot make a certificate for '%.100s'",
				names[0]);
}
