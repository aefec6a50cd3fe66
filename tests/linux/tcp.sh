# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Data by TCP, to a guest and back; sourced after lib.sh.

copy='socat -u -b 65536'

# tcp_both_ways NAME WHAT ADDRESS MIB: the guest connects to the host at ADDRESS,
# fetches so much, and sends it back while it comes.
tcp_both_ways() {
	dd if=/dev/urandom of=tcp bs=1M count="$4" 2>/dev/null
	sum=$(md5sum <tcp)
	$copy FILE:tcp TCP-LISTEN:5003,reuseaddr &
	sender=$!
	$copy TCP-LISTEN:5004,reuseaddr OPEN:back,creat,trunc &
	receiver=$!
	got=$(in_vm_script -t 300 "$1" <<END
rm -f /tmp/tcp
mkfifo /tmp/tcp
md5sum </tmp/tcp &
$copy TCP:$3:5003,retry=20,interval=0.2 - | tee /tmp/tcp |
	$copy - TCP:$3:5004,retry=20,interval=0.2
wait
END
	)
	same "$2: $4 MiB to the guest" "$sum" "$got" || kill $sender $receiver
	wait $sender $receiver 2>/dev/null
	same "$2: $4 MiB to the host" "$sum" "$(md5sum <back)"
	rm -f tcp back
}
