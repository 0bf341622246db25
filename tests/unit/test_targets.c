#include "client/targets.h"
#include "tests/unit/harness.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static const char *show(const struct target *target, char *text, size_t len)
{
    char host[INET6_ADDRSTRLEN] = "";
    const struct sockaddr_in *in = (const struct sockaddr_in *)&target->address;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&target->address;
    if (target->address.ss_family == AF_INET)
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
    else
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
    snprintf(text, len, "%s %u", host, ntohs(in->sin_port));
    return text;
}

static void test_ready_lines_say_where_each_device_is(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum transport transport;
        uint32_t device;
        const char *where;
    } cases[] = {
        {"ready mode=address ssh=127.100.0.1:2222 telnet=127.100.0.1:2323 devices=40\n",
         TRANSPORT_SSH, 1, "127.100.0.1 2222"},
        {"ready mode=address ssh=127.100.0.1:2222 telnet=127.100.0.1:2323 devices=40\n",
         TRANSPORT_TELNET, 300, "127.100.1.44 2323"},
        {"ready mode=address telnet=127.100.0.1:2323 devices=70000\n", TRANSPORT_TELNET, 70000,
         "127.101.17.112 2323"},
        {"ready mode=ports ssh=127.0.0.1:20000 telnet=127.0.0.1:30000 devices=40\n",
         TRANSPORT_TELNET, 40, "127.0.0.1 30039"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct targets targets;
        struct err err;
        char text[80];
        assert_int_equal(targets_from_ready(&targets, cases[i].line, cases[i].transport, &err), 0);
        struct target target = targets_get(&targets, cases[i].device);
        assert_string_equal(show(&target, text, sizeof text), cases[i].where);
        targets_fini(&targets);
    }
}

static void test_a_line_without_the_transport_is_an_error(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "ready mode=address telnet=127.100.0.1:2323 devices=40\n",
        "ready ssh=127.100.0.1:2222\n",
        "ready mode=other ssh=127.100.0.1:2222\n",
        "ready mode=address ssh=127.100.0.1:0\n",
        "ready mode=address ssh=nonsense:22\n",
        "ready\n",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct targets targets;
        struct err err;
        assert_int_equal(targets_from_ready(&targets, lines[i], TRANSPORT_SSH, &err), -1);
    }
}

static void test_addresses_take_the_transport_s_port(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        enum transport transport;
        const char *where; // NULL: refused
    } cases[] = {
        {"192.0.2.1", TRANSPORT_SSH, "192.0.2.1 22"},
        {"192.0.2.1", TRANSPORT_TELNET, "192.0.2.1 23"},
        {"192.0.2.1:2022", TRANSPORT_SSH, "192.0.2.1 2022"},
        {"::1", TRANSPORT_SSH, "::1 22"},
        {"[::1]", TRANSPORT_TELNET, "::1 23"},
        {"[::1]:2022", TRANSPORT_SSH, "::1 2022"},
        {"192.0.2.1:", TRANSPORT_SSH, NULL},
        {"192.0.2.1:0", TRANSPORT_SSH, NULL},
        {"192.0.2.1:65536", TRANSPORT_SSH, NULL},
        {"192.0.2.1:ssh", TRANSPORT_SSH, NULL},
        {":22", TRANSPORT_SSH, NULL},
        {"[::1", TRANSPORT_SSH, NULL},
        {"[::1]x", TRANSPORT_SSH, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char address[80];
        char text[80];
        char *items[] = {address};
        struct text_list list = {.items = items, .len = 1};
        struct targets targets;
        struct err err;
        snprintf(address, sizeof address, "%s", cases[i].address);
        int result = targets_from_addresses(&targets, &list, cases[i].transport, &err);
        if (!cases[i].where) {
            if (result == 0)
                fail_msg("'%s' is taken", cases[i].address);
            assert_int_equal(err.kind, ERR_INPUT);
            continue;
        }
        assert_int_equal(result, 0);
        struct target target = targets_get(&targets, 1);
        assert_string_equal(show(&target, text, sizeof text), cases[i].where);
        targets_fini(&targets);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ready_lines_say_where_each_device_is),
        cmocka_unit_test(test_a_line_without_the_transport_is_an_error),
        cmocka_unit_test(test_addresses_take_the_transport_s_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
