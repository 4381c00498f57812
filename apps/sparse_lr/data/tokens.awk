# Hashed texts -> a line "number of the document, word" for every word that the document has: letters, two or more.
# Every document has the word "(all)" too, whose weight is the intercept. It sorts before all others.
BEGIN {
    FS = "\t"
}

{
    print NR "\t(all)"
    num_words = split(tolower($4), words, /[^a-z]+/)
    for (i = 1; i <= num_words; i++)
        if (length(words[i]) > 1 && last[words[i]] != NR) {
            last[words[i]] = NR
            print NR "\t" words[i]
        }
}
