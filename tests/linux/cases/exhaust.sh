#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# No secure memory left: the second realm is refused, the first goes on. The same
# with the limit of a cgroup.
. "$(dirname "$0")/../lib.sh"

vm_up first --memory 384
refused 'there is no memory for a second' 'secure memory' vm second --memory 384
check 'the first goes on' in_vm first true
check 'one that fits is started' vm third --memory 64 --no-wait
cvm kill third
vm_down first

group=/sys/fs/cgroup/test
mkdir $group
echo 'rmi 67108864' >$group/misc.max
limited() {
	sh -c "echo \$\$ >$group/cgroup.procs; exec cvm start limited"
}
refused 'the limit of a cgroup' 'secure memory' limited
match 'nothing is charged any more' '^rmi 0$' "$(cat $group/misc.current)"
rmdir $group
