#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Reboot and power-off from inside.
# twins: yes
. "$(dirname "$0")/../lib.sh"

ups() {
	cvm log "$1" | grep -ac 'virtcca-guest: up'
}

has_been_up() {
	[ "$(ups vm)" -ge "$1" ]
}

vm_up vm
first=$(vm_pid vm)
for n in 1 2; do
	in_vm vm 'echo forgotten >/tmp/mark'
	in_vm -t 5 vm reboot >/dev/null 2>&1
	within "it comes up again, $n" 300 has_been_up $((n + 1)) || exit 1
	check "it works again, $n" in_vm vm 'test ! -e /tmp/mark'
done
check 'a reboot is a new VM' test "$first" != "$(vm_pid vm)"

in_vm -t 5 vm poweroff >/dev/null 2>&1
check 'it powers off from inside' cvm wait -t $((120 * SLOW)) vm
match 'by its own wish' '"guest-shutdown"' "$(cat "$vms/vm/events")"
