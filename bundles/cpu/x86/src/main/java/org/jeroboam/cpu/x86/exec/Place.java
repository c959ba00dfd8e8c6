package org.jeroboam.cpu.x86.exec;

/** A CS offset in one view of one physical page (linear page, CS base, mode) to which branches lead. */
public final class Place {
    /** Instructions that pay for the way into the accelerator's code and out. */
    private static final int WORTH = 16;
    /** Brief runs before the interpreter takes over. */
    private static final int PATIENCE = 8;
    /** Entries for which it does. */
    private static final int REST = 64;

    final PageCode view;
    private final int eip;
    private long code;
    /** Runs of late that were not worth the way in and out. */
    private int brief;
    /** Entries to leave to the interpreter. */
    private int rest;

    Place(PageCode view, int eip) {
        this.view = view;
        this.eip = eip;
    }

    /** Notes how much a run executed: where it is little again and again, the interpreter is faster. */
    void executed(int instructions) {
        if (instructions >= WORTH) {
            brief = 0;
        } else if (++brief == PATIENCE) {
            brief = PATIENCE / 2;
            rest = REST;
        }
    }

    /** Whether this entry is better interpreted. */
    boolean rests() {
        if (rest == 0) {
            return false;
        }
        rest--;
        return true;
    }

    /** Its CS offset. */
    public int eip() {
        return eip;
    }

    /** The linear base of CS that it belongs to. */
    public int codeBase() {
        return view.csBase;
    }

    /** The {@link Engine#mode()} it belongs to. */
    public int mode() {
        return view.mode;
    }

    /** What the accelerator keeps for all places of the view, or null. */
    public Object attachment() {
        return view.attachment;
    }

    /** Keeps something for all places of the view. */
    public void attach(Object attachment) {
        view.attachment = attachment;
    }

    /** The stamp while which the view is where it was looked up: {@link Engine#stamp()} or {@link Engine#globalStamp()}. */
    public int stamp() {
        return view.stamp;
    }

    /** The accelerator's code, 0 for none. */
    public long code() {
        return code;
    }

    /** Sets what {@link #code()} returns; 0 means none. */
    public void setCode(long newCode) {
        code = newCode;
    }
}
