#!/bin/sh
# The guard of a router that has no commit timer of its own (FRR). An operator installs it
# and binds it to the write user's key, as the one command that this user may run:
#
#   command="/usr/lib/plumbline/guard.sh -d /var/lib/plumbline write",restrict,pty ssh-ed25519 ...
#
# Without a request it is the router's command line. A request is one line; a script comes
# on standard input. Answers are one line; status 1 is "refused: WORD text".
#
#   version | status [TX] | show | startup | archive TX
#   arm TX SECONDS BASE   keep TX   undo TX   save TX
#
# A trial is the folder "pending". Renaming it is the decision: to kept-TX or to undone-TX,
# and only one of keep, undo and the clock can win. How it ended stands in the file "end" of
# that folder; who leads back holds its lock, and where he died the next one goes on.
# Nothing that comes in is evaluated.
set -u
set -f
umask 077
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
self=$0
state=/var/lib/plumbline
space=
conf=/etc/frr
while getopts d:n: o; do
	case $o in
	d) state=$OPTARG ;;
	n) space=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ -n "$space" ] && conf=/etc/frr/$space

refuse() { echo "refused: $*"; exit 1; }
router() { if [ -n "$space" ]; then vtysh -N "$space" "$@"; else vtysh "$@"; fi; }
running() { router -c 'show running-config' 2>/dev/null; }
startup() { cat "$conf/frr.conf" 2>/dev/null; echo end; }
whole() { [ "$(tail -n 1 "$1")" = end ]; }
reduce() {
	tr -d '\r' | sed -e 's/[ 	]*$//' -e '/^$/d' -e '/^!$/d' -e '/^Building configuration/d' -e '/^Current configuration/d' \
		-e '/^frr version/d' -e '/^frr defaults/d' -e '/^hostname /d' -e '/^log /d' -e '/^service integrated-vtysh-config/d' -e '/^end/d' |
		sed -e '$!N' -e '/^\(interface .*\|bfd\)\nexit$/d' -e P -e D # blocks that are always there and hold nothing: some daemons show them
}
sum() { reduce | sha256sum | cut -d' ' -f1; }
boot() { cat /proc/sys/kernel/random/boot_id; }
pending() { cat "$state/pending/tx" 2>/dev/null; }
ended() { echo "$2 $3" >"$1/end.new" && mv -f "$1/end.new" "$1/end"; } # folder how saved

# A process is its number and when it began: a later one may bear the same number.
began() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
stop() { # the clock whose mark is in this file, and all that it started
	read -r clock since at 2>/dev/null <"$1" || return 0
	if [ "$clock" != $$ ] && [ "$at" = "$(boot)" ] && [ -n "$since" ] && [ "$(began "$clock")" = "$since" ]; then kill -- "-$clock" 2>/dev/null; fi
	return 0
}

# enter sends a file of configuration lines: it stops at the first one that is refused.
enter() {
	if [ "$(wc -c <"$1")" -lt 100000 ]; then
		router -c "configure terminal
$(cat "$1")" >/dev/null 2>&1
	else
		router -f "$1" >/dev/null 2>&1
	fi
}

# restart_with makes a file what the router starts with, as a whole or not at all. Who saved
# last owns the old file, so it is replaced and not written into, as vtysh does it.
restart_with() {
	cp "$1" "$conf/frr.conf.guard" || return 1
	chown --reference="$conf/frr.conf" "$conf/frr.conf.guard" 2>/dev/null || chgrp --reference="$conf/frr.conf" "$conf/frr.conf.guard" 2>/dev/null
	chmod --reference="$conf/frr.conf" "$conf/frr.conf.guard" && sync "$conf/frr.conf.guard" && mv -f "$conf/frr.conf.guard" "$conf/frr.conf"
}

# back leads to the base in up to three ways, each proved by reading: the undo script, a
# reload of the base, and as root the old startup file with a restart.
back() {
	dir=$1
	running >"$dir/archive"
	if [ "$(sum <"$dir/archive")" != "$(cat "$dir/base")" ]; then enter "$dir/undo"; fi
	if [ "$(running | sum)" != "$(cat "$dir/base")" ] && [ -x /usr/lib/frr/frr-reload.py ]; then
		if [ -n "$space" ]; then set -- --pathspace "$space"; else set --; fi
		/usr/lib/frr/frr-reload.py --reload "$@" --bindir /usr/bin --confdir "$conf" --rundir "/var/run/frr${space:+/$space}" "$dir/base.conf" >/dev/null 2>&1
	fi
	if [ "$(startup | sum)" != "$(cat "$dir/base")" ]; then restart_with "$dir/startup.conf"; fi
	if [ "$(running | sum)" != "$(cat "$dir/base")" ] && [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; then
		systemctl restart frr >/dev/null 2>&1
	fi
	[ "$(running | sum)" = "$(cat "$dir/base")" ] && [ "$(startup | sum)" = "$(cat "$dir/base")" ]
}

# take makes a pending trial one that is to be undone, and stops its clock.
take() { # tx how
	mv -T "$state/pending" "$state/undone-$1" 2>/dev/null || return 1
	echo "$2" >"$state/undone-$1/how"
	stop "$state/undone-$1/timer"
}

# lead leads back, or waits for the one who does. Status 0 is a router that is as it was.
lead() (
	dir=$state/undone-$1
	flock 9 || exit 1
	if [ ! -f "$dir/end" ]; then
		how=$(cat "$dir/how" 2>/dev/null)
		if back "$dir"; then ended "$dir" "${how:-fired}" saved; else ended "$dir" "${how:-fired}" unsaved; fi
	fi
	grep -q ' saved$' "$dir/end"
) 9>"$state/undone-$1/lock"

# idle tells that nobody leads back there.
idle() ( flock -n 9 ) 9>"$1/lock"

arm() {
	tx=$1 seconds=$2 base=$3
	case $seconds$base in *[!0-9a-f]*) refuse input "arm $tx" ;; esac
	case $seconds in '' | *[!0-9]* | 0 | ??????*) refuse input "seconds $seconds" ;; esac
	[ -e "$state/pending" ] && refuse busy "$(pending)"
	if [ -e "$state/undone-$tx" ] || [ -e "$state/kept-$tx" ]; then refuse input "$tx was used before"; fi
	new=$state/new-$tx
	rm -rf "$new"
	mkdir "$new" || refuse failed "the state folder $state cannot be written"
	head -c 1048577 >"$new/undo"
	[ "$(wc -c <"$new/undo")" -le 1048576 ] || { rm -rf "$new"; refuse input "a way back of more than 1 MiB"; }
	grep -q '[^[:space:]]' "$new/undo" || { rm -rf "$new"; refuse input "an empty way back"; }
	wrong=$(router -C -f "$new/undo" 2>&1 | grep -m 1 '^line ') && { rm -rf "$new"; refuse input "a way back that this router does not read: $wrong"; }
	running >"$new/base.conf"
	whole "$new/base.conf" || { rm -rf "$new"; refuse failed "the running configuration cannot be read"; }
	[ "$(sum <"$new/base.conf")" = "$base" ] || { rm -rf "$new"; refuse stale; }
	[ "$(startup | sum)" = "$base" ] || { rm -rf "$new"; refuse startup; }
	cp "$conf/frr.conf" "$new/startup.conf" || { rm -rf "$new"; refuse failed "the startup configuration cannot be read"; }
	deadline=$(($(date +%s) + seconds))
	echo "$tx" >"$new/tx" && echo "$base" >"$new/base" && echo "$deadline" >"$new/deadline" && boot >"$new/boot" && sync "$new/tx" "$new/base" "$new/undo" "$new/base.conf" "$new/startup.conf" "$new" || {
		rm -rf "$new"
		refuse failed "the way back cannot be kept"
	}
	mv -T "$new" "$state/pending" 2>/dev/null || { rm -rf "$new"; refuse busy "$(pending)"; }
	setsid "$self" -d "$state" ${space:+-n "$space"} clock "$tx" "$seconds" </dev/null >/dev/null 2>&1 &
	echo "$! $(began $!) $(boot)" >"$state/pending/timer"
	kill -0 $! 2>/dev/null || { take "$tx" undone && lead "$tx"; refuse timer "the clock does not run"; }
	# shellcheck disable=SC2012 # names of ours, newest first
	ls -1t "$state" | grep -E '^(kept|undone)-' | tail -n +33 | while read -r old; do rm -rf "${state:?}/$old"; done
	echo "armed $tx $deadline"
}

# clock is what the sleeper runs: it needs no client, and no login.
clock() {
	sleep "$2"
	[ "$(pending)" = "$1" ] || exit 0
	take "$1" fired || exit 0
	lead "$1"
}

# status tells which trial runs, and on request how one ended. It first finishes what
# nobody does any more: a way back that broke off, a trial from before a restart, and one
# whose clock is dead.
status() {
	for old in $(ls "$state"); do
		case $old in undone-*) if [ ! -f "$state/$old/end" ] && idle "$state/$old"; then lead "${old#undone-}"; fi ;; esac
	done
	tx=$(pending)
	if [ -n "$tx" ] && [ "$(cat "$state/pending/boot")" != "$(boot)" ]; then
		take "$tx" undone && lead "$tx"
		tx=
	fi
	if [ -n "$tx" ] && [ "$(date +%s)" -gt $(($(cat "$state/pending/deadline") + 5)) ]; then
		take "$tx" fired && lead "$tx"
		tx=
	fi
	if [ -n "$tx" ]; then echo "pending $tx $(cat "$state/pending/deadline")"; else echo none; fi
	if [ -z "${1-}" ] || [ "$tx" = "$1" ]; then return 0; fi
	if [ -d "$state/kept-$1" ]; then
		read -r how saved 2>/dev/null <"$state/kept-$1/end" || { how=kept saved=unsaved; }
		echo "last $how $1 $saved $(cat "$state/kept-$1/base")"
	elif [ -d "$state/undone-$1" ]; then
		read -r how saved 2>/dev/null <"$state/undone-$1/end" || { how=undoing saved=unsaved; }
		echo "last $how $1 $saved $(cat "$state/undone-$1/base")"
	fi
	return 0
}

keep() {
	[ "$(pending)" = "$1" ] || refuse "$([ -e "$state/pending" ] && echo "foreign $(pending)" || echo none)"
	mv -T "$state/pending" "$state/kept-$1" 2>/dev/null || refuse none
	stop "$state/kept-$1/timer"
	ended "$state/kept-$1" kept unsaved
	echo "kept $1"
}

undo() {
	[ "$(pending)" = "$1" ] || refuse "$([ -e "$state/pending" ] && echo "foreign $(pending)" || echo none)"
	take "$1" undone || refuse none
	lead "$1" || refuse failed "the router is not as it was: look at $state/undone-$1"
	echo "undone $1"
}

save() {
	[ -d "$state/kept-$1" ] || refuse none
	router -c 'write memory' 2>&1 | grep -q 'onfiguration saved to' || refuse failed "the router did not save"
	[ "$(running | sum)" = "$(startup | sum)" ] || refuse failed "what it starts with is not what runs"
	ended "$state/kept-$1" kept saved
	echo "saved $1"
}

if [ "${1-}" = clock ]; then
	clock "$2" "$3"
	exit 0
fi
[ "${1-}" = write ] || refuse input "the guard is bound to the write user's key: guard.sh write"
# shellcheck disable=SC2086 # the request is words, and -f keeps them from being expanded
set -- ${SSH_ORIGINAL_COMMAND-}
if [ $# -eq 0 ]; then
	if [ -n "$space" ]; then exec vtysh -N "$space"; else exec vtysh; fi
fi
mkdir -p "$state" || refuse failed "the state folder $state cannot be made"
case ${2-x} in *[!a-z0-9-]* | ?????????????????????????????????????????*) refuse input "${1}" ;; esac
case $1:$# in
version:1) sha256sum <"$self" | cut -d" " -f1 ;;
status:1) status ;;
status:2) status "$2" ;;
show:1) running ;;
startup:1) startup ;;
archive:2) cat "$state/undone-$2/archive" 2>/dev/null || refuse none ;;
arm:4) arm "$2" "$3" "$4" ;;
keep:2) keep "$2" ;;
undo:2) undo "$2" ;;
save:2) save "$2" ;;
*) refuse input "$1" ;;
esac
