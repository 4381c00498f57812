#!/bin/sh
# Run an MPI test program at several numbers of ranks, on one node and split into smaller nodes, and
# join the outputs into one TAP stream. A run that hangs, crashes or says nothing is a `not ok`.
#
#   tests/run_mpi.sh tests/mpi/roles.mpi
#
# RANKS         numbers of ranks                                            (1 2 4)
# NODE_RANKS    ranks that share memory; 0: all of them                     (0 1 2)
# RUN_SECONDS   time limit of one run                                       (120)
# MPIRUN        the launcher and its options                                (found by configure)
#
# A test may narrow these by one line in its source, for example:
#   run_mpi: ranks 2 4; nodes 0 1; seconds 300
set -u
program=$1
source_file=${srcdir:-.}/${program%.mpi}.c
case $program in
    /*) source_file=${program%.mpi}.c ;;
    */*) ;;
    *) program=./$program ;;
esac

# The words after a name in the run_mpi line of the source, else the second argument.
narrowed() {
    words=$(sed -n "s/.*run_mpi:.* $1 \([0-9 ]*[0-9]\).*/\1/p" "$source_file" 2>/dev/null)
    echo "${words:-$2}"
}

# The words of the first list that are in the second.
intersect() {
    for word in $1; do
        case " $2 " in *" $word "*) echo "$word" ;; esac
    done
}

ranks=${RANKS:-1 2 4}
ranks=$(intersect "$ranks" "$(narrowed ranks "$ranks")")
node_ranks=${NODE_RANKS:-0 1 2}
node_ranks=$(intersect "$node_ranks" "$(narrowed nodes "$node_ranks")")
seconds=$(narrowed seconds "${RUN_SECONDS:-120}")

. "${srcdir:-$(dirname "$0")/..}/tests/support/mpi_env.sh"

run_all() {
    for n in $ranks; do
        for k in $node_ranks; do
            [ "$k" -lt "$n" ] || continue # one node of all ranks: the same as 0
            if [ "$k" -gt 0 ]; then export TERN_NODE_RANKS="$k"; else unset TERN_NODE_RANKS; fi
            echo "@run $n $k"
            timeout --kill-after=10 "$seconds" ${MPIRUN:-mpirun} -n "$n" "$program" 2>&1
            printf '\n@exit %d\n' $?
        done
    done
}

# Renumber the results; add one for every run that did not end as it should.
run_all | awk -v program="$program" -v seconds="$seconds" '
    function result(is_ok, text) {
        printf "%s %d - %s\n", is_ok ? "ok" : "not ok", ++number, text
        has_failed = has_failed || !is_ok
        fflush()
    }
    function cause(code) {
        return code == 124 || code == 137 ? "not finished after " seconds " seconds" : "exit code " code
    }
    $1 == "@run"   { split_text = $3 > 0 ? ", nodes of " $3 : ""
                     where = $2 (($2 == 1) ? " rank" : " ranks") split_text
                     planned = -1; seen = failed = 0; next }
    /^1\.\.[0-9]+/ { planned = substr($1, 4) + 0; next }
    /^(not )?ok /  { seen++; failed += $1 == "not"
                     text = $0; sub(/^(not )?ok [0-9]* *-? */, "", text)
                     sub(/ ranks\)/, " ranks" split_text ")", text)
                     result($1 != "not", text); next }
    $1 == "@exit"  { if ($2 != 0 && !failed)    result(0, program " (" where "): " cause($2))
                     else if (seen != planned) result(0, program " (" where "): " seen " of " planned " facts told, " cause($2))
                     next }
    /^Bail out!/   { print "# " $0; next }
                   { print }
    END            { if (number == 0) print "1..0 # SKIP no number of ranks in RANKS suits this test"
                     else print "1.." number
                     exit has_failed ? 1 : 0 }'
