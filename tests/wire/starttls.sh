#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The STARTTLS examples connect to aiosmtpd, dovecot, slapd, PostgreSQL and
# MariaDB.
. "$TOP/tests/lib/wire.sh"
. "$TOP/tests/lib/certs.sh"
PATH=$PATH:/usr/sbin

own_ca
signed good 'DNS:localhost'
export SSL_CERT_FILE=$WORK/ca.pem

# run_example NAME WANT [ARGUMENT...]: runs the example with the server at $port
run_example() {
	local example=$TOP/docs/examples/starttls-$1.rung want=$2
	shift 2
	code 0 "$RUNG" -q -t 60s "$example" "localhost:$port" "$@"
	has "$example" "$want" "$out"
}

port=$(free_port)
start smtpd aiosmtpd -n -l "127.0.0.1:$port" --tlscert good.pem \
    --tlskey good.key
until_ok bound "$port"
run_example smtp 'TLSv1.3: 250-'
# The certificate has only the name.
code 8 "$RUNG" -q "$TOP/docs/examples/starttls-smtp.rung" "127.0.0.1:$port"
has 'the name is verified' 'IP address mismatch' "$err"

port=$(free_port)
cat >dovecot.conf <<END
base_dir = $WORK/dovecot
state_dir = $WORK/dovecot
log_path = $WORK/dovecot.log
protocols = imap
ssl = yes
ssl_cert = <$WORK/good.pem
ssl_key = <$WORK/good.key
passdb {
  driver = static
  args = nopassword=y
}
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = $port
  }
  inet_listener imaps {
    port = 0
  }
}
END
if [ "$(id -u)" != 0 ]; then
	cat >>dovecot.conf <<-END
	default_internal_user = $(id -un)
	default_internal_group = $(id -gn)
	default_login_user = $(id -un)
	service anvil {
	  chroot =
	}
	service imap-login {
	  chroot =
	}
	END
fi
start dovecot dovecot -F -c "$WORK/dovecot.conf"
until_ok bound "$port"
run_example imap 'TLSv1.3: IMAP4rev1'

port=$(free_port)
cat >slapd.conf <<END
TLSCertificateFile $WORK/good.pem
TLSCertificateKeyFile $WORK/good.key
END
start slapd slapd -f slapd.conf -h "ldap://127.0.0.1:$port" -d 0
until_ok bound "$port"
run_example ldap 'TLSv1.3: the search succeeded'

# PostgreSQL refuses to run as root, and another user may not have access to the
# directory of the test.
db=$(mktemp -d -p /tmp)
trap 'finish; rm -rf "$db"' EXIT
mkdir "$db/socket"
cp good.pem good.key "$db"
drop=()
if [ "$(id -u)" = 0 ]; then
	drop=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	chown -R nobody:nogroup "$db"
fi
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb /usr/bin/initdb \
    2>/dev/null | tail -n 1)")
(cd "$db" && "${drop[@]}" "$bin/initdb" -N -D "$db/data" -U me \
    --locale=C >"$WORK/initdb.log" 2>&1) || fail "$(cat initdb.log)"
echo 'hostssl all all 127.0.0.1/32 trust' >"$db/data/pg_hba.conf"
port=$(free_port)
cd "$db" || exit 1
start postgresql "${drop[@]}" "$bin/postgres" -D "$db/data" \
    -h 127.0.0.1 -p "$port" -k "$db/socket" -c ssl=on -c fsync=off \
    -c "ssl_cert_file=$db/good.pem" -c "ssl_key_file=$db/good.key"
cd "$WORK" || exit 1
until_ok bound "$port"
run_example postgresql 'TLSv1.3: the server says TLSv1.3' me

port=$(free_port)
mkdir mysql
start mysql mariadbd --no-defaults --user=root --datadir="$WORK/mysql" \
    --socket="$WORK/mysql.sock" --bind-address=127.0.0.1 --port="$port" \
    --skip-grant-tables --skip-innodb --default-storage-engine=MyISAM \
    --ssl-cert="$WORK/good.pem" --ssl-key="$WORK/good.key"
until_ok bound "$port"
run_example mysql 'TLSv1.3: the server says TLSv1.3' me
