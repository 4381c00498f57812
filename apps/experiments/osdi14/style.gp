# How all pictures look. data, the lines of one workload, and output_name are set by the caller.
set terminal svg size 640,440 font "sans,14" background "white"
set output output_name
set datafile separator ","
set datafile missing NaN
set grid ytics
set key outside right noenhanced
set style data histograms
set style histogram rowstacked
set style fill solid 0.8 border -1
set boxwidth 0.7
