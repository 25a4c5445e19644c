# SPDX-License-Identifier: ISC
# portal: whether the pages of nginx/portal are built here, taken as they were
# packed, or left out.

# HASP_PORTAL
# Sets NODE and NPM, the conditional BUILD_PORTAL, PORTAL_FAILED (what make does
# if the pages cannot be built) and hasp_portal, which says in words what is done.
AC_DEFUN([HASP_PORTAL], [
AC_ARG_ENABLE([portal], [AS_HELP_STRING([--disable-portal],
	[leave the pages out; --enable-portal insists on building them])],
	[], [enable_portal=auto])
AC_ARG_VAR([NODE], [node.js >= 18, which builds the portal; no: none])
AC_ARG_VAR([NPM], [npm, which fetches what the portal is made of])
AS_IF([test "$NODE" != no], [
	AC_PATH_PROGS([NODE], [node nodejs], [no])
	AC_PATH_PROG([NPM], [npm], [no])
])
hasp_node=no
AS_IF([test "$NODE" != no && test "$NPM" != no], [
	AC_MSG_CHECKING([whether $NODE is 18 or newer])
	AS_IF(["$NODE" -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' \
		>/dev/null 2>&1], [hasp_node=yes])
	AC_MSG_RESULT([$hasp_node])
])
AS_CASE([$enable_portal:$hasp_node],
	[no:*], [hasp_portal='no: --disable-portal'],
	[*:yes], [hasp_portal="built with $NODE"],
	[yes:*], [AC_MSG_ERROR([--enable-portal needs node >= 18 and npm: on Debian
	apt-get install nodejs npm])],
	[AS_IF([test -e "$srcdir/nginx/portal/dist/index.html"],
		[hasp_portal='as it was packed'],
		[hasp_portal='no: it needs node >= 18 and npm (nodejs npm)'])])
AM_CONDITIONAL([BUILD_PORTAL],
	[test "$enable_portal" != no && test "$hasp_node" = yes])
AM_CONDITIONAL([INSTALL_PORTAL], [test "$enable_portal" != no])
PORTAL_FAILED='echo "The portal is left out; all else is built."'
AS_VAR_IF([enable_portal], [yes], [PORTAL_FAILED=false])
AC_SUBST([PORTAL_FAILED])
])
