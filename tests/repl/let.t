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
send: there is no current session; 'connect' or 'listen' makes one, 'use NAME' chooses
> let 9x a
let: NAME: '9x' is no variable's name (letters, digits and _)
let 9x a
    ^
> let a-b c
let: NAME: 'a-b' is no variable's name (letters, digits and _)
let a-b c
    ^
> let a.b c
let: NAME: 'a.b' is no variable's name (letters, digits and _)
let a.b c
    ^
> let error none
let: $error is set by rung; take another name
> let last x
let: $last is set by rung; take another name
> let session c9
let: $session is set by rung; take another name
> let
let: NAME is missing; usage: let NAME [TEXT]
let
^
> echo $nosuch
echo: $nosuch is not set ('let NAME VALUE' sets it; write \$ for a dollar)
echo $nosuch
     ^
> let "" x
let: NAME: '' is no variable's name (letters, digits and _)
let "" x
    ^
