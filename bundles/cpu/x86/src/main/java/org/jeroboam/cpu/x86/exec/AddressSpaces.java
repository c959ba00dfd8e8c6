package org.jeroboam.cpu.x86.exec;

/**
 * Keeps {@link Cpu#stamp} and {@link Cpu#globalStamp}, under which links between pages of code hold, and where these links lead: an
 * INVLPG of data ends none. Address spaces that were left come back with their links if each page of code still is where it was;
 * a processor whose TLB knows several address spaces at a time does no less.
 */
final class AddressSpaces {
    private static final int REMEMBERED = 16;
    private static final int LAST_STAMP = Integer.MAX_VALUE - 16;

    /** A value of CR3, and what was linked while it was loaded; a stamp of 0 holds for nothing. */
    private static final class Space {
        final EnteredPages pages = new EnteredPages();
        int cr3;
        int stamp;
    }

    private final Cpu cpu;
    private final EnteredPages global = new EnteredPages();
    private final Space[] spaces = new Space[REMEMBERED];
    private Space current;
    /** The one to give up when another is wanted. */
    private int oldest;

    /** The last stamp that was given out. */
    int newest;

    AddressSpaces(Cpu cpu) {
        this.cpu = cpu;
        for (int i = 0; i < REMEMBERED; i++) {
            spaces[i] = new Space();
        }
        current = spaces[0];
        current.stamp = ++newest;
        cpu.stamp = current.stamp;
        cpu.globalStamp = ++newest;
    }

    /** A page of code was looked up: links may lead there from now on. */
    void enter(int linear, long physicalPage, boolean isGlobal) {
        (isGlobal ? global : current.pages).add(linear, physicalPage, cpu.cpl == 3);
        WalkTables shared = cpu.mmu.tlb.shared();
        if (shared != null) {
            shared.noteEntered(linear >>> 12);
        }
    }

    /** INVLPG. */
    void invalidate(int linear, boolean large) {
        if (large || global.has(linear)) {
            forget();
        } else if (current.pages.has(linear)) {
            renew();
            cpu.attention();
        }
    }

    /** CR3 was loaded. */
    void change() {
        Space space = find(cpu.cr3);
        if (space == null) {
            oldest = oldest + 1 & REMEMBERED - 1;
            space = spaces[oldest];
            space.cr3 = cpu.cr3;
            space.stamp = 0;
        }
        current = space;
        if (space.stamp != 0 && isAsItWas(space.pages)) {
            cpu.stamp = space.stamp;
            publish();
        } else {
            renew();
        }
        cpu.attention();
    }

    /** Ends all links. */
    void forget() {
        for (Space space : spaces) {
            space.stamp = 0;
        }
        global.forget();
        renew();
        cpu.globalStamp = next();
        cpu.attention();
    }

    /** Whether links of a stamp hold, or may hold again. */
    boolean knows(int stamp) {
        for (Space space : spaces) {
            if (space.stamp == stamp) {
                return true;
            }
        }
        return stamp == cpu.globalStamp;
    }

    private Space find(int cr3) {
        for (Space space : spaces) {
            if (space.stamp != 0 && space.cr3 == cr3) {
                return space;
            }
        }
        return null;
    }

    private void renew() {
        current.cr3 = cpu.cr3;
        current.pages.forget();
        current.stamp = next();
        cpu.stamp = current.stamp;
        publish();
    }

    /** Before stamps could repeat, all that holds old ones is dropped. */
    private int next() {
        if (newest >= LAST_STAMP) {
            newest = 0;
            cpu.code.flush();
        }
        return ++newest;
    }

    private boolean isAsItWas(EnteredPages pages) {
        int size = pages.size();
        for (int i = 0; i < size; i++) {
            if (!cpu.mmu.leads(pages.linear(i), pages.physicalPage(i), pages.isUser(i))) {
                return false;
            }
        }
        return size >= 0;
    }

    /** Tells generated code for which pages INVLPG must end links. */
    private void publish() {
        WalkTables shared = cpu.mmu.tlb.shared();
        if (shared != null) {
            shared.setEntered(global, current.pages);
        }
    }
}
