#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A VM boots with 1, 2 and 4 CPUs, is what it says it is, and ends well.
# twins: yes
# seconds: 300
# server: cpus=2
. "$(dirname "$0")/../lib.sh"

what_it_is() {
	if [ "$KIND" = realm ]; then
		match "$1 says it is a realm" 'up, Linux .*, realm' "$(cvm log "$1")"
		match "$1's kernel has found the RSI" 'RME: Using RSI version 1.0' \
			"$(in_vm "$1" dmesg)"
	else
		match "$1 says it is an ordinary VM" 'up, Linux .*, ordinary' \
			"$(cvm log "$1")"
		no_match "$1's kernel has not found an RSI" 'RSI version' \
			"$(in_vm "$1" dmesg)"
	fi
}

as_it_is=yes
all='1 2 4'
[ "$KIND" = realm ] || all='1 4'
for cpus in $all; do
	vm_up "cpus$cpus" --cpus "$cpus"
	what_it_is "cpus$cpus"
	same "cpus$cpus has as many CPUs" "$cpus" "$(in_vm "cpus$cpus" nproc)"
	vm_down "cpus$cpus"
	check "cpus$cpus has ended well" cvm wait "cpus$cpus"
	as_it_is=''
done

# The RAM disk is at half of the memory, and across the border of two nodes.
ram=memory-backend-ram
vm_up nodes --cpus 2 --memory 146 -- \
	-object $ram,id=m0,size=74M -numa node,cpus=0,memdev=m0 \
	-object $ram,id=m1,size=72M -numa node,cpus=1,memdev=m1
same 'nodes has two of them' 2 \
	"$(in_vm nodes 'ls -d /sys/devices/system/node/node* | wc -l')"
vm_down nodes
