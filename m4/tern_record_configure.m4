# TERN_RECORD_CONFIGURE
# ---------------------
# Define TERN_CONFIGURE_LINE as the arguments of configure, for tern-info.
AC_DEFUN([TERN_RECORD_CONFIGURE],
[tern_configure_line=`AS_ECHO(["$ac_configure_args"]) | sed 's/[[\\"]]/\\\\&/g;s/^ *//;s/^./ &/'`
AC_DEFINE_UNQUOTED([TERN_CONFIGURE_LINE], ["configure$tern_configure_line"],
                   [How configure was called])
])
