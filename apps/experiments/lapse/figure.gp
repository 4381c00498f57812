# Seconds an epoch over the number of hosts, as in figure 1 of the paper. data, output_name and heading are set by the caller.
set terminal svg size 640,480 font "sans,14" background "white"
set output output_name
set title heading noenhanced
set logscale xy 2
set logscale y 10
set xrange [0.9:8.9]
set xtics (1, 2, 4, 8)
set xlabel "hosts"
set ylabel "seconds an epoch"
set key outside right noenhanced
set grid ytics
stats data using 1 nooutput
plot for [i = 0:STATS_blocks - 1] data index i using 1:2 with linespoints linewidth 2 pointtype 7 title columnheader(1)
