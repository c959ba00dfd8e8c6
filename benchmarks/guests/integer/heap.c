/* Branches that nothing predicts: a heap of random keys, each taken out and put back changed. */
#include "guest.h"

GUEST(0x197f5f85u)

#define SIZE 4096
#define MOVES 300000

static uint32_t heap[SIZE];

/* Moves the element at a place down until none below it is smaller. */
static void sink(uint32_t place) {
    uint32_t value = heap[place];
    for (;;) {
        uint32_t child = 2 * place + 1;
        if (child >= SIZE) {
            break;
        }
        if (child + 1 < SIZE && heap[child + 1] < heap[child]) {
            child++;
        }
        if (heap[child] >= value) {
            break;
        }
        heap[place] = heap[child];
        place = child;
    }
    heap[place] = value;
}

uint32_t guest_run(void) {
    uint32_t random = 521288629u;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < SIZE; i++) {
        heap[i] = next_random(&random) >> 4;
    }
    for (uint32_t i = SIZE / 2; i-- > 0;) {
        sink(i);
    }
    for (uint32_t i = 0; i < MOVES; i++) {
        sum = sum * 31 + heap[0];
        heap[0] += next_random(&random) >> 8;
        sink(0);
    }
    return sum;
}
