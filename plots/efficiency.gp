# Speed-up over the number of workers: which part of the workers' time was worth its while. Ideal is
# 100 %: k workers, k times as fast.
x_label = 'workers (sessions at once)'
y_label = 'efficiency (speed-up over workers, '.y_unit.')'
legend = "for [s=1:n_series] NaN with linespoints linestyle series_style[s] title series_name[s], \
    NaN with lines linestyle 98 title 'ideal', \
    (any_failed ? NaN : 1/0) with points linestyle 97 title (any_failed ? 'sessions failed' : '')"
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    plot 100 with lines linestyle 98 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            @curve linestyle style(b) notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using (shift($1, series(b))):($5 > 0 ? $2 * y_scale : NaN) \
            with points linestyle 97 notitle, \
        @panel_legend
}
@finish
