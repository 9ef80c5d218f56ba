/* SPDX-License-Identifier: ISC */
/*
 * Hints for words of other tools. tests/unit/shell/hints_test.c runs each
 * command of the table, after a replacement of hosts, ports and paths.
 */
#include "rung/hints.h"
#include "rung/cmd.h"

#include <stdio.h>
#include <string.h>

#define CONNECT "connect localhost 8080"
#define LISTEN  "listen :8080"
#define TLS     "connect tls://localhost:8080"
#define HTTP    "connect http://localhost:80"
#define WS      "connect ws://localhost:80"
#define SAVE    "log --script session.rung"

const struct hint hints[] = {
    /* nc, ncat */
    {"nc -l", "to listen", LISTEN},
    {"nc -u", "for UDP", "connect udp://localhost:8080"},
    {"nc -U", "for a Unix socket", "connect unix://echo"},
    {"nc", "to connect", CONNECT},
    {"ncat -l", "to listen", LISTEN},
    {"ncat -u", "for UDP", "connect udp://localhost:8080"},
    {"ncat", "to connect", CONNECT},
    {"netcat -l", "to listen", LISTEN},
    {"netcat", "to connect", CONNECT},
    {"connect -l", "to listen", LISTEN},
    {"connect -k", "to serve any number of peers", LISTEN},
    {"connect -p", "to choose the local port",
     "connect -b 127.0.0.1:0 localhost 8080"},
    {"connect -s", "to choose the local address",
     "connect -b 127.0.0.1:0 localhost 8080"},
    {"connect -u", "for UDP", "connect udp://localhost:8080"},
    {"connect -U", "for a Unix socket", "connect unix://echo"},
    {"connect -w", "to limit the time", "connect -t 5s localhost 8080"},
    {"connect -z", "to test a port", "connect -t 2s localhost 8080; close"},
    {"connect -v", "to see each address that is tried", "set verbose on"},
    {"connect -4", "for IPv4", "connect tcp4://localhost:8080"},
    {"connect -e", "to connect to a command", "connect exec:cat"},
    {"connect -c", "to connect to a command", "connect exec:cat"},
    {"connect --tls", "for TLS", TLS},
    {"connect --ssl", "for TLS", TLS},
    {"connect tls", "for TLS", TLS},
    {"connect ssl", "for TLS", TLS},
    {"connect -C", "to send CR LF at the end of lines", "set eol crlf"},
    {"listen -l", "without -l", LISTEN},
    {"listen -p", "the port is in the address", LISTEN},
    {"listen -k", "a listener serves any number of peers", LISTEN},
    {"listen -u", "for UDP", "listen udp://:8080"},
    {"listen -U", "for a Unix socket", "listen unix://server"},
    {"listen -v", "to see each step", "set verbose on"},
    {"listen --tls", "for TLS", "listen tls://:8080"},
    {"listen --ssl", "for TLS", "listen tls://:8080"},
    {"listen -e", "to run commands for each peer",
     "listen --serve 'send hello' :8080"},
    {"listen -c", "to run commands for each peer",
     "listen --serve 'send hello' :8080"},
    /* telnet, socat */
    {"telnet", "to connect", CONNECT},
    {"open", "to connect", CONNECT},
    {"socat", "to connect", CONNECT},
    {"connect TCP:*", "for TCP", CONNECT},
    {"connect TCP4:*", "for IPv4", "connect tcp4://localhost:8080"},
    {"connect UDP:*", "for UDP", "connect udp://localhost:8080"},
    {"connect UNIX-CONNECT:*", "for a Unix socket", "connect unix://echo"},
    {"connect OPENSSL:*", "for TLS", TLS},
    {"connect EXEC:*", "to connect to a command", "connect exec:cat"},
    {"connect SYSTEM:*", "to connect to a command", "connect exec:cat"},
    {"connect TCP-LISTEN:*", "to listen", LISTEN},
    {"listen TCP-LISTEN:*", "for TCP", LISTEN},
    {"listen TCP:*", "for TCP", LISTEN},
    {"listen OPENSSL-LISTEN:*", "for TLS", "listen tls://:8080"},
    {"listen UDP-LISTEN:*", "for UDP", "listen udp://:8080"},
    {"listen UNIX-LISTEN:*", "for a Unix socket", "listen unix://server"},
    /* openssl, gnutls */
    {"openssl s_server", "for a TLS server", "listen tls://:8080"},
    {"openssl", "for TLS", TLS},
    {"s_client", "for TLS", TLS},
    {"s_server", "for a TLS server", "listen tls://:8080"},
    {"gnutls-cli", "for TLS", TLS},
    {"starttls", "about TLS on an open connection", "help climb"},
    {"ssl", "for TLS", TLS},
    /* schemes of other tools */
    {"connect ssl://*", "for TLS", TLS},
    {"connect telnet://*", "for TCP", CONNECT},
    /* redis-cli, wscat, curl */
    {"redis-cli", "to talk to Redis",
     "connect localhost 6379; eol crlf; sendline PING"},
    {"wscat", "for a WebSocket", WS},
    {"websocat", "for a WebSocket", WS},
    {"wget", "for HTTP", HTTP},
    /* expect */
    {"spawn", "to talk to a command", "connect exec:cat"},
    {"interact", "to send what you type", "talk"},
    {"exp_continue", "to answer each time",
     "on message /login:/ sendline jane"},
    {"exp_send", "to send", "send \"hello\\r\""},
    {"send_user", "to print", "echo hello"},
    {"send_tty", "to print", "echo hello"},
    {"send_error", "to print", "echo hello"},
    {"log_user", "to hide received data", "live off"},
    {"log_file", "to write the session to a file", SAVE},
    {"expect -re", "for a regular expression", "expect /hel+o/"},
    {"expect -gl", "for a regular expression", "expect /hel.*o/"},
    {"expect -ex", "for text", "expect \"hello\""},
    {"expect -nocase", "to ignore case", "expect /HELLO/i"},
    {"expect -timeout", "to limit the time", "expect -t 5s hello"},
    {"expect {*", "to act after a match", "expect hello; sendline bye"},
    /* phrases */
    {"hex off", "to see lines", "view line"},
    {"hex", "to see hex", "view hex"},
    {"timestamps off", "to see no times", "set time off"},
    {"timestamps", "to see times", "set time rel"},
    {"timestamp", "to see times", "set time rel"},
    {"quiet off", "to see notices", "set quiet off"},
    {"quiet", "to suppress notices", "set quiet on"},
    {"verbose off", "to see fewer steps", "set verbose off"},
    {"verbose", "to see each step", "set verbose on"},
    {"save", "to write the session to a file", SAVE},
    {"record", "to write all that is in the log to a file", SAVE},
    {"ping", "to see whether a server answers", "connect -t 2s localhost 8080"},
    {"relay", "to relay a port to a server",
     "connect 'exec:rung pipe -l -k :8080 localhost:80' as relay"},
    {"log on", "the log is always on; to print it", "log"},
    {"log off", "the log is always on; to print less", "live off"},
    {"log >*", "to write the session to a file", SAVE},
    /* other shells and programs */
    {"dial", "to connect", CONNECT},
    {"serve", "to listen", LISTEN},
    {"server", "to listen", LISTEN},
    {"bind", "to listen", LISTEN},
    {"disconnect", "to close the session", "close"},
    {"shutdown", "to shut down the sending side", "close -w"},
    {"hangup", "to close the session", "close"},
    {"list", "to list the sessions", "sessions"},
    {"status", "to list the sessions", "sessions"},
    {"ss", "to list the sessions", "sessions"},
    {"netstat", "to list the sessions", "sessions"},
    {"select", "to choose a session", "use c1"},
    {"switch", "to choose a session", "use c1"},
    {"write", "to send", "send hello"},
    {"puts", "to send a line", "sendline hello"},
    {"read", "to receive", "recv"},
    {"receive", "to receive", "recv"},
    {"await", "to wait for text", "expect hello"},
    {"print", "to print", "echo hello"},
    {"printf", "to print", "echo hello"},
    {"say", "to print", "echo hello"},
    {"kill", "to see the jobs, which 'cancel' stops", "jobs"},
    {"stop", "to see the jobs, which 'cancel' stops", "jobs"},
    {"?", "for help", "help"},
    {"usage", "for help", "help"},
    {"man", "for help", "help"},
    {"bye", "to quit", "quit"},
    {"logout", "to quit", "quit"},
    {"ls", "to list the sessions", "sessions"},
    {"cat", "to run a shell command", "!cat /etc/hostname"},
    {"ps", "to run a shell command", "!ps"},
    {"cd", "to run a shell command", "!ls"},
    {"sh", "to run a shell", "!sh"},
    {"bash", "to run a shell", "!sh"},
    {"shell", "to run a shell", "!sh"},
    {"clear", "Ctrl-L clears the screen; to discard received data", "drain"},
    {"loop", "to repeat commands", "repeat 3 echo hello"},
    {"for", "to repeat commands", "repeat 3 echo hello"},
    {"assert", "to check what is received", "expect hello"},
    {"websocket", "for a WebSocket", WS},
    {"var", "to set a variable", "let name value"},
    {"vars", "about variables", "help variables"},
    {"variables", "about variables", "help variables"},
    {"env", "about variables", "help variables"},
    {.words = NULL},
};

/* Returns true if the typed word is the word of a hint. */
static bool search_matches(struct bytes typed, struct bytes wanted)
{
	size_t len = wanted.len;
	if (len && wanted.at[len - 1] == '*')
		return bytes_starts(typed, bytes_head(wanted, len - 1));
	if (len != 2 || wanted.at[0] != '-' || !bytes_starts(typed, BYTES("-")))
		return bytes_equal(typed, wanted);
	/* A letter may be joined with others. */
	return bytes_find_byte(typed, wanted.at[1], 1) != BYTES_NOT_FOUND &&
	       bytes_find_byte(typed, '-', 1) == BYTES_NOT_FOUND;
}

static bool has_word(const struct command *c, struct bytes wanted)
{
	for (size_t i = 0; i < c->words; i++) {
		const struct word *w = &c->word[i];
		if (w->kind == WORD_TEXT && w->bare &&
		    search_matches(bytes_head(w->piece->bytes, w->bare),
				   wanted))
			return true;
	}
	return false;
}

const struct hint *hint_find(const struct command *c)
{
	for (const struct hint *h = hints; h->words; h++) {
		struct bytes words = bytes_str(h->words);
		struct bytes name = bytes_head(words,
					       bytes_find_byte(words, ' ', 0));
		struct bytes word = bytes_skip(words, name.len + 1);
		if (bytes_equal(c->name, name) &&
		    (!word.len || has_word(c, word)))
			return h;
	}
	return NULL;
}

const struct hint *hint_find_word(struct bytes word)
{
	for (const struct hint *h = hints; h->words; h++)
		if (bytes_is(word, h->words))
			return h;
	return NULL;
}

/* Returns the length of the error's reason: up to a `;` outside parentheses. */
static size_t reason_length(const char *text)
{
	size_t i, depth = 0;
	for (i = 0; text[i] && (depth || text[i] != ';'); i++) {
		depth += text[i] == '(';
		depth -= depth && text[i] == ')';
	}
	return i;
}

/* Replaces what follows the reason of the error: a guess, or the usage. */
static void replace_advice(struct err *e, const char *purpose,
			   const char *command)
{
	char reason[sizeof e->text];
	size_t len = reason_length(e->text);
	memcpy(reason, e->text, len);
	reason[len] = '\0';
	char *guess = strstr(reason, ", did you mean");
	if (guess)
		*guess = '\0';
	err_set(e, e->kind, e->code, "%.160s; %s: %s", reason, purpose,
		command);
}

/* Returns the session whose name stands in the place of a command, or of the
 * event of `on`; NULL: none. */
static const struct session *misplaced(const struct shell *sh,
				       const struct command *c)
{
	if (!c->verb)
		return hub_find(sh->hub, c->name, NULL);
	if (!bytes_is(c->name, "on") || !c->words || !word_is_bare(c->word))
		return NULL;
	return hub_find(sh->hub, c->word->piece->bytes, NULL);
}

/* Returns true if the hint fits the error. The URL may be that of a proxy, and
 * --tls also is an option of rung, which may have a wrong value. */
static bool fits(const struct hint *h, const struct err *e)
{
	const char *word = strchr(h->words, ' ');
	size_t len = word ? strlen(++word) : 0;
	if (strstr(h->words, "://"))
		return strstr(e->text, "no such scheme") != NULL;
	return !len || strncmp(word, "--", 2) != 0 ||
	       strncmp(e->text, word, len) != 0 || e->text[len] != ':';
}

void hint_add(const struct shell *sh, const struct command *c, struct err *e)
{
	if (e->kind != ERR_USAGE)
		return;
	const struct session *s = misplaced(sh, c);
	const struct hint *h = hint_find(c);
	if (s) {
		char command[80];
		bool handles = c->verb || s->role == ROLE_LISTENER;
		snprintf(command, sizeof command, "@%.60s %s ...", s->name,
			 handles ? "on" : "send");
		replace_advice(e, "to name a session", command);
	} else if (h && fits(h, e) &&
		   (sh->interactive || h->command[0] != '!')) {
		struct buf command = {.limit = BUF_SMALL};
		hint_put_command(h, c, &command);
		replace_advice(e, h->purpose, buf_cstr(&command));
		buf_fini(&command);
	}
}
