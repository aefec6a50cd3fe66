#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a realm keeps to itself is looked for: in all memory of the server, from
# outside of it; and by the host, with /dev/mem and QEMU's monitor. Each attempt is
# also made where it must succeed.
# seconds: 300
. "$(dirname "$0")/../lib.sh"

count=20
truncate -s 1M disk
vm_up realm --disk "$work/disk"
check 'an ordinary VM' cvm start plain --ordinary --append "$quick" || exit 1

in_vm realm "$(secret kept $count /tmp/kept)"
in_vm realm "$(secret shared $count /tmp/shared)"
in_vm realm 'dd if=/tmp/shared of=/dev/vda conv=fsync 2>/dev/null'
in_vm plain "$(secret plain $count /tmp/plain)"
for name in realm plain; do
	in_vm $name "$(secret seen $count /tmp/seen)"
done

# ------------------------------------------------------------- from outside

if where_is nothing 1; then
	same 'what nobody wrote is nowhere' '0 0' "$normal $secure"
	where_is kept $count
	same 'the secret of a realm is in secure memory only' "0 $count" \
		"$normal $secure"
	where_is shared $count
	same 'what the realm wrote to its disk is in both' "$count $count" \
		"$normal $secure"
	where_is plain $count
	same 'the secret of an ordinary VM is in normal memory' "$count 0" \
		"$normal $secure"
else
	skip 'search from outside' 'nobody looks from there'
fi

# ---------------------------------------------------------- QEMU's monitor

# From now on the host knows the line, but not that of the others.
line=$(echo seen-7 | sha256sum | cut -c 1-64)

# RAM begins at 1 GiB. To search takes long: do it in pieces, up to the first find,
# and give the ordinary VM many copies that can be found.
# shellcheck disable=SC2016 # the guest's shell
in_vm plain 'cp /tmp/seen /tmp/many; for i in $(seq 12); do cat /tmp/many /tmp/many >/tmp/twice; mv /tmp/twice /tmp/many; done'

# pmemsave NAME MIB: a piece of memory
pmemsave() {
	rm -f dump
	cvm monitor "$1" "pmemsave $((0x40000000 + $2 * 1048576)) 0x1000000 \"$work/dump\"" \
		>said 2>&1
	touch dump
}
shown() {
	mib=0
	while [ $mib -lt 192 ]; do
		pmemsave "$1" $mib
		! grep -q "$line" dump || return 0
		mib=$((mib + 16))
	done
	return 1
}
check "pmemsave shows the ordinary VM's memory" shown plain
pmemsave realm "$mib"
match "pmemsave of the realm's is refused" 'private' "$(cat said)"
check 'and has written none of it' sh -c "! grep -q $line dump"

# dump-guest-memory NAME: sets size of what it has written
dump_guest_memory() {
	rm -f dump
	cvm monitor "$1" "dump-guest-memory $work/dump" >said 2>&1
	touch dump
	size=$(stat -c %s dump)
}
dump_guest_memory plain
check 'dump-guest-memory has all of the ordinary VM' test "$size" -gt 201326592
dump_guest_memory realm
match 'dump-guest-memory of the realm is refused' '.' "$(cat said)"
check 'and has written none of it either' test "$size" -lt 65536
rm -f dump

# Numbers other than zero in the middle of the kernel
words() {
	cvm monitor "$1" 'xp /256xg 0x41000000' | sed 's/^[^:]*://' | tr ' ' '\n' |
		grep -c '^0x[0-9a-f]*[1-9a-f]'
}
check 'xp shows the ordinary VM' test "$(words plain)" -gt 100
same 'xp shows nothing of the realm' 0 "$(words realm)"

# ------------------------------------------------------------------ /dev/mem

# Where secure memory is, the host has nothing at all.
if [ -e /dev/mem ]; then
	same '/dev/mem shows a device' 0x00000011 "$(devmem 0x60000fe0 32)"
	base=$(sed -n 's/^pool 0: base \(0x[0-9a-f]*\) .*/\1/p' "$pool")
	size=$(sed -n 's/^pool 0: .* size \([0-9]*\) .*/\1/p' "$pool")
	seen=0 i=0 step=$((size / 64))
	while [ $i -lt 64 ]; do
		devmem $((base + step * i)) 64 >/dev/null 2>&1 && seen=$((seen + 1))
		i=$((i + 1))
	done
	same '/dev/mem shows nothing of 64 pages of secure memory' 0 $seen
else
	skip '/dev/mem' 'the host kernel has none'
fi

check 'the realm goes on' in_vm realm true
cvm kill plain
vm_down realm
if where_is kept $count; then
	same 'after its end the secret is nowhere' '0 0' "$normal $secure"
fi
