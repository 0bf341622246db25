#include "emulator/counts_json.h"

static void set(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *transports_json(const struct counts *counts)
{
    json_t *transports = json_object();
    for (int i = 0; i < COUNTS_TRANSPORTS; i++) {
        json_t *one = json_object();
        set(one, "accepted", counts->accepted_by[i]);
        set(one, "open", counts->open_by[i]);
        json_object_set_new(transports, transport_names[i], one);
    }
    return transports;
}

static json_t *ended_json(const struct counts *counts)
{
    json_t *ended = json_object();
    for (int how = 0; how < SESSION_ENDS; how++)
        set(ended, session_end_names[how], counts->ended[how]);
    return ended;
}

void counts_json(const struct counts *counts, json_t *object)
{
    set(object, "accepted", counts->accepted);
    set(object, "open", counts->open);
    json_object_set_new(object, "transports", transports_json(counts));
    set(object, "logins", counts->logins);
    set(object, "commands", counts->commands);
    set(object, "bytes_in", counts->bytes_in);
    set(object, "bytes_out", counts->bytes_out);
    set(object, "failed", counts_failed(counts));
    json_object_set_new(object, "ended", ended_json(counts));
    json_object_set_new(object, "late_us",
                        json_pack("{s:I, s:I}", "half_below",
                                  (json_int_t)counts_lateness_us(counts, 0.5), "99_percent_below",
                                  (json_int_t)counts_lateness_us(counts, 0.99)));
}
