# How long a session took, against the workers: half of the sessions ended below the line of the
# median, 99 of 100 below that of the 99th percentile. Medians over the repeats. Of a hundred sessions or
# fewer the 99th percentile is the longest.
x_label = 'workers (sessions at once)'
y_label = 'time of a session ('.y_unit.')'
set style line 41 linecolor rgb 0x000000 linewidth 2.0 pointtype 7 pointsize 0.8
set style line 42 linecolor rgb 0x0072b2 linewidth 1.6 pointtype 9 pointsize 0.8
set style line 43 linecolor rgb 0xd55e00 linewidth 1.6 dashtype (8,4) pointtype 5 pointsize 0.7
set style line 44 linecolor rgb 0x777777 linewidth 1.1 dashtype (2,3) pointtype 1 pointsize 0.8
array percentile[4] = ['median', '90th percentile', longest_apart ? '99th percentile' : '99th percentile = longest', 'longest']
curves = longest_apart ? 4 : 3
if (text) { do for [c=1:4] { set style line 40+c linecolor c pointtype c } }
legend = "for [c=1:curves] NaN with linespoints linestyle 40+c title percentile[c], \
    (has_one_by_one ? NaN : 1/0) with lines linestyle 99 title (has_one_by_one ? 'sequential, median' : '')"
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    plot for [b=first_block[p]:last_block[p]] data index b-1 \
            using (text ? NaN : $1):($2 * y_scale):($4 * y_scale) \
            with filledcurves fillcolor rgb 0xf3e3d9 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using (text ? NaN : $1):($2 * y_scale):($3 * y_scale) \
            with filledcurves fillcolor rgb 0xcfe3f0 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using (x_min):(has_one_by_one ? $6 * y_scale : -1):(x_max - x_min):(0) \
            every ::0::0 with vectors nohead linestyle 99 notitle, \
        for [c=curves:1:-1] for [b=first_block[p]:last_block[p]] data index b-1 \
            using 1:(column(c + 1) * y_scale) with linespoints linestyle 40+c notitle, \
        @panel_legend
}
@finish
