#!/bin/sh
# Holds the source against the picture of its layers:
#
#   apps tools -> include/tern -> runtime -> client server replica geo checkpoint -> table
#              -> comm and {keys store update filter sync task} -> base
#
# filter may also include keys. A folder may include what is named for it in `may_include` below, itself, and public headers. MPI is
# called in comm only, HDF5 in checkpoint only, hwloc in runtime/topology.c only; MPI_Comm may be named
# anywhere, as the public API has it. tools/bench/bare.c and apps/mf/plain_mpi.c are yardsticks in plain MPI. The last fact plants violations and expects every one to be found.
set -u
top=${srcdir:-$(dirname "$0")/..}
. "$top/tests/support/facts.sh"

# Print "rule file:line: what" for every violation below a folder that looks like Tern's source.
violations() {
    (cd "$1" && find apps tools src include -name '*.[ch]' | LC_ALL=C sort | xargs awk '
        BEGIN {
            policies = "keys store update filter sync task"
            middle   = "table comm " policies " base"
            may_include["base"]       = ""
            split(policies " comm", above_base)
            for (i in above_base)
                may_include[above_base[i]] = "base"
            may_include["filter"]     = "keys base"
            may_include["table"]      = "comm " policies " base"
            may_include["client"]     = may_include["server"] = middle
            may_include["checkpoint"] = may_include["replica"] = may_include["geo"] = middle
            may_include["runtime"]    = "client server replica geo checkpoint " middle
        }
        function report(rule, what) { print rule, FILENAME ":" FNR ": " what }
        # The line without comments and literals; remembers an open comment in `is_comment`.
        function code(line,   start) {
            gsub(/"([^"\\]|\\.)*"/, "\"\"", line)
            if (is_comment && !sub(/^.*\*\//, "", line)) return ""
            is_comment = 0
            sub(/\/\/.*/, "", line)
            gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, " ", line)
            if (start = index(line, "/*")) { is_comment = 1; line = substr(line, 1, start - 1) }
            return line
        }
        FNR == 1 { is_comment = 0; n = split(FILENAME, parts, "/"); top = parts[1]; folder = parts[2]
                    is_yardstick = FILENAME == "tools/bench/bare.c" || FILENAME == "apps/mf/plain_mpi.c" }

        /^[ \t]*#[ \t]*include[ \t]*"/ {
            name = $0; sub(/^[^"]*"/, "", name); sub(/".*/, "", name)
            target = name; sub(/\/.*/, "", target)
            if (target == "tern" || name == "config.h") ;
            else if (top == "include")                   report("layers", name)
            else if (top != "src") { if (name ~ /\// )   report("public", name) }
            else if (target == folder) ;
            else if (name !~ /\// || !((" " may_include[folder] " ") ~ (" " target " ")))
                                                         report("layers", name)
        }
        /^[ \t]*#[ \t]*include[ \t]*<mpi\.h>/   && FILENAME !~ /^src\/comm\/|^include\/tern\/runtime\.h/ && !is_yardstick { report("owners", "mpi.h") }
        /^[ \t]*#[ \t]*include[ \t]*<hdf5\.h>/  && FILENAME !~ /^src\/checkpoint\//                      { report("owners", "hdf5.h") }
        /^[ \t]*#[ \t]*include[ \t]*<hwloc\.h>/ && FILENAME != "src/runtime/topology.c"                  { report("owners", "hwloc.h") }
        /^[ \t]*#[ \t]*include/ { next }
        {
            rest = code($0)
            while (match(rest, /[A-Za-z_][A-Za-z_0-9]*/)) {
                word = substr(rest, RSTART, RLENGTH); rest = substr(rest, RSTART + RLENGTH)
                if (word ~ /^P?MPI_/ && word != "MPI_Comm" && folder != "comm" && !is_yardstick && !(top != "src" && word == "MPI_COMM_WORLD"))
                    report("owners", word)
                if (word ~ /^H5[A-Z_]/ && folder != "checkpoint")                 report("owners", word)
                if (word ~ /^hwloc_/ && FILENAME != "src/runtime/topology.c")     report("owners", word)
            }
        }')
}

found=$(violations "$top")
fact includes_point_downward "$(echo "$found" | sed -n 's/^layers //p')"
fact apps_and_tools_use_public_headers_only "$(echo "$found" | sed -n 's/^public //p')"
fact mpi_hdf5_and_hwloc_stay_in_their_folders "$(echo "$found" | sed -n 's/^owners //p')"

# Plant one file per violation, and files that look like violations but are none.
planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
plant() {
    mkdir -p "$planted/$(dirname "$1")"
    printf '%b\n' "$2" >"$planted/$1"
}
plant src/base/bad_up.c         '#include "store/view.h"'
plant src/store/bad_side.c      '#include "keys/partition.h"'
plant src/client/bad_side.c     '#include "server/loop.h"'
plant src/comm/bad_up.h         '#include "table/table.h"'
plant src/sync/bad_mpi.c        '#include <mpi.h>'
plant src/runtime/bad_call.c    'int f(void)\n{\n    return MPI_Finalize();\n}'
plant src/server/bad_hdf5.c     '/* H5 */ int x = 0; /* y\n */ int z = H5P_DEFAULT;'
plant src/runtime/bad_hwloc.c   '#define START hwloc_topology_init'
plant apps/kge/bad_internal.c   '#include "store/view.h"'
plant tools/bad_hdf5.c          '#include <hdf5.h>'
plant tools/bench/bad_mpi.c     'int f(void) { return MPI_Barrier(0); }'
plant tools/bench/bare.c        'int f(void) { return MPI_Barrier(0); }'
plant apps/mf/bad_mpi.c         'int f(void) { return MPI_Barrier(0); }'
plant apps/mf/plain_mpi.c       '#include <mpi.h>\\nint f(void) { return MPI_Barrier(0); }'
plant include/tern/bad.h        '#include "base/log.h"'
plant src/store/good.c          '#include "base/log.h"\n/* like MPI_Get\n * or H5Dwrite */ char *s = "hwloc_free";'
plant src/runtime/good.c        '#include "client/pull.h"\nMPI_Comm comm; // MPI_Send'
plant src/comm/good.c           '#include <mpi.h>\nint f(void) { return MPI_Init(0, 0); }'
plant src/checkpoint/good.c     '#include <hdf5.h>\nhid_t id = H5P_DEFAULT;'
plant src/runtime/topology.c    '#include <hwloc.h>\nint f(void) { return hwloc_get(); }'
plant apps/kge/good.c           '#include "triples.h"\n#include "tern/tern.h"\nMPI_Comm c = MPI_COMM_WORLD;'
reported=$(violations "$planted" | sed 's/^[a-z]* \([^:]*\):.*/\1/' | LC_ALL=C sort -u)
expected=$(cd "$planted" && find . -name 'bad*' | sed 's/^\.\///' | LC_ALL=C sort -u)
if [ "$reported" = "$expected" ]; then problem=; else problem="expected: $(echo $expected)
reported: $(echo $reported)"; fi
fact every_planted_violation_is_found "$problem"
facts_end
