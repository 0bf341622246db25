// The configuration as state: what a line does, what `no` and `default` undo, what show says then.
#include "tests/unit/harness.h"
#include "tests/unit/shell_fixture.h"

#include <string.h>

// A conversation and what the last line of it must answer with (and must not).
struct talk {
    const char *typed; // all but the last line
    const char *last;
    const char *with, *without; // NULL: does not matter
};

static void check_talks(const struct talk *talks, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct fixture f;
        open_shell(&f, 15);
        says(&f, "terminal length 0\nconf t\n");
        says(&f, talks[i].typed);
        const char *answer = says(&f, talks[i].last);
        if (talks[i].with && !strstr(answer, talks[i].with))
            fail_msg("case %zu: '%s' is not in: %s", i, talks[i].with, answer);
        if (talks[i].without && strstr(answer, talks[i].without))
            fail_msg("case %zu: '%s' is in: %s", i, talks[i].without, answer);
        close_shell(&f);
    }
}

static void test_several_sections_get_the_same_lines(void **state)
{
    (void)state;
    static const struct talk talks[] = {
        {"", "interface range g0/0 - 1 , lo5\n", "(config-if-range)#", NULL},
        {"int range g0/0 - 1 , lo5\ndescription many\n", "do show run int g0/1\n",
         " description many\r\n", NULL},
        {"int range g0/0-1,lo5\ndescription many\n", "do show run int lo5\n",
         " description many\r\n", NULL},
        {"int range Gi0/0/0 - Gi0/0/2\nshutdown\nno shutdown\nshutdown\n",
         "do show run int g0/0/2\n", " shutdown\r\n", NULL},
        {"int range g0/0 - 1\ndescription many\nexit\nint g0/0\nno description\n",
         "do show run int g0/1\n", " description many", NULL},
        {"", "int range g0/8 - 9\n", "                    ^\r\n% Invalid input", NULL},
        {"vlan 30,40-42\n", "do show vlan brief\n", "\r\n42   VLAN0042 ", NULL},
        {"vlan 30,40-42\nno vlan 40-41\n", "do show vlan brief\n", "\r\n42 ", "\r\n41 "},
        {"line vty 0 15\nexec-timeout 7 0\n", "do show run | section line vty\n",
         "line vty 5 15\r\n exec-timeout 7 0\r\n", "exec-timeout 60"},
        {"line vty 2 6\nlength 0\n", "do show run | section line vty\n",
         "line vty 5 6\r\n exec-timeout 60 0\r\n transport input telnet ssh\r\n length 0\r\n"
         "line vty 7 15\r\n exec-timeout 60 0\r\n transport input telnet ssh\r\n",
         NULL},
    };
    check_talks(talks, sizeof talks / sizeof *talks);
}

static void test_no_and_default_undo(void **state)
{
    (void)state;
    static const struct talk talks[] = {
        {"vlan 30\n", "no vlan\n", "% Incomplete command.", NULL},
        {"", "no interface range\n", "% Incomplete command.", NULL},
        {"", "default interface\n", "% Incomplete command.", NULL},
        {"", "no router ospf\n", "% Incomplete command.", NULL},
        {"int lo7\nno int lo7\n", "do show ip int brief\n", NULL, "Loopback7"},
        {"", "no int g0/0\n", "% Removal of physical interfaces is not permitted\r\n", NULL},
        {"", "default int g0/0\n", "Interface GigabitEthernet0/0 set to default configuration\r\n",
         NULL},
        {"default int g0/0\n", "do show run int g0/0\n", " no ip address\r\n", "description"},
        {"ip domain lookup\n", "do show run | include lookup\n", NULL, "no ip domain lookup"},
        {"default ip domain lookup\n", "do show run | include lookup$\n", NULL, "\r\nno ip"},
        {"no router bgp 65000\n", "do show run | include bgp\n", NULL, "\r\nrouter bgp"},
        {"router ospf 1\nno network 10.0.0.0 0.255.255.255 area 0\n", "do show ip protocols\n",
         "192.168.0.0", "10.0.0.0 0.255.255.255"},
        {"no ip route 0.0.0.0 0.0.0.0 172.31.255.254\n", "do show ip route\n",
         "Gateway of last resort is not set", "\r\nS*"},
        {"hostname else\nno hostname\n", "do show run | include ^host\n", NULL,
         "hostname else\r\n"},
    };
    check_talks(talks, sizeof talks / sizeof *talks);
}

static void test_access_lists_have_sequence_numbers(void **state)
{
    (void)state;
    static const char list[] = "ip access-list extended A\npermit tcp any any eq 22\n"
                               "permit tcp any any eq 80\n15 permit udp any any\n";
    static const struct {
        const char *typed, *with, *without;
    } cases[] = {
        {"",
         "Extended IP access list A\r\n    10 permit tcp any any eq 22\r\n"
         "    15 permit udp any any\r\n    20 permit tcp any any eq 80\r\n",
         NULL},
        {"no 15\n", "20 permit tcp any any eq 80", "udp"},
        {"no permit tcp any any eq 80\n", "15 permit udp", "eq 80"},
        {"permit udp any any\n", "15 permit udp any any\r\n    20", "30 permit"},
        {"deny ip any any log\n", "    30 deny ip any any log\r\n", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture f;
        open_shell(&f, 15);
        says(&f, "term len 0\nconf t\n");
        says(&f, list);
        says(&f, cases[i].typed);
        const char *answer = says(&f, "do show access-lists A\n");
        assert_non_null(strstr(answer, cases[i].with));
        assert_true(!cases[i].without || !strstr(answer, cases[i].without));
        close_shell(&f);
    }
}

static void test_nexus_takes_ranges_without_a_word_for_it(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "cisco_nxos", 15);
    says(&f, "terminal length 0\nconfigure\n");
    assert_non_null(strstr(says(&f, "interface eth1/1-2, eth1/4\n"), "(config-if-range)# "));
    says(&f, "description many\nend\n");
    assert_non_null(strstr(says(&f, "show run interface eth1/2\n"), "  description many\r\n"));
    assert_non_null(strstr(says(&f, "show run interface eth1/4\n"), "  description many\r\n"));
    assert_null(strstr(says(&f, "show run interface eth1/3\n"), "  description many\r\n"));
    says(&f, "configure\n");
    assert_non_null(strstr(says(&f, "interface eth7/7-9\n"), "% Invalid"));
    says(&f, "vlan 50-52\nend\n");
    assert_non_null(strstr(says(&f, "show vlan brief\n"), "\r\n51 "));
    close_shell(&f);
}

static void test_a_number_given_twice_is_refused(void **state)
{
    (void)state;
    static const struct talk talks[] = {
        {"ip access-list standard S\n10 permit 10.0.0.0\n", "10 deny any\n",
         "10 deny any\r\n% Duplicate sequence number\r\n", NULL},
    };
    check_talks(talks, sizeof talks / sizeof *talks);
}

static void test_a_user_keeps_what_a_new_line_says_nothing_of(void **state)
{
    (void)state;
    struct fixture f;
    open_shell(&f, 15);
    says(&f, "conf t\nusername bob privilege 15\nusername bob secret one\n");
    assert_true(device_check_password(f.device, "bob", "one"));
    assert_int_equal(device_user_privilege(f.device, "bob"), 15);
    says(&f, "username bob privilege 7\n");
    assert_true(device_check_password(f.device, "bob", "one"));
    assert_int_equal(device_user_privilege(f.device, "bob"), 7);
    const char *answer = says(&f, "do show run | include user.*bob\n");
    assert_non_null(strstr(answer, "username bob privilege 7 secret 9 $9$"));
    assert_null(strstr(answer, "secret one"));
    close_shell(&f);
}

static void test_bad_values_are_refused_in_the_words_of_ios(void **state)
{
    (void)state;
    static const struct talk talks[] = {
        {"int g0/3\n", "ip address 10.9.0.1 255.0.255.0\n",
         "\r\nBad mask 0xFF00FF00 for address 10.9.0.1\r\n", NULL},
        {"int g0/3\n", "ip address 10.9.0.0 255.255.255.0\n",
         "\r\nBad mask /24 for address 10.9.0.0\r\n", NULL},
        {"int g0/3\n", "ip address 172.16.9.9 255.255.0.0\n",
         "\r\n% 172.16.0.0 overlaps with GigabitEthernet0/2\r\n", NULL},
        {"int g0/3\nip address 172.16.9.9 255.255.0.0\n", "do show ip int brief\n",
         "GigabitEthernet0/3         unassigned", "172.16.9.9"},
        {"", "ip route 10.1.1.1 255.255.255.0 10.0.0.1\n", "\r\n%Inconsistent address and mask\r\n",
         NULL},
        {"", "interface g7/7\n", "                     ^\r\n% Invalid input detected", NULL},
        {"", "vlan 5000\n", "% Invalid input detected", NULL},
        {"", "hostname 7up\n", "% Invalid input detected", NULL},
    };
    check_talks(talks, sizeof talks / sizeof *talks);
}

static void test_show_follows_the_configuration(void **state)
{
    (void)state;
    static const struct talk talks[] = {
        {"int lo5\nip address 10.55.0.1 255.255.255.255\n", "do show ip int brief\n",
         "Loopback5                  10.55.0.1       YES", NULL},
        {"int g0/1\nshutdown\n", "do show ip int brief\n",
         "GigabitEthernet0/1         10.0.0.9        YES NVRAM  administratively down down", NULL},
        {"int g0/1\nshutdown\n", "do show cdp neighbors\n", "R1.lab.example", "R3.lab.example"},
        {"int g0/1\ndescription core link\n", "do show int description\n", "core link", NULL},
        {"ip route 10.77.0.0 255.255.0.0 10.0.0.10\n", "do show ip route static\n",
         "      10.0.0.0/16 is subnetted, 1 subnets\r\nS        10.77.0.0 [1/0] via 10.0.0.10\r\n",
         NULL},
        {"vlan 77\nname LAB\nint g0/0/2\nswitchport access vlan 77\n", "do show vlan brief\n",
         "77   LAB                              active    Gi0/0/2", NULL},
        {"int g0/0/2\nswitchport mode trunk\nno shutdown\n", "do show run int g0/0/2\n",
         " switchport mode trunk", NULL},
        {"router eigrp 9\nnetwork 10.0.0.0\n", "do show ip protocols\n", "\"eigrp 9\"", NULL},
        {"int g0/3\nip address 10.3.0.1 255.255.255.0\nip address 10.4.0.1 255.255.255.0 "
         "secondary\n",
         "do show run int g0/3\n",
         " ip address 10.3.0.1 255.255.255.0\r\n ip address 10.4.0.1 255.255.255.0 secondary\r\n",
         NULL},
        {"int g0/2.100\nencapsulation dot1q 100\nip address 10.100.0.1 255.255.255.0\n",
         "do show ip int brief\n", "GigabitEthernet0/2.100     10.100.0.1", NULL},
        {"lldp run\n", "do show lldp neighbors\n", "R3.lab.example", NULL},
        {"logging host 10.1.1.1\n", "do show logging\n", "Logging to 10.1.1.1", NULL},
        {"snmp-server location Attic\n", "do show snmp\n", "Location: Attic", NULL},
        {"ip domain name else.example\n", "do show hosts\n", "else.example", NULL},
    };
    check_talks(talks, sizeof talks / sizeof *talks);
}

// What one session of configuration does nobody sees before it is committed.
static void test_a_configuration_session_is_seen_when_it_is_committed(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "arista_eos", 15);
    struct shell *other = shell_new(
        f.device, &(struct shell_options){.user = "b", .privilege = 15, .line_name = "vty 1"});
    const struct {
        const char *typed, *with, *without;
    } cases[] = {
        {"configure session winter\n", "(config-s-winter)#", NULL},
        {"interface Ethernet4\ndescription snow\n", "(config-s-winter-if-Et4)#", NULL},
        {"show session-config diffs\n", "\r\n interface Ethernet4\r\n+   description snow\r\n",
         NULL},
        {"show running-config interfaces Ethernet4\n", "shutdown", "snow"},
        {"end\n", "#", "(config"},
        {"configure session summer\nhostname sun\n", "(config-s-summer)#", NULL},
        {"abort\n", "#", "sun"},
        {"configure session winter\nshow session-config diffs\n", "+   description snow", NULL},
        {"commit\n", "#", "(config"},
        {"show running-config interfaces Ethernet4\n", "description snow", NULL},
        {"show configuration sessions\n", "pending sessions", "winter"},
        {"configure\ncommit\n", "% Not in a configuration session", NULL},
    };
    says(&f, "terminal length 0\n");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (i == 4)
            assert_null(strstr(other_says(&f, other, "show running-config\n"), "snow"));
        const char *answer = says(&f, cases[i].typed);
        if (!strstr(answer, cases[i].with) ||
            (cases[i].without && strstr(answer, cases[i].without)))
            fail_msg("case %zu: %s", i, answer);
    }
    shell_free(other);
    close_shell(&f);
}

static void test_there_are_five_configuration_sessions_at_most(void **state)
{
    (void)state;
    struct fixture f;
    open_platform(&f, "arista_eos", 15);
    for (const char *p = "12345"; *p; p++) {
        char line[] = "configure session sN\nend\n";
        *strchr(line, 'N') = *p;
        says(&f, line);
    }
    assert_non_null(strstr(says(&f, "configure session s6\n"), "Maximum number of pending"));
    assert_non_null(strstr(says(&f, "configure session s3\n"), "(config-s-s3)#"));
    close_shell(&f);
}

static void test_banners_take_any_delimiter_and_many_lines(void **state)
{
    (void)state;
    static const struct talk talks[] = {
        {"", "banner motd #one line#\n", "R2(config)#", "Enter TEXT"},
        {"banner motd #one line#\n", "do show run | include one line\n",
         "\r\nbanner motd ^Cone line^C\r\n", NULL},
        {"", "banner login @\n", "Enter TEXT message.  End with the character '@'.\r\n", NULL},
        {"banner login @\nfirst\n second # line\n\nlast@\n", "do show run | begin banner login\n",
         "banner login ^C\r\nfirst\r\n second # line\r\n\r\nlast^C\r\n", NULL},
        {"banner exec ^C\nfrom another device\n^C\n", "hostname after\n", "after(config)#", NULL},
        {"banner motd x\nline\nx\nno banner motd\n", "do show run | include banner\n", NULL,
         "\r\nbanner"},
    };
    check_talks(talks, sizeof talks / sizeof *talks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_several_sections_get_the_same_lines),
        cmocka_unit_test(test_no_and_default_undo),
        cmocka_unit_test(test_access_lists_have_sequence_numbers),
        cmocka_unit_test(test_nexus_takes_ranges_without_a_word_for_it),
        cmocka_unit_test(test_a_number_given_twice_is_refused),
        cmocka_unit_test(test_a_user_keeps_what_a_new_line_says_nothing_of),
        cmocka_unit_test(test_bad_values_are_refused_in_the_words_of_ios),
        cmocka_unit_test(test_show_follows_the_configuration),
        cmocka_unit_test(test_a_configuration_session_is_seen_when_it_is_committed),
        cmocka_unit_test(test_there_are_five_configuration_sessions_at_most),
        cmocka_unit_test(test_banners_take_any_delimiter_and_many_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
