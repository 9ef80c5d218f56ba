#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Scripts as files: with arguments, executable, truncated; and files that are
# not scripts. Errors name file, line and column.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"
cd "$WORK" || exit 1

# PATH finds the interpreter of an executable script.
mkdir bin
ln -s "$RUNG" bin/rung
cat >greet.rung <<'E2'
#!/usr/bin/env rung
# usage: greet.rung NAME...
echo $argc: $arg1 and $arg2
listen --echo :0 as echo # a comment behind a command
connect $echo.addr; send \
    "two lines"
expect /two (\w+)/
echo $1
E2
chmod +x greet.rung
PATH=$WORK/bin:$PATH code 0 ./greet.rung 'Ann Lee' '$arg1; quit 9'
equal 'arguments are data' '2: Ann Lee and $arg1; quit 9
lines' "$out"
code 0 "$RUNG" -q greet.rung 'a' -q
equal 'what stands behind the file is its own' '2: a and -q
lines' "$out"
code 2 "$RUNG" greet.rung one
has 'an argument that is missing' 'greet.rung:3:' "$err"
has 'an argument that is missing' \
    '$arg2 is not set: missing argument (1 given)' "$err"

# -e texts run first, in order; a failure ends the run.
echo 'echo from the file' >file.rung
code 0 "$RUNG" -e 'echo one' -e 'let x 2; echo two' file.rung
equal 'the order' 'one
two
from the file' "$out"
code 7 "$RUNG" -e 'echo one; quit 7' -e 'echo two' file.rung
equal 'quit' one "$out"
code 4 "$RUNG" -e 'echo one; connect unix://none; echo two' file.rung
equal 'a failure' one "$out"
has 'where' '-e:1: connect: ' "$err"
printf 'echo one\n\n  connect unix://none\necho two\n' >fails.rung
code 4 "$RUNG" fails.rung
has 'where' 'fails.rung:3: connect: unix://none: no such socket' "$err"
echo 'source fails.rung' >outer.rung
code 4 "$RUNG" outer.rung
has 'where, in a file of a file' 'fails.rung:3: connect: ' "$err"
code 0 "$RUNG" -e 'try source fails.rung; echo $? $error'
equal 'try' 'one
4 unreachable' "$out"

# Files that are not scripts.
fails_file() { # CODE WORDS FILE
	code "$1" "$RUNG" "$3"
	has "$3" "$2" "$err"
	equal "$3 prints nothing" '' "$out"
}
mkdir folder
printf 'echo a\n\177ELF\0\1\2' >binary
printf 'echo "abc\necho d\n' >quote
printf 'echo %s\nechoo x\n' one >typo
printf 'echo "\\q"\n' >escape
fails_file 10 'rung: none: no such file or directory' none
fails_file 10 "rung: connect: no such file or directory; to run a command: rung \
-e 'connect ...'" connect
fails_file 10 "rung: none: no such file or directory; to connect: rung HOST PORT" none
# A missing file that looks like an address gets the error of the address.
fails_file 2 'rung: gopher://: no such scheme' gopher://localhost/x
fails_file 2 "rung: port '80/x': not a number or a service name" localhost:80/x
fails_file 2 'rung: port 99999: not in 0..65535' 127.0.0.1:99999
code 2 "$RUNG" localhost 65536
has 'a port' 'rung: port 65536: not in 0..65535' "$err"
fails_file 10 'rung: ./none: no such file or directory' ./none
for argument in eighty -1; do
	code 10 "$RUNG" none "$argument"
	has "not a port: $argument" 'rung: none: no such file or directory' "$err"
done
fails_file 10 'rung: folder: is a directory' folder
fails_file 2 'not a script: NUL byte' binary
fails_file 2 'quote:1:6: unmatched "
echo "abc
     ^' quote
fails_file 2 'escape:1:7: ' escape
fails_file 2 'not a script: NUL byte' "$RUNG"
: >unreadable
chmod 000 unreadable
code 10 plain "$RUNG" unreadable
has 'unreadable' 'rung: unreadable: permission denied' "$err"
code 2 "$RUNG" typo
has 'an unknown command' 'typo:2:' "$err"
has 'an unknown command' "echo" "$err"
code 10 "$RUNG" -e 'source none'
has 'source' '-e:1: source: none: no such file or directory' "$err"
code 10 "$RUNG" -e 'source folder'
has 'source' 'source: folder: is a directory' "$err"

# Empty scripts, and all kinds of line endings and file ends.
: >empty
code 0 "$RUNG" empty
equal 'an empty script' '' "$out$err"
printf 'echo one\r\necho two' >dos
code 0 "$RUNG" dos
equal 'CRLF, and no newline at the end' $'one\ntwo' "$out"

# A line of 1 MiB.
{ printf "echo '"; head -c 1048576 /dev/zero | tr '\0' x; echo "'"; } >long
code 0 "$RUNG" long
equal 'a line of 1 MiB' 1048577 "$(wc -c <out)"
{ printf 'echo "'; head -c 1048576 /dev/zero | tr '\0' x; echo; } >long
code 2 "$RUNG" long
has 'a long one without an end' 'long:1:6: unmatched "' "$err"
[ "${#err}" -lt 500 ] || fail 'the error quotes it all'
