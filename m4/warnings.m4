# SPDX-License-Identifier: ISC
# warnings: HASP_PROBE_COMPILE and HASP_PROBE_LINK try flags one by one, each
# with -Werror; HASP_WARNINGS collects the warnings that this compiler knows.

# HASP_PROBE_COMPILE(VARIABLE, FLAGS, [PROLOGUE])
# Appends to VARIABLE each of FLAGS with which PROLOGUE compiles unwarned.
AC_DEFUN([HASP_PROBE_COMPILE], [
hasp_saved_cflags=$CFLAGS
for hasp_flag in $2; do
	AC_MSG_CHECKING([whether $CC takes $hasp_flag])
	CFLAGS="$hasp_saved_cflags -Werror $hasp_flag"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([$3], [])],
		[AC_MSG_RESULT([yes])
		AS_VAR_APPEND([$1], [" $hasp_flag"])],
		[AC_MSG_RESULT([no])])
done
CFLAGS=$hasp_saved_cflags
])

# HASP_PROBE_LINK(VARIABLE, FLAGS)
# The same for flags of the linker, whose warnings are taken for refusals.
AC_DEFUN([HASP_PROBE_LINK], [
hasp_saved_cflags=$CFLAGS
hasp_saved_ldflags=$LDFLAGS
for hasp_flag in $2; do
	AC_MSG_CHECKING([whether $CC links with $hasp_flag])
	CFLAGS="$hasp_saved_cflags $HARDEN_CFLAGS"
	LDFLAGS="$hasp_saved_ldflags -Werror -Wl,--fatal-warnings $hasp_flag"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])
		AS_VAR_APPEND([$1], [" $hasp_flag"])],
		[AC_MSG_RESULT([no])])
done
CFLAGS=$hasp_saved_cflags
LDFLAGS=$hasp_saved_ldflags
])

# HASP_WARNINGS
# Sets WARN_CFLAGS; --enable-werror adds -Werror to it.
AC_DEFUN([HASP_WARNINGS], [
AC_ARG_ENABLE([werror],
	[AS_HELP_STRING([--enable-werror], [make every warning an error])],
	[], [enable_werror=no])
WARN_CFLAGS=
HASP_PROBE_COMPILE([WARN_CFLAGS], [ \
	-Wall \
	-Wextra \
	-Walloca \
	-Warith-conversion \
	-Warray-bounds=2 \
	-Warray-parameter=2 \
	-Wattribute-alias=2 \
	-Wbidi-chars=any \
	-Wcast-align=strict \
	-Wcast-qual \
	-Wcomma \
	-Wconversion \
	-Wdate-time \
	-Wdouble-promotion \
	-Wduplicated-branches \
	-Wduplicated-cond \
	-Wenum-conversion \
	-Wfloat-equal \
	-Wformat-overflow=2 \
	-Wformat-signedness \
	-Wformat=2 \
	-Wimplicit-fallthrough \
	-Winit-self \
	-Wjump-misses-init \
	-Wlogical-op \
	-Wmissing-declarations \
	-Wmissing-include-dirs \
	-Wmissing-prototypes \
	-Wmissing-variable-declarations \
	-Wnested-externs \
	-Wnull-dereference \
	-Wold-style-definition \
	-Wpointer-arith \
	-Wredundant-decls \
	-Wshadow \
	-Wshift-overflow=2 \
	-Wsign-conversion \
	-Wstrict-prototypes \
	-Wstringop-overflow=4 \
	-Wthread-safety \
	-Wtrampolines \
	-Wundef \
	-Wunreachable-code \
	-Wunused-const-variable=2 \
	-Wvla \
	-Wwrite-strings \
	"-Wformat -Werror=format-security" \
	-Werror=implicit \
	-Werror=incompatible-pointer-types \
	-Werror=int-conversion \
	-Werror=return-type])
AS_VAR_IF([enable_werror], [yes], [AS_VAR_APPEND([WARN_CFLAGS], [" -Werror"])])
AC_SUBST([WARN_CFLAGS])
])
