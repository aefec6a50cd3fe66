#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The guest starts and works while all CPUs of the host are busy.
# twins: yes
# seconds: 300
# server: cpus=2
. "$(dirname "$0")/../lib.sh"

# One for each CPU is enough to make each of them busy, and all the time they get here
# is taken from everybody.
burners='' busy='1 2' size=8
[ -z "$SOAK" ] || busy='1 2 3 4' size=16
for _ in $busy; do
	while :; do :; done &
	burners="$burners $!"
done
while :; do
	dd if=/dev/zero of=churn bs=1M count=64 2>/dev/null
done &
burners="$burners $!"

truncate -s ${size}M disk
vm_up vm --cpus 2 --disk "$work/disk" --timeout 600
same 'it computes' 500500 "$(in_vm vm "seq 1 1000 | awk '{ n += \$1 } END { print n }'")"
check 'it writes and reads its disk' in_vm vm \
	"dd if=/dev/zero of=/dev/vda bs=1M count=$size conv=fsync && md5sum /dev/vda"
vm_down vm
# shellcheck disable=SC2086 # a list
kill $burners
