#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What cca-rim says outside of the server is what the monitor has measured, whatever
# a VM is configured with.
# seconds: 500
. "$(dirname "$0")/../lib.sh"

# measured NAME OPTION...: predicts, starts, compares
measured() {
	who=$1
	shift
	predict "$who" "$@" || return
	vm_up "$who" "$@"
	challenge=$(head -c 64 /dev/urandom | od -An -v -tx1 | tr -d ' \n')
	check "$who gives a token" token "$who" "$challenge"
	ask "token log/$CASE/$who.token $challenge log/$CASE/$who"
	same "$who is measured as predicted: $(echo "$rim" | cut -c 1-16)..." \
		'0 fine' "$answer"
	check "$who ends" cvm kill "$who"
	cvm rm "$who"
}

truncate -s 1M disk disk2
mkdir shared
measured small --memory 160 --hash sha256
as_it_is=yes
measured usual --attest --hash sha512 --disk "$work/disk" --net user \
	--rpv "$(head -c 64 /dev/urandom | base64 -w 0)"
as_it_is=''
measured large --cpus 4 --memory 480 --hash sha256 --rpv bm9ib2R5 --vsock 7 --net tap \
	--disk "$work/disk" --disk "$work/disk2" --share "$work/shared" --fs "$work/shared"

# It depends on all that, so one is not like another.
ask "token log/$CASE/large.token $challenge log/$CASE/small"
match 'another prediction does not fit' '^5 .*realm ' "$answer"
