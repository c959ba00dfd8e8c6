package org.jeroboam.cpu.x86.exec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/**
 * Decoded instructions, kept by physical page so that they survive changes of CR3. Code is dropped by the page: when
 * the map says that decoded bytes are written (it knows lines; what lies beside code in them may change), when the page's mapping changes, and all of it when there is too much.
 *
 * <p>Links between instructions of one page and view are free; all others carry {@link Cpu#stamp} and are looked up
 * again when it has moved.
 */
final class CodeCache {
    /** Instruction objects to keep; with their tables and what an accelerator knows of them some 200 bytes each. */
    private static final int CAPACITY = Integer.getInteger("jeroboam.cpu.instructions", 400_000);
    /** Instructions decoded ahead in one go. */
    private static final int RUN = 64;

    /** What a page or a view of it counts as, in instructions. */
    static final int VIEW = 16;

    private static final int RECENT = 1024;
    private static final int PAGE = MemoryMap.PAGE_SIZE;

    private final Cpu cpu;
    private final MemoryMap memory;
    private final Decoder decoder;
    private final Fetcher fetcher;
    private final Instruction in = new Instruction();
    private final Linker linker = new Linker();
    private final Peephole peephole = new Peephole(RUN);
    private final CodeBytes records = new CodeBytes();

    /** By physical page, 1024 to a row; 36 bits of address. */
    private final CodePage[][] pages = new CodePage[1 << 14][];

    final AddressSpaces spaces;

    /** Every page entered into {@link #pages} since the last flush. */
    private final List<CodePage> known = new ArrayList<>();

    /** By linear page, direct-mapped. */
    private final PageCode[] recent = new PageCode[RECENT];

    private int count;
    /** The page whose marks this cache is changing: its own notifications about it are no news. */
    private long marking = -1;

    CodeCache(Cpu cpu) {
        this.cpu = cpu;
        this.memory = cpu.bus.memory();
        this.fetcher = new Fetcher(cpu);
        this.spaces = new AddressSpaces(cpu);
        this.decoder = new Decoder(cpu.model.features());
    }

    /**
     * The instruction at a CS offset.
     *
     * @throws GuestFault page fault or #GP of the fetch
     */
    Insn find(int eip) {
        PageCode page = locate(eip);
        return page == null ? uncached(eip) : entry(page, eip);
    }

    /**
     * The instruction at a CS offset where a round happened to end: the accelerator's entry only if branches lead there.
     *
     * @throws GuestFault page fault or #GP of the fetch
     */
    Insn resume(int eip) {
        PageCode page = locate(eip);
        if (page == null) {
            return uncached(eip);
        }
        Entry entry = page.entry(page.csBase + eip & 0xFFF);
        return entry == null ? at(page, eip) : entry;
    }

    /** Where to go for an indirect near branch; does not throw. */
    Insn jump(int eip) {
        int linear = cpu.base[Cpu.CS] + eip;
        PageCode page = recent[recentIndex(linear)];
        if (page != null && current(page, linear)) {
            Insn insn = cpu.accelerator == null ? page.get(linear & 0xFFF) : page.entry(linear & 0xFFF);
            if (insn != null) {
                return insn;
            }
        }
        cpu.eip = eip;
        return cpu.dispatch;
    }

    /**
     * Resolves the target of a direct branch and links it when it can be reached without a fault.
     *
     * @throws GuestFault #GP(0) when the target is beyond the limit of CS
     */
    Insn link(Branch branch) {
        int target = branch.target;
        checkTarget(target);
        if (cpu.budget <= 1) {
            // The run ends here: a look at the target would set the accessed bit of its page too early.
            cpu.eip = target;
            return cpu.dispatch;
        }
        int cr2 = cpu.cr2;
        try {
            PageCode page = locate(target);
            if (page != null) {
                branch.taken = entry(page, target);
                branch.takenStamp = page.stamp;
                return branch.taken;
            }
        } catch (GuestFault fault) {
            cpu.cr2 = cr2; // the fault belongs to the target, which raises it again
        }
        cpu.eip = target;
        return cpu.dispatch;
    }

    /** Raises #GP(0) for a near branch beyond the limit of CS. */
    void checkTarget(int target) {
        if (Integer.compareUnsigned(target, cpu.limit[Cpu.CS]) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }

    /** Code of both privileges may lie in one page. */
    private int recentIndex(int linear) {
        return (linear >>> 12 ^ cpu.mode << 5) & RECENT - 1;
    }

    private boolean current(PageCode page, int linear) {
        return cpu.holds(page.stamp)
                && page.linearPage == linear >>> 12
                && page.mode == cpu.mode
                && page.csBase == cpu.base[Cpu.CS];
    }

    /**
     * The view of the page that holds an offset.
     *
     * @return null when the instruction must run uncached
     * @throws GuestFault page fault of the fetch
     */
    PageCode locate(int eip) {
        int linear = cpu.base[Cpu.CS] + eip;
        PageCode page = recent[recentIndex(linear)];
        return page != null && current(page, linear) ? page : enter(eip, linear);
    }

    private PageCode enter(int eip, int linear) {
        if (count > CAPACITY) {
            makeRoom();
        }
        int last = eip + 0xFFF - (linear & 0xFFF);
        if (Integer.compareUnsigned(last, cpu.limit[Cpu.CS]) > 0 || Integer.compareUnsigned(last, eip) < 0) {
            return null; // the limit cuts the page
        }
        long physicalPage = cpu.mmu.translateFetch(linear) >>> 12;
        if (memory.readAddress(physicalPage) == 0) {
            return null;
        }
        CodePage home = page(physicalPage);
        if (home.uncached()) {
            return null;
        }
        PageCode view = home.views;
        while (view != null
                && (view.linearPage != linear >>> 12 || view.mode != cpu.mode || view.csBase != cpu.base[Cpu.CS])) {
            view = view.other;
        }
        if (view == null) {
            view = new PageCode(home, linear >>> 12, cpu.base[Cpu.CS], cpu.mode, home.views);
            home.views = view;
            count += view.size;
        }
        boolean global = cpu.mmu.lastGlobal();
        view.stamp = global ? cpu.globalStamp : cpu.stamp;
        spaces.enter(linear, physicalPage, global);
        recent[recentIndex(linear)] = view;
        return view;
    }

    private CodePage page(long physicalPage) {
        int row = (int) (physicalPage >>> 10);
        if (pages[row] == null) {
            pages[row] = new CodePage[1024];
        }
        int column = (int) physicalPage & 1023;
        CodePage page = pages[row][column];
        if (page == null) {
            page = new CodePage(physicalPage);
            pages[row][column] = page;
            known.add(page);
            count += VIEW;
        }
        return page;
    }

    /** What branches to an offset of a page go to: the accelerator's entry, or the instruction. */
    Insn entry(PageCode page, int eip) {
        if (cpu.accelerator == null) {
            return at(page, eip);
        }
        int offset = page.csBase + eip & 0xFFF;
        Entry entry = page.entry(offset);
        if (entry == null) {
            entry = new Entry(page, eip, at(page, eip));
            page.put(offset, entry);
            count++;
        }
        return entry;
    }

    /**
     * The instruction at an offset, whatever the accelerator has for it.
     *
     * @throws GuestFault page fault or #GP of the fetch
     */
    Insn plain(int eip) {
        PageCode page = locate(eip);
        return page == null ? uncached(eip) : at(page, eip);
    }

    /** The place at an offset if it was entered before and its page is at hand, else null. */
    Place known(int eip) {
        int linear = cpu.base[Cpu.CS] + eip;
        PageCode page = recent[recentIndex(linear)];
        if (page == null || !current(page, linear)) {
            return null;
        }
        Entry entry = page.entry(linear & 0xFFF);
        return entry == null ? null : entry.place;
    }

    /** Decodes an instruction for the accelerator; false when it is not wholly in the page, or a debugger stops at it. */
    boolean decode(PageCode page, int eip, Instruction out) {
        int offset = page.csBase + eip & 0xFFF;
        if (cpu.breakpoints.at(page.linearPage << 12 | offset) != null) {
            return false;
        }
        fetcher.inPage(memory.readAddress(page.home.page), offset);
        try {
            decoder.decode(fetcher, (page.mode & Cpu.MODE_CODE32) != 0, out);
        } catch (Fetcher.PageEnd end) {
            return false;
        }
        mark(page.home.page, offset, out.length);
        return true;
    }

    /**
     * Decodes an instruction that ends in the next linear page, without a trace there, and marks what lies in this one.
     *
     * @return its bytes in the next page as they are now; null when it cannot be decoded, or a debugger stops at it
     */
    byte[] decodeTail(PageCode page, int eip, Instruction out) {
        int offset = page.csBase + eip & 0xFFF;
        if (cpu.breakpoints.at(page.linearPage << 12 | offset) != null) {
            return null;
        }
        long next = cpu.mmu.peek(page.linearPage + 1 << 12);
        long nextHost = next < 0 ? 0 : memory.readAddress(next >>> 12);
        if (nextHost == 0) {
            return null;
        }
        fetcher.inPages(memory.readAddress(page.home.page), offset, nextHost);
        decoder.decode(fetcher, (page.mode & Cpu.MODE_CODE32) != 0, out);
        mark(page.home.page, offset, PAGE - offset);
        byte[] tail = new byte[offset + out.length - PAGE];
        for (int i = 0; i < tail.length; i++) {
            tail[i] = (byte) HostMemory.getByte(nextHost + i);
        }
        return tail;
    }

    /** Puts an entry behind an instruction that the accelerator leaves over. */
    void resumeBehind(PageCode page, int eip) {
        if (!decode(page, eip, in) || linker.ends(in)) {
            return;
        }
        int next = eip + in.length;
        if ((page.csBase + next & 0xFFF) != 0) {
            at(page, eip).next = entry(page, next);
        }
    }

    /** The instruction at an offset of a page, decoded when it is new. */
    Insn at(PageCode page, int eip) {
        int offset = page.csBase + eip & 0xFFF;
        Insn insn = page.get(offset);
        return insn != null ? insn : decodeRun(page, eip, offset);
    }

    private Insn decodeRun(PageCode page, int eip, int start) {
        long host = memory.readAddress(page.home.page);
        Insn before = null;
        int offset = start;
        peephole.start();
        for (int n = 0; ; n++) {
            if (offset >= PAGE || n == RUN) {
                before.next = new Sequel(eip, offset < PAGE ? before : null);
                break;
            }
            Insn insn = page.get(offset);
            boolean known = insn != null;
            if (!known && cpu.breakpoints.at(page.linearPage << 12 | offset) != null) {
                insn = new Stop(eip);
                page.put(offset, insn);
                count++;
                known = true;
            }
            if (!known) {
                fetcher.inPage(host, offset);
                try {
                    decoder.decode(fetcher, (page.mode & Cpu.MODE_CODE32) != 0, in);
                    insn = linker.link(in, eip, page.mode);
                } catch (Fetcher.PageEnd end) {
                    insn = new CrossPage(eip);
                    in.length = PAGE - offset;
                    in.op = Op.UD;
                }
                page.put(offset, insn);
                peephole.add(insn, offset);
                count++;
            }
            if (before != null) {
                before.next = insn;
            }
            if (known) {
                break;
            }
            before = insn;
            offset += in.length;
            eip += in.length;
            if (linker.ends(in)) {
                break;
            }
        }
        peephole.join(page);
        if (offset > start) {
            mark(page.home.page, start, offset - start);
        }
        return page.get(start);
    }

    /** Decodes one instruction that begins before and ends behind a page boundary. */
    Insn decodeAcross(CrossPage crossing) {
        Insn insn = decodeOne(crossing.eip);
        int linear = cpu.base[Cpu.CS] + crossing.eip;
        int beyond = (linear & 0xFFF) + in.length - PAGE;
        long second = cpu.mmu.translateFetch(linear + in.length - 1) >>> 12;
        if (memory.readAddress(second) != 0) {
            if (beyond > 0) {
                page(second); // so that a write there moves the stamp
                mark(second, 0, beyond);
                spaces.enter(linear + in.length - 1, second, false);
            }
            crossing.stamp = cpu.stamp;
        }
        return insn;
    }

    /** Decodes one instruction that is not remembered. */
    Insn uncached(int eip) {
        if (cpu.breakpoints.at(cpu.base[Cpu.CS] + eip) != null) {
            return new Stop(eip);
        }
        Insn insn = decodeOne(eip);
        if (in.rep != Instruction.REP_NONE && in.op.has(Trait.WRITES_MEMORY)) {
            markRepetition(cpu.base[Cpu.CS] + eip, in.length);
        }
        return insn;
    }

    /** One instruction of many iterations, each of which may write over it: then it must be decoded anew. */
    private void markRepetition(int linear, int length) {
        int inFirst = Math.min(length, PAGE - (linear & 0xFFF));
        markBytes(linear, inFirst);
        if (inFirst < length) {
            markBytes(linear + inFirst, length - inFirst);
        }
    }

    private void markBytes(int linear, int length) {
        long physicalPage = cpu.mmu.translateFetch(linear) >>> 12;
        if (memory.readAddress(physicalPage) != 0) {
            page(physicalPage); // so that a write there moves the stamp
            mark(physicalPage, linear & 0xFFF, length);
        }
    }

    /**
     * The offset behind the instruction at an offset if it is a branch, else (or if it cannot be fetched) that offset.
     */
    int behindBranch(int eip) {
        int cr2 = cpu.cr2;
        try {
            fetcher.anywhere(eip);
            decoder.decode(fetcher, (cpu.mode & Cpu.MODE_CODE32) != 0, in);
        } catch (GuestFault fault) {
            cpu.cr2 = cr2; // the instruction raises it again
            return eip;
        }
        return in.op.has(Trait.BRANCH) ? eip + in.length : eip;
    }

    private Insn decodeOne(int eip) {
        fetcher.anywhere(eip);
        decoder.decode(fetcher, (cpu.mode & Cpu.MODE_CODE32) != 0, in);
        Insn insn = linker.link(in, eip, cpu.mode);
        if (!linker.ends(in)) {
            insn.next = new Sequel(eip + in.length, null);
        }
        return insn;
    }

    private void mark(long page, int offset, int length) {
        boolean first = memory.codeLines(page) == 0;
        CodePage home = pages[(int) (page >>> 10)][(int) page & 1023];
        if (first) {
            long host = memory.writeAddress(page);
            home.host = host == memory.readAddress(page) ? host : 0;
        }
        home.mark(offset, length);
        marking = page;
        memory.markCode((page << 12) + offset, length);
        marking = -1;
        if (first) {
            cpu.mmu.dropPhysical(page, 1);
        }
    }

    /** The record of a page with code that may be written beside it, or 0. */
    long record(long physicalPage) {
        CodePage page = at(physicalPage);
        if (page == null || page.host == 0) {
            return 0;
        }
        if (page.record == 0) {
            long record = records.take();
            if (record != 0) {
                page.remember(record);
            }
        }
        return page.record;
    }

    private CodePage at(long physicalPage) {
        CodePage[] row = pages[(int) (physicalPage >>> 10)];
        return row == null ? null : row[(int) physicalPage & 1023];
    }

    /** Bytes in lines that have code are written. */
    void written(long physical, int length) {
        long number = physical >>> 12;
        CodePage page = at(number);
        if (page != null && page.isCode((int) physical & 0xFFF, length)) {
            page.dropped();
            if (page.record != 0) {
                cpu.mmu.dropPhysical(number, 1); // perhaps it is a page of data from now on
            }
            unmark(number);
            cpu.unlink();
        }
    }

    private void unmark(long page) {
        marking = page;
        memory.clearCode(page);
        marking = -1;
    }

    /** The map changed under these pages. */
    void pagesChanged(long firstPage, long pageCount) {
        if (pageCount == 1 && firstPage == marking) {
            return;
        }
        long end = Math.min(firstPage + pageCount, (long) pages.length << 10);
        for (long number = firstPage; number < end; number++) {
            CodePage[] row = pages[(int) (number >>> 10)];
            if (row == null) {
                number |= 1023;
            } else if (row[(int) number & 1023] != null) {
                release(row[(int) number & 1023]);
                row[(int) number & 1023] = null;
                unmark(number);
            }
        }
        cpu.unlink();
    }

    private void release(CodePage page) {
        if (page.record != 0) {
            records.give(page.record);
            page.record = 0;
        }
    }

    /** Frees what lies outside the heap; after {@link #flush}. */
    void close() {
        records.close();
    }

    /**
     * Drops code of processes that ended, or of libraries that lay elsewhere then: what no address space of late links to; if that
     * is not enough what the present one does not link to, then everything.
     */
    private void makeRoom() {
        trim(spaces::knows);
        if (count > CAPACITY / 2) {
            trim(cpu::holds);
        }
        cpu.unlink();
        if (count > CAPACITY / 2) {
            flush();
        }
    }

    private void trim(IntPredicate stamps) {
        count = 0;
        int pagesKept = 0;
        for (CodePage page : known) {
            if (at(page.page) == page) {
                int size = page.trim(stamps);
                if (size == 0) {
                    drop(page);
                } else {
                    count += VIEW + size;
                    known.set(pagesKept++, page);
                }
            }
        }
        known.subList(pagesKept, known.size()).clear();
        Arrays.fill(recent, null);
    }

    private void drop(CodePage page) {
        if (page.record != 0) {
            cpu.mmu.dropPhysical(page.page, 1);
            release(page);
        }
        pages[(int) (page.page >>> 10)][(int) page.page & 1023] = null;
        unmark(page.page);
    }

    /** Drops everything. */
    void flush() {
        for (CodePage page : known) {
            if (at(page.page) == page) {
                drop(page);
            }
        }
        known.clear();
        Arrays.fill(recent, null);
        count = 0;
        if (cpu.accelerator != null) {
            cpu.accelerator.forget();
        }
        cpu.unlink();
    }
}
