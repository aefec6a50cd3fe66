#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# The least memory that Debian's kernel and our initial RAM disk start with every
# time in a realm (images/README.md), and a good deal more.
# twins: yes
. "$(dirname "$0")/../lib.sh"

least=128 most=384

sizes="$least $most"
[ "$KIND" = realm ] || sizes=$least
for size in $sizes; do
	vm_up "mib$size" --memory "$size"
	total=$(in_vm "mib$size" "awk '/MemTotal/ { print int(\$2 / 1024) }' /proc/meminfo")
	check "the guest has most of $size MiB, and not more" \
		test "$total" -gt $((size / 3)) -a "$total" -lt "$size"
	vm_down "mib$size"
done
