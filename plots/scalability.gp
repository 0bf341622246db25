# Speed-up with two laws fitted to it:
#   Amdahl                 k / (1 + s (k - 1))                  s, on the chart σ: the serial part
#   Universal Scalability  k / (1 + s (k - 1) + c k (k - 1))    c, on the chart κ: coherence
# as Gunther does it: k / speed-up - 1 is linear in s and c, so the fit cannot fail. A negative
# coefficient means nothing and is set to 0; a serial part above the whole means that more workers are
# slower than one, and is set to 1. Peak: k = sqrt((1 - s) / c). The coefficients are also
# written to scalability.txt.
x_label = 'workers (sessions at once)'
y_label = 'speed-up over one worker'
legend = "for [s=1:n_series] NaN with points linestyle series_style[s] title series_name[s], \
    NaN with lines linestyle 98 title 'ideal', \
    NaN with lines linestyle 61 title 'Amdahl, σ: serial part', \
    NaN with lines linestyle 62 title 'USL, κ: coherence'"
set style line 61 linecolor rgb 0xe69f00 linewidth 1.6 dashtype (8,4)
set style line 62 linecolor rgb 0x000000 linewidth 1.6
if (text) { set style line 61 linecolor 2; set style line 62 linecolor 3 }
set samples 300
set fit quiet nolog noerrorvariables

array amdahl_s[panels]
array usl_s[panels]
array usl_c[panels]
array peak[panels]
set print here.name.'.txt'
print '# serial part (Amdahl), serial part and coherence (USL), predicted peak in workers, curve'
set xrange [*:*]
set yrange [*:*]
do for [p=1:panels] {
    b = first_block[p] - 1
    s = 0.01
    c = 0.0001
    amdahl(k) = s * (k - 1)
    usl(k) = s * (k - 1) + c * k * (k - 1)
    fit amdahl(x) data index b using 1:($1 / $2 - 1) via s
    amdahl_s[p] = (s < 0) ? 0 : (s > 1) ? 1 : s
    fit usl(x) data index b using 1:($1 / $2 - 1) via s, c
    if (c < 0) { c = 0; s = amdahl_s[p] }
    if (s < 0 || s > 1) {
        s = (s < 0) ? 0 : 1
        fit usl(x) data index b using 1:($1 / $2 - 1) via c
        if (c < 0) { c = 0 }
    }
    usl_s[p] = s
    usl_c[p] = c
    peak[p] = (s >= 1) ? 1 : (c > 0) ? sqrt((1 - s) / c) : 0
    print sprintf('%.5f %.5f %.7f %s %s', amdahl_s[p], usl_s[p], usl_c[p], \
        (peak[p] > 0) ? sprintf('%.0f', peak[p]) : 'none', panel_title[p])
}
set print

law(k, s, c) = k / (1 + s * (k - 1) + c * k * (k - 1))
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    if (!text) {
        set label 910 sprintf('Amdahl: σ %.1f %%', 100 * amdahl_s[p]) \
            at graph 0.03, graph 0.93 left font sans.',9'
        set label 911 sprintf('USL: σ %.1f %%, κ %.3f %%', 100 * usl_s[p], 100 * usl_c[p]) \
            at graph 0.03, graph 0.84 left font sans.',9'
        set label 912 (peak[p] > 0 ? sprintf('peak at %.0f worker%s', peak[p], (peak[p] == 1) ? '' : 's') : 'no peak') \
            at graph 0.03, graph 0.75 left font sans.',9'
    }
    plot x with lines linestyle 98 notitle, \
        law(x, amdahl_s[p], 0) with lines linestyle 61 notitle, \
        law(x, usl_s[p], usl_c[p]) with lines linestyle 62 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using 1:($2 * y_scale) with points linestyle style(b) notitle, \
        @panel_legend
}
unset label 910
unset label 911
unset label 912
@finish
