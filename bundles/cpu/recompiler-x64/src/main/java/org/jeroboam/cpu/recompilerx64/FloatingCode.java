package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSP;

/**
 * The code by which the host's floating-point units change hands: the guest's registers are loaded where they are first
 * needed and saved at the common exit, where the host gets back its control words and an empty x87 stack.
 */
final class FloatingCode {
    private static final Address LOADED = Address.of(R15, FloatingState.LOADED);
    private static final Address READY = Address.of(R15, FloatingState.READY);
    private static final Address IMAGE = Address.of(R15, FloatingState.IMAGE);
    private static final Address HOST_CONTROL = Address.of(R15, FloatingState.HOST_CONTROL);
    private static final Address HOST_MXCSR = Address.of(R15, FloatingState.HOST_MXCSR);

    private final Assembler asm;
    private final boolean avx;
    private long loader;

    FloatingCode(Assembler asm) {
        this.asm = asm;
        avx = HostProbe.host().avx();
    }

    /** Emits, on the way in: registers that were loaded when code was left for a moment are loaded again. */
    void enter() {
        asm.rmi8(0x80, 1, 7, LOADED, 0); // cmp
        int none = asm.jccShort(Assembler.EQUAL);
        load();
        asm.bindShort(none);
    }

    /** Emits, on the way out: the guest's registers go to their image. R8, R9 and R11 stay. */
    void leave() {
        asm.rmi8(0x80, 1, 7, LOADED, 0); // cmp
        int none = asm.jccShort(Assembler.EQUAL);
        asm.rm(0x0FAE, 4, 0, IMAGE); // fxsave
        asm.byte1(0xDB); // fninit
        asm.byte1(0xE3);
        asm.rm(0xD9, 4, 5, HOST_CONTROL); // fldcw
        asm.rm(0x0FAE, 4, 2, HOST_MXCSR); // ldmxcsr
        asm.bindShort(none);
    }

    private void load() {
        asm.rm(0xD9, 4, 7, HOST_CONTROL); // fnstcw
        asm.rm(0x0FAE, 4, 3, HOST_MXCSR); // stmxcsr
        if (avx) {
            asm.byte1(0xC5); // vzeroupper
            asm.byte1(0xF8);
            asm.byte1(0x77);
        }
        asm.rm(0x0FAE, 4, 1, IMAGE); // fxrstor
    }

    /**
     * Emits the routine that loads the guest's registers: called with the wanted bit in R8 and in R9 the number of the
     * exit that is taken when they are not at hand.
     */
    void loader(long commonExit) {
        loader = asm.here();
        asm.rmi8(0x80, 1, 7, LOADED, 0); // cmp
        int unusable = asm.jccShort(Assembler.NOT_EQUAL);
        asm.rm(0x84, 1, R8, READY); // test
        int absent = asm.jccShort(Assembler.EQUAL);
        asm.load(R10, READY);
        asm.store(LOADED, R10);
        load();
        asm.ret();
        asm.bindShort(unusable);
        asm.bindShort(absent);
        asm.rri8(0x83, 8, 0, RSP, 8); // add
        asm.jmpTo(commonExit);
    }

    /** Emits the look whether registers are loaded. @return the jump taken when not */
    int check(int need) {
        asm.rmi8(0xF6, 1, 0, LOADED, need); // test
        return asm.jcc(Assembler.EQUAL);
    }

    /** Emits the call of the loader, with the exit in R9. */
    void callLoader(int need) {
        asm.movi(R8, need);
        asm.byte1(0xE8);
        asm.bytes4((int) (loader - (asm.here() + 4)));
    }
}
