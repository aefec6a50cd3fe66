#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# Two confidential VMs and an ordinary one at a time, each its own.
# seconds: 240
# server: cpus=2
. "$(dirname "$0")/../lib.sh"

for name in one two; do
	vm_up "$name" --memory 192 --append "test.word=$name"
done
check 'an ordinary VM beside them' cvm start three --ordinary \
	--cpus 1 --append "$quick test.word=three" || exit 1

for name in one two three; do
	match "$name has its command line" "test.word=$name( |\$)" \
		"$(in_vm "$name" cat /proc/cmdline)"
	in_vm "$name" "echo $name >/tmp/name; while :; do :; done &" >/dev/null
done
for name in one two three; do
	same "$name keeps its own" "$name" "$(in_vm "$name" cat /tmp/name)"
done
match 'one is a realm' realm "$(cvm log one)"
match 'three is not' ordinary "$(cvm log three)"

vm_down two
check 'one goes on without two' in_vm one true
vm_down three
check 'one goes on without three' in_vm one true
vm_down one
