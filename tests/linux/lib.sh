# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# For the cases: sourced first. What a case says is TAP; this library also sees
# to it that a case leaves no VM, that the guests' kernels had nothing to complain
# of, and that all secure memory is back. KIND is realm or ordinary.

set -u
KIND=${KIND:-realm}
CASE=${CASE:-by-hand}
SEED=${SEED:-1} SOAK=${SOAK:-}
SLOW=${SLOW:-1} # how many times longer all takes, with a kernel that watches itself
vms=/run/cvm
pool=/sys/kernel/debug/kvm/rmi_pool
work=/run/work
rm -rf "$work"
mkdir -p "$work"
cd "$work" || exit 1
# By hand there is no report.
{ true >&3; } 2>/dev/null || exec 3>/dev/null
export CVM_LOGS="/share/log/$CASE"

# --------------------------------------------------------------------- TAP

tests=0 failures=0

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

ok() {
	tests=$((tests + 1))
	echo "ok $tests - $CASE: $1"
}

# not_ok NAME [WHY]
not_ok() {
	tests=$((tests + 1)) failures=$((failures + 1))
	echo "not ok $tests - $CASE: $1"
	[ -z "${2:-}" ] || note "$2"
}

# skip NAME WHY
skip() {
	tests=$((tests + 1))
	echo "ok $tests - $CASE: $1 # SKIP $2"
}

# skip_all WHY: the case makes no sense here
skip_all() {
	skip 'all' "$1"
	exit 0
}

# give_up WHY: what follows would make no sense
give_up() {
	not_ok "$1" "${2:-}"
	exit 1
}

# check NAME COMMAND...: the command succeeds
check() {
	what=$1
	shift
	if "$@" >"$work/output" 2>&1; then
		ok "$what"
	else
		not_ok "$what" "status $? of: $*
$(head -n 20 "$work/output")"
		return 1
	fi
}

# same NAME WANTED GOT
same() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "wanted '$2', got '$3'"
		return 1
	fi
}

# match NAME PATTERN TEXT: a line of the text matches
match() {
	if printf '%s\n' "$3" | grep -Eq -e "$2"; then
		ok "$1"
	else
		not_ok "$1" "nothing matches '$2' in: $(printf '%s' "$3" | head -n 20)"
		return 1
	fi
}

# no_match NAME PATTERN TEXT
no_match() {
	if printf '%s\n' "$3" | grep -Eq -e "$2"; then
		not_ok "$1" "'$2' is in: $(printf '%s' "$3" | grep -E -e "$2" | head -n 5)"
		return 1
	else
		ok "$1"
	fi
}

# refused NAME PATTERN COMMAND...: it fails, and says why in one line
refused() {
	what=$1 pattern=$2
	shift 2
	if "$@" >"$work/output" 2>&1; then
		not_ok "$what" "was not refused: $*"
		return 1
	fi
	if [ "$(wc -l <"$work/output")" != 1 ]; then
		not_ok "$what" "refused, but not in one line: $(cat "$work/output")"
		return 1
	fi
	match "$what" "$pattern" "$(cat "$work/output")"
}

# Sets now: seconds since the host's start
get_time() {
	read -r now _ </proc/uptime
	now=${now%.*}
}

# within NAME SECONDS COMMAND...: it comes true in this time
within() {
	what=$1
	get_time
	deadline=$((now + $2 * SLOW))
	shift 2
	until "$@" >/dev/null 2>&1; do
		get_time
		if [ "$now" -gt "$deadline" ]; then
			not_ok "$what" "not in time: $*"
			return 1
		fi
		sleep 0.5
	done
	ok "$what"
}

# ------------------------------------------------------------------ numbers

# Free pages of secure memory as the kernel counts them, and as the monitor does.
pool_free() {
	sed -n 's/^free \([0-9]*\) .*/\1/p' "$pool"
}

monitor_free() {
	sed -n 's/.* rmm-free \([0-9]*\)$/\1/p' "$pool" |
		awk '{ n += $1 } END { print n + 0 }'
}

pool_lost() {
	sed -n 's/.* lost \([0-9]*\)$/\1/p' "$pool"
}

# meminfo NAME: in KiB
meminfo() {
	awk -v name="$1:" '$1 == name { print $2 }' /proc/meminfo
}

# random LIMIT: sets random_value to 0 up to LIMIT - 1, as SEED wants it
random_state=$SEED
# shellcheck disable=SC2034 # for the cases
random() {
	random_state=$(((random_state * 1103515245 + 12345) % 2147483648))
	random_value=$((random_state / 65536 % $1))
}

# ---------------------------------------------------------------------- VMs

# Debian's kernel spends a good part of its start on what is of no use here, and one
# CPU has less to talk about. A case that wants it as everybody has it says
# as_it_is=yes.
# Each page of a realm takes four calls in its life, so it has no more than it needs.
# Where much data is checked it is with md5sum: a third of the instructions of sha256sum.
quick='loglevel=5 cryptomgr.notests=1 initcall_blacklist=load_system_certificate_list'
as_it_is=''

# of_kind start|describe NAME OPTION...: one of this case's KIND
of_kind() {
	verb=$1 whom=$2
	shift 2
	[ "$as_it_is" ] || set -- --cpus 1 --memory 144 --append "$quick" "$@"
	if [ "$KIND" = ordinary ]; then
		set -- --ordinary "$@"
	fi
	cvm "$verb" "$whom" "$@"
}

# vm NAME OPTION...: starts it
vm() {
	of_kind start "$@"
}

# in_vm [-t SECONDS] NAME COMMAND... All waiting is generous: it is only ever as
# long in a run that fails, or on a machine that others use too.
in_vm() {
	limit=200
	if [ "$1" = -t ]; then
		limit=$2
		shift 2
	fi
	cvm exec -t $((limit * SLOW)) "$@"
}

# in_vm_script [-t SECONDS] NAME <SCRIPT: of any length
in_vm_script() {
	in_vm "$@" "echo $(base64 | tr -d '\n') | base64 -d | sh"
}

# vm_up NAME OPTION...: as a test; the case ends if it fails
vm_up() {
	check "$1 boots" vm "$@" || exit 1
}

# vm_down NAME: as a test
vm_down() {
	check "$1 powers off" cvm stop -t $((120 * SLOW)) "$1"
}

vm_pid() {
	cat "$vms/$1/pid"
}

# What the kernel of a guest must never say.
guest_warnings() {
	grep -aE 'WARNING: |BUG: |Oops|Kernel panic|Internal error|Call trace|Unable to handle|KFENCE|soft lockup|rcu: INFO|blocked for more' \
		"$1"
}

# secret SEED COUNT FILE: a command for a guest, which writes to a file what
# nobody else has ever computed; machine.py can, too.
secret() {
	echo "i=0; while [ \$i -lt $2 ]; do i=\$((i + 1)); echo $1-\$i | sha256sum; done >$3"
}

# ask REQUEST: of the runner, which is outside of the server; sets answer
ask() {
	answer=''
	echo "ask $*" >&3
	read -r answer <&3
}

# where_is SEED COUNT: asks the runner how many lines of that secret are in normal
# and in secure memory; sets normal and secure, or says no.
# shellcheck disable=SC2034 # for the cases
where_is() {
	normal='' secure=''
	ask "find $1 $2" || return 1
	normal=$(echo "$answer" | sed -n 's/^normal=\([0-9]*\) .*/\1/p')
	secure=$(echo "$answer" | sed -n 's/.* secure=\([0-9]*\) .*/\1/p')
	[ "$normal" ] || note "$answer"
	[ "$normal" ]
}

# -------------------------------------------------------------- attestation

# What the runner does with the tools of attest/ is in outside.py.

# predict NAME OPTION...: sets rim to what such a VM will be measured as, as a test
# if that fails
predict() {
	whose=$1
	shift
	rim='' answer=''
	if of_kind describe "/share/log/$CASE/$whose" "$@" >"$work/output" 2>&1 &&
		ask "predict log/$CASE/$whose"; then
		rim=${answer#rim }
	fi
	[ "$rim" ] && [ "$rim" != "$answer" ] && return
	not_ok "the measurement of $whose is predicted" "$(cat "$work/output") $answer"
	return 1
}

# token VM CHALLENGE: has it attest to 64 bytes in hexadecimal, by nothing but its
# kernel; the token goes to $CASE/VM.token in the log
token() {
	in_vm_script "$1" >"$work/token" <<-END
		r=/sys/kernel/config/tsm/report/test
		mkdir \$r || exit
		printf '$(printf '%s' "$2" | sed 's/../\\x&/g')' >\$r/inblob &&
			base64 \$r/outblob
		status=\$?
		rmdir \$r
		exit \$status
	END
	status=$?
	base64 -d <"$work/token" >"/share/log/$CASE/$1.token"
	return $status
}

# relay ADDRESS: what VMs send to port 4433 of this host goes there, and a copy of
# it to $work/heard
relay_pid=''
relay() {
	socat -r "$work/heard" TCP-LISTEN:4433,bind=127.0.0.1,reuseaddr,fork \
		"TCP:$1" >/dev/null 2>&1 3>&- &
	relay_pid=$!
}

# ------------------------------------------------------------------- the end

# A guest that was told to complain is the case's own business: expect_warnings.
expect_warnings=
end_vms() {
	warnings=
	for dir in "$vms"/*/; do
		[ -d "$dir" ] || continue
		dir=${dir%/} vm=${dir##*/}
		cvm kill "$vm" >/dev/null 2>&1
		warnings=$warnings$(guest_warnings "$dir/console.log" 2>/dev/null | head -n 5)
		cvm rm "$vm"
	done
	[ "$expect_warnings" ] || same 'no warnings of the guests' '' "$warnings"
}

pool_is_back() {
	[ "$(pool_free)" = "$free_at_begin" ] &&
		[ "$(monitor_free)" = "$monitor_free_at_begin" ]
}

# So is what a case has taken away from KVM itself: expect_loss.
expect_loss=
finish() {
	trap - EXIT
	[ -z "$relay_pid" ] || kill "$relay_pid"
	end_vms
	if [ -e "$pool" ] && [ -z "$expect_loss" ]; then
		within 'all secure memory is back' 60 pool_is_back ||
			note "free $(pool_free), $(monitor_free); before" \
				"$free_at_begin, $monitor_free_at_begin"
		same 'no secure memory is lost' 0 "$(pool_lost)"
	fi
	rm -rf "$work"
	[ "$failures" -eq 0 ] || exit 1
	exit 0
}

if [ -e "$pool" ]; then
	free_at_begin=$(pool_free) monitor_free_at_begin=$(monitor_free)
elif [ "$KIND" = realm ]; then
	give_up 'there is secure memory' "no $pool"
fi
trap finish EXIT
trap 'exit 1' HUP INT TERM
