# TERN_LIB_CBLAS
# --------------
# Find a CBLAS (OpenBLAS, ATLAS, BLIS, the reference) for the applications' matrix products.
AC_DEFUN([TERN_LIB_CBLAS],
[AC_CHECK_HEADER([cblas.h],
  [tern_saved_LIBS=$LIBS
   AC_SEARCH_LIBS([cblas_sgemm], [openblas blas cblas blis],
     [AS_CASE([$ac_cv_search_cblas_sgemm], [none*], [], [CBLAS_LIBS=$ac_cv_search_cblas_sgemm])
      tern_have_cblas=yes])
   LIBS=$tern_saved_LIBS])
AS_IF([test "x$tern_have_cblas" = xyes],
  [AC_DEFINE([TERN_HAVE_CBLAS], [1], [Applications may call cblas_sgemm])
   tern_cblas_text="yes ($CBLAS_LIBS)"],
  [tern_cblas_text="no, so applications multiply matrices with their own loops"])
AC_SUBST([CBLAS_LIBS])
])
