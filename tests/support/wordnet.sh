# A WordNet of 239 synsets for tests of tern-kge; source it after making $scratch.

# Its folder is $scratch/dict. Synsets in a binary tree with both directions: synset i below i / 2.
make_wordnet() {
    mkdir -p "$scratch/dict"
    : >"$scratch/dict/data.verb" >"$scratch/dict/data.adj" >"$scratch/dict/data.adv"
    awk 'BEGIN {
        for (i = 1; i < 240; i++) {
            pointers = ""; n = 0
            if (i > 1) { pointers = sprintf(" @ %08d n 0000", int(i / 2)); n++ }
            for (j = 2 * i; j <= 2 * i + 1 && j < 240; j++) { pointers = pointers sprintf(" ~ %08d n 0000", j); n++ }
            printf "%08d 05 n 01 word%d 0 %03d%s | gloss\n", i, i, n, pointers
        }
    }' >"$scratch/dict/data.noun"
}
