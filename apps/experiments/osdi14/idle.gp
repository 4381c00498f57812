# Figure 10: work and waiting of a worker until the common objective, for each system.
load script_folder."/style.gp"
set ylabel "seconds to the common objective"
set title "Work and waiting (figure 10)"
set yrange [0:*]
of = sprintf("< awk -F, 'NR > 1 && ($2 != \"ours\" || $3 == 8)' '%s'", data)
plot of using 5:xtic(2) title "work", of using 6 title "waiting"
