// A platform: a folder of data (prompts, modes, command tree, error texts, output templates) and
// nothing else. Built-in ones are compiled into the program from emulator/platforms/; `--platform
// DIR` reads one from disk, laid over the built-in of its name.
#ifndef EMULATOR_PLATFORM_H
#define EMULATOR_PLATFORM_H

#include "base/err.h"

#include <stdbool.h>

struct platform;

// name: a built-in one ("cisco_ios"). overlay: a folder, or NULL. NULL with an input error that
// names file, line and the nearest right word. Immutable once loaded: shared by all threads without
// a lock.
struct platform *platform_load(const char *name, const char *overlay, struct err *err);
void platform_free(struct platform *platform);

// Of Telnet and SSH: what the device says and asks for before a session exists.
bool platform_many_execs(const struct platform *platform);         // one after the other, over SSH
const char *platform_ssh_version(const struct platform *platform); // "Cisco-1.25": after "SSH-2.0-"
const char *platform_telnet_banner(
    const struct platform *platform); // "\r\n\r\nUser Access Verification\r\n\r\n"
const char *platform_username_prompt(const struct platform *platform); // "Username: "
const char *platform_password_prompt(const struct platform *platform); // "Password: "
const char *platform_login_failed(const struct platform *platform);    // "% Login invalid\r\n\r\n"
const char *platform_password_expired(const struct platform *platform);
const char *platform_new_password_prompt(const struct platform *platform); // "New password: "
const char *platform_repeat_password_prompt(const struct platform *platform);

#endif
