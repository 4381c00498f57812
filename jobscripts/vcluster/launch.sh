# MPI programs across the hosts. Sourced by vcluster.

# What Open MPI needs to run on virtual hosts. Ranks on other hosts get the environment, too.
set_environment() {
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    export OMPI_MCA_plm_rsh_agent="$here/vcluster --name $name remote"
    export OMPI_MCA_orte_default_hostfile=$state/hostfile OMPI_MCA_orte_tmpdir_base=$state/tmp
    # eth0 is the way to the other hosts; loopback is a way to nobody.
    export OMPI_MCA_btl_tcp_if_include=eth0 OMPI_MCA_oob_tcp_if_include=eth0 UCX_NET_DEVICES=eth0
    # The hosts share the machine's cores: no rank may keep one for itself. Not yielding makes a round trip
    # of 8 ranks on 2 cores ten times as long.
    export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none
    # Ranks go to the hosts in turn, so that few ranks are on several hosts, too.
    export OMPI_MCA_rmaps_base_mapping_policy=node OMPI_MCA_rmaps_base_oversubscribe=1
}

# Options of mpirun for a transport. UCX is what survives the loss of a rank; Debian builds it for fast
# networks only unless it is told that TCP will do.
transport_options() {
    case $1 in
        ob1) ;;
        ucx) echo --mca pml ucx --mca osc ucx,sm --mca opal_common_ucx_tls any \
            --mca opal_common_ucx_devices any -x UCX_TLS=tcp,self,sysv,posix,cma -x UCX_NET_DEVICES=eth0 ;;
        *) usage_error "--transport takes ob1 or ucx, not \"$1\"" ;;
    esac
}

# run [--transport T] [--launcher PROGRAM] [mpirun options] PROGRAM ARGUMENTS
run() {
    local transport=ob1 launcher=mpirun options
    while [[ ${1-} == --transport || ${1-} == --launcher ]]; do
        (($# > 1)) || usage_error "$1 needs a value"
        case $1 in
            --transport) transport=$2 ;;
            --launcher) launcher=$2 ;;
        esac
        shift 2
    done
    (($#)) || usage_error "run needs a program"
    options=$(transport_options "$transport")
    need_cluster
    command -v "$launcher" >/dev/null || fail "cannot find $launcher (Debian: package openmpi-bin)"
    set_environment
    # shellcheck disable=SC2086
    enter "$name-1" "$launcher" $options "$@"
}

# remote [ssh options] HOST COMMAND: what mpirun calls on host 1 instead of ssh, which joins the words of
# COMMAND, too. It is not an ordinary command and not in the help.
remote() {
    while [[ ${1-} == -* ]]; do shift; done
    need_cluster
    find_host "$1"
    shift
    enter "$host" /bin/sh -c "$*"
}
