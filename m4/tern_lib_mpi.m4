# TERN_LIB_MPI
# ------------
# Check that CC links MPI programs and knows MPI 3.1; say which MPI it is in tern_mpi_text and
# whether it is Open MPI in tern_mpi_flavour (openmpi, mpich, other).
AC_DEFUN([TERN_LIB_MPI],
[AC_CACHE_CHECK([for MPI 3.1], [tern_cv_mpi],
  [AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <mpi.h>
#if MPI_VERSION * 100 + MPI_SUBVERSION < 301
#error too old
#endif]], [[MPI_Init(0, 0)]])], [tern_cv_mpi=yes], [tern_cv_mpi=no])])
AS_IF([test $tern_cv_mpi = no], [AC_MSG_ERROR([$CC does not link programs of MPI 3.1])])
AC_CACHE_CHECK([which MPI], [tern_cv_mpi_name],
  [AC_COMPUTE_INT([tern_ompi], [OMPI_MAJOR_VERSION * 10000 + OMPI_MINOR_VERSION * 100 + OMPI_RELEASE_VERSION],
                  [[#include <mpi.h>]], [tern_ompi=0])
   AC_COMPUTE_INT([tern_mpich], [MPICH_NUMVERSION], [[#include <mpi.h>]], [tern_mpich=0])
   AS_IF([test $tern_ompi -gt 0],
           [tern_cv_mpi_name="Open MPI `expr $tern_ompi / 10000`.`expr $tern_ompi / 100 % 100`.`expr $tern_ompi % 100`"],
         [test $tern_mpich -gt 0],
           [tern_cv_mpi_name="MPICH `expr $tern_mpich / 10000000`.`expr $tern_mpich / 100000 % 100`"],
         [tern_cv_mpi_name="unknown MPI"])])
AS_CASE([$tern_cv_mpi_name],
  [Open*],  [tern_mpi_flavour=openmpi tern_mpi_text=$tern_cv_mpi_name],
  [MPICH*], [tern_mpi_flavour=mpich   tern_mpi_text="$tern_cv_mpi_name (compiles; Tern is tested with Open MPI)"],
            [tern_mpi_flavour=other   tern_mpi_text="$tern_cv_mpi_name (Tern is tested with Open MPI)"])
])
