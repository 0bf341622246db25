# The sessions of one run (the first repeat) over its workers; each box is a phase of a session. All
# panels have the same time axis. With a timeline, the black strip below a worker is the time in which it
# held the lock.
x_label = 'time since the start of the run ('.x_unit.')'
y_label = 'worker'
array phase_color[7] = [0xa6d8f7, 0x0072b2, 0xe69f00, 0xf0e442, 0x009e73, 0x444444, 0xaa0000]
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
step(n) = (n < 5) ? 1 : (n <= 12) ? 5 : (n <= 60) ? 10 : 50
@begin_picture
do for [p=1:panels] {
    @begin_panel
    set yrange [rows[p]+0.5:0.5]
    set ytics step(workers[p]),step(workers[p]),workers[p]
    set ytics add (1)
    set label 900 note[p].(strlen(note[p]) ? ' →' : '') at graph 0.985, first rows[p] right font sans.',9'
    plot for [b=first_block[p]:last_block[p]] data index b-1 \
        using (0.5 * ($1 + $2) * x_scale):3:($1 * x_scale):($2 * x_scale):($3 + upper(b)):($3 + lower(b)) \
        with boxxyerror @box linestyle style(b) notitle, \
        @panel_legend
}
unset label 900
@finish
