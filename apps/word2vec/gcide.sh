#!/bin/sh
# Word vectors from a dictionary, judged by WordNet: fetches both from Debian, trains, prints how good the vectors are.
#
#   apps/word2vec/gcide.sh [FOLDER] [tern-w2v options]     PROGRAMS names the folder of tern-w2v and tern-wordnet, RUN what
#                                                          starts them: RUN='mpirun -n 2'
#
# The text is the Collaborative International Dictionary of English (dict-gcide, GPL-2+; 5.4 million words); WordNet's
# own glosses are in neither text nor pairs.
set -eu
case ${1:-} in -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
folder=${1:-gcide}
[ $# -eq 0 ] || shift
programs=${PROGRAMS:+$PROGRAMS/}

# fetch PACKAGE: unpack it here, without installing it.
fetch() {
    apt-get download -q "$1" >/dev/null
    dpkg-deb -x "$1"_*.deb .
}

prepare() (
    mkdir -p "$folder"
    cd "$folder"
    [ -s gcide.txt ] || {
        fetch dict-gcide
        gzip -dc <usr/share/dictd/gcide.dict.dz >gcide.txt
    }
    [ -s usr/share/wordnet/data.noun ] || fetch wordnet-base
)

prepare
[ -s "$folder/words.txt" ] ||
    "${programs}tern-w2v" "$folder/gcide.txt" --epochs 0 --no-server --vocabulary "$folder/words.txt" --stats none
[ -s "$folder/pairs/hypernyms.tsv" ] ||
    "${programs}tern-wordnet" --input "$folder/usr/share/wordnet" --vocabulary "$folder/words.txt" --output "$folder/pairs"
# shellcheck disable=SC2086
${RUN:-} "${programs}tern-w2v" "$folder/gcide.txt" --sentence none --subsample 1e-4 --lr 0.05 --analogies \
    --pairs "$folder/pairs/synonyms.tsv,$folder/pairs/hypernyms.tsv" "$@"
