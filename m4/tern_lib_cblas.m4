# TERN_LIB_CBLAS
# --------------
# Find a CBLAS (OpenBLAS, ATLAS, BLIS, the reference). The products of tern-kge are its own, since equal rows
# must give equal scores (doc/kge.md); applications to come may want one.
AC_DEFUN([TERN_LIB_CBLAS],
[AC_CHECK_HEADER([cblas.h],
  [tern_saved_LIBS=$LIBS
   AC_SEARCH_LIBS([cblas_sgemm], [openblas blas cblas blis],
     [AS_CASE([$ac_cv_search_cblas_sgemm], [none*], [], [CBLAS_LIBS=$ac_cv_search_cblas_sgemm])
      tern_have_cblas=yes])
   LIBS=$tern_saved_LIBS])
AS_IF([test "x$tern_have_cblas" = xyes],
  [AC_DEFINE([TERN_HAVE_CBLAS], [1], [Applications may call cblas_sgemm])
   tern_cblas_text="yes, $CBLAS_LIBS (for applications to come; tern-kge needs none)"],
  [tern_cblas_text="no (tern-kge needs none)"])
AC_SUBST([CBLAS_LIBS])
])
