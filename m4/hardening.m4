# SPDX-License-Identifier: ISC
# hardening: what the OpenSSF compiler options guide advises, each flag tried
# before it is used. The user's CFLAGS come after ours and win.

# HASP_FORTIFY
# The highest _FORTIFY_SOURCE that compiles unwarned into HARDEN_CPPFLAGS: none
# without optimisation, and none under a sanitizer, which sees more.
AC_DEFUN([HASP_FORTIFY], [
for hasp_level in 3 2; do
	AS_VAR_IF([HARDEN_CPPFLAGS], [''], [], [break])
	hasp_define="-D_FORTIFY_SOURCE=$hasp_level"
	AC_MSG_CHECKING([whether $CC takes $hasp_define])
	hasp_saved_cflags=$CFLAGS
	CFLAGS="$CFLAGS -Werror -U_FORTIFY_SOURCE $hasp_define"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <string.h>
			#ifndef __OPTIMIZE__
			#error "nothing is checked without optimisation"
			#endif]], [])],
		[AC_MSG_RESULT([yes])
		HARDEN_CPPFLAGS="-U_FORTIFY_SOURCE $hasp_define"],
		[AC_MSG_RESULT([no])])
	CFLAGS=$hasp_saved_cflags
done
])

# HASP_AUTO_VAR_INIT
# Variables start as zero. clang before 16 wants a second flag with it.
AC_DEFUN([HASP_AUTO_VAR_INIT], [
hasp_zero='-ftrivial-auto-var-init=zero'
hasp_clang='-enable-trivial-auto-var-init-zero-knowing-it-will-be'
hasp_clang="$hasp_clang-removed-from-clang"
hasp_before=$HARDEN_CFLAGS
HASP_PROBE_COMPILE([HARDEN_CFLAGS], ["$hasp_zero"])
AS_VAR_IF([HARDEN_CFLAGS], ["$hasp_before"],
	[HASP_PROBE_COMPILE([HARDEN_CFLAGS], ["$hasp_zero $hasp_clang"])])
])

# HASP_HARDENING
# Sets HARDEN_CPPFLAGS, HARDEN_CFLAGS and HARDEN_LDFLAGS.
AC_DEFUN([HASP_HARDENING], [
AC_REQUIRE([HASP_SANITIZERS])
AC_ARG_ENABLE([hardening],
	[AS_HELP_STRING([--disable-hardening],
		[leave out the flags that make faults harder to exploit])],
	[], [enable_hardening=yes])
HARDEN_CPPFLAGS=
HARDEN_CFLAGS=
HARDEN_LDFLAGS=
AS_VAR_IF([enable_hardening], [no], [], [
	AS_VAR_IF([enable_sanitizers], [no], [HASP_FORTIFY])
	HASP_PROBE_COMPILE([HARDEN_CFLAGS], [ \
		-fstack-protector-strong \
		-fstack-clash-protection \
		-fcf-protection=full \
		-mbranch-protection=standard \
		-fno-delete-null-pointer-checks \
		-fno-strict-overflow \
		-fno-strict-aliasing \
		-fstrict-flex-arrays=3 \
		-fzero-call-used-regs=used-gpr \
		-fPIE])
	HASP_AUTO_VAR_INIT
	HASP_PROBE_LINK([HARDEN_LDFLAGS], [ \
		-pie \
		-Wl,-z,relro \
		-Wl,-z,now \
		-Wl,-z,noexecstack \
		-Wl,-z,nodlopen \
		-Wl,-z,separate-code \
		-Wl,--as-needed \
		-Wl,--no-copy-dt-needed-entries])
])
AC_SUBST([HARDEN_CPPFLAGS])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])
