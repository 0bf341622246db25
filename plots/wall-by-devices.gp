# How long a run took, against its devices, each strategy with the most workers it was measured
# with. A point is the median of the repeats, the bar goes from the lowest to the highest.
x_label = 'devices (at '.sprintf('%g', workers).' workers; sequential: 1)'
y_label = 'wall time of the run ('.y_unit.')'
legend = "for [s=1:n_series] NaN with linespoints linestyle series_style[s] title series_name[s], \
    (any_failed ? NaN : 1/0) with points linestyle 97 title (any_failed ? 'sessions failed' : '')"
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    plot for [b=first_block[p]:last_block[p]] data index b-1 \
            @curve linestyle style(b) notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using (shift($1, series(b))):($5 > 0 ? $2 * y_scale : NaN) \
            with points linestyle 97 notitle, \
        @panel_legend
}
@finish
