# From runs.csv: a CSV file for each experiment, figures in the form of the paper's, and tables. Sourced by run-lapse.

# write_report FOLDER
write_report() {
    local folder=$1 experiment
    for experiment in ${all_experiments//,/ } locality; do write_experiment "$folder" "$experiment"; done
    write_markdown "$folder" >"$folder/results.md"
    write_figures "$folder"
    say "results are in $folder: results.md, one CSV file for each experiment, figures"
}

# write_experiment FOLDER EXPERIMENT: the runs that it is made of. The locality table is made of all.
write_experiment() {
    awk -F, -v experiment="$2" '
        FNR == NR { if ($1 == experiment) { sub(/^[^,]*,/, ""); wanted[$0] = 1 } next }
        FNR == 1 || experiment == "locality" || ($1 "," $2 "," $3 "," $4 "," $5) in wanted' \
        "$1/cases.csv" "$1/runs.csv" >"$1/$2.csv"
    [[ $(wc -l <"$1/$2.csv") -gt 1 ]] || rm "$1/$2.csv"
}

# The head says on what machine and network, the tables what came out.
write_markdown() {
    local file
    echo "## Results"
    for file in "$1"/regime-*.txt; do
        [[ -s $file ]] && describe_regime "$file"
    done
    awk -f "$here/../common/numbers.awk" -f "$here/report.awk" "$here/paper.txt" "$here/grid.txt" "$1/runs.csv"
}

describe_regime() {
    awk -F= '{ value[$1] = substr($0, length($1) + 2) }
    END {
        printf "\nNetwork *%s*: %s hosts with %s %% of a core each, `vcluster up %s --cpu %s %s`. ", value["network"], value["hosts"], value["cpu"], value["hosts"], value["cpu"], value["link_options"]
        printf "A round trip takes %.0f us (median %.0f), pulls of 1 MiB bring %.0f MB/s, %.0f MB/s to each host if all pull. ", value["round_trip_us"], value["median_us"], value["mb_per_s"], value["all_mb_per_s"]
        printf "An update of matrix factorization takes %.2f us on one host, %.1f times as long as without padding: ", value["compute_us"], value["slowdown"]
        printf "round trip / compute %.0f, transfer / compute %.1f. Load of the machine before: %s; version %s.\n", value["round_trip_per_update"], value["transfer_per_update"], value["load"], value["version"]
    }' "$1"
}

# A figure for each task and regime: seconds an epoch over hosts, a line for each system.
write_figures() {
    local task regime
    command -v gnuplot >/dev/null || { say "no gnuplot, so no figures" && return; }
    for task in ${all_tasks//,/ }; do
        for regime in ${all_regimes//,/ }; do
            write_figure "$1" "$task" "$regime"
        done
    done
}

write_figure() {
    local name=$1/epoch-$2-$3
    # A block of "hosts seconds" for each system, medians over seeds, named in its first line.
    awk -F, -v task="$2" -v regime="$3" -f "$here/figure.awk" "$here/grid.txt" "$1/runs.csv" >"$name.dat"
    [[ -s $name.dat ]] || { rm "$name.dat" && return; }
    gnuplot -e "data='$name.dat'" -e "output_name='$name.svg'" -e "heading='$2, $3'" "$here/figure.gp" 2>/dev/null ||
        say "gnuplot refuses $name.dat"
}

report_command() {
    local is_markdown=no folder=''
    while (($#)); do
        case $1 in
            --markdown) is_markdown=yes ;;
            -*) usage_error "unknown option $1 of report" ;;
            *) folder=$1 ;;
        esac
        shift
    done
    [[ -n $folder ]] || usage_error "report needs the folder of the results"
    [[ -s $folder/runs.csv ]] || fail "no runs.csv in $folder"
    write_report "$folder"
    [[ $is_markdown == no ]] || cat "$folder/results.md"
}
