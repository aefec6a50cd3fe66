#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A directory of the host by virtiofs: its daemon reads and writes what the guest
# shares, and no more.
# twins: yes
. "$(dirname "$0")/../lib.sh"

mkdir dir
dd if=/dev/urandom of=dir/from-host bs=64k count=64 2>/dev/null
vm_up vm --memory 256 --fs "$work/dir"
check 'it mounts' in_vm vm 'mkdir -p /mnt/fs && mount -t virtiofs fs /mnt/fs'
same 'the guest reads' "$(sha256sum <dir/from-host)" \
	"$(in_vm vm 'sha256sum </mnt/fs/from-host')"
written=$(in_vm vm 'dd if=/dev/urandom of=/mnt/fs/from-guest bs=64k count=64 2>/dev/null; sync; sha256sum </mnt/fs/from-guest')
same 'the guest writes' "$written" "$(sha256sum <dir/from-guest)"
same 'all of 4 MiB' 4194304 "$(stat -c %s dir/from-guest)"
check 'directories and names' in_vm vm \
	'cd /mnt/fs && mkdir -p a/b && mv from-guest a/b/moved && ln a/b/moved linked'
check 'the host sees them' test dir/a/b/moved -ef dir/linked
vm_down vm
