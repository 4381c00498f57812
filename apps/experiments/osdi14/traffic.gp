# Figure 11: what workers and servers send in a pass of the last ten, relative to no filters.
load script_folder."/style.gp"
set style histogram clustered
set ylabel "bytes sent, share of unfiltered"
set title "Traffic, last 10 passes (figure 11)"
set yrange [0:*]
of = sprintf("< awk -F, 'NR > 1 { if ($2 == \"unfiltered\") { w = $5; s = $6 } print $2 \",\" $5 / w \",\" $6 / s }' '%s'", data)
plot of using 2:xtic(1) title "workers", of using 3 title "servers"
