package org.jeroboam.cpu.x86.exec;

/** The instructions of one physical page as seen at one linear page, with one CS base and one mode. */
final class PageCode {
    final CodePage home;
    final int linearPage;
    final int csBase;
    final int mode;
    /** The stamp under which the mapping was looked at: of the global pages if it is one. */
    int stamp;
    /** Next view of the same physical page. */
    PageCode other;

    /** What it counts as, in instructions. */
    int size = CodeCache.VIEW;

    /** What the accelerator keeps for the view. */
    Object attachment;

    /** Instructions by offset, or the entry that stands before one. */
    private final Insn[][] lines = new Insn[64][];

    PageCode(CodePage home, int linearPage, int csBase, int mode, PageCode other) {
        this.home = home;
        this.linearPage = linearPage;
        this.csBase = csBase;
        this.mode = mode;
        this.other = other;
    }

    Insn get(int offset) {
        Insn found = find(offset);
        return found instanceof Entry ? found.next : found;
    }

    Entry entry(int offset) {
        return find(offset) instanceof Entry entry ? entry : null;
    }

    private Insn find(int offset) {
        Insn[] line = lines[offset >>> 6];
        return line == null ? null : line[offset & 63];
    }

    /** Enters an instruction, or the entry that leads to the instruction there. */
    void put(int offset, Insn insn) {
        size++;
        Insn[] line = lines[offset >>> 6];
        if (line == null) {
            line = new Insn[64];
            lines[offset >>> 6] = line;
        }
        if (line[offset & 63] instanceof Entry entry) {
            entry.next = insn;
        } else {
            line[offset & 63] = insn;
        }
    }
}
