// What machine this is, as far as it explains a result.
#ifndef BASE_MACHINE_H
#define BASE_MACHINE_H

#include <stdint.h>

uint32_t machine_cores(void); // that this process may run on
char *machine_to_json(void);  // an object: netbaton, system, kernel, cpu, cores, memory_kb,
                              // open_files; the caller frees
// The path of this executable, to start another of it. The caller frees.
char *machine_own_path(void);

#endif
