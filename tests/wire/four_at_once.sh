#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The example with four kinds of session at once, with a real Redis, a real
# nginx and a UDP echo of socat, both as a script and at a prompt.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

redis_port=$(free_port)
http_port=$(free_port)
udp_port=$(free_port udp)

mkdir -p "$WORK/www"
echo 'hello from nginx' >"$WORK/www/index.html"
cat >"$WORK/nginx.conf" <<EOF
daemon off;
master_process off;
worker_processes 1;
error_log $WORK/nginx.error;
pid $WORK/nginx.pid;
events { worker_connections 64; }
http {
	access_log off;
	client_body_temp_path $WORK/b;
	proxy_temp_path $WORK/p;
	fastcgi_temp_path $WORK/f;
	uwsgi_temp_path $WORK/u;
	scgi_temp_path $WORK/s;
	server { listen 127.0.0.1:$http_port; root $WORK/www; }
}
EOF
# if root starts nginx, its workers run as a user that cannot read $WORK
[ "$(id -u)" != 0 ] || sed -i '1i user root;' "$WORK/nginx.conf"

start redis redis-server --port "$redis_port" --bind 127.0.0.1 --save '' \
    --dir "$WORK"
start nginx nginx -c "$WORK/nginx.conf"
start udp socat "UDP4-RECVFROM:$udp_port,bind=127.0.0.1,fork" PIPE
until_listens "$redis_port"
until_listens "$http_port"
until_ok "$RUNG" -q -e "connect udp://127.0.0.1:$udp_port; send up?" \
    -e 'expect -t 1s up?'

want='hello from nginx\n
00000000  70 69 6e 67                                       |ping|
redis, web, udp, one and two have answered: 2 peers of echo'

code 0 "$RUNG" "$TOP/docs/examples/four-at-once.rung" \
    "$redis_port" "$http_port" "$udp_port"
equal 'what the script prints' "$want" "$out"

# The same lines typed at a prompt that is not a terminal.
{
	echo "let arg1 $redis_port; let arg2 $http_port; let arg3 $udp_port"
	cat "$TOP/docs/examples/four-at-once.rung"
} >"$WORK/typed"
"$RUNG" -i -q <"$WORK/typed" >"$WORK/out" 2>&1 || fail "at the prompt: $?"
out=$(cat "$WORK/out")
has 'the prompt shows the body' 'hello from nginx' "$out"
has 'the prompt shows hex' '70 69 6e 67' "$out"
has 'the prompt comes to the end' 'have answered: 2 peers' "$out"
