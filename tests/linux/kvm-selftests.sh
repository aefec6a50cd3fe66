#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# What kvm-selftests has the server do: each line of the report is the status of
# a test, its name and the last that it said.

# shellcheck source=report.sh
. /share/tests/report.sh

cd /share/tests/kvm-selftests || exit 1
limit=$(cat seconds)
while read -r test arguments; do
	cp "$test" /run/test
	# shellcheck disable=SC2086 # a list
	timeout -k 5 "$limit" /run/test $arguments </dev/null >/run/output 2>&1
	echo "$? $test $(tail -n 1 /run/output)" >&3
done <todo
