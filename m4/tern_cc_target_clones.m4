# TERN_CC_TARGET_CLONES
# ---------------------
# Define TERN_HAVE_TARGET_CLONES if one function can be compiled for several instruction sets, the
# best of which is chosen at start (src/base/simd.h). It must compile, link and run; when cross
# compiling linking must do. Not with sanitizers: the choice is made before they are ready.
AC_DEFUN([TERN_CC_TARGET_CLONES],
[AC_CACHE_CHECK([for function clones per instruction set], [tern_cv_target_clones],
  [m4_pushdef([tern_program], [AC_LANG_PROGRAM([[
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
float sum(const float *x, int n);
float sum(const float *x, int n)
{
    float s = 0;
    for (int i = 0; i < n; i++)
        s += x[i];
    return s;
}]], [[float x[2] = {1, 2}; return sum(x, 2) != 3]])])dnl
   AC_RUN_IFELSE([tern_program], [tern_cv_target_clones=yes], [tern_cv_target_clones=no],
     [AC_LINK_IFELSE([tern_program], [tern_cv_target_clones=yes], [tern_cv_target_clones=no])])
   m4_popdef([tern_program])])
AS_IF([test "x$enable_sanitize" != x],
        [tern_clones_text="no, because sanitizers are on"],
      [test $tern_cv_target_clones = yes],
        [AC_DEFINE([TERN_HAVE_TARGET_CLONES], [1], [Functions can be cloned per instruction set])
         tern_clones_text="yes (AVX-512, AVX2, baseline)"],
      [tern_clones_text="no, so hot loops use what CFLAGS allow (try -march=native)"])
])
