#!/usr/bin/env bash
# SPDX-License-Identifier: ISC
# Templates and Python's struct and zlib can read each other's data; also tests
# the example of a binary protocol.
# shellcheck source=tests/lib/wire.sh
. "$TOP/tests/lib/wire.sh"

cat >"$WORK/peer.py" <<'EOF'
import socket, struct, sys, zlib

def crc16(data):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc

numbers = [('B', 255), ('>H', 513), ('<H', 513), ('>I', 0xdeadbeef),
           ('<I', 7), ('>Q', 2**64 - 1), ('<Q', 3), ('b', -128),
           ('>h', -2), ('<h', -3), ('>i', -2**31), ('<i', -5),
           ('>q', -2**63), ('<q', -6), ('>f', 0.1), ('<f', -2.5),
           ('>d', 0.1), ('<d', 1e300)]
plain = b''.join(struct.pack(form, n) for form, n in numbers)
body = bytes(range(256)) * 40
sums = struct.pack('>BHII', sum(body) & 255, crc16(body), zlib.crc32(body),
                   zlib.adler32(body))

listener = socket.create_server(('127.0.0.1', 0))
print(listener.getsockname()[1], flush=True)
peer, _ = listener.accept()
come = peer.makefile('rb')
peer.sendall(plain)
got = come.read(len(plain))
if got != plain:
    sys.exit('numbers: %s, not %s' % (got.hex(), plain.hex()))
# The data arrives in pieces, and after junk.
message = struct.pack('>H', len(body)) + body + sums
peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
for part in (b'junk\xde', b'\xad', message[:1], message[1:5000],
             message[5000:-1], message[-1:]):
    peer.sendall(part)
got = come.read(len(message))
if got != message:
    sys.exit('the message came back changed')
peer.sendall(b'bye')
sys.exit('more came' if come.read() else 0)
EOF
cat >"$WORK/talk.rung" <<'EOF'
connect 127.0.0.1:$arg1
expect -1 <u8=255 u16be=513 u16le=513 u32be=0xdeadbeef u32le=7
	u64be=18446744073709551615 u64le=3 i8=-128 i16be=-2 i16le=-3
	i32be=-2147483648 i32le=-5 i64be=-9223372036854775808 i64le=-6
	a:f32be b:f32le c:f64be d:f64le>
echo $a $b $c $d
send $match
expect <de ad len:u16be body:len =sum8(body) =crc16(body) =crc32(body)
	=adler32(body)>
echo $len $before
send <u16be=len(body) body:$body =sum8(body) =crc16(body) =crc32(body)
	=adler32(body)>
expect bye
EOF
start peer python3 "$WORK/peer.py"
peer=$pid
until_ok grep -q '^[0-9]' "$WORK/peer.log"
code 0 "$RUNG" -q "$WORK/talk.rung" "$(head -n 1 "$WORK/peer.log")"
equal 'what rung has read' "$(printf '0.1 -2.5 0.1 1e+300\n10240 junk')" "$out"
ends 0 "$peer" peer

code 0 "$RUNG" -q "$TOP/docs/examples/ledger.rung"
equal 'what the ledger says' "$(printf '%s\n' \
    'the ledger knows Jane ✓ Doe, 12 bytes' \
    'balances: 1234, then 1000' 'booked: 7' 'the last word was bye')" "$out"
