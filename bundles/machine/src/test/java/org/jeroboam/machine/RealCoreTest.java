package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.jeroboam.cpu.interpreter.InterpreterCoreFactory;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.firmware.Firmware;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The machine with the interpreter and a small guest that uses interrupts, changes its own code, and runs code from
 * disk.
 */
class RealCoreTest {
    /*
     * Real mode, at 1000h:
     *   start:  cli; DS = ES = SS = 0; SP = 7000h; ticker period 60000 ns; [9004h] = A000h; sti
     *   again:  CX = 100
     *   inner:  add byte [patch+2], 1; jmp patch
     *   patch:  mov si, 1100h; add [9100h], si; adc dword [9102h], 1; loop inner
     *           fld1; fiadd word [9100h]; fstp qword [9108h]; hlt; jmp again
     *   tick:   (1047h) inc [9000h], to port F8h and as sector to 1F0h; at 300 power off by port F4h; iret
     *   disk:   (106Eh) acknowledge; EAX = [8000h]; call 8004h, which came with the sector; store EAX and [9100h] at
     *           [9004h]; [9004h] += 8; iret
     */
    private static final byte[] GUEST = HexFormat.of()
            .parseHex("fa31c08ed88ec08ed0bc007066b860ea0000ba400066ef66c706049000a00000fbb9640080062d1001eb"
                    + "00be001101360091668316029101e2ead9e8de060091dd1e0891f4ebda66505266ff06009066a10090ba"
                    + "f800eebaf00166ef663d2c0100007506baf400b001ee5a6658cf66505352baf001ec66a10080e8876f8b"
                    + "1e049066890766a10091668947048b470183060490085a5b6658cf");
    private static final int TICK = 0x1047;
    private static final int DISK = 0x106E;

    @TempDir
    Path folder;

    private Path image;

    /** Each sector: a number, then {@code add eax, imm32; ret} with an operand of its own. */
    @BeforeEach
    void image() throws IOException {
        image = TestDisk.image(folder, 512);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            for (int i = 0; i < 512; i++) {
                ByteBuffer code = ByteBuffer.allocate(7).order(ByteOrder.LITTLE_ENDIAN);
                code.put((byte) 0x66).put((byte) 0x05).putInt(i * 0x10001).put((byte) 0xC3);
                file.seek(i * 512L + 4);
                file.write(code.array());
            }
        }
    }

    private static Firmware firmware() {
        return context -> {
            for (int i = 0; i < GUEST.length; i++) {
                context.board().memory().write(0x1000 + i, 1, GUEST[i]);
            }
            context.board().memory().write(4 * 32, 4, TICK);
            context.board().memory().write(4 * 46, 4, DISK);
            CpuState cpu = context.cpu();
            cpu.segments[CpuState.CS] = new SegmentState(0, 0, 0xFFFF, 0x9B);
            cpu.eip = 0x1000;
        };
    }

    private Rig rig() {
        Rig rig = new Rig(firmware(), "interpreter", new InterpreterCoreFactory());
        TestDisk disk = new TestDisk();
        rig.offer(DiskFormat.class, "plain", disk, "1.0.0");
        rig.offer(ImageLocks.class, "locks", disk, "1.0.0");
        rig.drives.add(new MachineConfig.DriveConfig("hda", image.toString(), null, false, false));
        return rig;
    }

    @Test
    void savesSwapsAndPausesChangeNothing() {
        String expected;
        MachineReply.Status end;
        try (Rig rig = rig().build().on()) {
            MachineEvent.Stopped stopped = rig.await(MachineEvent.Stopped.class);
            assertEquals(MachineEvent.StopReason.POWERED_OFF_BY_GUEST, stopped.reason(), stopped.detail());
            expected = rig.hash();
            end = rig.status();
        }
        assertEquals(300L, end.counters().get("switchboard.bytes"));
        Random random = new Random(1);
        Path file = folder.resolve("state");
        Rig rig = stepped().build().on();
        for (int i = 0; i < 40; i++) {
            Rig.Stepper stepper = (Rig.Stepper) rig.scheduler;
            stepper.grant(random.nextInt(5));
            switch (random.nextInt(4)) {
                case 0 -> {
                    rig.must(new MachineCommand.Save(file.toString()));
                    rig.close();
                    rig = stepped().build();
                    rig.must(new MachineCommand.Restore(file.toString()));
                    rig.must(new MachineCommand.Resume());
                }
                case 1 -> rig.must(new MachineCommand.SwitchCore("interpreter"));
                case 2 -> rig.must(new MachineCommand.Swap("disk", null));
                default -> {
                    rig.must(new MachineCommand.Pause());
                    rig.tell(new MachineCommand.GetParts());
                    rig.must(new MachineCommand.Resume());
                }
            }
        }
        ((Rig.Stepper) rig.scheduler).free();
        rig.await(MachineEvent.Stopped.class);
        assertEquals(expected, rig.hash());
        assertEquals(end.retired(), rig.status().retired());
        assertEquals(end.guestNanos(), rig.status().guestNanos());
        rig.close();
    }

    /** A disk that hangs once, at its hundredth command. */
    private static final class HangingDisk extends Wrapper implements PortHandler {
        private final CountDownLatch release;
        private int commands;

        HangingDisk(CountDownLatch release) {
            super(new TestParts.Disk());
            this.release = release;
        }

        @Override
        public void attach(Board board) {
            super.attach(board);
            board.mapPorts(0x1F0, 4, 4, this);
        }

        @Override
        public int readPort(int port, int size) {
            return ((PortHandler) inner).readPort(port, size);
        }

        @Override
        public void writePort(int port, int size, int value) {
            if (++commands == 100) {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
            ((PortHandler) inner).writePort(port, size, value);
        }
    }

    @Test
    void aDeviceThatHangsAndIsReplacedChangesNothing() {
        String expected;
        MachineReply.Status end;
        try (Rig rig = rig().build().on()) {
            rig.await(MachineEvent.Stopped.class);
            expected = rig.hash();
            end = rig.status();
        }
        CountDownLatch release = new CountDownLatch(1);
        Limits limits = new Limits(1_000_000_000L, 1_000_000_000L, 300_000_000L);
        try (Rig rig = rig().limits(limits)) {
            rig.device("disk", "2.0.0", () -> new HangingDisk(release));
            rig.build().on();
            MachineEvent.PartSwapped swapped = rig.await(MachineEvent.PartSwapped.class);
            assertEquals("disk 2.0.0 1.0.0", swapped.part() + " " + swapped.from() + " " + swapped.to());
            rig.await(MachineEvent.Stopped.class);
            assertEquals(expected, rig.hash());
            assertEquals(end.retired(), rig.status().retired());
            assertEquals(end.guestNanos(), rig.status().guestNanos());
            release.countDown();
        }
    }

    private Rig stepped() {
        Rig rig = rig();
        rig.scheduler = new Rig.Stepper();
        return rig;
    }

    @Test
    void theScriptCoreCannotTakeThisGuestButTheMachineSurvives() {
        Rig rig = rig();
        rig.offer(CpuCoreFactory.class, "script", ScriptCore.factory(-1), "1.0.0");
        try (rig) {
            rig.build().on();
            rig.tell(new MachineCommand.SwitchCore("script"));
            rig.tell(new MachineCommand.PowerOff());
            rig.on();
            rig.await(MachineEvent.Stopped.class);
        }
    }
}
