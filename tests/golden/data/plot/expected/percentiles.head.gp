# Draw this chart again:  gnuplot percentiles.gp
# or in another format:   gnuplot -e "format='svg'" percentiles.gp   (png, svg, pdf, text)
# The numbers are in percentiles.dat; colours and fonts in style.gp.

chart_title = 'Session times against workers: sample'
name = 'percentiles'
here = ARG0[1:strlen(ARG0) - strlen(name.'.gp')]
data = here.name.'.dat'
has_one_by_one = 1
longest_apart = 0
x_log = 0
x_min = 0.82
x_max = 4.18
x_ticks = '1, 2, 4'
x_unit = ''
x_scale = 1
y_log = 0
y_min = 0
y_max = 401.901656
y_ticks = ''
y_unit = 'ms'
y_scale = 1000
subtitles = 2
array subtitle[2]
subtitle[1] = '4 devices · telnet · it''s `touch injected` \n {_x^2} "ü" $HOME · latency: connect 50ms, login 100ms, command lognormal(80ms, 0.3)'
subtitle[2] = '2 commands · 2 repeats (median of each)'

# Panel p shows the blocks first_block[p] to last_block[p] of the data file
panels = 2
array panel_title[2]
array first_block[2]
array last_block[2]
panel_title[1] = 'threads'
first_block[1] = 1
last_block[1] = 1
panel_title[2] = 'async'
first_block[2] = 2
last_block[2] = 2

# The legend: a name and a line style of style.gp each
n_series = 1
array series_name[1]
array series_style[1]
series_name[1] = 'median'
series_style[1] = 2

# The series of each block, and how many rows it has
array block_series[2]
array block_rows[2]
block_series[1] = 1; block_rows[1] = 3
block_series[2] = 1; block_rows[2] = 3
array series_slot[1]
series_slot[1] = 1
n_slots = 1

# Layout, in pixels
width = 986
height = 462
grid_columns = 2
panel_width = 430
margin_left = 78
gap_x = 26
legend_columns = 4
legend_height = 20
array row_top[1]
array row_height[1]
row_top[1] = 96; row_height[1] = 280

load here.'style.gp'

