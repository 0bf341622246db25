# Draw this chart again:  gnuplot cost.gp
# or in another format:   gnuplot -e "format='svg'" cost.gp   (png, svg, pdf, text)
# The numbers are in cost.dat; colours and fonts in style.gp.

chart_title = 'What each strategy costs: sample, at 4 workers'
name = 'cost'
here = ARG0[1:strlen(ARG0) - strlen(name.'.gp')]
data = here.name.'.dat'
array y_top[3]
y_top[1] = 0.00573267
y_top[2] = 10.7859
y_top[3] = 174.64
subtitles = 2
array subtitle[2]
subtitle[1] = '4 devices · telnet · it''s `touch injected` \n {_x^2} "ü" $HOME · latency: connect 50ms, login 100ms, command lognormal(80ms, 0.3) · 2 commands'
subtitle[2] = '2 repeats (median, bar from lowest to highest)'

# Panel p shows the blocks first_block[p] to last_block[p] of the data file
panels = 3
array panel_title[3]
array first_block[3]
array last_block[3]
panel_title[1] = 'CPU time (s)'
first_block[1] = 1
last_block[1] = 3
panel_title[2] = 'peak memory (MiB)'
first_block[2] = 4
last_block[2] = 6
panel_title[3] = 'context switches'
first_block[3] = 7
last_block[3] = 9

# The legend: a name and a line style of style.gp each
n_series = 3
array series_name[3]
array series_style[3]
series_name[1] = 'sequential'
series_style[1] = 1
series_name[2] = 'threads'
series_style[2] = 2
series_name[3] = 'async'
series_style[3] = 5

# The series of each block, and how many rows it has
array block_series[9]
array block_rows[9]
block_series[1] = 1; block_rows[1] = 1
block_series[2] = 2; block_rows[2] = 1
block_series[3] = 3; block_rows[3] = 1
block_series[4] = 1; block_rows[4] = 1
block_series[5] = 2; block_rows[5] = 1
block_series[6] = 3; block_rows[6] = 1
block_series[7] = 1; block_rows[7] = 1
block_series[8] = 2; block_rows[8] = 1
block_series[9] = 3; block_rows[9] = 1
array series_slot[3]
series_slot[1] = 1
series_slot[2] = 2
series_slot[3] = 3
n_slots = 3

# Layout, in pixels
width = 1098
height = 408
grid_columns = 3
panel_width = 290
margin_left = 78
gap_x = 64
legend_columns = 7
legend_height = 0
array row_top[1]
array row_height[1]
row_top[1] = 96; row_height[1] = 230

load here.'style.gp'

