# CPU quotas of hosts, by control groups of version 2 or 1. Sourced by vcluster.
#
# The cluster has one folder, tern-vcluster-NAME, in it one for each host. Processes join their host's folder
# when they enter the host, and their children are born in it.

readonly quota_period_us=20000 # short, so that a host that has used its share is not away for long

# Print the kind (2 or 1) and folder of every mounted hierarchy that could have the cpu controller.
quota_hierarchies() {
    local folder type options
    while read -r _ folder type options _; do
        case $type in
            cgroup2) echo "2 $folder" ;;
            cgroup) [[ ,$options, == *,cpu,* ]] && echo "1 $folder" ;;
        esac
    done </proc/mounts
}

# Write to a file of the kernel; false if it refuses.
put() { echo "$1" 2>/dev/null >"$2"; } 2>/dev/null

# limit_cpu KIND FOLDER
limit_cpu() {
    local quota_us=$((cpu * quota_period_us / 100))
    case $1 in
        2) put "$quota_us $quota_period_us" "$2/cpu.max" ;;
        1) put $quota_period_us "$2/cpu.cfs_period_us" && put $quota_us "$2/cpu.cfs_quota_us" ;;
    esac
}

# make_quota_folders KIND HIERARCHY: false if the kernel refuses any of them.
make_quota_folders() {
    local folder=$2/tern-vcluster-$name i
    if [[ $1 == 2 ]]; then
        grep -qw cpu "$2/cgroup.controllers" 2>/dev/null && put +cpu "$2/cgroup.subtree_control" || return
    fi
    mkdir "$folder" 2>/dev/null || return
    [[ $1 == 1 ]] || put +cpu "$folder/cgroup.subtree_control" || return
    for ((i = 1; i <= num_hosts; i++)); do
        mkdir "$folder/$name-$i" 2>/dev/null && limit_cpu "$1" "$folder/$name-$i" || return
    done
    echo "$folder" >"$state/quota"
}

make_quotas() {
    local kind folder
    ((cpu)) || return 0
    while read -r kind folder; do
        make_quota_folders "$kind" "$folder" && return
        remove_quotas
    done < <(quota_hierarchies)
    say "no CPU quotas here: no control groups with the cpu controller that can be written; hosts share all cores"
}

# Every process of the host must be in its folder: called by whoever enters it.
join_quota() {
    local folder
    [[ -e $state/quota ]] || return 0
    read -r folder <"$state/quota"
    put $$ "$folder/$1/cgroup.procs" || fail "cannot put a process under the CPU quota of $1"
}

# The kernel lets go of ended processes a moment after they have ended.
remove_quotas() {
    local folder round
    while read -r _ folder; do
        for ((round = 0; round < 100; round++)); do
            [[ -d $folder/tern-vcluster-$name ]] || break
            rmdir "$folder/tern-vcluster-$name"/*/ "$folder/tern-vcluster-$name" 2>/dev/null && break
            sleep 0.02
        done
    done < <(quota_hierarchies)
}
