package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LifeTest {
    /** Counts what a machine takes and gives back. */
    private static final class Meter implements MachineScheduler {
        final AtomicInteger held = new AtomicInteger();
        final AtomicInteger slices = new AtomicInteger();
        final AtomicLong cpu = new AtomicLong();
        final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

        @Override
        public long acquire(String machine) throws InterruptedException {
            permits.acquire();
            slices.incrementAndGet();
            held.incrementAndGet();
            return 1_000_000;
        }

        @Override
        public void release(String machine, long cpuNanos) {
            held.decrementAndGet();
            cpu.addAndGet(cpuNanos);
        }
    }

    @Test
    void busyGuestsTakeSlicesAndHaltedOnesHoldNone() {
        Script busy = new Script();
        int loop = busy.here();
        busy.op(ScriptCore.JUMP, 0, loop);
        Meter meter = new Meter();
        Rig rig = new Rig(busy);
        rig.clock = ClockMode.REAL;
        rig.scheduler = meter;
        try (rig) {
            rig.build().on();
            while (meter.slices.get() < 5) {
                rig.status();
            }
            rig.must(new MachineCommand.Pause());
            rig.status();
            assertEquals(0, meter.held.get());
            assertTrue(meter.cpu.get() > 0);
            assertTrue(meter.cpu.get() <= rig.status().cpuNanos());
        }
        Meter idle = new Meter();
        Rig second = new Rig(Scripts.echo());
        second.clock = ClockMode.REAL;
        second.scheduler = idle;
        try (second) {
            second.build().on();
            second.must(new MachineCommand.Send("com1", new byte[] {'a'}));
            second.output(1);
            second.status();
            assertEquals(0, idle.held.get());
        }
    }

    @Test
    void aHaltedGuestUsesNoProcessor() {
        Rig rig = new Rig(Scripts.chatter(10_000_000));
        rig.clock = ClockMode.REAL;
        try (rig) {
            rig.build().on();
            rig.output(10);
            MachineReply.Status before = rig.status();
            rig.output(50);
            MachineReply.Status after = rig.status();
            long guest = after.guestNanos() - before.guestNanos();
            long used = after.cpuNanos() - before.cpuNanos();
            // 100 ticks a second that each print; a share, not a duration, and far above what is needed.
            assertTrue(used < guest / 10, used + " ns of CPU time in " + guest + " ns");
        }
    }

    @Test
    void closingEndsAWaitForASlice() {
        Meter meter = new Meter();
        meter.permits.drainPermits();
        Rig rig = new Rig(Scripts.echo());
        rig.scheduler = meter;
        rig.build();
        CompletableFuture<MachineReply> on = rig.machine.execute(new MachineCommand.PowerOn());
        on.join();
        while (!meter.permits.hasQueuedThreads()) {
            Thread.onSpinWait();
        }
        CompletableFuture<MachineReply> status = rig.machine.execute(new MachineCommand.GetStatus());
        rig.close();
        assertInstanceOf(MachineReply.Refused.class, status.join());
        assertEquals("machine rig is closed", rig.refused(new MachineCommand.GetStatus()));
        rig.machine.close();
        rig.await(MachineState.CLOSED);
    }

    @Test
    void deterministicGuestsWaitForALateHost() throws Exception {
        CountDownLatch late = new CountDownLatch(1);
        Rig rig = new Rig(Scripts.workload(50, 60_000));
        rig.device("disk", "2.0.0", () -> {
            TestParts.Disk disk = new TestParts.Disk();
            disk.holdUp(() -> {
                try {
                    late.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            return disk;
        });
        try (rig) {
            rig.build().on();
            // The first sector is asked for at the first tick and due 50 microseconds later.
            while (rig.status().guestNanos() < 110_000) {
                Thread.onSpinWait();
            }
            long time = rig.status().guestNanos();
            for (int i = 0; i < 50; i++) {
                assertEquals(time, rig.status().guestNanos());
            }
            assertEquals(110_000, time / 1000 * 1000);
            assertEquals(MachineState.RUNNING, rig.status().state());
            late.countDown();
            rig.await(MachineEvent.Stopped.class);
        }
    }

    @Test
    void aFaultOfOursIsSaid() {
        Rig rig = new Rig(Scripts.echo());
        rig.scheduler = new MachineScheduler() {
            @Override
            public long acquire(String machine) {
                throw new IllegalStateException("out of slices");
            }

            @Override
            public void release(String machine, long cpuNanos) {
                // never acquired
            }
        };
        try (rig) {
            rig.build().on();
            assertEquals(
                    new MachineEvent.Stopped(
                            MachineEvent.StopReason.FAULT, "a fault of the machine itself: out of slices"),
                    rig.await(MachineEvent.Stopped.class));
            assertEquals(MachineState.OFF, rig.status().state());
        }
    }

    @Test
    void badConfigurationsAreOneSentence() {
        Rig rig = new Rig(Scripts.echo());
        rig.memory = 5L << 30;
        refuses(rig, "machine rig: memory must be a whole number of MiB from 4 to 3712, not 5368709120 bytes");
        rig.memory = 4 << 20;
        rig.devices.add(new DeviceConfig("com1", "uart", Map.of()));
        refuses(rig, "device com1 needs a bundle for type uart; there are: disk, pic, switchboard, ticker");
        rig.devices.removeLast();
        rig.devices.add(new DeviceConfig("pic", "pic", Map.of()));
        refuses(rig, "machine rig: the name 'pic' is given twice");
        rig.devices.removeLast();
        rig.drives.add(new MachineConfig.DriveConfig("hda", "no/such/file", null, false, false));
        refuses(rig, "drive hda: there is no file no/such/file");
        rig.drives.set(0, new MachineConfig.DriveConfig("hda", ".", null, false, false));
        refuses(rig, "drive hda: . is a directory; an image file is needed");
        rig.drives.clear();
        rig.build().close();
    }

    @Test
    void anImageIsLockedWhileItsMachineExists(@TempDir Path folder) throws Exception {
        Path image = TestDisk.image(folder, 8);
        TestDisk disk = new TestDisk();
        Rig rig = new Rig(Scripts.echo());
        rig.offer(ImageLocks.class, "locks", disk, "1.0.0");
        rig.drives.add(new MachineConfig.DriveConfig("hda", image.toString(), null, false, false));
        refuses(rig, "drive hda: no installed format fits " + image + "; there are: none");
        rig.offer(DiskFormat.class, "plain", disk, "1.0.0");
        rig.build();
        assertEquals(1, disk.open);
        refuses(rig, image + " is in use");
        rig.drives.add(new MachineConfig.DriveConfig("hdb", "nowhere", null, false, false));
        rig.close();
        assertEquals(0, disk.open);
        refuses(rig, "drive hdb: there is no file nowhere");
        assertEquals(0, disk.open);
        rig.drives.removeLast();
        rig.build().close();
    }

    private static void refuses(Rig rig, String message) {
        ConfigurationException e = assertThrows(
                ConfigurationException.class, () -> rig.factory.create(rig.config(), event -> {}, Rig.FREE));
        assertEquals(message, e.getMessage());
    }

    @Test
    void noCommandBreaksAMachine() {
        Random random = new Random(2);
        Rig rig = new Rig(Scripts.workload(100_000, 60_000));
        rig.clock = ClockMode.REAL;
        try (rig) {
            rig.build();
            List<CompletableFuture<MachineReply>> replies = new ArrayList<>();
            String[] names = {"com1", "", "cpu", "switchboard", "\0", "../..", "script"};
            for (int i = 0; i < 3000; i++) {
                String name = names[random.nextInt(names.length)];
                int number = random.nextInt(3) == 0 ? random.nextInt() : random.nextInt(300) - 20;
                MachineCommand command =
                        switch (random.nextInt(17)) {
                            case 0 -> new MachineCommand.PowerOn();
                            case 1 -> new MachineCommand.PowerOff();
                            case 2 -> new MachineCommand.PressPowerButton();
                            case 3 -> new MachineCommand.Pause();
                            case 4 -> new MachineCommand.Resume();
                            case 5 -> new MachineCommand.Reset();
                            case 6 -> new MachineCommand.Save("\0" + name);
                            case 7 -> new MachineCommand.Restore(name);
                            case 8 -> new MachineCommand.Swap(name, random.nextBoolean() ? null : name);
                            case 9 -> new MachineCommand.SwitchCore(name);
                            case 10 -> new MachineCommand.GetParts();
                            case 11 -> new MachineCommand.GetRegisters();
                            case 12 -> new MachineCommand.Send(name, new byte[random.nextInt(100)]);
                            case 13 -> new MachineCommand.Consumed(name, number);
                            case 14 -> new MachineCommand.Key(number, random.nextBoolean());
                            case 15 -> new MachineCommand.Pointer(number, number, number, number);
                            default -> new MachineCommand.GetStatus();
                        };
                replies.add(rig.machine.execute(command));
            }
            for (CompletableFuture<MachineReply> reply : replies) {
                if (reply.join() instanceof MachineReply.Refused refused) {
                    assertTrue(!refused.fault() && !refused.message().isBlank(), refused.message());
                }
            }
            rig.tell(new MachineCommand.PowerOff());
            rig.on();
            rig.output(1);
        }
    }
}
