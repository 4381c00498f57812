#!/bin/sh
# Facts about the build: headers stand alone, the library shows its public API and nothing else, and no
# file is forgotten in the lists. Runs in the build folder.
set -u
top=${srcdir:-$(dirname "$0")/..}
. "$top/tests/support/facts.sh"
: "${CC:=mpicc}" "${NM:=nm}"

# Compile every public header alone, as language $1 of standard $2. MPI brings C++ headers of its own in
# some versions; they are not ours to judge.
compile_headers() {
    for header in "$top"/include/tern/*.h; do
        echo "#include \"tern/${header##*/}\"" |
            $CC -x "$1" -std="$2" -Wall -Wextra -Werror -DOMPI_SKIP_MPICXX \
                -DMPICH_SKIP_MPICXX -I"$top/include" -fsyntax-only - 2>&1 ||
            echo "${header##*/} does not compile alone"
    done
}

fact every_public_header_compiles_alone_in_c11 "$(compile_headers c c11)"
if echo '#include <cstddef>' | $CC -x c++ -fsyntax-only - 2>/dev/null; then
    fact every_public_header_compiles_alone_in_cpp "$(compile_headers c++ c++11)"
else
    skip every_public_header_compiles_alone_in_cpp "$CC cannot compile C++ (Debian: g++)"
fi

# Functions that the headers declare with TERN_API.
public_functions() {
    cat "$top"/include/tern/*.h | tr '\n' ' ' | sed 's/\/\*[^*]*\**\([^*/][^*]*\**\)*\*\// /g' | tr ';' '\n' |
        sed -n 's/.*TERN_API[^(]*[^a-z0-9_(]\(tern_[a-z0-9_]*\) *(.*/\1/p' | LC_ALL=C sort -u
}

library=.libs/libtern.so
if [ -f $library ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    public_functions >"$scratch/declared"
    $NM -D --defined-only $library | awk '{ print $NF }' | LC_ALL=C sort -u >"$scratch/shown"
    fact every_public_function_is_in_the_library "$(LC_ALL=C comm -23 "$scratch/declared" "$scratch/shown")"
    fact the_library_shows_nothing_else "$(LC_ALL=C comm -13 "$scratch/declared" "$scratch/shown")"
else
    skip every_public_function_is_in_the_library "no shared library was built"
    skip the_library_shows_nothing_else "no shared library was built"
fi

# Files below folders $1 that match $2 and that no Makefile.inc names, with or without their ending.
unlisted() {
    (cd "$top" && find $1 -name "$2" | LC_ALL=C sort | while read -r file; do
        grep -qwF -e "$file" -e "${file%.c}" -e "${file%.c}.mpi" ./*/Makefile.inc ./*/*/Makefile.inc || echo "$file"
    done)
}

fact every_source_file_is_built "$(unlisted "include src apps tools jobscripts" '*.[ch]')"
fact every_test_is_run "$(unlisted tests '*.[ch]'; unlisted tests 'check_*.sh')"
facts_end
