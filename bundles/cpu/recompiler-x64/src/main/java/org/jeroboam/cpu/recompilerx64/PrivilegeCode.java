package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R13;
import static org.jeroboam.cpu.recompilerx64.Assembler.R14;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RCX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDX;

import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.exec.Engine;

/**
 * Loads of segment registers and changes of privilege between levels 0 and 3, for flat code and stacks: routines that all
 * regions share. Each checks everything first, among that the descriptors' bytes against {@link KnownDescriptors},
 * and comes back with nothing changed, a load with ZF clear, when the instruction must be left to the interpreter. Otherwise a load
 * returns with ZF set, and a transfer goes on at its target. They use R8 to R11.
 */
class PrivilegeCode {
    private static final int ES = 0;
    private static final int CS = 1;
    private static final int SS = 2;
    private static final int DS = 3;
    private static final int GS = 5;

    private static final int LAHF_BITS = EFlags.SF | EFlags.ZF | EFlags.AF | EFlags.PF | EFlags.CF;
    /** Flags that IRET must not change: the interpreter does. */
    private static final int RARE =
            EFlags.TF | EFlags.NT | EFlags.IOPL | EFlags.VM | EFlags.AC | EFlags.VIF | EFlags.VIP | EFlags.ID;
    /** ES, DS, FS and GS in {@link StateBlock#OUTER}, four bytes each. */
    private static final int OUTER_LOW = 0x0100_0001;

    private static final int OUTER_HIGH = 0x0101;

    private final Assembler asm;
    private final Links links;
    private final long[] loads = new long[12];
    private long failed;
    private long interrupt;
    private long fault;
    private long event;
    private long returning;
    private long enter;
    private long exit;

    PrivilegeCode(Assembler asm, Links links) {
        this.asm = asm;
        this.links = links;
    }

    /**
     * Emits the routines.
     *
     * @param commonExit executable address of the code that leaves, with the exit's number in R9
     * @param refused the exit when an event cannot be delivered
     */
    void routines(long commonExit, int refused) {
        failed = asm.here();
        asm.rr(0x85, 8, R15, R15); // test: ZF is clear
        asm.ret();
        for (int register : new int[] {ES, DS, 4, GS}) {
            loads[register] = load(register, false);
            loads[6 + register] = load(register, true);
        }
        failed = asm.here();
        asm.jmp(state(StateBlock.REFUSED));
        enter = enter();
        exit = exit();
        returning = returning();
        interrupt = gate(false);
        long withError = gate(true);
        fault = entry(withError, commonExit, refused);
        event = entry(interrupt, commonExit, refused);
    }

    /** Code that delivers a page fault: the way in from outside, with {@link StateBlock#WANTED}, RETURN and ERROR set. */
    long fault() {
        return fault;
    }

    /** Code that delivers an event without error code. */
    long event() {
        return event;
    }

    /** Calls the load of ES, DS, FS or GS with the selector in R11. */
    void callLoad(int register, boolean user) {
        asm.callTo(loads[(user ? 6 : 0) + register]);
    }

    void callEnter() {
        transfer(enter);
    }

    void callExit() {
        transfer(exit);
    }

    /** Calls IRET, the address of its frame as after a check: R9 and R8. */
    void callReturn() {
        transfer(returning);
    }

    /** Calls an event without error code, the event in R11 and RETURN set. */
    void callInterrupt() {
        transfer(interrupt);
    }

    /** Goes to a routine that comes back here when it refuses. No host's call, which the host would expect to return. */
    private void transfer(long routine) {
        asm.byte1(0x4C); // lea r10, [rip + n]
        asm.byte1(0x8D);
        asm.byte1(0x15);
        asm.bytes4(0);
        int behind = asm.size();
        asm.rm(0x89, 8, R10, state(StateBlock.REFUSED));
        asm.jmpTo(routine);
        asm.bind(behind);
    }

    private void failOn(int condition) {
        asm.jccTo(condition, failed);
    }

    private static Address state(int field) {
        return Address.of(R15, field);
    }

    private static Address segment(int field, int register) {
        return Address.of(R15, field + 4 * register);
    }

    private static Address top(int field, int register) {
        return Address.of(R15, field + 8 * register);
    }

    /** Goes on at level 3 or at level 0 alone. */
    private void level(boolean user) {
        asm.rmi8(0x83, 4, 7, state(StateBlock.LEVEL), user ? 3 : 0); // cmp
        failOn(Assembler.NOT_EQUAL);
    }

    /** Selectors and the code's offset belong to the x87's last instruction until that was settled. */
    private void settled() {
        asm.load(R8, state(FloatingState.LAST_INSTRUCTION));
        asm.rm(0x0B, 4, R8, state(FloatingState.LAST_SEGMENT)); // or
        failOn(Assembler.NOT_EQUAL);
    }

    /** Looks up a system address in R8: R10 becomes host minus linear address. Uses R11. */
    private void system(int table) {
        asm.mov(R10, R8);
        asm.rri8(0xC1, 4, 5, R10, 12); // shr
        asm.load64(R11, state(StateBlock.SUPERVISOR_TABLE));
        asm.load64(R10, new Address(R11, R10, 3, table));
        asm.rr(0x85, 8, R10, R10); // test
        int here = asm.jccShort(Assembler.NOT_EQUAL);
        asm.jmpTo(failed);
        asm.bindShort(here);
    }

    /** Goes on if the eight bytes that an entry (R9) tells of are the same. Uses R8, R10, R11. */
    private void same(int address, int raw) {
        asm.load(R8, Address.of(R9, address));
        system(0);
        asm.load64(R10, new Address(R10, R8, 0, 0));
        compare(raw);
    }

    /** Goes on if R10 is what the entry remembers. */
    void compare(int raw) {
        asm.rm(0x3B, 8, R10, Address.of(R9, raw)); // cmp
        failOn(Assembler.NOT_EQUAL);
    }

    /** Goes on if the flags in R9 tell of an ordinary return: no task switch, no single step, no alignment checks. */
    void plainReturn() {
        asm.rri(0xF7, 4, 0, R9, EFlags.TF | EFlags.NT | EFlags.AC); // test
        failOn(Assembler.NOT_EQUAL);
    }

    /** Goes on if the entry's data segment is flat, as DS and ES are wherever there is code. */
    void flatData() {
        asm.rmi8(0x83, 4, 7, Address.of(R9, KnownDescriptors.FLAT), 1); // cmp
        failOn(Assembler.NOT_EQUAL);
    }

    /** Goes on if no data segment register is lost by a return to level 3. */
    void outer() {
        asm.load(R8, state(StateBlock.OUTER));
        asm.rri(0x81, 4, 4, R8, OUTER_LOW);
        asm.rri(0x81, 4, 7, R8, OUTER_LOW);
        failOn(Assembler.NOT_EQUAL);
        asm.load(R8, state(StateBlock.OUTER + 4));
        asm.rri(0x81, 4, 4, R8, OUTER_HIGH);
        asm.rri(0x81, 4, 7, R8, OUTER_HIGH);
        failOn(Assembler.NOT_EQUAL);
    }

    /** Finds the entry of the selector in R11: R9. Uses R8, R10, R11. */
    private void known(int use) {
        asm.mov(R9, R11);
        asm.rri(0x81, 4, 4, R9, 8 * (KnownDescriptors.ENTRIES - 1)); // and
        asm.rm(0x8D, 8, R9, new Address(R15, R9, 3, use)); // lea: entries have 64 bytes
        asm.rm(0x3B, 4, R11, Address.of(R9, KnownDescriptors.KEY));
        failOn(Assembler.NOT_EQUAL);
        same(KnownDescriptors.ADDRESS, KnownDescriptors.RAW);
    }

    private void copy(Address to, Address from, int register) {
        asm.load(register, from);
        asm.store(to, register);
    }

    private void copy64(Address to, Address from, int register) {
        asm.load64(register, from);
        asm.rm(0x89, 8, register, to);
    }

    private void changed() {
        asm.rmi(0xC7, 4, 0, state(StateBlock.SEGMENTS_CHANGED), 1);
    }

    private void set(Address field, int value) {
        asm.rmi(0xC7, 4, 0, field, value);
    }

    private long load(int register, boolean user) {
        long at = asm.here();
        asm.store(state(StateBlock.WANTED), R11);
        level(user);
        asm.rmi8(0x83, 4, 7, state(FloatingState.LAST_SEGMENT), 0); // cmp
        failOn(Assembler.NOT_EQUAL);
        boolean flat = register == ES || register == DS;
        int loaded = -1;
        if (!flat) {
            asm.rri(0xF7, 4, 0, R11, 0xFFFC); // test
            loaded = asm.jcc(Assembler.NOT_EQUAL);
            nothing(register);
            asm.bind(loaded);
        }
        known(user ? KnownDescriptors.DATA_3 : KnownDescriptors.DATA_0);
        if (flat) {
            flatData();
        }
        copy(segment(StateBlock.SELECTOR, register), Address.of(R9, KnownDescriptors.KEY), R8);
        copy(segment(StateBlock.ATTRIBUTES, register), Address.of(R9, KnownDescriptors.ATTRIBUTES), R8);
        copy(segment(StateBlock.BASE, register), Address.of(R9, KnownDescriptors.BASE), R8);
        copy(segment(StateBlock.LIMIT, register), Address.of(R9, KnownDescriptors.LIMIT), R8);
        copy64(top(StateBlock.READ_TOP, register), Address.of(R9, KnownDescriptors.READ_TOP), R8);
        copy64(top(StateBlock.WRITE_TOP, register), Address.of(R9, KnownDescriptors.WRITE_TOP), R8);
        asm.load(R8, Address.of(R9, KnownDescriptors.OUTER));
        asm.rm(0x88, 1, R8, state(StateBlock.OUTER + register));
        succeed();
        return at;
    }

    private void nothing(int register) {
        asm.store(segment(StateBlock.SELECTOR, register), R11);
        set(segment(StateBlock.ATTRIBUTES, register), 0);
        set(segment(StateBlock.BASE, register), 0);
        set(segment(StateBlock.LIMIT, register), 0);
        asm.rmi(0xC7, 8, 0, top(StateBlock.READ_TOP, register), -1);
        asm.rmi(0xC7, 8, 0, top(StateBlock.WRITE_TOP, register), -1);
        asm.rr(0x85, 4, R11, R11); // test
        asm.rm(0x0F94, 1, 0, state(StateBlock.OUTER + register)); // sete
        succeed();
    }

    private void succeed() {
        changed();
        asm.rr(0x31, 4, R8, R8); // xor: ZF is set
        asm.ret();
    }

    /** Goes to a level, with the offset in R11. */
    private void go(boolean fromUser, boolean user) {
        set(state(StateBlock.LEVEL), user ? 3 : 0);
        changed();
        asm.load64(R13, state(user ? StateBlock.USER_TABLE : StateBlock.SUPERVISOR_TABLE));
        copy64(state(StateBlock.LOOKUP), state(user ? StateBlock.USER_LOOKUP : StateBlock.SUPERVISOR_LOOKUP), R8);
        if (fromUser != user) {
            stack(user);
        }
        links.lookup(user);
    }

    /** Changes the stack of {@link Returns} with the level. */
    void stack(boolean user) {
        if (user) {
            Returns.leaveSystem(asm);
        } else {
            Returns.enterSystem(asm);
        }
    }

    /** SYSENTER. */
    private long enter() {
        long at = asm.here();
        asm.rmi8(0x83, 4, 7, state(StateBlock.SYSENTER), 0); // cmp
        int usable = asm.jccShort(Assembler.NOT_EQUAL);
        asm.jmpTo(failed);
        asm.bindShort(usable);
        asm.rmi(0xF7, 4, 0, state(StateBlock.SYSTEM_FLAGS), EFlags.TF); // test
        failOn(Assembler.NOT_EQUAL);
        settled();
        level(true);
        asm.load(R8, state(StateBlock.SYSENTER));
        flat(0);
        asm.rmi(0x81, 4, 4, state(StateBlock.SYSTEM_FLAGS), ~EFlags.IF); // and
        asm.load(R12, state(StateBlock.SYSENTER + 4));
        asm.load(R11, state(StateBlock.SYSENTER + 8));
        go(true, false);
        return at;
    }

    /** SYSEXIT. */
    private long exit() {
        long at = asm.here();
        level(false);
        asm.rmi8(0x83, 4, 7, state(StateBlock.SYSENTER), 0); // cmp
        int usable = asm.jccShort(Assembler.NOT_EQUAL);
        asm.jmpTo(failed);
        asm.bindShort(usable);
        asm.rmi(0xF7, 4, 0, state(StateBlock.SYSTEM_FLAGS), EFlags.TF | EFlags.AC); // test
        failOn(Assembler.NOT_EQUAL);
        settled();
        asm.load(R8, state(StateBlock.SYSENTER));
        asm.lea(R8, Address.of(R8, 16 + 3));
        flat(3);
        asm.mov(R12, RCX);
        asm.mov(R11, RDX);
        go(false, true);
        return at;
    }

    /** Loads CS with the selector in R8 and SS with the next one, flat, for a level. */
    private void flat(int level) {
        asm.rr(0x0FB7, 4, R8, R8); // movzx
        asm.store(segment(StateBlock.SELECTOR, CS), R8);
        asm.lea(R8, Address.of(R8, 8));
        asm.rr(0x0FB7, 4, R8, R8);
        asm.store(segment(StateBlock.SELECTOR, SS), R8);
        set(segment(StateBlock.ATTRIBUTES, CS), 0xC09B | level << 5);
        set(segment(StateBlock.ATTRIBUTES, SS), 0xC093 | level << 5);
        asm.movi(R8, -1);
        asm.rm(0x89, 8, R8, top(StateBlock.READ_TOP, CS));
    }

    /** IRET at level 0, to level 0 or 3. R9 and R8 lead to its frame, all in one page. */
    private long returning() {
        long at = asm.here();
        level(false);
        asm.rr(0x01, 8, R9, R8); // add
        asm.rm(0x89, 8, R8, state(StateBlock.FRAME));
        asm.rmi8(0x83, 4, 7, state(StateBlock.GUARDED), 0); // cmp
        failOn(Assembler.NOT_EQUAL);
        asm.load(R9, Address.of(R8, 8));
        asm.mov(R10, R9);
        asm.rm(0x33, 4, R10, state(StateBlock.SYSTEM_FLAGS)); // xor
        asm.rri(0xF7, 4, 0, R10, RARE); // test
        failOn(Assembler.NOT_EQUAL);
        plainReturn();
        asm.rm(0x0FB7, 4, R11, Address.of(R8, 4)); // movzx
        settled();
        known(KnownDescriptors.CODE);
        asm.load64(R8, state(StateBlock.FRAME));
        asm.rmi8(0xF6, 1, 0, Address.of(R8, 4), 3); // test
        int inner = asm.jcc(Assembler.EQUAL);
        copy(state(StateBlock.NEW_ATTRIBUTES), Address.of(R9, KnownDescriptors.ATTRIBUTES), R10);
        copy64(state(StateBlock.NEW_TOP), Address.of(R9, KnownDescriptors.READ_TOP), R10);
        asm.rm(0x0FB7, 4, R11, Address.of(R8, 16));
        known(KnownDescriptors.STACK);
        outer();
        copy(segment(StateBlock.SELECTOR, SS), Address.of(R9, KnownDescriptors.KEY), R8);
        copy(segment(StateBlock.ATTRIBUTES, SS), Address.of(R9, KnownDescriptors.ATTRIBUTES), R8);
        copy(segment(StateBlock.ATTRIBUTES, CS), state(StateBlock.NEW_ATTRIBUTES), R8);
        copy64(top(StateBlock.READ_TOP, CS), state(StateBlock.NEW_TOP), R8);
        asm.load64(R9, state(StateBlock.FRAME));
        asm.load(R12, Address.of(R9, 12));
        returned();
        go(false, true);
        asm.bind(inner);
        copy(segment(StateBlock.ATTRIBUTES, CS), Address.of(R9, KnownDescriptors.ATTRIBUTES), R10);
        copy64(top(StateBlock.READ_TOP, CS), Address.of(R9, KnownDescriptors.READ_TOP), R10);
        asm.mov64(R9, R8);
        asm.lea(R12, Address.of(R12, 12));
        returned();
        go(false, false);
        return at;
    }

    /** Takes CS, flags and EIP (to R11) from the frame at R9. */
    private void returned() {
        asm.rm(0x0FB7, 4, R8, Address.of(R9, 4));
        asm.store(segment(StateBlock.SELECTOR, CS), R8);
        asm.load(R10, Address.of(R9, 8));
        asm.rmi(0x81, 4, 4, state(StateBlock.SYSTEM_FLAGS), ~(EFlags.IF | EFlags.DF)); // and
        asm.mov(R8, R10);
        asm.rri(0x81, 4, 4, R8, EFlags.IF | EFlags.DF);
        asm.rm(0x09, 4, R8, state(StateBlock.SYSTEM_FLAGS)); // or
        asm.rri(0xF7, 4, 0, R10, EFlags.RF); // test
        int plain = asm.jccShort(Assembler.EQUAL);
        asm.store(state(StateBlock.RESUME), R14);
        asm.bindShort(plain);
        asm.mov(R8, R10);
        asm.rri8(0xC1, 4, 5, R8, 11); // shr: OF
        asm.rri8(0x83, 4, 4, R8, 1);
        asm.rri(0x81, 4, 4, R10, LAHF_BITS);
        asm.rri8(0xC1, 4, 4, R10, 8); // shl
        asm.rr(0x09, 4, R8, R10);
        asm.rm(0x89, 2, R10, state(StateBlock.FLAGS));
        asm.load(R11, Address.of(R9, 0));
    }

    /** An event through a gate, as R11 says. */
    private long gate(boolean error) {
        long at = asm.here();
        asm.store(state(StateBlock.WANTED), R11);
        asm.mov(R9, R11);
        asm.rri(0x81, 4, 4, R9, KnownDescriptors.GATE_COUNT - 1); // and
        asm.rri8(0xC1, 4, 4, R9, 7); // shl
        asm.rm(0x8D, 8, R9, new Address(R15, R9, 0, KnownDescriptors.GATES)); // lea
        asm.rm(0x3B, 4, R11, Address.of(R9, KnownDescriptors.KEY));
        failOn(Assembler.NOT_EQUAL);
        asm.rmi(0xF7, 4, 0, state(StateBlock.SYSTEM_FLAGS), EFlags.TF | EFlags.NT); // test
        failOn(Assembler.NOT_EQUAL);
        settled();
        same(KnownDescriptors.ADDRESS, KnownDescriptors.RAW);
        same(KnownDescriptors.CODE_ADDRESS, KnownDescriptors.CODE_RAW);
        asm.rmi(0xF7, 4, 0, Address.of(R9, KnownDescriptors.KEY), KnownDescriptors.FROM_USER);
        int inner = asm.jcc(Assembler.EQUAL);
        level(true);
        same(KnownDescriptors.STACK_ADDRESS, KnownDescriptors.STACK_RAW);
        asm.load(R8, Address.of(R9, KnownDescriptors.POINTER));
        system(0);
        asm.rm(0x8D, 8, R10, new Address(R10, R8, 0, 0)); // lea
        asm.rm(0x0FB7, 4, R11, Address.of(R10, 4));
        asm.rm(0x3B, 4, R11, Address.of(R9, KnownDescriptors.STACK_SELECTOR));
        failOn(Assembler.NOT_EQUAL);
        asm.load(R8, Address.of(R10, 0));
        push(error, true);
        asm.bind(inner);
        level(false);
        asm.mov(R8, R12);
        push(error, false);
        return at;
    }

    /** Pushes onto the stack whose pointer R8 is, and goes on. */
    private void push(boolean error, boolean fromUser) {
        int size = 4 * ((error ? 1 : 0) + (fromUser ? 5 : 3));
        int first = error ? 4 : 0;
        asm.lea(R8, Address.of(R8, -size));
        MemoryAccess.withinPage(asm, size);
        failOn(Assembler.ABOVE);
        system(Engine.WRITE_TABLE);
        asm.rr(0x01, 8, R8, R10); // add
        copy(Address.of(R10, first), state(StateBlock.RETURN), R11);
        copy(Address.of(R10, first + 4), segment(StateBlock.SELECTOR, CS), R11);
        asm.rm(0x0FB6, 4, R11, state(StateBlock.FLAGS)); // movzx
        asm.rri8(0xC1, 4, 4, R11, 11); // shl: OF
        asm.store(state(StateBlock.NEW_STACK), R11);
        asm.rm(0x0FB6, 4, R11, state(StateBlock.FLAGS_LAHF));
        asm.rri(0x81, 4, 4, R11, LAHF_BITS);
        asm.rm(0x0B, 4, R11, state(StateBlock.NEW_STACK)); // or
        asm.rm(0x0B, 4, R11, state(StateBlock.SYSTEM_FLAGS));
        if (error) {
            asm.rri(0x81, 4, 1, R11, EFlags.RF); // or
        }
        asm.store(Address.of(R10, first + 8), R11);
        if (error) {
            copy(Address.of(R10, 0), state(StateBlock.ERROR), R11);
        }
        if (fromUser) {
            asm.store(Address.of(R10, first + 12), R12);
            copy(Address.of(R10, first + 16), segment(StateBlock.SELECTOR, SS), R11);
            copy(segment(StateBlock.SELECTOR, SS), Address.of(R9, KnownDescriptors.STACK_SELECTOR), R11);
            copy(segment(StateBlock.ATTRIBUTES, SS), Address.of(R9, KnownDescriptors.STACK_ATTRIBUTES), R11);
        }
        asm.mov(R12, R8);
        copy(segment(StateBlock.SELECTOR, CS), Address.of(R9, KnownDescriptors.CODE_SELECTOR), R11);
        copy(segment(StateBlock.ATTRIBUTES, CS), Address.of(R9, KnownDescriptors.ATTRIBUTES), R11);
        copy64(top(StateBlock.READ_TOP, CS), Address.of(R9, KnownDescriptors.CODE_TOP), R11);
        asm.load(R11, Address.of(R9, KnownDescriptors.FLAGS));
        asm.rm(0x21, 4, R11, state(StateBlock.SYSTEM_FLAGS)); // and
        asm.load(R11, Address.of(R9, KnownDescriptors.TARGET));
        go(fromUser, false);
    }

    /** The way in for an event that comes from outside. */
    private long entry(long routine, long commonExit, int refused) {
        long at = asm.here();
        asm.load(R11, state(StateBlock.WANTED));
        transfer(routine);
        asm.movi(R9, refused);
        asm.jmpTo(commonExit);
        return at;
    }
}
