// What programs outside must know of a platform: what a client says to its devices before and after
// the commands of the work, and what others call it.
#ifndef BASE_PLATFORM_WORDS_H
#define BASE_PLATFORM_WORDS_H

struct platform_words {
    const char *name;        // of devices.platform
    const char *no_paging;   // first command; NULL: none is needed
    const char *logout;      // what ends the session
    const char *user_suffix; // added to the user name; "" for most
    const char *netmiko, *ansible, *scrapli;
};

// name: as devices.platform has it; of a folder its last part counts. What is not in the table
// speaks as cisco_ios does, and others call it by its own name.
struct platform_words platform_words(const char *name);

#endif
