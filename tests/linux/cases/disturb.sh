#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What befalls a VM that works on all its CPUs: it switches CPUs off and on; QEMU is
# stopped and continued; the host switches the CPU off that it runs on.
# twins: yes
# seconds: 300
# server: cpus=2
. "$(dirname "$0")/../lib.sh"

vm_up vm --cpus 2
in_vm_script vm <<'END'
for i in 1 2; do
	(while :; do :; done) &
done
(
	i=0
	while sleep 0.1; do
		i=$((i + 1))
		echo $i >/tmp/i.new
		mv /tmp/i.new /tmp/i
	done
) >/dev/null 2>&1 &
END

counter() {
	in_vm vm cat /tmp/i
}

# goes_on WHAT: what it counts has grown
goes_on() {
	old=$(counter)
	sleep 1
	check "goes on $1" test "$(counter)" -gt "${old:-999999999}"
}

check 'CPUs off and on' in_vm_script -t 300 vm <<'END'
set -e
cd /sys/devices/system/cpu
for round in 1 2 3 4 5; do
	echo 0 >cpu1/online
	test "$(nproc)" = 1
	echo 1 >cpu1/online
	test "$(nproc)" = 2
done
END
for n in 0 1; do
	same "CPU $n works" fine "$(in_vm vm "taskset $((1 << n)) echo fine")"
done

# In clock ticks: in user space, in the kernel, and as a guest
cpu_time() {
	awk '{ print $14 + $15 + $43 }' "/proc/$(vm_pid vm)/stat"
}
for round in 1 2; do
	kill -STOP "$(vm_pid vm)"
	sleep 1
	before=$(cpu_time)
	sleep 3
	same "stands still after SIGSTOP, $round" "$before" "$(cpu_time)"
	kill -CONT "$(vm_pid vm)"
	goes_on "after SIGCONT, $round"
done

cpu1=/sys/devices/system/cpu/cpu1/online
if [ -e $cpu1 ]; then
	for round in 1 2; do
		# All threads of it onto the one that goes.
		taskset -a -p 2 "$(vm_pid vm)" >/dev/null
		sleep 1
		check "CPU 1 of the host off, $round" sh -c "echo 0 >$cpu1"
		goes_on "without it, $round"
		check "CPU 1 of the host on, $round" sh -c "echo 1 >$cpu1"
		goes_on "with it, $round"
	done
else
	skip 'CPU 1 of the host off' 'the host kernel cannot'
fi
vm_down vm
