#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# log --script and export: a session recorded with a real server passes when its
# script is replayed, and export's lines send the same bytes from sh.
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1
redis=$(command -v redis-server || command -v valkey-server) || exit 77

port=$(free_port)
start redis "$redis" --port "$port" --bind 127.0.0.1 --save '' \
    --dir "$WORK"
until_listens "$port"

# A dialogue as typed: answers in pieces, arbitrary bytes, and data that the
# server pushes to another session.
cat >typed <<'END'
connect 127.0.0.1 $arg1 as a
eol crlf
sendline PING
expect PONG
sendline SET key
expect ERR
send "*3\r\n\$3\r\nSET\r\n\$1\r\nk\r\n\$6\r\n\x00\xff\"'\$\n\r\n"; expect OK
sendline GET k; expect "\$\n\r\n"
connect localhost $arg1 as b
@b send "SUBSCRIBE news\r\n"; @b expect ":1\r\n"
@a sendline PUBLISH news hello; @a expect ":1\r\n"; @b expect "hello\r\n"
try connect unix://nowhere as never
@a send "QUIT\r\n"; @a expect eof
log --script again.rung
@b log --script b.rung
@b export
END
code 0 "$RUNG" typed "$port"
equal 'its mode' '-rwx------' "$(ls -l again.rung | cut -c1-10)"
until_ok "$RUNG" -e "connect 127.0.0.1 $port; send \"DEL k\r\n\"" \
    -e 'expect ":1\r\n"'
code 0 "$RUNG" again.rung
equal 'it prints nothing' '' "$out"
code 0 "$RUNG" --tap again.rung
grep -q '^@a send <"\*3' again.rung || fail 'bytes are no template'
grep -q '^@a send "PING' again.rung || fail 'text is no text'
has 'its points' 'ok 1 - expect "+PONG\r\n" (again.rung:' "$out"
lines=$(grep -c 'never' again.rung)
equal 'what never opened' 1 "$lines"
# The script is a test: it fails if the server answers differently.
sed 's/+PONG/+PING/' again.rung >wrong.rung
code 1 "$RUNG" wrong.rung
has 'the failure' 'does not match the next data' "$err"
# The script of one session contains only that session.
! grep -q '@a' b.rung || fail 'another session in it'
grep -q '^@b send "SUBSCRIBE' b.rung || fail 'what it sent is not in it'

# Quotes, dollars, percents and other bytes of the data are run by neither sh
# nor rung.
cat >odd.rung <<'END'
listen 127.0.0.1:0 as s; connect $s.addr as c
@c send "-it's 100% \$(touch bad) \\ \x00\xff `touch bad` !\r\n"
accept s; @s.1 expect !; @s.1 send "so it'\$' is"; @c expect is
@c export; export #1; export #4
END
code 0 "$RUNG" odd.rung
cp out lines
equal 'two lines, three times' 6 "$(wc -l <lines)"
equal 'the same ones' 2 "$(sort -u lines | wc -l)"
printf '\055it\047s 100%% $(touch bad) \\ \000\377 `touch bad` !\r\n' >want
was=$(sed -n 's/.* \([0-9]*\)$/\1/p' lines | head -n 1)
PATH=$(dirname "$RUNG"):$PATH
for n in 1 2; do
	server got -e 'listen -1 127.0.0.1:0 as s; accept s' \
	    -e 'recv -o sent until "\n"; send "so it'\''\$'\'' is"; close -w' \
	    -e 'expect -t 10s close'
	line=$(sed -n "${n}s/\b$was\b/$port/gp" lines)
	sh -c "$line" >said 2>errors || fail "sh: $line: $(cat errors)"
	has "line $n" "so it'\$' is" "$(cat said)"
	ends 0 "$pid" got
	same "the bytes of line $n" want sent
done
[ ! -e bad ] || fail 'sh ran what was sent'

# Errors of export and log --script.
fails 2 'no client has sent a message yet' 'export'
fails 2 'no session yet' 'log --script x'
fails 2 'which is not a client' 'listen :0 as s; connect $s.addr as c; send x
accept s; @s.1 expect x; export #2'
fails 2 'does not work with -n, -x, -v or PATTERN' 'log -n 3 --script x'
fails 10 'no such file' 'listen :0; log --script no/where'
fails 10 'the log has only' 'listen --echo :0 as e; connect $e.addr as c
set log 4; send hello; export'

# expect compares whole messages and datagrams; framed sends stay framed.
cat >framed.rung <<'END'
listen :0 as s
connect $s.addr as c
accept s
@c frame u16be; @s.1 frame u16be
@c send "a b"; @c send -r "\x00\x01x"; @c send ''
@s.1 expect -1 "a b"; @s.1 expect -1 x; @s.1 expect -1 /^$/
@c frame none; @c send "\x00\x02ok"; @s.1 expect -1 ok
listen udp://:0 as u
connect $u.addr as d
@d send one; @d send two; accept u; @u.1 expect one; @u.1 send $last; @d expect one
@c close -w; @s.1 expect eof; @s.1 close; @c expect eof
log --script again.rung
END
code 0 "$RUNG" framed.rung
code 0 "$RUNG" again.rung
has 'an expression' '@u.1 expect -1 /\Aone\z/' "$(cat again.rung)"

# A script runs as a program. The patterns accept another date, and nothing else.
mkdir -p bin
ln -sf "$RUNG" bin/rung
dated() { # DATE REST
	printf 'HTTP/1.0 200 OK\r\nDate: %s\r\n%s' "$1" "$2" >answer
	server dated -e 'listen -1 127.0.0.1:0 as s; accept s' \
	    -e 'expect "\r\n\r\n"; send -f answer; close -w; expect -t 10s close'
}
dated 'Tue, 01 Dec 2026 03:24:42 GMT' 'a.*c'
"$RUNG" -q -e "connect 127.0.0.1:$port as c; send \"GET /\r\n\r\n\"" \
    -e 'expect eof; log --script dated.rung' || fail "dated: $?"
ends 0 "$pid" dated
was=$port
for rest in 'a.*c' 'abc'; do
	dated 'Fri, 13 Aug 2027 23:59:59 GMT' "$rest"
	sed -i "s/127.0.0.1:$was/127.0.0.1:$port/" dated.rung
	was=$port
	status=0
	PATH=$WORK/bin:$PATH ./dated.rung >said || status=$?
	[ "$rest" = abc ] && want=1 || want=0
	equal "dated.rung with $rest" "$want" "$status"
	[ "$want" = 1 ] || ends 0 "$pid" dated
done
has 'its comment' '# the answer holds a date' "$(cat dated.rung)"
