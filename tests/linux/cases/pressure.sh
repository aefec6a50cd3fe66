#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Memory pressure inside the guest: most of its memory is filled and checked while
# the page cache is turned over.
# twins: yes
. "$(dirname "$0")/../lib.sh"

dd if=/dev/urandom of=disk bs=1M count=96 2>/dev/null
vm_up vm --memory 256 --disk "$work/disk"
same 'memory and cache keep their contents' ok "$(in_vm_script -t 300 vm <<'END'
available=$(awk '/MemAvailable/ { print int($2 / 1024) }' /proc/meminfo)
mkdir -p /tmp/full
mount -t tmpfs -o size=100% none /tmp/full
n=$((available * 6 / 10 / 4))
i=0
while [ $i -lt $n ]; do
	dd if=/dev/urandom of=/tmp/full/$i bs=1M count=4 2>/dev/null
	i=$((i + 1))
done
before=$(cat /tmp/full/* | md5sum)
one=$(md5sum </dev/vda)
two=$(md5sum </dev/vda)
after=$(cat /tmp/full/* | md5sum)
[ "$before" = "$after" ] && [ "$one" = "$two" ] && echo ok
END
)"
same 'the disk is as the host wrote it' "$(md5sum <disk)" \
	"$(in_vm vm 'md5sum </dev/vda')"
# What runs out of memory is killed, and nothing else.
expect_warnings=yes
in_vm vm 'rm -rf /tmp/full/*; tail /dev/zero' >/dev/null 2>&1
match 'the guest kills what takes too much' 'Out of memory: Killed process .*tail' \
	"$(in_vm vm dmesg)"
check 'the guest goes on' in_vm vm true
vm_down vm
