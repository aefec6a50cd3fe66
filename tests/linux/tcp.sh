# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# 50 MiB by TCP, from the host to a guest and back; sourced after lib.sh.

blocks=800	# of 64 KiB

# tcp_to_guest NAME WHAT ADDRESS: the guest fetches it from the host
tcp_to_guest() {
	dd if=/dev/urandom of=tcp bs=64k count=$blocks 2>/dev/null
	socat -u FILE:tcp TCP-LISTEN:5003,reuseaddr &
	same "$2: 50 MiB to the guest" "$(sha256sum <tcp)" \
		"$(in_vm -t 300 "$1" "socat -u TCP:$3:5003,retry=20,interval=0.2 - | sha256sum")"
	kill $! 2>/dev/null
	rm -f tcp
}

# tcp_to_host NAME WHAT ADDRESS: the guest sends what it makes up
tcp_to_host() {
	socat -u TCP-LISTEN:5004,reuseaddr OPEN:tcp,creat,trunc &
	sent=$(in_vm_script -t 300 "$1" <<END
mkfifo /tmp/tcp
sha256sum </tmp/tcp &
dd if=/dev/urandom bs=64k count=$blocks 2>/dev/null | tee /tmp/tcp |
	socat -u - TCP:$3:5004,retry=20,interval=0.2
wait
END
	)
	[ -n "$sent" ] || kill $!
	wait $!
	same "$2: 50 MiB to the host" "$sent" "$(sha256sum <tcp)"
	same "$2: all of 50 MiB" $((blocks * 65536)) "$(stat -c %s tcp)"
	rm -f tcp
}

tcp_both_ways() {
	tcp_to_guest "$@"
	tcp_to_host "$@"
}
