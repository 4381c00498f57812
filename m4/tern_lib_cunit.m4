# TERN_LIB_CUNIT
# --------------
# Find CUnit, which the tests that are C programs need.
AC_DEFUN([TERN_LIB_CUNIT],
[PKG_CHECK_MODULES([CUNIT], [cunit],
  [tern_have_cunit=yes tern_cunit_text=`$PKG_CONFIG --modversion cunit`],
  [tern_have_cunit=no  tern_cunit_text="no, so make check skips what is written in C (Debian: libcunit1-dev)"])
AM_CONDITIONAL([HAVE_CUNIT], [test $tern_have_cunit = yes])
])
