# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
#
# tools: words to the person, and the programs that the quickstart needs.

say() {
	printf 'quickstart: %s\n' "$*" >&2
}

# fail STATUS WORD...: with an exit status of sysexits.h.
fail() {
	local status=$1
	shift
	say "$@"
	exit "$status"
}

# Debian keeps the server's programs off PATH; the highest version wins.
find_pg_bin() {
	local dir
	dir=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n1)
	[ -x "$dir" ] || dir=$(command -v initdb || true)
	[ -n "$dir" ] || return 1
	PG_BIN=$(dirname "$(readlink -f "$dir")")
}

# missing COMMAND PACKAGE: adds PACKAGE to MISSING unless there is COMMAND.
missing() {
	command -v "$1" >/dev/null || MISSING+=("$2")
}

missing_module() {
	pkg-config --exists "$1" 2>/dev/null || MISSING+=("$2")
}

list_missing() {
	MISSING=()
	missing nginx nginx-light
	missing curl curl
	missing openssl openssl
	missing flock util-linux
	find_pg_bin || MISSING+=(postgresql)
	is_built && return
	missing gcc gcc
	missing gcc libc6-dev
	missing make make
	missing autoconf autoconf
	missing automake automake
	missing pkg-config pkg-config
	missing_module fcgi libfcgi-dev
	missing_module libpq libpq-dev
	missing_module libcrypto libssl-dev
	missing_module json-c libjson-c-dev
	missing_module inih libinih-dev
	missing_module libcrypt libcrypt-dev
	missing_module liboath liboath-dev
	missing_module libqrencode libqrencode-dev
	[ -e /usr/include/uthash.h ] || MISSING+=(uthash-dev)
}

confirm() {
	local answer
	[ "$YES" = no ] || return 0
	[ -t 0 ] || fail 69 "--yes is needed to install them: there is nobody" \
		"to ask"
	read -r -p 'Install them now? [y/N] ' answer
	case $answer in
	[yY]*) ;;
	*) fail 69 "nothing was installed" ;;
	esac
}

# Installing nginx and PostgreSQL would start them, on ports 80 and 5432.
policy_open() {
	POLICY=/usr/sbin/policy-rc.d
	if [ -e $POLICY ]; then
		POLICY=
		return
	fi
	printf '#!/bin/sh\nexit 101\n' | "${ROOT[@]}" tee $POLICY >/dev/null
	"${ROOT[@]}" chmod 755 $POLICY
}

tools_clean() {
	[ -z "${POLICY:-}" ] || "${ROOT[@]}" rm -f "$POLICY"
	POLICY=
}

install_missing() {
	local words=(env DEBIAN_FRONTEND=noninteractive apt-get -y -q)
	ROOT=()
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null ||
			fail 69 "run this as root first: apt-get install ${MISSING[*]}"
		ROOT=(sudo)
	fi
	say "installing them (about a minute on a fresh machine)"
	policy_open
	"${ROOT[@]}" "${words[@]}" update >&2
	"${ROOT[@]}" "${words[@]}" install --no-install-recommends \
		"${MISSING[@]}" >&2
	tools_clean
}

find_tools() {
	list_missing
	if [ ${#MISSING[@]} -gt 0 ]; then
		command -v apt-get >/dev/null ||
			fail 69 "these are missing (names of Debian): ${MISSING[*]}"
		say "these Debian packages are missing: ${MISSING[*]}"
		say "their services will not be started by the installation"
		confirm
		install_missing
		list_missing
		[ ${#MISSING[@]} = 0 ] || fail 69 "still missing: ${MISSING[*]}"
	fi
	[ "$("$PG_BIN/postgres" -V | sed 's/[^0-9]*\([0-9]*\).*/\1/')" -ge 15 ] ||
		fail 69 "$PG_BIN is too old: PostgreSQL 15 or newer is needed"
	NGINX=$(command -v nginx)
	"$NGINX" -V 2>&1 | grep -q -e --with-http_auth_request_module ||
		fail 69 "$NGINX has no auth_request module; Debian's nginx-light has"
}
