// The lists of the Cisco profiles are those of the boxes, as their clients' logs show them, less
// what libssh 0.10 does not have (hmac-sha1-96 and hmac-md5 of the old ones). Group 18 is left out
// of modern: libssh computes for 250 ms, while the loop's other sessions wait.
#include "emulator/ssh_profile.h"

enum {
    ED25519 = 1 << HOST_KEY_ED25519,
    ECDSA = 1 << HOST_KEY_ECDSA,
    RSA = 1 << HOST_KEY_RSA,
};

const struct ssh_profile ssh_profiles[] = {
    // What clients of today like comes first and what the oldest need comes last; theirs is the
    // choice. The RSA key costs each session 2 kB and 20 us: libssh copies it.
    [SSH_MODERN] = {.key_exchange = "curve25519-sha256,curve25519-sha256@libssh.org,"
                                    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
                                    "diffie-hellman-group16-sha512,diffie-hellman-group14-sha256,"
                                    "diffie-hellman-group-exchange-sha256,"
                                    "diffie-hellman-group-exchange-sha1,"
                                    "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
                    .host_key_algorithms = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,"
                                           "ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa",
                    .ciphers = "chacha20-poly1305@openssh.com,aes256-gcm@openssh.com,"
                               "aes128-gcm@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr,"
                               "aes256-cbc,aes192-cbc,aes128-cbc,3des-cbc",
                    .macs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                            "hmac-sha2-256,hmac-sha2-512,hmac-sha1-etm@openssh.com,hmac-sha1",
                    .host_keys = ED25519 | ECDSA | RSA,
                    .any_host_keys = ED25519 | ECDSA | RSA,
                    .offers_public_key = true},
    // IOS 12 and 15.
    [SSH_LEGACY_IOS] = {.version = "Cisco-1.25",
                        .key_exchange = "diffie-hellman-group-exchange-sha1,"
                                        "diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
                        .host_key_algorithms = "ssh-rsa",
                        .ciphers = "aes128-ctr,aes192-ctr,aes256-ctr,"
                                   "aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc",
                        .macs = "hmac-sha1",
                        .host_keys = RSA,
                        .any_host_keys = RSA,
                        .ssh_config = "    KexAlgorithms +diffie-hellman-group14-sha1\n"
                                      "    HostKeyAlgorithms +ssh-rsa\n"
                                      "    PubkeyAcceptedAlgorithms +ssh-rsa\n"},
    // IOS-XE 16 and 17.
    [SSH_IOS_XE] = {.version = "Cisco-2.0",
                    .key_exchange = "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,"
                                    "diffie-hellman-group14-sha256,diffie-hellman-group14-sha1",
                    .host_key_algorithms = "rsa-sha2-512,rsa-sha2-256,ssh-rsa",
                    .ciphers = "aes128-gcm@openssh.com,aes256-gcm@openssh.com,"
                               "aes128-ctr,aes192-ctr,aes256-ctr",
                    .macs = "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
                            "hmac-sha2-256,hmac-sha2-512",
                    .host_keys = RSA,
                    .any_host_keys = RSA,
                    .offers_public_key = true},
};

void ssh_profile_key_kinds(const struct experiment *experiment, unsigned *kinds,
                           unsigned *any_kinds)
{
    const struct named_list *named = &experiment->devices.named;
    const struct ssh_profile *ssh = &ssh_profiles[experiment->devices.settings.ssh];
    *kinds = ssh->host_keys;
    *any_kinds = ssh->any_host_keys;
    for (size_t i = 0; i < named->len; i++) {
        ssh = &ssh_profiles[named->items[i].settings->ssh];
        *kinds |= ssh->host_keys;
        *any_kinds &= ssh->any_host_keys;
    }
}
