#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# No secure memory left: another realm is refused, the first goes on. The same with
# the limit of a cgroup. A realm takes pages as it touches them, so one that has more
# RAM than there is secure memory may start, if its owner wants it to.
# seconds: 300
. "$(dirname "$0")/../lib.sh"

# What is refused does not get far enough to need more than its images.
left=10000	# pages: less than the images are

# More than the pool has, and an eighth of it is shared.
refused 'a realm that has more' 'not enough .* 640 MiB of RAM' vm first --memory 640
cvm rm first
vm_up first --memory 640 --append cma=0 --overcommit
in_vm first 'mkdir /tmp/full; mount -t tmpfs -o size=100% none /tmp/full'
sum=$(in_vm first 'head -c 16777216 /dev/urandom | tee /tmp/full/0 | md5sum')
n=1
while [ "$(pool_free)" -gt $left ] && [ $n -lt 40 ]; do
	in_vm first "(echo $n; cat /tmp/full/0) >/tmp/full/$n" || break
	n=$((n + 1))
done
check 'a realm takes nearly all' test "$(pool_free)" -le $left
refused 'there is no memory for another' 'not enough .* MiB are available' vm second
refused 'nor for its images' 'not enough secure memory for the realm$' \
	vm third --overcommit
# All $n hold the same after their first lines; one that was cut off is not counted.
same 'the first goes on with what it had' "$n" "$(in_vm_script -t 300 first <<END
for file in /tmp/full/*; do
	tail -c 16777216 "\$file" | md5sum | grep -Fx '$sum'
done | wc -l
END
)"
vm_down first

group=/sys/fs/cgroup/test
mkdir $group
echo 'rmi 33554432' >$group/misc.max
limited() {
	sh -c "echo \$\$ >$group/cgroup.procs; exec cvm start limited"
}
refused 'the limit of a cgroup' 'not enough secure memory' limited
match 'nothing is charged any more' '^rmi 0$' "$(cat $group/misc.current)"
cvm rm limited
rmdir $group
# Memory that the first has not touched yet is promised to it all the same.
vm_up after --memory 320
check 'there is enough for another' test "$(pool_free)" -gt $((224 * 256))
refused 'but not to spare' 'not enough .* MiB are available' vm another --memory 192
vm_down after
