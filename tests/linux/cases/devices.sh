#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# One VM with all devices: disk, 9p, vsock, networks behind QEMU and by an interface
# of the host. Data both ways, each checked by hash; then all at once.
# twins: yes
# seconds: 400
. "$(dirname "$0")/../lib.sh"

mkdir dir
truncate -s 64M disk
dd if=/dev/urandom of=disk bs=1M seek=32 count=8 conv=notrunc 2>/dev/null
dd if=/dev/urandom of=dir/from-host bs=64k count=64 2>/dev/null
from_host=$(md5sum <dir/from-host)
# --attest for its socat
vm_up vm --attest --cpus 2 --memory 256 --disk "$work/disk" --share "$work/dir" \
	--vsock 42 --net user --net tap

# -------------------------------------------------------------------- disk

same 'disk: the guest reads what the host wrote' \
	"$(dd if=disk bs=1M skip=32 count=8 2>/dev/null | md5sum)" \
	"$(in_vm vm 'dd if=/dev/vda bs=1M skip=32 count=8 2>/dev/null | md5sum')"
written=$(in_vm_script vm <<'END'
mkfifo /tmp/copy
md5sum </tmp/copy &
dd if=/dev/urandom bs=64k count=128 2>/dev/null | tee /tmp/copy |
	dd of=/dev/vda bs=64k conv=fsync,notrunc 2>/dev/null
wait
END
)
same 'disk: the guest reads what it wrote' "$written" \
	"$(in_vm vm 'echo 3 >/proc/sys/vm/drop_caches; dd if=/dev/vda bs=1M count=8 2>/dev/null | md5sum')"
same 'disk: the host reads what the guest wrote' "$written" \
	"$(dd if=disk bs=1M count=8 2>/dev/null | md5sum)"
check 'disk: a file system' in_vm_script vm <<'END'
set -e
mke2fs -q /dev/vda >/dev/null
mkdir -p /mnt
mount -t ext4 /dev/vda /mnt
cp /bin/busybox /mnt/copy
umount /mnt
mount -t ext4 /dev/vda /mnt
cmp /bin/busybox /mnt/copy
umount /mnt
END

# ---------------------------------------------------------------------- 9p

check '9p: mounts' in_vm vm \
	'mkdir -p /mnt/9p && mount -t 9p -o trans=virtio,version=9p2000.L,msize=65536,cache=mmap share /mnt/9p'
same '9p: the guest reads' "$from_host" "$(in_vm vm 'md5sum </mnt/9p/from-host')"
in_vm vm 'dd if=/dev/urandom of=/mnt/9p/from-guest bs=64k count=64 2>/dev/null; sync'
same '9p: the guest writes' "$(in_vm vm 'md5sum </mnt/9p/from-guest')" \
	"$(md5sum <dir/from-guest)"
same '9p: all of 4 MiB' 4194304 "$(stat -c %s dir/from-guest)"

# ------------------------------------------------------------------- vsock

# Context 2 is the host.
socat -u VSOCK-LISTEN:5001 - >from-vsock &
sent=$(in_vm vm 'head -c 4194304 /dev/urandom >/tmp/file; md5sum </tmp/file; socat -u FILE:/tmp/file VSOCK-CONNECT:2:5001')
wait $!
same 'vsock: 4 MiB to the host' "$sent" "$(md5sum <from-vsock)"
in_vm vm 'socat -u VSOCK-LISTEN:5002 - >/tmp/from-vsock 2>/tmp/socat.log &' >/dev/null
within 'vsock: the host connects' 20 \
	socat -u FILE:dir/from-host VSOCK-CONNECT:42:5002
in_vm vm 'while pidof socat; do sleep 0.2; done' >/dev/null
same 'vsock: 4 MiB to the guest' "$from_host" \
	"$(in_vm vm 'md5sum </tmp/from-vsock')"

# ------------------------------------------------------------------ entropy

match 'rng: the guest uses it' '^virtio_rng' \
	"$(in_vm vm cat /sys/class/misc/hw_random/rng_current)"
same 'rng: it gives numbers, others each time' 2 "$(in_vm_script vm <<'END'
for i in 1 2; do
	head -c 32 /dev/hwrng | md5sum
done | grep -v "$(head -c 32 /dev/zero | md5sum | cut -c 1-32)" | sort -u | wc -l
END
)"

# ----------------------------------------------------------------- network

. "$(dirname "$0")/../tcp.sh"
check 'user: the guest reaches the host' in_vm vm ping -c 3 -W 5 10.0.2.2
tcp_both_ways vm user 10.0.2.2 8

in_vm vm 'ip link set eth1 up; ip address add 10.77.0.2/24 dev eth1'
check 'tap: the guest reaches the host' in_vm vm ping -c 3 -W 5 10.77.0.1
check 'tap: the host reaches the guest' ping -c 3 -W 5 10.77.0.2
tcp_both_ways vm tap 10.77.0.1 50

# -------------------------------------------------------------- all at once

# What goes to and from a realm's devices goes through swiotlb: let it be short.
socat -u FILE:dir/from-host TCP-LISTEN:5009,reuseaddr &
same 'all devices at once' "$from_host
$from_host
ok" "$(in_vm_script -t 300 vm <<'END'
dd if=/dev/zero of=/dev/vda bs=1M count=64 oflag=direct 2>/dev/null &
dd=$!
socat -u TCP:10.0.2.2:5009 - | md5sum
md5sum </mnt/9p/from-host
wait $dd && echo ok
END
)"
vm_down vm
check 'the interface of the host has gone' test ! -e /sys/class/net/tap0
