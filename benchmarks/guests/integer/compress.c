/* Compression: matches found through a hash of three bytes (as LZ77 does), their codes packed by Huffman's method, all
   undone again and compared. Tables, bit streams, byte copies, unpredictable branches. */
#include "guest.h"

GUEST(0x1928e8c5u)

#define SIZE (1 << 16)
#define PASSES 6
#define HASHES 4096
#define MIN_MATCH 3
#define MAX_MATCH 34
#define SYMBOLS (256 + MAX_MATCH - MIN_MATCH + 1) /* bytes, then lengths of matches */
#define DISTANCE_BITS 12

static uint8_t plain[SIZE];
static uint8_t unpacked[SIZE];
static uint16_t symbols[SIZE];
static uint16_t distances[SIZE];
static uint32_t last[HASHES];
static uint32_t weight[2 * SYMBOLS];
static uint16_t parent[2 * SYMBOLS];
static uint32_t code[SYMBOLS];
static uint8_t bits[SYMBOLS];
static uint16_t children[2 * SYMBOLS][2];
static uint32_t packed[SIZE];
static uint32_t at_bit;

/* Words of a small random vocabulary: text with the repetitions that texts have. */
static void make_text(uint32_t *random) {
    static char words[256][8];
    for (int i = 0; i < 256; i++) {
        for (int j = 0; j < 8; j++) {
            words[i][j] = (char) ('a' + next_random(random) % 26);
        }
    }
    for (uint32_t at = 0; at < SIZE;) {
        uint32_t number = next_random(random);
        const char *word = words[number >> 8 & number & 255];
        for (uint32_t j = 0; j < 2 + (number >> 29) % 7 && at < SIZE; j++) {
            plain[at++] = (uint8_t) word[j];
        }
        if (at < SIZE) {
            plain[at++] = number & 15 ? ' ' : '\n';
        }
    }
}

static uint32_t find_matches(void) {
    uint32_t count = 0;
    for (int i = 0; i < HASHES; i++) {
        last[i] = 0;
    }
    for (uint32_t at = 0; at < SIZE;) {
        uint32_t length = 0;
        uint32_t from = 0;
        if (at + MAX_MATCH < SIZE) {
            uint32_t three = plain[at] | plain[at + 1] << 8 | plain[at + 2] << 16;
            uint32_t *place = &last[three * 2654435769u >> 20];
            from = *place;
            *place = at + 1;
            if (from != 0 && at + 1 - from < 1u << DISTANCE_BITS) {
                while (length < MAX_MATCH && plain[from - 1 + length] == plain[at + length]) {
                    length++;
                }
            }
        }
        if (length >= MIN_MATCH) {
            distances[count] = (uint16_t) (at + 1 - from);
            symbols[count++] = (uint16_t) (256 + length - MIN_MATCH);
            at += length;
        } else {
            symbols[count++] = plain[at++];
        }
    }
    return count;
}

/* The two lightest trees become one until a single one is left; codes are the ways from its root. */
static uint32_t make_codes(uint32_t count) {
    uint32_t trees = SYMBOLS;
    for (int i = 0; i < SYMBOLS; i++) {
        weight[i] = 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        weight[symbols[i]]++;
    }
    for (;; trees++) {
        uint32_t lightest[2] = {0, 0};
        for (uint32_t i = 0; i < trees; i++) {
            if (weight[i] == 0) {
                continue;
            }
            if (lightest[0] == 0 || weight[i] < weight[lightest[0] - 1]) {
                lightest[1] = lightest[0];
                lightest[0] = i + 1;
            } else if (lightest[1] == 0 || weight[i] < weight[lightest[1] - 1]) {
                lightest[1] = i + 1;
            }
        }
        if (lightest[1] == 0) {
            break;
        }
        weight[trees] = weight[lightest[0] - 1] + weight[lightest[1] - 1];
        for (int i = 0; i < 2; i++) {
            children[trees][i] = (uint16_t) (lightest[i] - 1);
            parent[lightest[i] - 1] = (uint16_t) trees;
            weight[lightest[i] - 1] = 0;
        }
    }
    for (uint32_t i = 0; i < SYMBOLS; i++) {
        uint32_t node = i;
        bits[i] = 0;
        code[i] = 0;
        while (node != trees - 1) {
            uint32_t up = parent[node];
            code[i] |= (uint32_t) (children[up][1] == node) << bits[i]++;
            node = up;
        }
    }
    return trees - 1;
}

/* The highest bit of a code comes first. */
static void put(uint32_t value, uint32_t count) {
    while (count-- > 0) {
        uint32_t bit = value >> count & 1;
        packed[at_bit >> 5] = (packed[at_bit >> 5] & ~(1u << (at_bit & 31))) | bit << (at_bit & 31);
        at_bit++;
    }
}

static uint32_t take(uint32_t count) {
    uint32_t value = 0;
    while (count-- > 0) {
        value = value << 1 | (packed[at_bit >> 5] >> (at_bit & 31) & 1);
        at_bit++;
    }
    return value;
}

static void pack(uint32_t count) {
    at_bit = 0;
    for (uint32_t i = 0; i < count; i++) {
        put(code[symbols[i]], bits[symbols[i]]);
        if (symbols[i] >= 256) {
            put(distances[i], DISTANCE_BITS);
        }
    }
}

static void unpack(uint32_t root) {
    at_bit = 0;
    for (uint32_t at = 0; at < SIZE;) {
        uint32_t node = root;
        while (node >= SYMBOLS) {
            node = children[node][take(1)];
        }
        if (node < 256) {
            unpacked[at++] = (uint8_t) node;
        } else {
            uint32_t distance = take(DISTANCE_BITS);
            for (uint32_t length = node - 256 + MIN_MATCH; length > 0; length--) {
                unpacked[at] = unpacked[at - distance];
                at++;
            }
        }
    }
}

uint32_t guest_run(void) {
    uint32_t random = 88675123u;
    uint32_t sum = 0;
    for (int pass = 0; pass < PASSES; pass++) {
        make_text(&random);
        uint32_t count = find_matches();
        uint32_t root = make_codes(count);
        pack(count);
        sum = sum * 31 + at_bit;
        unpack(root);
        for (uint32_t i = 0; i < SIZE; i++) {
            if (plain[i] != unpacked[i]) {
                return 0;
            }
            sum = sum * 31 + unpacked[i];
        }
    }
    return sum;
}
