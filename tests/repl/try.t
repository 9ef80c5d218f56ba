# SPDX-License-Identifier: ISC
# try: the error is printed, $error and $? are set, and the script continues.
args: -i

> !python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("dead")'
> try connect unix://dead; echo $error $?
connect: unix://dead: refused; is the server listening? try 'ss -lx'
refused 4
> try echo fine; echo $error $?
fine
none 0
> try 'echo in; let 9 x; echo never'; echo $error $?
in
let: NAME: '9' is not a variable name (letters, digits and _)
try 'echo in; let 9 x; echo never'; echo $error $?
                  ^
usage 2
> try try let 9 x
let: NAME: '9' is not a variable name (letters, digits and _)
try try let 9 x
            ^
> echo $error $?
usage 2
> try nosuch
unknown command 'nosuch'; 'help' lists the commands
try nosuch
    ^
> try
try: CMDS is missing; usage: try CMDS
try
^
