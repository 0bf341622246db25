#include "emulator/ipv4.h"

uint32_t ipv4_of(const char *text)
{
    uint32_t address = 0;
    for (int part = 0; part < 4; part++) {
        if (part && *text++ != '.')
            return 0;
        const char *start = text;
        uint32_t number = 0;
        for (; *text >= '0' && *text <= '9' && number <= 255; text++)
            number = number * 10 + (uint32_t)(*text - '0');
        if (text == start || number > 255 || (*start == '0' && text > start + 1))
            return 0;
        address = address << 8 | number;
    }
    return *text && *text != '/' && *text != ' ' ? 0 : address;
}
