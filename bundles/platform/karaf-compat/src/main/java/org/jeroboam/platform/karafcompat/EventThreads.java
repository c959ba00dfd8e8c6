package org.jeroboam.platform.karafcompat;

/**
 * Gives the JDK's asynchronous channels a second thread for events, without which Karaf's ssh server can stop accepting
 * connections for good.
 *
 * <p>On Linux one thread waits for events (sun.nio.ch.EPollPort, also in Java 25): of several that come at once it leaves
 * all but one to the other threads, and when that one is of a channel that was closed at this moment, it waits on. With
 * a thread pool of the application's own, as sshd has it, there are no other threads: what was left is looked at only
 * when yet another event comes. When it was the listening socket's, and no other connection is open, none comes. A
 * second thread takes what is left at once.
 */
final class EventThreads {

    /** How many threads a channel group has for events; the JDK reads it once, when the first group is made. */
    static final String PROPERTY = "sun.nio.ch.internalThreadPoolSize";

    private static final String ENOUGH = "2";

    private EventThreads() {}

    /** Sets the property, unless an administrator did. */
    static void provide() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, ENOUGH);
        }
    }
}
