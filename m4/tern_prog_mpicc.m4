# TERN_PROG_MPICC
# ---------------
# Choose MPI's compiler wrapper as CC, and the launcher beside it as MPIRUN. To be called before
# AC_PROG_CC. --with-mpi=DIR looks in DIR/bin only; a CC given by the user is left alone.
AC_DEFUN([TERN_PROG_MPICC],
[AC_ARG_WITH([mpi],
  [AS_HELP_STRING([--with-mpi=DIR], [use the MPI in DIR/bin (default: the mpicc in PATH)])])
AC_ARG_VAR([MPICC], [MPI's C compiler])
AC_ARG_VAR([MPIRUN], [MPI's launcher])
AS_CASE([$with_mpi], [""|yes], [tern_mpi_path=$PATH], [tern_mpi_path=$with_mpi/bin])
AC_PATH_PROGS([MPICC], [mpicc mpiicx mpiicc cc], [], [$tern_mpi_path])
AS_IF([test "x$CC" = x && test "x$MPICC" = x],
  [AC_MSG_ERROR([no mpicc in $tern_mpi_path
  Install Open MPI (Debian: libopenmpi-dev openmpi-bin) or name it: --with-mpi=DIR])])
AS_IF([test "x$CC" = x], [CC=$MPICC])
AC_PATH_PROGS([MPIRUN], [mpirun mpiexec], [], [`AS_DIRNAME(["$MPICC"])`$PATH_SEPARATOR$tern_mpi_path])
])
