# The looks of all charts: format, fonts, colours, where panels and legend stand. Each chart's .gp
# sets its values, then loads this file.
#
# Colours are those of Okabe and Ito, which colour-blind people can tell apart; in grey, the shape of
# the points tells the curves apart. A strategy has the same colour in every chart.

reset
set encoding utf8
set datafile separator whitespace
if (!exists('format')) format = 'png'
if (!exists('text_width')) text_width = 80
if (!exists('text_height')) text_height = 23
if (!exists('text_color')) text_color = 0
text = (format eq 'text')
line_break = "\n"

sans = (format eq 'svg') ? 'Arial' : 'DejaVu Sans'
bold = (format eq 'svg') ? 'Arial' : 'DejaVu Sans:Bold'
if (format eq 'svg') {
    set terminal svg size width,height font 'Arial,10' fontscale 1.28 noenhanced background '#ffffff'
}
if (format eq 'png') {
    set terminal pngcairo size 2*width,2*height font 'DejaVu Sans,10' fontscale 2 \
        linewidth 2 pointscale 2 noenhanced background '#ffffff'
}
if (format eq 'pdf') {
    set terminal pdfcairo size width/96.0,height/96.0 font 'DejaVu Sans,10' fontscale 0.72 \
        linewidth 1.4 noenhanced
}
if (text && text_color) { set terminal dumb ansi256 size text_width,text_height noenhanced }
if (text && !text_color) { set terminal dumb mono size text_width,text_height noenhanced }
if (!text) { set output here.name.'.'.format }

several_folders = 0
point_size = (format eq 'svg') ? 0.75 : 1.0
do for [s=1:n_series] { if (series_style[s] > 10 && series_style[s] < 40) { several_folders = 1 } }

# Line styles: 1 sequential, 2 threads, 3 processes, 4 hybrid, 5 async, 6 interpreters, 7 and 8 for
# other series. 10 more: the same of the second folder, 20 more: of the third. Dashes tell
# the folders apart when there are several, else they help to tell the strategies apart.
array color[8] = [0x000000, 0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7, 0xe69f00, 0x56b4e9, 0x777777]
array filled[8] = [5, 7, 9, 11, 13, 15, 5, 7]
array hollow[8] = [4, 6, 8, 10, 12, 14, 4, 6]
array dashes[8] = ['solid', 'solid', '-', '_.', '.', '_', '.', '-.']
do for [s=1:8] {
    set style line s linecolor rgb color[s] linewidth 1.8 pointtype (s % 2 || several_folders ? filled[s] : hollow[s]) \
        pointsize point_size
    if (!several_folders && dashes[s] ne 'solid') { set style line s dashtype dashes[s] }
    set style line 10+s linecolor rgb color[s] linewidth 1.6 dashtype (7,4) pointtype hollow[s] pointsize point_size
    set style line 20+s linecolor rgb color[s] linewidth 1.6 dashtype (2,4) pointtype hollow[s] pointsize point_size
}
# 98 the ideal, 99 where a reference is drawn on, 97 a mark of failed sessions
set style line 97 linecolor rgb 0xaa0000 pointtype 6 pointsize 1.9 linewidth 1.4
set style line 98 linecolor rgb 0x999999 linewidth 1.6 dashtype (10,5)
set style line 99 linecolor rgb 0x000000 linewidth 1.1 dashtype (2,4)
if (text) {
    do for [s=1:8] {
        do for [t=0:20:10] {
            set style line t+s linecolor s pointtype (t == 0 ? s : s + 8)
        }
    }
    set style line 97 linecolor 1 pointtype 24
    set style line 98 linecolor 0
    set style line 99 linecolor 0
}

set border 3 linecolor rgb 0x444444
set tics out nomirror textcolor rgb 0x222222
set grid ytics xtics linecolor rgb 0xe4e4e4 linewidth 0.8 linetype 1 dashtype 1
set bars 0.6
unset mxtics; unset mytics
set format '%g'
x_format = '%g'; y_format = '%g'
if (text) { set border 3; set grid noxtics noytics }

grid_column(p) = (p - 1) % grid_columns
grid_row(p) = int((p - 1) / grid_columns)
panel_left(p) = (margin_left + grid_column(p) * (panel_width + gap_x)) / (1.0 * width)
panel_right(p) = panel_left(p) + panel_width / (1.0 * width)
panel_top(p) = 1.0 - row_top[grid_row(p) + 1] / (1.0 * height)
panel_bottom(p) = panel_top(p) - row_height[grid_row(p) + 1] / (1.0 * height)
below_all(p) = (p + grid_columns > panels)

# Series beside each other at the same x would hide each other: they are drawn a little apart.
if (!exists('x_apart')) x_apart = 0
apart(s) = (text ? 0.018 : x_apart) * (series_slot[s] - 0.5 * (n_slots + 1))
shift(x, s) = x_log ? x * (x_max / x_min) ** apart(s) : x + (x_max - x_min) * apart(s)

legend = 'NaN notitle'

# @scales once, @begin_picture, then @begin_panel before each panel's plot (p is its number), which
# ends with @panel_legend; @finish at the end. @curve draws x, median, lowest, highest of block b.
series(b) = block_series[b]
style(b) = series_style[series(b)]
scales = "if (x_log) { set logscale x }; if (y_log) { set logscale y }; \
    set xrange [x_min:x_max]; set yrange [y_min:y_max]; \
    if (strlen(x_ticks)) { set xtics (@x_ticks) }; if (strlen(y_ticks)) { set ytics (@y_ticks) }"
if (text) {
    begin_picture = "unset key"
    heading(p) = strlen(panel_title[p]) == 0 ? chart_title : chart_title.(strlen(chart_title.panel_title[p]) + 12 > text_width ? \
        line_break : ' | ').panel_title[p]
    begin_panel = "set title heading(p).line_break.y_label; \
        set xlabel x_label; set key bmargin center horizontal"
    panel_legend = "@legend"
    curve = "using (shift($1, series(b))):($2 * y_scale) with linespoints"
    finish = "unset output"
}
if (!text) {
    # A bold letter of 13 points takes up to 11 of the picture's pixels; a long title is set smaller.
    title_size = (strlen(chart_title) * 11 > width) ? 13.0 * width / (strlen(chart_title) * 11) : 13
    begin_picture = "set multiplot; unset key; \
        set label 1001 chart_title at screen 0.5, screen 1 - 20.0 / height center font bold.','.sprintf('%.1f', title_size); \
        do for [i=1:subtitles] { set label 1001+i subtitle[i] at screen 0.5, screen 1 - (26.0 + 16 * i) / height \
            center font sans.',9' textcolor rgb 0x444444 }"
    begin_panel = "set lmargin at screen panel_left(p); set rmargin at screen panel_right(p); \
        set tmargin at screen panel_top(p); set bmargin at screen panel_bottom(p); \
        if (p > 1) { do for [i=1001:1001+subtitles] { unset label i } }; \
        set title panel_title[p] font bold.',10' offset 0,-0.5; \
        if (grid_column(p) == 0) { set ylabel y_label offset -0.6,0; set format y y_format } else { unset ylabel; set format y '' }; \
        if (below_all(p)) { set xlabel x_label offset 0,0.2 } else { unset xlabel }"
    panel_legend = "NaN notitle"
    curve = "using (shift($1, series(b))):($2 * y_scale):($3 * y_scale):($4 * y_scale) with yerrorlines"
    finish = "if (legend_height > 0) { @draw_legend }; unset multiplot; unset output"
}
draw_legend = "set lmargin at screen 0.01; set rmargin at screen 0.99; \
    set bmargin at screen 6.0 / height; set tmargin at screen (6.0 + legend_height) / height; \
    unset title; unset xlabel; unset ylabel; unset tics; unset border; unset grid; unset object; unset arrow; \
    do for [i=1001:1001+subtitles] { unset label i }; unset logscale; set xrange [0:1]; set yrange [0:1]; \
    set key at graph 0.5, graph 0.5 center center horizontal maxcols legend_columns reverse Left samplen 3 spacing 1.1 font sans.',10'; \
    plot @legend"
