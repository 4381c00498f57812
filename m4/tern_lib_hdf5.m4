# TERN_LIB_HDF5
# -------------
# Find parallel HDF5: what --with-hdf5 names, pkg-config's module for this MPI, or h5pcc.
AC_DEFUN([TERN_LIB_HDF5],
[AC_ARG_WITH([hdf5],
  [AS_HELP_STRING([--with-hdf5=DIR], [use the parallel HDF5 in DIR (default: pkg-config, then h5pcc)])])
AS_CASE([$with_hdf5],
  [""|yes], [tern_hdf5_modules="hdf5-$tern_mpi_flavour hdf5-mpi"],
  [tern_hdf5_modules=
   HDF5_CFLAGS=-I$with_hdf5/include
   HDF5_LIBS="-L$with_hdf5/lib -lhdf5"])
for tern_module in $tern_hdf5_modules; do
  PKG_CHECK_EXISTS([$tern_module],
    [HDF5_CFLAGS=`$PKG_CONFIG --cflags $tern_module`
     HDF5_LIBS=`$PKG_CONFIG --libs $tern_module`
     break])
done
AC_CHECK_PROGS([H5PCC], [h5pcc])
AS_IF([test "x$HDF5_LIBS" = x && test "x$H5PCC" != x],
  [# h5pcc -show prints a compiler and its options
   HDF5_CFLAGS=`$H5PCC -show | tr ' ' '\n' | grep '^-I' | tr '\n' ' '`
   HDF5_LIBS="`$H5PCC -show -shlib | tr ' ' '\n' | grep -e '^-L' -e '^-Wl' -e '^-l' | tr '\n' ' '` -lhdf5"])
AC_SUBST([HDF5_CFLAGS])
AC_SUBST([HDF5_LIBS])
TERN_TRY_HDF5
AS_IF([test $tern_cv_hdf5 = no],
  [AC_MSG_ERROR([parallel HDF5 was not found (Debian: libhdf5-openmpi-dev; elsewhere --with-hdf5=DIR)])])
tern_hdf5_text="$tern_cv_hdf5, parallel"
])

# TERN_TRY_HDF5
# -------------
# Link with HDF5_LIBS; tern_cv_hdf5 is the version, or no if it is missing or not parallel.
AC_DEFUN([TERN_TRY_HDF5],
[tern_saved_CPPFLAGS=$CPPFLAGS tern_saved_LIBS=$LIBS
CPPFLAGS="$CPPFLAGS $HDF5_CFLAGS" LIBS="$HDF5_LIBS $LIBS"
AC_CACHE_CHECK([for parallel HDF5], [tern_cv_hdf5],
  [AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <hdf5.h>]],
     [[return H5Pset_fapl_mpio(H5Pcreate(H5P_FILE_ACCESS), MPI_COMM_SELF, MPI_INFO_NULL) < 0]])],
     [AC_COMPUTE_INT([tern_hdf5], [H5_VERS_MAJOR * 10000 + H5_VERS_MINOR * 100 + H5_VERS_RELEASE],
                     [[#include <hdf5.h>]])
      tern_cv_hdf5="`expr $tern_hdf5 / 10000`.`expr $tern_hdf5 / 100 % 100`.`expr $tern_hdf5 % 100`"],
     [tern_cv_hdf5=no])])
CPPFLAGS=$tern_saved_CPPFLAGS LIBS=$tern_saved_LIBS
])
