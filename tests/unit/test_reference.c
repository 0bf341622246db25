// experiments/reference.yaml promises every key with its default: this holds it to that.
#include "base/experiment.h"
#include "base/experiment_schema.h"
#include "base/yaml_doc.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char reference[] = NETBATON_SOURCE "/experiments/reference.yaml";

// The resolved experiment as text; the caller frees.
static char *resolved(const char *path)
{
    struct err err = {0};
    struct experiment *experiment = experiment_load(path, NULL, &err);
    assert_string_equal(err.text, "");
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_int_equal(experiment_write(experiment, out, &err), 0);
    fclose(out);
    experiment_free(experiment);
    return text;
}

static void test_reference_says_the_defaults(void **state)
{
    (void)state;
    char *defaults = resolved(NULL);
    char *written = resolved(reference);
    assert_string_equal(written, defaults);
    free(written);
    free(defaults);
}

// The node of a dotted path; NULL when the file leaves it out.
static const struct yaml_node *find_path(const struct yaml_node *node, const char *path)
{
    char copy[128];
    snprintf(copy, sizeof copy, "%s", path);
    char *rest = NULL;
    for (char *word = strtok_r(copy, ".", &rest); word && node; word = strtok_r(NULL, ".", &rest))
        node = yaml_find(node, word);
    return node;
}

static void test_reference_names_every_key(void **state)
{
    (void)state;
    struct err err = {0};
    struct yaml_doc *doc = yaml_doc_load_file(reference, &err);
    assert_string_equal(err.text, "");
    for (const struct field *field = experiment_fields; field->path; field++)
        if (!find_path(yaml_doc_root(doc), field->path))
            fail_msg("%s lacks %s", reference, field->path);
    yaml_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference_says_the_defaults),
        cmocka_unit_test(test_reference_names_every_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
