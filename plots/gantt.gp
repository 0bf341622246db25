# The sessions of one run (the first repeat) over its workers; each box is a phase of a session. All
# panels have the same time axis. With a timeline, the black strip below a worker is the time in which it
# held the lock.
x_label = 'time since the start of the run ('.x_unit.')'
y_label = 'worker'
array phase_color[7] = [0xa6d8f7, 0x0072b2, 0xe69f00, 0xf0e442, 0x009e73, 0x444444, 0xd55e00]
do for [f=1:7] { set style line 50+f linecolor rgb phase_color[f] }
if (text) { do for [f=1:7] { set style line 50+f linecolor f } }
set style line 58 linecolor rgb 0x000000
strips = 0
do for [s=1:n_series] { if (series_style[s] == 58) { strips = 1 } }
holds(b) = (style(b) == 58)
upper(b) = text ? (holds(b) ? NaN : 0) : holds(b) ? 0.22 : -0.42
lower(b) = text ? 0 : holds(b) ? 0.44 : strips ? 0.18 : 0.42
box = text ? 'fillstyle empty' : 'fillstyle solid 1.0 noborder'
legend = "for [s=1:n_series] NaN with ".(text ? 'lines' : 'boxes '.box). \
    " linestyle series_style[s] title series_name[s]"
set grid noytics
set xrange [0:x_max]
set yrange [most_workers+0.5:0.5]
step = (last_worker < 5) ? 1 : (last_worker <= 12) ? 5 : (last_worker <= 60) ? 10 : 50
set ytics step,step,last_worker
set ytics add (1)
@begin_picture
do for [p=1:panels] {
    @begin_panel
    set label 900 note[p].(strlen(note[p]) ? ' →' : '') at graph 0.985, graph 0.14 right font sans.',9'
    plot for [b=first_block[p]:last_block[p]] data index b-1 \
        using (0.5 * ($1 + $2) * x_scale):3:($1 * x_scale):($2 * x_scale):($3 + upper(b)):($3 + lower(b)) \
        with boxxyerror @box linestyle style(b) notitle, \
        @panel_legend
}
unset label 900
@finish
