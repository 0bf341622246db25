// The inside of the handlers, for handlers*.c: each file fills a table.
#ifndef EMULATOR_HANDLERS_DATA_H
#define EMULATOR_HANDLERS_DATA_H

#include "emulator/handlers.h"

// Ended by an entry without a name.
extern const struct handler handlers_of_files[];
extern const struct handler handlers_of_devices[];
extern const struct handler handlers_of_config_sessions[];
extern const struct handler handlers_of_history[];

#endif
