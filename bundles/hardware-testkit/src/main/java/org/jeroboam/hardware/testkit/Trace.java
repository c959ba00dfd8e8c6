package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.List;

/** All that a guest or the outside could see of a device, in order. Off until {@link #start()}. */
public final class Trace {
    private final List<String> entries = new ArrayList<>();
    private boolean on;

    Trace() {}

    /** Forgets what was recorded and records from now on. */
    public void start() {
        entries.clear();
        on = true;
    }

    /**
     * Ends recording.
     *
     * @return what was seen since {@link #start()}: results of reads, changes of lines, bytes and frames sent, requests
     */
    public List<String> stop() {
        on = false;
        return List.copyOf(entries);
    }

    boolean on() {
        return on;
    }

    void add(String entry) {
        if (on) {
            entries.add(entry);
        }
    }
}
