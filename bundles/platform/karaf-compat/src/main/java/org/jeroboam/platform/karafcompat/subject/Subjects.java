package org.jeroboam.platform.karafcompat.subject;

import java.security.AccessControlContext;
import java.security.PrivilegedAction;
import java.security.PrivilegedActionException;
import java.security.PrivilegedExceptionAction;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import javax.security.auth.Subject;

/**
 * The static methods of {@link Subject} that Karaf 4.4 calls, with the meaning they had before Java 24: a thread that
 * is started inside {@code doAs} acts for the same subject.
 *
 * <p>The JDK binds a subject to the running call only ({@link Subject#callAs}); Karaf's console and ssh sessions start
 * threads of their own and would lose it. So the subject also travels through an inheritable thread local. A call
 * inside the thread always wins over what the thread inherited, also when it acts for no subject at all.
 *
 * <p>Known weakness, the same as before Java 24: a pool thread that is created inside {@code doAs} keeps that subject
 * between tasks. All methods may be called from any thread.
 */
@SuppressWarnings("removal") // AccessControlContext is part of the signatures that are replaced
public final class Subjects {

    private static final InheritableThreadLocal<Identity> IDENTITY = new InheritableThreadLocal<>() {
        @Override
        protected Identity childValue(Identity parent) {
            return parent == null ? null : new Identity(parent.subject(), true);
        }
    };

    /** Whom a thread acts for, and whether it was told so itself or inherited it from the thread that started it. */
    private record Identity(Subject subject, boolean inherited) {}

    private Subjects() {}

    /**
     * Replaces {@code Subject.getSubject}.
     *
     * @param ignored the context that carried the subject in earlier Java versions
     * @return the subject that the calling thread acts for, or null
     */
    public static Subject getSubject(AccessControlContext ignored) {
        Subject current = Subject.current();
        if (current != null) {
            return current;
        }
        Identity identity = IDENTITY.get();
        return identity != null && identity.inherited() ? identity.subject() : null;
    }

    /**
     * Replaces {@code Subject.doAs}.
     *
     * @param subject whom the action acts for; null means nobody
     * @param action what to run on the calling thread; what it throws is thrown unchanged
     * @return what the action returns
     */
    public static <T> T doAs(Subject subject, PrivilegedAction<T> action) {
        try {
            return callAs(subject, action::run);
        } catch (CompletionException e) {
            throw unchecked(e.getCause());
        }
    }

    /**
     * Replaces {@code Subject.doAs}.
     *
     * @param subject whom the action acts for; null means nobody
     * @param action what to run on the calling thread; unchecked exceptions and errors are thrown unchanged
     * @return what the action returns
     * @throws PrivilegedActionException around a checked exception of the action
     */
    public static <T> T doAs(Subject subject, PrivilegedExceptionAction<T> action) throws PrivilegedActionException {
        try {
            return callAs(subject, action::run);
        } catch (CompletionException e) {
            if (e.getCause() instanceof Exception checked && !(checked instanceof RuntimeException)) {
                throw new PrivilegedActionException(checked);
            }
            throw unchecked(e.getCause());
        }
    }

    private static <T> T callAs(Subject subject, Callable<T> action) {
        Identity outer = IDENTITY.get();
        IDENTITY.set(new Identity(subject, false));
        try {
            return Subject.callAs(subject, action);
        } finally {
            if (outer == null) {
                IDENTITY.remove();
            } else {
                IDENTITY.set(outer);
            }
        }
    }

    /** Throws what the action threw; a checked exception gets through too, if the action threw one unseen. */
    @SuppressWarnings("unchecked")
    private static <X extends Throwable> RuntimeException unchecked(Throwable thrown) throws X {
        throw (X) thrown;
    }
}
