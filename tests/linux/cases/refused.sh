#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# What a realm cannot have is refused in one line: at the start before there is a
# realm, and later so that it goes on. QEMU tells what can be had; a device that is
# plugged in can.
# seconds: 300
. "$(dirname "$0")/../lib.sh"

qemu='qemu-system-aarch64'
guest=${CVM_GUEST:-/share/guest}
machine=virt,gic-version=3,confidential-guest-support=rme0
boot="-kernel $guest/Image -initrd $guest/guest.cpio.gz"

# realm OPTION...: QEMU with a realm and other options; ends with an error, or by
# a timeout once it runs
realm() {
	timeout 60 $qemu -nodefaults -display none -accel kvm -cpu host -m 192 \
		-object rme-guest,id=rme0 "$@"
}

# no WHAT PATTERN OPTION...: none of it for a realm that is otherwise good
no() {
	what=$1 pattern=$2
	shift 2
	# shellcheck disable=SC2086 # a list
	refused "$what" "$pattern" realm -machine "$machine" $boot "$@"
}

# instead WHAT PATTERN MACHINE OPTION...: likewise, with another machine
instead() {
	what=$1 pattern=$2 other=$3
	shift 3
	refused "$what" "$pattern" realm -machine "$other" "$@"
}

no 'too many CPUs' '[0-9]+' -smp 600
no 'firmware by -bios' 'bios|firmware' -bios "$guest/Image"
no 'firmware in flash' 'firmware|flash' -drive "if=pflash,format=raw,file=$guest/Image"
no 'a balloon' 'balloon' -device virtio-balloon-pci
no 'to be migrated to' 'migrat|incoming' -incoming defer
no 'a snapshot to start from' 'snapshot' -loadvm one
no 'more RAM than there is secure memory' \
	'not enough secure memory.* 1024 MiB of RAM' -m 1024
no 'RAM for all of it, which leaves nothing for tables' \
	'not enough secure memory' -m "$(($(pool_free) / 256))"
# shellcheck disable=SC2086 # a list
check 'its device tree is to be had' \
	realm -machine "$machine,dumpdtb=$work/dtb" $boot -m 1024
no 'memory that is locked' 'locked' -overcommit mem-lock=on
no 'a debugger' 'debug' -gdb tcp:127.0.0.1:1234
no 'memory for later' 'maxmem|memory' -m 192,slots=2,maxmem=1G
for gic in gic-version=2 gic-version=4 kernel-irqchip=off; do
	no "a GIC of another kind: $gic" 'a realm needs gic-version=3' -machine $gic
done
no 'a PMU' 'realm.* PMU' -cpu host,pmu=on
no 'an IOMMU' 'IOMMU|iommu' -machine iommu=smmuv3
no 'EL2' 'virtualization' -machine virtualization=on
no 'EL3' 'secure' -machine secure=on
no 'memory tagging' '[Mm]emory [Tt]agging|mte|MTE' -machine mte=on
for device in virtio-rng-pci virtio-rng-device; do
	no "$device without iommu_platform" 'iommu_platform=on' \
		-device $device,iommu_platform=off
done
for value in AAA AA=A AB== 'AA== '; do
	no "what is not base64: '$value'" 'personalization-value.*[Bb]ase64' \
		-object "rme-guest,id=rme1,personalization-value=$value"
done
no 'data instead of an image' 'confidential guest' \
	-device loader,addr=0x44000000,data=1,data-len=8
no 'an image where there is no RAM' 'no RAM' \
	-device "loader,file=$guest/guest.cpio.gz,addr=0x7f000000,force-raw=on"
# With something in it where the kernel would be
truncate -s 192M "$work/ram"
dd if=/dev/urandom of="$work/ram" bs=4096 seek=512 count=1 conv=notrunc 2>/dev/null
in_ram() {
	dd if="$work/ram" bs=4096 skip=512 count=1 2>/dev/null | md5sum
}
contents=$(in_ram)
for how in share=off share=off,readonly=on,rom=off share=on,readonly=on; do
	no "RAM that is a file, $how" 'file with share=on' \
		-object "memory-backend-file,id=ram0,size=192M,mem-path=$work/ram,$how" \
		-machine memory-backend=ram0
done
no 'RAM that is a file, by its name alone' 'file with share=on' \
	-mem-path "$work/ram"
same 'the file is as it was' "$contents" "$(in_ram)"
rm "$work/ram"
instead 'another machine' 'virt' none,confidential-guest-support=rme0
instead 'no kernel' 'kernel' "$machine"
instead 'an object that is not there' 'rme1' virt,confidential-guest-support=rme1

# shellcheck disable=SC2086
refused 'another accelerator' 'accelerator' timeout 60 $qemu -nodefaults -display none \
	-accel tcg -cpu max -object rme-guest,id=rme0 -machine "$machine" $boot
pool_is_back && ok 'none of them has taken secure memory'

for property in measurement-algorithm personalization-value overcommit; do
	match "help has $property" "$property=" "$($qemu -object rme-guest,help)"
done
match 'the list of objects has it' 'rme-guest' "$($qemu -object help)"

# What is not there may be turned off, as libvirt does.
vm_up vm -- -device pcie-root-port,id=rp0 -cpu host,pmu=off
answer=$(cvm monitor vm 'savevm one' 2>&1)
match 'a snapshot' 'migrat|snapshot|block device' "$answer"
answer=$(cvm monitor vm 'loadvm one' 2>&1)
match 'a snapshot to return to' 'confidential guest cannot load a snapshot' "$answer"
answer=$(cvm monitor vm 'migrate exec:cat' 2>&1)
match 'to be migrated away' 'realm cannot be migrated' "$answer"
answer=$(cvm monitor vm 'info registers' 2>&1)
no_match 'registers are not shown' 'PC=|X0?0=' "$answer"
echo kept >"$work/memory"
for command in 'xp /4x 0x40000000' 'x /4x 0x40000000' 'sum 0x40000000 4096' \
	"pmemsave 0x40000000 4096 \"$work/memory\"" \
	"memsave 0x40000000 4096 \"$work/memory\"" \
	"dump-guest-memory $work/memory" \
	'calc_dirty_rate 1' 'calc_dirty_rate -b 1' 'calc_dirty_rate -r 1'; do
	match "the monitor does not show memory: $command" \
		'private|confidential' \
		"$(cvm monitor vm "$command" 2>&1)"
done
same 'no file was touched' kept "$(cat "$work/memory")"
for setting in 'measurement-algorithm sha256' 'personalization-value AA==' \
	'overcommit on'; do
	match "it is too late for $setting" 'configured already' \
		"$(cvm monitor vm "qom-set /objects/rme0 $setting" 2>&1)"
done
match 'it is too late to be another VM' 'cannot be changed' \
	"$(cvm monitor vm 'qom-set /machine confidential-guest-support /objects/rme0' 2>&1)"
plug='device_add virtio-rng-pci,bus=rp0'
match 'a device without iommu_platform, later' 'iommu_platform=on' \
	"$(cvm monitor vm "$plug,iommu_platform=off" 2>&1)"
check 'the realm goes on' in_vm vm true

rng=/sys/class/misc/hw_random
same 'a device is plugged in' '' "$(cvm monitor vm "$plug" 2>&1)"
within 'the realm finds it' 120 in_vm vm "grep -F virtio_rng.1 $rng/rng_available"
same 'and uses it' 16 "$(in_vm vm \
	"echo virtio_rng.1 >$rng/rng_current && head -c 16 /dev/hwrng | wc -c")"
vm_down vm
