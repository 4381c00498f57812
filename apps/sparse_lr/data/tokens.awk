# Hashed texts -> a line "number of the document, word" for every word that the document has: letters, two or more.
BEGIN {
    FS = "\t"
}

{
    num_words = split(tolower($4), words, /[^a-z]+/)
    for (i = 1; i <= num_words; i++)
        if (length(words[i]) > 1 && last[words[i]] != NR) {
            last[words[i]] = NR
            print NR "\t" words[i]
        }
}
