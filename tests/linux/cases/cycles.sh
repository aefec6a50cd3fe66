#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Start and stop again and again: secure memory is back each time, and the host
# does not lose memory. The first round warms up what stays allocated.
# twins: yes
# seconds: 1800
. "$(dirname "$0")/../lib.sh"

rounds=10
if [ "$SOAK" ]; then
	rounds=100
elif [ "$KIND" = ordinary ]; then
	rounds=2
fi

# A CPU keeps pages that were freed on lists of its own, 28 MiB of them if it
# likes, which do not count as free: after a hundred rounds that shows.
on_lists() {
	awk '/^ *count:/ { pages += $2 } END { print pages * 4 }' /proc/zoneinfo
}

available() {
	echo 3 >/proc/sys/vm/drop_caches
	echo $(($(meminfo MemAvailable) + $(on_lists)))
}

slab() {
	meminfo SUnreclaim
}

is_back() {
	[ ! -e "$pool" ] || pool_is_back
}

n=0 bad=0
while [ $n -le $rounds ]; do
	if ! vm "vm$n" >/dev/null || ! cvm stop "vm$n"; then
		bad=$((bad + 1))
	fi
	if [ $n -gt 0 ]; then
		within "secure memory is back, $n" 60 is_back
	else
		memory=$(available) slab=$(slab)
	fi
	rm -rf "$vms/vm$n"
	n=$((n + 1))
done
same "all $rounds rounds went well" 0 $bad
# What the kernel frees later counts as freed.
has_its_memory() {
	lost=$((memory - $(available)))
	[ $lost -lt 8192 ]
}
within 'the host has its memory' 30 has_its_memory
grown=$(($(slab) - slab))
note "what is free fell by $lost KiB, SUnreclaim grew by $grown KiB"
check 'the slabs have not grown' test $grown -lt $((1024 + rounds * 16))
