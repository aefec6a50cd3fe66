#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A root program on the host that stops at nothing: it takes data, tables and RECs
# away from a realm of KVM's and enters its RECs. The realm may die of it; it may not
# compute wrong, and nothing of it may be seen. The host and ordinary VMs live on.
# What KVM says when its realm is gone is expected: docs/testing.md.
# seconds: 700
# soak: yes
# server: cpus=4 append=virtcca.attack=vandal
# warns: WARNING: .* at arch/arm64/kvm/rmi|Call trace:
. "$(dirname "$0")/../lib.sh"

attack=/share/tests/attack
seconds=20
[ -z "$SOAK" ] || seconds=200
expect_loss=yes expect_warnings=yes
check 'the door opens' insmod $attack/door.ko || exit 1

vm_up vm --cpus 2 --memory 256
check 'an ordinary VM' cvm start plain --ordinary --cpus 1 --append "$quick" || exit 1
in_vm vm "$(secret kept 50 /tmp/kept)"
in_vm vm "echo $(echo abc | base64) >/tmp/small"
# What is right is known before: a sum that is another one would be a wrong content.
in_vm_script vm <<'END'
cat /tmp/kept >/dev/null
right=$(sha256sum </tmp/kept)
(
	echo 'vm: works' >/dev/console
	while now=$(sha256sum </tmp/kept); do
		[ "$now" = "$right" ] || echo "vm: WRONG $now" >/dev/console
	done
) >/dev/null 2>&1 &
END

$attack/attack vandal $seconds "$SEED" 4 >said 2>&1
note "$(cat said)"
match 'it was at work' '^calls: .* [1-9][0-9]* of the random ones' "$(cat said)"
match 'it saw the realm of KVM' '^realm at .* [1-9][0-9]* tables' "$(cat said)"

no_match 'the realm never computed wrong' 'vm: WRONG' "$(cvm log vm)"
if where_is kept 50; then
	same 'its secret is in no memory of the host' 0 "$normal"
fi
cvm kill vm >/dev/null 2>&1
same 'the ordinary VM works' fine "$(in_vm plain 'echo fine')"
if where_is kept 50; then
	same 'nor after its end' 0 "$normal"
fi
check 'the ordinary VM powers off' cvm stop -t $((120 * SLOW)) plain
check 'the door shuts' rmmod door
check 'a new realm boots' vm after
same 'and works' 500500 "$(in_vm after "seq 1 1000 | awk '{ n += \$1 } END { print n }'")"
vm_down after
note "pool: $(cat "$pool")"
note "free at first: $free_at_begin, $monitor_free_at_begin"
