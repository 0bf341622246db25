// The files that somebody put on a device's flash.
#include "emulator/device_data.h"

#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

enum { FILES_MAX = 64, FLASH_MAX_BYTES = 12 * 1024 * 1024 };

static void free_file(struct flash_file *file)
{
    free(file->name);
    buf_fini(&file->text);
}

void device_forget_flash(struct device_state *state)
{
    for (size_t i = 0; i < state->n_files; i++)
        free_file(&state->files[i]);
    free(state->files);
    state->files = NULL;
    state->n_files = 0;
}

static size_t find(const struct device_state *state, const char *name)
{
    size_t i = 0;
    while (i < state->n_files && strcmp(state->files[i].name, name) != 0)
        i++;
    return i;
}

static size_t used_bytes(const struct device_state *state)
{
    size_t sum = 0;
    for (size_t i = 0; i < state->n_files; i++)
        sum += state->files[i].text.len;
    return sum;
}

const struct buf *device_file(const struct device *device, const char *name)
{
    size_t i = find(&device->state, name);
    return i < device->state.n_files ? &device->state.files[i].text : NULL;
}

bool device_put_file(struct device *device, const char *name, struct buf *text)
{
    struct device_state *state = &device->state;
    size_t i = find(state, name);
    bool is_new = i == state->n_files;
    size_t others = used_bytes(state) - (is_new ? 0 : state->files[i].text.len);
    if (others + text->len > FLASH_MAX_BYTES || (is_new && i == FILES_MAX)) {
        buf_fini(text);
        return false;
    }
    device_mark_changed(device);
    device_running(device); // it is kept from now on
    if (is_new) {
        state->files = alloc_resize(state->files, i + 1, sizeof *state->files);
        state->files[i] = (struct flash_file){.name = alloc_strdup(name)};
        state->n_files++;
    }
    buf_fini(&state->files[i].text);
    state->files[i].text = *text;
    state->files[i].written_s = device_wall_ms(device) / 1000;
    *text = (struct buf){0};
    return true;
}

bool device_delete_file(struct device *device, const char *name)
{
    struct device_state *state = &device->state;
    size_t i = find(state, name);
    if (i == state->n_files)
        return false;
    free_file(&state->files[i]);
    memmove(&state->files[i], &state->files[i + 1], (--state->n_files - i) * sizeof *state->files);
    return true;
}
