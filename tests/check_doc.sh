#!/bin/sh
# The programs in doc/osdi14.md compile without warnings, print what they promise, and run on several ranks. Runs in the
# build folder.
#
# A program is a block of C, named by the heading above it; the first block is the frame of all others. What it prints is in
# its first comment: Alone it prints "...".
#
# MPIRUN   the launcher and its options             (found by configure)
set -u
top=${srcdir:-$(dirname "$0")/..}
. "$top/tests/support/facts.sh"
. "$top/tests/support/mpi_env.sh"
: "${CC:=mpicc}"
cflags=$(sed -n "s/^CFLAGS = //p" Makefile) # sanitizers, if there are any
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# extract FILE: every block of C becomes $scratch/HEADING.c.
extract() {
    awk -v folder="$scratch" '
        /^#/ { heading = tolower($0); gsub(/^#+ /, "", heading); gsub(/[^a-z0-9]+/, "_", heading) }
        /^```c/ { file = folder "/" heading ".c"; is_code = 1; next }
        /^```/ { is_code = 0 }
        is_code { print >file }' "$1"
}

compile() {
    cat "$scratch/programs.c" "$scratch/$1.c" >"$scratch/whole.c"
    # shellcheck disable=SC2086
    $CC $cflags -std=c11 -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror -I"$top/include" -o "$scratch/$1" "$scratch/whole.c" \
        -L.libs -Wl,-rpath,"$PWD/.libs" -ltern 2>&1
}

# keeps_promise PROGRAM: says what differs.
keeps_promise() {
    promise=$(sed -n 's/.*Alone it prints "\([^"]*\)".*/\1/p' "$scratch/$1.c")
    [ -n "$promise" ] || echo "it promises nothing"
    timeout 60 "$scratch/$1" >"$scratch/output" 2>&1 || echo "exit code $?"
    grep -qxF "$promise" "$scratch/output" || { echo "no \"$promise\""; tail -n 5 "$scratch/output"; }
}

# runs_on_four PROGRAM: servers apart from workers, each rank a node.
runs_on_four() {
    # shellcheck disable=SC2086
    TERN_ROLES=scheduler+server,server,worker,worker TERN_NODE_RANKS=1 timeout 60 ${MPIRUN:-mpirun} -n 4 "$scratch/$1" \
        >"$scratch/output" 2>&1 || { echo "exit code $?"; tail -n 5 "$scratch/output"; }
}

if [ ! -f .libs/libtern.so ]; then
    skip "programs of doc/osdi14.md" "no shared library was built"
    facts_end
fi
extract "$top/doc/osdi14.md"
for source in "$scratch"/*.c; do
    program=$(basename "$source" .c)
    [ "$program" != programs ] || continue
    problems=$(compile "$program")
    fact "${program}_compiles" "$problems"
    [ -z "$problems" ] || continue
    fact "${program}_prints_what_it_promises" "$(keeps_promise "$program")"
    if command -v "${MPIRUN:-mpirun}" >/dev/null 2>&1 || [ -n "${MPIRUN:-}" ]; then
        fact "${program}_runs_on_four_ranks" "$(runs_on_four "$program")"
    else
        skip "${program}_runs_on_four_ranks" "no mpirun"
    fi
done
facts_end
