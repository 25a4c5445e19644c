# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2034,SC2154 # shared variables
#
# build: finds the programs, or builds them from a copy of the sources, so
# that the checkout stays as it is (and may be read-only).

# What is taken from a build folder, relative to it.
PROGRAMS=(fcgi-apps/accounts/accounts fcgi-apps/apps/apps fcgi-apps/audit/audit
	fcgi-apps/auth-check/auth-check
	fcgi-apps/demo-site/demo-site fcgi-apps/haspctl/haspctl
	fcgi-apps/keys/keys fcgi-apps/supervise/supervise)

# build_is_whole DIR: are all programs there?
build_is_whole() {
	local program
	for program in "${PROGRAMS[@]}"; do
		[ -x "$1/$program" ] || return 1
	done
}

# autoconf takes no blanks and quotes in a path, so such a home is left alone.
build_folder() {
	local sum home=~
	sum=$(printf '%s' "$SOURCE" | cksum)
	BUILD=${XDG_CACHE_HOME:-$home/.cache}/hasp/${sum%% *}
	if [[ $BUILD =~ [^A-Za-z0-9_./+-] ]]; then
		BUILD=/var/tmp/hasp-$(id -u)
		mkdir -m 0700 "$BUILD" 2>/dev/null || true
		# In /var/tmp somebody else may have been faster.
		if [ ! -O "$BUILD" ] || [ -L "$BUILD" ]; then
			fail 73 "$BUILD belongs to somebody else"
		fi
		BUILD=$BUILD/${sum%% *}
	fi
}

is_built() {
	if [ -n "${HASP_BUILD:-}" ]; then
		build_is_whole "$HASP_BUILD" ||
			fail 66 "HASP_BUILD=$HASP_BUILD holds no finished build"
		return 0
	fi
	build_is_whole "$SOURCE"
}

# The steps of a build, in its folder.
build_steps() {
	if [ ! -x configure ] || [ configure.ac -nt configure ] ||
		[ Makefile.am -nt configure ]; then
		./autogen.sh
	fi
	if [ ! -e Makefile ] || [ configure -nt config.status ]; then
		./configure
	fi
	make -j"$(nproc)"
}

# Says every few seconds that a long job still goes on, and with what.
build_wait() {
	local job=$1 log=$2 last turn
	for ((turn = 1; ; turn++)); do
		sleep 0.2
		kill -0 "$job" 2>/dev/null || break
		last=$(tail -n1 "$log" | cut -c1-70)
		if ((turn % 20 == 0)) && [ -n "$last" ]; then
			say "  building: $last"
		fi
	done
	wait "$job"
}

build() {
	build_folder
	say "building Hasp in $BUILD (the first time about half a minute)"
	mkdir -p "$BUILD"
	tar -C "$SOURCE" --exclude=./.git --exclude='*.o' --exclude='*.a' \
		--exclude=./Makefile --exclude=./config.status -cf - . |
		tar -C "$BUILD" -xf -
	(cd "$BUILD" && build_steps) >"$BUILD/quickstart.log" 2>&1 &
	if ! build_wait $! "$BUILD/quickstart.log"; then
		tail -n20 "$BUILD/quickstart.log" >&2
		fail 70 "the build failed; all of it: $BUILD/quickstart.log"
	fi
	build_is_whole "$BUILD" ||
		fail 70 "the build made no programs; see $BUILD/quickstart.log"
}

# Sets BUILD.
find_build() {
	if ! is_built; then
		build
	elif [ -n "${HASP_BUILD:-}" ]; then
		BUILD=$(cd -- "$HASP_BUILD" && pwd -P)
	else
		BUILD=$SOURCE
	fi
}
