#include "labs/lab.h"

#include "base/alloc.h"
#include "base/asset.h"
#include "base/yaml_doc.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

extern const struct asset labs_assets[]; // made by embed_files

// The README.md of the lab; NULL past the last.
static const struct asset *find_readme(unsigned number)
{
    for (const struct asset *asset = labs_assets; asset->path; asset++)
        if (strstr(asset->path, "/README.md") && strtoul(asset->path, NULL, 10) == number)
            return asset;
    return NULL;
}

unsigned lab_count(void)
{
    unsigned count = 0;
    while (find_readme(count + 1))
        count++;
    return count;
}

static const struct asset *find_file(const struct lab *lab, const char *name)
{
    char *path = alloc_printf("%s/%s", lab->topic, name);
    const struct asset *asset = asset_find(labs_assets, path);
    free(path);
    assert(asset); // every lab has its files
    return asset;
}

static int read_text(const struct yaml_node *map, const char *key, char **text, struct err *err)
{
    const struct yaml_node *node = yaml_find(map, key);
    if (!node)
        return yaml_error(map, err, "'%s' is missing", key);
    if (yaml_expect(node, YAML_SCALAR, key, err) < 0)
        return -1;
    *text = alloc_strdup(yaml_text(node));
    return 0;
}

static int read_row(const struct yaml_node *map, const char *key, struct lab_row *row,
                    struct err *err)
{
    const struct yaml_node *node = yaml_find(map, key);
    if (!node)
        return 0;
    if (yaml_expect(node, YAML_MAP, key, err) < 0)
        return -1;
    if (yaml_len(node) > LAB_CELLS_MAX)
        return yaml_error(node, err, "'%s' names more than %d cells", key, LAB_CELLS_MAX);
    for (size_t i = 0; i < yaml_len(node); i++) {
        row->columns[i] = alloc_strdup(yaml_text(yaml_key(node, i)));
        row->values[i] = alloc_strdup(yaml_text(yaml_value(node, i)));
    }
    return 0;
}

static int read_question(const struct yaml_node *node, struct lab_question *question,
                         struct err *err)
{
    static const char *const keys[] = {"ask", "take", "of", "over", NULL};
    if (yaml_expect(node, YAML_MAP, "a question", err) < 0 ||
        yaml_check_keys(node, keys, err) < 0 || read_text(node, "ask", &question->ask, err) < 0 ||
        read_text(node, "take", &question->take, err) < 0 ||
        read_row(node, "of", &question->of, err) < 0)
        return -1;
    return read_row(node, "over", &question->over, err);
}

static int read_questions(struct lab *lab, const struct yaml_node *root, struct err *err)
{
    static const char *const keys[] = {"command", "questions", NULL};
    if (yaml_check_keys(root, keys, err) < 0 || read_text(root, "command", &lab->command, err) < 0)
        return -1;
    const struct yaml_node *list = yaml_find(root, "questions");
    if (!list || yaml_kind(list) != YAML_LIST)
        return yaml_error(root, err, "'questions' must be a list");
    lab->questions = alloc_zero(yaml_len(list), sizeof *lab->questions);
    for (; lab->n_questions < yaml_len(list); lab->n_questions++)
        if (read_question(yaml_item(list, lab->n_questions), &lab->questions[lab->n_questions],
                          err) < 0) {
            lab->n_questions++; // what was read of it is freed too
            return -1;
        }
    return 0;
}

struct lab *lab_load(unsigned number, struct err *err)
{
    const struct asset *readme = find_readme(number);
    if (!readme) {
        err_input(err, "there is no lab %u; there are 1 to %u", number, lab_count());
        return NULL;
    }
    struct lab *lab = alloc_zero(1, sizeof *lab);
    lab->number = number;
    lab->topic = alloc_strndup(readme->path, strcspn(readme->path, "/"));
    lab->text = readme->data;
    const char *title = readme->data + strspn(readme->data, "# ");
    lab->title = alloc_strndup(title, strcspn(title, "\n"));
    lab->experiment = find_file(lab, "experiment.yaml")->data;
    const struct asset *file = find_file(lab, "questions.yaml");
    struct yaml_doc *doc = yaml_doc_load_text(file->path, file->data, file->len, err);
    int result = doc && yaml_doc_root(doc) ? read_questions(lab, yaml_doc_root(doc), err) : -1;
    yaml_doc_free(doc);
    if (result < 0) {
        lab_free(lab);
        return NULL;
    }
    return lab;
}

static void free_row(struct lab_row *row)
{
    for (size_t i = 0; row->columns[i]; i++) {
        free(row->columns[i]);
        free(row->values[i]);
    }
}

void lab_free(struct lab *lab)
{
    if (!lab)
        return;
    for (size_t i = 0; i < lab->n_questions; i++) {
        free(lab->questions[i].ask);
        free(lab->questions[i].take);
        free_row(&lab->questions[i].of);
        free_row(&lab->questions[i].over);
    }
    free(lab->questions);
    free(lab->command);
    free(lab->topic);
    free(lab->title);
    free(lab);
}
