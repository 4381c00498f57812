#!/bin/sh
# Facts about the scripts that make tern-lr's data, on made-up indexes and mails: nothing is fetched.
set -u
top=${srcdir:-$(dirname "$0")/../..}
data=$top/apps/sparse_lr/data
. "$top/tests/support/facts.sh"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# --- from texts to examples

cat >"$scratch/three" <<'TEXTS'
a	+1	Some words, some WORDS; x 7
b	-1	more words
TEXTS
"$data/texts-to-libsvm" "$scratch/few" <"$scratch/three" >/dev/null
cat "$scratch/few/train.libsvm" "$scratch/few/valid.libsvm" "$scratch/few/test.libsvm" | sort >"$scratch/examples"
fact words_are_letters_without_case_and_counted_once "$([ "$(tr '\n' ' ' <"$scratch/few/words.txt")" = "(all) more some words " ] ||
    cat "$scratch/few/words.txt")"
fact features_are_numbered_in_the_order_of_words_and_ascend "$(printf '+1 1:1 3:1 4:1\n-1 1:1 2:1 4:1\n' | sort | diff - "$scratch/examples")"

awk 'BEGIN { for (i = 0; i < 3000; i++) printf "group%d\t%s\tcommon w%s\n", i / 3, i % 2 ? "+1" : "-1", substr("abcdefghij", i / 3 % 10 + 1, 1) }' >"$scratch/texts"
"$data/texts-to-libsvm" "$scratch/one" <"$scratch/texts" >"$scratch/counts"
sort -R "$scratch/texts" | "$data/texts-to-libsvm" "$scratch/two" >/dev/null
fact the_parts_are_80_10_and_10_percent "$(awk '$1 == "train" && ($2 < 2200 || $2 > 2600) || $1 != "train" && /examples/ && ($2 < 200 || $2 > 420) { print; bad = 1 }
    { n += $2 * /examples/ } END { if (n != 3000) print n " examples" }' "$scratch/counts")"
fact every_text_keeps_its_part_in_any_order_of_the_input "$(for part in train valid test; do
    sort "$scratch/one/$part.libsvm" >"$scratch/sorted"
    sort "$scratch/two/$part.libsvm" | cmp - "$scratch/sorted"
done)"
fact the_same_texts_give_the_same_files "$("$data/texts-to-libsvm" "$scratch/two" <"$scratch/texts" >/dev/null
    cmp "$scratch/one/SHA256SUMS" "$scratch/two/SHA256SUMS")"
awk 'BEGIN { for (i = 0; i < 300; i++) for (j = 0; j < 2; j++) printf "group%d\t+1\tword%s\n", i, j ? "a" : "b" }' |
    "$data/texts-to-libsvm" "$scratch/groups" >/dev/null
fact a_group_is_on_one_side "$(for part in train valid test; do
    awk -v part=$part '{ n[$3]++ } END { if (n["2:1"] != n["3:1"]) print part, n["2:1"], n["3:1"] }' "$scratch/groups/$part.libsvm"
done)"

# --- from packages and mails to texts

printf 'Package: %s\nSource: %s\nSection: %s\nDescription-md5: %s\n\n' \
    liba 'a (1.0)' libs 11 a-doc 'a (1.0)' doc 12 b '' contrib/libdevel 13 c '' oldlibs 14 |
    sed '/^Source: $/d' >"$scratch/packages"
printf 'Package: %s\nDescription-md5: %s\nDescription-en: %s\n more of it\n .\n\n' \
    liba 11 'the a' a-doc 12 'words on a' b 13 'the b' b 99 'an older b' c 98 'not this c' >"$scratch/translations"
texts() { awk "$@" -f "$data/descriptions.awk" "$scratch/packages" "$scratch/translations"; }
fact a_package_is_labelled_by_its_section_and_told_by_its_own_description "$(
    printf '%s\t%s\t%s  more of it  .\n' liba +1 'the a' a-doc -1 'words on a' b +1 'the b' >"$scratch/wanted"
    texts -v split_by=random | diff "$scratch/wanted" -)"
fact packages_may_be_grouped_by_source "$([ "$(texts -v split_by=source | cut -f1 | tr '\n' ' ')" = "a a b " ] || texts -v split_by=source)"

mkdir -p "$scratch/mails/spam-1" "$scratch/mails/easy-ham-1"
printf 'From: seller\nSubject: buy\n this\nX-Origin: trap\n\nnow\n\nreally\n' >"$scratch/mails/spam-1/1.txt"
printf 'From: friend\nX-Origin: list\n\nhello\n' >"$scratch/mails/easy-ham-1/1.txt"
mails() { find "$scratch/mails" -name '*.txt' | sort -r | awk -v headers="$1" -f "$data/mails.awk" | tr -s ' \t' ' '; }
fact of_a_mail_subject_and_body_are_used "$(printf 'buy this now really +1 buy this now really\n hello -1 hello\n' >"$scratch/wanted"
    mails no | sed 's/^ *buy/buy/' | diff "$scratch/wanted" -)"
fact headers_are_used_if_asked_for "$(mails yes >"$scratch/found"; grep -q 'From: seller X-Origin: trap.*really$' "$scratch/found" || cat "$scratch/found")"
fact wrong_usage_is_named "$(
    expect 2 "name a set" "$data/fetch-data"
    expect 2 "unknown option or set bread" "$data/fetch-data" bread
    expect 2 '--split takes random or source, not "half"' "$data/fetch-data" descriptions --split half
    expect 2 "--split is of no use" "$data/fetch-data" mails --split source
    expect 2 "have no --headers" "$data/fetch-data" descriptions --headers
    expect 2 "texts-to-libsvm FOLDER" "$data/texts-to-libsvm")"
facts_end
