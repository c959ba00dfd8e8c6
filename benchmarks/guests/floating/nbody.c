/* Floating point in long chains with square roots and divisions: bodies that attract each other. */
#include "floating.h"

#ifdef __SSE2__
GUEST(0x806ab750u)
#else
GUEST(0x3ae6a3aau)
#endif

#define BODIES 5
#define STEPS 20000

struct body {
    double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[BODIES];

static void advance(double dt) {
    for (int i = 0; i < BODIES; i++) {
        struct body *a = &bodies[i];
        for (int j = i + 1; j < BODIES; j++) {
            struct body *b = &bodies[j];
            double dx = a->x - b->x;
            double dy = a->y - b->y;
            double dz = a->z - b->z;
            double square = dx * dx + dy * dy + dz * dz + 0.01;
            double force = dt / (square * square_root(square));
            a->vx -= dx * b->mass * force;
            a->vy -= dy * b->mass * force;
            a->vz -= dz * b->mass * force;
            b->vx += dx * a->mass * force;
            b->vy += dy * a->mass * force;
            b->vz += dz * a->mass * force;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].x += dt * bodies[i].vx;
        bodies[i].y += dt * bodies[i].vy;
        bodies[i].z += dt * bodies[i].vz;
    }
}

uint32_t guest_run(void) {
    uint32_t random = 123456789u;
    uint32_t sum = 0;
    for (int i = 0; i < BODIES; i++) {
        bodies[i] = (struct body) {
            .x = random_fraction(&random), .y = random_fraction(&random), .z = random_fraction(&random),
            .vx = 0, .vy = 0, .vz = 0, .mass = 0.1 + random_fraction(&random)};
    }
    for (int step = 0; step < STEPS; step++) {
        advance(0.001);
    }
    for (int i = 0; i < BODIES; i++) {
        sum = with(with(with(sum, bodies[i].x), bodies[i].y), bodies[i].vz);
    }
    return sum;
}
