# SPDX-License-Identifier: ISC
# sanitizers: HASP_SANITIZERS reads --enable-sanitizers[=LIST] and sets
# SANITIZE_CFLAGS and SANITIZE_LDFLAGS. A list that does not link is an error:
# who asks for a sanitizer must not get a build without it.
AC_DEFUN([HASP_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
	[AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@],
		[build with these sanitizers (address,undefined)])],
	[], [enable_sanitizers=no])
AS_VAR_IF([enable_sanitizers], [yes], [enable_sanitizers=address,undefined])
SANITIZE_CFLAGS=
SANITIZE_LDFLAGS=
AS_VAR_IF([enable_sanitizers], [no], [], [
	SANITIZE_LDFLAGS="-fsanitize=$enable_sanitizers"
	SANITIZE_CFLAGS="$SANITIZE_LDFLAGS -fno-sanitize-recover=all"
	AS_VAR_APPEND([SANITIZE_CFLAGS], [" -fno-omit-frame-pointer"])
	AC_MSG_CHECKING([whether $CC links with $SANITIZE_LDFLAGS])
	hasp_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS $SANITIZE_CFLAGS"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AC_MSG_RESULT([yes])],
		[AC_MSG_RESULT([no])
		AC_MSG_ERROR([$CC cannot use $SANITIZE_LDFLAGS; with clang on \
Debian its runtime is in libclang-rt-14-dev])])
	CFLAGS=$hasp_saved_cflags
])
AC_SUBST([SANITIZE_CFLAGS])
AC_SUBST([SANITIZE_LDFLAGS])
])
