package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineFactory;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.machine.SerializingMachine;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.PartCatalog;

/** A machine made of test parts, every message of which passes through bytes. */
final class Rig implements AutoCloseable {
    static final MachineScheduler FREE = new MachineScheduler() {
        @Override
        public long acquire(String machine) {
            return 10_000_000;
        }

        @Override
        public void release(String machine, long cpuNanos) {
            // nobody else wants the processor
        }
    };

    /** Lets a machine run only while a command of the test waits, and a little when asked to. */
    static final class Stepper implements MachineScheduler {
        private final Semaphore permits = new Semaphore(0);

        @Override
        public long acquire(String machine) throws InterruptedException {
            permits.acquire();
            return 1;
        }

        @Override
        public void release(String machine, long cpuNanos) {
            // a permit is for one slice
        }

        /** Waits for something; a machine that waits for a slice gets one, and more only if that was not enough. */
        void until(BooleanSupplier done) {
            long next = System.nanoTime();
            while (!done.getAsBoolean()) {
                if (permits.hasQueuedThreads() && System.nanoTime() - next >= 0) {
                    permits.release();
                    next = System.nanoTime() + 500_000_000;
                }
                LockSupport.parkNanos(20_000);
            }
        }

        /** Grants some slices; returns when the machine, which must be running, has taken them. */
        void grant(int slices) {
            permits.release(slices);
            while (permits.availablePermits() > 0) {
                LockSupport.parkNanos(20_000);
            }
        }

        /** From now on nothing is held back. */
        void free() {
            permits.release(Integer.MAX_VALUE / 2);
        }
    }

    final PartCatalog catalog = new PartCatalog();
    LocalMachineFactory local = new LocalMachineFactory(catalog);
    MachineFactory factory = SerializingMachine.wrap(local);
    final BlockingQueue<MachineEvent> events = new LinkedBlockingQueue<>();
    final List<DeviceConfig> devices = new ArrayList<>();
    final List<MachineConfig.DriveConfig> drives = new ArrayList<>();
    MachineScheduler scheduler = FREE;
    ClockMode clock = ClockMode.DETERMINISTIC;
    long memory = 16 * MachineConfig.MIB;
    boolean resetPowersOff;
    boolean acknowledge = true;
    Machine machine;

    Rig(Firmware firmware) {
        this(firmware, "script", ScriptCore.factory(0));
    }

    Rig(Firmware firmware, String coreName, CpuCoreFactory core) {
        offer(FirmwareFactory.class, "script", (properties, ram) -> firmware, "1.0.0");
        offer(CpuCoreFactory.class, coreName, core, "1.0.0");
        device("pic", "1.0.0", TestParts.Pic::new);
        device("ticker", "1.0.0", TestParts.Ticker::new);
        device("switchboard", "1.0.0", TestParts.Switchboard::new);
        device("disk", "1.0.0", TestParts.Disk::new);
        for (String name : List.of("pic", "ticker", "switchboard", "disk")) {
            devices.add(new DeviceConfig(name, name, Map.of()));
        }
    }

    /** Before it is built: other time limits. */
    Rig limits(Limits limits) {
        local.close();
        local = new LocalMachineFactory(catalog, limits);
        factory = SerializingMachine.wrap(local);
        return this;
    }

    MachineReply.Part part(String name) {
        return assertInstanceOf(MachineReply.Parts.class, tell(new MachineCommand.GetParts())).parts().stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Everything that was told of one kind so far. */
    <E extends MachineEvent> List<E> told(Class<E> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <F> Offer<F> offer(Class<F> kind, String name, F service, String version) {
        Offer<F> offer = new Offer<>(kind, name, service, "test." + name, version, 0, List.of("is a test part"));
        catalog.add(offer);
        return offer;
    }

    Offer<DeviceFactory> device(String type, String version, Supplier<Device> maker) {
        return offer(DeviceFactory.class, type, config -> maker.get(), version);
    }

    MachineConfig config() {
        return new MachineConfig(
                "rig",
                memory,
                null,
                CpuModel.P3,
                clock,
                java.time.Instant.EPOCH,
                new MachineConfig.FirmwareConfig("script", Map.of()),
                List.copyOf(devices),
                List.copyOf(drives),
                List.of("com1"),
                resetPowersOff);
    }

    Rig build() {
        try {
            machine = factory.create(config(), this::heard, scheduler);
        } catch (ConfigurationException e) {
            fail(e);
        }
        return this;
    }

    private void heard(MachineEvent event) {
        events.add(event);
        if (acknowledge && event instanceof MachineEvent.Output output) {
            machine.execute(new MachineCommand.Consumed(output.port(), output.data().length));
        }
    }

    MachineReply tell(MachineCommand command) {
        return waitFor(machine.execute(command));
    }

    /** A service goes. */
    void remove(Offer<?> offer) {
        waitFor(CompletableFuture.runAsync(() -> catalog.remove(offer)));
    }

    private <T> T waitFor(CompletableFuture<T> future) {
        if (scheduler instanceof Stepper stepper && stepper.permits.availablePermits() == 0) {
            stepper.until(future::isDone);
        }
        return future.join();
    }

    void must(MachineCommand command) {
        MachineReply reply = tell(command);
        if (reply instanceof MachineReply.Refused refused) {
            fail(command + " was refused: " + refused.message());
        }
    }

    String refused(MachineCommand command) {
        return assertInstanceOf(MachineReply.Refused.class, tell(command)).message();
    }

    Rig on() {
        must(new MachineCommand.PowerOn());
        return this;
    }

    <E extends MachineEvent> E await(Class<E> type) {
        try {
            while (true) {
                MachineEvent event = events.poll(20, TimeUnit.SECONDS);
                if (event == null) {
                    return fail("no " + type.getSimpleName() + " came");
                }
                if (type.isInstance(event)) {
                    return type.cast(event);
                }
            }
        } catch (InterruptedException e) {
            return fail(e);
        }
    }

    void await(MachineState state) {
        MachineEvent.StateChanged changed;
        do {
            changed = await(MachineEvent.StateChanged.class);
        } while (changed.state() != state);
    }

    /** Collects output until it holds so many bytes. */
    String output(int bytes) {
        StringBuilder text = new StringBuilder();
        while (text.length() < bytes) {
            text.append(
                    new String(await(MachineEvent.Output.class).data(), java.nio.charset.StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    MachineReply.Status status() {
        return assertInstanceOf(MachineReply.Status.class, tell(new MachineCommand.GetStatus()));
    }

    String hash() {
        return assertInstanceOf(MachineReply.Hash.class, tell(new MachineCommand.GetHash()))
                .sha256();
    }

    @Override
    public void close() {
        machine.close();
        local.close();
    }
}
