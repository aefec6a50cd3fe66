#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# QEMU is killed at random moments of the guest's life: everything comes back.
# seconds: 1200
# server: cpus=2
. "$(dirname "$0")/../lib.sh"

rounds=5
[ -z "$SOAK" ] || rounds=20

is_back() {
	pool_is_back
}

n=1
while [ $n -le $rounds ]; do
	random 80
	moment=$random_value
	vm "vm$n" --no-wait --cpus 2 >/dev/null
	sleep "$((moment / 10)).$((moment % 10))"
	used=$((free_at_begin - $(pool_free)))
	check "killed after $moment/10 s, with $used pages" cvm kill "vm$n"
	within "secure memory is back, $n" 60 is_back
	n=$((n + 1))
done
vm_up after
check 'the next one works' in_vm after true
vm_down after
