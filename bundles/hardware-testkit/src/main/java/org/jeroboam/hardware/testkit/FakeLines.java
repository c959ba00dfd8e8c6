package org.jeroboam.hardware.testkit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.InterruptController;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PciInterruptRouter;

/** The lines: OR of all connections; PCI pins lead through the router to ISA interrupts, these to the controller. */
final class FakeLines {
    private final FakeClock clock;
    private final Trace trace;
    private final FakeRoles roles;
    private final Map<LineId, Map<String, Boolean>> connections = new LinkedHashMap<>();
    private final Map<LineId, Boolean> levels = new HashMap<>();
    private final Map<LineId, List<FakeMachine.Edge>> edges = new HashMap<>();
    private final boolean[] inputs = new boolean[16];

    FakeLines(FakeClock clock, Trace trace, FakeRoles roles) {
        this.clock = clock;
        this.trace = trace;
        this.roles = roles;
    }

    Line connect(Scope scope, String device, LineId id) {
        connections.computeIfAbsent(id, k -> new LinkedHashMap<>()).putIfAbsent(device, false);
        return level -> {
            if (!scope.late()) {
                set(device, id, level);
            }
        };
    }

    void set(String device, LineId id, boolean level) {
        connections.computeIfAbsent(id, k -> new LinkedHashMap<>()).put(device, level);
        update(id);
    }

    boolean level(LineId id) {
        return levels.getOrDefault(id, false);
    }

    boolean irqInput(int irq) {
        return inputs[irq];
    }

    List<FakeMachine.Edge> edges(LineId id) {
        return List.copyOf(edges.getOrDefault(id, List.of()));
    }

    void forgetEdges() {
        edges.clear();
    }

    void release(String device) {
        for (Map.Entry<LineId, Map<String, Boolean>> line : connections.entrySet()) {
            if (line.getValue().remove(device) != null) {
                update(line.getKey());
            }
        }
    }

    /** Levels of a device's connections, by line. */
    Map<LineId, Boolean> of(String device) {
        Map<LineId, Boolean> result = new LinkedHashMap<>();
        connections.forEach((id, levelByDevice) -> {
            if (levelByDevice.getOrDefault(device, false)) {
                result.put(id, true);
            }
        });
        return result;
    }

    void routingChanged() {
        for (int irq = 0; irq < inputs.length; irq++) {
            updateInput(irq);
        }
    }

    private void update(LineId id) {
        boolean level = connections.get(id).containsValue(true);
        if (level == level(id)) {
            return;
        }
        levels.put(id, level);
        edges.computeIfAbsent(id, k -> new ArrayList<>()).add(new FakeMachine.Edge(clock.now(), level));
        trace.add("line " + id + "=" + level + " at " + clock.now());
        switch (id) {
            case LineId.Irq(int number) -> updateInput(number);
            case LineId.PciInterrupt pin -> routingChanged();
            case LineId.Single single -> {
                // Nothing in the fake machine follows these; tests read their levels.
            }
        }
    }

    private void updateInput(int irq) {
        boolean level = irq != 2 && level(new LineId.Irq(irq));
        for (LineId id : levels.keySet()) {
            if (id instanceof LineId.PciInterrupt(int device, int pin)
                    && level(id)
                    && roles.present(PciInterruptRouter.class)) {
                level |= roles.handle(PciInterruptRouter.class).route(device, pin) == irq;
            }
        }
        if (level != inputs[irq]) {
            inputs[irq] = level;
            roles.handle(InterruptController.class).lineChanged(irq, level);
        }
    }
}
