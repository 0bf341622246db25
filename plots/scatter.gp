# Each run of one result against the same run of the other: on the diagonal they agree, in the band
# they differ by no more than a tenth.
x_label = 'wall time, '.reference_name.' ('.x_unit.')'
y_label = 'wall time, '.other_name.' ('.y_unit.')'
legend = "for [s=1:n_series] NaN with points linestyle series_style[s] title series_name[s], \
    NaN with lines linestyle 98 title 'equal', \
    NaN with boxes fillstyle solid 1.0 noborder linecolor rgb 0xe6ece6 title 'within 10 %'"
set samples 200
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    plot '+' using 1:(text ? NaN : 0.9 * $1):(1.1 * $1) with filledcurves linecolor rgb 0xe6ece6 notitle, \
        x with lines linestyle 98 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using ($1 * x_scale):($2 * y_scale) with points linestyle style(b) notitle, \
        @panel_legend
}
@finish
