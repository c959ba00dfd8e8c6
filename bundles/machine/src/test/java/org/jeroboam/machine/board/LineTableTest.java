package org.jeroboam.machine.board;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PciInterruptRouter;
import org.jeroboam.hardware.cpu.Breakpoint;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.machine.clock.Processor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LineTableTest {
    private static final LineId IRQ5 = new LineId.Irq(5);
    private static final LineId PIN = new LineId.PciInterrupt(3, 0);
    private static final LineId OTHER_PIN = new LineId.PciInterrupt(4, 1);

    private final List<String> log = new ArrayList<>();
    private final Roles roles = new Roles((part, failure) -> log.add(part + " failed"));
    private final Processor processor = new Processor();
    private final LineTable table = new LineTable(processor, roles);
    private int route = 5;

    private final CpuCore core = new CpuCore() {
        @Override
        public long run(long maxInstructions) {
            return 0;
        }

        @Override
        public ExitReason exitReason() {
            return ExitReason.BUDGET;
        }

        @Override
        public long retired() {
            return 0;
        }

        @Override
        public void limitRun(long retired) {
            log.add("limit");
        }

        @Override
        public void requestExit() {
            log.add("exit");
        }

        @Override
        public void setInterruptLine(boolean asserted) {
            log.add("INTR " + asserted);
        }

        @Override
        public void raiseNmi() {
            log.add("NMI");
        }

        @Override
        public void setA20(boolean open) {
            log.add("A20 " + open);
        }

        @Override
        public CpuState save() {
            return new CpuState();
        }

        @Override
        public void load(CpuState state) {
            log.add("load");
        }

        @Override
        public void setBreakpoints(List<Breakpoint> breakpoints) {
            assertEquals(List.of(), breakpoints);
        }

        @Override
        public Breakpoint breakpointHit() {
            return null;
        }

        @Override
        public long translate(int linear) {
            return -1;
        }

        @Override
        public void close() {
            log.add("close");
        }
    };

    @BeforeEach
    void fit() {
        roles.provide("pic", InterruptController.class, new InterruptController() {
            @Override
            public void lineChanged(int irq, boolean level) {
                log.add("IRQ" + irq + " " + level);
            }

            @Override
            public int acknowledge() {
                return 0;
            }

            @Override
            public boolean pending(int irq) {
                return false;
            }
        });
        roles.provide("isa", PciInterruptRouter.class, (device, pin) -> route);
        processor.insert(core);
        log.clear();
    }

    private List<String> heard() {
        List<String> copy = List.copyOf(log);
        log.clear();
        return copy;
    }

    @Test
    void aLineIsTheOrOfItsConnections() {
        Line a = table.connect("a", IRQ5);
        Line b = table.connect("b", IRQ5);
        Line pin = table.connect("c", PIN);
        assertEquals(a, table.connect("a", IRQ5));
        a.set(true);
        b.set(true);
        pin.set(true);
        a.set(false);
        b.set(false);
        assertEquals(List.of("IRQ5 true"), heard());
        pin.set(false);
        pin.set(false);
        assertEquals(List.of("IRQ5 false"), heard());
        a.pulse();
        assertEquals(List.of("IRQ5 true"), heard());
        a.pulse();
        assertEquals(List.of("IRQ5 false", "IRQ5 true"), heard());
    }

    @Test
    void pinsAreLedAnew() {
        Line a = table.connect("a", PIN);
        Line b = table.connect("b", OTHER_PIN);
        a.set(true);
        b.set(true);
        assertEquals(List.of("IRQ5 true"), heard());
        route = 9;
        table.reroute();
        assertEquals(List.of("IRQ9 true", "IRQ5 false"), heard());
        route = -1;
        table.reroute();
        assertEquals(List.of("IRQ9 false"), heard());
        a.set(false);
        route = 5;
        table.reroute();
        assertEquals(List.of("IRQ5 true"), heard());
        b.set(false);
        assertEquals(List.of("IRQ5 false"), heard());
    }

    @Test
    void aReplacementMakesNoEdge() {
        Line old = table.connect("a", IRQ5);
        Line dropped = table.connect("a", new LineId.Irq(7));
        old.set(true);
        dropped.set(true);
        heard();
        table.hold();
        table.orphan("a");
        old.set(false);
        Line successor = table.connect("a", IRQ5);
        successor.set(false);
        successor.set(true);
        table.dropOrphans("a");
        table.release();
        assertEquals(List.of("IRQ7 false"), heard());
        old.set(false);
        old.set(true);
        assertEquals(List.of(), heard());
        successor.set(false);
        assertEquals(List.of("IRQ5 false"), heard());
    }

    @Test
    void aResetControllerIsToldAll() {
        table.connect("a", IRQ5).set(true);
        heard();
        table.hold();
        table.releaseAll();
        List<String> all = heard();
        assertEquals(16, all.size());
        assertEquals("IRQ5 true", all.get(5));
        assertEquals("IRQ6 false", all.get(6));
    }

    @Test
    void singleLinesReachTheProcessor() {
        assertTrue(table.a20Open());
        Line gate = table.connect("kbc", LineId.Single.A20);
        Line fast = table.connect("isa", LineId.Single.A20);
        table.release();
        assertFalse(table.a20Open());
        assertEquals(List.of("A20 false"), heard());
        gate.set(true);
        fast.set(true);
        gate.set(false);
        assertEquals(List.of("A20 true"), heard());
        Line nmi = table.connect("isa", LineId.Single.NMI);
        assertFalse(table.nmiUsed());
        nmi.set(true);
        nmi.set(true);
        nmi.set(false);
        nmi.set(true);
        assertEquals(List.of("NMI", "NMI"), heard());
        assertTrue(table.nmiUsed());
        Line intr = table.connect("pic", LineId.Single.INTR);
        intr.set(true);
        intr.set(false);
        assertEquals(List.of("INTR true", "INTR false"), heard());
        table.setFerr(true);
        table.setFerr(true);
        table.setFerr(false);
        assertEquals(List.of("IRQ13 true", "IRQ13 false"), heard());
    }

    @Test
    void restoredLevelsAreNotToldAgain() {
        Line a = table.connect("a", IRQ5);
        table.connect("pic", LineId.Single.INTR).set(true);
        a.set(true);
        LineTable.Levels told = table.told();
        heard();
        LineTable fresh = new LineTable(processor, roles);
        fresh.hold();
        fresh.restoreTold(told);
        fresh.connect("a", IRQ5).set(true);
        fresh.connect("pic", LineId.Single.INTR).set(true);
        fresh.release();
        assertEquals(List.of(), heard());
    }

    /** Random connections, replacements and routes against a plain computation. */
    @Test
    void countsStayRight() {
        Random random = new Random(4);
        boolean[] irq5 = new boolean[8];
        boolean[] pins = new boolean[8];
        Line[] direct = new Line[8];
        Line[] led = new Line[8];
        for (int i = 0; i < 8; i++) {
            direct[i] = table.connect("d" + i, IRQ5);
            led[i] = table.connect("d" + i, new LineId.PciInterrupt(i, 0));
        }
        boolean told = false;
        for (int step = 0; step < 20_000; step++) {
            int i = random.nextInt(8);
            switch (random.nextInt(4)) {
                case 0 -> direct[i].set(irq5[i] = random.nextBoolean());
                case 1 -> led[i].set(pins[i] = random.nextBoolean());
                case 2 -> {
                    route = random.nextBoolean() ? 5 : 11;
                    table.reroute();
                }
                default -> {
                    table.hold();
                    table.orphan("d" + i);
                    direct[i] = table.connect("d" + i, IRQ5);
                    led[i] = table.connect("d" + i, new LineId.PciInterrupt(i, 0));
                    table.dropOrphans("d" + i);
                    table.release();
                }
            }
            boolean expected = false;
            for (int k = 0; k < 8; k++) {
                expected |= irq5[k] || route == 5 && pins[k];
            }
            for (String event : heard()) {
                told = event.startsWith("IRQ5 ") ? event.endsWith("true") : told;
            }
            assertEquals(expected, told, "step " + step);
        }
    }
}
