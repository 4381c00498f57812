#!/bin/sh
# Facts about a host with too little shared memory: a clear error at any number of ranks, no hang, no
# crash. Gives the job a small /dev/shm of its own, which needs root. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"

# Run tern-bench with $1 ranks, $2 bytes of /dev/shm and the options that follow.
squeeze() {
    ranks=$1 size=$2
    shift 2
    unshare --mount sh -c 'mount -t tmpfs -o size='"$size"' tmpfs /dev/shm && exec "$@"' sh \
        timeout --kill-after=10 60 ${MPIRUN:-mpirun} -n "$ranks" ./tern-bench --case local-pull --rows 100k \
        --width 100 --seconds 0.01 --stats none "$@" 2>&1
    echo "exit code $?"
}

# Say what is wrong with the output of a squeezed job: it must name the bytes, and end with code 1.
problems() {
    case $1 in *"bytes of shared memory"*) ;; *) echo "no bytes are named: $1" ;; esac
    case $1 in *"exit code 1") ;; *) echo "ended otherwise: $1" ;; esac
}

if ! unshare --mount sh -c 'mount -t tmpfs tmpfs /dev/shm' 2>/dev/null; then
    skip a_table_that_does_not_fit_is_refused "a /dev/shm of its own needs root"
    facts_end
fi
for ranks in 2 4; do
    fact "a_table_that_does_not_fit_is_refused ($ranks ranks)" "$(problems "$(squeeze $ranks 20m)")"
    fact "a_limit_beyond_what_there_is_is_refused_too ($ranks ranks)" \
        "$(problems "$(squeeze $ranks 20m --shared-limit 10G)")"
done
facts_end
