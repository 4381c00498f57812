# What every mpirun of a test needs: ranks may outnumber the cores, and a container's user is often root.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
export PRTE_MCA_rmaps_default_mapping_policy=:oversubscribe
export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_mpi_yield_when_idle=1
export OMPI_MCA_hwloc_base_binding_policy=none
# As the library does where it starts MPI itself: windows over TCP (src/comm/start.c).
export OMPI_MCA_osc="${OMPI_MCA_osc-^ucx}"
# Which rung is faster depends on the hour; a test that wants windows says so.
export TERN_PULL="${TERN_PULL:-message}"
# The leaks that MPI and its plug-ins leave at exit are not ours to find.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
