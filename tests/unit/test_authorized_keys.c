#include "emulator/authorized_keys.h"
#include "tests/unit/harness.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ED "AAAAC3NzaC1lZDI1NTE5AAAAIGq0rJr4cQ5CqZpP8WQGm6y8m0C6N1b6f0S0C7b1o2aB"
#define RSA "AAAAB3NzaC1yc2EAAAADAQABAAAAgQ=="

static const char path[] = "authorized_keys.tmp";

static struct authorized_keys *read_text(const char *text, struct err *err)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    struct authorized_keys *keys = authorized_keys_read(path, err);
    unlink(path);
    return keys;
}

static void test_keys_are_known_by_their_text(void **state)
{
    (void)state;
    struct err err;
    struct authorized_keys *keys = read_text("# of the class\n\n"
                                             "ssh-ed25519 " ED " alice@laptop\n"
                                             "  \tssh-rsa\t" RSA "\r\n",
                                             &err);
    assert_non_null(keys);
    assert_true(authorized_keys_hold(keys, ED));
    assert_true(authorized_keys_hold(keys, RSA));
    assert_false(authorized_keys_hold(keys, "AAAA"));
    assert_false(authorized_keys_hold(NULL, ED));
    authorized_keys_free(keys);
}

static void test_what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "there is no public key in 'authorized_keys.tmp'"},
        {"# nothing\n", "there is no public key in"},
        {"ssh-ed25519 " ED "\nssh-rsa!", ":2:1: there is no key type 'ssh-rsa!'; did you mean"},
        {"ssh-ed2519 " ED, ":1:1: there is no key type 'ssh-ed2519'; did you mean 'ssh-ed25519'?"},
        {"-----BEGIN OPENSSH PRIVATE KEY-----\n", ":1:1: this is a private key"},
        {"  from=\"10.*\" ssh-ed25519 " ED, ":1:3: a line must begin with ssh-ed25519"},
        {"ssh-ed25519", ":1:12: behind the type stands no whole public key"},
        {"ssh-ed25519 alice", ":1:13: behind the type stands no whole public key"},
        {"ssh-ed25519 AAAAC", ":1:13: behind the type stands no whole public key"},
        {"ssh-ed25519 AAAA*AAA", ":1:13: behind the type stands no whole public key"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err err;
        assert_null(read_text(cases[i].text, &err));
        assert_int_equal(err_exit_code(&err), 2);
        if (!strstr(err.text, cases[i].message))
            fail_msg("'%s' says '%s'", cases[i].text, err.text);
    }
    struct err err;
    assert_null(authorized_keys_read("nowhere", &err));
    assert_string_equal(err.text, "cannot read the keys of 'nowhere': No such file or directory");
}

static void test_a_key_in_the_configuration_may_be_cut_into_lines(void **state)
{
    (void)state;
    struct config *config = config_new();
    assert_null(authorized_keys_chain(config));
    assert_false(authorized_keys_chain_holds(config, "bob", RSA));
    config_read(config, "ip ssh pubkey-chain\n"
                        " username bob\n"
                        "  key-string\n"
                        "   ssh-rsa AAAAB3NzaC1yc2EA\n"
                        "   AAADAQABAAAAgQ== bob@laptop\n"
                        " username alice\n"
                        "  key-string\n"
                        "   " ED "\n");
    assert_non_null(authorized_keys_chain(config));
    assert_true(authorized_keys_chain_holds(config, "bob", RSA));
    assert_true(authorized_keys_chain_holds(config, "alice", ED));
    assert_false(authorized_keys_chain_holds(config, "bob", ED));
    assert_false(authorized_keys_chain_holds(config, "carol", ED));
    config_free(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_known_by_their_text),
        cmocka_unit_test(test_what_is_wrong_is_told_with_its_place),
        cmocka_unit_test(test_a_key_in_the_configuration_may_be_cut_into_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
