# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Makes certificates for wire tests in the current directory: ca.pem, and
# NAME.pem with the key NAME.key, signed by ca.pem.

# own_ca: makes ca.pem and ca.key
own_ca() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -days 30 -subj '/CN=rung test CA' -keyout ca.key -out ca.pem \
	    2>/dev/null || fail 'openssl req'
}

# signed NAME SAN [OPTION...]: makes NAME.pem and NAME.key; the options are
# those of `openssl ca`, such as -startdate and -enddate
signed() {
	local name=$1 san=$2
	shift 2
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	    -subj "/CN=$name" -keyout "$name.key" -out "$name.csr" 2>/dev/null
	mkdir -p ca.dir
	: >ca.dir/index
	cat >ca.conf <<-END
		[ca]
		default_ca = here
		[here]
		database = ca.dir/index
		new_certs_dir = ca.dir
		rand_serial = yes
		default_md = sha256
		policy = any
		unique_subject = no
		x509_extensions = ext
		[any]
		commonName = supplied
		[ext]
		subjectAltName = $san
	END
	[ $# -gt 0 ] || set -- -days 20
	openssl ca -batch -config ca.conf -cert ca.pem -keyfile ca.key \
	    -in "$name.csr" -out "$name.pem" -notext "$@" 2>ca.log ||
	    { cat ca.log; fail "openssl ca $name"; }
}
