#!/bin/sh
# SPDX-License-Identifier: ISC
# Makes configure and what belongs to it; run once in a checkout.
set -eu
cd "$(dirname "$0")"

missing=
command -v autoreconf >/dev/null || missing="$missing autoconf"
command -v automake >/dev/null || missing="$missing automake"
command -v pkg-config >/dev/null || missing="$missing pkg-config"
if [ -n "$missing" ]; then
	echo "autogen.sh: packages are missing. On Debian:" >&2
	echo "	apt-get install$missing" >&2
	exit 69
fi
exec autoreconf --force --install --warnings=all,error
