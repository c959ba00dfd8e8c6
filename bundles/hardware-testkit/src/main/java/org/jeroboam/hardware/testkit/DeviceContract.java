package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.junit.jupiter.api.Test;

/**
 * What every device must pass. A device's test extends this class and says how to make and how to use the device; the
 * tests then save and restore it at random instants, feed it garbage, damage its state, detach it and unload its
 * classes.
 */
public abstract class DeviceContract {
    private static final long SEED = 0x4A45524FL;
    private static final int INSTANTS = 30;
    private static final int MAX_STEPS = 80;
    private static final int STEPS_AFTER = 60;
    private static final int GARBAGE = 20_000;
    private static final int DAMAGES = 400;
    private static final int GARBAGE_AFTER_DAMAGE = 50;
    private static final int COLLECTIONS = 200;

    /** For subclasses. */
    protected DeviceContract() {}

    /**
     * The device's factory. Its class must have a constructor without parameters, as DS components have.
     *
     * @return a factory
     */
    protected abstract DeviceFactory factory();

    /**
     * The device's configuration.
     *
     * @return name, type, properties
     */
    protected abstract DeviceConfig config();

    /**
     * Makes a machine for the device: media, networks, other parts that it needs. Called for each new machine.
     *
     * @param machine a new machine
     */
    protected void prepare(FakeMachine machine) {}

    /**
     * Size of the machines for the tests.
     *
     * @return bytes of RAM
     */
    protected int ramSize() {
        return FakeMachine.DEFAULT_RAM;
    }

    /**
     * Uses the device a bit, as a guest and the outside world do: some accesses, some input, some time. The same random
     * numbers must lead to the same accesses as long as the device answers the same.
     *
     * @param machine where the device is attached; no reference to it may be kept
     * @param random decides
     */
    protected abstract void exercise(FakeMachine machine, Random random);

    /**
     * Whether a part of the state is kept by a battery, so that a reset leads not to one fixed state.
     *
     * @return true for clocks with CMOS memory and the like
     */
    protected boolean keepsStateOverReset() {
        return false;
    }

    /** Power on leads to the same state whatever was before, and so do two hard resets in a row. */
    @Test
    protected void resetLeadsToOneState() throws ConfigurationException {
        for (int i = 0; i < INSTANTS; i++) {
            Random random = new Random(SEED + i);
            Bench worked = bench().powerOn();
            use(worked.machine, random, 1 + random.nextInt(MAX_STEPS), i % 2 == 1);
            worked.finish();
            FakeMachine machine = machine();
            machine.takeConditionOf(worked.machine);
            Bench fresh = new Bench(machine, factory(), config());
            if (!keepsStateOverReset()) {
                worked.powerOn();
                fresh.powerOn();
                assertArrayEquals(fresh.save(), worked.save(), "state after power on, round " + i);
                assertEquals(
                        machine.lines.of(config().name()),
                        worked.machine.lines.of(config().name()),
                        "lines after power on, round " + i);
            }
            worked.device.reset(ResetKind.HARD);
            byte[] once = worked.save();
            worked.device.reset(ResetKind.HARD);
            assertArrayEquals(once, worked.save(), "state after a second hard reset, round " + i);
        }
    }

    /** A successor that takes the state at any instant goes on exactly as the original does. */
    @Test
    protected void successorGoesOnAsTheOriginalWould() throws ConfigurationException, StateException {
        for (int i = 0; i < INSTANTS; i++) {
            Random random = new Random(SEED + 1000 + i);
            Bench first = bench().powerOn();
            use(first.machine, random, random.nextInt(MAX_STEPS), i % 2 == 1);
            first.drain();
            byte[] state = first.save();
            assertTrue(new StateReader(state).names().size() > 0, "a device that saves must write a section");
            assertArrayEquals(state, first.save(), "saving changed the state, round " + i);

            FakeMachine machine = machine();
            machine.takeConditionOf(first.machine);
            machine.takeLinesOf(first.machine, config().name());
            Bench second = new Bench(machine, factory(), config());
            machine.trace().start();
            second.restore(state);
            assertEquals(
                    List.of(), machine.trace().stop(), "restoring must make no edges and send nothing, round " + i);
            assertArrayEquals(state, second.save(), "the successor's state, round " + i);

            compare("round " + i, goOn(first, i), goOn(second, i));
            first.drain();
            second.drain();
            assertArrayEquals(first.save(), second.save(), "state after both went on, round " + i);
        }
    }

    /**
     * States that this and older versions saved are read; a layout that changed without a new version shows. See
     * {@link StateVersions}.
     */
    @Test
    protected void recordedStatesAreRead() throws ConfigurationException, StateException, IOException {
        Bench worked = bench().powerOn();
        use(worked.machine, new Random(SEED + 4000), MAX_STEPS, false);
        worked.drain();
        byte[] present = worked.save();
        StateVersions versions = new StateVersions(getClass());
        versions.demand(present);
        for (Map.Entry<String, byte[]> recorded : versions.all().entrySet()) {
            FakeMachine machine = machine();
            machine.takeConditionOf(worked.machine);
            Bench successor = new Bench(machine, factory(), config());
            try {
                successor.restore(recorded.getValue());
            } catch (StateException e) {
                throw new AssertionError(
                        "the state " + recorded.getKey() + " is not read any more: " + e.getMessage(), e);
            }
            if (recorded.getKey().equals(StateVersions.layout(present))) {
                assertArrayEquals(
                        recorded.getValue(),
                        successor.save(),
                        "the layout of " + recorded.getKey() + " changed; give the section a new version");
            }
        }
    }

    /** What is done to a device shows in its state. */
    @Test
    protected void changesShowInTheState() throws ConfigurationException {
        Bench bench = bench().powerOn();
        byte[] before = bench.save();
        Random random = new Random(SEED);
        for (int step = 0; step < MAX_STEPS * INSTANTS; step++) {
            exercise(bench.machine, random);
            bench.machine.finishWork();
            if (!Arrays.equals(before, bench.save())) {
                return;
            }
        }
        fail("the device was used for " + MAX_STEPS * INSTANTS + " steps and its state never changed");
    }

    /** No access makes the device throw or hang. */
    @Test
    protected void garbageAccessesAreHarmless() throws ConfigurationException {
        Bench bench = bench().powerOn();
        Random random = new Random(SEED + 1);
        for (int i = 0; i < GARBAGE; i++) {
            try {
                bench.machine.accessAnything(random);
                if (i % 64 == 0) {
                    exercise(bench.machine, random);
                }
                if (i % 1024 == 0) {
                    bench.device.reset(ResetKind.HARD);
                }
            } catch (RuntimeException e) {
                throw new AssertionError("access " + i + " made the device throw " + e, e);
            }
        }
        bench.drain();
        assertNotNull(bench.save());
    }

    /**
     * Damaged bytes are refused with the one exception for that, or lead to a device that still withstands its guest.
     */
    @Test
    protected void damagedStateIsRefusedOrHarmless() throws ConfigurationException {
        Random random = new Random(SEED + 2);
        Bench origin = bench().powerOn();
        use(origin.machine, random, MAX_STEPS, false);
        origin.drain();
        byte[] state = origin.save();
        for (int i = 0; i < DAMAGES; i++) {
            byte[] damaged = damage(state, random, i);
            FakeMachine machine = machine();
            machine.takeConditionOf(origin.machine);
            Bench bench = new Bench(machine, factory(), config());
            try {
                bench.restore(damaged);
            } catch (StateException e) {
                assertNotNull(e.getMessage(), "a refusal needs a sentence");
                continue;
            } catch (RuntimeException e) {
                throw new AssertionError("damage " + i + " made restore throw " + e, e);
            }
            for (int step = 0; step < GARBAGE_AFTER_DAMAGE; step++) {
                exercise(machine, random);
                machine.accessAnything(random);
            }
        }
        assertStateRefused(new byte[0]);
    }

    /** After detach nothing of the device is left and nothing that it kept has an effect. */
    @Test
    protected void detachLeavesNothing() throws ConfigurationException {
        for (int i = 0; i < INSTANTS; i++) {
            Random random = new Random(SEED + 2000 + i);
            Bench bench = bench().powerOn();
            use(bench.machine, random, random.nextInt(MAX_STEPS), false);
            bench.detach();
            assertEquals(List.of(), bench.board.registrations(), "registrations after detach");
            assertTrue(bench.machine.ports.empty(), "ports after detach");
            bench.machine.forgetEdges();
            bench.machine.trace().start();
            bench.machine.clock().advance(10_000_000_000L);
            bench.machine.releaseOffloads();
            assertEquals(List.of(), bench.machine.trace().stop(), "the detached device still acts");
        }
    }

    /** Nothing outside holds the device's classes after detach. */
    @Test
    protected void classesCanBeUnloadedAfterDetach()
            throws ReflectiveOperationException, ConfigurationException, IOException {
        FakeMachine machine = machine();
        WeakReference<ClassLoader> loader = liveAndLeave(machine);
        for (int i = 0; i < COLLECTIONS && loader.get() != null; i++) {
            System.gc();
            byte[] pressure = new byte[1 << 20];
            assertEquals(1 << 20, pressure.length);
        }
        assertNull(loader.get(), "the class loader of the detached device is still held");
        assertNotNull(machine.clock());
    }

    private WeakReference<ClassLoader> liveAndLeave(FakeMachine machine)
            throws ReflectiveOperationException, ConfigurationException, IOException {
        Class<?> own = factory().getClass();
        try (IsolatedLoader loader = new IsolatedLoader(own)) {
            Class<?> type = loader.loadClass(own.getName());
            assertNotSame(own, type, "the factory must be a class of the device's own bundle");
            Constructor<?> constructor = type.getDeclaredConstructor();
            constructor.setAccessible(true);
            Bench bench = new Bench(machine, (DeviceFactory) constructor.newInstance(), config()).powerOn();
            use(machine, new Random(SEED), MAX_STEPS, true);
            bench.drain();
            assertTrue(bench.save().length > 0);
            bench.detach();
            bench.board.releaseLines();
            return new WeakReference<>(loader);
        }
    }

    private void assertStateRefused(byte[] state) throws ConfigurationException {
        Bench bench = bench();
        try {
            bench.restore(state);
        } catch (StateException e) {
            assertFalse(e.getMessage().isBlank());
            return;
        }
        fail("an empty state was accepted");
    }

    private FakeMachine machine() {
        FakeMachine machine = new FakeMachine(ramSize());
        prepare(machine);
        return machine;
    }

    private Bench bench() throws ConfigurationException {
        return new Bench(machine(), factory(), config());
    }

    private void use(FakeMachine machine, Random random, int steps, boolean garbage) {
        for (int i = 0; i < steps; i++) {
            if (garbage && i % 2 == 0) {
                machine.accessAnything(random);
            } else {
                exercise(machine, random);
            }
        }
    }

    private List<String> goOn(Bench bench, int round) {
        bench.machine.trace().start();
        use(bench.machine, new Random(SEED + 3000 + round), STEPS_AFTER, round % 2 == 1);
        bench.machine.clock().advance(100_000_000);
        return bench.machine.trace().stop();
    }

    private static void compare(String when, List<String> expected, List<String> actual) {
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            String left = i < expected.size() ? expected.get(i) : "(end)";
            String right = i < actual.size() ? actual.get(i) : "(end)";
            if (!left.equals(right)) {
                fail(when + ": event " + i + " after saving: the original gave '" + left + "', the successor '" + right
                        + "'; before that " + expected.subList(Math.max(0, i - 6), i));
            }
        }
    }

    private static byte[] damage(byte[] state, Random random, int kind) {
        byte[] damaged = state.clone();
        switch (kind % 4) {
            case 0 -> damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> damaged = Arrays.copyOf(damaged, random.nextInt(damaged.length));
            case 2 -> {
                for (int i = 0; i < 8; i++) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
            }
            default -> {
                int at = random.nextInt(damaged.length);
                Arrays.fill(damaged, at, Math.min(damaged.length, at + 8), (byte) (random.nextBoolean() ? 0xFF : 0x7F));
            }
        }
        return damaged;
    }
}
