# From runs.csv and passes.csv: a CSV file and a figure for each of the paper's, and a table beside its numbers. Sourced by
# run-osdi14.

readonly figures=objective,idle,traffic,kkt,delay,working-set

# write_report FOLDER
write_report() {
    local folder=$1
    count_lines >"$folder/lines.csv"
    {
        describe_machine "$folder"
        # shellcheck disable=SC2046
        awk -v folder="$folder" -f "$here/../common/numbers.awk" -f "$here/figures.awk" -f "$here/report.awk" \
            "$here/paper.txt" "$folder/lines.csv" "$folder/runs.csv" "$folder/passes.csv" $([[ ! -s $folder/working-set.csv ]] || echo "$folder/working-set.csv")
    } >"$folder/results.md"
    write_figures "$folder"
    say "results are in $folder: results.md, a CSV file and a picture for each figure"
}

# Lines of C without comments and empty ones, of what delayed block proximal gradient is made of.
count_lines() {
    local file part
    echo "part,file,lines"
    while read -r file part; do
        awk -v file="$part,$file" -f "$here/lines.awk" "$here/../../sparse_lr/$file"
    done < <(rows core.txt)
}

describe_machine() {
    echo "## Results"
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["status"] == "ok" && $column["task_ms"] > 0 && !seen++ {
            printf "\n%s ranks, %s %% of a core each; version %s; load of the machine before the first run: %s. ", $column["hosts"], $column["cpu"], $column["version"], $column["load"]
            printf "Tasks last %s ms at least, times a log-normal factor of sigma %s.\n", $column["task_ms"], $column["straggle"] }' "$1/runs.csv"
}

# draw FOLDER NAME WORKLOAD: the usual workload's picture has no suffix.
draw() {
    local lines=$1/log/$2-$3.csv picture=$1/$2-$3.svg
    [[ $3 != "${all_workloads%%,*}" ]] || picture=$1/$2.svg
    awk -F, -v workload="$3" 'NR == 1 || $1 == workload' "$1/$2.csv" >"$lines"
    gnuplot -e "script_folder='$here'" -e "data='$lines'" -e "output_name='$picture'" "$here/$2.gp" 2>"$1/log/gnuplot" ||
        say "gnuplot refuses $2.csv of $3: $(tail -n 2 "$1/log/gnuplot")"
}

write_figures() {
    local name workload
    command -v gnuplot >/dev/null || { say "no gnuplot, so no figures" && return; }
    for name in ${figures//,/ }; do
        for workload in $(awk -F, 'NR > 1 && !seen[$1]++ { print $1 }' "$1/$name.csv"); do
            draw "$1" "$name" "$workload"
        done
    done
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
    mkdir -p "$folder/log"
    write_report "$folder"
    [[ $is_markdown == no ]] || cat "$folder/results.md"
}
