# Documents -> hash of the group, hash of the text, label, text.
#
# A multiplicative hash modulo the prime 2^31 - 1, exact in the floating-point numbers that awk has. The first one
# decides the split, the second one the order within the file.

BEGIN {
    FS = OFS = "\t"
    for (i = 0; i < 256; i++)
        code[sprintf("%c", i)] = i + 1
}

function hash(text,   h, i, n) {
    h = 12345
    n = length(text)
    for (i = 1; i <= n; i++)
        h = (h * 16807 + code[substr(text, i, 1)]) % 2147483647
    return h * 48271 % 2147483647
}

{ print hash($3), hash($1), $2, $3 }
