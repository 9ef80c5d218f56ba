# SPDX-License-Identifier: ISC
# An error in a template is reported with its position before anything runs.
args: -i

> listen --echo :0 as s
s: listening on tcp://127.0.0.1:{port}
> connect $s.addr as c
s.1: accepted from tcp://127.0.0.1:{port}
c: open to tcp://127.0.0.1:{port}
> live off
> send <de ax>
'ax' is not part of a template; quote text ("ax"), write bytes in hex (0d 0a) and numbers with a type (u16be=5)
send <de ax>
         ^
> echo one; send <"a" u8=256>
256 does not fit u8: 0 to 255
echo one; send <"a" u8=256>
                       ^
> send <de ??>
wildcards cannot be sent; write the bytes
send <de ??>
         ^
> send <len:u16be body:"x">
len:u16be has no value to send; write len:u16be=5, =$var or =len(part)
send <len:u16be body:"x">
      ^
> send <body:4>
body has a length but no bytes to send; write body:"text" or body:$var
send <body:4>
      ^
> send <u16=5>
unknown type 'u16'; did you mean u16be? (u8, u16be u24be u32be u64be, the same with le, i8 i16be ..., f32be, f64be, varint)
send <u16=5>
      ^
> send <hello>
'hello' is not part of a template; quote text ("hello"), write bytes in hex (0d 0a) and numbers with a type (u16be=5)
send <hello>
      ^
> send <"a
>> b" c"d">
a byte needs two hex digits, as in 0c
b" c"d">
   ^
> send <x:"a" u8=len(y)>
no part is named 'y'; name one, as in x:"text"
send <x:"a" u8=len(y)>
                   ^
> send <a:u8=sum8(b) b:u8=sum8(a)>
circular value: computed from itself
send <a:u8=sum8(b) b:u8=sum8(a)>
                ^
> send text <de>
a template must be the whole text; move the text before it into the <>, in quotes (or quote the <)
send text <de>
          ^
> send <de> text
a template must be the whole text; move the text after it into the <>, in quotes
send <de> text
          ^
> send <de>text
expected a blank or ; after the closing >
send <de>text
         ^
> send <$none>
send: $none is not set; use 'let NAME VALUE', or write \$ for a dollar sign
send <$none>
      ^
> let n 70000
> send <de u16be=$n>
send: $n: 70000 does not fit u16be: 0 to 65535
send <de u16be=$n>
               ^
> send <de
>> u16be=$n>
send: $n: 70000 does not fit u16be: 0 to 65535
u16be=$n>
      ^
> expect <x:*>
the template may be empty and would match everywhere; add bytes or a number
expect <x:*>
        ^
> expect <body:size>
expect: 'size' is not a number named earlier, a variable or a type (u8, u16be, u16le, ...)
expect <body:size>
             ^
> repeat 2 "send <\"a\" xyz>"
'xyz' is not part of a template; quote text ("xyz"), write bytes in hex (0d 0a) and numbers with a type (u16be=5)
repeat 2 "send <\"a\" xyz>"
                      ^
> expect -1 <f0 n:u8 x:n>
c: expected <f0 n:u8 x:n>; received nothing
expect: c: <f0 n:u8 x:n> not received within 10s
> send "\xf0\x03ab"
> expect -t 1s <f0 n:u8 x:n> <f0 04>
c: expected <f0 n:u8 x:n> or <f0 04>; received 4 bytes:
00000000  f0 03 61 62                                       |..ab|
                      ^^
c: pattern 1, x:n at 00000004: missing 1 of 3 bytes
c: pattern 2, f0 04 at 00000001: expected 04, received 03
expect: c: <f0 n:u8 x:n> or <f0 04> not received within 1s
> expect -t 1s <f0 n:u8 x:n 
>> "end\x01">
c: expected <f0 n:u8 x:n "end\x01">; received 4 bytes:
00000000  f0 03 61 62                                       |..ab|
                      ^^
c: x:n at 00000004: missing 1 of 3 bytes
expect: c: <f0 n:u8 x:n "end\x01"> not received within 1s
> close -w
c: sending side is shut down (FIN); receiving is open; 4 bytes unread
s.1: closed by the peer (FIN), then here
c: closed here (FIN), then by the peer; 4 bytes unread
> expect <f0 n:u8 x:n>
c: expected <f0 n:u8 x:n>; received 4 bytes:
00000000  f0 03 61 62                                       |..ab|
                      ^^
c: x:n at 00000004: missing 1 of 3 bytes
expect: c: <f0 n:u8 x:n> not received before the peer shut down its side (FIN)
>^D
closing s
