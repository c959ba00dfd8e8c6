/* Look-ups: a hash table with chains, filled, asked and emptied; multiplications, remainders and pointers. */
#include "guest.h"

GUEST(0x742c0879u)

#define BUCKETS 4099
#define ENTRIES 16384
#define PASSES 16

struct entry {
    struct entry *next;
    uint32_t key;
    uint32_t count;
};

static struct entry *buckets[BUCKETS];
static struct entry entries[ENTRIES];
static uint32_t used;

static struct entry **find(uint32_t key) {
    struct entry **place = &buckets[key * 2654435769u % BUCKETS];
    while (*place != 0 && (*place)->key != key) {
        place = &(*place)->next;
    }
    return place;
}

uint32_t guest_run(void) {
    uint32_t random = 2463534242u;
    uint32_t sum = 0;
    for (int pass = 0; pass < PASSES; pass++) {
        used = 0;
        for (int i = 0; i < BUCKETS; i++) {
            buckets[i] = 0;
        }
        for (uint32_t i = 0; i < 4 * ENTRIES; i++) {
            uint32_t key = next_random(&random) % (2 * ENTRIES);
            struct entry **place = find(key);
            if (*place != 0) {
                sum += ++(*place)->count;
            } else if (used < ENTRIES) {
                entries[used] = (struct entry) {0, key, 1};
                *place = &entries[used++];
            }
            if (i % 8 == 0 && (place = find(key ^ 1), *place != 0)) {
                sum = sum * 31 + (*place)->count;
                *place = (*place)->next;
            }
        }
    }
    return sum + used;
}
