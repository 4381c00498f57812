# TERN_LIB_FILTER(VARIABLE, PKG-CONFIG MODULE, LEAST VERSION, FILTER)
# -------------------------------------------------------------------
# Look for a library that a message filter needs; a build without it refuses that filter. VARIABLE_CFLAGS and
# VARIABLE_LIBS, TERN_HAVE_VARIABLE, and tern_variable_text for the summary.
AC_DEFUN([TERN_LIB_FILTER],
[PKG_CHECK_MODULES([$1], [$2 >= $3],
  [AC_DEFINE([TERN_HAVE_$1], [1], [Filter $4 can be used])
   AS_TR_SH([tern_]m4_tolower([$1])[_text])="yes, `$PKG_CONFIG --modversion $2` (filter $4)"],
  [AS_TR_SH([tern_]m4_tolower([$1])[_text])="no, so filter $4 is refused"])
])
