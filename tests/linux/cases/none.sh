#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A server without a monitor: the kernel says in one line why there are no realms,
# QEMU refuses one in one line, and ordinary VMs run.
# server: board=virt
KIND=ordinary
. "$(dirname "$0")/../lib.sh"

same 'the kernel says why there are no realms' 1 \
	"$(dmesg | grep -c 'kvm: .*rmi: .*no realms')"
same 'and nothing else of them' 1 "$(dmesg | grep -c 'rmi: ')"
check 'there is no pool' test ! -e "$pool"
KIND=realm
refused 'a realm is refused' 'realm' vm none
cvm rm none
KIND=ordinary
vm_up vm --cpus 2
check 'an ordinary VM works' in_vm vm true
vm_down vm
