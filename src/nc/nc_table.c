/* SPDX-License-Identifier: ISC */
/*
 * The tables of options of both dialects. openbsd.c and ncat.c apply the
 * options.
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
    FLAG('C', NULL, crlf, "send LF as CRLF; CRLF is unchanged"),
    FLAG('D', NULL, debug, "set SO_DEBUG on the socket"),
    FLAG('d', NULL, no_stdin, "do not read standard input"),
    NOT('F', NULL, NULL, "is not supported; remove it and ProxyUseFdpass"),
    FLAG('h', NULL, help, "print the usage"),
    TEXT('I', NULL, "SIZE", receive, "set the size of the receive buffer"),
    TEXT('i', NULL, "SECS", delay,
	 "pause between lines sent, and between ports"),
    FLAG('k', NULL, keep, "with -l: serve one peer after another"),
    FLAG('l', NULL, listen, "listen"),
    TEXT('M', NULL, "TTL", ttl,
	 "set the time to live (hop limit) of sent packets"),
    TEXT('m', NULL, "TTL", least_ttl,
	 "drop received packets with a smaller time to live"),
    FLAG('N', NULL, shutdown, "shut down the sending side at end of input"),
    FLAG('n', NULL, numeric, "do not look names up; accept numbers only"),
    TEXT('O', NULL, "SIZE", send, "set the size of the send buffer"),
    TEXT('P', NULL, "USER", proxy_user,
	 "set the proxy's user; password: RUNG_PROXY_PASSWORD"),
    TEXT('p', NULL, "PORT", port,
	 "set the source port; with -l: the port to listen on"),
    TEXT('q', NULL, "SECS", quit,
	 "exit SECS after the end of input; implies -N"),
    FLAG('r', NULL, random, "try ports in random order"),
    NOT('S', NULL, NULL, "is not supported (TCP MD5 signatures, RFC 2385)"),
    TEXT('s', NULL, "ADDR", source,
	 "set the source address; with -l: listen on it"),
    TEXT('T', NULL, "TOS", tos,
	 "set the type of service: lowdelay, ef, af11, 0x10"),
    NOT('t', NULL, NULL,
	"is not supported; in a script, 'on message' can answer telnet"),
    FLAG('U', NULL, path, "use Unix sockets"),
    FLAG('u', NULL, udp, "use UDP; with -U: datagrams"),
    NOT('V', NULL, "TABLE",
	"is not supported; use 'ip vrf exec' to choose a routing table"),
    {'v', NULL, NULL, "report connections", false, KEPT_COUNT, AT(verbose)},
    NOT('W', NULL, "N", "is not supported; in a script, call recv N times"),
    TEXT('w', NULL, "SECS", wait,
	 "limit the time to connect, and the idle time"),
    TEXT('X', NULL, "PROTO", proxy_kind,
	 "set the proxy protocol: 4, 5 (SOCKS) or connect"),
    TEXT('x', NULL, "ADDR", proxy, "connect through the proxy ADDR[:PORT]"),
    NOT('Z', NULL, NULL,
	"is not supported (DCCP); use TCP, UDP (-u) or Unix (-U)"),
    FLAG('z', NULL, zero, "scan for listening ports"),
    NOT('e', NULL, "CMD",
	"is not in OpenBSD nc; use 'rung ncat -e' or 'rung pipe ADDR "
	"exec:CMD'"),
    NOT('o', NULL, "FILE",
	"is not in OpenBSD nc; use 'rung ncat -o' or 'rung pipe -x'"),
    NOT('c', NULL, "CMD",
	"is not in OpenBSD nc; use 'rung ncat -c' or 'rung pipe ADDR "
	"exec:CMD'"),
    {0},
};

static const struct nc_option ncat[] = {
    FLAG('4', NULL, v4, "use IPv4"),
    FLAG('6', NULL, v6, "use IPv6"),
    FLAG('U', "unixsock", path, "use Unix sockets"),
    NOT(0, "vsock", NULL, "is not supported; use TCP, UDP (-u) or Unix (-U)"),
    FLAG('C', "crlf", crlf,
	 "send LF as CRLF (also of -c, -e); CRLF is unchanged"),
    TEXT('c', "sh-exec", "CMD", shell, "connect each peer to sh -c CMD"),
    TEXT('e', "exec", "CMD", exec, "connect each peer to the program CMD"),
    NOT(0, "lua-exec", "FILE",
	"is not supported; 'listen --serve' runs a script for each peer"),
    NOT('g', NULL, "HOPS",
	"is not supported; networks drop source-routed packets"),
    NOT('G', NULL, "N",
	"is not supported; networks drop source-routed packets"),
    TEXT('m', "max-conns", "N", max_peers,
	 "with -k: serve up to N peers at once (default 100)"),
    FLAG('h', "help", help, "print the usage"),
    TEXT('d', "delay", "D", delay, "pause between lines sent"),
    TEXT('o', "output", "FILE", output, "log the data to FILE"),
    TEXT('x', "hex-dump", "FILE", hex, "log the data to FILE, as hex"),
    TEXT('i', "idle-timeout", "D", idle, "fail if no data moves for D"),
    TEXT('q', NULL, "D", quit, "exit D after the end of input"),
    TEXT('p', "source-port", "PORT", port,
	 "set the source port; with -l: the port to listen on"),
    TEXT('s', "source", "ADDR", source, "set the source address"),
    FLAG('l', "listen", listen, "listen"),
    FLAG('k', "keep-open", keep,
	 "serve many peers; client: keep sending after FIN"),
    FLAG('n', "nodns", numeric, "do not look names up; accept numbers only"),
    NOT('t', "telnet", NULL,
	"is not supported; in a script, 'on message' can answer telnet"),
    FLAG('u', "udp", udp, "use UDP; with -U: datagrams"),
    NOT(0, "sctp", NULL, "is not supported; use TCP, UDP (-u) or Unix (-U)"),
    {'v', "verbose", NULL, "report connections", false, KEPT_COUNT,
     AT(verbose)},
    TEXT('w', "wait", "D", wait, "fail if connecting takes longer than D"),
    FLAG('z', NULL, zero, "scan for a listening port"),
    FLAG(0, "append-output", append, "append to the log files"),
    FLAG(0, "send-only", send_only,
	 "discard received data; exit at end of input"),
    FLAG(0, "recv-only", recv_only, "do not read standard input"),
    FLAG(0, "no-shutdown", no_shutdown,
	 "do not shut down the sending side at end of input"),
    LIST("allow", "HOSTS", allow, "accept only these hosts"),
    LIST("allowfile", "FILE", allow_file, "accept only the hosts in FILE"),
    LIST("deny", "HOSTS", deny, "reject these hosts"),
    LIST("denyfile", "FILE", deny_file, "reject the hosts in FILE"),
    NOT(0, "broker", NULL, "is not supported; see docs/examples/chat.rung"),
    NOT(0, "chat", NULL, "is not supported; see docs/examples/chat.rung"),
    TEXT(0, "proxy", "ADDR", proxy, "connect through the proxy ADDR[:PORT]"),
    TEXT(0, "proxy-type", "KIND", proxy_kind,
	 "set the proxy protocol: http, socks4 or socks5"),
    TEXT(0, "proxy-auth", "USER:PASS", proxy_user,
	 "set the proxy's login; safer in NCAT_PROXY_AUTH"),
    TEXT(0, "proxy-dns", "WHERE", proxy_dns,
	 "resolve the host: remote (at the proxy) or none"),
    FLAG(0, "ssl", tls, "use TLS; so does each option --ssl-..."),
    FLAG(0, "ssl-verify", tls_verify,
	 "verify the server's certificate and its name"),
    TEXT(0, "ssl-trustfile", "FILE", tls_trust,
	 "trust these certificates (PEM), not the system's"),
    TEXT(0, "ssl-cert", "FILE", tls_cert, "own certificate (PEM)"),
    TEXT(0, "ssl-key", "FILE", tls_key, "key of --ssl-cert (PEM)"),
    TEXT(0, "ssl-ciphers", "LIST", tls_ciphers,
	 "ciphers in the form of openssl-ciphers(1)"),
    TEXT(0, "ssl-servername", "NAME", tls_name,
	 "name to ask for and to verify (default: HOST)"),
    TEXT(0, "ssl-alpn", "LIST", tls_alpn,
	 "protocols to offer, the best first: h2,http/1.1"),
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
