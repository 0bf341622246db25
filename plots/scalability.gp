# Speed-up with two laws fitted to it:
#   Amdahl                 k / (1 + s (k - 1))                  s, on the chart σ: the serial part
#   Universal Scalability  k / (1 + s (k - 1) + c k (k - 1))    c, on the chart κ: coherence
# as Gunther does it: k / speed-up - 1 is linear in s and c, so the fit cannot fail. Each point weighs as much
# as it is known, a share of itself; runs in which sessions failed have not done the work and are not fitted.
# A negative coefficient means nothing and is set to 0; a serial part above the whole means that more workers
# are slower than one, and is set to 1. Peak: k = sqrt((1 - s) / c), told where the law is near the points.
# In brackets: how far the law is from the farthest point. All is also written to scalability.txt.
x_label = 'workers (sessions at once)'
y_label = 'speed-up over one worker'
legend = "for [s=1:n_series] NaN with points linestyle series_style[s] title series_name[s], \
    NaN with lines linestyle 98 title 'ideal', \
    NaN with lines linestyle 61 title 'Amdahl, σ: serial part', \
    NaN with lines linestyle 62 title 'USL, κ: coherence', \
    (any_failed ? NaN : 1/0) with points linestyle 97 title (any_failed ? 'sessions failed' : '')"
set style line 61 linecolor rgb 0xe69f00 linewidth 1.6 dashtype (8,4)
set style line 62 linecolor rgb 0x000000 linewidth 1.6
if (text) { set style line 61 linecolor 2; set style line 62 linecolor 3 }
set samples 300
set fit quiet nolog noerrorvariables

array amdahl_s[panels]
array usl_s[panels]
array usl_c[panels]
array peak[panels]
array amdahl_off[panels]
array usl_off[panels]
law(k, s, c) = k / (1 + s * (k - 1) + c * k * (k - 1))
# x, what is linear in the coefficients, and how well it is known
points = "using ($5 > 0 ? NaN : $1):($1 / $2 - 1):($1 / $2) yerror"
set print here.name.'.txt'
print '# serial part (Amdahl), serial part and coherence (USL), predicted peak in workers, how far each is off, curve'
set xrange [*:*]
set yrange [*:*]
do for [p=1:panels] {
    b = first_block[p] - 1
    s = 0.01
    c = 0.0001
    amdahl(k) = s * (k - 1)
    usl(k) = s * (k - 1) + c * k * (k - 1)
    fit amdahl(x) data index b @points via s
    amdahl_s[p] = (s < 0) ? 0 : (s > 1) ? 1 : s
    fit usl(x) data index b @points via s, c
    if (c < 0) { c = 0; s = amdahl_s[p] }
    if (s < 0 || s > 1) {
        s = (s < 0) ? 0 : 1
        fit usl(x) data index b @points via c
        if (c < 0) { c = 0 }
    }
    usl_s[p] = s
    usl_c[p] = c
    peak[p] = (s > 0.999) ? 1 : (c > 0) ? sqrt((1 - s) / c) : 0
    stats data index b using ($5 > 0 ? NaN : abs(law($1, amdahl_s[p], 0) / $2 - 1)) nooutput
    amdahl_off[p] = STATS_max
    stats data index b using ($5 > 0 ? NaN : abs(law($1, s, c) / $2 - 1)) nooutput
    usl_off[p] = STATS_max
    print sprintf('%.5f %.5f %.7f %s %.4f %.4f %s', amdahl_s[p], usl_s[p], usl_c[p], \
        (peak[p] > 0) ? sprintf('%.0f', peak[p]) : 'none', amdahl_off[p], usl_off[p], panel_title[p])
}
set print

off(share) = (share >= 1) ? ' (far off)' : sprintf(' (±%.0f %%)', 100 * share)
peak_text(p) = (usl_off[p] > 0.2) ? 'neither law fits' : \
    (peak[p] == 0 || peak[p] > 10 * most_workers) ? 'no peak in sight' : \
    sprintf('peak at %.0f%s', peak[p], (peak[p] > most_workers) ? ', not measured' : (peak[p] == 1) ? ' worker' : ' workers')
@scales
@begin_picture
do for [p=1:panels] {
    @begin_panel
    if (!text) {
        set label 910 sprintf('Amdahl: σ %.1f %%', 100 * amdahl_s[p]).off(amdahl_off[p]) \
            at graph 0.03, graph 0.95 left font sans.',9'
        set label 911 sprintf('USL: σ %.1f %%, κ %.2g %%', 100 * usl_s[p], 100 * usl_c[p]).off(usl_off[p]) \
            at graph 0.03, graph 0.88 left font sans.',9'
        set label 912 peak_text(p) at graph 0.03, graph 0.81 left font sans.',9'
    }
    plot x with lines linestyle 98 notitle, \
        law(x, amdahl_s[p], 0) with lines linestyle 61 notitle, \
        law(x, usl_s[p], usl_c[p]) with lines linestyle 62 notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using 1:($2 * y_scale) with points linestyle style(b) notitle, \
        for [b=first_block[p]:last_block[p]] data index b-1 \
            using 1:($5 > 0 ? $2 * y_scale : NaN) with points linestyle 97 notitle, \
        @panel_legend
}
unset label 910
unset label 911
unset label 912
@finish
