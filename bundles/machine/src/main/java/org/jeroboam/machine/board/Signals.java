package org.jeroboam.machine.board;

import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.machine.clock.Processor;

/** What parts ask of the machine at the next instruction boundary. */
public final class Signals implements PartFailures {
    private final Processor processor;
    private ResetKind reset;
    private boolean powerOff;
    private String failedPart;
    private Throwable failure;
    private volatile Tenure tenure;
    private String called;

    /**
     * Creates it without requests.
     *
     * @param processor stopped by requests
     */
    public Signals(Processor processor) {
        this.processor = processor;
    }

    /** A reset; the stronger of two wins. */
    public void requestReset(ResetKind kind) {
        if (reset == null || kind.ordinal() < reset.ordinal()) {
            reset = kind;
        }
        processor.stopSoon();
    }

    /** Soft-off. */
    public void requestPowerOff() {
        powerOff = true;
        processor.stopSoon();
    }

    /** Whose time it is. */
    public void runsOn(Tenure now) {
        tenure = now;
    }

    @Override
    public String calling(String part) {
        String outer = called;
        called = part;
        return outer;
    }

    @Override
    public void back(String outer) {
        check();
        called = outer;
    }

    /** The part that was called last by other ways than ports and pages; a glance of another thread. */
    public String called() {
        return called;
    }

    @Override
    public void check() {
        Tenure now = tenure;
        if (now != null && !now.mine()) {
            now.settle();
        }
    }

    @Override
    public boolean stranger() {
        Tenure now = tenure;
        return now != null && Thread.currentThread() != now.thread();
    }

    @Override
    public void waitingForHost() {
        Tenure now = tenure;
        if (now != null) {
            now.beat();
        }
    }

    @Override
    public void failed(String part, Throwable thrown) {
        check();
        if (failure == null) {
            failedPart = part;
            failure = thrown;
        }
        processor.stopSoon();
    }

    /** Whether there is anything to do. */
    public boolean any() {
        return reset != null || powerOff || failure != null;
    }

    /** Whether soft-off was asked for. */
    public boolean powerOff() {
        return powerOff;
    }

    /** The part that threw, or null. */
    public String failedPart() {
        return failedPart;
    }

    /** Takes what was thrown; null when nothing was. */
    public Throwable takeFailure() {
        Throwable taken = failure;
        failure = null;
        failedPart = null;
        return taken;
    }

    /** Takes the reset; null when none was asked for. */
    public ResetKind takeReset() {
        ResetKind taken = reset;
        reset = null;
        return taken;
    }
}
