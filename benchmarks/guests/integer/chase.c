/* Loads that wait for loads: a ring of list nodes in random order over four MiB, read and marked. */
#include "guest.h"

GUEST(0x80262655u)

#define NODES (1 << 18)
#define STEPS (6 * NODES)

struct node {
    struct node *next;
    uint32_t value;
    uint32_t visits;
    uint32_t unused;
};

static struct node nodes[NODES];
static uint32_t order[NODES];

uint32_t guest_run(void) {
    uint32_t random = 2463534242u;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < NODES; i++) {
        order[i] = i;
        nodes[i].value = next_random(&random);
        nodes[i].visits = 0;
    }
    for (uint32_t i = NODES - 1; i > 0; i--) {
        uint32_t j = next_random(&random) % (i + 1);
        uint32_t t = order[i];
        order[i] = order[j];
        order[j] = t;
    }
    for (uint32_t i = 0; i < NODES; i++) {
        nodes[order[i]].next = &nodes[order[(i + 1) % NODES]];
    }
    struct node *node = nodes;
    for (uint32_t i = 0; i < STEPS; i++) {
        sum = (sum << 1 | sum >> 31) + node->value + node->visits++;
        node = node->next;
    }
    return sum;
}
