# TERN_ENABLE_SANITIZE
# --------------------
# --enable-sanitize=address,undefined or =thread: compile and link everything with these sanitizers.
AC_DEFUN([TERN_ENABLE_SANITIZE],
[AC_ARG_ENABLE([sanitize],
  [AS_HELP_STRING([--enable-sanitize=LIST], [build with sanitizers: address,undefined or thread])])
AS_CASE([$enable_sanitize],
  [""|no], [enable_sanitize=],
  [yes],   [enable_sanitize=address,undefined])
AS_IF([test "x$enable_sanitize" != x],
  [tern_flags="-fsanitize=$enable_sanitize -fno-omit-frame-pointer -fno-sanitize-recover=all"
   CFLAGS="$CFLAGS $tern_flags"
   LDFLAGS="$LDFLAGS $tern_flags"
   AC_MSG_CHECKING([whether programs link with $tern_flags])
   AC_LINK_IFELSE([AC_LANG_PROGRAM()], [AC_MSG_RESULT([yes])],
     [AC_MSG_RESULT([no])
      AC_MSG_ERROR([the compiler cannot build with --enable-sanitize=$enable_sanitize])])])
])
