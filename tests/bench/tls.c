/* SPDX-License-Identifier: ISC */
/*
 * Sends or receives bulk data, or makes full handshakes, over TLS 1.3 with
 * OpenSSL and blocking sockets: as the peer of the measured program, or as the
 * minimal C program that is compared with it. No certificate is verified.
 *
 *   tls give PORT FILE           connects and sends the file.
 *   tls take PORT MIB CERT KEY   accepts one peer, which must send that much.
 *   tls meet PORT N              connects N times, one after the other.
 *   tls host PORT CERT KEY       accepts peers until it is ended.
 * The first three print the seconds that they took.
 */
#include "net.h"

#include <fcntl.h>
#include <openssl/ssl.h>
#include <signal.h>

enum { PIECE = 256 << 10 };

static char buffer[PIECE];

static void failed(const char *what)
{
	errno = EPROTO;
	die(what);
}

static SSL_CTX *context(char **pair)
{
	SSL_CTX *ctx = SSL_CTX_new(pair ? TLS_server_method()
					: TLS_client_method());
	if (!ctx ||
	    (pair && (SSL_CTX_use_certificate_chain_file(ctx, pair[0]) != 1 ||
		      SSL_CTX_use_PrivateKey_file(ctx, pair[1],
						  SSL_FILETYPE_PEM) != 1)))
		failed("context");
	SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, PIECE);
	return ctx;
}

static SSL *session(SSL_CTX *ctx, int fd)
{
	SSL *ssl = SSL_new(ctx);
	if (!ssl || SSL_set_fd(ssl, fd) != 1)
		failed("session");
	return ssl;
}

/* Reads until the peer's close_notify. Result: the number of bytes. */
static double read_all(SSL *ssl)
{
	double got = 0;
	int n;
	while ((n = SSL_read(ssl, buffer, PIECE)) > 0)
		got += n;
	return SSL_get_error(ssl, n) == SSL_ERROR_ZERO_RETURN ? got : -1;
}

static void give(char **word)
{
	int file = open(word[1], O_RDONLY), fd = dial(word[0]);
	SSL *ssl = session(context(NULL), fd);
	size_t n;
	if (file < 0 || SSL_connect(ssl) != 1)
		failed("give");
	double start = now();
	while ((n = read_some(file, buffer, PIECE)) > 0)
		if (SSL_write(ssl, buffer, (int)n) != (int)n)
			failed("write");
	SSL_shutdown(ssl);
	shutdown(fd, SHUT_WR);
	while (read_some(fd, buffer, PIECE) > 0)
		;
	printf("%.6f\n", now() - start);
}

static void take(char **word)
{
	SSL_CTX *ctx = context(word + 2);
	SSL *ssl = session(ctx, accept_one(word[0]));
	if (SSL_accept(ssl) != 1)
		failed("accept");
	double start = now();
	if (read_all(ssl) != atof(word[1]) * 1048576)
		failed("take");
	double end = now();
	SSL_shutdown(ssl);
	printf("%.6f\n", end - start);
}

/* Makes a handshake, sends close_notify and waits for the peer's end. */
static void meet_once(SSL_CTX *ctx, const char *port)
{
	int fd = dial(port);
	SSL *ssl = session(ctx, fd);
	if (SSL_connect(ssl) != 1 || SSL_session_reused(ssl))
		failed("connect");
	SSL_shutdown(ssl);
	shutdown(fd, SHUT_WR);
	if (read_all(ssl) != 0)
		failed("end");
	SSL_free(ssl);
	close(fd);
}

static void meet(char **word)
{
	SSL_CTX *ctx = context(NULL);
	double start = now();
	for (int n = atoi(word[1]); n > 0; n--)
		meet_once(ctx, word[0]);
	printf("%.6f\n", now() - start);
}

static void host(char **word)
{
	SSL_CTX *ctx = context(word + 1);
	int listener = listen_at(word[0]);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		SSL *ssl = session(ctx, fd);
		if (SSL_accept(ssl) == 1 && read_all(ssl) == 0)
			SSL_shutdown(ssl);
		SSL_free(ssl);
		close(fd);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int words;
		void (*run)(char **);
	} all[] = {{"give", 4, give},
		   {"take", 6, take},
		   {"meet", 4, meet},
		   {"host", 5, host}};
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; argc > 1 && i < sizeof(all) / sizeof(all[0]); i++)
		if (strcmp(argv[1], all[i].name) == 0 && argc == all[i].words) {
			all[i].run(argv + 2);
			return 0;
		}
	return 2;
}
