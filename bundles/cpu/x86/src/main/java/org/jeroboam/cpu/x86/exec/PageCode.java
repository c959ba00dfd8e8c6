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

    private final Insn[][] lines = new Insn[64][];
    private final Entry[][] entries = new Entry[64][];

    PageCode(CodePage home, int linearPage, int csBase, int mode, PageCode other) {
        this.home = home;
        this.linearPage = linearPage;
        this.csBase = csBase;
        this.mode = mode;
        this.other = other;
    }

    Insn get(int offset) {
        Insn[] line = lines[offset >>> 6];
        return line == null ? null : line[offset & 63];
    }

    Entry entry(int offset) {
        Entry[] line = entries[offset >>> 6];
        return line == null ? null : line[offset & 63];
    }

    void put(int offset, Entry entry) {
        size++;
        Entry[] line = entries[offset >>> 6];
        if (line == null) {
            line = new Entry[64];
            entries[offset >>> 6] = line;
        }
        line[offset & 63] = entry;
    }

    void put(int offset, Insn insn) {
        size++;
        Insn[] line = lines[offset >>> 6];
        if (line == null) {
            line = new Insn[64];
            lines[offset >>> 6] = line;
        }
        line[offset & 63] = insn;
    }
}
