package org.jeroboam.hardware.testkit;

import org.jeroboam.hardware.board.Offload;

/**
 * Background work of a device. The work runs when it is due to become visible, or earlier when the machine is to be
 * saved.
 */
final class FakeOffload implements Offload {
    private final Scope scope;
    private final Offloads all;
    private final FakeClock clock;
    private Work work;
    private Completion completion;
    private FakeClock.Alarm alarm;
    private boolean submitted;
    private boolean done = true;
    private long visibleAt;
    private int generation;
    private String failure;

    FakeOffload(Scope scope, Offloads all, FakeClock clock, Work work, Completion completion) {
        this.scope = scope;
        this.all = all;
        this.clock = clock;
        this.work = work;
        this.completion = completion;
        alarm = clock.alarm(this::due);
        all.add(this);
        scope.add("offload", this::revoke);
    }

    @Override
    public void submit(long latency) {
        if (scope.late()) {
            return;
        }
        if (submitted || !done) {
            throw new IllegalStateException("the work was submitted already");
        }
        begin(clock.now() + Math.max(0, latency), false, null);
    }

    @Override
    public boolean submitted() {
        return !scope.late() && submitted;
    }

    @Override
    public void cancel() {
        if (!scope.late() && submitted) {
            submitted = false;
            generation++;
            if (done) {
                alarm.disarm();
            }
        }
    }

    @Override
    public boolean idle() {
        return scope.late() || done;
    }

    @Override
    public Pending pending() {
        return scope.late() || !submitted ? Pending.NONE : new Pending(true, visibleAt, failure);
    }

    @Override
    public void restore(Pending pending) {
        if (!scope.late() && pending.submitted()) {
            begin(pending.visibleAt(), true, pending.failure());
        }
    }

    /** Lets the work end on the host, without anybody seeing it. */
    void finishWork() {
        if (done) {
            return;
        }
        done = true;
        try {
            work.run();
            failure = null;
        } catch (Exception e) {
            failure = e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    boolean waiting() {
        return submitted || !done;
    }

    /** Delivers when the time has come and the test no longer holds it back. */
    void deliver() {
        if (waiting() && clock.now() >= visibleAt) {
            due();
        }
    }

    private void begin(long time, boolean workDone, String result) {
        submitted = true;
        done = workDone;
        visibleAt = time;
        failure = result;
        generation++;
        alarm.arm(time);
    }

    private void due() {
        if (all.held()) {
            return;
        }
        int expected = generation;
        finishWork();
        if (expected == generation && submitted) {
            submitted = false;
            completion.completed(failure);
        }
    }

    private void revoke() {
        if (submitted) {
            all.dropped();
        }
        submitted = false;
        generation++;
        alarm.remove();
        alarm = null;
        done = true;
        work = null;
        completion = null;
        all.remove(this);
    }
}
