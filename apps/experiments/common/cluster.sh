# The virtual hosts, and what their quotas took. Sourced by the run-... scripts, which have `roles HOSTS`: the roles of the ranks, one on
# each host.

cluster_shape='' # options of the cluster that is up

# What to write before a command that is only shown.
show() { printf '%s\n' "$*"; }

# start_cluster HOSTS [options of vcluster up]: the one of before goes, unless it is the same.
start_cluster() {
    local num_hosts=$1 problem
    shift
    [[ "$num_hosts $*" == "$cluster_shape" ]] && return
    if [[ $is_dry == yes ]]; then
        show vcluster up "$num_hosts" --cpu "$cpu" "$@"
    else
        problem=$("$vcluster" up "$num_hosts" --cpu "$cpu" "$@" 2>&1) || {
            say "$problem"
            return 1
        }
        quota_folder=$(cat "/run/tern-vcluster-$TERN_VCLUSTER_NAME/quota" 2>/dev/null)
        [[ -n $quota_folder ]] || say "hosts have no CPU quotas here: speed-ups mean nothing"
    fi
    cluster_shape="$num_hosts $*"
}

stop_cluster() { "$vcluster" down >/dev/null 2>&1; }

# host_list HOSTS: for mpirun, which gives each host one rank.
host_list() { seq -s, -f "$TERN_VCLUSTER_NAME-%.0f" "$1"; }

# mpi HOSTS PROGRAM ...: run or, in a dry run, show it.
mpi() {
    local num_hosts=$1
    shift
    if [[ $is_dry == yes ]]; then
        show vcluster run --host "$(host_list "$num_hosts")" -n "$num_hosts" "$@" --roles "$(roles "$num_hosts")"
    else
        # In the background and waited for, so that a signal to this script is heard at once.
        timeout --kill-after=5 "$time_limit" "$vcluster" run --host "$(host_list "$num_hosts")" -n "$num_hosts" "$@" \
            --roles "$(roles "$num_hosts")" &
        wait $!
    fi
}

# throttled: seconds and periods that the quotas held all hosts back, since they started.
throttled() {
    [[ -n ${quota_folder-} ]] || { echo "0 0" && return; }
    cat "$quota_folder"/*/cpu.stat 2>/dev/null | awk '
        $1 == "throttled_time" { seconds += $2 / 1e9 } # version 1 of control groups
        $1 == "throttled_usec" { seconds += $2 / 1e6 }
        $1 == "nr_throttled"   { periods += $2 }
        END { printf "%.3f %d\n", seconds, periods }'
}
