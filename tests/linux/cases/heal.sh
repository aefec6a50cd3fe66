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

truncate -s 64M disk
traps=$(count heal-traps) descriptors=$(count heal-descriptors)
vm_up vm --disk "$work/disk"
boot=$(($(count heal-traps) - traps)) mended=$(($(count heal-descriptors) - descriptors))
note "boot: $boot traps, $mended descriptors"
check 'a boot needs some, not thousands' test $boot -gt 0 -a $boot -lt 1000

traps=$(count heal-traps)
check '64 MiB to the disk' in_vm vm \
	'dd if=/dev/zero of=/dev/vda bs=1M count=64 oflag=direct'
io=$(($(count heal-traps) - traps))
note "64 MiB through swiotlb: $io traps"
check '64 MiB need tens, not thousands' test $io -lt 100
vm_down vm

# Memory that virtiofsd can map has no large pages: the host maps each by itself.
mkdir dir
traps=$(count heal-traps)
vm_up small --fs "$work/dir"
boot=$(($(count heal-traps) - traps))
note "boot with small pages: $boot traps"
check 'a boot with small pages needs no more' test $boot -gt 0 -a $boot -lt 1000
vm_down small
