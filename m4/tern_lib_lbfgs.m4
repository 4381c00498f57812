# TERN_LIB_LBFGS
# --------------
# Find liblbfgs, which tern-lr's baseline needs (--algo owlqn). Without it that algorithm is refused.
AC_DEFUN([TERN_LIB_LBFGS],
[tern_lbfgs_text="no, so tern-lr is without --algo owlqn (Debian: liblbfgs-dev)"
AC_CHECK_HEADER([lbfgs.h],
  [tern_saved_LIBS=$LIBS
   AC_CHECK_LIB([lbfgs], [lbfgs],
     [LBFGS_LIBS=-llbfgs
      AC_DEFINE([TERN_HAVE_LBFGS], [1], [tern-lr may call liblbfgs])
      tern_lbfgs_text="yes, $LBFGS_LIBS (tern-lr --algo owlqn)"])
   LIBS=$tern_saved_LIBS])
AC_SUBST([LBFGS_LIBS])
])
