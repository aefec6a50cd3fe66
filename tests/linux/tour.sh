#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What `make run` shows, seen from the host.

. "$(dirname "$0")/tour-lib.sh"
vms=/run/cvm
pool=/sys/kernel/debug/kvm/rmi_pool
seed=$(head -c 8 /dev/urandom | od -An -tx8 | tr -d ' ')
count=16

differs() {
	! cmp -s "$1" "$2"
}

pool_free() {
	sed -n 's/^free \([0-9]*\) .*/\1/p' $pool
}

megabytes() {
	echo $(($1 / 256))
}

pool_is_back() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ "$(pool_free)" = "$1" ] && return
		sleep 1
	done
	return 1
}

secret() {
	echo "i=0; while [ \$i -lt $count ]; do i=\$((i + 1)); echo $1-\$i | sha256sum; done >$2"
}

# where_is SEED: sets normal and secure
where_is() {
	ask "find $1 $count"
	normal=$(echo "$answer" | sed -n 's/^normal=\([0-9]*\) .*/\1/p')
	secure=$(echo "$answer" | sed -n 's/.* secure=\([0-9]*\) .*/\1/p')
	say "host $2: found in normal memory: ${normal:-?} of $count lines; in secure memory: ${secure:-?}"
}

# -------------------------------------------------------------------- tour

say "step The host"
say "host Linux $(uname -r) with KVM, $(nproc) CPUs"
dmesg | sed -n 's/.*kvm: rmi: /host /p' >&3
before=$(pool_free)
seen 'the host has realms' test "$before" -gt 0

say 'step Somebody outside of the server has a secret for a certain VM'
demo describe /share/log/demo 5 >/run/start.log 2>&1
ask predict log/demo
say "outside its measurement shall be $(echo "${answer#rim }" | cut -c 1-32)..."
seen 'its measurement is known before it exists' answers '^rim [0-9a-f]{128}$'
ask verifier log/demo
address=${answer% *} hash=${answer#* }
relay "$address"

say 'step A confidential VM: 2 CPUs, 192 MiB, Debian kernel as it is'
demo start demo 5 --no-wait >/run/start.log 2>&1
while [ ! -e $vms/demo/console.log ] && [ ! -e $vms/demo/status ]; do
	sleep 0.1
done
tail -n +1 -f $vms/demo/console.log | while IFS= read -r line; do
	say "cvm $line"
done &
for _ in $(seq 1 600); do
	grep -aq 'virtcca-guest: up' $vms/demo/console.log && break
	[ ! -e $vms/demo/status ] || break
	sleep 0.2
done
seen 'the confidential VM is up' cvm exec demo true
[ ! -s $vms/demo/qemu.log ] || sed 's/^/host /' $vms/demo/qemu.log >&3
say "host it takes $(megabytes $((before - $(pool_free)))) MiB of secure memory"

in_cvm 'uname -a'
seen 'its kernel is Debian'"'"'s' has 'Debian'
in_cvm 'dmesg | grep -E "RSI|[Rr]ealm|CCA"'
seen 'its kernel uses the RSI of a realm' has 'RSI version 1'
in_cvm 'ls -d /sys/bus/platform/devices/arm-cca-dev'
seen 'it has the device of a realm' has '^/sys/bus/platform/devices/arm-cca-dev$'

in_cvm 'dd if=/dev/urandom of=/tmp/data bs=64k count=32 2>/dev/null; sha256sum </tmp/data; dd if=/tmp/data of=/dev/vda bs=64k conv=fsync 2>/dev/null; echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/vda bs=64k count=32 2>/dev/null | sha256sum'
same_twice() {
	[ "$(printf '%s\n' "$output" | grep -c '  -$')" = 2 ] &&
		[ "$(printf '%s\n' "$output" | grep '  -$' | sort -u | wc -l)" = 1 ]
}
seen 'what it writes to its disk it reads back' same_twice
in_cvm 'ping -c 2 10.0.2.2'
seen 'it reaches the host by its network' has ' 0% packet loss'
# shellcheck disable=SC2016 # the guest's shell
in_cvm 'for cpu in 1 2; do taskset $cpu sh -c "seq 1 20000 | sha256sum; grep -E ^Cpus_allowed_list /proc/self/status"; done; grep -c ^processor /proc/cpuinfo'
both_cpus() {
	has '^Cpus_allowed_list:[[:space:]]*0$' &&
		has '^Cpus_allowed_list:[[:space:]]*1$' && has '^2$'
}
seen 'both of its CPUs work' both_cpus

say 'step It proves what it is, and gets the secret'
asks_for_secret demo
seen 'the secret is released to the confidential VM' answers ': released$'
seen 'the confidential VM has it' test "$secret" = "$hash"
say "host keeps the $(stat -c %s /run/heard) bytes that went through its hands, and sends them again"
socat -t 60 - "TCP:$address" </run/heard >/run/replayed
ask verdict
say_verdict
seen 'a token that is sent again is refused' \
	answers ': refused: challenge: the token is for another one'

say 'step The same VM, but for one byte of its command line'
demo start changed 4 >/run/start.log 2>&1
asks_for_secret changed
seen 'with another command line it is refused' \
	answers ': refused: realm initial-measurement'
seen 'and has no secret' test "$secret" != "$hash"
cvm kill changed
cvm rm changed

say 'step An ordinary VM beside it'
cvm start plain --ordinary --memory 192 --append quiet >/run/start.log 2>&1
seen 'the ordinary VM is up' cvm exec plain true
cvm list | sed 's/^/host /' >&3

say 'step The host tries to read the memory of both'
in_cvm "$(secret "kept-$seed" /tmp/kept)"
cvm exec plain "$(secret "plain-$seed" /tmp/plain)"
for name in demo plain; do
	cvm exec $name "$(secret "dumped-$seed" /tmp/dumped); cp /tmp/dumped /tmp/many; for i in \$(seq 12); do cat /tmp/many /tmp/many >/tmp/twice; mv /tmp/twice /tmp/many; done"
done
in_cvm "$(secret "shared-$seed" /tmp/shared); dd if=/tmp/shared of=/dev/vda conv=fsync 2>/dev/null"

# Secure memory begins and ends where the kernel says.
base=$(sed -n 's/^pool 0: base \(0x[0-9a-f]*\) .*/\1/p' $pool)
size=$(sed -n 's/^pool 0: .* size \([0-9]*\) .*/\1/p' $pool)
mem=0
for i in $(seq 0 15); do
	devmem $((base + size * i / 16)) 64 >/dev/null 2>&1 && mem=$((mem + 1))
done
device=$(devmem 0x60000fe0 32)
say "host /dev/mem: a device register reads ${device:-nothing}; of 16 pages of secure memory, $mem can be read"
seen '/dev/mem shows a device, and no secure memory' \
	test "$device" = 0x00000011 -a "$mem" = 0

# dump NAME: QEMU shall write its memory to a file; sets found. It is searched in
# pieces, up to the first find. The line looked for becomes known to the host.
dump() {
	found=0 mib=0 bytes=0
	line=$(echo "dumped-$seed-7" | sha256sum | cut -c 1-64)
	while [ $mib -lt 192 ] && [ "$found" = 0 ]; do
		cvm monitor "$1" "pmemsave $((0x40000000 + mib * 1048576)) 0x1000000 \"/run/dump\"" \
			>/run/said 2>&1
		[ -e /run/dump ] || : >/run/dump
		bytes=$((bytes + $(stat -c %s /run/dump)))
		found=$(grep -c "$line" /run/dump)
		rm -f /run/dump
		[ $bytes -gt 0 ] || break
		mib=$((mib + 16))
	done
	say "host QEMU's pmemsave of $1: $bytes bytes, with the secret $found times. $(head -n 1 /run/said)"
}
where_is "kept-$seed" 'the secret of the confidential VM'
seen 'the secret is in secure memory' test "$secure" = $count
seen 'the secret is nowhere in normal memory' test "$normal" = 0
where_is "shared-$seed" 'what it wrote to its disk'
seen 'what it shared is in normal memory' test "$normal" = $count
where_is "plain-$seed" 'the secret of the ordinary VM'
seen 'an ordinary secret is in normal memory' test "$normal" = $count
dump plain
seen 'QEMU sees the memory of the ordinary VM' test "$found" -gt 0
dump demo
seen 'QEMU does not see the memory of the confidential VM' test "$found" = 0

say 'step The end'
seen 'the ordinary VM powers off' cvm stop plain
seen 'the confidential VM powers off' cvm stop demo
where_is "kept-$seed" 'the secret, afterwards'
seen 'the secret has been wiped' test "$normal $secure" = '0 0'
seen 'all secure memory is back' pool_is_back "$before"
say "host $(megabytes "$(pool_free)") of $(megabytes "$before") MiB are free"
say 'done'
