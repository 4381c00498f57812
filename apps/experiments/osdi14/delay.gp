# Figure 13: work and waiting of a worker until the common objective, for each delay.
load script_folder."/style.gp"
set xlabel "delay"
set ylabel "seconds to the common objective"
set title "Delay (figure 13)"
set yrange [0:*]
of = sprintf("< awk -F, 'NR > 1' '%s' | sort -t, -k3,3n", data)
plot of using 5:xtic(3) title "work", of using 6 title "waiting"
