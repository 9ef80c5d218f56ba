# SPDX-License-Identifier: ISC
# Completes rung's command line in fish. Made by 'rung --completions fish':
# change the tables it comes from.

function __rung_commands
    printf '%s\t%s\n' 'connect' 'open a client session'
    printf '%s\t%s\n' 'listen' 'create a listener'
    printf '%s\t%s\n' 'accept' 'accept the next peer of a listener'
    printf '%s\t%s\n' 'close' 'close a session, or its sending side'
    printf '%s\t%s\n' 'use' 'select the current session'
    printf '%s\t%s\n' 'sessions' 'list the sessions'
    printf '%s\t%s\n' 'info' 'print all details of a session'
    printf '%s\t%s\n' 'why' 'print how a session ended'
    printf '%s\t%s\n' 'send' 'send bytes'
    printf '%s\t%s\n' 'sendline' 'send a line'
    printf '%s\t%s\n' 'recv' 'consume received data and print it'
    printf '%s\t%s\n' 'expect' 'wait until a pattern is found'
    printf '%s\t%s\n' 'view' 'set how messages are shown'
    printf '%s\t%s\n' 'live' 'show received data on arrival, or hold it'
    printf '%s\t%s\n' 'eol' 'set what sendline appends'
    printf '%s\t%s\n' 'frame' 'set how a stream is divided into messages'
    printf '%s\t%s\n' 'log' 'print the last messages'
    printf '%s\t%s\n' 'show' 'print one message in full'
    printf '%s\t%s\n' 'resend' 'send a message of the log again'
    printf '%s\t%s\n' 'export' 'print an exchange as shell commands'
    printf '%s\t%s\n' 'on' 'run commands on an event'
    printf '%s\t%s\n' 'every' 'run commands repeatedly'
    printf '%s\t%s\n' 'after' 'run commands once, later'
    printf '%s\t%s\n' 'jobs' 'list background jobs'
    printf '%s\t%s\n' 'wait' 'wait for jobs, a session'\''s state, or a time'
    printf '%s\t%s\n' 'cancel' 'stop a job'
    printf '%s\t%s\n' 'set' 'print or change a setting'
    printf '%s\t%s\n' 'let' 'set a variable'
    printf '%s\t%s\n' 'incr' 'add to a number in a variable'
    printf '%s\t%s\n' 'unset' 'remove variables'
    printf '%s\t%s\n' 'share' 'share variables among all peers'
    printf '%s\t%s\n' 'echo' 'print words'
    printf '%s\t%s\n' 'sleep' 'wait for a time'
    printf '%s\t%s\n' 'repeat' 'run commands N times'
    printf '%s\t%s\n' 'try' 'run commands and continue if they fail'
    printf '%s\t%s\n' 'source' 'run the commands of a file'
    printf '%s\t%s\n' 'history' 'print the lines typed so far'
    printf '%s\t%s\n' 'help' 'explain a command or a topic'
    printf '%s\t%s\n' '!' 'run a shell command'
    printf '%s\t%s\n' 'quit' 'quit rung'
end

function __rung_first_is
    set -l words (commandline -opc)
    set -l first ''
    set -e words[1]
    while set -q words[1]; and test -z "$first"
        switch $words[1]
            case -e -t --completions
                set -e words[1]
            case '-*'
            case '*'
                set first $words[1]
        end
        set -e words[1]
    end
    test "$first" = $argv[1]
end

complete -c rung -n "__rung_first_is ''" -s e -x -a '(__rung_commands)' -d 'run CMDS first; may be given again'
complete -c rung -n "__rung_first_is ''" -s i -d 'stay at the prompt after -e and FILE'
complete -c rung -n "__rung_first_is ''" -s q -d 'no notices'
complete -c rung -n "__rung_first_is ''" -s v -d 'tell every step: each address tried and why it lost'
complete -c rung -n "__rung_first_is ''" -s t -x -d 'how long commands wait when they do not say'
complete -c rung -n "__rung_first_is ''" -l color -x -a 'auto always never' -d 'auto, always or never'
complete -c rung -n "__rung_first_is ''" -l json -d 'events on standard output, one JSON object a line'
complete -c rung -n "__rung_first_is ''" -l tap -d 'each expect is a test point on standard output, for prove'
complete -c rung -n "__rung_first_is ''" -l completions -x -a 'bash zsh fish' -d 'print the completion file for bash, zsh or fish'
complete -c rung -n "__rung_first_is ''" -l reference -d 'print the manual page'\''s reference part, in mdoc'
complete -c rung -n "__rung_first_is ''" -l help -d 'print this'
complete -c rung -n "__rung_first_is ''" -l version -d 'print the version'
complete -c rung -n "__rung_first_is 'pipe'" -s l -d 'listen; serve one and end'
complete -c rung -n "__rung_first_is 'pipe'" -s k -d 'with -l go on serving; else go on sending after the peer'\''s end'
complete -c rung -n "__rung_first_is 'pipe'" -s m -x -d 'with -l -k: N peers at one time, side by side'
complete -c rung -n "__rung_first_is 'pipe'" -s q -x -d 'end D after the input'\''s end'
complete -c rung -n "__rung_first_is 'pipe'" -s N -d 'no half-close when the input ends'
complete -c rung -n "__rung_first_is 'pipe'" -s C -d 'send LF as CRLF; CRLF stays as it is'
complete -c rung -n "__rung_first_is 'pipe'" -s x -r -d 'log what passes into FILE, as hex'
complete -c rung -n "__rung_first_is 'pipe'" -s i -x -d 'pause for D between lines sent'
complete -c rung -n "__rung_first_is 'pipe'" -s w -x -d 'give up when nothing opens, or passes, for D'
complete -c rung -n "__rung_first_is 'pipe'" -l proxy -x -d 'connect by way of http://[USER@]HOST:PORT, socks5://..., socks4a://... or socks4://...'
complete -c rung -n "__rung_first_is 'pipe'" -l proxy-auth -r -d 'the proxy'\''s USER:PASSWORD is this file'\''s first line'
complete -c rung -n "__rung_first_is 'pipe'" -s v -d 'tell each address tried, and each peer'
complete -c rung -n "__rung_first_is 'pipe'" -l help -d 'print this'
complete -c rung -n "__rung_first_is ''" -a help -d 'explain a command or a topic'
complete -c rung -n "__rung_first_is ''" -a pipe -d 'join two ends, as nc does'
complete -c rung -n '__rung_first_is help' -x -a '(__rung_commands)'
complete -c rung -n '__rung_first_is help' -x -a 'language settings variables addresses patterns templates frames tasks views keys errors' -d topic
