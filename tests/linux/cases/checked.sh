#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A guest whose kernel looks closely at how memory is mapped.
# twins: yes
# seconds: 240
. "$(dirname "$0")/../lib.sh"

truncate -s 16M disk
vm_up vm --memory 256 --disk "$work/disk" --net user \
	--append 'debug_pagealloc=on kfence.sample_interval=10 rodata=full'
in_vm vm 'for i in 1 2 3; do dd if=/dev/zero of=/dev/vda bs=1M count=16 conv=fsync; dd if=/dev/vda of=/dev/null bs=1M; find / -xdev >/dev/null; done' >/dev/null 2>&1
match 'KFENCE is at work' 'total allocations: +[0-9]{2,}|allocations: [0-9]{2,}' \
	"$(in_vm vm cat /sys/kernel/debug/kfence/stats)"
if in_vm vm 'dmesg' | grep -q 'debug_pagealloc.*enabled'; then
	ok 'debug_pagealloc is on'
else
	skip 'debug_pagealloc' "Debian's kernel is built without it"
fi
no_match "the guest's kernel has no warning" \
	'WARNING|BUG|KFENCE: .*(error|use-after|out-of|invalid|corruption)|Call trace' \
	"$(in_vm vm dmesg)"
vm_down vm
