# Draw this chart again:  gnuplot speedup.gp
# or in another format:   gnuplot -e "format='svg'" speedup.gp   (png, svg, pdf, text)
# The numbers are in speedup.dat; colours and fonts in style.gp.

chart_title = 'Speed-up against workers: sample'
name = 'speedup'
here = ARG0[1:strlen(ARG0) - strlen(name.'.gp')]
data = here.name.'.dat'
x_log = 0
x_min = 0.82
x_max = 4.18
x_ticks = '1, 2, 4'
x_unit = ''
x_scale = 1
x_apart = 0.007
any_failed = 1
y_log = 0
y_min = 0
y_max = 4.32
y_ticks = ''
y_unit = ''
y_scale = 1
subtitles = 3
array subtitle[3]
subtitle[1] = '4 devices · telnet · it''s `touch injected` \n {_x^2} "ü" $HOME'
subtitle[2] = 'latency: connect 50ms, login 100ms, command lognormal(80ms, 0.3) · 2 commands'
subtitle[3] = '2 repeats (median, bar from lowest to highest)'

# Panel p shows the blocks first_block[p] to last_block[p] of the data file
panels = 1
array panel_title[1]
array first_block[1]
array last_block[1]
panel_title[1] = ''
first_block[1] = 1
last_block[1] = 2

# The legend: a name and a line style of style.gp each
n_series = 2
array series_name[2]
array series_style[2]
series_name[1] = 'threads'
series_style[1] = 2
series_name[2] = 'async'
series_style[2] = 5

# The series of each block, and how many rows it has
array block_series[2]
array block_rows[2]
block_series[1] = 1; block_rows[1] = 3
block_series[2] = 2; block_rows[2] = 3
array series_slot[2]
series_slot[1] = 1
series_slot[2] = 2
n_slots = 2

# Layout, in pixels
width = 720
height = 578
grid_columns = 1
panel_width = 620
margin_left = 78
gap_x = 26
legend_columns = 4
legend_height = 20
array row_top[1]
array row_height[1]
row_top[1] = 112; row_height[1] = 380

load here.'style.gp'

