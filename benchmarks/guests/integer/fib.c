/* Calls, returns and stack traffic: Fibonacci numbers by plain recursion. */
#include "guest.h"

GUEST(0x00148addu)

__attribute__((noinline, optimize("no-optimize-sibling-calls"))) static uint32_t fib(uint32_t n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static uint32_t volatile argument = 31;

uint32_t guest_run(void) {
    return fib(argument);
}
