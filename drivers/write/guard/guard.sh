#!/bin/sh
# The guard of a router that has no commit timer of its own (FRR), or one that tells nobody
# whose trial runs (BIRD: -f is its file, -s its control socket). An operator installs it and
# binds it to the write user's key, as the one command that this user may run:
#
#   command="/usr/lib/plumbline/guard.sh -d /var/lib/plumbline write",restrict,pty ssh-ed25519 ...
#   command="/usr/lib/plumbline/guard.sh -d /var/lib/plumbline -f /etc/bird/bird.conf write",restrict ssh-ed25519 ...
#   command="/usr/lib/plumbline/guard.sh -d /var/lib/plumbline -f /etc/bird/bird.conf read",restrict,pty ssh-ed25519 ...
#
# Without a request it is the router's command line; of BIRD, one that changes nothing. A
# request is one line; a script or a file comes on standard input. Answers are one line;
# status 1 is "refused: WORD text".
#
#   version | status [TX] | show | startup | archive TX
#   arm TX SECONDS BASE   load TX SUM   keep TX   undo TX   save TX
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
file=
socket=
while getopts d:n:f:s: o; do
	case $o in
	d) state=$OPTARG ;;
	n) space=$OPTARG ;;
	f) file=$OPTARG ;;
	s) socket=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ -n "$space" ] && conf=/etc/frr/$space
[ -n "$file" ] && umask 027 # who reads is of the daemon's group

refuse() { echo "refused: $*"; exit 1; }
router() { if [ -n "$space" ]; then vtysh -N "$space" "$@"; else vtysh "$@"; fi; }
running() { if [ -n "$file" ]; then shown; else router -c 'show running-config' 2>/dev/null; fi; }
startup() { if [ -n "$file" ]; then cat "$file" 2>/dev/null; else cat "$conf/frr.conf" 2>/dev/null; echo end; fi; }
whole() { if [ -n "$file" ]; then [ -s "$1" ]; else [ "$(tail -n 1 "$1")" = end ]; fi; }
reduce() {
	if [ -n "$file" ]; then cat; return; fi
	tr -d '\r' | sed -e 's/[ 	]*$//' -e '/^$/d' -e '/^!$/d' -e '/^Building configuration/d' -e '/^Current configuration/d' \
		-e '/^frr version/d' -e '/^frr defaults/d' -e '/^hostname /d' -e '/^log /d' -e '/^service integrated-vtysh-config/d' -e '/^end/d' |
		sed -e '$!N' -e '/^\(interface .*\|bfd\)\nexit$/d' -e P -e D # blocks that are always there and hold nothing: some daemons show them
}
sum() { reduce | sha256sum | cut -d' ' -f1; }
boot() { cat /proc/sys/kernel/random/boot_id; }
pending() { cat "$state/pending/tx" 2>/dev/null; }
ended() { echo "$2 $3" >"$1/end.new" && mv -f "$1/end.new" "$1/end"; } # folder how saved

# BIRD does not tell what runs, but when what runs was read: this names it, for a way back has
# the time of what it leads to. What a trial read is in its folder; else it is the file, where
# nobody wrote into that since.
talk() { timeout 30 birdc -v ${socket:+-s "$socket"} "$@" </dev/null 2>/dev/null; }
# BIRD counts that time back from now, and is late by what it was kept from in between: of a few
# answers the earliest is the nearest, and two that are this close are one.
loaded() { for _ in 1 2 3; do talk -r show status | sed -n 's/^.*Last reconfiguration on //p'; done | LC_ALL=C sort | head -n 1; }
same() {
	[ -n "$1" ] && [ -n "$2" ] || return 1
	[ "$1" = "$2" ] && return 0
	apart=$(($(date -d "$1" +%s%3N) - $(date -d "$2" +%s%3N))) && [ "${apart#-}" -le 25 ]
}
shown() {
	at=$(loaded)
	[ -n "$at" ] || return 1
	for of in pending $(ls "$state" 2>/dev/null | grep -E '^(kept|undone)-'); do
		if same "$(cat "$state/$of/loaded" 2>/dev/null)" "$at"; then cat "$state/$of/target"; return; fi
	done
	[ -f "$state/pending/loading" ] && ! same "$(cat "$state/pending/loading")" "$at" && return 1
	fresh "$at" && cat "$file"
}
fresh() { [ "$(date -d "$1" +%s%3N)" -ge "$(date -r "$file" +%s%3N)" ]; } # when it was read
place() { # a file, as one that the daemon can read as it reads its own
	cp "$1" "$2" && { chown --reference="$file" "$2" 2>/dev/null || chgrp --reference="$file" "$2" 2>/dev/null || true; } &&
		chmod --reference="$file" "$2" && touch -r "$1" "$2" && sync "$2" && cmp -s "$1" "$2"
}
renewed() { # a reading that is not that of before; some protocols take their time to go down
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		at=$(loaded)
		if [ -n "$at" ] && ! same "$at" "$1"; then echo "$at"; return 0; fi
		sleep 0.5
	done
	return 1
}
said() { sed -n 's/^[89][0-9][0-9][0-9][ -]//p' | head -n 1; } # what BIRD refuses with

# A process is its number and when it began: a later one may bear the same number.
began() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
stop() { # the clock whose mark is in this file, and all that it started
	read -r clock since at 2>/dev/null <"$1" || return 0
	if [ "$clock" != $$ ] && [ "$at" = "$(boot)" ] && [ -n "$since" ] && [ "$(began "$clock")" = "$since" ]; then kill -- "-$clock" 2>/dev/null; fi
	return 0
}

# hush ends the sessions that send lines: what came behind the way back would stay, with no clock.
hush() {
	# shellcheck disable=SC2012 # numbers
	ls -1 "$state/senders" 2>/dev/null | while read -r sender; do
		read -r pid since at <"$state/senders/$sender" || continue
		if [ "$at" = "$(boot)" ] && [ -n "$since" ] && [ "$(began "$pid")" = "$since" ]; then kill -KILL "$pid" 2>/dev/null; fi
		rm -f "$state/senders/$sender"
	done
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
	if [ -n "$file" ]; then reread; return; fi
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

# reread has BIRD read the file that it starts with, which a trial does not touch.
reread() {
	if [ "$(startup | sum)" != "$(cat "$dir/base")" ]; then place "$dir/startup.conf" "$file.staged" && mv -f "$file.staged" "$file" && sync "$(dirname "$file")"; fi
	rm -f "$file.staged"
	was=$(loaded)
	if ! same "$was" "$(cat "$dir/was")"; then
		talk configure >/dev/null
		renewed "$was" >/dev/null || return 1
	fi
	rm -f "$dir/loading"
	[ "$(startup | sum)" = "$(cat "$dir/base")" ] && [ "$(running | sum)" = "$(cat "$dir/base")" ]
}

# take makes a pending trial one that is to be undone, and stops its clock.
take() { # tx how
	mv -T "$state/pending" "$state/undone-$1" 2>/dev/null || return 1
	echo "$2" >"$state/undone-$1/how"
	stop "$state/undone-$1/timer"
	hush
}

# lead leads back, or waits for the one who does. Status 0 is a router that is as it was.
lead() (
	dir=$state/undone-$1
	flock 9 && flock 8 || exit 1
	if [ ! -f "$dir/end" ]; then
		how=$(cat "$dir/how" 2>/dev/null)
		if back "$dir"; then ended "$dir" "${how:-fired}" saved; else ended "$dir" "${how:-fired}" unsaved; fi
	fi
	grep -q ' saved$' "$dir/end"
) 9>"$state/undone-$1/lock" 8>"$state/lock"

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
	wrong=
	[ -n "$file" ] || wrong=$(router -C -f "$new/undo" 2>&1 | grep -m 1 '^line ') && [ -n "$wrong" ] && { rm -rf "$new"; refuse input "a way back that this router does not read: $wrong"; }
	running >"$new/base.conf"
	whole "$new/base.conf" || { rm -rf "$new"; refuse failed "the running configuration cannot be read"; }
	[ "$(sum <"$new/base.conf")" = "$base" ] || { rm -rf "$new"; refuse stale; }
	[ "$(startup | sum)" = "$base" ] || { rm -rf "$new"; refuse startup; }
	if [ -n "$file" ]; then loaded >"$new/was"; fi
	cp -p "${file:-$conf/frr.conf}" "$new/startup.conf" || { rm -rf "$new"; refuse failed "the startup configuration cannot be read"; }
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

# load has BIRD check a file and read it under a clock of its own, which is a little later than
# ours. The file that it starts with stays as it is until the change is kept.
load() (
	flock 8 || exit 1
	[ "$(pending)" = "$1" ] || refuse none
	dir=$state/pending
	[ -n "$file" ] && [ ! -f "$dir/target" ] || refuse input "load $1"
	head -c 4194305 >"$dir/target"
	[ "$(wc -c <"$dir/target")" -le 4194304 ] || refuse input "a file of more than 4 MiB"
	place "$dir/target" "$file.staged" || refuse failed "the file cannot be staged beside $file"
	case $2 in *[!0-9a-f]*) refuse input load ;; esac
	[ "$(sum <"$file.staged")" = "$2" ] || refuse failed "the file did not come whole"
	out=$(talk "configure check \"$file.staged\"")
	case $out in *0020*) ;; *) refuse check "$(echo "$out" | said)" ;; esac
	left=$(($(cat "$dir/deadline") - $(date +%s)))
	[ "$left" -ge 1 ] || refuse none
	was=$(loaded)
	same "$was" "$(cat "$dir/was")" || refuse failed "somebody had it read its file again"
	echo "$was" >"$dir/loading" && sync "$dir/loading" "$dir/target" "$dir" || refuse failed "the trial cannot be kept"
	out=$(talk "configure \"$file.staged\" timeout $((left + 3))")
	case $out in *0022*) ;; *) refuse failed "$(echo "$out" | said)" ;; esac
	at=$(renewed "$was") || refuse failed "it does not read the file"
	echo "$at" >"$dir/loaded.new" && sync "$dir/loaded.new" && mv "$dir/loaded.new" "$dir/loaded" && rm "$dir/loading" && echo "loaded $1"
) 8>"$state/lock"

# settle ends a decision to keep: BIRD's own clock is stopped, or the trial was over before.
settle() {
	if [ -n "$file" ]; then
		talk configure confirm >/dev/null
		if ! same "$(loaded)" "$(cat "$state/kept-$1/loaded")"; then
			mv -T "$state/kept-$1" "$state/undone-$1" && echo fired >"$state/undone-$1/how" && lead "$1"
			return 1
		fi
	fi
	ended "$state/kept-$1" kept unsaved
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
		case $old in
		kept-*) if [ -n "$file" ] && [ ! -f "$state/$old/end" ]; then settle "${old#kept-}"; fi ;;
		undone-*) if [ ! -f "$state/$old/end" ] && idle "$state/$old"; then lead "${old#undone-}"; fi ;;
		esac
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
	if [ -n "$file" ] && ! same "$(loaded)" "$(cat "$state/pending/loaded" 2>/dev/null)"; then refuse none "it was taken back on the router"; fi
	mv -T "$state/pending" "$state/kept-$1" 2>/dev/null || refuse none
	stop "$state/kept-$1/timer"
	settle "$1" || refuse none "it was taken back on the router"
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
	if [ -n "$file" ]; then
		same "$(loaded)" "$(cat "$state/kept-$1/loaded")" || refuse failed "what runs is not what was kept"
		place "$state/kept-$1/target" "$file.staged" && mv -f "$file.staged" "$file" && sync "$(dirname "$file")" || refuse failed "$file cannot be written"
	else
		router -c 'write memory' 2>&1 | grep -q 'onfiguration saved to' || refuse failed "the router did not save"
	fi
	[ "$(running | sum)" = "$(startup | sum)" ] || refuse failed "what it starts with is not what runs"
	ended "$state/kept-$1" kept saved
	echo "saved $1"
}

if [ "${1-}" = clock ]; then
	clock "$2" "$3"
	exit 0
fi
# answers is a command line of BIRD that changes nothing. Which questions there are is said by who
# asks: one that begins with show and is of plain words is one argument of a birdc that only reads.
answers() {
	LC_ALL=C
	while printf '%s# ' "$(uname -n)" && read -r line; do
		[ ${#line} -le 200 ] || line='?'
		case $line in
		'') ;;
		exit | quit) return ;;
		*[!A-Za-z0-9._:/\ -]*) echo "syntax error: only plain words are answered" ;;
		'show configuration') running || return ;; # what is not known is no answer
		'show startup') startup ;;
		'show '*) birdc -r ${socket:+-s "$socket"} "$line" </dev/null ;;
		*) echo "syntax error: only show is answered" ;;
		esac
	done
}

if [ "${1-}" = read ] && [ -n "$file" ]; then
	answers
	exit 0
fi
[ "${1-}" = write ] || refuse input "the guard is bound to the write user's key: guard.sh write"
# shellcheck disable=SC2086 # the request is words, and -f keeps them from being expanded
set -- ${SSH_ORIGINAL_COMMAND-}
if [ $# -eq 0 ]; then
	if [ -n "$file" ]; then answers; exit 0; fi
	mkdir -p "$state/senders" && echo "$$ $(began $$) $(boot)" >"$state/senders/$$" || refuse failed "the state folder $state cannot be written"
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
load:3) load "$2" "$3" ;;
keep:2) keep "$2" ;;
undo:2) undo "$2" ;;
save:2) save "$2" ;;
*) refuse input "$1" ;;
esac
