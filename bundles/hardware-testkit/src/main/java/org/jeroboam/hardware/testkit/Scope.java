package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.List;

/** What one device registered: everything in it ends at once. */
final class Scope {
    private final List<Registration> registrations = new ArrayList<>();
    private boolean revoked;
    private int lateCalls;

    /** One thing that was registered and how to take it back. */
    private record Registration(String what, Runnable end) {}

    /**
     * Remembers a registration.
     *
     * @param what for messages
     * @param end takes it back
     * @return forgets the registration after taking it back; again has no effect
     */
    Runnable add(String what, Runnable end) {
        Registration registration = new Registration(what, end);
        registrations.add(registration);
        return () -> {
            if (registrations.removeIf(r -> r == registration)) {
                end.run();
            }
        };
    }

    /**
     * Asks before every call of a device on something it was given.
     *
     * @return true when the device is detached: the call is counted and must do nothing
     */
    boolean late() {
        if (revoked) {
            lateCalls++;
        }
        return revoked;
    }

    boolean revoked() {
        return revoked;
    }

    int lateCalls() {
        return lateCalls;
    }

    List<String> registrations() {
        return registrations.stream().map(Registration::what).toList();
    }

    void revoke() {
        revoked = true;
        for (Registration r : registrations.reversed()) {
            r.end().run();
        }
        registrations.clear();
    }
}
