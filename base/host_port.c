#include "base/host_port.h"

#include <string.h>

int host_port_split(char *text, char **host, const char **port)
{
    *host = text;
    char *colon = strrchr(text, ':');
    if (*text == '[') {
        char *close = strchr(text, ']');
        if (!close || (close[1] && close[1] != ':'))
            return -1;
        *host = text + 1;
        *close = '\0';
        colon = close[1] ? close + 1 : NULL;
    } else if (colon && strchr(text, ':') != colon) {
        colon = NULL;
    }
    if (colon) {
        *colon = '\0';
        *port = colon + 1;
    }
    return **host && **port ? 0 : -1;
}
