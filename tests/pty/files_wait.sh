#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# A FIFO without a writer or a reader: Ctrl-C cancels only the command that
# waits for it. The rc file may also be a FIFO.
. "$(dirname "$0")/../lib/pty.sh"

cd "$WORK" || exit 1
mkfifo never full
exec {full}<>full # has a reader that does not read
head -c 65536 /dev/zero >&"$full"

rung
listening
peer_connect "$port"
prompt 's.1>'
for line in 'source never' 'listen --serve never :0' 'send -f never' \
    'recv -o full all'; do
	command=${line%% *}
	enter "$line"
	prompt "s.1 [$command]>"
	say "during $command"
	sees "during $command"
	prompt "s.1 [$command]>"
	keys C-c
	sees_line "$command: interrupted"
	prompt 's.1>'
done
enter "connect --proxy http://127.0.0.1:$port --proxy-auth never localhost 1"
sees '[connect]>'
say 'during connect'
sees 'during connect'
keys C-c
sees_line 'connect: interrupted'
enter 'echo alive'
sees_line 'alive'
close_pane

# SIGTERM ends a prompt that waits for its rc file; Ctrl-C opens the prompt.
mkdir -p config/rung
mkfifo config/rung/rc
extra_env=("XDG_CONFIG_HOME=$WORK/config")
pane 80 24 "$RUNG"
sees 'a REPL for sockets'
keys C-c
prompt 'rung> '
close_pane
pane 80 24 "$RUNG"
sees 'a REPL for sockets'
exec {rc}>config/rung/rc # returns once rung has opened the FIFO
kill -TERM "$(pane_children)"
ends 143
exec {rc}>&-
close_pane

# Commands from the FIFO run before the first prompt.
pane 80 24 "$RUNG"
sees 'a REPL for sockets'
echo 'echo from the rc' >config/rung/rc
sees_line 'from the rc'
prompt 'rung> '
