#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The hash algorithm of the measurement and the personalization value.
. "$(dirname "$0")/../lib.sh"

# 64 bytes in base64
rpv=$(seq 1 100 | head -c 64 | base64 | tr -d '\n')

for hash in sha256 sha512; do
	vm_up "$hash" --hash "$hash" --rpv "$rpv"
	check "$hash: it works" in_vm "$hash" true
	vm_down "$hash"
done
refused 'an unknown hash' 'sha1' vm no --hash sha1
refused 'a personalization value that is too long' 'personalization-value' \
	vm no --rpv "$(seq 1 100 | head -c 65 | base64 | tr -d '\n')"
refused 'a personalization value that is no base64' 'personalization-value' \
	vm no --rpv '!!!!'
