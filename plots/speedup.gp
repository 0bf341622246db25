# How many times faster than one worker: the median wall time of the sequential run over that of
# this one; the bar goes over the repeats. Ideal is k times with k workers.
x_label = 'workers (sessions at once)'
y_label = 'speed-up over one worker'
legend = "for [s=1:n_series] NaN with linespoints linestyle series_style[s] title series_name[s], \
    NaN with lines linestyle 98 title 'ideal', \
    (any_failed ? NaN : 1/0) with points linestyle 97 title (any_failed ? 'sessions failed' : '')"
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    plot x with lines linestyle 98 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            @curve linestyle style(b) notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using (shift($1, series(b))):($5 > 0 ? $2 * y_scale : NaN) \
            with points linestyle 97 notitle, \
        @panel_legend
}
@finish
