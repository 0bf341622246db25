#include "base/faults.h"
#include "tests/unit/harness.h"

#include <math.h>
#include <stdlib.h>

enum { SESSIONS = 100000 };

static void test_each_share_comes_out(void **state)
{
    (void)state;
    struct faults faults = {.drip_bytes_per_s = 1};
    double left = 1;
    for (int kind = FAULT_NONE + 1; kind < FAULT_KINDS; kind++) {
        faults.share[kind] = 0.01 * kind;
        left -= faults.share[kind];
    }
    assert_true(fabs(faults_sum(&faults) - (1 - left)) < 1e-9);
    double counts[FAULT_KINDS] = {0};
    for (uint64_t device = 1; device <= SESSIONS; device++)
        counts[fault_draw(&faults, 7, device, 0, 10).kind]++;
    for (int kind = 0; kind < FAULT_KINDS; kind++) {
        double share = kind == FAULT_NONE ? left : faults.share[kind];
        double sigma = sqrt(share * (1 - share) / SESSIONS);
        assert_true(fabs(counts[kind] / SESSIONS - share) < 4 * sigma);
    }
}

static void test_a_draw_depends_on_its_key_alone(void **state)
{
    (void)state;
    struct faults faults = {.at = FAULT_AT_ANY, .drip_bytes_per_s = 1};
    faults.share[FAULT_DROP] = faults.share[FAULT_RESET] = 0.4;
    int same = 0;
    for (uint64_t i = 1000; i > 0; i--) {
        struct fault one = fault_draw(&faults, 1, i, 0, 4);
        struct fault again = fault_draw(&faults, 1, i, 0, 4);
        struct fault next_session = fault_draw(&faults, 1, i, 1, 4);
        assert_int_equal(one.kind, again.kind);
        assert_int_equal(one.place, again.place);
        same += one.kind == next_session.kind && one.place == next_session.place;
    }
    assert_in_range(same, 60, 130); // 90 of 1000 by chance: another session has a draw of its own
}

static void test_a_share_that_comes_later_in_the_order_moves_nobody_else(void **state)
{
    (void)state;
    struct faults few = {.share[FAULT_REFUSE] = 0.1, .share[FAULT_DROP] = 0.2};
    struct faults more = few;
    more.share[FAULT_SYSLOG] = 0.7;
    for (uint64_t device = 1; device <= 1000; device++) {
        enum fault_kind kind = fault_draw(&few, 3, device, 0, 1).kind;
        enum fault_kind with = fault_draw(&more, 3, device, 0, 1).kind;
        assert_true(kind == with || (kind == FAULT_NONE && with == FAULT_SYSLOG));
    }
}

static void test_places_are_drawn_evenly(void **state)
{
    (void)state;
    struct faults faults = {.share[FAULT_DROP] = 1, .at = FAULT_AT_ANY};
    int counts[FAULT_PLACES] = {0};
    for (uint64_t device = 1; device <= 4000; device++) {
        struct fault fault = fault_draw(&faults, 1, device, 0, 1);
        assert_in_range(fault.place, 0, FAULT_PLACES - 1);
        counts[fault.place]++;
    }
    for (int place = 0; place < FAULT_PLACES; place++)
        assert_in_range(counts[place], 890, 1110);
}

// What a client meets at the accept, at the first byte, at the login, at answers 0 to 3. The work
// has 4 commands: the one in the middle is number 2.
static const struct {
    enum fault_kind kind;
    enum fault_place place;
    enum fault_rest rest;
    const char *meets; // . comes, s silence, l loss, r refusal
} effects[] = {
    {FAULT_NONE, FAULT_AT_COMMAND, 0, "......."},
    {FAULT_REFUSE, FAULT_AT_COMMAND, 0, "l......"},
    {FAULT_HANG, FAULT_AT_COMMAND, 0, ".s....."},
    {FAULT_DROP, FAULT_AT_CONNECT, 0, ".l....."},
    {FAULT_DROP, FAULT_AT_LOGIN, 0, "..l...."},
    {FAULT_DROP, FAULT_AT_COMMAND, 0, ".....l."},
    {FAULT_RESET, FAULT_AT_OUTPUT, 0, ".....l."},
    {FAULT_AUTH_FAIL, FAULT_AT_OUTPUT, 0, "..r...."},
    {FAULT_PASSWORD_EXPIRED, FAULT_AT_COMMAND, 0, "..r...."},
    {FAULT_WRONG_PROMPT, FAULT_AT_COMMAND, 0, ".....s."},
    {FAULT_WRONG_PROMPT, FAULT_AT_LOGIN, 0, "......."},
    {FAULT_CUT, FAULT_AT_CONNECT, FAULT_THEN_SILENCE, ".....s."},
    {FAULT_CUT, FAULT_AT_CONNECT, FAULT_THEN_PROMPT, "......."},
    {FAULT_DRIP, FAULT_AT_COMMAND, 0, "......."},
    {FAULT_SYSLOG, FAULT_AT_COMMAND, 0, "......."},
};

static void test_what_a_client_meets(void **state)
{
    (void)state;
    static const char letters[] = {
        [FAULT_HARMLESS] = '.', [FAULT_SILENCE] = 's', [FAULT_LOSS] = 'l', [FAULT_REFUSAL] = 'r'};
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
        struct faults faults = {.at = effects[i].place, .cut_then = effects[i].rest};
        faults.share[effects[i].kind] = effects[i].kind != FAULT_NONE;
        struct fault fault = fault_draw(&faults, 1, 1, 0, 4);
        char meets[8] = {letters[fault_at_accept(&fault)], letters[fault_at_connect(&fault)],
                         letters[fault_at_login(&fault)]};
        for (uint64_t n = 0; n < 4; n++)
            meets[3 + n] = letters[fault_at_command(&fault, n)];
        assert_string_equal(meets, effects[i].meets);
    }
}

static void test_only_a_dripping_session_drips(void **state)
{
    (void)state;
    struct faults faults = {.share[FAULT_DRIP] = 1, .drip_bytes_per_s = 100};
    struct fault fault = fault_draw(&faults, 1, 1, 0, 1);
    assert_int_equal(fault_drip_ns(&fault), UINT64_C(10000000000));
    fault.kind = FAULT_CUT;
    assert_int_equal(fault_drip_ns(&fault), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_share_comes_out),
        cmocka_unit_test(test_a_draw_depends_on_its_key_alone),
        cmocka_unit_test(test_a_share_that_comes_later_in_the_order_moves_nobody_else),
        cmocka_unit_test(test_places_are_drawn_evenly),
        cmocka_unit_test(test_what_a_client_meets),
        cmocka_unit_test(test_only_a_dripping_session_drips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
