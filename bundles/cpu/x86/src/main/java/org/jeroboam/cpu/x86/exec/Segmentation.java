package org.jeroboam.cpu.x86.exec;

/**
 * Descriptor tables and loads of segment registers (Intel SDM volume 3, chapter 5; volume 2, MOV). A method that
 * throws has changed no register; callers that load several registers call {@link Cpu#modeChanged} through the last
 * of them.
 */
final class Segmentation {
    /** High word of the descriptor that {@link #fetch} found last. */
    int high;
    /** Its low word. */
    int low;
    /** Its linear address. */
    int address;

    /** 1 while an exception or external interrupt is being delivered: the EXT bit of error codes. */
    int external;

    /** For transfers that push. */
    final PendingStack pending;

    private final Cpu cpu;

    Segmentation(Cpu cpu) {
        this.cpu = cpu;
        pending = new PendingStack(cpu);
    }

    /**
     * Reads the descriptor of a selector into {@link #low}, {@link #high} and {@link #address}.
     *
     * @return false when it lies outside its table
     */
    boolean fetch(int selector) {
        int tableBase = cpu.gdtBase;
        int tableLimit = cpu.gdtLimit;
        if ((selector & 4) != 0) {
            if ((cpu.attr[Cpu.LDTR] & Cpu.ATTR_PRESENT) == 0) {
                return false;
            }
            tableBase = cpu.base[Cpu.LDTR];
            tableLimit = cpu.limit[Cpu.LDTR];
        }
        int offset = selector & 0xFFF8;
        if (Integer.compareUnsigned(offset + 7, tableLimit) > 0) {
            return false;
        }
        int linear = tableBase + offset;
        int lowWord = cpu.mmu.readSystem32(linear);
        high = cpu.mmu.readSystem32(linear + 4);
        low = lowWord;
        address = linear;
        return true;
    }

    /** As {@link #fetch}, with a fault of the given vector and the selector as error code when outside the table. */
    void fetchOrFault(int selector, int vector) {
        if (!fetch(selector)) {
            throw selectorFault(vector, selector);
        }
    }

    /** A fault whose error code is a selector. */
    GuestFault selectorFault(int vector, int selector) {
        return cpu.fault(vector, selector & 0xFFFC | external);
    }

    /** A fault whose error code is 0, or EXT alone. */
    GuestFault plainFault(int vector) {
        return cpu.fault(vector, external);
    }

    /** Sets the accessed bit of the descriptor fetched last, in memory too. */
    void touch() {
        high = touched(address, high);
    }

    /** Sets the accessed bit of a code or data descriptor. @return the new high word */
    int touched(int descriptorAddress, int highWord) {
        if ((highWord & Descriptor.HIGH_ACCESSED) != 0) {
            return highWord;
        }
        int marked = highWord | Descriptor.HIGH_ACCESSED;
        cpu.mmu.writeSystem8(descriptorAddress + 5, marked >>> 8 & 0xFF);
        return marked;
    }

    /** Puts a descriptor into a register, without {@link Cpu#modeChanged}. */
    void install(int register, int selector, int lowWord, int highWord) {
        cpu.selector[register] = selector & 0xFFFF;
        cpu.base[register] = Descriptor.base(lowWord, highWord);
        cpu.limit[register] = Descriptor.limit(lowWord, highWord);
        cpu.attr[register] = Descriptor.attributes(highWord);
    }

    /** Makes a register unusable, without {@link Cpu#modeChanged}. */
    void installNull(int register, int selector) {
        cpu.selector[register] = selector & 0xFFFF;
        cpu.base[register] = 0;
        cpu.limit[register] = 0;
        cpu.attr[register] = Descriptor.ATTR_NULL;
    }

    /** Loads a register as V86 mode does, without {@link Cpu#modeChanged}. */
    void installV86(int register, int selector) {
        cpu.selector[register] = selector & 0xFFFF;
        cpu.base[register] = (selector & 0xFFFF) << 4;
        cpu.limit[register] = 0xFFFF;
        cpu.attr[register] = Descriptor.ATTR_V86;
    }

    /**
     * Loads a register as real mode does, without {@link Cpu#modeChanged}: limit and size stay as protected mode
     * left them, except in a register that it left unusable.
     */
    void installReal(int register, int selector) {
        cpu.selector[register] = selector & 0xFFFF;
        cpu.base[register] = (selector & 0xFFFF) << 4;
        if ((cpu.attr[register] & Cpu.ATTR_PRESENT) == 0) {
            cpu.limit[register] = 0xFFFF;
            cpu.attr[register] = Descriptor.ATTR_REAL;
        } else {
            cpu.attr[register] = cpu.attr[register] & 0xF000 | Descriptor.ATTR_REAL;
        }
    }

    /** Loads a register outside protected mode proper, without {@link Cpu#modeChanged}. */
    void installRealOrV86(int register, int selector) {
        if (cpu.v86()) {
            installV86(register, selector);
        } else {
            installReal(register, selector);
        }
    }

    /**
     * Loads ES, SS, DS, FS or GS by MOV, POP or a far pointer load, in any mode.
     *
     * @throws GuestFault #GP, #SS, #NP or #PF, with nothing changed
     */
    void load(int register, int selector) {
        if (!cpu.protectedNotV86()) {
            installRealOrV86(register, selector);
        } else if (register == Cpu.SS) {
            checkStack(selector, cpu.cpl, GuestFault.GP);
            touch();
            install(Cpu.SS, selector, low, high);
        } else if (Descriptor.isNull(selector)) {
            installNull(register, selector);
        } else {
            checkData(selector, cpu.cpl, GuestFault.GP);
            touch();
            install(register, selector, low, high);
        }
        cpu.modeChanged();
    }

    /**
     * Fetches the descriptor of a stack segment and checks it.
     *
     * @param selector new SS
     * @param level privilege that RPL and DPL must equal
     * @param vector #GP for loads, #TS for stacks from a TSS
     */
    void checkStack(int selector, int level, int vector) {
        if (Descriptor.isNull(selector)) {
            // The selector's RPL does not count as an error code.
            throw plainFault(vector);
        }
        fetchOrFault(selector, vector);
        if ((selector & 3) != level || !Descriptor.isWritableData(high) || Descriptor.dpl(high) != level) {
            throw selectorFault(vector, selector);
        }
        if (!Descriptor.isPresent(high)) {
            throw selectorFault(GuestFault.SS, selector);
        }
    }

    /**
     * Fetches the descriptor of a data segment and checks it.
     *
     * @param selector not null
     * @param level current privilege
     * @param vector #GP for loads, #TS in a task switch
     */
    void checkData(int selector, int level, int vector) {
        fetchOrFault(selector, vector);
        int dpl = Descriptor.dpl(high);
        if (!Descriptor.isReadable(high) || !Descriptor.isConforming(high) && ((selector & 3) > dpl || level > dpl)) {
            throw selectorFault(vector, selector);
        }
        if (!Descriptor.isPresent(high)) {
            throw selectorFault(GuestFault.NP, selector);
        }
    }

    /** After a return to an outer level: makes data registers unusable that the new CPL may not use. */
    void dropInaccessible() {
        for (int register = Cpu.ES; register <= Cpu.GS; register++) {
            if (register == Cpu.CS || register == Cpu.SS) {
                continue;
            }
            int attr = cpu.attr[register];
            boolean conforming = (attr & 0x1C) == 0x1C;
            if ((attr & Cpu.ATTR_PRESENT) == 0 || !conforming && (attr >>> 5 & 3) < cpu.cpl) {
                installNull(register, 0);
            }
        }
    }

    /** Loads CS and SS with the flat segments of SYSENTER and SYSEXIT and sets CPL. */
    void loadFlat(int codeSelector, int stackSelector, int level) {
        installFlat(Cpu.CS, codeSelector, 0xC09B | level << 5);
        installFlat(Cpu.SS, stackSelector, 0xC093 | level << 5);
        cpu.cpl = level;
    }

    private void installFlat(int register, int selector, int attributes) {
        cpu.selector[register] = selector & 0xFFFF;
        cpu.base[register] = 0;
        cpu.limit[register] = -1;
        cpu.attr[register] = attributes;
    }
}
