package org.jeroboam.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.Backing;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.character.CharacterPort;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.input.InputPort;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.machine.memory.GuestRam;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceScopeTest {
    private final List<String> calls = new ArrayList<>();
    private final List<Runnable> work = new ArrayList<>();
    private final GuestRam ram = new GuestRam(4 << 20);
    private final MachineConfig config = new MachineConfig(
            "m",
            4 << 20,
            null,
            CpuModel.P3,
            ClockMode.REAL,
            null,
            new MachineConfig.FirmwareConfig("f", Map.of()),
            List.of(),
            List.of(),
            List.of("com1"),
            false);
    private final Motherboard board = new Motherboard(new Motherboard.Surroundings(
            config,
            ram,
            Map.of(),
            work::add,
            () -> calls.add("wake"),
            null,
            (part, text) -> calls.add(part + ": " + text)));
    private final DeviceScope scope = new DeviceScope(board, "dev", 0);

    private final class Everything
            implements PortHandler,
                    MemoryHandler,
                    PciFunction,
                    InputPort.Listener,
                    CharacterPort.Listener,
                    PowerButton {
        @Override
        public int readPort(int port, int size) {
            calls.add("port");
            return 1;
        }

        @Override
        public void writePort(int port, int size, int value) {
            calls.add("port");
        }

        @Override
        public int readMemory(long offset, int size) {
            calls.add("memory");
            return 1;
        }

        @Override
        public void writeMemory(long offset, int size, int value) {
            calls.add("memory");
        }

        @Override
        public int readConfig(int register, int size) {
            calls.add("config");
            return 1;
        }

        @Override
        public void writeConfig(int register, int size, int value) {
            calls.add("config");
        }

        @Override
        public void key(int scanCode, boolean down) {
            calls.add("key");
        }

        @Override
        public void pointer(int dx, int dy, int wheel, int buttons) {
            calls.add("pointer");
        }

        @Override
        public void readable() {
            calls.add("readable");
        }

        @Override
        public void writable() {
            calls.add("writable");
        }

        @Override
        public void press() {
            calls.add("press");
        }
    }

    @AfterEach
    void free() {
        board.backings().close();
        ram.close();
    }

    private void poke() {
        board.ports().read(0x300, 1);
        board.memory().read(0xE0000000L, 4);
        board.pci().read(7, 0, 0, 4);
        board.keyboard().key(1, true);
        board.channel("com1").offer(new byte[1]);
        if (board.roles().powerButton() != null) {
            board.roles().powerButton().press();
        }
        board.timers().fire();
        work.forEach(Runnable::run);
        work.clear();
        board.offloads().deliver();
    }

    @Test
    void nothingReachesADeviceWhoseScopeEnded() {
        Everything device = new Everything();
        scope.mapPorts(0x300, 4, 4, device);
        scope.mapDevice(0xE0000000L, 0x1000, device);
        scope.pci().place(7, 0, device);
        scope.inputPort().setListener(device);
        CharacterPort stream = scope.characterPort("com1");
        stream.setListener(device);
        scope.provide(PowerButton.class, device);
        Timer timer = scope.timer(() -> calls.add("timer"));
        Offload offload = scope.offload(() -> calls.add("work"), failure -> calls.add("completed"));
        timer.arm(0);
        offload.submit(0);
        poke();
        assertEquals(
                List.of("port", "memory", "config", "key", "readable", "press", "timer", "work", "wake", "completed"),
                calls);
        calls.clear();

        timer.arm(0);
        offload.submit(0);
        assertTrue(scope.busy());
        PhysicalMemory memory = scope.memory();
        var line = scope.line(new LineId.Irq(5));
        var pci = scope.pci();
        scope.revoke();
        poke();
        assertEquals(List.of("wake"), calls);
        calls.clear();

        // All that the device still holds does nothing.
        timer.arm(0);
        offload.submit(0);
        offload.restore(new Offload.Pending(true, 0, null));
        line.set(true);
        scope.line(new LineId.Irq(6)).set(true);
        memory.write(0x1000, 4, 1);
        pci.place(7, 0, device);
        pci.writeConfig(0, 0, 0, 4, 0);
        assertEquals(-1, pci.readConfig(7, 0, 0, 4));
        scope.mapPorts(0x300, 4, 4, device).unmap();
        scope.mapDevice(0xE0000000L, 0x1000, device).unmap();
        scope.provide(PowerButton.class, device);
        scope.characterPort("com1").setListener(device);
        scope.inputPort().setListener(device);
        scope.timer(() -> calls.add("timer")).arm(0);
        scope.offload(() -> calls.add("work"), f -> calls.add("completed")).submit(0);
        scope.requestReset(ResetKind.HARD);
        scope.requestPowerOff();
        scope.report("late");
        scope.setDramAccess(0xA0000, 0x1000, true, true);
        stream.setListener(device);
        assertTrue(stream.write(1));
        assertEquals(-1, stream.read());
        poke();
        assertEquals(List.of(), calls);
        assertEquals(0, board.memory().read(0x1000, 4));
        assertEquals(-1, board.memory().read(0xA0000, 4));
        assertFalse(board.signals().any());
        assertFalse(board.lines().told().irq()[5]);
    }

    @Test
    void lateCompletionsAreDropped() {
        List<String> results = new ArrayList<>();
        Offload offload = scope.offload(() -> {}, failure -> results.add("done"));
        offload.submit(0);
        assertThrows(IllegalStateException.class, () -> offload.submit(0));
        offload.cancel();
        assertFalse(offload.submitted());
        assertFalse(offload.idle());
        Runnable first = work.removeFirst();
        first.run();
        assertTrue(offload.idle());
        offload.submit(0);
        board.offloads().deliver();
        assertEquals(List.of(), results);
        work.removeFirst().run();
        board.offloads().deliver();
        board.offloads().deliver();
        assertEquals(List.of("done"), results);
        assertEquals(Offload.Pending.NONE, offload.pending());
    }

    @Test
    void whatWorkThrowsComesWithTheCompletion() {
        List<String> results = new ArrayList<>();
        Offload offload = scope.offload(
                () -> {
                    throw new java.io.IOException("the disk is gone");
                },
                results::add);
        offload.submit(5);
        work.removeFirst().run();
        Offload.Pending pending = offload.pending();
        assertTrue(pending.submitted());
        assertEquals("the disk is gone", pending.failure());
        DeviceScope other = new DeviceScope(board, "other", 1);
        Offload successor = other.offload(() -> calls.add("again"), results::add);
        successor.restore(pending);
        assertTrue(successor.submitted());
        board.timers().fire();
        board.offloads().deliver();
        assertEquals(List.of("the disk is gone", "the disk is gone"), results);
        assertEquals(List.of("wake"), calls);
    }

    @Test
    void placesAndRolesAreGivenOnce() {
        DeviceScope other = new DeviceScope(board, "other", 1);
        Everything device = new Everything();
        scope.pci().place(7, 0, device);
        assertEquals(
                "PCI function 7.0 is wanted by other but taken by dev",
                assertThrows(IllegalArgumentException.class, () -> other.pci().place(7, 0, device))
                        .getMessage());
        scope.provide(PowerButton.class, device);
        assertThrows(IllegalStateException.class, () -> other.provide(PowerButton.class, device));
        InterruptController nobody = other.role(InterruptController.class);
        nobody.lineChanged(1, true);
        assertEquals(0, nobody.acknowledge());
        assertFalse(nobody.pending(1));
    }

    @Test
    void backingsOutliveTheScope() {
        Backing backing = scope.backing("rom", 0x1000);
        backing.segment().set(java.lang.foreign.ValueLayout.JAVA_BYTE, 5, (byte) 42);
        scope.mapBacking(0xF0000, 0x1000, backing, 0, false);
        assertEquals(42, board.memory().read(0xF0005, 1));
        assertEquals(1, scope.describe().size());
        scope.timer(() -> {});
        assertNull(scope.describe());
        scope.revokeCode();
        assertEquals(42, board.memory().read(0xF0005, 1));
        scope.revoke();
        assertEquals(0xFF, board.memory().read(0xF0005, 1));
        DeviceScope successor = new DeviceScope(board, "dev", 0);
        assertEquals(42, successor.backing("rom", 0x1000).segment().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 5));
        MemorySegment segment = backing.segment();
        board.backings().close();
        assertThrows(IllegalStateException.class, () -> segment.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
    }

    @Test
    void busMasterAccessesStayInTheGuest() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(64);
            for (long address : new long[] {-1, -64, 4 << 20, (4 << 20) - 3, Long.MAX_VALUE - 1, 0xFFFF_FFFFL}) {
                scope.memory().copyIn(address, buffer, 0, 64);
                scope.memory().copyOut(address, buffer, 0, 64);
            }
        }
    }

    private static PortHandler answers(int value) {
        return new PortHandler() {
            @Override
            public int readPort(int port, int size) {
                return value;
            }

            @Override
            public void writePort(int port, int size, int ignored) {}
        };
    }

    /** CF8h to CFBh are the host bridge's, CF9h within them is the ISA bridge's, whichever was replaced last. */
    @Test
    void aReplacedPartKeepsItsRankOnThePorts() {
        DeviceScope isa = new DeviceScope(board, "isa", 1);
        scope.mapPorts(0xCF8, 4, 4, answers(0x11));
        scope.attached();
        isa.mapPorts(0xCF9, 1, 1, answers(0x22));
        isa.attached();
        scope.revoke();
        DeviceScope successor = new DeviceScope(board, "dev", 0);
        successor.mapPorts(0xCF8, 4, 4, answers(0x33));
        successor.attached();
        assertEquals(0x22, board.ports().read(0xCF9, 1));
        assertEquals(0x33, board.ports().read(0xCF8, 4));
    }

    @Test
    void portsTakenLaterHideThoseOfAttach() {
        DeviceScope other = new DeviceScope(board, "other", 1);
        scope.attached();
        scope.mapPorts(0x60, 1, 1, answers(0x11));
        other.mapPorts(0x60, 1, 1, answers(0x22));
        other.attached();
        assertEquals(0x11, board.ports().read(0x60, 1), "a window that the guest programmed");
        other.mapPorts(0x60, 1, 1, answers(0x33));
        assertEquals(0x33, board.ports().read(0x60, 1), "then the part listed later is first");
    }
}
