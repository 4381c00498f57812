# TERN_OPTIONAL(VARIABLE, PKG-CONFIG MODULE, NAME)
# ------------------------------------------------
# Look for a library that message filters can use. Nothing links it in this version; tern_*_text says
# for the summary whether it is there.
AC_DEFUN([TERN_OPTIONAL],
[AC_MSG_CHECKING([for $3])
PKG_CHECK_EXISTS([$2],
  [AS_TR_SH([tern_]m4_tolower([$1])[_text])="yes, `$PKG_CONFIG --modversion $2` (for message filters; this version has none)"
   AC_MSG_RESULT([yes])],
  [AS_TR_SH([tern_]m4_tolower([$1])[_text])="no, so later message filters will do without it"
   AC_MSG_RESULT([no])])
])
