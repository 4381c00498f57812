# A text to train word vectors on: `tokens` words in paragraphs of 20, made up, the same at each call. Words are frequent
# as in languages (the word of rank r about 1/r of the time), and half of a paragraph's are of its topic, so that
# there is something to learn.
function name(id,   text) {
    do { text = text substr("abcdefghijklmnopqrstuvwxyz", id % 26 + 1, 1); id = int(id / 26) } while (id > 0)
    return text
}

BEGIN {
    srand(1)
    words = tokens
    topics = 50
    for (i = 0; i < tokens; i++) {
        if (i % 20 == 0) {
            topic = int(topics * rand())
            if (i > 0) print "\n"
        }
        id = int(exp(log(words) * rand())) # ranks are uniform by their logarithm
        if (rand() < 0.5)
            id = (id - id % topics + topic) % words
        printf "%s ", name(id)
    }
    print ""
}
