# runs.csv -> lines of a figure: for each system (here "setup": awk has a function system) a block, its name in quotes and then "hosts seconds". Of the points of
# grid.txt only the fastest at most hosts is drawn. Files: grid.txt, runs.csv.
FNR == NR { split($0, word, " "); if (word[1] != "" && word[1] !~ /^#/) is_grid_point[word[1]] = 1; next }
FNR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
$1 != task || $2 != regime || $6 != "ok" || $3 ~ /^(hand|target)-/ { next }
{
    if (!($3 in seen)) { seen[$3] = 1; setup_name[++num_systems] = $3 }
    list[$3, $4, ++count[$3, $4]] = $column["epoch_s"]
    if ($4 + 0 > most) most = $4 + 0
}

function median(setup, hosts,   n, i, j, x) {
    n = count[setup, hosts]
    for (i = 2; i <= n; i++)
        for (j = i; j > 1 && list[setup, hosts, j - 1] + 0 > list[setup, hosts, j] + 0; j--) {
            x = list[setup, hosts, j]; list[setup, hosts, j] = list[setup, hosts, j - 1]; list[setup, hosts, j - 1] = x
        }
    return (list[setup, hosts, int((n + 1) / 2)] + list[setup, hosts, int(n / 2) + 1]) / 2
}

function block(setup, label,   hosts) {
    printf "%s\"%s\"\n", num_blocks++ ? "\n\n" : "", label
    for (hosts = 1; hosts <= most; hosts++)
        if (count[setup, hosts]) print hosts, median(setup, hosts)
}

END {
    for (i = 1; i <= num_systems; i++) {
        setup = setup_name[i]
        if (!(setup in is_grid_point))
            block(setup, setup)
        else if (count[setup, most] && (best == "" || median(setup, most) < median(best, most)))
            best = setup
    }
    if (best != "") block(best, "classic, tuned")
}
