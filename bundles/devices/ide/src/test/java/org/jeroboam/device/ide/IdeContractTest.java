package org.jeroboam.device.ide;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.hardware.testkit.DeviceContract;
import org.jeroboam.hardware.testkit.FakeBlockPort;
import org.jeroboam.hardware.testkit.FakeMachine;
import org.junit.jupiter.api.Test;

/** A disk and a CD-ROM drive on each channel, one of the disks read-only. */
class IdeContractTest extends DeviceContract {
    private static final int SECTORS = 600;
    private static final int PRIMARY = 0x1F0;
    private static final int SECONDARY = 0x170;
    private static final int TABLE = 0x8000;
    private static final int[] COMMANDS = {
        0x20, 0x24, 0x29, 0x30, 0x34, 0x39, 0xC4, 0xC5, 0xC8, 0xC8, 0x25, 0xCA, 0xCA, 0x35, 0x40, 0xE7, 0xEA, 0xEC,
        0xEF, 0xC6, 0x91, 0xE5, 0x27, 0x08, 0x90, 0xCA, 0xCA, 0xCA, 0x35, 0x35, 0xC8, 0x25
    };
    private static final int[] PACKETS = {
        0x00, 0x00, 0x03, 0x12, 0x15, 0x1A, 0x1B, 0x1E, 0x25, 0x28, 0x28, 0x28, 0xA8, 0xA8, 0x2B, 0x42, 0x43, 0x46,
        0x4A, 0x51, 0x52, 0x55, 0x5A, 0xB9, 0xBB, 0xBD, 0xBE, 0xBE, 0xFF
    };

    @Override
    protected DeviceFactory factory() {
        return new IdeFactory();
    }

    @Override
    protected DeviceConfig config() {
        return new DeviceConfig(
                "ide",
                "piix4-ide",
                Map.of(
                        "primary.master",
                        "disk0",
                        "primary.slave",
                        "cdrom0",
                        "primary.slave.type",
                        "cdrom",
                        "secondary.master",
                        "cdrom1",
                        "secondary.master.type",
                        "cdrom",
                        "secondary.slave",
                        "disk1"));
    }

    @Override
    protected void prepare(FakeMachine machine) {
        byte[] content = new byte[SECTORS * 512];
        new Random(7).nextBytes(content);
        machine.blockPort("disk0").insert(content, false);
        machine.blockPort("disk1").insert(content.clone(), true);
        machine.blockPort("disk0").failAt(SECTORS - 3, "the disk is worn out");
        machine.blockPort("cdrom0").setRemovable(true);
        machine.blockPort("cdrom1").setRemovable(true);
        machine.blockPort("cdrom1").insert(content.clone(), true);
        machine.blockPort("cdrom1").failAt(SECTORS - 5, "the disc is scratched");
    }

    @Override
    protected int ramSize() {
        return 1 << 20;
    }

    @Override
    protected void exercise(FakeMachine machine, Random random) {
        machine.writeConfig(7, 1, 0x40, 4, 0x80008000);
        machine.writeConfig(7, 1, 0x04, 2, 5);
        machine.writeConfig(7, 1, 0x20, 4, 0xC000);
        int base = random.nextBoolean() ? PRIMARY : SECONDARY;
        if (random.nextInt(4) > 0) {
            drive(machine, random, base);
        } else {
            disturb(machine, random, base);
        }
        for (int register = base + 1; register <= base + 6; register++) {
            machine.in(register);
        }
        machine.readPort(0xC000, 4);
        machine.readPort(0xC008, 4);
    }

    /** As a driver that sees what the drive wants. */
    private static void drive(FakeMachine machine, Random random, int base) {
        int status = machine.in(base + 0x206);
        if ((status & 0x80) != 0) {
            machine.clock().advance(random.nextInt(400_000));
        } else if ((status & 0x08) == 0) {
            if (random.nextInt(5) < 2) {
                command(machine, random, base);
            } else {
                packet(machine, random, base);
            }
            if (random.nextInt(3) > 0) {
                busMaster(machine, random, base);
            }
        } else {
            switch (random.nextInt(3)) {
                case 0 -> busMaster(machine, random, base);
                case 1 -> read(machine, base, random.nextInt(1500));
                default -> write(machine, base, random);
            }
        }
    }

    private static void disturb(FakeMachine machine, Random random, int base) {
        switch (random.nextInt(8)) {
            case 0 -> command(machine, random, base);
            case 1 -> packet(machine, random, base);
            case 2 -> machine.in(base + 7);
            case 3 -> {
                machine.out(base + 0x206, random.nextInt(2) == 0 ? 4 : random.nextInt(4) == 0 ? 2 : 0);
                machine.out(base + 0x206, random.nextInt(10) == 0 ? 4 : 0);
            }
            case 4 -> busMaster(machine, random, base);
            case 5 -> medium(machine, random);
            case 6 -> machine.out(base + 7, 0x08);
            default -> machine.clock().advance(random.nextInt(400_000));
        }
    }

    private static void read(FakeMachine machine, int base, int words) {
        for (int i = 0; i <= words; i++) {
            machine.readPort(base, 2);
        }
    }

    private static void write(FakeMachine machine, int base, Random random) {
        for (int i = random.nextInt(300); i >= 0; i--) {
            machine.writePort(base, 4, random.nextInt());
        }
    }

    /** What this test does is worth something only if saves meet each kind of transfer in its middle. */
    @Test
    void savesMeetTransfersOfAllKindsInTheirMiddle() throws ConfigurationException, StateException {
        FakeMachine machine = new FakeMachine(ramSize());
        prepare(machine);
        Device ide = new IdeFactory().create(config());
        ide.attach(machine.board("ide"));
        ide.reset(ResetKind.POWER_ON);
        Random random = new Random(5);
        Set<String> met = new TreeSet<>();
        for (int step = 0; step < 2500; step++) {
            exercise(machine, random);
            StateWriter out = new StateWriter();
            ide.save(out);
            IdeState state = new StateReader(out.toBytes()).section("piix4-ide", 2, IdeState.class);
            for (DriveState drive : List.of(
                    state.primary().drive0(),
                    state.primary().drive1(),
                    state.secondary().drive0(),
                    state.secondary().drive1())) {
                met.add(kind(drive));
            }
        }
        for (String phase : List.of("PIO_IN", "PIO_OUT", "DMA_IN", "DMA_OUT", "VERIFY", "FLUSH", "IDENTIFY")) {
            assertTrue(met.stream().anyMatch(kind -> kind.startsWith("disk " + phase)), phase + " in " + met);
        }
        for (String phase : List.of("CDB", "REPLY", "PARAMETERS", "READ", "IDENTIFY")) {
            assertTrue(met.stream().anyMatch(kind -> kind.startsWith("packet " + phase)), phase + " in " + met);
        }
        assertTrue(
                met.containsAll(List.of(
                        "disk DMA_IN working",
                        "disk DMA_IN moving",
                        "disk DMA_OUT moving",
                        "packet READ working",
                        "packet READ moving",
                        "packet READ by DMA working",
                        "packet READ by DMA moving",
                        "packet REPLY by DMA waiting")),
                met.toString());
    }

    private static String kind(DriveState drive) {
        return switch (drive) {
            case DriveState.Disk(var disk) ->
                "disk " + disk.transfer().phase()
                        + way(disk.transfer().work(), disk.transfer().position());
            case DriveState.Packet(var packet) ->
                "packet " + packet.transfer().phase()
                        + (packet.transfer().dma() ? " by DMA" : "")
                        + way(packet.transfer().work(), packet.transfer().position());
            case DriveState.None none -> "none";
        };
    }

    private static String way(Offload.Pending work, int position) {
        return work.submitted() ? " working" : position > 0 ? " moving" : " waiting";
    }

    private static void command(FakeMachine machine, Random random, int base) {
        machine.out(base + 6, random.nextBoolean() ? 0xF0 : 0xE0);
        machine.out(base + 2, random.nextInt(8) == 0 ? 0 : 1 << random.nextInt(8));
        machine.out(base + 3, random.nextInt(256));
        machine.out(base + 4, random.nextInt(8) == 0 ? 2 : random.nextInt(2));
        machine.out(base + 5, 0);
        machine.out(base + 1, 2 + random.nextInt(2));
        machine.out(base + 7, COMMANDS[random.nextInt(COMMANDS.length)]);
    }

    /** To the channel's CD-ROM drive, mostly with a packet that it likes. */
    private static void packet(FakeMachine machine, Random random, int base) {
        machine.out(base + 6, base == PRIMARY ? 0xB0 : 0xA0);
        machine.out(base + 1, random.nextInt(2));
        machine.out(base + 4, random.nextInt(8) == 0 ? random.nextInt(256) : 0);
        machine.out(base + 5, random.nextInt(8) == 0 ? random.nextInt(256) : 8);
        machine.out(base + 7, random.nextInt(12) == 0 ? 0xA1 : 0xA0);
        int operation = PACKETS[random.nextInt(PACKETS.length)];
        int[] cdb = new int[12];
        cdb[0] = operation;
        switch (operation) {
            case 0x28, 0xA8, 0xBE, 0x2B -> {
                cdb[5] = random.nextInt(SECTORS / 4 + 4);
                cdb[operation == 0xA8 ? 9 : 8] = random.nextInt(90);
                cdb[9] = operation == 0xBE ? random.nextInt(32) << 3 : cdb[9];
            }
            case 0xB9 -> {
                cdb[4] = 2;
                cdb[7] = 3;
                cdb[9] = 0xF8;
            }
            case 0x1B, 0x1E -> cdb[4] = random.nextInt(4);
            case 0x43 -> {
                cdb[2] = random.nextInt(4);
                cdb[8] = 100;
            }
            case 0x15 -> cdb[4] = random.nextInt(40);
            case 0x1A -> {
                cdb[2] = 0x3F;
                cdb[4] = 200;
            }
            case 0x5A -> {
                cdb[2] = 0x3F;
                cdb[8] = 200;
            }
            case 0x4A -> {
                cdb[1] = 1;
                cdb[4] = 0x10;
                cdb[8] = 8;
            }
            default -> {
                for (int i = 1; i < 12; i++) {
                    cdb[i] = random.nextInt(4) == 0 ? random.nextInt(256) : 0;
                }
            }
        }
        int words = random.nextInt(10) == 0 ? random.nextInt(6) : 6;
        for (int i = 0; i < words; i++) {
            machine.writePort(base, 2, cdb[2 * i] | cdb[2 * i + 1] << 8);
        }
    }

    private static void busMaster(FakeMachine machine, Random random, int base) {
        int registers = base == PRIMARY ? 0xC000 : 0xC008;
        boolean good = random.nextInt(4) > 0;
        int last = random.nextInt(8);
        for (int i = 0; i <= last; i++) {
            int address = good ? 0x10000 + random.nextInt(0x400) * 512 : random.nextInt();
            int count = good ? 512 * random.nextInt(20) : random.nextInt();
            machine.writeMemory(TABLE + 8 * i, 4, address);
            machine.writeMemory(TABLE + 8 * i + 4, 4, count & 0xFFFF | (i == last ? 0x80000000 : 0));
        }
        machine.out(registers, 0);
        machine.writePort(registers + 4, 4, random.nextInt(12) == 0 ? random.nextInt() : TABLE);
        machine.out(registers + 2, 6);
        machine.out(registers, random.nextBoolean() ? 9 : 1);
    }

    private static void medium(FakeMachine machine, Random random) {
        FakeBlockPort drive = machine.blockPort("cdrom" + random.nextInt(2));
        if (random.nextInt(3) == 0) {
            drive.eject();
        } else {
            byte[] content = new byte[512 * (1 + random.nextInt(SECTORS))];
            random.nextBytes(content);
            drive.insert(content, true);
        }
    }
}
