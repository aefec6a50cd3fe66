#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The kernel of a realm does what a kernel can, on all its CPUs: calls with any number
# and arguments, tables that change while they are used, all registers, interrupts and
# timers. It lives through it, and a realm beside it notices nothing. Then it does what
# it does not live through.
# seconds: 1500
# soak: yes
# server: cpus=4 append=virtcca.attack=guest
. "$(dirname "$0")/../lib.sh"

seconds=15
[ -z "$SOAK" ] || seconds=150
expect_warnings=yes
mkdir storm
cp /share/tests/attack/storm.ko storm
vm_up bystander --cpus 1
in_vm bystander "$(secret kept 100 /tmp/kept)"
in_vm_script bystander <<'END'
sha256sum /tmp/kept >/tmp/sum
(
	n=0
	while sha256sum -c -s /tmp/sum; do
		n=$((n + 1))
		echo $n >/tmp/rounds
	done
	echo broken >/tmp/broken
) >/dev/null 2>&1 &
END

vm_up hostile --cpus 2 --memory 256 --share "$work/storm"
in_vm hostile 'mkdir /mnt; mount -t 9p -o trans=virtio share /mnt && cp /mnt/storm.ko /tmp'
for what in c t r i ctri; do
	check "storm $what" in_vm -t 300 hostile \
		"insmod /tmp/storm.ko what=$what seconds=$seconds seed=$SEED && rmmod storm"
done
note "$(in_vm hostile 'dmesg | grep storm:')"
same 'the hostile guest lives' fine "$(in_vm hostile 'echo fine')"

# goes_on WHEN: the realm beside it has worked, and right
goes_on() {
	old=$(in_vm bystander 'cat /tmp/rounds')
	sleep 2
	check "the realm beside it works on $1" test \
		"$(in_vm bystander 'cat /tmp/rounds')" -gt "${old:-0}"
	same "and always right $1" '' "$(in_vm bystander 'cat /tmp/broken 2>/dev/null')"
}
goes_on 'meanwhile'

timeout 60 cvm exec -t $((seconds * 2)) hostile \
	"insmod /tmp/storm.ko wild=1 seconds=$seconds seed=$SEED" >/dev/null 2>&1
note "then: $(cvm list | grep hostile), $(tail -n 1 /run/cvm/hostile/qemu.log)"
goes_on 'afterwards'
cvm kill hostile >/dev/null 2>&1
check 'another realm boots' vm after
vm_down after
vm_down bystander
no_match 'the realm beside it had no complaint' 'WARNING|BUG|Oops|panic' \
	"$(cvm log bystander)"
