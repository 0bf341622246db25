#include "emulator/template.h"

#include "emulator/config.h"
#include "emulator/device_state.h"
#include "emulator/expression.h"

#include "base/alloc.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { NESTING_MAX = 16, WIDTH_MAX = 500, TIMES_MAX = 10000 };

enum piece_kind {
    PIECE_TEXT,
    PIECE_VALUE,
    PIECE_IF,    // jumps behind its block when false
    PIECE_JUMP,  // end of a taken branch: to the end
    PIECE_FOR,   // top lines
    PIECE_CHILD, // lines below the current one
    PIECE_NOW,   // lines of the moment
    PIECE_TIMES,
    PIECE_LET, // target: which value
    PIECE_END, // of a loop: back to it
};

// A template is a list of pieces; blocks are jumps between them.
struct piece {
    enum piece_kind kind;
    char *text;
    size_t len;
    struct expression *expression;
    int width; // negative: padded on the left
    size_t target;
};

struct template
{
    struct piece *pieces;
    size_t n_pieces;
    bool needs_config;
    size_t n_locals;
};

// What is open while compiling. An if keeps the list of its branches' ends by chaining their
// targets.
struct block {
    bool loop;
    size_t start;   // the loop's piece
    size_t pending; // the `if` whose target is not known; SIZE_MAX: none
    size_t jumps[NESTING_MAX];
    size_t n_jumps;
};

struct compiler {
    struct template *template;
    const char *text; // whole
    const char *at;
    struct template_names names;
    char *locals[TEMPLATE_LOCALS_MAX + 1];
    struct err *err;
    struct block blocks[NESTING_MAX];
    size_t n_blocks;
};

static struct piece *add_piece(struct template *template, enum piece_kind kind)
{
    if ((template->n_pieces & (template->n_pieces - 1)) == 0) // doubles at each power of two
        template->pieces =
            alloc_resize(template->pieces, template->n_pieces ? template->n_pieces * 2 : 1,
                         sizeof *template->pieces);
    struct piece *piece = &template->pieces[template->n_pieces++];
    *piece = (struct piece){.kind = kind};
    return piece;
}

static void add_text(struct template *template, const char *text, size_t len)
{
    if (len == 0)
        return;
    struct piece *piece = add_piece(template, PIECE_TEXT);
    piece->text = alloc_strndup(text, len);
    piece->len = len;
}

static struct expression *read_expression(struct compiler *compiler)
{
    struct expression *expression = expression_read(&compiler->at, &compiler->names, compiler->err);
    if (expression && expression_needs_config(expression))
        compiler->template->needs_config = true;
    return expression;
}

static bool take_word(struct compiler *compiler, const char *word)
{
    const char *at = compiler->at + strspn(compiler->at, " ");
    size_t len = strlen(word);
    if (strncmp(at, word, len) != 0 || isalnum((unsigned char)at[len]) || at[len] == '_' ||
        at[len] == '(')
        return false;
    compiler->at = at + len;
    return true;
}

static int close_tag(struct compiler *compiler)
{
    compiler->at += strspn(compiler->at, " ");
    if (strncmp(compiler->at, "}}", 2) != 0)
        return err_input(compiler->err, "'}}' is wanted here");
    compiler->at += 2;
    return 0;
}

static int open_block(struct compiler *compiler, bool loop)
{
    if (compiler->n_blocks == NESTING_MAX)
        return err_input(compiler->err, "more than %d blocks inside each other", NESTING_MAX);
    compiler->blocks[compiler->n_blocks++] =
        (struct block){.loop = loop, .start = compiler->template->n_pieces, .pending = SIZE_MAX};
    return 0;
}

static int add_condition(struct compiler *compiler)
{
    struct expression *condition = read_expression(compiler);
    if (!condition)
        return -1;
    compiler->blocks[compiler->n_blocks - 1].pending = compiler->template->n_pieces;
    add_piece(compiler->template, PIECE_IF)->expression = condition;
    return 0;
}

// The branch before elif or else ends: it jumps to the block's end; a false condition comes here.
static int end_branch(struct compiler *compiler)
{
    struct block *block = compiler->n_blocks ? &compiler->blocks[compiler->n_blocks - 1] : NULL;
    if (!block || block->loop || block->pending == SIZE_MAX)
        return err_input(compiler->err, "there is no 'if' that this belongs to");
    if (block->n_jumps == NESTING_MAX)
        return err_input(compiler->err, "more than %d branches", NESTING_MAX);
    block->jumps[block->n_jumps++] = compiler->template->n_pieces;
    add_piece(compiler->template, PIECE_JUMP);
    compiler->template->pieces[block->pending].target = compiler->template->n_pieces;
    block->pending = SIZE_MAX;
    return 0;
}

static int end_block(struct compiler *compiler)
{
    if (!compiler->n_blocks)
        return err_input(compiler->err, "an 'end' with nothing to end");
    struct template *template = compiler->template;
    struct block *block = &compiler->blocks[--compiler->n_blocks];
    if (block->loop) {
        add_piece(template, PIECE_END)->target = block->start;
        template->pieces[block->start].target = template->n_pieces;
    }
    if (block->pending != SIZE_MAX)
        template->pieces[block->pending].target = template->n_pieces;
    for (size_t i = 0; i < block->n_jumps; i++)
        template->pieces[block->jumps[i]].target = template->n_pieces;
    return 0;
}

static int begin_loop(struct compiler *compiler, enum piece_kind kind)
{
    if (kind == PIECE_FOR && take_word(compiler, "child"))
        kind = PIECE_CHILD;
    else if (kind == PIECE_FOR && take_word(compiler, "now"))
        kind = PIECE_NOW;
    struct expression *expression = read_expression(compiler);
    if (!expression)
        return -1;
    if (kind != PIECE_TIMES && kind != PIECE_NOW)
        compiler->template->needs_config = true;
    if (open_block(compiler, true) < 0) {
        expression_free(expression);
        return -1;
    }
    add_piece(compiler->template, kind)->expression = expression;
    return 0;
}

// {{let name = expression}}: the name is known from here on; before it is set it is empty.
static int read_let(struct compiler *compiler)
{
    compiler->at += strspn(compiler->at, " ");
    size_t len = 0;
    while (isalnum((unsigned char)compiler->at[len]) || compiler->at[len] == '_')
        len++;
    const char *equals = compiler->at + len + strspn(compiler->at + len, " ");
    if (!len || *equals != '=')
        return err_input(compiler->err, "'let NAME = VALUE' is wanted here");
    size_t i = 0;
    while (compiler->locals[i] &&
           (strncmp(compiler->locals[i], compiler->at, len) != 0 || compiler->locals[i][len]))
        i++;
    if (i == TEMPLATE_LOCALS_MAX)
        return err_input(compiler->err, "more than %d values set by let", TEMPLATE_LOCALS_MAX);
    if (!compiler->locals[i]) {
        compiler->locals[i] = alloc_strndup(compiler->at, len);
        compiler->template->n_locals = i + 1;
    }
    compiler->at = equals + 1;
    struct expression *expression = read_expression(compiler);
    if (!expression)
        return -1;
    struct piece *piece = add_piece(compiler->template, PIECE_LET);
    piece->expression = expression;
    piece->target = i;
    return 0;
}

static int read_width(struct compiler *compiler, struct piece *piece)
{
    compiler->at += strspn(compiler->at, " ");
    if (*compiler->at != ':')
        return 0;
    bool right = compiler->at[1] == '>';
    compiler->at += right ? 2 : 1;
    char *end;
    long width = strtol(compiler->at, &end, 10);
    if (end == compiler->at || width < 1 || width > WIDTH_MAX)
        return err_input(compiler->err,
                         "a width is a number from 1 to %d, or '>' and such a number", WIDTH_MAX);
    compiler->at = end;
    piece->width = right ? -(int)width : (int)width;
    return 0;
}

static int read_value(struct compiler *compiler)
{
    struct expression *expression = read_expression(compiler);
    if (!expression)
        return -1;
    struct piece *piece = add_piece(compiler->template, PIECE_VALUE);
    piece->expression = expression;
    return read_width(compiler, piece);
}

// Reads what is inside the braces. *control: it prints nothing itself.
static int read_tag(struct compiler *compiler, bool *control)
{
    *control = true;
    if (*compiler->at == '#') {
        const char *end = strstr(compiler->at, "}}");
        compiler->at = end ? end : compiler->at;
        return close_tag(compiler);
    }
    int result;
    if (take_word(compiler, "if"))
        result = open_block(compiler, false) < 0 ? -1 : add_condition(compiler);
    else if (take_word(compiler, "elif"))
        result = end_branch(compiler) < 0 ? -1 : add_condition(compiler);
    else if (take_word(compiler, "else"))
        result = end_branch(compiler);
    else if (take_word(compiler, "end"))
        result = end_block(compiler);
    else if (take_word(compiler, "for"))
        result = begin_loop(compiler, PIECE_FOR);
    else if (take_word(compiler, "times"))
        result = begin_loop(compiler, PIECE_TIMES);
    else if (take_word(compiler, "let"))
        result = read_let(compiler);
    else {
        *control = false;
        result = read_value(compiler);
    }
    return result < 0 ? -1 : close_tag(compiler);
}

// Is the line of text that [start, end) lies in otherwise blank? Then *start and *end are moved to
// take the whole line.
static void take_blank_line(const char *text, const char **start, const char **end)
{
    const char *left = *start;
    while (left > text && (left[-1] == ' ' || left[-1] == '\t'))
        left--;
    const char *right = *end + strspn(*end, " \t");
    if ((left > text && left[-1] != '\n') || (*right && *right != '\n')) // text: the whole template
        return;
    *start = left;
    *end = *right ? right + 1 : right;
}

static int compile(struct compiler *compiler)
{
    const char *text_start = compiler->text;
    for (;;) {
        const char *open = strstr(compiler->at, "{{");
        if (!open)
            break;
        // The text in front is added before the tag is read, and cut back when the tag takes the
        // line.
        const char *tag = open;
        size_t n_before = compiler->template->n_pieces;
        add_text(compiler->template, text_start, (size_t)(open - text_start));
        compiler->at = open + 2;
        bool control;
        if (read_tag(compiler, &control) < 0)
            return -1;
        const char *end = compiler->at;
        if (control) {
            take_blank_line(compiler->text, &tag, &end);
            bool had_text = compiler->template->n_pieces > n_before && text_start < open;
            if (had_text && tag < open)
                compiler->template->pieces[n_before].len =
                    tag > text_start ? (size_t)(tag - text_start) : 0;
        }
        text_start = compiler->at = end;
    }
    add_text(compiler->template, text_start, strlen(text_start));
    compiler->at = compiler->text + strlen(compiler->text);
    if (compiler->n_blocks)
        return err_input(compiler->err, "a block has no {{end}}");
    return 0;
}

static void start_compiler(struct compiler *compiler, struct template *template, const char *text,
                           const struct template_names *names, struct err *err)
{
    *compiler = (struct compiler){.template = template, .text = text, .at = text, .err = err};
    if (names)
        compiler->names = *names;
    compiler->names.locals = (const char *const *)compiler->locals;
}

struct template *template_compile(const char *text, const struct template_names *names,
                                  size_t *offset, struct err *err)
{
    struct template *template = alloc_zero(1, sizeof *template);
    struct compiler compiler;
    start_compiler(&compiler, template, text, names, err);
    int result = compile(&compiler);
    for (size_t i = 0; compiler.locals[i]; i++)
        free(compiler.locals[i]);
    if (result == 0)
        return template;
    *offset = (size_t)(compiler.at - text);
    template_free(template);
    return NULL;
}

struct template *template_compile_expression(const char *text, const struct template_names *names,
                                             size_t *offset, struct err *err)
{
    struct template *template = alloc_zero(1, sizeof *template);
    struct compiler compiler;
    start_compiler(&compiler, template, text, names, err);
    int result = read_value(&compiler);
    compiler.at += strspn(compiler.at, " ");
    if (result == 0 && *compiler.at)
        result = err_input(err, "the expression ends before this");
    if (result == 0)
        return template;
    *offset = (size_t)(compiler.at - text);
    template_free(template);
    return NULL;
}

void template_free(struct template *template)
{
    if (!template)
        return;
    for (size_t i = 0; i < template->n_pieces; i++) {
        free(template->pieces[i].text);
        expression_free(template->pieces[i].expression);
    }
    free(template->pieces);
    free(template);
}

bool template_needs_config(const struct template *template)
{
    return template->needs_config;
}

// A loop that is running.
struct loop {
    const struct config_line *in; // whose lines it goes over; NULL for times
    size_t next;
    uint64_t count;
    char *words; // the beginning wanted
    uint64_t limit;
    struct config *moment; // its own
    const struct config_line *outer_at;
    uint64_t outer_index;
};

static void print_value(const struct piece *piece, struct template_scope *scope, struct buf *out)
{
    size_t before = out->len;
    if (piece->width >= 0) {
        expression_evaluate(piece->expression, scope, out);
        while (out->len < before + (size_t)piece->width)
            buf_putc(out, ' ');
        return;
    }
    struct buf value = {0};
    expression_evaluate(piece->expression, scope, &value);
    for (size_t i = value.len; i < (size_t)-piece->width; i++)
        buf_putc(out, ' ');
    buf_add(out, buf_text(&value), value.len);
    buf_fini(&value);
}

static void start_loop(const struct piece *piece, struct template_scope *scope, struct loop *loop)
{
    *loop = (struct loop){.outer_at = scope->at, .outer_index = scope->index};
    if (piece->kind == PIECE_TIMES) {
        int64_t limit = expression_number(piece->expression, scope);
        loop->limit = limit < 0 ? 0 : limit > TIMES_MAX ? TIMES_MAX : (uint64_t)limit;
        return;
    }
    struct buf words = {0};
    expression_evaluate(piece->expression, scope, &words);
    loop->words = buf_take(&words);
    if (piece->kind == PIECE_NOW && scope->owner)
        loop->moment = device_moment(scope->owner, scope->visit);
    const struct config *config = piece->kind == PIECE_NOW ? loop->moment : scope->config;
    loop->in = piece->kind == PIECE_CHILD && scope->at ? scope->at : config ? &config->top : NULL;
}

// Moves the scope to the loop's next turn; false when there is none.
static bool turn(struct loop *loop, struct template_scope *scope)
{
    if (!loop->words) {
        scope->index = ++loop->count;
        return loop->count <= loop->limit;
    }
    while (loop->in && loop->next < loop->in->n_lines) {
        const struct config_line *line = loop->in->lines[loop->next++];
        if (config_begins(line->text, loop->words)) {
            scope->at = line;
            scope->index = ++loop->count;
            return true;
        }
    }
    return false;
}

static void end_loop(struct loop *loop, struct template_scope *scope)
{
    scope->at = loop->outer_at;
    scope->index = loop->outer_index;
    free(loop->words);
    config_free(loop->moment);
}

static void set_local(const struct piece *piece, struct template_scope *scope)
{
    struct buf value = {0};
    expression_evaluate(piece->expression, scope, &value);
    buf_fini(&scope->locals[piece->target]);
    scope->locals[piece->target] = value;
}

void template_render(const struct template *template, struct template_scope *scope, struct buf *out)
{
    struct loop loops[NESTING_MAX] = {0};
    size_t depth = 0;
    size_t at = 0;
    while (at < template->n_pieces) {
        const struct piece *piece = &template->pieces[at++];
        switch (piece->kind) {
        case PIECE_TEXT:
            buf_add(out, piece->text, piece->len);
            break;
        case PIECE_VALUE:
            print_value(piece, scope, out);
            break;
        case PIECE_IF:
            if (!expression_true(piece->expression, scope))
                at = piece->target;
            break;
        case PIECE_JUMP:
            at = piece->target;
            break;
        case PIECE_FOR:
        case PIECE_CHILD:
        case PIECE_NOW:
        case PIECE_TIMES:
            start_loop(piece, scope, &loops[depth++]);
            if (!turn(&loops[depth - 1], scope)) {
                end_loop(&loops[--depth], scope);
                at = piece->target;
            }
            break;
        case PIECE_LET:
            set_local(piece, scope);
            break;
        case PIECE_END:
            if (turn(&loops[depth - 1], scope))
                at = piece->target + 1;
            else
                end_loop(&loops[--depth], scope);
            break;
        }
    }
    for (size_t i = 0; i < template->n_locals; i++)
        buf_fini(&scope->locals[i]);
}
