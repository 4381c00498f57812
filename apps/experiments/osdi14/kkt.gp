# Figure 12: share of the features that the KKT filter has taken out, by pass: system and delay; all: the run of many passes.
load script_folder."/style.gp"
set style data linespoints
set xlabel "pass"
set ylabel "share of features filtered"
set yrange [0:1]
set title "KKT filter (figure 12)"
of(name) = sprintf("< awk -F, '$2 == \"%s\"' '%s'", name, data)
systems = system(sprintf("awk -F, 'NR > 1 && !seen[$2]++ { print $2 }' '%s'", data))
plot for [name in systems] of(name) using 3:4 title name
