/* Branches: a state machine that splits random text into words, numbers, strings, comments and marks. */
#include "guest.h"

GUEST(0xd0343f85u)

#define SIZE (1 << 16)
#define PASSES 48

enum state { BETWEEN, WORD, NUMBER, FRACTION, STRING, ESCAPE, COMMENT, STATES };

static const char alphabet[] = "aaabcdeeefghiijklmnooopqrstuuvwxyz_ABC   \n\n0123456789..\"\"\\#+-*/=();";
static uint8_t text[SIZE];
static uint32_t found[STATES];

static int is_letter(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static enum state begin(uint8_t c) {
    if (is_letter(c)) {
        return WORD;
    }
    if (c >= '0' && c <= '9') {
        return NUMBER;
    }
    return c == '"' ? STRING : c == '#' ? COMMENT : BETWEEN;
}

static uint32_t scan(uint32_t hash) {
    enum state state = BETWEEN;
    for (uint32_t i = 0; i < SIZE; i++) {
        uint8_t c = text[i];
        enum state next = state;
        switch (state) {
            case WORD:
                if (!is_letter(c) && (c < '0' || c > '9')) {
                    next = begin(c);
                }
                break;
            case NUMBER:
                if (c == '.') {
                    next = FRACTION;
                } else if (c < '0' || c > '9') {
                    next = begin(c);
                }
                break;
            case FRACTION:
                if (c < '0' || c > '9') {
                    next = begin(c);
                }
                break;
            case STRING: next = c == '\\' ? ESCAPE : c == '"' || c == '\n' ? BETWEEN : STRING; break;
            case ESCAPE: next = STRING; break;
            case COMMENT: next = c == '\n' ? BETWEEN : COMMENT; break;
            default: next = begin(c); break;
        }
        if (next != state) {
            found[state]++;
            hash = hash * 33 + (uint32_t) state + i;
            state = next;
        }
    }
    return hash;
}

uint32_t guest_run(void) {
    uint32_t random = 362436069u;
    uint32_t hash = 5381;
    for (uint32_t i = 0; i < SIZE; i++) {
        text[i] = (uint8_t) alphabet[next_random(&random) % (sizeof alphabet - 1)];
    }
    for (int i = 0; i < STATES; i++) {
        found[i] = 0;
    }
    for (int pass = 0; pass < PASSES; pass++) {
        hash = scan(hash);
    }
    for (int i = 0; i < STATES; i++) {
        hash = hash * 33 + found[i];
    }
    return hash;
}
