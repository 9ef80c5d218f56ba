/* SPDX-License-Identifier: ISC */
/*
 * The options of both dialects. openbsd.c and ncat.c apply them.
 */
#include "nc_own.h"

#define AT(field) offsetof(struct nc_args, field)
#define FLAG(c, n, f, b)                               \
	{                                              \
		c, n, NULL, b, false, KEPT_FLAG, AT(f) \
	}
#define TEXT(c, n, v, f, b)                         \
	{                                           \
		c, n, v, b, false, KEPT_TEXT, AT(f) \
	}
#define LIST(n, v, f, b)                            \
	{                                           \
		0, n, v, b, false, KEPT_LIST, AT(f) \
	}
#define NOT(c, n, v, b)                        \
	{                                      \
		c, n, v, b, true, KEPT_NONE, 0 \
	}

static const struct nc_option openbsd[] = {
    FLAG('4', NULL, v4, "use IPv4"),
    FLAG('6', NULL, v6, "use IPv6"),
    FLAG('b', NULL, broadcast, "allow broadcast"),
    FLAG('C', NULL, crlf, "send LF as CRLF; CRLF stays as it is"),
    FLAG('D', NULL, debug, "set SO_DEBUG on the socket"),
    FLAG('d', NULL, no_stdin, "do not read standard input"),
    NOT('F', NULL, NULL,
	"passes the socket on; leave out ProxyUseFdpass and -F, then the "
	"bytes pass through here"),
    FLAG('h', NULL, help, "print this"),
    TEXT('I', NULL, "SIZE", receive, "size of the receive buffer"),
    TEXT('i', NULL, "SECS", delay, "pause between lines sent, and ports"),
    FLAG('k', NULL, keep, "with -l: serve on, one after the other"),
    FLAG('l', NULL, listen, "listen"),
    TEXT('M', NULL, "TTL", ttl, "time to live (hop limit) of what is sent"),
    TEXT('m', NULL, "TTL", least_ttl, "drop what comes with less"),
    FLAG('N', NULL, shutdown, "tell the peer when the input ends (half-close)"),
    FLAG('n', NULL, numeric, "numbers only: look no name up"),
    TEXT('O', NULL, "SIZE", send, "size of the send buffer"),
    TEXT('P', NULL, "USER", proxy_user,
	 "user at the proxy; the password is in RUNG_PROXY_PASSWORD"),
    TEXT('p', NULL, "PORT", port, "our own port; with -l: where to listen"),
    TEXT('q', NULL, "SECS", quit, "end so long after the input; implies -N"),
    FLAG('r', NULL, random, "ports in random order"),
    NOT('S', NULL, NULL,
	"signs TCP with MD5 (RFC 2385); there is nothing like it"),
    TEXT('s', NULL, "ADDR", source, "our own address"),
    TEXT('T', NULL, "TOS", tos, "type of service: lowdelay, ef, af11, 0x10"),
    NOT('t', NULL, NULL,
	"answers telnet's negotiation; 'on message' in a script can"),
    FLAG('U', NULL, path, "Unix sockets"),
    FLAG('u', NULL, udp, "UDP; with -U: datagrams"),
    NOT('V', NULL, "TABLE", "chooses a routing table; 'ip vrf exec' does"),
    {'v', NULL, NULL, "tell of connections", false, KEPT_COUNT, AT(verbose)},
    NOT('W', NULL, "N", "ends after N packets; in a script: recv, N times"),
    TEXT('w', NULL, "SECS", wait, "give up connecting, or an idle peer"),
    TEXT('X', NULL, "PROTO", proxy_kind, "proxy: 4, 5 (SOCKS) or connect"),
    TEXT('x', NULL, "ADDR", proxy, "connect through the proxy ADDR[:PORT]"),
    NOT('Z', NULL, NULL, "is DCCP; there are TCP, UDP (-u) and Unix (-U)"),
    FLAG('z', NULL, zero, "only look who listens: a scan"),
    NOT('e', NULL, "CMD",
	"is not OpenBSD's; 'rung ncat -e' has it, and 'rung pipe ADDR "
	"exec:CMD'"),
    NOT('o', NULL, "FILE",
	"is not OpenBSD's; 'rung ncat -o' logs, and 'rung pipe -x'"),
    NOT('c', NULL, "CMD",
	"is not OpenBSD's; 'rung ncat -c' has it, and 'rung pipe ADDR "
	"exec:CMD'"),
    {0},
};

static const char tls_later[] = "is not there yet: TLS comes with a later rung";

static const struct nc_option ncat[] = {
    FLAG('4', NULL, v4, "use IPv4"),
    FLAG('6', NULL, v6, "use IPv6"),
    FLAG('U', "unixsock", path, "Unix sockets"),
    NOT(0, "vsock", NULL, "is not there; there are TCP, UDP and Unix (-U)"),
    FLAG('C', "crlf", crlf,
	 "send LF as CRLF, of a command (-c, -e) too; CRLF stays as it is"),
    TEXT('c', "sh-exec", "CMD", shell, "each peer talks with sh -c CMD"),
    TEXT('e', "exec", "CMD", exec, "each peer talks with the program CMD"),
    NOT(0, "lua-exec", "FILE",
	"is not there; 'listen --serve' runs a script for each peer"),
    NOT('g', NULL, "HOPS", "routes by source; the network drops such packets"),
    NOT('G', NULL, "N", "routes by source; the network drops such packets"),
    TEXT('m', "max-conns", "N", max_peers, "with -k: peers at one time (100)"),
    FLAG('h', "help", help, "print this"),
    TEXT('d', "delay", "D", delay, "pause between lines sent"),
    TEXT('o', "output", "FILE", output, "log what passes into FILE"),
    TEXT('x', "hex-dump", "FILE", hex, "log what passes into FILE, as hex"),
    TEXT('i', "idle-timeout", "D", idle, "end when no byte passes for D"),
    TEXT('q', NULL, "D", quit, "end so long after the input"),
    TEXT('p', "source-port", "PORT", port,
	 "our own port; with -l: where to listen"),
    TEXT('s', "source", "ADDR", source, "our own address"),
    FLAG('l', "listen", listen, "listen"),
    FLAG('k', "keep-open", keep,
	 "with -l: serve on, side by side; else send on when the peer has "
	 "ended"),
    FLAG('n', "nodns", numeric, "numbers only: look no name up"),
    NOT('t', "telnet", NULL,
	"answers telnet's negotiation; 'on message' in a script can"),
    FLAG('u', "udp", udp, "UDP; with -U: datagrams"),
    NOT(0, "sctp", NULL, "is not there; there are TCP, UDP and Unix (-U)"),
    {'v', "verbose", NULL, "tell of connections", false, KEPT_COUNT,
     AT(verbose)},
    TEXT('w', "wait", "D", wait, "give up connecting after D"),
    FLAG('z', NULL, zero, "only look whether somebody listens"),
    FLAG(0, "append-output", append, "add to the logs"),
    FLAG(0, "send-only", send_only, "let go what comes; end with the input"),
    FLAG(0, "recv-only", recv_only, "do not read standard input"),
    FLAG(0, "no-shutdown", no_shutdown,
	 "do not tell the peer when the input ends"),
    LIST("allow", "HOSTS", allow, "only these may connect"),
    LIST("allowfile", "FILE", allow_file, "the same, from a file"),
    LIST("deny", "HOSTS", deny, "these may not connect"),
    LIST("denyfile", "FILE", deny_file, "the same, from a file"),
    NOT(0, "broker", NULL,
	"is not there; docs/examples/chat.rung passes on what peers say"),
    NOT(0, "chat", NULL, "is not there; docs/examples/chat.rung is one"),
    TEXT(0, "proxy", "ADDR", proxy, "connect through the proxy ADDR[:PORT]"),
    TEXT(0, "proxy-type", "KIND", proxy_kind, "http, socks4 or socks5"),
    TEXT(0, "proxy-auth", "USER:PASS", proxy_user,
	 "at the proxy; better in NCAT_PROXY_AUTH"),
    TEXT(0, "proxy-dns", "WHERE", proxy_dns,
	 "who looks the name up: remote (the proxy) or none"),
    NOT(0, "ssl", NULL, tls_later),
    NOT(0, "ssl-cert", "FILE", tls_later),
    NOT(0, "ssl-key", "FILE", tls_later),
    NOT(0, "ssl-verify", NULL, tls_later),
    NOT(0, "ssl-trustfile", "FILE", tls_later),
    NOT(0, "ssl-ciphers", "LIST", tls_later),
    NOT(0, "ssl-servername", "NAME", tls_later),
    NOT(0, "ssl-alpn", "LIST", tls_later),
    FLAG(0, "version", version, "print the version"),
    {0},
};

const struct nc_option *const nc_tables[NC_DIALECTS] = {
    [NC_OPENBSD] = openbsd,
    [NC_NCAT] = ncat,
};

const char *const nc_names[NC_DIALECTS] = {
    [NC_OPENBSD] = "nc",
    [NC_NCAT] = "ncat",
};
