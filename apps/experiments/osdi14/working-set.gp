# Figure 3: share of the features that a worker needs, by number of workers.
load script_folder."/style.gp"
set style data linespoints
set logscale xy
set xlabel "workers"
set ylabel "share of the features that a worker has"
set title "Working set of a worker (figure 3)"
of = sprintf("< awk -F, 'NR > 1' '%s'", data)
plot of using 2:3 title "ours"
