package org.jeroboam.cpu.x86.exec;

/**
 * What is known of the code in one physical page. A page whose code is written again and again (code and data side by
 * side) is run without being remembered for a while.
 */
final class CodePage {
    /** Drops after which a page is no longer cached. */
    private static final int RESTLESS = 32;
    /** Instructions run uncached before another attempt. */
    private static final int PENANCE = 4096;

    final long page;
    /** Views of the page, linked by {@link PageCode#other}. */
    PageCode views;

    private int drops;
    private int penance;

    CodePage(long page) {
        this.page = page;
    }

    /** Notes that the code was dropped because it was written. */
    void dropped() {
        views = null;
        if (++drops >= RESTLESS) {
            drops = RESTLESS / 2;
            penance = PENANCE;
        }
    }

    /** Whether the instruction about to run must not be cached. */
    boolean uncached() {
        if (penance > 0) {
            penance--;
            return true;
        }
        return false;
    }
}
