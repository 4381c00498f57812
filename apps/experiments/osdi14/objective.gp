# Figure 9: the objective over time, a line for each system. Of ours the delay of the systems experiment.
load script_folder."/style.gp"
set style data lines
set logscale xy
set xlabel "seconds"
set ylabel "objective"
set title "Objective over time (figure 9)"
of(name) = sprintf("< awk -F, '$2 == \"%s\"' '%s'", name, data)
plot of("A") using 5:6 title "A" linewidth 2, of("B") using 5:6 title "B" linewidth 2, \
     sprintf("< awk -F, '$2 == \"ours\" && $3 == 8' '%s'", data) using 5:6 title "ours" linewidth 2
