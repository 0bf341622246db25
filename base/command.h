// A subcommand. Each lies in the cmd_NAME.c of the part that owns it; main.c holds the table of
// all.
#ifndef BASE_COMMAND_H
#define BASE_COMMAND_H

struct command {
    const char *name;      // "emulate"
    const char *summary;   // one line, lower case: what it does; NULL: not for people, not listed
    const char *arguments; // "EXPERIMENT", "DIR..."; "" for none
    const char *example;   // whole lines shown at the end of --help, each ended by \n
    // argv[0] is the command's name. Returns the exit code: 0 done, 1 the machine or a peer failed,
    // 2 the input is wrong, 3 done with more failed sessions than allowed, 130 interrupted. The run
    // function prints its own errors (cli_fail).
    int (*run)(const struct command *command, int argc, char **argv);
};

#endif
