package org.jeroboam.platform.karafcompat.subject;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import javax.security.auth.Subject;
import org.junit.jupiter.api.Test;

class SubjectsTest {

    private final Subject alice = named("alice");
    private final Subject bob = named("bob");

    @Test
    void nobodyIsTheSubjectOutsideDoAs() {
        assertNull(current());
    }

    @Test
    void theSubjectIsKnownInsideAndForgottenAfterwards() {
        assertSame(alice, Subjects.doAs(alice, action(SubjectsTest::current)));
        assertNull(current());
    }

    @Test
    void nestedCallsActForTheInnermostSubject() {
        Subjects.doAs(alice, action(() -> {
            assertSame(bob, Subjects.doAs(bob, action(SubjectsTest::current)));
            assertNull(Subjects.doAs(null, action(SubjectsTest::current)));
            assertSame(alice, current());
            return null;
        }));
    }

    @Test
    void theJdksOwnBindingIsSeen() {
        assertSame(alice, Subject.callAs(alice, SubjectsTest::current));
        assertSame(bob, Subjects.doAs(alice, action(() -> Subject.callAs(bob, SubjectsTest::current))));
    }

    @Test
    void theJdksBindingToNobodyHidesTheOuterSubject() {
        assertNull(Subjects.doAs(alice, action(() -> Subject.callAs(null, SubjectsTest::current))));
    }

    @Test
    void aThreadStartedInsideActsForTheSameSubject() {
        assertSame(alice, Subjects.doAs(alice, action(() -> onNewThread(SubjectsTest::current))));
    }

    @Test
    void aThreadStartedByThatThreadTooActsForTheSameSubject() {
        PrivilegedAction<Subject> grandchild = () -> onNewThread(() -> onNewThread(SubjectsTest::current));
        assertSame(alice, Subjects.doAs(alice, grandchild));
    }

    @Test
    void aThreadStartedOutsideActsForNobody() {
        Subjects.doAs(alice, action(SubjectsTest::current));
        assertNull(onNewThread(SubjectsTest::current));
    }

    @Test
    void aPoolThreadOfAnotherUserActsForWhomItIsTold() throws Exception {
        try (ExecutorService pool = Executors.newSingleThreadExecutor()) {
            Subjects.doAs(alice, action(() -> result(pool)));
            assertSame(
                    bob,
                    pool.submit(() -> Subjects.doAs(bob, action(SubjectsTest::current)))
                            .get());
            assertNull(pool.submit(() -> Subjects.doAs(null, action(SubjectsTest::current)))
                    .get());
        }
    }

    @Test
    void uncheckedExceptionsAndErrorsComeThroughUnchanged() {
        IllegalStateException failure = new IllegalStateException("no");
        AssertionError error = new AssertionError("never");
        assertSame(failure, assertThrows(IllegalStateException.class, () -> Subjects.doAs(alice, failing(failure))));
        assertSame(error, assertThrows(AssertionError.class, () -> Subjects.doAs(alice, failing(error))));
        assertSame(
                failure,
                assertThrows(IllegalStateException.class, () -> Subjects.doAs(alice, failingChecked(failure))));
        assertSame(error, assertThrows(AssertionError.class, () -> Subjects.doAs(alice, failingChecked(error))));
        assertNull(current());
    }

    @Test
    void aCheckedExceptionIsWrappedAsTheJdkDid() {
        IOException failure = new IOException("disk");
        PrivilegedActionException wrapped =
                assertThrows(PrivilegedActionException.class, () -> Subjects.doAs(alice, failingChecked(failure)));
        assertSame(failure, wrapped.getException());
        assertNull(current());
    }

    @Test
    void theActionsResultIsReturned() throws Exception {
        assertEquals(42, Subjects.doAs(alice, action(() -> 42)));
        PrivilegedExceptionAction<Integer> checked = () -> 43;
        assertEquals(43, Subjects.doAs(alice, checked));
    }

    private static Subject current() {
        return Subjects.getSubject(null);
    }

    private static <T> PrivilegedAction<T> action(PrivilegedAction<T> action) {
        return action;
    }

    private static PrivilegedAction<Void> failing(Throwable thrown) {
        return () -> SubjectsTest.<RuntimeException>raise(thrown);
    }

    private static PrivilegedExceptionAction<Void> failingChecked(Throwable thrown) {
        return () -> SubjectsTest.<RuntimeException>raise(thrown);
    }

    @SuppressWarnings("unchecked")
    private static <X extends Throwable> Void raise(Throwable thrown) throws X {
        throw (X) thrown;
    }

    private static Subject onNewThread(PrivilegedAction<Subject> action) {
        FutureTask<Subject> task = new FutureTask<>(action::run);
        Thread.ofPlatform().start(task);
        try {
            return task.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes the pool create its thread on behalf of the caller. */
    private static Subject result(ExecutorService pool) {
        try {
            return pool.submit(SubjectsTest::current).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private static Subject named(String name) {
        Subject subject = new Subject();
        subject.getPublicCredentials().add(name);
        return subject;
    }
}
