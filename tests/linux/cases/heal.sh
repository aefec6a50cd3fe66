#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# How often the monitor mends page tables of an unmodified guest: for a boot, and
# for 64 MiB that go through swiotlb.
. "$(dirname "$0")/../lib.sh"

stat=/sys/kernel/debug/kvm/rmi_stat
[ -e $stat ] || skip_all 'the host kernel does not tell what the monitor counts'

count() {
	awk -v name="$1" '$1 == name { print $2 }' $stat
}

# boot WHAT NAME OPTION...: what a boot needs is in traps and mended then
boot() {
	what=$1
	shift
	traps=$(count heal-traps) mended=$(count heal-descriptors)
	vm_up "$@"
	traps=$(($(count heal-traps) - traps))
	mended=$(($(count heal-descriptors) - mended))
	note "$what: $traps traps, $mended descriptors"
	check "$what needs some traps, not thousands" test $traps -gt 0 -a $traps -lt 1000
}

truncate -s 64M disk
boot 'a boot' vm --disk "$work/disk"

traps=$(count heal-traps)
check '64 MiB to the disk' in_vm vm \
	'dd if=/dev/zero of=/dev/vda bs=1M count=64 oflag=direct'
io=$(($(count heal-traps) - traps))
note "64 MiB through swiotlb: $io traps"
check '64 MiB need tens, not thousands' test $io -lt 100
vm_down vm

# Memory that virtiofsd can map has no large pages: the host maps each by itself.
mkdir dir
boot 'a boot with small pages' small --fs "$work/dir"
vm_down small
