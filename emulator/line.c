#include "emulator/line.h"

#include <ctype.h>
#include <string.h>

enum {
    CTRL_A = 1,
    CTRL_B,
    CTRL_C,
    CTRL_D,
    CTRL_E,
    CTRL_F,
    BACKSPACE = 8,
    TAB,
    NEWLINE,
    CTRL_K,
    CTRL_L,
    RETURN,
    CTRL_N,
    CTRL_P = 16,
    CTRL_R = 18,
    CTRL_T = 20,
    CTRL_U,
    CTRL_V,
    CTRL_W,
    CTRL_X,
    CTRL_Y,
    CTRL_Z,
    ESCAPE,
    DELETE = 127,
};

// Inside an escape sequence.
enum { ESCAPE_NONE, ESCAPE_SEEN, ESCAPE_BRACKET };

void line_fini(struct line *line)
{
    buf_fini(&line->text);
    buf_fini(&line->history);
    buf_fini(&line->killed);
}

void line_clear(struct line *line)
{
    buf_fini(&line->text);
    line->cursor = 0;
    line->back = 0;
    line->quoted = false;
}

static void move_left(struct buf *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        buf_putc(out, '\b');
}

// Prints what is behind the cursor, then `gone` blanks over what was there before, and comes back.
static void paint_tail(const struct line *line, size_t gone, struct buf *out)
{
    size_t tail = line->text.len - line->cursor;
    buf_add(out, buf_text(&line->text) + line->cursor, tail);
    for (size_t i = 0; i < gone; i++)
        buf_putc(out, ' ');
    move_left(out, tail + gone);
}

static void insert_char(struct line *line, char c, bool echo, struct buf *out)
{
    if (line->text.len >= LINE_MAX_BYTES)
        return;
    buf_putc(&line->text, c);
    memmove(line->text.data + line->cursor + 1, line->text.data + line->cursor,
            line->text.len - 1 - line->cursor);
    line->text.data[line->cursor++] = c;
    if (!echo)
        return;
    buf_putc(out, c);
    if (line->cursor < line->text.len)
        paint_tail(line, 0, out);
}

// Deletes n characters in front of the cursor.
static void delete_back(struct line *line, size_t n, bool echo, struct buf *out)
{
    if (n > line->cursor)
        n = line->cursor;
    if (n == 0)
        return;
    memmove(line->text.data + line->cursor - n, line->text.data + line->cursor,
            line->text.len - line->cursor);
    line->text.len -= n;
    line->text.data[line->text.len] = '\0';
    line->cursor -= (uint16_t)n;
    if (!echo)
        return;
    move_left(out, n);
    paint_tail(line, n, out);
}

static void delete_forward(struct line *line, size_t n, bool echo, struct buf *out)
{
    size_t tail = line->text.len - line->cursor;
    if (n > tail)
        n = tail;
    if (n == 0)
        return;
    memmove(line->text.data + line->cursor, line->text.data + line->cursor + n, tail - n);
    line->text.len -= n;
    line->text.data[line->text.len] = '\0';
    if (echo)
        paint_tail(line, n, out);
}

static size_t word_before(const struct line *line)
{
    const char *text = buf_text(&line->text);
    size_t at = line->cursor;
    while (at > 0 && text[at - 1] == ' ')
        at--;
    while (at > 0 && text[at - 1] != ' ')
        at--;
    return line->cursor - at;
}

// Ends of words, for Esc F and the like.
static size_t word_after(const struct line *line)
{
    const char *text = buf_text(&line->text);
    size_t at = line->cursor;
    while (at < line->text.len && text[at] == ' ')
        at++;
    while (at < line->text.len && text[at] != ' ')
        at++;
    return at - line->cursor;
}

static void keep_killed(struct line *line, size_t from, size_t n)
{
    buf_clear(&line->killed);
    buf_add(&line->killed, buf_text(&line->text) + from, n);
}

static void kill_back(struct line *line, size_t n, bool echo, struct buf *out)
{
    n = n < line->cursor ? n : line->cursor;
    if (echo && n)
        keep_killed(line, line->cursor - n, n);
    delete_back(line, n, echo, out);
}

static void kill_forward(struct line *line, size_t n, bool echo, struct buf *out)
{
    size_t tail = line->text.len - line->cursor;
    n = n < tail ? n : tail;
    if (echo && n)
        keep_killed(line, line->cursor, n);
    delete_forward(line, n, echo, out);
}

// Writes over the n characters behind the cursor, which ends up behind them.
static void overwrite(struct line *line, const char *text, size_t n, struct buf *out)
{
    memcpy(line->text.data + line->cursor, text, n);
    buf_add(out, text, n);
    line->cursor += (uint16_t)n;
}

// Swaps the letter at the cursor with the one before; at the end, the last two.
static void transpose(struct line *line, struct buf *out)
{
    if (line->text.len < 2 || line->cursor == 0)
        return;
    size_t at = line->cursor < line->text.len ? line->cursor - 1u : line->text.len - 2u;
    char swapped[2] = {line->text.data[at + 1], line->text.data[at]};
    move_left(out, line->cursor - at);
    line->cursor = (uint16_t)at;
    overwrite(line, swapped, 2, out);
}

// The rest of the word in capitals, in small letters, or with a capital in front.
static void change_case(struct line *line, char how, struct buf *out)
{
    char text[LINE_MAX_BYTES];
    size_t n = word_after(line);
    bool first = true;
    if (n == 0)
        return;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line->text.data[line->cursor + i];
        bool upper = how == 'u' || (how == 'c' && first);
        text[i] = (char)(upper ? toupper(c) : how == 'c' ? c : tolower(c));
        first = first && c == ' ';
    }
    overwrite(line, text, n, out);
}

static void move_to(struct line *line, size_t place, struct buf *out)
{
    if (place < line->cursor)
        move_left(out, line->cursor - place);
    else if (place > line->cursor)
        buf_add(out, buf_text(&line->text) + line->cursor, place - line->cursor);
    line->cursor = (uint16_t)place;
}

void line_insert(struct line *line, const char *text, struct buf *out)
{
    for (; *text; text++)
        insert_char(line, *text, true, out);
}

void line_paint(const struct line *line, struct buf *out)
{
    buf_add(out, buf_text(&line->text), line->text.len);
    move_left(out, line->text.len - line->cursor);
}

static size_t history_count(const struct line *line)
{
    size_t n = 0;
    for (size_t i = 0; i < line->history.len; i++)
        n += line->history.data[i] == '\0';
    return n;
}

// The n-th last line, from 1.
static const char *history_line(const struct line *line, size_t n)
{
    size_t at = line->history.len;
    while (n-- > 0) {
        at--;
        while (at > 0 && line->history.data[at - 1] != '\0')
            at--;
    }
    return line->history.data + at;
}

static void recall(struct line *line, int step, struct buf *out)
{
    int back = (int)line->back + step;
    if (back < 0 || back > (int)history_count(line))
        return;
    move_to(line, line->text.len, out);
    delete_back(line, line->text.len, true, out);
    line->back = (uint16_t)back;
    if (back > 0)
        line_insert(line, history_line(line, (size_t)back), out);
}

void line_forget(struct line *line, size_t depth)
{
    for (size_t n = history_count(line); n > depth; n--)
        buf_drop(&line->history, strlen(line->history.data) + 1);
    if (depth == 0)
        buf_fini(&line->history);
}

void line_remember(struct line *line, const char *text, size_t depth)
{
    if (!*text || depth == 0)
        return;
    size_t n = history_count(line);
    if (n && !strcmp(history_line(line, 1), text))
        return;
    if (n >= depth)
        buf_drop(&line->history, strlen(line->history.data) + 1);
    buf_add(&line->history, text, strlen(text) + 1);
}

static void edit_key(struct line *line, unsigned char key, bool echo, struct buf *out)
{
    switch (key) {
    case BACKSPACE:
    case DELETE:
        delete_back(line, 1, echo, out);
        break;
    case CTRL_U:
    case CTRL_X:
        kill_back(line, line->cursor, echo, out);
        break;
    case CTRL_W:
        kill_back(line, word_before(line), echo, out);
        break;
    case CTRL_K:
        kill_forward(line, line->text.len, echo, out);
        break;
    case CTRL_Y:
        if (echo)
            line_insert(line, buf_text(&line->killed), out);
        break;
    case CTRL_T:
        if (echo)
            transpose(line, out);
        break;
    case CTRL_D:
        delete_forward(line, 1, echo, out);
        break;
    default:
        break;
    }
}

static void move_key(struct line *line, unsigned char key, struct buf *out)
{
    switch (key) {
    case CTRL_A:
        move_to(line, 0, out);
        break;
    case CTRL_E:
        move_to(line, line->text.len, out);
        break;
    case CTRL_B:
        if (line->cursor > 0)
            move_to(line, line->cursor - 1u, out);
        break;
    case CTRL_F:
        if (line->cursor < line->text.len)
            move_to(line, line->cursor + 1u, out);
        break;
    case CTRL_P:
        recall(line, 1, out);
        break;
    case CTRL_N:
        recall(line, -1, out);
        break;
    default:
        break;
    }
}

// Esc and a letter.
static void word_key(struct line *line, unsigned char key, struct buf *out)
{
    switch (key) {
    case 'b':
        move_to(line, line->cursor - word_before(line), out);
        break;
    case 'f':
        move_to(line, line->cursor + word_after(line), out);
        break;
    case 'd':
        kill_forward(line, word_after(line), true, out);
        break;
    case 'c':
    case 'l':
    case 'u':
        change_case(line, (char)key, out);
        break;
    default:
        break;
    }
}

// Arrows, Home, End and Delete as terminals send them; everything else of that shape is dropped.
static void escape_key(struct line *line, unsigned char key, bool echo, struct buf *out)
{
    static const struct {
        unsigned char key, means;
    } finals[] = {{'A', CTRL_P}, {'B', CTRL_N}, {'C', CTRL_F},
                  {'D', CTRL_B}, {'H', CTRL_A}, {'F', CTRL_E}};
    if (line->escape == ESCAPE_SEEN && (key == '[' || key == 'O')) {
        line->escape = ESCAPE_BRACKET;
        line->parameter = 0;
        return;
    }
    if (line->escape == ESCAPE_SEEN && echo)
        word_key(line, (unsigned char)tolower(key), out);
    if (line->escape == ESCAPE_BRACKET && isdigit(key)) {
        unsigned number = line->parameter * 10u + (key - '0');
        line->parameter = (uint8_t)(number < UINT8_MAX ? number : UINT8_MAX);
        return;
    }
    if (line->escape == ESCAPE_BRACKET && key == ';')
        return;
    for (size_t i = 0; line->escape == ESCAPE_BRACKET && i < sizeof finals / sizeof *finals; i++)
        if (finals[i].key == key && echo)
            move_key(line, finals[i].means, out);
    if (line->escape == ESCAPE_BRACKET && key == '~' && line->parameter == 3)
        delete_forward(line, 1, echo, out);
    line->escape = ESCAPE_NONE;
}

static bool is_enter(struct line *line, unsigned char key)
{
    bool second = line->after_cr && (key == NEWLINE || key == '\0');
    line->after_cr = key == RETURN;
    return !second && (key == RETURN || key == NEWLINE);
}

static enum line_event command_key(struct line *line, unsigned char key, bool echo)
{
    switch (key) {
    case CTRL_C:
        return LINE_CANCEL;
    case CTRL_Z:
        return LINE_END;
    case CTRL_D:
        return line->text.len ? LINE_NOTHING : LINE_LEAVE;
    case TAB:
        return echo ? LINE_TAB : LINE_NOTHING;
    case '?':
        return echo ? LINE_HELP : LINE_NOTHING;
    case CTRL_R:
    case CTRL_L:
        return echo ? LINE_REDRAW : LINE_NOTHING;
    default:
        return LINE_NOTHING;
    }
}

enum line_event line_key(struct line *line, unsigned char key, bool echo, struct buf *out)
{
    bool enter = is_enter(line, key);
    if (enter) {
        line->escape = ESCAPE_NONE;
        buf_puts(out, "\r\n");
        return LINE_ENTER;
    }
    if (line->escape) {
        escape_key(line, key, echo, out);
        return LINE_NOTHING;
    }
    if (line->quoted) {
        line->quoted = false;
        if (key >= ' ' && key != DELETE)
            insert_char(line, (char)key, echo, out);
        return LINE_NOTHING;
    }
    enum line_event event = command_key(line, key, echo);
    if (event != LINE_NOTHING)
        return event;
    if (key == ESCAPE)
        line->escape = ESCAPE_SEEN;
    else if (key == CTRL_V)
        line->quoted = true;
    else if (key >= ' ' && key != DELETE)
        insert_char(line, (char)key, echo, out);
    else {
        edit_key(line, key, echo, out);
        if (echo)
            move_key(line, key, out);
    }
    return LINE_NOTHING;
}
