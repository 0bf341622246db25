#include "base/host_port.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <string.h>

static void test_a_host_ends_where_its_port_begins(void **state)
{
    (void)state;
    static const struct {
        const char *text, *host, *port; // host NULL: it is none
    } cases[] = {
        {"r1", "r1", "22"},           {"10.0.0.1:8022", "10.0.0.1", "8022"},
        {"fe80::1", "fe80::1", "22"}, {"::1", "::1", "22"},
        {"[::1]", "::1", "22"},       {"[::1]:8022", "::1", "8022"},
        {"[r1]:23", "r1", "23"},      {"", NULL, NULL},
        {"r1:", NULL, NULL},          {":22", NULL, NULL},
        {"[::1", NULL, NULL},         {"[::1]22", NULL, NULL},
        {"[]:22", NULL, NULL},        {"[::1]:", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[32];
        char *host;
        const char *port = "22";
        snprintf(text, sizeof text, "%s", cases[i].text);
        int result = host_port_split(text, &host, &port);
        if ((result == 0) != (cases[i].host != NULL))
            fail_msg("'%s': %d", cases[i].text, result);
        if (result < 0)
            continue;
        assert_string_equal(host, cases[i].host);
        assert_string_equal(port, cases[i].port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_host_ends_where_its_port_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
