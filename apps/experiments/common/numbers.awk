# Functions for awk programs: awk -f numbers.awk -f program.awk

# The number of that name in a line of JSON; empty if there is none.
function member(name) {
    if (!match($0, "\"" name "\": *[-0-9.e+]+"))
        return ""
    value = substr($0, RSTART, RLENGTH)
    sub(/.*: */, "", value)
    return value + 0
}

# Sorts the list.
function median(list, first, last,   i, j, x) {
    for (i = first + 1; i <= last; i++)
        for (j = i; j > first && list[j - 1] > list[j]; j--) {
            x = list[j]; list[j] = list[j - 1]; list[j - 1] = x
        }
    return (list[int((first + last) / 2)] + list[int((first + last + 1) / 2)]) / 2
}

# How numbers are printed; empty ones are unknown.
function ratio(a, b) { return a == "" || b == "" || b == 0 ? "" : a / b }
function round(x) { return x == "" ? "-" : x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : sprintf("%.2f", x) }
function small(x) { return x == "" ? "-" : x >= 100 ? sprintf("%.0f", x) : sprintf("%.3g", x) }
function percent(x) { return x == "" ? "-" : sprintf("%.1f %%", 100 * x) }
