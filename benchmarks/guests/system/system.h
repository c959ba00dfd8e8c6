/* A kernel's smallest set of parts, for the guests that measure what an operating system asks of a machine (system.asm).
   Handlers are written in assembly beside the guest that has them, and entered with interrupts off. */
#include "guest.h"

#define KERNEL_CODE 0x08
#define USER_CODE 0x1B
#define USER_DATA 0x23

#define PAGE 4096
#define PRESENT 1u
#define WRITABLE 2u
#define USER 4u

#define INTERRUPTS 0x20 /* vector of line 0 */

/* Of start.asm: the first 64 MiB one to one, and the tables of that, one behind the other. */
extern uint32_t page_directory[1024];
extern uint32_t page_tables[];

/* Loads descriptor tables and a task state, opens all pages to user programs. Once; further calls do nothing. */
void system_start(void);

/* Has a handler called for a vector; user programs may raise it themselves if said so. */
void system_gate(uint32_t vector, void (*handler)(void), uint32_t open_to_user);

/* Runs a user program on a stack of its own, without interrupts, until it calls system_return. */
void system_user(void (*program)(void));
static inline void system_return(void) {
    __asm__ volatile("int $0x81");
}

/* Moves the interrupt lines to INTERRUPTS and lets one of them pass. */
void system_line(uint32_t line);

static inline void out8(uint32_t port, uint32_t value) {
    __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void out32(uint32_t port, uint32_t value) {
    __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint32_t in8(uint32_t port) {
    uint8_t value;
    __asm__ volatile("inb %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline uint32_t in32(uint32_t port) {
    uint32_t value;
    __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void set_cr3(const uint32_t *directory) {
    __asm__ volatile("movl %0, %%cr3" : : "r"(directory) : "memory");
}

static inline void forget_page(const void *address) {
    __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline uint32_t *page_entry(const void *address) {
    return &page_tables[(uint32_t) address / PAGE];
}
