package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineConfig.DriveConfig;
import org.jeroboam.hardware.machine.MachineConfig.FirmwareConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;

/**
 * A machine with 64 MiB, a screen and an empty floppy drive that boots through SeaBIOS, on the deterministic clock, and
 * all that its guest says.
 */
final class BiosMachine implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 300;
    private static final long SLICE_NANOS = 10_000_000;

    /** All the time there is. */
    private static final MachineScheduler ALONE = new MachineScheduler() {
        @Override
        public long acquire(String machine) {
            return SLICE_NANOS;
        }

        @Override
        public void release(String machine, long cpuNanos) {
            // Nobody else wants it.
        }
    };

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final StringBuilder com1 = new StringBuilder();
    private final StringBuilder log = new StringBuilder();
    private final Machine machine;
    private String end;

    /** @param disk the first hard disk, or null for a machine without one */
    BiosMachine(Workbench bench, FirmwareFiles files, Path disk) throws ConfigurationException {
        machine = bench.machines().create(config(files, disk), this::event, ALONE);
    }

    private static MachineConfig config(FirmwareFiles files, Path disk) {
        List<DeviceConfig> devices = new ArrayList<>();
        List<DriveConfig> drives = new ArrayList<>();
        drives.add(new DriveConfig("floppy0", null, null, false, true));
        Map<String, String> ide = new HashMap<>();
        if (disk != null) {
            drives.add(new DriveConfig("disk0", disk.toString(), "raw", false, false));
            ide.put("primary.master", "disk0");
        }
        add(devices, "pic", "i8259", Map.of());
        add(devices, "pit", "i8254", Map.of());
        add(devices, "rtc", "mc146818", Map.of());
        add(devices, "dma", "i8237", Map.of());
        add(devices, "host-bridge", "i82443bx", Map.of("strap", "true"));
        add(devices, "isa-bridge", "piix4-isa", Map.of());
        add(devices, "ide", "piix4-ide", ide);
        add(devices, "pm", "piix4-pm", Map.of());
        add(devices, "keyboard", "i8042", Map.of());
        add(devices, "com1", "serial-16550", Map.of("port", "0x3f8", "irq", "4", "character", "com1"));
        add(devices, "floppy", "i82077aa", Map.of("a", "floppy0"));
        add(devices, "video", "s3trio64", Map.of());
        add(
                devices,
                "fw-cfg",
                "fw-cfg",
                Map.of("boot", "c", "video-rom", files.videoRom().toString()));
        add(devices, "debug", "debug-console", Map.of());
        return new MachineConfig(
                "bios",
                64 * MachineConfig.MIB,
                null,
                CpuModel.P3,
                ClockMode.DETERMINISTIC,
                Instant.parse("2026-01-31T12:00:00Z"),
                new FirmwareConfig("bios", Map.of("image", files.bios().toString())),
                devices,
                drives,
                List.of("com1", "debug"),
                false);
    }

    private static void add(List<DeviceConfig> devices, String name, String type, Map<String, String> properties) {
        devices.add(new DeviceConfig(name, type, properties));
    }

    private void event(MachineEvent event) {
        lock.lock();
        try {
            switch (event) {
                case MachineEvent.Output(String port, byte[] data) -> {
                    (port.equals("com1") ? com1 : log).append(new String(data, StandardCharsets.ISO_8859_1));
                    machine.execute(new MachineCommand.Consumed(port, data.length));
                }
                case MachineEvent.Stopped(var reason, String detail) -> end = reason + " " + detail;
                default -> {
                    return;
                }
            }
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Carries a command out. */
    <R extends MachineReply> R tell(MachineCommand command, Class<R> expected) {
        return assertInstanceOf(expected, tell(command));
    }

    MachineReply tell(MachineCommand command) {
        return machine.execute(command).join();
    }

    /** Waits until the firmware's log has so many characters, or the machine's end. */
    void awaitLog(int length) throws InterruptedException {
        await(() -> log.length() >= length || end != null, "a log of " + length + " characters");
    }

    /** Waits for a text in the firmware's log. */
    void awaitLog(String text) throws InterruptedException {
        await(() -> log.indexOf(text) >= 0, "'" + text + "'");
    }

    /** Waits for the end and tells why it came. */
    String awaitEnd() throws InterruptedException {
        await(() -> end != null, "its end");
        return end;
    }

    private void await(BooleanSupplier what, String name) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (!what.getAsBoolean()) {
                left = news.awaitNanos(left);
                if (left <= 0) {
                    throw new AssertionError("waited in vain for " + name + "; log:\n" + log + "\ncom1:\n" + com1);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What the guest has sent to COM1. */
    String com1() {
        lock.lock();
        try {
            return com1.toString();
        } finally {
            lock.unlock();
        }
    }

    /** What the firmware has sent to port 402h. */
    String log() {
        lock.lock();
        try {
            return log.toString();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        machine.close();
    }
}
