# Words, hashed documents, and (document, word) sorted by both -> examples in libsvm's format, three files in `folder`.
#
# Words are sorted, too, so that the features of an example ascend as the format wants it. One of ten hashes of the
# group goes to test, one to valid.

BEGIN { FS = "\t" }

FNR == 1 { file++ }
file == 1 { feature[$1] = FNR; next }
file == 2 {
    label[FNR] = $3
    digit = int($2 / 7) % 10
    part[FNR] = folder (digit == 0 ? "/test" : digit == 1 ? "/valid" : "/train") ".libsvm"
    next
}

$1 != document {
    finish()
    document = $1
    line = label[document]
}
{ line = line " " feature[$2] ":1" }
END { finish() }

function finish() {
    if (document != "")
        print line >part[document]
}
