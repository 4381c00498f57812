# Figure 12: share of the features that the KKT filter has taken out, by pass.
load script_folder."/style.gp"
set style data linespoints
set xlabel "pass"
set ylabel "share of features filtered"
set yrange [0:1]
set title "KKT filter (figure 12)"
of(name) = sprintf("< awk -F, '$2 == \"%s\" && $1 == \"clicks\"' '%s'", name, data)
plot of("all-2") using 3:4 title "ours"
