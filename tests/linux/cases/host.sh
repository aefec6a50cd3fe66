#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The host, before there is any VM.
. "$(dirname "$0")/../lib.sh"

match 'the kernel has realms' '^[0-9]+$' \
	"$(cat /sys/module/kvm/parameters/kvm_cap_arm_rmi 2>&1)"
match 'the log tells of secure memory' 'rmi: pool 0: [0-9]+ MiB at 0x' "$(dmesg)"
match 'the log tells of realms' 'rmi: realms of up to [0-9]+ bits' "$(dmesg)"
same 'kernel and monitor agree on free memory' "$(pool_free)" "$(monitor_free)"
where_is by-nobody 4 || not_ok 'the runner looks into memory'
same 'what nobody wrote is not in memory' '0 0' "$normal $secure"
# The positive control: what is in the memory of the server is found.
seq 1 4 | sed 's/^/by-the-host-/' | while read -r line; do
	echo "$line" | sha256sum
done >"$work/secret"
where_is by-the-host 4
same 'what the host wrote is in normal memory only' '4 0' "$normal $secure"
