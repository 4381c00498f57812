# Settings from text files beside the script. Sourced by the run-... scripts; `here` is the script's folder.

# rows FILE: a settings file without comments and empty lines.
rows() { sed 's/#.*//; /^[[:space:]]*$/d' "$here/$1"; }

# options_of FILE WORD WORD: the rest of the first line that begins with these words, where * fits any.
options_of() {
    rows "$1" | awk -v a="$2" -v b="$3" '
        function fits(word, wanted) { return word == "*" || word == wanted }
        fits($1, a) && fits($2, b) { $1 = $2 = ""; sub(/^ +/, ""); print; exit }'
}

# is_listed WORD LIST
is_listed() { [[ ,$2, == *",$1,"* ]]; }

# member NAME: the number of that name in the first line that has it.
member() {
    awk -v name="$1" 'match($0, "\"" name "\": [-0-9.e+]+") {
        print substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 4); exit }'
}

# calculate EXPRESSION: with decimals.
calculate() { awk "BEGIN { printf \"%.6g\", ($1) }"; }

# is_less A B
is_less() { awk "BEGIN { exit !($1 < $2) }"; }
