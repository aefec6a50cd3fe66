# SPDX-License-Identifier: BSD-3-Clause
# shellcheck shell=sh
#
# Sourced by the scripts beside it: where things are, and how we talk.

top=$(cd "$(dirname "$0")/.." && pwd)

# Downloads and expensive builds live outside the checkout, so that every
# clone on a machine shares them and `make clean` does not cost a QEMU build.
cache=${VIRTCCA_CACHE:-${XDG_CACHE_HOME:-${HOME:-$top/build}/.cache}/virtcca}
case $cache in
/*) ;;
*) cache=$PWD/$cache ;;
esac

# A user's own PATH has no sbin on Debian, and kmod's tools are there.
PATH=$PATH:/usr/sbin:/sbin
export PATH

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# To make a space ends a name, to PATH a colon.
case $top$cache in
*[[:space:]:]*) die "no space or colon may be in the paths of checkout and cache: $top, $cache" ;;
esac

# step TITLE LOG-NAME DURATION COMMAND...: a command that takes a while.
step() {
	title=$1 log=$top/build/log/$2.log about=$3
	shift 3
	"$top/tools/step" "$title" "$log" "$about" "$@"
}

# lock NAME: two checkouts may be set up at once; the second one waits, and then
# finds everything done. The lock goes when the script ends, however it ends.
lock() {
	mkdir -p "$cache"
	exec 9>"$cache/$1.lock"
	flock --nonblock 9 && return
	say "waiting for another virtCCA set-up that is using $cache"
	flock 9
}

# series PART: the patches of qemu/, vmm/ or linux/, by name, in their order.
series() {
	sed -n 's/[[:space:]]*#.*//; /./p' "$top/$1/patches/series"
}

# apply_series PART TREE: Debian may have a newer release than the one that a patch was
# made for. Where that has changed lines beside ours only, say so in the log and go on.
apply_series() {
	for patch in $(series "$1"); do
		fuzz=0
		patch -d "$2" -p1 --forward --fuzz=0 --dry-run --quiet \
			<"$top/$1/patches/$patch" >/dev/null || fuzz=2
		say "applying $patch, fuzz $fuzz"
		patch -d "$2" -p1 --forward --fuzz=$fuzz \
			<"$top/$1/patches/$patch" ||
			die "$patch does not apply to the source that Debian has now"
	done
}

# Point a name below build/ at something in the cache.
link() {
	mkdir -p "$(dirname "$top/build/$2")"
	[ "$(readlink "$top/build/$2" || true)" = "$1" ] && return
	rm -rf "${top:?}/build/$2"
	ln -s "$1" "$top/build/$2"
}
