/* SPDX-License-Identifier: ISC */
/*
 * The arguments of the rungs tls and dtls: reads their files and makes the
 * config that all rungs of a plan share. tls_rung.c has the rung.
 */
#include "tls_own.h"

#include "rung/codec/cert.h"
#include "rung/password.h"
#include "rung/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	CA,
	INSECURE,
	PIN,
	SNI,
	ALPN,
	CERT,
	KEY,
	KEY_PASSWORD,
	VERSIONS,
	CIPHERS,
	GROUPS,
	CLIENT_CA,
	SAVE,
	SESS_OUT,
	SESS_IN,
	EARLY,
	BAD,
	STALL,
	END
};

static const char *const flaws[] = {"expired", "name", "chain", NULL};

const struct param tls_params[] = {
    [CA] = {.name = "--ca",
	    .kind = PARAM_PATH,
	    .flags = PARAM_OF_CLIENT,
	    .value = "FILE|DIR",
	    .brief = "trust these certificates (PEM), not the system's"},
    [INSECURE] = {.name = "--insecure",
		  .kind = PARAM_FLAG,
		  .flags = PARAM_OF_CLIENT,
		  .brief = "do not verify the server's certificate"},
    [PIN] = {.name = "--pin",
	     .kind = PARAM_WORD,
	     .flags = PARAM_REPEATED | PARAM_OF_CLIENT,
	     .value = "sha256//BASE64",
	     .brief = "require this public key; without --ca, check nothing "
		      "else"},
    [SNI] = {.name = "--sni",
	     .kind = PARAM_WORD,
	     .value = "NAME",
	     .brief = "name to ask for and to verify; of a listener: name in "
		      "its own certificate"},
    [ALPN] = {.name = "--alpn",
	      .kind = PARAM_WORD,
	      .value = "LIST",
	      .brief = "protocols to offer or accept, the best first: "
		       "h2,http/1.1"},
    [CERT] = {.name = "--cert",
	      .kind = PARAM_PATH,
	      .flags = PARAM_REPEATED,
	      .value = "FILE",
	      .brief =
		  "own certificate and its chain (PEM); a listener chooses "
		  "among several by the client's SNI"},
    [KEY] = {.name = "--key",
	     .kind = PARAM_PATH,
	     .flags = PARAM_REPEATED,
	     .value = "FILE",
	     .brief = "key of the --cert in the same position (default: in "
		      "that file)"},
    [KEY_PASSWORD] = {.name = "--key-password-file",
		      .kind = PARAM_PATH,
		      .value = "FILE",
		      .brief = "read the password of the keys from the first "
			       "line (default: $RUNG_KEY_PASSWORD, else ask)"},
    [VERSIONS] = {.name = "--tls",
		  .kind = PARAM_WORD,
		  .value = "MIN..MAX",
		  .brief = "versions: 1.3.., 1.2 or 1.2..1.3"},
    [CIPHERS] = {.name = "--ciphers",
		 .kind = PARAM_WORD,
		 .value = "LIST",
		 .brief =
		     "ciphers in the form of openssl-ciphers(1); names that "
		     "begin with TLS_ are for TLS 1.3"},
    [GROUPS] = {.name = "--groups",
		.kind = PARAM_WORD,
		.value = "LIST",
		.brief = "groups of the key exchange: X25519:P-256"},
    [CLIENT_CA] = {.name = "--client-ca",
		   .kind = PARAM_PATH,
		   .flags = PARAM_OF_SERVER,
		   .value = "FILE",
		   .brief = "require client certificates of these authorities "
			    "(PEM)"},
    [SAVE] = {.name = "--save",
	      .kind = PARAM_PATH,
	      .flags = PARAM_OF_SERVER,
	      .value = "FILE",
	      .brief = "write the certificate and key that a listener without "
		       "--cert makes"},
    [SESS_OUT] = {.name = "--sess-out",
		  .kind = PARAM_PATH,
		  .value = "FILE",
		  .flags = PARAM_OF_CLIENT,
		  .brief = "write the newest session that the server offers, "
			   "a secret, for --sess-in"},
    [SESS_IN] = {.name = "--sess-in",
		 .kind = PARAM_PATH,
		 .value = "FILE",
		 .flags = PARAM_OF_CLIENT,
		 .brief = "resume the session in FILE, of --sess-out or "
			  "openssl s_client -sess_out"},
    [EARLY] = {.name = "--early-data",
	       .kind = PARAM_PATH,
	       .value = "FILE",
	       .flags = PARAM_OF_CLIENT,
	       .brief = "send FILE before the handshake is done; needs "
			"--sess-in; an attacker can repeat it"},
    [BAD] = {.name = "--bad",
	     .kind = PARAM_CHOICE,
	     .value = "FLAW",
	     .flags = PARAM_OF_SERVER,
	     .choices = flaws,
	     .brief = "make an invalid certificate: expired, for another "
		      "name, or of an unknown issuer (chain)"},
    [STALL] = {.name = "--stall",
	       .kind = PARAM_FLAG,
	       .brief = "stall the handshake: send no answer to the "
			"peer's messages"},
    [END] = {.kind = PARAM_END},
};

/* Limit of a file of certificates. The system's file is smaller than 300 KiB.
 */
#define FILE_MAX  ((size_t)4 << 20)
#define PAIRS_MAX 64

/* Texts that are read or copied for the config. */
struct tls_texts {
	struct buf session, early;
	struct buf ca, made; /* PEM; `made`: rung's own certificate and key */
	struct buf password; /* file of --key-password-file */
	struct buf *file;    /* PEM files: for each pair, cert and key */
	char *ca_dir, *ciphers, *groups;
	struct tls_pair *pairs;
	struct bytes *alpn;
	uint8_t *pins;
};

/* Frees a text that may have a key. */
static void secret_fini(struct buf *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	buf_fini(b);
}

static void texts_fini(struct tls_texts *t, size_t pairs)
{
	for (size_t i = 0; t->file && i < 2 * pairs; i++)
		secret_fini(&t->file[i]);
	secret_fini(&t->made);
	secret_fini(&t->session);
	buf_fini(&t->early);
	secret_fini(&t->password);
	buf_fini(&t->ca);
	free(t->file);
	free(t->ca_dir);
	free(t->ciphers);
	free(t->groups);
	free(t->pairs);
	free(t->alpn);
	free(t->pins);
}

static int file_error(const char *option, const char *path, int code,
		      struct err *e)
{
	return err_set(e, ERR_IO, code, "%s %.120s: %s", option, path,
		       err_strerror(code));
}

/* Reads a regular file; others could make the program wait. */
static int read_fd(int fd, const char *option, const char *path,
		   struct buf *out, struct err *e)
{
	struct stat st;
	ssize_t n = 1;
	if (fstat(fd, &st))
		return file_error(option, path, errno, e);
	if (!S_ISREG(st.st_mode))
		return err_usage(e, "%s %.120s: not a regular file", option,
				 path);
	while (n > 0) {
		uint8_t *at = buf_reserve(out, 4096);
		if (!at)
			return err_set(e, ERR_LIMIT, 0,
				       "%s %.120s: longer than %zu bytes",
				       option, path, out->limit);
		n = read(fd, at, 4096);
		if (n > 0)
			buf_commit(out, (size_t)n);
	}
	return n < 0 ? file_error(option, path, errno, e) : 0;
}

static int read_file(const char *option, struct bytes name, struct buf *out,
		     struct err *e)
{
	char *path = xstrndup(name);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int status;
	buf_init(out, FILE_MAX);
	if (fd < 0) {
		status = file_error(option, path, errno, e);
	} else {
		status = read_fd(fd, option, path, out, e);
		close(fd);
	}
	free(path);
	return status;
}

static bool is_directory(struct bytes name)
{
	struct stat st;
	char *path = xstrndup(name);
	bool is = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
	free(path);
	return is;
}

static int read_trust(const struct rung_spec *s, struct tls_texts *t,
		      struct tls_options *o, struct err *e)
{
	const struct args *args = &s->args;
	unsigned row = o->server ? CLIENT_CA : CA;
	struct bytes path = args_text(args, row);
	if (!args_has(args, row))
		return 0;
	if (is_directory(path) && !o->server) {
		o->ca_dir = t->ca_dir = xstrndup(path);
		return 0;
	}
	if (read_file(tls_params[row].name, path, &t->ca, e))
		return -1;
	o->ca = buf_bytes(&t->ca);
	return o->ca.len ? 0
			 : err_usage(e, "%s: the file is empty",
				     tls_params[row].name);
}

static int read_pins(const struct rung_spec *s, struct tls_texts *t,
		     struct tls_options *o, struct err *e)
{
	const struct arg *arg = &s->args.arg[PIN];
	t->pins = xalloc(arg->n * CERT_PIN_SIZE + 1);
	for (size_t i = 0; i < arg->n; i++)
		if (cert_parse_pin(arg->at[i].text, t->pins + i * CERT_PIN_SIZE,
				   e))
			return -1;
	o->pins = t->pins;
	o->pin_count = arg->n;
	return 0;
}

static void read_alpn(const struct rung_spec *s, struct tls_texts *t,
		      struct tls_options *o)
{
	struct bytes list = args_text(&s->args, ALPN);
	if (!args_has(&s->args, ALPN))
		return;
	t->alpn = xalloc((list.len + 1) * sizeof *t->alpn);
	for (;;) {
		size_t comma = bytes_find_byte(list, ',', 0);
		t->alpn[o->alpn_count++] = bytes_head(list, comma);
		if (comma == BYTES_NOT_FOUND)
			break;
		list = bytes_skip(list, comma + 1);
	}
	o->alpn = t->alpn;
}

/* Reads MIN..MAX: either may be left out, and one version alone is both. */
static int read_versions(const struct rung_spec *s, struct tls_options *o,
			 struct err *e)
{
	struct bytes text = args_text(&s->args, VERSIONS);
	size_t dots = bytes_find(text, BYTES(".."), 0);
	struct bytes min = bytes_head(text, dots);
	struct bytes max = dots == BYTES_NOT_FOUND ? text
						   : bytes_skip(text, dots + 2);
	if (!args_has(&s->args, VERSIONS))
		return 0;
	o->min = tls_version(min);
	o->max = tls_version(max);
	if ((min.len && !o->min) || (max.len && !o->max) ||
	    (!min.len && !max.len) || (o->max && o->min > o->max))
		return err_usage(e,
				 "--tls '%.*s': write MIN..MAX with versions "
				 "from 1.0 to 1.3",
				 (int)bytes_head(text, 32).len,
				 (const char *)text.at);
	return 0;
}

/* Returns a copy of the argument; NULL: it was not given. */
static char *copy(const struct rung_spec *s, unsigned row)
{
	return args_has(&s->args, row) ? xstrndup(args_text(&s->args, row))
				       : NULL;
}

static int read_pairs(const struct rung_spec *s, struct tls_texts *t,
		      struct tls_options *o, struct err *e)
{
	const struct arg *cert = &s->args.arg[CERT], *key = &s->args.arg[KEY];
	if (key->n > cert->n)
		return err_usage(e, "--key: each needs a --cert");
	if (cert->n > PAIRS_MAX)
		return err_usage(e, "--cert: at most %d certificates",
				 PAIRS_MAX);
	t->file = xalloc((2 * cert->n + 1) * sizeof *t->file);
	t->pairs = xalloc((cert->n + 1) * sizeof *t->pairs);
	o->pair_count = cert->n;
	o->pairs = t->pairs;
	for (size_t i = 0; i < cert->n; i++) {
		struct buf *file = &t->file[2 * i];
		if (read_file("--cert", cert->at[i].text, file, e) ||
		    (i < key->n &&
		     read_file("--key", key->at[i].text, file + 1, e)))
			return -1;
		t->pairs[i].cert = buf_bytes(file);
		t->pairs[i].key = buf_bytes(i < key->n ? file + 1 : file);
	}
	return 0;
}

static int read_password(const struct rung_spec *s, struct tls_texts *t,
			 struct err *e)
{
	return args_has(&s->args, KEY_PASSWORD)
		   ? read_file("--key-password-file",
			       args_text(&s->args, KEY_PASSWORD), &t->password,
			       e)
		   : 0;
}

/* The arguments of give_password(). */
struct key_password {
	const struct rung_spec *spec;
	const struct tls_texts *texts;
};

static int ask(struct bytes key, struct buf *out, struct err *e)
{
	struct text prompt;
	struct err why;
	text_init(&prompt, BUF_SMALL, false);
	text_puts(&prompt, "password of ");
	text_escape(&prompt, bytes_head(key, 200));
	text_puts(&prompt, ": ");
	int status = password_ask(buf_cstr(&prompt.buf), out, &why);
	if (status && why.kind == ERR_USAGE)
		err_usage(e,
			  "--key: %s; set $RUNG_KEY_PASSWORD or "
			  "--key-password-file",
			  why.text);
	else if (status)
		err_copy(e, &why);
	text_fini(&prompt);
	return status;
}

/* Appends the password: of the file, of the environment, or as typed. */
static int give_password(void *context, size_t pair, struct buf *out,
			 struct err *e)
{
	const struct key_password *p = context;
	const struct args *args = &p->spec->args;
	const struct arg *key = &args->arg[KEY];
	const char *set = getenv("RUNG_KEY_PASSWORD");
	struct bytes text = buf_bytes(&p->texts->password);
	if (pair >= key->n)
		key = &args->arg[CERT];
	if (!args_has(args, KEY_PASSWORD) && !set)
		return ask(key->at[pair].text, out, e);
	text = args_has(args, KEY_PASSWORD)
		   ? bytes_head(text, bytes_find_byte(text, '\n', 0))
		   : bytes_str(set);
	if (buf_put(out, text))
		return err_set(e, ERR_LIMIT, 0,
			       "the password has more than %d bytes",
			       PASSWORD_MAX);
	return 0;
}

static int save(struct bytes name, struct bytes pem, struct err *e)
{
	char *path = xstrndup(name);
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int status = fd < 0 ? file_error("--save", path, errno, e) : 0;
	if (!status && write(fd, pem.at, pem.len) != (ssize_t)pem.len)
		status = file_error("--save", path, errno ? errno : EIO, e);
	if (fd >= 0 && close(fd) && !status)
		status = file_error("--save", path, errno, e);
	free(path);
	return status;
}

/* Makes the certificate of a server without --cert. */
static int make_pair(const struct rung_spec *s, struct tls_texts *t,
		     struct tls_options *o, const char *name, struct err *e)
{
	const char *names[] = {name ? name : "localhost", "127.0.0.1", "::1",
			       NULL};
	static const char *const wrong[] = {"wrong.invalid", NULL};
	const struct args *args = &s->args;
	enum cert_flaw flaw = bytes_is(args_text(args, BAD), "expired")
				  ? CERT_EXPIRED
			      : bytes_is(args_text(args, BAD), "chain")
				  ? CERT_CHAIN
				  : CERT_SOUND;
	buf_init(&t->made, BUF_SMALL);
	if (cert_self_signed(bytes_is(args_text(args, BAD), "name") ? wrong
								    : names,
			     flaw, &t->made, e))
		return -1;
	t->pairs[0].cert = t->pairs[0].key = buf_bytes(&t->made);
	o->pairs = t->pairs;
	o->pair_count = 1;
	return args_has(&s->args, SAVE)
		   ? save(args_text(&s->args, SAVE), buf_bytes(&t->made), e)
		   : 0;
}

/* Writes a session to the file of --sess-out, in place of an older one. */
static void save_session(void *context, struct bytes pem)
{
	const struct tls_spec *spec = context;
	if (ftruncate(spec->session_fd, 0) == 0)
		(void)!pwrite(spec->session_fd, pem.at, pem.len, 0);
}

/* Opens the file of --sess-out for its owner only. */
static int open_session(struct tls_spec *spec, const struct args *args,
			struct tls_options *o, struct err *e)
{
	char *path = xstrndup(args_text(args, SESS_OUT));
	int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	int fd = spec->session_fd = open(path, flags, 0600);
	struct stat st;
	int status = 0;
	if (fd < 0 || fstat(fd, &st))
		status = file_error("--sess-out", path, errno, e);
	else if (!S_ISREG(st.st_mode))
		status = err_usage(e, "--sess-out %.120s: not a regular file",
				   path);
	else if (fchmod(fd, 0600))
		status = file_error("--sess-out", path, errno, e);
	free(path);
	o->save = save_session;
	o->context = spec;
	return status;
}

static int read_sessions(const struct rung_spec *s, struct tls_spec *spec,
			 struct tls_texts *t, struct tls_options *o,
			 struct err *e)
{
	const struct args *args = &s->args;
	if (args_has(args, EARLY) && o->datagrams)
		return err_usage(e, "--early-data: dtls has no early data");
	if (args_has(args, EARLY) && !args_has(args, SESS_IN))
		return err_usage(e, "--early-data needs --sess-in");
	if (args_has(args, SESS_IN) &&
	    read_file("--sess-in", args_text(args, SESS_IN), &t->session, e))
		return -1;
	o->session = buf_bytes(&t->session);
	if (args_has(args, SESS_IN) && !o->session.len)
		return err_usage(e, "--sess-in: the file is empty");
	if (args_has(args, EARLY) &&
	    read_file("--early-data", args_text(args, EARLY), &t->early, e))
		return -1;
	o->early = buf_bytes(&t->early);
	return args_has(args, SESS_OUT) ? open_session(spec, args, o, e) : 0;
}

/* Rejects options of the other side. */
static int check_side(const struct rung_spec *s, struct err *e)
{
	bool serves = s->side == SIDE_SERVER;
	unsigned other = serves ? PARAM_OF_CLIENT : PARAM_OF_SERVER;
	for (unsigned i = 0; i < END; i++)
		if (tls_params[i].flags & other && args_has(&s->args, i))
			return err_usage(e, "%s is an option of the %s side",
					 tls_params[i].name,
					 serves ? "client" : "server");
	if (args_has(&s->args, SAVE) && args_has(&s->args, CERT))
		return err_usage(e, "use either --save or --cert");
	if (args_has(&s->args, BAD) && args_has(&s->args, CERT))
		return err_usage(e, "use either --bad or --cert");
	return 0;
}

static int read_options(struct rung_spec *s, struct tls_spec *spec,
			struct tls_texts *t, struct tls_options *o,
			struct err *e)
{
	spec->name = copy(s, SNI);
	o->insecure = args_has(&s->args, INSECURE);
	o->ciphers = t->ciphers = copy(s, CIPHERS);
	o->groups = t->groups = copy(s, GROUPS);
	read_alpn(s, t, o);
	if (check_side(s, e) || read_versions(s, o, e) ||
	    read_pins(s, t, o, e) || read_trust(s, t, o, e) ||
	    read_pairs(s, t, o, e) || read_password(s, t, e) ||
	    read_sessions(s, spec, t, o, e))
		return -1;
	spec->stalls = args_has(&s->args, STALL);
	spec->insecure = o->insecure;
	spec->nameless = o->insecure ||
			 (o->pin_count && !o->ca.len && !o->ca_dir);
	spec->made_cert = o->server && !o->pair_count;
	return spec->made_cert ? make_pair(s, t, o, spec->name, e) : 0;
}

/* Returns the pin of a server's first certificate; NULL: there is none. */
static char *pin_of(const struct tls_options *o)
{
	struct buf der = {.limit = BUF_SMALL}, text = {.limit = BUF_SMALL};
	uint8_t pin[CERT_PIN_SIZE];
	char *result = NULL;
	if (o->server && cert_from_pem(o->pairs[0].cert, &der) == 0 &&
	    cert_pin(buf_bytes(&der), pin) == 0) {
		cert_print_pin(pin, &text);
		result = xstrdup(buf_cstr(&text));
	}
	buf_fini(&der);
	buf_fini(&text);
	return result;
}

int tls_prepare(struct rung_spec *s, struct err *e)
{
	struct tls_spec *spec = xalloc(sizeof *spec);
	spec->session_fd = -1;
	struct tls_texts t = {.file = NULL};
	struct key_password password = {.spec = s, .texts = &t};
	struct tls_options o = {.server = s->side == SIDE_SERVER,
				.datagrams = s->ops->below == SHAPE_DATAGRAMS,
				.password = give_password,
				.password_context = &password};
	s->context = spec;
	if (read_options(s, spec, &t, &o, e) == 0) {
		spec->pin = pin_of(&o);
		spec->config = tls_config_new(&o, e);
	}
	texts_fini(&t, s->args.arg[CERT].n);
	if (spec->config)
		return 0;
	tls_discard(s);
	return -1;
}

void tls_discard(struct rung_spec *s)
{
	struct tls_spec *spec = s->context;
	tls_config_free(spec->config);
	if (spec->session_fd >= 0)
		close(spec->session_fd);
	free(spec->name);
	free(spec->pin);
	free(spec);
	s->context = NULL;
}
