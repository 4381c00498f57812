# TERN_CC_FLAGS(VARIABLE, FLAGS)
# ------------------------------
# Substitute VARIABLE by those of FLAGS that the compiler knows.
AC_DEFUN([TERN_CC_FLAGS],
[$1=
for tern_flag in m4_normalize([$2]); do
  AS_VAR_PUSHDEF([tern_cache], [tern_cv_cc_flag_$tern_flag])dnl
  AC_CACHE_CHECK([whether $CC knows $tern_flag], [tern_cache],
    [tern_saved_CFLAGS=$CFLAGS
     CFLAGS="$CFLAGS -Werror $tern_flag"
     AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [AS_VAR_SET([tern_cache], [yes])], [AS_VAR_SET([tern_cache], [no])])
     CFLAGS=$tern_saved_CFLAGS])
  AS_VAR_IF([tern_cache], [yes], [$1="$$1 $tern_flag"])
  AS_VAR_POPDEF([tern_cache])dnl
done
AC_SUBST([$1])
])
