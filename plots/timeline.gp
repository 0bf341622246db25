# What the threads did; the black strip below a thread is the time in which it held
# the lock. Thread 0 is the one that starts the others.
x_label = 'time since the start of the run ('.x_unit.')'
y_label = 'thread'
array state_color[5] = [0xcfe3f0, 0xe69f00, 0xcc79a7, 0x009e73, 0x000000]
do for [f=1:5] { set style line 70+f linecolor rgb state_color[f] }
if (text) { do for [f=1:5] { set style line 70+f linecolor f } }
box = text ? 'fillstyle empty' : 'fillstyle solid 1.0 noborder'
legend = "for [s=1:n_series] NaN with ".(text ? 'lines' : 'boxes '.box). \
    " linestyle series_style[s] title series_name[s]"
holds(b) = (style(b) == 75)
upper(b) = text ? 0 : holds(b) ? 0.22 : -0.42
lower(b) = text ? 0 : holds(b) ? 0.44 : 0.18
set grid noytics
set xrange [0:x_max]
@begin_picture
do for [p=1:panels] {
    @begin_panel
    set yrange [rows[p]-0.4:-0.6]
    set ytics 0,(threads[p] > 12 ? 5 : 1),threads[p]-1
    plot for [b=first_block[p]:last_block[p]] data index b-1 \
        using (0.5 * ($1 + $2) * x_scale):3:($1 * x_scale):($2 * x_scale):($3 + upper(b)):($3 + lower(b)) \
        with boxxyerror @box linestyle style(b) notitle, \
        @panel_legend
}
@finish
