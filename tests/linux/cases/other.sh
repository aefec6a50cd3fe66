#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The right realm on a server with another build of the monitor gets no secret.
# server: firmware=flash0-other.img
. "$(dirname "$0")/../lib.sh"

predict good --attest --memory 192 --net user || exit 1
ask "verifier log/$CASE/good"
relay "${answer% *}"

vm_up good --attest --memory 192 --net user
said=$(in_vm good 'cca-attester 10.0.2.2:4433')
match 'the realm is refused for its monitor' \
	'^5 .*refused: component TMM measurement: it is [0-9a-f]+' "$? $said"
ask verdict
match 'who is outside knows why' ': refused: component TMM measurement' "$answer"
vm_down good
