# What an experiment says, and what it expects of its command line. Sourced by the run-... scripts.
program_name=$(basename "$0")

say() { printf '%s: %s\n' "$program_name" "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

usage_error() {
    say "$@"
    say "try $program_name --help"
    exit 2
}

# expect_list OPTION VALUE ALLOWED...: a list with commas, of the allowed words.
expect_list() {
    local option=$1 list=$2 word
    shift 2
    for word in ${list//,/ }; do
        [[ " $* " == *" $word "* ]] || usage_error "$option takes a list of $(tr ' ' ',' <<<"$*"), not \"$word\""
    done
    [[ -n $list ]] || usage_error "$option takes a list of $(tr ' ' ',' <<<"$*")"
}

# expect_whole OPTION VALUE MAXIMUM
expect_whole() {
    [[ $2 =~ ^[1-9][0-9]{0,5}$ && $2 -le $3 ]] || usage_error "$1 takes a whole number from 1 to $3, not \"$2\""
}
