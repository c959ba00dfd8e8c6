package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R10;
import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R13;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.RAX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RBX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RCX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSI;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSP;

import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.WalkTables;

/**
 * The page walk of 32-bit paging (4 KiB and 4 MiB pages) as routines that all regions share. It fills the TLB, and sets accessed
 * and dirty bits, where the access is allowed and tables and page lie where {@link WalkTables} knows. In all other cases the
 * exit is taken, and Java walks anew.
 *
 * <p>The guest's entries are only ever numbers of physical pages here, 20 bits by construction, that index {@link WalkTables#DIRECT};
 * what is read or entered lies in the page that this table names.
 */
class PageWalk {
    private static final int PRESENT = 1;
    private static final int WRITABLE = 1 << 1;
    private static final int USER = 1 << 2;
    private static final int ACCESSED = 1 << 5;
    private static final int DIRTY = 1 << 6;
    private static final int LARGE = 1 << 7;
    private static final int GLOBAL = 1 << 8;
    /** Of a 4 MiB page's entry: reserved bits, and those of addresses above 4 GiB. */
    private static final int BEYOND_4M = 0x3F_E000;

    private static final int CR0_WP = 1 << 16;
    private static final int CR4_PSE = 1 << 4;
    private static final int CR4_PGE = 1 << 7;
    private static final int PAGE = 0xFFFF_F000;
    private static final int ABOVE_OR_EQUAL = 3;
    /** The guest's registers that a walk uses. */
    private static final int[] SAVED = {RAX, RCX, RDX, RBX, RSI};

    private static final Address CR0 = Address.of(R15, StateBlock.CONTROL);
    private static final Address CR3 = Address.of(R15, StateBlock.CONTROL + 12);
    private static final Address CR4 = Address.of(R15, StateBlock.CONTROL + 16);

    private final Assembler asm;
    private long read;
    private long write;
    private long failed;

    PageWalk(Assembler asm) {
        this.asm = asm;
    }

    /**
     * Emits the routines.
     *
     * @param commonExit executable address of the code that leaves, with the exit's number in R9
     */
    void routines(long commonExit) {
        failed = asm.here();
        restore();
        asm.rri8(0x83, 8, 0, RSP, 8); // add
        asm.jmpTo(commonExit);
        read = routine(false);
        write = routine(true);
    }

    /**
     * Emits the call: behind it the TLB has the page of the linear address in R8, or the exit in R9 was taken. R10 and R11 are
     * used, flags are lost.
     */
    void call(boolean forWrite) {
        asm.byte1(0xE8);
        asm.bytes4((int) ((forWrite ? write : read) - (asm.here() + 4)));
    }

    /** Makes what forgets pages again. */
    PageInvalidation invalidation(Assembler assembler, MemoryAccess memory, ColdPaths cold) {
        return new PageInvalidation(assembler, memory, cold);
    }

    private void failIf(int condition) {
        asm.jccTo(condition, failed);
    }

    private void restore() {
        for (int i = SAVED.length - 1; i >= 0; i--) {
            asm.pop(SAVED[i]);
        }
    }

    private long routine(boolean forWrite) {
        long at = asm.here();
        for (int register : SAVED) {
            asm.push(register);
        }
        allowed();
        asm.load64(R10, Address.of(R15, StateBlock.WALK_TABLES));
        asm.load(RAX, CR3);
        entry(22, RBX, RDX);
        asm.rri8(0xF6, 1, 0, RDX, LARGE); // test
        int large = asm.jcc(Assembler.NOT_EQUAL);
        asm.mov(RAX, RDX);
        entry(12, RSI, R11);
        asm.rr(0x21, 4, R11, RDX); // and: the rights of both
        asm.mov(RAX, R11);
        asm.rri8(0xC1, 4, 5, RAX, 12); // shr
        int leaf = asm.size();
        // EAX: the physical page, EDX: rights, R11d: the last entry, RBX and RSI: where entries are
        asm.load64(RCX, new Address(R10, RAX, 3, WalkTables.DIRECT));
        asm.rr(0x85, 8, RCX, RCX); // test
        failIf(Assembler.EQUAL);
        rights(forWrite);
        // Should the walk fail from here on, Java sets the same bits.
        directoryMarked();
        marked(forWrite ? ACCESSED | DIRTY : ACCESSED);
        list();
        enter(forWrite);
        restore();
        asm.ret();
        asm.bind(large);
        large();
        asm.bind(asm.jmp(), leaf);
        return at;
    }

    /** Goes on if there are tables of 32-bit paging, and nothing that each access must be looked at for. */
    void allowed() {
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.WALK), 0); // cmp
        failIf(Assembler.EQUAL);
    }

    /**
     * Reads a table's entry for the address in R8 and goes on if it is present. RAX has the table's physical address; RAX and RCX
     * are used.
     *
     * @param where becomes the entry's host address, with bit 0 when it may be written
     */
    private void entry(int shift, int where, int to) {
        asm.rri8(0xC1, 4, 5, RAX, 12); // shr
        asm.load64(RCX, new Address(R10, RAX, 3, WalkTables.DIRECT));
        asm.rr(0x85, 8, RCX, RCX); // test
        failIf(Assembler.EQUAL);
        asm.mov(RAX, R8);
        asm.rri8(0xC1, 4, 5, RAX, shift);
        asm.rri(0x81, 4, 4, RAX, 0x3FF); // and
        asm.rm(0x8D, 8, where, new Address(RCX, RAX, 2, 0)); // lea
        asm.rri8(0x83, 8, 4, RCX, ~WalkTables.WRITABLE); // and
        asm.load(to, new Address(RCX, RAX, 2, 0));
        asm.rri8(0xF6, 1, 0, to, PRESENT); // test
        failIf(Assembler.EQUAL);
    }

    /** Sets the accessed bit of the directory's entry. Uses RDX. */
    void directoryMarked() {
        asm.mov64(RDX, RBX);
        asm.rri8(0x83, 8, 4, RDX, ~WalkTables.WRITABLE); // and
        asm.rmi8(0xF6, 1, 0, Address.of(RDX, 0), ACCESSED); // test
        int already = asm.jcc(Assembler.NOT_EQUAL);
        writable(RBX);
        asm.rmi8(0x83, 4, 1, Address.of(RDX, 0), ACCESSED); // or
        asm.bind(already);
    }

    /** Sets bits of the last entry. Uses RDX, RBX. */
    void marked(int bits) {
        asm.mov(RBX, R11);
        asm.rr(0xF7, 4, 2, RBX); // not
        asm.rri8(0xF6, 1, 0, RBX, bits); // test
        int already = asm.jcc(Assembler.EQUAL);
        writable(RSI);
        asm.mov64(RDX, RSI);
        asm.rri8(0x83, 8, 4, RDX, ~WalkTables.WRITABLE); // and
        asm.rmi8(0x83, 4, 1, Address.of(RDX, 0), bits); // or
        asm.bind(already);
    }

    /** Goes on if an entry may be written. */
    void writable(int where) {
        asm.rri(0xF7, 4, 0, where, WalkTables.WRITABLE); // test
        failIf(Assembler.EQUAL);
    }

    /** Of a directory's entry for 4 MiB in EDX: the physical page of the address. */
    private void large() {
        asm.rmi8(0xF6, 1, 0, CR4, CR4_PSE); // test
        failIf(Assembler.EQUAL);
        asm.rri(0xF7, 4, 0, RDX, BEYOND_4M); // test
        failIf(Assembler.NOT_EQUAL);
        noteLarge();
        asm.mov64(RSI, RBX);
        asm.mov(R11, RDX);
        asm.mov(RAX, RDX);
        asm.rri(0x81, 4, 4, RAX, 0xFFC0_0000); // and
        asm.mov(RCX, R8);
        asm.rri(0x81, 4, 4, RCX, 0x3F_F000);
        asm.rr(0x09, 4, RCX, RAX); // or
        asm.rri8(0xC1, 4, 5, RAX, 12); // shr
    }

    /** INVLPG drops all of the page. Should the walk fail now, a later one does more than it must. */
    void noteLarge() {
        asm.mov(RAX, R8);
        asm.rri8(0xC1, 4, 5, RAX, 22); // shr
        asm.rmi8(0xC6, 1, 0, new Address(R10, RAX, 0, WalkTables.LARGE), 1); // mov
    }

    /** Goes on if the access is allowed; bit 0 of RCX stays set if a write is, too. */
    private void rights(boolean forWrite) {
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.LEVEL), 3); // cmp
        int supervisor = asm.jccShort(Assembler.NOT_EQUAL);
        userPage();
        asm.rri8(0xF6, 1, 0, RDX, WRITABLE); // test
        int user = asm.jccShort(Assembler.NOT_EQUAL);
        int refused = asm.jmp();
        asm.bindShort(supervisor);
        asm.rri8(0xF6, 1, 0, RDX, WRITABLE);
        int allowed = asm.jccShort(Assembler.NOT_EQUAL);
        asm.rmi(0xF7, 4, 0, CR0, CR0_WP); // test
        int ignored = asm.jccShort(Assembler.EQUAL);
        asm.bind(refused);
        protect();
        asm.bindShort(user);
        asm.bindShort(allowed);
        asm.bindShort(ignored);
        if (forWrite) {
            asm.rri8(0xF6, 1, 0, RCX, WalkTables.WRITABLE); // test
            failIf(Assembler.EQUAL);
        } else {
            clean();
        }
    }

    /** The page is not for writing. */
    void protect() {
        asm.rri8(0x83, 8, 4, RCX, ~WalkTables.WRITABLE); // and
    }

    /** Goes on if level 3 may use the page. */
    void userPage() {
        asm.rri8(0xF6, 1, 0, RDX, USER); // test
        failIf(Assembler.EQUAL);
    }

    /** The first write to a page needs a walk of its own. */
    void clean() {
        asm.rri8(0xF6, 1, 0, R11, DIRTY); // test
        int dirty = asm.jccShort(Assembler.NOT_EQUAL);
        asm.rri8(0x83, 8, 4, RCX, ~WalkTables.WRITABLE); // and
        asm.bindShort(dirty);
    }

    /** Puts the page into the list that the next flush goes through. Uses RDX, R11; RAX becomes the linear page. */
    void list() {
        asm.rm(0x8D, 8, RDX, Address.of(R10, WalkTables.LOCAL)); // lea
        asm.rri(0xF7, 4, 0, R11, GLOBAL); // test
        int local = asm.jccShort(Assembler.EQUAL);
        asm.rmi(0xF7, 4, 0, CR4, CR4_PGE);
        int noGlobals = asm.jccShort(Assembler.EQUAL);
        asm.rri(0x81, 8, 0, RDX, WalkTables.GLOBAL - WalkTables.LOCAL); // add
        asm.bindShort(local);
        asm.bindShort(noGlobals);
        asm.load(R11, Address.of(RDX, 0));
        asm.rri(0x81, 4, 7, R11, WalkTables.LISTED); // cmp
        failIf(ABOVE_OR_EQUAL);
        asm.store(new Address(RDX, R11, 3, WalkTables.ELEMENTS + 4), RAX);
        asm.rmi8(0x83, 4, 0, Address.of(RDX, 0), 1); // add
        asm.mov(RAX, R8);
        asm.rri8(0xC1, 4, 5, RAX, 12); // shr
        asm.rmi8(0x83, 4, 7, Address.of(R15, StateBlock.LEVEL), 3); // cmp
        int supervisor = asm.jccShort(Assembler.NOT_EQUAL);
        asm.rri(0x81, 4, 1, RAX, WalkTables.USER); // or
        asm.bindShort(supervisor);
        asm.store(new Address(RDX, R11, 3, WalkTables.ELEMENTS), RAX);
    }

    /** Fills the entries: RCX has the page's host address, with bit 0 when it may be written. */
    private void enter(boolean forWrite) {
        asm.mov(RAX, R8);
        asm.mov(R11, R8);
        asm.rri8(0xC1, 4, 5, RAX, 12); // shr
        asm.rri(0x81, 4, 4, R11, PAGE); // and
        asm.mov64(RDX, RCX);
        asm.rri(0x81, 8, 4, RDX, PAGE);
        asm.rr(0x29, 8, R11, RDX); // sub
        asm.rm(0x89, 8, RDX, new Address(R13, RAX, 3, 0));
        if (!forWrite) {
            asm.rri8(0xF6, 1, 0, RCX, WalkTables.WRITABLE); // test
            int readOnly = asm.jccShort(Assembler.EQUAL);
            asm.rm(0x89, 8, RDX, new Address(R13, RAX, 3, Engine.WRITE_TABLE));
            asm.bindShort(readOnly);
        } else {
            asm.rm(0x89, 8, RDX, new Address(R13, RAX, 3, Engine.WRITE_TABLE));
        }
    }
}
