# What the client paid for each strategy, at the most workers measured: CPU time (user and system,
# its processes included), the most memory it held, and how often the system switched threads.
x_label = ''
y_label = ''
set style fill solid 0.85 border rgb 0x333333
set boxwidth 0.66
do for [s=1:n_series] { set style line series_style[s] dashtype solid linewidth 1.2 }
set grid noxtics
beside = (n_series < 5) ? 0.5 * (5 - n_series) : 0
set xrange [0.4-beside:n_series+0.6+beside]
set xtics () scale 0
do for [s=1:n_series] { set xtics add (series_name[s] s) }
if (!text) { set xtics rotate by 32 right }
if (text) { do for [s=1:n_series] { set style line series_style[s] linecolor s } }
shown(y) = (y >= 1e6) ? sprintf('%.1fM', y / 1e6) : (y >= 1e4) ? sprintf('%.0fk', y / 1e3) : \
    (y >= 100) ? sprintf('%.0f', y) : (y >= 10) ? sprintf('%.1f', y) : sprintf('%.2g', y)
@begin_picture
do for [p=1:panels] {
    @begin_panel
    unset key
    set format y (y_top[p] > 2e4) ? '%.0s%c' : '%g'
    set yrange [0:y_top[p]]
    plot for [b=first_block[p]:last_block[p]] data index b-1 \
            using 1:2:(text ? $2 : $3):(text ? $2 : $4):(0.66) \
            with boxerrorbars linestyle style(b) notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using 1:4:(shown($2)) with labels offset 0,0.6 font sans.',8.5' notitle
}
@finish
