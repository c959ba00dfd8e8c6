package org.jeroboam.cpu.x86.exec;

/** A CS offset in one view of one physical page (linear page, CS base, mode) to which branches lead. */
public final class Place {
    final PageCode view;
    private final int eip;
    private long code;

    Place(PageCode view, int eip) {
        this.view = view;
        this.eip = eip;
    }

    /** Its CS offset. */
    public int eip() {
        return eip;
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
