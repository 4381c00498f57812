# TERN_LIB_HWLOC
# --------------
# Find hwloc 2, which says where cores and memory are.
AC_DEFUN([TERN_LIB_HWLOC],
[PKG_CHECK_MODULES([HWLOC], [hwloc >= 2.0], [],
  [AC_MSG_ERROR([hwloc 2 was not found (Debian: libhwloc-dev)])])
tern_hwloc_text=`$PKG_CONFIG --modversion hwloc`
])
