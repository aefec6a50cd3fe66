# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# For tour.sh and tour-other.sh, which run on the host: sourced first. Each line of
# the report is a word and a text: step, seen, missed, host, outside, cvm (what the
# guest's console says).

# shellcheck source=report.sh
. /share/tests/report.sh

mkdir -p /run/guest
cp /share/guest/* /run/guest
export CVM_GUEST=/run/guest

say() {
	echo "$*" >&3
}

# ask REQUEST: of who is outside of the server (outside.py); sets answer
ask() {
	say "ask $*"
	read -r answer <&3
}

# seen WHAT COMMAND...: it was, or it was not
seen() {
	what=$1
	shift
	if "$@" >/dev/null 2>&1; then
		say "seen $what"
	else
		say "missed $what"
	fi
}

# in_cvm COMMAND: runs it with the guest's console as a witness; sets output
in_cvm() {
	output=$(cvm exec -t 300 demo "echo '# ${1%%;*}' >/dev/console; { $1; } 2>&1 | tee /dev/console")
}

# output or answer
has() {
	printf '%s\n' "$output" | grep -Eq -e "$1"
}

answers() {
	printf '%s\n' "$answer" | grep -Eq -e "$1"
}

# demo start|describe NAME LOGLEVEL OPTION...: the VM that who is outside expects,
# if the level is 5. The key is that of who is outside.
ask key
key=$answer
demo() {
	verb=$1 whom=$2 level=$3
	shift 3
	truncate -s 16M "/run/disk-${whom##*/}"
	cvm "$verb" "$whom" --attest --cpus 2 --memory 192 \
		--disk "/run/disk-${whom##*/}" --net user --append "verifier-key=$key loglevel=$level" "$@"
}

# What a VM sends to its host's address goes to who is outside, and a copy of it
# to a file. relay ADDRESS
relay() {
	socat -r /run/heard TCP-LISTEN:4433,bind=127.0.0.1,reuseaddr,fork "TCP:$1" 3>&- &
}

attester="cca-attester -k $key -o /run/secret 10.0.2.2:4433"

# Measurements are long.
say_verdict() {
	say "outside $(echo "$answer" | cut -c 1-110)"
}

# asks_for_secret NAME: sets output, secret (its hash) and answer (what who is
# outside says of it)
asks_for_secret() {
	output=$(cvm exec -t 300 "$1" "$attester")
	say "cvm # $attester"
	[ -z "$output" ] || say "cvm $(echo "$output" | cut -c 1-110)"
	secret=$(cvm exec -t 60 "$1" 'sha256sum </run/secret; rm -f /run/secret')
	secret=${secret%% *}
	ask verdict
	say_verdict
}
