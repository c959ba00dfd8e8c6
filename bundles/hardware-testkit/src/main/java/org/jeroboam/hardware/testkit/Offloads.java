package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.List;

/** All background work of a machine and the test's hold on it. */
final class Offloads {
    private final List<FakeOffload> all = new ArrayList<>();
    private boolean held;
    private int dropped;

    void add(FakeOffload offload) {
        all.add(offload);
    }

    void remove(FakeOffload offload) {
        all.remove(offload);
    }

    boolean held() {
        return held;
    }

    void hold() {
        held = true;
    }

    void release() {
        held = false;
        List.copyOf(all).forEach(FakeOffload::deliver);
    }

    void finishWork() {
        List.copyOf(all).forEach(FakeOffload::finishWork);
    }

    boolean waiting() {
        return all.stream().anyMatch(FakeOffload::waiting);
    }

    void dropped() {
        dropped++;
    }

    int droppedCompletions() {
        return dropped;
    }
}
