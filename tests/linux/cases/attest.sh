#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
# A realm proves what it is to somebody outside of the server, and gets a secret;
# one with another byte on its command line and a host with an old token do not.
# seconds: 400
. "$(dirname "$0")/../lib.sh"

ask key
key=$answer
# good and bad, but for the last byte of the command line
of_all="--attest --memory 192 --net user --append verifier-key=$key"
good="$of_all --append mark=1"
bad="$of_all --append mark=2"

# shellcheck disable=SC2086 # words
predict good $good || exit 1
ask "verifier log/$CASE/good"
address=${answer% *} hash=${answer#* }
match 'somebody outside has a secret' '^10\.0\.2\.2:[0-9]+ [0-9a-f]{64}$' "$answer" ||
	exit 1

# A VM reaches the host behind its network; the host carries on what it likes, and
# here keeps what the realm has said.
relay "$address"

# get_secret VM [OPTION...]: sets secret_hash, said and status
get_secret() {
	whom=$1
	shift
	said=$(in_vm "$whom" "cca-attester $* -o /run/secret 10.0.2.2:4433")
	status=$?
	secret_hash=$(in_vm "$whom" 'sha256sum </run/secret; rm -f /run/secret' 2>/dev/null)
	secret_hash=${secret_hash%% *}
}

random_hex() {
	head -c "$1" /dev/urandom | od -An -v -tx1 | tr -d ' \n'
}

# shellcheck disable=SC2086
vm_up good $good
challenge=$(random_hex 64)
check 'the kernel gives a token' token good "$challenge"
ask "token log/$CASE/good.token $challenge log/$CASE/good"
same 'it is of this platform and this realm' '0 fine' "$answer"
ask "token log/$CASE/good.token $(random_hex 64) log/$CASE/good"
match 'it is for this challenge alone' '^5 .*challenge: ' "$answer"

get_secret good -k "$key"
same 'the realm gets the secret' "0 $hash" "$status $secret_hash"
ask verdict
match 'who is outside knows' ': released$' "$answer"

# What the realm has said was true. Now the host says it again.
check 'the host has heard a token' test "$(stat -c %s "$work/heard")" -gt 1000
socat -t 60 - "TCP:$address" <"$work/heard" >"$work/replayed"
match 'a token that is sent again is refused' \
	'challenge: the token is for another one' "$(tr -cd ' -~' <"$work/replayed")"
ask verdict
match 'and who is outside knows why' ': refused: challenge: ' "$answer"

# The host cannot be the verifier, either: the realm knows whose secrets to take.
get_secret good -k "$(random_hex 32)"
match 'the realm takes a secret from one verifier only' '^4 .* another key' \
	"$status $said"
ask verdict
no_match 'to another one it tells nothing' 'released' "$answer"
vm_down good

# shellcheck disable=SC2086
vm_up bad $bad
get_secret bad -k "$key"
match 'another command line is refused' \
	'^5 .*refused: realm initial-measurement: it is [0-9a-f]+' "$status $said"
no_match 'and gets no secret' "$hash" "$secret_hash"
ask verdict
match 'who is outside knows that, too' ': refused: realm initial-measurement' "$answer"
vm_down bad
