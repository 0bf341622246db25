# Draw this chart again:  gnuplot gantt.gp
# or in another format:   gnuplot -e "format='svg'" gantt.gp   (png, svg, pdf, text)
# The numbers are in gantt.dat; colours and fonts in style.gp.

chart_title = 'Sessions over the workers: sample'
name = 'gantt'
here = ARG0[1:strlen(ARG0) - strlen(name.'.gp')]
data = here.name.'.dat'
x_scale = 1
x_max = 1.32812874
x_unit = 's'
array note[3]
array workers[3]
note[1] = ''
workers[1] = 1
note[2] = ''
workers[2] = 1
note[3] = ''
workers[3] = 1
array rows[3]
rows[1] = 2
rows[2] = 2
rows[3] = 2
subtitles = 2
array subtitle[2]
subtitle[1] = '4 devices · telnet · it''s `touch injected` \n {_x^2} "ü" $HOME'
subtitle[2] = 'latency: connect 50ms, login 100ms, command lognormal(80ms, 0.3) · 2 commands · 2 repeats (the first is shown)'

# Panel p shows the blocks first_block[p] to last_block[p] of the data file
panels = 3
array panel_title[3]
array first_block[3]
array last_block[3]
panel_title[1] = 'sequential'
first_block[1] = 1
last_block[1] = 6
panel_title[2] = 'threads, 1 worker'
first_block[2] = 7
last_block[2] = 12
panel_title[3] = 'async, 1 worker'
first_block[3] = 13
last_block[3] = 18

# The legend: a name and a line style of style.gp each
n_series = 6
array series_name[6]
array series_style[6]
series_name[1] = 'connect'
series_style[1] = 51
series_name[2] = 'handshake'
series_style[2] = 52
series_name[3] = 'login'
series_style[3] = 53
series_name[4] = 'prompt'
series_style[4] = 54
series_name[5] = 'commands'
series_style[5] = 55
series_name[6] = 'logout'
series_style[6] = 56

# The series of each block, and how many rows it has
array block_series[18]
array block_rows[18]
block_series[1] = 1; block_rows[1] = 4
block_series[2] = 2; block_rows[2] = 4
block_series[3] = 3; block_rows[3] = 4
block_series[4] = 4; block_rows[4] = 4
block_series[5] = 5; block_rows[5] = 4
block_series[6] = 6; block_rows[6] = 4
block_series[7] = 1; block_rows[7] = 4
block_series[8] = 2; block_rows[8] = 4
block_series[9] = 3; block_rows[9] = 4
block_series[10] = 4; block_rows[10] = 4
block_series[11] = 5; block_rows[11] = 4
block_series[12] = 6; block_rows[12] = 4
block_series[13] = 1; block_rows[13] = 4
block_series[14] = 2; block_rows[14] = 4
block_series[15] = 3; block_rows[15] = 4
block_series[16] = 4; block_rows[16] = 4
block_series[17] = 5; block_rows[17] = 4
block_series[18] = 6; block_rows[18] = 4
array series_slot[6]
series_slot[1] = 1
series_slot[2] = 2
series_slot[3] = 3
series_slot[4] = 4
series_slot[5] = 5
series_slot[6] = 6
n_slots = 6

# Layout, in pixels
width = 860
height = 422
grid_columns = 1
panel_width = 760
margin_left = 78
gap_x = 26
legend_columns = 6
legend_height = 20
array row_top[3]
array row_height[3]
row_top[1] = 96; row_height[1] = 40
row_top[2] = 196; row_height[2] = 40
row_top[3] = 296; row_height[3] = 40

load here.'style.gp'

