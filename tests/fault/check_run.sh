#!/bin/sh
# Facts about tern-run: its exit status, what it says of losses, and that it leaves nothing behind. Here on one
# host and without MPI, as reports are what counts; check_survivors.sh has ranks that talk. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mpirun=${MPIRUN:-mpirun}
mpirun=${mpirun%% *}

# run CODE TEXT OPTIONS... -- SCRIPT: three ranks of a shell script, in which $rank is the rank.
run() {
    code=$1 text=$2
    shift 2
    options=
    while [ "$1" != -- ]; do
        options="$options $1"
        shift
    done
    expect "$code" "$text" ./tern-run --mpirun "$mpirun" -n 3 $options \
        sh -c "rank=\$OMPI_COMM_WORLD_RANK; $2"
}

# The last output has (no) line with this text.
says() { grep -qF -- "$1" "$scratch/output" || echo "no \"$1\""; }
says_not() { ! grep -qF -- "$1" "$scratch/output" || echo "there is \"$1\""; }

# ---- exit status ----

if ! "$mpirun" --version 2>/dev/null | grep -q 'Open MPI) 4'; then
    skip tern_run "Open MPI 4's launcher is needed"
    facts_end
fi

fact all_ranks_exit_with_zero_is_success "$(run 0 "3 ranks on 1 host, transport shared memory, survivable: yes" -- true)"
fact an_exit_code_passes_through_and_ends_the_job "$(
    run 7 "rank 1 on $(hostname) exited with code 7; ending the job" -- '[ $rank != 1 ] && exec sleep 60; exit 7')"
fact a_killed_rank_is_named_and_the_others_go_on "$(
    run 0 "rank 2 on $(hostname) was killed by SIGKILL; the others go on" -- \
        '[ $rank = 2 ] && kill -KILL $$; sleep 1; echo went on'
    says "2 of 3 ranks survived and exited with 0"
    [ "$(grep -c "^went on" "$scratch/output")" = 2 ] || cat "$scratch/output")"
fact a_survivor_that_fails_fails_the_run "$(
    run 4 "rank 0 on $(hostname) exited with code 4" -- '[ $rank = 2 ] && kill -KILL $$; sleep 1; [ $rank = 1 ] || exit 4')"
fact a_crash_fails_the_run_and_ends_it "$(for pair in SEGV:139 ABRT:134 BUS:135 ILL:132 FPE:136; do
    run ${pair#*:} "rank 1 on $(hostname) crashed by SIG${pair%:*}; ending the job" -- \
        "[ \$rank != 1 ] && exec sleep 60; ulimit -c 0; kill -${pair%:*} \$\$"; done)"
fact a_crash_is_a_loss_where_tolerated "$(
    run 0 "rank 1 on $(hostname) crashed by SIGSEGV; the others go on" --tolerate-crashes -- \
        '[ $rank != 1 ] && exit 0; ulimit -c 0; kill -SEGV $$')"
fact a_job_without_survivors_fails "$(run 137 "0 of 3 ranks survived" -- 'kill -KILL $$')"
fact a_lost_shield_is_a_lost_rank "$(
    run 0 "rank 1 is lost" -- '[ $rank != 1 ] || kill -KILL $PPID; [ $rank != 1 ] || exec sleep 60; sleep 1')"
fact no_report_is_a_failure "$(
    expect 125 "no rank has reported" ./tern-run --mpirun true -n 2 true
    expect 125 "no rank has reported" ./tern-run --mpirun false -n 2 true
    expect 125 "cannot start ./missing" ./tern-run --mpirun ./missing -n 2 true)"
fact a_program_that_cannot_start_is_named "$(
    expect 127 "cannot start ./missing: No such file" ./tern-run --mpirun "$mpirun" -n 2 ./missing)"

# ---- command line ----

fact wrong_options_are_refused "$(
    expect 2 "did you mean --transport?" ./tern-run --trasnport ucx -n 2 true
    expect 2 "did you mean --oversubscribe?" ./tern-run --oversubscripe -n 2 true
    expect 2 "--pass" ./tern-run --qqqqqq -n 2 true
    expect 2 '--transport is auto, ob1 or ucx, not "tcp"' ./tern-run --transport=tcp -n 2 true
    expect 2 "--grace-seconds is a number" ./tern-run --grace-seconds 5s -n 2 true
    expect 2 "--mca needs 2 values" ./tern-run --mca a
    expect 2 "no program" ./tern-run -n 2
    expect 2 "starts one program" ./tern-run -n 1 true : -n 1 true)"
fact help_names_options_defaults_and_exit_codes "$(
    expect 0 "--transport auto|ob1|ucx" ./tern-run --help
    says "-mca NAME VALUE"
    says "128+s")"
fact options_of_mpirun_pass_through "$(
    run 0 "told: yes" -x TOLD=yes -- 'echo "told: $TOLD"'
    run 0 "<stdout>" --tag-output -- 'echo tagged'
    run 0 "passed: word" --pass -x --pass PASSED=word -- 'echo "passed: $PASSED"')"
fact the_program_gets_its_arguments_as_they_are "$(
    expect 0 "[-n][a b][--help][--]" ./tern-run --mpirun "$mpirun" -n 1 -- printf '[%s]' -n 'a b' --help --)"
fact the_job_can_be_told_from_its_launcher "$(
    ./tern-run --mpirun "$mpirun" -n 2 echo word 2>/dev/null | sort | uniq -c | grep -q '^ *2 word$' ||
        echo "standard output is not the program's alone"
    run 0 "shielded: 1, token: " -- 'echo "shielded: $TERN_RUN_SHIELDED, token: ${TERN_RUN_TOKEN-}"')"
fact standard_input_goes_to_rank_0 "$(
    echo word | expect 0 "rank 0 read word" ./tern-run --mpirun "$mpirun" -n 2 \
        sh -c 'read word; echo "rank $OMPI_COMM_WORLD_RANK read $word"; true')"

# ---- ends ----

# begin SCRIPT: tern-run in the background with two ranks that note their process, then run the script.
begin() {
    rm -f "$scratch"/pid.*
    ./tern-run --mpirun "$mpirun" -n 2 sh -c "echo \$\$ >$scratch/pid.\$OMPI_COMM_WORLD_RANK; $1" \
        >"$scratch/output" 2>&1 &
    launcher=$!
    within test -s "$scratch/pid.0" -a -s "$scratch/pid.1" || echo "ranks did not start"
}
none_left() { ! kill -0 $(cat "$scratch"/pid.*) 2>/dev/null; }
nothing_is_left() { within none_left || { echo "ranks are left"; kill -KILL $(cat "$scratch"/pid.*); }; }
# stopped SIGNAL CODE: tern-run gets the signal and exits with the code.
stopped() {
    kill -"$1" $launcher
    wait $launcher
    found=$?
    [ $found -eq "$2" ] || { echo "exit code $found rather than $2"; cat "$scratch/output"; }
    nothing_is_left
}
its_mpirun() { cat /proc/$launcher/task/$launcher/children; }

fact a_signal_to_tern_run_ends_the_ranks "$(
    begin 'exec sleep 60'
    stopped TERM 143
    begin 'exec sleep 60'
    stopped HUP 129)"
fact ranks_hear_the_signal_once "$(
    begin "trap 'echo heard >>$scratch/heard.\$OMPI_COMM_WORLD_RANK' TERM; while ! [ -s $scratch/heard.\$OMPI_COMM_WORLD_RANK ]; do sleep 0.1; done; sleep 0.3"
    stopped TERM 143
    [ "$(cat "$scratch"/heard.* | wc -l)" = 2 ] || grep . "$scratch"/heard.*)"
fact ranks_end_when_tern_run_is_killed "$(
    begin 'exec sleep 60'
    kill -KILL $launcher
    nothing_is_left)"
fact ranks_end_when_mpirun_is_killed "$(
    begin 'exec sleep 60'
    kill -KILL $(its_mpirun)
    wait $launcher
    found=$?
    # 143 where the ranks were ended by the daemon's signal before they noticed
    case $found in 125 | 143) ;; *) echo "exit code $found rather than 125"; cat "$scratch/output" ;; esac
    nothing_is_left)"
facts_end
