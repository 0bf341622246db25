// What concerns the device as a whole: who is there, messages, restarts, files.
#include "emulator/device_state.h"
#include "tests/unit/harness.h"
#include "tests/unit/shell_fixture.h"

#include <string.h>

static struct shell *another(struct fixture *f, const char *user, const char *line)
{
    return shell_new(f->device,
                     &(struct shell_options){
                         .user = user, .privilege = 15, .peer = "10.9.8.7", .line_name = line});
}

static void test_users_are_all_listed_and_the_own_is_marked(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    struct shell *bob = another(&f, "bob", "vty 1");
    fixture_clock_ms += 61000;
    const char *answer = other_says(&f, bob, "show users\n");
    assert_non_null(
        strstr(answer, "*  3 vty 1     bob        idle                 00:00:00 10.9.8.7"));
    assert_non_null(strstr(answer, "   2 vty 0     cisco      idle                 00:01:01 "));
    shell_free(bob);
    assert_null(strstr(says(&f, "show users\n"), "bob"));
    close_shell(&f);
}

static int woken;

static void on_wake(void *owner)
{
    (void)owner;
    woken++;
}

static void test_a_cleared_line_is_woken_and_closed(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    struct shell *bob = shell_new(
        f.device, &(struct shell_options){.user = "bob", .line_name = "vty 3", .wake = on_wake});
    woken = 0;
    says(&f, "clear line vty 3\n\n");
    assert_int_equal(woken, 1);
    assert_int_equal(shell_attend(bob, &f.out), SHELL_CLOSED);
    assert_int_equal(shell_status(f.shell), SHELL_READY);
    shell_free(bob);
    close_shell(&f);
}

static void test_monitoring_sessions_see_the_log_others_do_not(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    struct shell *bob = another(&f, "bob", "vty 1");
    struct shell *eve = another(&f, "eve", "vty 2");
    other_says(&f, bob, "terminal monitor\n");
    says(&f, "conf t\nint g0/1\nshutdown\nend\n");
    buf_clear(&f.out);
    shell_attend(eve, &f.out);
    assert_string_equal(buf_text(&f.out), "");
    shell_attend(bob, &f.out);
    const char *seen = buf_text(&f.out);
    assert_memory_equal(seen, "\r\nJan 15", 8);
    assert_non_null(strstr(seen, "%LINK-5-CHANGED: Interface GigabitEthernet0/1, changed state to "
                                 "administratively down\r\n"));
    assert_non_null(strstr(seen, "%SYS-5-CONFIG_I: Configured from console by cisco on vty0"));
    assert_non_null(strstr(says(&f, "term len 0\nshow logging\n"), "%SYS-5-CONFIG_I"));
    other_says(&f, bob, "terminal no monitor\n");
    says(&f, "conf t\nend\n");
    buf_clear(&f.out);
    shell_attend(bob, &f.out);
    assert_string_equal(buf_text(&f.out), "");
    shell_free(bob);
    shell_free(eve);
    close_shell(&f);
}

static void test_reload_asks_about_what_is_not_saved(void **state)
{
    (void)state;
    static const char save[] = "System configuration has been modified. Save? [yes/no]: ";
    struct fixture f;
    open_shell(&f, 15);
    const char *answer = says(&f, "reload\n");
    assert_null(strstr(answer, save));
    assert_non_null(strstr(answer, "Proceed with reload? [confirm]"));
    assert_non_null(strstr(says(&f, "n"), "R2#"));
    says(&f, "conf t\nhostname kept\nend\n");
    assert_non_null(strstr(says(&f, "reload\n"), save));
    assert_non_null(
        strstr(says(&f, "maybe\n"), "\r\n% Please answer 'yes' or 'no'.\r\n\r\nSystem"));
    assert_string_equal(says(&f, "yes\n"), "yes\r\nBuilding configuration...\r\n[OK]\r\nProceed "
                                           "with reload? [confirm]");
    says(&f, "\r");
    assert_int_equal(shell_status(f.shell), SHELL_CLOSED);
    shell_free(f.shell);
    f.shell = another(&f, "cisco", "vty 0");
    assert_non_null(strstr(says(&f, "\n"), "kept#"));
    close_shell(&f);
}

static void test_reload_comes_when_it_is_due_unless_it_is_cancelled(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    assert_true(shell_attend_in_ns(f.shell) == UINT64_MAX);
    assert_non_null(strstr(says(&f, "reload in 5\n"),
                           "Reload scheduled for 10:36:01 UTC Thu Jan 15 2026 (in 5 minutes) by "
                           "cisco on vty0 ()\r\nReload reason: Reload Command\r\n"));
    assert_non_null(strstr(says(&f, "\r"), "*** --- SHUTDOWN in 0:05:00 ---"));
    assert_non_null(strstr(says(&f, "show reload\n"), "Reload scheduled for 10:36:01 UTC"));
    assert_true(shell_attend_in_ns(f.shell) == UINT64_C(300000000000));
    fixture_clock_ms += 299000;
    assert_false(device_is_down(f.device));
    assert_non_null(strstr(says(&f, "reload cancel\n"), "*** --- SHUTDOWN ABORTED ---"));
    fixture_clock_ms += 2000;
    assert_false(device_is_down(f.device));
    assert_non_null(strstr(says(&f, "reload cancel\n"), "%No reload is scheduled."));
    says(&f, "reload in 99999999999999999:00\n\r");
    assert_true(shell_attend_in_ns(f.shell) == UINT64_C(60039) * 60 * 1000000000); // 999:99
    says(&f, "reload in 1\n\r");
    fixture_clock_ms += 60000;
    assert_int_equal(shell_attend(f.shell, &f.out), SHELL_CLOSED);
    assert_true(device_is_down(f.device));
    fixture_clock_ms += 3600000;
    assert_false(device_is_down(f.device));
    close_shell(&f);
}

static void test_files_are_kept_shown_copied_and_deleted(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *with;
    } steps[] = {
        {"copy run flash:a.cfg\n", "Destination filename [a.cfg]? "},
        {"\n", " bytes copied in 0."},
        {"dir\n", "a.cfg\r\n"},
        {"more flash:a.cfg | include ^hostname\n", "hostname R2\r\n"},
        {"show clock | redirect flash:clock.txt\n", "clock.txt\r\nR2#"},
        {"show clock | append flash:clock.txt\n", "R2#"},
        {"more flash:clock.txt | count UTC\n", "= 2\r\n"},
        {"show privilege | tee flash:p.txt\n", "Current privilege level is 15\r\nR2#"},
        {"delete flash:p.txt\n\n\n", "R2#"},
        {"more flash:p.txt\n", "%Error opening flash:p.txt (No such file or directory)\r\n"},
        {"copy flash:none run\n\n", "%Error opening flash:none (No such file or directory)"},
        {"conf t\nhostname B\nint lo9\nfile prompt quiet\nend\n", "B#"},
        {"copy run flash:b.cfg\n", "b.cfg\r\n"},
        {"configure replace flash:a.cfg force\n", "Rollback Done\r\n\r\nR2#"},
        {"show run | include Loopback9\n", "Loopback9\r\nR2#"},
        {"copy flash:b.cfg run\n\n", "bytes copied"},
        {"show run | include ^interface Loopback9\n", "\r\ninterface Loopback9\r\nB#"},
        {"copy run tftp://10.0.0.1/x.cfg\n", "!!\r\n"},
        {"copy run start\n", "Building configuration...\r\n[OK]\r\n"},
        {"show start | include ^hostname\n", "hostname B\r\n"},
    };
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "terminal length 0\n");
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        const char *answer = says(&f, steps[i].typed);
        if (!strstr(answer, steps[i].with))
            fail_msg("step %zu: '%s' is not in: %s", i, steps[i].with, answer);
    }
    close_shell(&f);
}

static void test_flash_is_not_endless(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "terminal length 0\n");
    bool full = false;
    for (int i = 0; i < 100 && !full; i++) {
        char line[64];
        snprintf(line, sizeof line, "show clock | redirect flash:f%d\n", i);
        full = strstr(says(&f, line), "%Error") != NULL;
    }
    assert_true(full);
    close_shell(&f);
}

static void put_file(struct fixture *f, const char *name, const char *lines)
{
    struct buf text = {0};
    buf_puts(&text, lines);
    device_lock(f->device);
    assert_true(device_put_file(f->device, name, &text));
    device_unlock(f->device);
}

// What is written over needs no room beside the new one.
static void test_a_file_is_written_over_however_large_it_is(void **state)
{
    (void)state;
    struct fixture f;
    struct buf text = {0};
    open_shell(&f, 15);
    for (int i = 0; i < 900000; i++)
        buf_puts(&text, "0123456789"); // of 12 MB
    put_file(&f, "large", buf_text(&text));
    put_file(&f, "large", buf_text(&text));
    device_lock(f.device);
    assert_false(device_put_file(f.device, "second", &text));
    assert_int_equal(device_file(f.device, "large")->len, 9000000);
    device_unlock(f.device);
    close_shell(&f);
}

static void test_a_file_that_copies_itself_into_the_configuration_ends(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    put_file(&f, "a.cfg", "file prompt quiet\nhostname A\ndo copy flash:b.cfg running-config\n");
    put_file(&f, "b.cfg", "do copy flash:a.cfg running-config\nntp server 10.0.0.9\n");
    says(&f, "copy flash:a.cfg running-config\n\n");
    assert_non_null(strstr(says(&f, "show run | include ^hostname\n"), "hostname A\r\n"));
    says(&f, "copy flash:b.cfg running-config\n");
    assert_non_null(strstr(says(&f, "show run | include ^ntp\n"), "ntp server 10.0.0.9\r\n"));
    close_shell(&f);
}

// The shell gives way to others between the pieces; the answer comes when all is entered.
static void test_a_large_file_is_entered_in_pieces(void **state)
{
    (void)state;
    struct fixture f;
    struct buf text = {0};
    open_shell(&f, 15);
    says(&f, "conf t\nfile prompt quiet\nend\nterminal length 0\n");
    for (int i = 3000; i > 0; i--)
        buf_printf(&text, "interface Loopback%d\n ip address 10.1.%d.%d 255.255.255.255\n", i,
                   i / 256, i % 256);
    buf_puts(&text, "hostname Big\nend\nhostname Behind\n");
    put_file(&f, "large.cfg", buf_text(&text));
    size_t bytes = text.len;
    buf_fini(&text);
    buf_clear(&f.out);
    const char *copy = "copy flash:large.cfg running-config\n";
    shell_input(f.shell, copy, strlen(copy), &f.out);
    size_t echo = f.out.len;
    size_t pieces = 0;
    shell_resume(f.shell, &f.out);
    for (; shell_is_entering(f.shell); pieces++) {
        assert_int_equal(f.out.len, echo);
        assert_int_equal(shell_status(f.shell), SHELL_BUSY);
        if (pieces == 3) // typed ahead
            shell_input(f.shell, "show run | count ^interface\n", 28, &f.out);
        shell_resume(f.shell, &f.out);
    }
    assert_in_range(pieces, 30, 6000);
    char answer[64];
    snprintf(answer, sizeof answer, "\r\n%zu bytes copied in ", bytes);
    assert_non_null(strstr(buf_text(&f.out), answer));
    assert_non_null(strstr(buf_text(&f.out), "\r\nBig#"));
    while (shell_status(f.shell) == SHELL_BUSY)
        shell_resume(f.shell, &f.out);
    assert_non_null(strstr(buf_text(&f.out), "Number of lines which match regexp = 30"));
    close_shell(&f);
}

static void test_a_shell_may_go_in_the_middle_of_a_file(void **state)
{
    (void)state;
    struct fixture f;
    struct buf text = {0};
    open_shell(&f, 15);
    says(&f, "conf t\nfile prompt quiet\nend\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "interface Loopback%d\n", 1000 + i);
    buf_puts(&text, "banner motd #never ended\n");
    for (int i = 0; i < 500; i++)
        buf_printf(&text, "line %d\n", i);
    put_file(&f, "a.cfg", buf_text(&text));
    buf_fini(&text);
    shell_input(f.shell, "copy flash:a.cfg running-config\n", 32, &f.out);
    for (int i = 0; i < 8; i++)
        assert_int_equal(shell_resume(f.shell, &f.out), SHELL_BUSY);
    close_shell(&f); // nothing leaks
}

static void test_a_huge_file_does_not_become_configuration(void **state)
{
    (void)state;
    struct fixture f;
    struct buf text = {0};
    open_shell(&f, 15);
    says(&f, "conf t\nfile prompt quiet\nend\n");
    for (int i = 0; i < 140000; i++)
        buf_printf(&text, "interface Loopback%012d\n", 140000 - i);
    put_file(&f, "huge.cfg", buf_text(&text));
    buf_fini(&text);
    const char *const ways[] = {"copy flash:huge.cfg running-config\n",
                                "copy flash:huge.cfg startup-config\n",
                                "configure replace flash:huge.cfg force\n"};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        assert_non_null(strstr(says(&f, ways[i]), "(No space left on device)"));
    assert_null(strstr(says(&f, "show run | include Loopback2\n"), "\ninterface"));
    close_shell(&f);
}

static void test_the_pager_looks_for_patterns(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "show run\n");
    const char *answer = says(&f, "/router ospf\r");
    assert_non_null(strstr(answer, "/router ospf\r\nfiltering...\r\nrouter ospf 1\r\n"));
    answer = says(&f, "+neighbor\b\b\b\b\b\b\b\bnetwork\r");
    assert_non_null(strstr(answer, "filtering...\r\n"));
    assert_null(strstr(answer, "neighbor 10"));
    says(&f, "\x03");
    says(&f, "show run\n");
    assert_non_null(strstr(says(&f, "?"), "Press RETURN for another line"));
    assert_non_null(strstr(says(&f, "x"), "R2#"));
    close_shell(&f);
}

// What NAPALM's getters, ios_facts, Oxidized and unicon ask.
static void test_what_clients_ask_is_answered(void **state)
{
    (void)state;
    static const char *const commands[] = {
        "show version",
        "show hosts",
        "show ip interface brief",
        "show interfaces",
        "show ip interface",
        "show ipv6 interface",
        "show ipv6 interface brief",
        "show ipv6 neighbors",
        "show lldp",
        "show lldp neighbors",
        "show lldp neighbors detail",
        "show bgp all summary",
        "show mac-address-table",
        "show mac address-table",
        "show arp",
        "show vlan",
        "show vlan brief",
        "show proc cpu",
        "show processes cpu",
        "show memory statistics",
        "show env temperature status",
        "show environment",
        "show running-config | section ^snmp",
        "show run | include ntp",
        "show ntp associations",
        "show ntp status",
        "show users",
        "show vrf detail",
        "show interfaces transceiver",
        "show inventory",
        "show cdp neighbors detail",
        "show cdp neighbors",
        "dir",
        "dir flash:",
        "show vtp status",
        "show startup-config",
        "show boot",
        "show archive",
        "show file systems",
        "show ip ssh",
        "show ip protocols",
        "show ip ospf neighbor",
        "show ip route",
        "show logging",
        "show clock",
        "show privilege",
        "show history",
        "show ip bgp summary",
        "show interfaces status",
        "show interfaces description",
        "show interfaces counters",
        "show flash:",
        "show access-lists",
        "show snmp",
        "show terminal",
        "show line",
        "show processes memory",
        "show ip ospf",
        "show debugging",
        "ping 10.0.0.1",
        "traceroute 10.0.0.1",
        "verify /md5 flash:x",
        "config term",
        "no logging console",
        "line console 0",
        "exec-timeout 0",
        "line vty 0 4",
        "exec-timeout 0",
        "end",
        "config term",
        "ip scp server enable",
        "file prompt quiet",
        "archive",
        "path flash:a",
        "write-memory",
        "exit",
        "interface GigabitEthernet0/3",
        "no shutdown",
        "description by ansible",
        "end",
        "copy running-config flash:rollback_config.txt",
    };
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "terminal length 0\n");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        says(&f, commands[i]);
        const char *answer = says(&f, "\n");
        for (const char *line = answer; line; line = strchr(line, '\n')) {
            line += *line == '\n';
            if (*line == '%')
                fail_msg("'%s' is answered with: %s", commands[i], answer);
        }
    }
    close_shell(&f);
}

static void test_configurations_are_compared(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "terminal length 0\n");
    assert_non_null(
        strstr(says(&f, "show archive config differences\n"), "!No changes were found\r\n"));
    says(&f, "copy running-config flash:old\n\n");
    says(&f, "conf t\nint g0/3\ndescription new\nint lo9\nip address 9.9.9.9 255.255.255.255\nno "
             "ntp server 172.31.255.20\nend\n");
    const char *answer = says(&f, "show archive config differences flash:old\n");
    assert_non_null(strstr(answer, "!Contextual Config Diffs:\r\n"));
    assert_non_null(strstr(answer, "\r\ninterface GigabitEthernet0/3\r\n +description new\r\n"));
    assert_non_null(
        strstr(answer, "\r\n+interface Loopback9\r\n +ip address 9.9.9.9 255.255.255.255\r\n"));
    assert_non_null(strstr(answer, "\r\n-ntp server 172.31.255.20\r\n"));
    answer = says(&f, "show archive config differences system:running-config flash:old\n");
    assert_non_null(strstr(answer, "\r\n -description new\r\n"));
    assert_non_null(strstr(says(&f, "show archive config differences flash:none\n"),
                           "%Error opening flash:none (No such file or directory)"));
    close_shell(&f);
}

static void test_bars_and_json_behind_a_command(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *with, *without;
    } cases[] = {
        {"show hostname | json\n", "{\r\n    \"hostname\": \"R2\",\r\n", NULL},
        {"show clock | json\n", "% This is an unconverted command\r\n", NULL},
        {"show vlan | json | include name\n", "\"name\": \"USERS\"", "dynamic"},
        {"show ip int br | include Loopback0 |Vlan10\n", "Vlan10", "Ethernet"}, // one expression
        {"show ip int br | include \"Ethernet1|Vlan\"\n", "Vlan10", "Loopback"},
        {"show ip int br | include 10 | exclude Vlan\n", "Loopback0", "Vlan"}, // two pipes
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        open_platform(&f, "arista_eos", 15);
        says(&f, "terminal length 0\n");
        const char *answer = strchr(says(&f, cases[i].typed), '\n'); // behind the echo
        if (!strstr(answer, cases[i].with) ||
            (cases[i].without && strstr(answer, cases[i].without)))
            fail_msg("case %zu: %s", i, answer);
        close_shell(&f);
    }
}

static void test_patterns_that_explode_do_not_stall(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "terminal length 0\nconf t\nint g0/0\ndescription "
             "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
             "\nend\n");
    const char *answer = says(&f, "show run | include (a+)+(a+)+(a+)+b$\n");
    assert_non_null(strstr(answer, "\r\nR2#"));
    close_shell(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_users_are_all_listed_and_the_own_is_marked),
        cmocka_unit_test(test_a_cleared_line_is_woken_and_closed),
        cmocka_unit_test(test_monitoring_sessions_see_the_log_others_do_not),
        cmocka_unit_test(test_reload_asks_about_what_is_not_saved),
        cmocka_unit_test(test_reload_comes_when_it_is_due_unless_it_is_cancelled),
        cmocka_unit_test(test_files_are_kept_shown_copied_and_deleted),
        cmocka_unit_test(test_flash_is_not_endless),
        cmocka_unit_test(test_a_file_is_written_over_however_large_it_is),
        cmocka_unit_test(test_a_file_that_copies_itself_into_the_configuration_ends),
        cmocka_unit_test(test_a_large_file_is_entered_in_pieces),
        cmocka_unit_test(test_a_shell_may_go_in_the_middle_of_a_file),
        cmocka_unit_test(test_a_huge_file_does_not_become_configuration),
        cmocka_unit_test(test_the_pager_looks_for_patterns),
        cmocka_unit_test(test_what_clients_ask_is_answered),
        cmocka_unit_test(test_configurations_are_compared),
        cmocka_unit_test(test_bars_and_json_behind_a_command),
        cmocka_unit_test(test_patterns_that_explode_do_not_stall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
