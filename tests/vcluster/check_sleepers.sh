#!/bin/sh
# Facts about ranks that sleep on sockets: across virtual hosts, two ranks on each, so that messages come over
# TCP and from neighbours who ring, every one of them wakes its receiver. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'vcluster down; rm -rf "$scratch"' EXIT

reason=$(vcluster_missing)
if [ -n "$reason" ]; then
    skip sleepers_across_virtual_hosts "$reason"
    facts_end
fi

# storm TRANSPORT: say what goes wrong.
storm() {
    timeout 120 "$vcluster_program" run --transport "$1" -n 4 tests/mpi/sleepers.mpi \
        >"$scratch/output" 2>&1 || echo "exit code $?"
    [ "$(grep -c '^ok ' "$scratch/output")" -eq 3 ] || tail -20 "$scratch/output"
}

vcluster up 2 >/dev/null
for transport in ob1 ucx; do
    fact "no_wake_up_is_lost_across_hosts ($transport)" "$(storm $transport)"
done
facts_end
