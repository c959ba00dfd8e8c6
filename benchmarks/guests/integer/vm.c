/* Indirect jumps: a small stack machine that adds up the steps of the Collatz sequences of 1 to 10 000. */
#include "guest.h"

GUEST(0x000cf702u)

enum { HALT, PUSH, LOAD, STORE, ADD, MULTIPLY, AND, HALVE, LESS, JUMP, JUMP_IF_ZERO };
enum { N, LIMIT, STEPS, START, VARIABLES };
enum { NEXT_START = 2, STEP = 8, EVEN = 41, REACHED_ONE = 48, END = 62 }; /* indexes into the program */

static const uint32_t program[] = {
    PUSH, 1,
    STORE, START,
    LOAD, START, STORE, N,
    PUSH, 1, LOAD, N, LESS, JUMP_IF_ZERO, REACHED_ONE,
    LOAD, STEPS, PUSH, 1, ADD, STORE, STEPS,
    LOAD, N, PUSH, 1, AND, JUMP_IF_ZERO, EVEN,
    LOAD, N, PUSH, 3, MULTIPLY, PUSH, 1, ADD, STORE, N, JUMP, STEP,
    LOAD, N, HALVE, STORE, N, JUMP, STEP,
    LOAD, START, LOAD, LIMIT, LESS, JUMP_IF_ZERO, END,
    LOAD, START, PUSH, 1, ADD, JUMP, NEXT_START,
    HALT,
};

static uint32_t variables[VARIABLES];
static uint32_t stack[16];

static void interpret(const uint32_t *code) {
    const uint32_t *next = code;
    uint32_t *top = stack;
    for (;;) {
        switch (*next++) {
            case PUSH: *top++ = *next++; break;
            case LOAD: *top++ = variables[*next++]; break;
            case STORE: variables[*next++] = *--top; break;
            case ADD: top--; top[-1] += *top; break;
            case MULTIPLY: top--; top[-1] *= *top; break;
            case AND: top--; top[-1] &= *top; break;
            case HALVE: top[-1] >>= 1; break;
            case LESS: top--; top[-1] = top[-1] < *top; break;
            case JUMP: next = code + *next; break;
            case JUMP_IF_ZERO: next = *--top == 0 ? code + *next : next + 1; break;
            default: return;
        }
    }
}

uint32_t guest_run(void) {
    for (int i = 0; i < VARIABLES; i++) {
        variables[i] = 0;
    }
    variables[LIMIT] = 10000;
    interpret(program);
    return variables[STEPS];
}
