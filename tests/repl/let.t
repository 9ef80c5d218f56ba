# SPDX-License-Identifier: ISC
# let: values, empty values, bad names, and the names that rung sets.
args: -i

> let greeting hello   world
> echo $greeting ${greeting}ly
hello world hello worldly
> let empty
> echo "[$empty]"
[]
> let greeting
> echo "[$greeting]"
[]
> let bytes "\x00\xff"
> send $bytes
send: no current session; create one with 'connect' or 'listen', or choose one with 'use NAME'
> let 9x a
let: NAME: '9x' is not a variable name (letters, digits and _)
let 9x a
    ^
> let a-b c
let: NAME: 'a-b' is not a variable name (letters, digits and _)
let a-b c
    ^
> let a.b c
let: NAME: 'a.b' is not a variable name (letters, digits and _)
let a.b c
    ^
> let error none
let: $error is a built-in variable; use another name
> let last x
let: $last is a built-in variable; use another name
> let session c9
let: $session is a built-in variable; use another name
> let
let: NAME is missing; usage: let NAME [TEXT|= A [OP B]]
let
^
> echo $nosuch
echo: $nosuch is not set; use 'let NAME VALUE', or write \$ for a dollar sign
echo $nosuch
     ^
> let "" x
let: NAME: '' is not a variable name (letters, digits and _)
let "" x
    ^
