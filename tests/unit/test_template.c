#include "emulator/template.h"
#include "tests/unit/harness.h"

#include "emulator/config.h"

#include <string.h>

static const char configuration[] =
    "hostname R1\n"
    "interface Gi0/0\n ip address 10.0.0.1 255.255.255.252\n"
    "interface Gi0/1\n no ip address\n shutdown\n"
    "router ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n network 11.0.0.0 0.0.0.255 area 1\n";

static void check(const char *text, const char *wanted)
{
    struct err err = {0};
    size_t offset = 0;
    struct config *config = config_new();
    config_read(config, configuration);
    struct template *template = template_compile(text, NULL, &offset, &err);
    if (!template)
        fail_msg("'%s': %s", text, err.text);
    struct template_scope scope = {
        .seed = 7, .device = 3, .devices = 9, .config = config, .now_ms = 1768473000123};
    scope.variables[VARIABLE_HOSTNAME] = "R3";
    struct buf out = {0};
    template_render(template, &scope, &out);
    assert_string_equal(buf_text(&out), wanted);
    buf_fini(&out);
    template_free(template);
    config_free(config);
}

static void test_values_and_operators(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"plain { } text", "plain { } text"},
        {"{{hostname}}#", "R3#"},
        {"[{{hostname:5}}]", "[R3   ]"},
        {"[{{hostname:>5}}]", "[   R3]"},
        {"{{1 + 2 * 3 - 4}}", "3"},
        {"{{(1 + 2) * 3}}", "9"},
        {"{{7 / 0}}{{7 % 0}}", "00"},
        {"{{7 / (0 - 1)}} {{7 % (0 - 1)}} {{7 / (0 - 2)}}", "-7 0 -3"},
        {"{{(0 - 9223372036854775807 - 1) / (0 - 1)}}", "-9223372036854775808"},
        {"{{'a' ~ 'b' ~ 1 + 1}}", "ab2"},
        {"{{'' or 'x'}}{{'y' or 'x'}}", "xy"},
        {"{{'a' and 'b'}}|{{'' and 'b'}}", "b|"},
        {"{{not 0}}{{not 'a'}}", "1"},
        {"{{10 > 9}}{{'10' == 10}}{{'b' > 'a'}}", "111"},
        {"{{device}}/{{devices}}", "3/9"},
        {"{{ip('10.0.0.0', 260)}}", "10.0.1.4"},
        {"{{net('10.1.2.3', '255.255.0.0')}} {{net('10.1.2.3/24')}}", "10.1.0.0 10.1.2.0"},
        {"{{bits('255.255.255.252')}} {{mask(20)}} {{mask('1.2.3.4/8')}}",
         "30 255.255.240.0 255.0.0.0"},
        {"{{within('10.0.0.9', '10.0.0.1', '255.255.255.0')}}", "1"},
        {"{{short('GigabitEthernet0/1')}} {{short('Vlan7', 1)}}", "Gi0/1 V7"},
        {"{{mac('aabbcc001122')}} {{mac('aabbcc001122', ':', 2)}}",
         "aabb.cc00.1122 aa:bb:cc:00:11:22"},
        {"{{date('%H:%M:%S.%L %a')}}", "10:30:00.123 Thu"},
        {"{{date('%Y', 86400 * 365)}} {{date('%Y', 9223372036854775807)}}", "2027 2026"},
        {"{{span(93784)}} {{span(0)}}", "1 day, 2 hours, 3 minutes 0 minutes"},
        {"{{age(59)}} {{age(90000)}} {{age(700000)}}", "00:00:59 1d01h 1w1d"},
        {"{{cut('abcdef', 2)}}{{from('abcdef', 4)}}{{replace('a.b.c', '.', '')}}", "abefabc"},
        {"{{before('Gi0/1.7', '.')}}{{before('x', '.')}}", "Gi0/1x"},
        {"{{repeat('!', 3)}}{{upper('ab')}}{{length('abcd')}}", "!!!AB4"},
        {"{{word(2, 'a b c')}}", "b"},
        {"{{private('10.1.1.1')}}{{private('8.8.8.8')}}", "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(cases[i].text, cases[i].wanted);
}

static void test_blocks_follow_the_configuration(void **state)
{
    (void)state;
    check("{{for 'interface'}}\n{{index}} {{word(2)}} {{cfg('ip address', 1) or 'unassigned'}}"
          "{{if has('shutdown')}} down{{end}}\n{{end}}\n",
          "1 Gi0/0 10.0.0.1\n2 Gi0/1 unassigned down\n");
    check("{{for 'router ospf'}}{{for child 'network'}}{{word(2)}},{{end}}{{word(3)}}{{end}}",
          "10.0.0.0,11.0.0.0,1");
    check("{{if top('hostname') == 'R2'}}a{{elif device == 3}}b{{else}}c{{end}}", "b");
    check("{{if top_has('vlan')}}a{{elif device == 4}}b{{else}}c{{end}}", "c");
    check("{{let n = 0}}\n{{times 3}}\n{{let n = n + index}}\n{{end}}\nsum {{n}}\n", "sum 6\n");
    check("{{for 'nothing'}}x{{end}}{{times 0}}x{{end}}-", "-");
    check("a\n{{# a remark }}\nb\n", "a\nb\n");
    check("{{count('interface')}}{{in('router ospf', 'network', 1)}}", "210.0.0.0");
}

static void test_draws_depend_on_device_key_and_section_only(void **state)
{
    (void)state;
    check("{{rand('a', 1, 1000000) == rand('a', 1, 1000000)}}", "1");
    check("{{rand('a', 1, 1000000) == rand('b', 1, 1000000)}}", "");
    check("{{let x = rand('a', 1, 1000000)}}{{for 'interface'}}{{rand('a', 1, 1000000) == x}}{{let "
          "x = rand('a', 1, 1000000)}}{{end}}",
          "");
    check("{{rand('a', 5, 5)}}{{rand('a', 6, 5)}}", "56");
}

static void test_mistakes_are_told_with_their_place(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t offset;
        const char *says;
    } cases[] = {
        {"ab {{hostnam}}", 5, "did you mean 'hostname'"},
        {"{{repaet('a', 2)}}", 2, "did you mean 'repeat'"},
        {"{{hostname", 10, "'}}' is wanted"},
        {"{{if 1}}x", 9, "no {{end}}"},
        {"{{end}}", 5, "nothing to end"},
        {"{{else}}", 6, "no 'if'"},
        {"{{cut('a')}}", 9, "wants 2 arguments"},
        {"{{'a}}", 2, "does not end"},
        {"{{hostname:0}}", 11, "a width"},
        {"{{1 +}}", 5, "a value is missing"},
        {"{{let = 2}}", 6, "let NAME = VALUE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err = {0};
        size_t offset = 0;
        assert_null(template_compile(cases[i].text, NULL, &offset, &err));
        if (offset != cases[i].offset || !strstr(err.text, cases[i].says))
            fail_msg("'%s': at %zu: %s", cases[i].text, offset, err.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_and_operators),
        cmocka_unit_test(test_blocks_follow_the_configuration),
        cmocka_unit_test(test_draws_depend_on_device_key_and_section_only),
        cmocka_unit_test(test_mistakes_are_told_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
