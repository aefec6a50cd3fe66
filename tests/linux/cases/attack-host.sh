#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A root program on the host calls the monitor itself, beside KVM, from all CPUs: with
# realms of its own, and with KVM's RDs, RECs, tables and data wherever a call on
# them must be refused. A realm works meanwhile and must not notice.
# seconds: 700
# server: cpus=4
. "$(dirname "$0")/../lib.sh"

attack=/share/tests/attack
seconds=12
[ -z "$SOAK" ] || seconds=300
check 'the door opens' insmod $attack/door.ko || exit 1

# What the realm has in memory; all of it, once, so that the host has no more to do.
vm_up vm --cpus 2 --memory 256
in_vm vm 'dd if=/dev/zero of=/tmp/fill bs=1M count=80 2>/dev/null; rm /tmp/fill'
in_vm vm "$(secret kept 200 /tmp/kept)"
in_vm_script vm <<'END'
sha256sum /tmp/kept >/tmp/sum
for cpu in 0 1; do
	(
		n=0
		while sha256sum -c -s /tmp/sum; do
			n=$((n + 1))
			echo $n >/tmp/rounds.$cpu
		done
		echo broken >/tmp/broken
	) >/dev/null 2>&1 &
done
END
sum=$(in_vm vm 'cat /tmp/sum')

$attack/attack gentle $seconds "$SEED" 4 >said 2>&1
status=$?
note "$(cat said)"
same 'every call that must be refused was, and nothing changed' 0 $status
match 'it saw the realm of KVM' '^realm at .* [1-9][0-9]* tables' "$(cat said)"
match 'and its RECs' '^recs: [2-9]' "$(cat said)"

rounds=$(in_vm vm 'cat /tmp/rounds.*' | awk '{ n += $1 } END { print n + 0 }')
check 'the realm has worked meanwhile' test "$rounds" -gt 10
same 'and always right' '' "$(in_vm vm 'cat /tmp/broken 2>/dev/null')"
same 'its memory is what it was' "$sum" "$(in_vm vm 'sha256sum /tmp/kept')"
vm_down vm
check 'the door shuts' rmmod door
check 'a new realm boots' vm after
vm_down after
