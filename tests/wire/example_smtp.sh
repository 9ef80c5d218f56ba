#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# The SMTP server example receives mail from curl and swaks at the same time.
# shellcheck disable=SC2016  # these dollars are for rung
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

server server "$TOP/docs/examples/smtp.rung" 0

printf 'Subject: one\r\n\r\nIt says "$to; `quit`".\r\n.dot\r\n' >"$WORK/mail"
timeout 30 curl -sS "smtp://127.0.0.1:$port" --mail-from a@example.test \
    --mail-rcpt b@example.test -T "$WORK/mail" 2>"$WORK/curl.err" &
curl=$!
pids+=("$curl")
timeout 30 swaks --server "127.0.0.1:$port" --from c@example.test \
    --to d@example.test --body 'from swaks' >"$WORK/swaks.log" 2>&1 ||
    fail "swaks: $(cat "$WORK/swaks.log")"
ends 0 "$curl" curl

until_ok grep -q swaks "$WORK/server.out"
until_ok grep -q quit "$WORK/server.out"
got=$(cat "$WORK/server.out")
has 'mail of curl' 'from a@example.test to b@example.test:' "$got"
has 'its text' "$(printf 'It says "$to; `quit`".\r\n..dot\r\n')" "$got"
has 'mail of swaks' 'from c@example.test to d@example.test:' "$got"
has 'its text' 'from swaks' "$got"
