package org.jeroboam.hardware.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.clock.Timer;
import org.junit.jupiter.api.Test;

class FakeBoardTest {
    private final FakeMachine machine = new FakeMachine();
    private final FakeBoard board = machine.board("a");
    private final List<String> seen = new ArrayList<>();

    private PortHandler ports(String name, int answer) {
        return new PortHandler() {
            @Override
            public int readPort(int port, int size) {
                seen.add(name + " r" + Integer.toHexString(port) + "/" + size);
                return answer;
            }

            @Override
            public void writePort(int port, int size, int value) {
                seen.add(name + " w" + Integer.toHexString(port) + "/" + size + "=" + Integer.toHexString(value));
            }
        };
    }

    @Test
    void widePortAccessesAreSplit() {
        board.mapPorts(0x10, 4, 2, ports("p", 0x1234));
        assertEquals(0x1234, machine.readPort(0x10, 2));
        assertEquals(0x34343434, machine.readPort(0x10, 4));
        assertEquals(0xFF34, machine.readPort(0x13, 2));
        machine.writePort(0x12, 4, 0xAABBCCDD);
        assertEquals(
                List.of("p r10/2", "p r10/1", "p r11/1", "p r12/1", "p r13/1", "p r13/1", "p w12/1=dd", "p w13/1=cc"),
                seen);
    }

    @Test
    void rangeTakenLastAnswersUntilItGoes() {
        board.mapPorts(0x10, 4, 1, ports("old", 1));
        Mapping newer = machine.board("b").mapPorts(0x11, 1, 1, ports("new", 2));
        assertEquals(2, machine.in(0x11));
        newer.unmap();
        newer.unmap();
        assertEquals(1, machine.in(0x11));
        assertEquals(0xFF, machine.in(0x14));
    }

    @Test
    void timersFireInOrderOfDeadlineThenCreation() {
        Timer first = board.timer(() -> seen.add("first at " + machine.clock().now()));
        Timer second = board.timer(() -> seen.add("second at " + machine.clock().now()));
        second.arm(100);
        first.arm(100);
        machine.clock().advance(99);
        assertEquals(List.of(), seen);
        machine.clock().advance(50);
        assertEquals(List.of("first at 100", "second at 100"), seen);
        assertEquals(149, machine.clock().now());
        assertEquals(Long.MAX_VALUE, first.deadline());
    }

    @Test
    void linesAreOredAndEdgesKept() {
        LineId id = new LineId.Irq(4);
        Line one = board.line(id);
        Line two = machine.board("b").line(id);
        one.set(true);
        two.set(true);
        one.set(false);
        assertTrue(machine.level(id));
        two.set(false);
        assertFalse(machine.level(id));
        assertEquals(1, machine.interrupts(4));
        one.pulse();
        one.pulse();
        assertEquals(3, machine.interrupts(4));
    }

    @Test
    void pciPinsFollowTheRouter() {
        int[] target = {10};
        PciInterruptRouter router = (device, pin) -> target[0];
        board.provide(PciInterruptRouter.class, router);
        board.provide(InterruptController.class, new InterruptController() {
            @Override
            public void lineChanged(int irq, boolean level) {
                seen.add(irq + "=" + level);
            }

            @Override
            public int acknowledge() {
                return 0x77;
            }

            @Override
            public boolean pending(int irq) {
                return false;
            }
        });
        board.line(new LineId.PciInterrupt(9, 0)).set(true);
        target[0] = 11;
        board.pci().interruptRoutingChanged();
        assertEquals(List.of("10=true", "10=false", "11=true"), seen);
        assertEquals(0x77, machine.role(InterruptController.class).acknowledge());
        board.revoke();
        assertEquals(0, machine.role(InterruptController.class).acknowledge());
    }

    @Test
    void offloadBecomesVisibleAtItsTime() {
        Offload offload = board.offload(
                () -> seen.add("work"),
                failure -> seen.add("done at " + machine.clock().now()));
        offload.submit(500);
        assertThrows(IllegalStateException.class, () -> offload.submit(1));
        machine.clock().advance(499);
        assertEquals(List.of(), seen);
        machine.finishWork();
        assertEquals(new Offload.Pending(true, 500, null), offload.pending());
        machine.clock().advance(1);
        assertEquals(List.of("work", "done at 500"), seen);
        assertFalse(offload.submitted());
    }

    @Test
    void heldOffloadComesLateAndFailuresAreSentences() {
        Offload offload = board.offload(
                () -> {
                    throw new java.io.IOException("the disk is full");
                },
                seen::add);
        machine.holdOffloads();
        offload.submit(5);
        machine.clock().advance(10);
        assertFalse(offload.idle());
        machine.releaseOffloads();
        assertEquals(List.of("the disk is full"), seen);
    }

    @Test
    void restoredOffloadDoesNotWorkAgain() {
        Offload offload = board.offload(() -> seen.add("work"), failure -> seen.add("done " + failure));
        offload.restore(new Offload.Pending(true, 300, "bad sector"));
        machine.clock().advance(300);
        assertEquals(List.of("done bad sector"), seen);
    }

    @Test
    void cancelledOffloadIsIdleWhenTheWorkHasEnded() {
        Offload offload = board.offload(() -> seen.add("work"), failure -> seen.add("done"));
        offload.submit(10);
        offload.cancel();
        assertFalse(offload.submitted());
        assertFalse(offload.idle());
        machine.clock().advance(10);
        assertTrue(offload.idle());
        assertEquals(List.of("work"), seen);
    }

    @Test
    void revocationEndsAllAndCountsLateCalls() {
        board.mapPorts(0x10, 1, 1, ports("p", 0));
        Timer timer = board.timer(() -> seen.add("timer"));
        Offload offload = board.offload(() -> seen.add("work"), failure -> seen.add("done"));
        Line line = board.line(new LineId.Irq(3));
        line.set(true);
        offload.submit(10);
        timer.arm(10);
        board.revoke();
        timer.arm(20);
        offload.submit(20);
        line.set(false);
        board.memory().write(0, 4, 1);
        board.requestPowerOff();
        machine.clock().advance(100);
        assertEquals(0xFF, machine.in(0x10));
        assertEquals(List.of(), seen);
        assertTrue(machine.level(new LineId.Irq(3)), "the level stays for the successor");
        board.releaseLines();
        assertFalse(machine.level(new LineId.Irq(3)));
        assertEquals(5, board.lateCalls());
        assertEquals(1, machine.droppedCompletions());
        assertEquals(0, machine.memory().read(0, 4));
        assertFalse(machine.poweredOff());
    }

    @Test
    void memoryFollowsDramAccessAndWindows() {
        machine.memory().write(0x1000, 4, 0x11223344);
        assertEquals(0x2233, machine.memory().read(0x1001, 2));
        assertEquals(-1, machine.memory().read(1L << 40, 4));
        assertEquals(0xFF, machine.memory().read(0xC0000, 1));
        machine.memory().write(0xC0000, 1, 5);
        assertEquals(0, machine.memory().ram()[0xC0000]);
        board.mapDevice(0xC0000, 0x1000, new MemoryHandler() {
            @Override
            public int readMemory(long offset, int size) {
                return (int) offset + size;
            }

            @Override
            public void writeMemory(long offset, int size, int value) {
                seen.add(offset + "/" + size + "=" + value);
            }
        });
        assertEquals(0x14, machine.memory().read(0xC0010, 4));
        board.setDramAccess(0xC0000, 0x1000, false, true);
        machine.memory().write(0xC0010, 1, 7);
        assertEquals(0x11, machine.memory().read(0xC0010, 1));
        board.setDramAccess(0xC0000, 0x1000, true, false);
        assertEquals(7, machine.memory().read(0xC0010, 1));
        machine.memory().write(0xC0020, 2, 9);
        assertEquals(List.of("32/2=9"), seen);
    }

    @Test
    void pciPlaceIsTakenOnce() {
        var function = new org.jeroboam.hardware.board.PciFunction() {
            @Override
            public int readConfig(int register, int size) {
                return 0x71118086;
            }

            @Override
            public void writeConfig(int register, int size, int value) {
                seen.add(register + "=" + value);
            }
        };
        board.pci().place(7, 1, function);
        assertEquals(0x8086, machine.readConfig(7, 1, 0, 2));
        assertEquals(0xFFFF, machine.readConfig(7, 2, 0, 2));
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> machine.board("b").pci().place(7, 1, function))
                .getMessage();
        assertTrue(message.contains("a") && message.contains("b"), message);
    }
}
