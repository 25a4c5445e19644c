# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
#
# state: what runs, where it is noted, and how it ends. The state folder holds
#	lock	held by whoever starts or stops
#	run	the private folder under /tmp with everything else
#	processes	a line a supervisor: process id, its start time, name
#	env	for shells
#	cookies	of whoever signs in with the lines that are printed
# A socket's path may have 107 bytes and a home may be closed to the user
# postgres, hence the folder under /tmp.

# Sets START to the start time of a process in ticks: with the id it names it
# for good. No $(...): bash that waits for one of those cannot read a trap, and
# this is where Ctrl-C comes.
state_start_time() {
	local stat=
	START=
	# Its name, in parentheses, may hold anything, also newlines.
	{ IFS= read -r -d '' stat || [ -n "$stat" ]; } 2>/dev/null \
		<"/proc/$1/stat" || return 1
	stat=${stat##*) }
	# shellcheck disable=SC2086 # words are wanted
	set -- $stat
	# A zombie is dead.
	[ "$1" != Z ] || return 1
	START=${20}
}

# Is the process of a line "PID START NAME" alive?
state_runs() {
	state_start_time "$1" && [ "$START" = "$2" ]
}

# Is any of the state folder's processes alive?
state_is_live() {
	local pid start name
	[ -e "$STATE/processes" ] || return 1
	while read -r pid start name; do
		if [ -n "$name" ] && state_runs "$pid" "$start"; then
			return 0
		fi
	done <"$STATE/processes"
	return 1
}

# One start or stop at a time; the kernel lets go when we end.
state_lock() {
	until [ "$STATE/lock" -ef /proc/self/fd/9 ]; do
		# A stop removes the file with what it was for.
		exec 9>>"$STATE/lock"
		flock -w 60 9 ||
			fail 75 "another quickstart is busy with $STATE"
	done
	LOCKED=yes
}

# While it runs in the foreground, others may look and stop it.
state_unlock() {
	exec 9>&-
}

# Makes the state folder and RUN, refusing what is in use.
state_make() {
	local made=
	if [ -z "$STATE" ]; then
		state_run_folder
		STATE=$RUN/state
	fi
	if [ ! -d "$STATE" ]; then
		(umask 077 && mkdir -p -- "$STATE") ||
			fail 73 "the folder $STATE cannot be made"
		made=yes
	fi
	STATE=$(cd -- "$STATE" && pwd -P)
	cd /
	state_lock
	if state_is_live; then
		LOCKED=
		fail 75 "$STATE is in use: end it first, with" \
			"$SOURCE/nginx/quickstart --stop --state '$STATE'"
	fi
	if [ -e "$STATE/run" ]; then
		say "removing what an earlier start left behind"
		state_remove_run
	fi
	[ -n "${RUN:-}" ] || state_run_folder
	printf '%s\n' "$RUN" >"$STATE/run"
	[ -z "$made" ] || : >"$STATE/made"
	: >"$STATE/processes"
	state_fill_run
}

state_run_folder() {
	RUN=$(mktemp -d /tmp/hasp.XXXXXX)
	chmod 755 "$RUN"
}

# Folders that the programs write to are theirs; the rest is ours.
state_fill_run() {
	local program
	mkdir "$RUN/bin" "$RUN/etc" "$RUN/journal" "$RUN/log" "$RUN/pg" \
		"$RUN/run" "$RUN/secret" "$RUN/web"
	chmod 711 "$RUN/secret"
	for program in "${PROGRAMS[@]}"; do
		cp "$BUILD/$program" "$RUN/bin/"
	done
	chmod 755 "$RUN"/bin/*
	if [ ${#AS[@]} -gt 0 ]; then
		chown postgres: "$RUN/journal" "$RUN/pg" "$RUN/run" "$RUN/web"
	fi
	"${AS[@]}" "$RUN/bin/haspctl" --version >/dev/null ||
		fail 71 "programs cannot be run from $RUN (is /tmp noexec?)"
}

# supervise NAME FLAGS... -- PROGRAM ARG...: keeps it running, and notes it.
supervise() {
	local name=$1 pid flags=()
	shift
	[ "$DETACH" = yes ] || flags=(-f)
	"${AS[@]}" "$RUN/bin/supervise" "${flags[@]}" "$@" \
		</dev/null >>"$RUN/log/$name.log" 2>&1 9>&- &
	pid=$!
	state_start_time "$pid" || :
	printf '%s %s %s\n' "$pid" "$START" "$name" \
		>>"$STATE/processes"
	disown "$pid"
}

# unsupervise NAME: ends it and forgets it.
unsupervise() {
	local line
	line=$(grep " $1\$" "$STATE/processes" || true)
	[ -n "$line" ] || return 0
	# shellcheck disable=SC2086 # words are wanted
	state_end_one $line
	sed -i "/ $1\$/d" "$STATE/processes"
}

# state_end_one PID START NAME: a supervisor ends its program first.
state_end_one() {
	local tries
	state_runs "$1" "$2" || return 0
	kill -TERM "$1" 2>/dev/null || true
	for ((tries = 0; tries < 600; tries++)); do
		state_runs "$1" "$2" || return 0
		sleep 0.02
	done
	kill -KILL "$1" 2>/dev/null || true
}

# Ends everything in reverse order, and removes what it made.
state_end() {
	local line
	if [ -e "$STATE/processes" ]; then
		tac "$STATE/processes" >"$STATE/ending"
		while read -r line; do
			# shellcheck disable=SC2086 # words are wanted
			[ -z "$line" ] || state_end_one $line
		done <"$STATE/ending"
		rm -f "$STATE/ending"
	fi
	state_remove_run
	rm -f "$STATE/env" "$STATE/env.new" "$STATE/cookies" "$STATE/processes" "$STATE/lock"
	if [ -e "$STATE/made" ]; then
		rm -f "$STATE/made"
		rmdir -- "$STATE" 2>/dev/null || true
	fi
}

# The name comes from a file: nothing but a folder of ours is removed.
state_remove_run() {
	local run
	run=$(cat "$STATE/run" 2>/dev/null || true)
	if [[ $run =~ ^/tmp/hasp\.[A-Za-z0-9]{6}$ ]] && [ -O "$run" ] &&
		[ ! -L "$run" ]; then
		rm -rf "$run"
	fi
	rm -f "$STATE/run"
}

# --stop: fine, too, when nothing runs.
state_stop() {
	if [ ! -e "$STATE/lock" ]; then
		say "nothing runs with $STATE"
		return
	fi
	STATE=$(cd -- "$STATE" && pwd -P)
	cd /
	state_lock
	state_end
	say "stopped"
}

# What went wrong is in the end of a log.
state_tell_logs() {
	local log
	for log in "${RUN:-/nonexistent}"/log/*.log; do
		[ -s "$log" ] || continue
		printf -- '--- %s\n' "$log" >&2
		tail -n8 "$log" >&2
	done
}

# quoted TEXT: for a shell, whatever is in it.
quoted() {
	printf "'%s'" "${1//\'/\'\\\'\'}"
}

# The variables of DIR/env, all at once and never half.
state_env() {
	local name
	(
		umask 077
		for name in HASP_URL HASP_API HASP_ACCOUNT HASP_READ_KEY \
			HASP_WRITE_KEY HASP_ADMIN_KEY HASP_TEST_KEY HASP_CTL \
			HASP_AUTH_SOCKET HASP_AUTH_PID_FILE HASP_NGINX_CONF \
			HASP_PORTAL HASP_CERTIFICATE HASP_ADMIN_EMAIL \
			HASP_ADMIN_PASSWORD HASP_ADMIN_TOTP_SECRET \
			HASP_APP HASP_APP_SECRET \
			PGHOST PGPORT PGDATABASE PGUSER; do
			printf 'export %s=%s\n' "$name" "$(quoted "${!name}")"
		done >"$STATE/env.new"
	)
	chmod 600 "$STATE/env.new"
	mv -f "$STATE/env.new" "$STATE/env"
}
