#!/bin/sh
# The facts of programs in tests/model and tests/mpi hold across virtual hosts, too: over real TCP, over a
# distance with losses, and while hosts hang for a while. Runs in the build folder.
#
# VCLUSTER_TESTS    short, or long: more rounds, more seeds, every transport      (short)
# VCLUSTER_SEED     chooses which host hangs when                                 (1)
# MPIRUN            the launcher                                                  (found by configure)
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'vcluster down 2>/dev/null; rm -rf "$scratch"' EXIT
export TERN_STATS=none
seed=${VCLUSTER_SEED:-1}

if [ "${VCLUSTER_TESTS:-short}" = long ]; then
    is_long=yes transports="ob1 ucx" seeds="$seed $((seed + 1)) $((seed + 2)) $((seed + 3)) $((seed + 4))"
else
    is_long=no transports=ob1 seeds=$seed
    export MODEL_ROUNDS=6
fi

# Say what is wrong with $1 as $2 ranks: every fact that it announces must hold.
problems_of() {
    program=$1 ranks=$2
    timeout --kill-after=10 "${RUN_SECONDS:-300}" "$vcluster_program" run --launcher "${MPIRUN:-mpirun}" \
        --transport "$transport" ${placement-} -n "$ranks" "$program" >"$scratch/output" 2>&1
    code=$?
    planned=$(sed -n 's/^1\.\.//p' "$scratch/output")
    held=$(grep -c '^ok ' "$scratch/output")
    [ $code -eq 0 ] && [ "${planned:-none}" = "$held" ] && return
    echo "exit code $code, $held of ${planned:-unknown} facts"
    grep -A8 -e '^not ok' -e '^# seed' "$scratch/output" || tail -n 20 "$scratch/output"
}

# prove WHERE RANKS PROGRAM...: one fact for each program.
prove() {
    where=$1 ranks=$2
    shift 2
    for program in "$@"; do
        fact "$program holds on $where" "$(problems_of "tests/$program.mpi" "$ranks")"
    done
}

# Stop a host for 50 to 250 ms, go on for as long, while file $3 exists: hosts 2 to $1, chosen by seed $2.
hang_hosts() {
    awk -v hosts="$1" -v seed="$2" 'BEGIN {
        srand(seed)
        for (i = 0; i < 100000; i++)
            printf "%d %.3f %.3f\n", 2 + int(rand() * (hosts - 1)), 0.05 + 0.2 * rand(), 0.05 + 0.2 * rand()
    }' | while [ -e "$3" ] && read -r host halt pause; do
        vcluster stop "$host"
        sleep "$halt"
        vcluster cont "$host"
        echo "$host" >>"$scratch/hangs"
        sleep "$pause"
    done
}

# prove_hanging HOSTS RANKS PROGRAM...: the same while hosts hang, which must have happened. Host 1, which is
# one more, has mpirun alone: it loses its daemons if it is made to go on before they are there.
prove_hanging() {
    hosts=$1 ranks=$2
    shift 2
    start $((hosts + 1))
    placement=--nolocal
    for hang_seed in $seeds; do
        : >"$scratch/hangs"
        : >"$scratch/is_running"
        hang_hosts $((hosts + 1)) "$hang_seed" "$scratch/is_running" &
        hanger=$!
        prove "$hosts hosts that hang at random, VCLUSTER_SEED=$hang_seed" "$ranks" "$@"
        rm "$scratch/is_running"
        wait $hanger
        [ -s "$scratch/hangs" ] || fact "hosts hang" "none did"
    done
    placement=
}

# prove_windows WHERE RANKS PROGRAM...: the same with rows of other hosts by one-sided reads; all others go by
# message (mpi_env.sh).
prove_windows() {
    windows_where=$1 windows_ranks=$2
    shift 2
    export TERN_PULL=window
    prove "$windows_where, one-sided" "$windows_ranks" "$@"
    export TERN_PULL=message
}

# Two ranks a host, and losses that the library emulates, which it has to make good itself.
prove_far_and_crowded() {
    prove "4 hosts of 2 ranks, $transport" 8 $programs
    export TERN_EMULATE=delay:5ms,loss:0.01
    prove "4 hosts with an emulated distance, $transport" 4 mpi/access mpi/clocks
    unset TERN_EMULATE
}

start() {
    vcluster up "$@" >"$scratch/up" 2>&1 || {
        fact "the cluster starts" "$(cat "$scratch/up")"
        facts_end
    }
}

reason=$(vcluster_missing)
[ -x tests/model/random_operations.mpi ] || reason="CUnit was not found, so the programs were not built"
[ -n "${MPIRUN:-$(command -v mpirun)}" ] || reason="no mpirun"
if [ -n "$reason" ]; then
    skip "programs across virtual hosts" "$reason"
    facts_end
fi

model=model/random_operations
programs="$model mpi/access mpi/exactly_once mpi/clocks mpi/storms"
for transport in $transports; do
    start 2
    prove "2 hosts of 2 ranks, $transport" 4 $programs
    prove_windows "2 hosts, $transport" 2 $model mpi/window
    start 4
    prove "4 hosts, $transport" 4 $programs
    prove_windows "4 hosts, $transport" 4 $model mpi/access
    prove_hanging 4 4 $model mpi/exactly_once
    [ $is_long = yes ] || continue
    prove_hanging 2 4 $model
    start 4
    prove_far_and_crowded
done

transport=ob1
start 4 --groups 4 --delay 5 --loss 10
[ $is_long = yes ] || export MODEL_ROUNDS=1
prove "4 hosts 5 ms apart, 1 % lost, $transport" 4 $model
facts_end
