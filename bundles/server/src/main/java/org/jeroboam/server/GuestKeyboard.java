package org.jeroboam.server;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.management.Keyboard;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.ManagementException.Kind;

/**
 * Types into a guest no faster than it can read: a keyboard holds 16 bytes and the BIOS 15 keys. After each stroke guest
 * time has to pass, not host time: a guest that gets little of the host is given longer.
 */
final class GuestKeyboard implements Keyboard {
    private static final long STROKE_NANOS = 20_000_000;
    private static final long MILLI = 1_000_000;
    private static final long POLL_NANOS = 2_000_000;
    /** How long the host waits while guest time stands still: a guest that sleeps until a key comes may stop it. */
    private static final long STANDSTILL_NANOS = 1_000_000_000;

    private final ManagedMachine machine;
    private final ReentrantLock turn = new ReentrantLock(true);
    private final Set<Integer> pressed = ConcurrentHashMap.newKeySet();

    GuestKeyboard(ManagedMachine machine) {
        this.machine = machine;
    }

    /** A machine is switched on with no key held down. */
    void releaseAll() {
        pressed.clear();
    }

    @Override
    public void typeAsciiText(String text) throws ManagementException {
        type(KeyStroke.ofText(text));
    }

    @Override
    public void typeKeySequence(String keySequence) throws ManagementException {
        type(KeyStroke.ofSequence(keySequence));
    }

    @Override
    public void pressKey(String key) throws ManagementException {
        type(List.of(KeyStroke.move(KeyIds.code(key), true)));
    }

    @Override
    public void releaseKey(String key) throws ManagementException {
        type(List.of(KeyStroke.move(KeyIds.code(key), false)));
    }

    @Override
    public void pressAndReleaseKey(String key) throws ManagementException {
        type(List.of(KeyStroke.tap(KeyIds.code(key))));
    }

    @Override
    public boolean isPressed(String key) throws ManagementException {
        return pressed.contains(KeyIds.code(key));
    }

    private void type(List<KeyStroke> strokes) throws ManagementException {
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        try {
            for (KeyStroke stroke : strokes) {
                long before = status().guestNanos();
                for (KeyStroke.Move move : stroke.moves()) {
                    machine.execute(new MachineCommand.Key(move.code(), move.down()));
                    if (move.down()) {
                        pressed.add(move.code());
                    } else {
                        pressed.remove(move.code());
                    }
                }
                awaitGuestTime(before + STROKE_NANOS + stroke.holdMillis() * MILLI);
            }
        } finally {
            turn.unlock();
        }
    }

    private void awaitGuestTime(long until) throws ManagementException {
        long guest = status().guestNanos();
        long moved = System.nanoTime();
        while (guest < until && System.nanoTime() - moved < STANDSTILL_NANOS) {
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw interrupted(new InterruptedException());
            }
            long now = status().guestNanos();
            if (now != guest) {
                moved = System.nanoTime();
            }
            guest = now;
        }
    }

    private MachineReply.Status status() throws ManagementException {
        MachineReply.Status status = machine.machineStatus();
        if (status.state() != MachineState.RUNNING) {
            throw ManagementException.badRequest(machine.getName() + " does not run; keys need a machine that runs");
        }
        return status;
    }

    private static ManagementException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ManagementException(Kind.BAD_REQUEST, "typing was interrupted", e);
    }
}
