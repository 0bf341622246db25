// What devices keep of their configurations: commits, commits to be confirmed, checkpoints.
#include "emulator/device_history.h"
#include "emulator/device_state.h"
#include "tests/unit/harness.h"
#include "tests/unit/shell_fixture.h"

#include <stdio.h>
#include <string.h>

static void assert_says(struct fixture *f, const char *typed, const char *text)
{
    const char *said = says(f, typed);
    if (!strstr(said, text))
        fail_msg("%s\nsays\n%s\nwithout\n%s", typed, said, text);
}

static void assert_does_not_say(struct fixture *f, const char *typed, const char *text)
{
    const char *said = says(f, typed);
    if (strstr(said, text))
        fail_msg("%s\nsays\n%s\nwith\n%s", typed, said, text);
}

static void test_junos_goes_back_unless_a_commit_is_confirmed(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "juniper_junos", 15);
    says(&f, "configure\nset system host-name A\ncommit\n");
    assert_says(&f, "set system host-name B\ncommit confirmed 5\n", "cisco@B# ");
    assert_says(&f, "run show system commit\n",
                "via cli commit confirmed, rollback in 5mins\r\n"
                "rollback pending\r\n1   2026");
    fixture_clock_ms += 299999;
    assert_says(&f, "run show system uptime\n", "cisco@B# ");
    says(&f, "set system host-name C\n");
    fixture_clock_ms += 1;
    assert_says(&f, "show | compare\n", "cisco@A# ");
    assert_does_not_say(&f, "run show system commit\n", "pending");
    assert_says(&f, "rollback 1\n", "load complete");
    assert_says(&f, "show | compare\n", "-  host-name A;\r\n+  host-name B;\r\n");
    assert_says(&f, "commit confirmed 1\ncommit\n", "commit complete");
    fixture_clock_ms += 600000;
    assert_says(&f, "run show system uptime\n", "cisco@B# ");
    assert_says(&f, "set system host-name C\ncommit confirmed 1\ncommit check\n", "succeeds");
    fixture_clock_ms += 600000;
    assert_says(&f, "rollback 9\n", "error: rollback file does not exist\r\n");
    assert_says(&f, "show | compare rollback 4\n", "-  host-name A;\r\n+  host-name C;\r\n");
    close_shell(&f);
}

// A second commit to be confirmed does not make the first one last.
static void test_what_comes_back_is_what_was_confirmed(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "juniper_junos", 15);
    says(&f, "configure\nset system host-name A\ncommit confirmed 5\n");
    says(&f, "set system host-name B\ncommit confirmed 5\n");
    fixture_clock_ms += 300000;
    assert_says(&f, "run show system uptime\n", "cisco@R2# ");
    close_shell(&f);
}

static void test_xr_lists_its_commits_and_rolls_them_back(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "cisco_iosxr", 15);
    says(&f, "terminal length 0\n");
    assert_says(&f, "show configuration commit list\n", "The commit database is empty.\r\n");
    says(&f,
         "configure\nhostname A\ncommit\ninterface Loopback7\ndescription x\ncommit label mine\n");
    assert_says(
        &f, "end\nshow configuration commit list\n",
        "\r\n1    mine                  cisco     vty0:node0_RP0_CPU  CLI         Thu Jan ");
    assert_says(&f, "show configuration commit list\n", "\r\n2    1000000001            cisco ");
    assert_says(&f, "show configuration commit changes last 1\n",
                "\r\ninterface Loopback7\r\n description x\r\n!\r\nend\r\n");
    assert_says(&f, "show configuration commit changes 1000000001\n", "\r\nhostname A\r\nend\r\n");
    assert_says(&f, "show configuration rollback changes last 2\n",
                "\r\nno interface Loopback7\r\nhostname R2\r\nend\r\n");
    assert_says(&f, "rollback configuration last 1\n",
                "\r\n1 items committed in 1 sec (1)items/sec\r\n");
    assert_does_not_say(&f, "show running-config\n", "interface Loopback7");
    assert_says(&f, "rollback configuration to 1000000001\n", "CPU0:R2#");
    assert_says(&f, "show configuration commit list 1\n",
                "\r\n1    1000000004            cisco     "
                "vty0:node0_RP0_CPU  Rollback    Thu ");
    assert_says(&f, "rollback configuration last 40\n", "% Failed to complete rollback operation");
    says(&f, "configure\nhostname Z\ncommit confirmed 30\n");
    fixture_clock_ms += 30000;
    assert_says(&f, "show running-config hostname\n", "CPU0:R2");
    close_shell(&f);
}

static void test_nxos_goes_back_to_checkpoints(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "cisco_nxos", 15);
    assert_says(&f, "checkpoint one description the first\n", "\r\n.Done\r\n");
    assert_says(&f, "checkpoint\n", "user-checkpoint-1 created Successfully");
    assert_says(&f, "checkpoint file bootflash:sot_file\n", "Done");
    says(&f, "configure\ninterface loopback7\ndescription new\nend\n");
    assert_says(&f, "show checkpoint summary\n",
                "\r\n2) one:\r\nCreated by cisco\r\nCreated at Thu, ");
    assert_says(&f, "show diff rollback-patch checkpoint one running-config\n",
                "\r\n!!\r\ninterface loopback7\r\n  description new\r\n");
    assert_says(&f, "show diff rollback-patch running-config file sot_file\n",
                "\r\n!!\r\nno interface loopback7\r\n");
    assert_says(&f, "rollback running-config checkpoint one atomic\n",
                "Verification is Successful.");
    assert_says(&f, "show diff rollback-patch checkpoint one running-config\n",
                "Rollback Patch is Empty");
    assert_says(&f, "rollback running-config file sot_file\n", "Rollback Patch is Empty");
    assert_says(&f, "rollback running-config checkpoint two\n", "does not exist");
    for (int i = 0; i < 12; i++)
        says(&f, "checkpoint\n");
    device_lock(f.device);
    assert_int_equal(device_records(f.device), 10);
    device_unlock(f.device);
    says(&f, "clear checkpoint database\n");
    assert_does_not_say(&f, "show checkpoint summary\n", "Created");
    close_shell(&f);
}

static void test_eos_waits_for_a_timed_commit_to_be_confirmed(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "arista_eos", 15);
    assert_says(&f, "configure session s1\nhostname A\ncommit timer 00:05:00\n", "\r\nA#");
    fixture_clock_ms += 1000;
    assert_says(&f, "show configuration sessions detail\n",
                "Session with pending commit timer: s1\r\nTime left until commit timer expiry: in "
                "0:04:59\r\n");
    says(&f, "configure session s1 commit\n");
    fixture_clock_ms += 3600000;
    assert_says(&f, "configure session s2\nhostname B\ncommit timer 01:00:00\n", "\r\nB#");
    assert_says(&f, "configure session s2 abort\n", "\r\nA#");
    assert_says(&f, "configure session s3\nhostname C\ncommit timer 01:00:00\n", "\r\nC#");
    fixture_clock_ms += 3600000;
    assert_says(&f, "show hostname\n", "\r\nA#");
    assert_says(&f, "configure session s3 commit\n", "% Session does not exist");
    close_shell(&f);
}

static void test_old_records_make_room(void **state)
{
    (void)state;
    struct fixture f;
    char line[64];
    open_platform(&f, "juniper_junos", 15);
    says(&f, "configure\n");
    for (int i = 0; i < RECORDS_MAX + 5; i++) {
        snprintf(line, sizeof line, "set system host-name H%d\ncommit\n", i);
        says(&f, line);
    }
    device_lock(f.device);
    assert_int_equal(device_records(f.device), RECORDS_MAX);
    assert_int_equal(device_record_at(f.device, 0)->number, RECORDS_MAX + 5);
    device_unlock(f.device);
    assert_says(&f, "show | compare rollback 49\n", "-  host-name H5;");
    close_shell(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_junos_goes_back_unless_a_commit_is_confirmed),
        cmocka_unit_test(test_what_comes_back_is_what_was_confirmed),
        cmocka_unit_test(test_xr_lists_its_commits_and_rolls_them_back),
        cmocka_unit_test(test_nxos_goes_back_to_checkpoints),
        cmocka_unit_test(test_eos_waits_for_a_timed_commit_to_be_confirmed),
        cmocka_unit_test(test_old_records_make_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
