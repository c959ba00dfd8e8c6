package org.jeroboam.machine.board;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.machine.clock.Processor;

/**
 * The lines of the board. Each line is the OR of its connections; what happens at its end is decided once, when the
 * line is made. While the table is held (parts are being replaced, restored or reset) levels may move without anybody
 * being told.
 */
public final class LineTable {
    /** The levels that the ends of the lines have been told last. */
    public record Levels(boolean[] irq, boolean interrupt, boolean nmi, boolean a20) {}

    private static final int FERR_IRQ = 13;

    private abstract static class Node {
        private int high;

        final boolean level() {
            return high > 0;
        }

        final void add(int delta) {
            boolean before = high > 0;
            high += delta;
            if (before != high > 0) {
                changed(high > 0);
            }
        }

        abstract void changed(boolean level);
    }

    private final class IrqNode extends Node {
        final int irq;

        IrqNode(int irq) {
            this.irq = irq;
        }

        @Override
        void changed(boolean level) {
            if (!held) {
                toldIrq[irq] = level;
                roles.interruptController().lineChanged(irq, level);
            }
        }
    }

    private final class PinNode extends Node {
        final int device;
        final int pin;
        int irq;

        PinNode(int device, int pin) {
            this.device = device;
            this.pin = pin;
            irq = roles.pciInterruptRouter().route(device, pin);
        }

        @Override
        void changed(boolean level) {
            if (irq >= 0) {
                irqs[irq].add(level ? 1 : -1);
            }
        }

        void route(int newIrq) {
            if (newIrq != irq) {
                int old = irq;
                irq = newIrq;
                if (level()) {
                    if (newIrq >= 0) {
                        irqs[newIrq].add(1);
                    }
                    if (old >= 0) {
                        irqs[old].add(-1);
                    }
                }
            }
        }
    }

    private final class SingleNode extends Node {
        final LineId.Single id;
        int connections;

        SingleNode(LineId.Single id) {
            this.id = id;
        }

        @Override
        void changed(boolean level) {
            if (held) {
                return;
            }
            switch (id) {
                case INTR -> {
                    toldInterrupt = level;
                    processor.setInterruptLine(level);
                }
                case NMI -> tellNmi(level);
                case A20 -> tellA20();
                case SMI -> {
                    // Cores have no system management mode.
                }
            }
        }
    }

    private static final class Connection implements Line {
        volatile Node node;
        boolean level;

        Connection(Node node, boolean level) {
            this.node = node;
            this.level = level;
        }

        @Override
        public void set(boolean newLevel) {
            Node now = node;
            if (newLevel != level && now != null) {
                level = newLevel;
                now.add(newLevel ? 1 : -1);
            }
        }
    }

    private final Processor processor;
    private final Roles roles;
    private final IrqNode[] irqs = new IrqNode[16];
    private final Map<LineId, Node> nodes = new HashMap<>();
    private final List<PinNode> pins = new ArrayList<>();
    private final Map<String, Map<LineId, Connection>> connections = new HashMap<>();
    private final Map<String, Map<LineId, Connection>> orphans = new HashMap<>();
    private final boolean[] toldIrq = new boolean[16];
    private final SingleNode interrupt = single(LineId.Single.INTR);
    private final SingleNode nmi = single(LineId.Single.NMI);
    private final SingleNode a20 = single(LineId.Single.A20);
    private final Connection ferr;
    private boolean toldInterrupt;
    private boolean toldNmi;
    private boolean toldA20 = true;
    private boolean nmiUsed;
    private boolean held;

    /**
     * Creates lines without connections.
     *
     * @param processor at the end of INTR, NMI and A20
     * @param roles with the interrupt controller at the end of the interrupt requests
     */
    public LineTable(Processor processor, Roles roles) {
        this.processor = processor;
        this.roles = roles;
        for (int i = 0; i < irqs.length; i++) {
            irqs[i] = new IrqNode(i);
        }
        single(LineId.Single.SMI);
        ferr = new Connection(irqs[FERR_IRQ], false);
    }

    private SingleNode single(LineId.Single id) {
        SingleNode node = new SingleNode(id);
        nodes.put(id, node);
        return node;
    }

    private Node node(LineId id) {
        return switch (id) {
            case LineId.Irq irq -> irqs[irq.number()];
            case LineId.PciInterrupt pin ->
                nodes.computeIfAbsent(pin, key -> {
                    PinNode node = new PinNode(pin.device(), pin.pin());
                    pins.add(node);
                    return node;
                });
            case LineId.Single one -> nodes.get(one);
        };
    }

    /** A part's connection; it takes over the level of its predecessor's. */
    Line connect(String owner, LineId id) {
        return connections.computeIfAbsent(owner, key -> new HashMap<>()).computeIfAbsent(id, key -> {
            Map<LineId, Connection> left = orphans.get(owner);
            Connection old = left == null ? null : left.remove(id);
            Node node = node(id);
            if (old == null && node instanceof SingleNode one) {
                one.connections++;
            }
            return new Connection(node, old != null && old.level);
        });
    }

    /** Cuts a part's connections; their levels stay for the successor. */
    void orphan(String owner) {
        Map<LineId, Connection> own = connections.remove(owner);
        if (own != null) {
            Map<LineId, Connection> kept = orphans.computeIfAbsent(owner, key -> new HashMap<>());
            own.forEach((id, connection) -> {
                // The old part keeps its object; what takes its place here cannot be reached by it.
                kept.put(id, new Connection(connection.node, connection.level));
                connection.node = null;
            });
        }
    }

    /** Drops the connections that the successor did not take over. */
    public void dropOrphans(String owner) {
        Map<LineId, Connection> left = orphans.remove(owner);
        if (left != null) {
            for (Connection connection : left.values()) {
                connection.set(false);
                if (connection.node instanceof SingleNode one) {
                    one.connections--;
                    one.changed(one.level());
                }
            }
        }
    }

    /** The FERR# pin. */
    public void setFerr(boolean level) {
        ferr.set(level);
    }

    /** Asks the router anew for each pin. */
    public void reroute() {
        for (PinNode pin : pins) {
            pin.route(roles.pciInterruptRouter().route(pin.device, pin.pin));
        }
    }

    /** From now on nobody is told. */
    public void hold() {
        held = true;
    }

    /** Tells of all levels that differ from what was told last. */
    public void release() {
        reroute();
        held = false;
        for (int i = 0; i < irqs.length; i++) {
            if (toldIrq[i] != irqs[i].level()) {
                irqs[i].changed(irqs[i].level());
            }
        }
        releaseSingles();
    }

    /** Tells of all levels, for an interrupt controller that was reset. */
    public void releaseAll() {
        reroute();
        held = false;
        for (IrqNode irq : irqs) {
            irq.changed(irq.level());
        }
        releaseSingles();
    }

    private void releaseSingles() {
        if (toldInterrupt != interrupt.level()) {
            interrupt.changed(interrupt.level());
        }
        tellNmi(nmi.level());
        tellA20();
    }

    private void tellNmi(boolean level) {
        if (level && !toldNmi) {
            nmiUsed = true;
            processor.raiseNmi();
        }
        toldNmi = level;
    }

    private void tellA20() {
        if (toldA20 != a20Open()) {
            toldA20 = a20Open();
            processor.setA20(toldA20);
        }
    }

    /** Whether address line 20 passes; a board that does not drive the gate leaves it open. */
    public boolean a20Open() {
        return a20.connections == 0 || a20.level();
    }

    /** The level of INTR. */
    public boolean interruptLevel() {
        return interrupt.level();
    }

    /** Whether any part has raised an NMI since power on. */
    public boolean nmiUsed() {
        return nmiUsed;
    }

    /** What the ends have been told, for a saved state. */
    public Levels told() {
        return new Levels(toldIrq.clone(), toldInterrupt, toldNmi, toldA20);
    }

    /** Takes what {@link #told} gave. */
    public void restoreTold(Levels levels) {
        System.arraycopy(levels.irq(), 0, toldIrq, 0, Math.min(levels.irq().length, toldIrq.length));
        toldInterrupt = levels.interrupt();
        toldNmi = levels.nmi();
        toldA20 = levels.a20();
    }
}
