#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# An encrypted disk that its realm opens when it is started again, without a key
# from outside, and that nothing else opens.
# seconds: 500
. "$(dirname "$0")/../lib.sh"

truncate -s 20M disk
usual="--attest --memory 224 --disk $work/disk"

# shellcheck disable=SC2086 # words
vm_up first $usual --append mark=1
in_vm_script first >said 2>&1 <<'END'
	modprobe realm_key || exit
	# key BYTE: of the context with 32 of them
	key() {
		(printf "$(printf "\\\\x$1%.0s" $(seq 32))" >&3 && cat <&3 | od -An -v -tx1 |
			tr -d ' \n') 3<>/dev/realm-key
	}
	echo "one $(key 61)"
	echo "again $(key 61)"
	echo "two $(key 62)"
	head -c 32 /dev/realm-key >/tmp/none 2>&1 || echo 'none without a context'
	printf 'short' >/dev/realm-key 2>/dev/null || echo 'none for a short one'
	ls -l /dev/realm-key | cut -c 1-10
END
said=$(cat said)
one=$(sed -n 's/^one //p' said)
match 'a realm gets a key' '^[0-9a-f]{64}$' "$one"
same 'the same again' "$one" "$(sed -n 's/^again //p' said)"
match 'for another context there is one' '^two [0-9a-f]{64}$' "$said"
no_match 'and it is another' "^two $one\$" "$said"
match 'without a context there is none' '^none without' "$said"
match 'nor for one of another size' '^none for' "$said"
match 'the device is for root alone' '^crw-------$' "$said"

check 'it makes an encrypted disk' in_vm first \
	'sealed-disk format /dev/vda && sealed-disk open /dev/vda data && mke2fs /dev/mapper/data && mkdir /run/data && mount -t ext4 /dev/mapper/data /run/data && echo what-nobody-reads >/run/data/file && umount /run/data && cryptsetup close data'
vm_down first
same 'on the disk it cannot be read' 0 \
	"$(grep -c what-nobody-reads disk)"
same 'and there is nothing on it that says how' 0 "$(grep -c virtCCA disk)"

# shellcheck disable=SC2086
vm_up first $usual --append mark=1
same 'started again it opens the disk' what-nobody-reads "$(in_vm first \
	'sealed-disk open /dev/vda data && mkdir /run/data && mount -t ext4 -o ro /dev/mapper/data /run/data && cat /run/data/file')"

# One bit of the first sectors: whoever changes them is seen.
check 'it shuts the disk' in_vm first \
	'umount /run/data && cryptsetup close data && echo 3 >/proc/sys/vm/drop_caches'
cp disk good
printf 'x' | dd of=disk bs=1 seek=100 conv=notrunc 2>/dev/null
refused 'a disk that was changed is not opened' 'the key of this realm does not open' \
	in_vm first 'sealed-disk open /dev/vda data 2>&1; [ -e /dev/mapper/data ]'
vm_down first
mv good disk

# shellcheck disable=SC2086
vm_up changed $usual --append mark=2
refused 'with another command line it does not' 'the key of this realm does not open' \
	in_vm changed 'sealed-disk open /dev/vda data 2>&1; [ -e /dev/mapper/data ]'
vm_down changed

KIND=ordinary
# shellcheck disable=SC2086
vm_up plain $usual --append mark=1
refused 'an ordinary VM has no such key' 'this machine has no keys for realms' \
	in_vm plain 'sealed-disk open /dev/vda data'
match 'its kernel says so' 'realm_key: no keys here' "$(in_vm plain dmesg)"
vm_down plain
