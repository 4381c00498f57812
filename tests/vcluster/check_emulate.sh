#!/bin/sh
# Emulated links beside those of a virtual cluster, at the same settings: a pull of one key and of a mebibyte
# over each. Both are printed; what must hold are the lower bounds that delay and rate give, and that
# the same bytes travel. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/../..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
. "$top/tests/support/vcluster.sh"
scratch=$(mktemp -d)
trap 'vcluster down; rm -rf "$scratch"' EXIT
export TERN_STATS=none

reason=$(vcluster_missing)
if [ -n "$reason" ]; then
    skip emulated_links_beside_virtual_ones "$reason"
    facts_end
fi

over_virtual_link() { # DELAY_MS RATE_MBIT
    vcluster up 2 --delay "$1" --rate "$2" >/dev/null &&
        timeout 60 "$vcluster_program" run -n 2 tests/vcluster/pull_times
}

over_emulated_link() { # DELAY_MS RATE_MBIT
    TERN_NODE_RANKS=1 TERN_EMULATE=delay:$1ms,rate:$2mbit \
        timeout 60 ${MPIRUN:-mpirun} -n 2 tests/vcluster/pull_times
}

# number NAME FILE: the one after a word.
number() {
    sed -n "s/.*$1 \([0-9]*\) .*/\1/p" "$2"
}

# at_least MINIMUM NAME FILE
at_least() {
    found=$(number "$2" "$3")
    [ -n "$found" ] || { echo "no \"$2\" in:"; cat "$3"; return; }
    [ "$found" -ge "$1" ] || echo "$2 took $found us, which is less than $1"
}

# A few clocks, which come when a second has passed, more or less.
differ_by_clocks() { [ $(($1 - $2)) -le 800 ] && [ $(($2 - $1)) -le 800 ]; }

# One setting over both links.
compare() { # DELAY_MS RATE_MBIT
    setting="$1 ms and $2 Mbit/s"
    round_trip=$((2000 * $1))
    mebibyte=$((round_trip + 8 * 1048576 / $2))
    over_virtual_link "$1" "$2" >"$scratch/virtual" 2>&1
    over_emulated_link "$1" "$2" >"$scratch/emulated" 2>&1
    for link in virtual emulated; do
        grep -h '^key' "$scratch/$link" | sed "s,^,# $link link of $setting: ,"
        fact "pulls_take_at_least_what_delay_and_rate_ask ($link link of $setting)" "$(
            at_least $round_trip key "$scratch/$link"
            at_least $mebibyte mebibyte "$scratch/$link")"
    done
    fact "the_same_bytes_come_over_both ($setting)" "$(
        differ_by_clocks "$(number received "$scratch/virtual")" "$(number received "$scratch/emulated")" ||
            cat "$scratch/virtual" "$scratch/emulated")"
}

compare 5 1000
compare 20 100
facts_end
