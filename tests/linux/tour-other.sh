#!/bin/sh
# SPDX-License-Identifier: BSD-3-Clause
#
# The end of what `make run` shows: a server with another build of the monitor.

. "$(dirname "$0")/tour-lib.sh"

say 'step The right VM on a server with another build of the monitor'
ask verifier log/demo
relay "${answer% *}"
demo start demo 5 >/run/start.log 2>&1
asks_for_secret demo
seen 'on another monitor it is refused' \
	answers ': refused: component TMM measurement'
cvm stop demo
say 'done'
