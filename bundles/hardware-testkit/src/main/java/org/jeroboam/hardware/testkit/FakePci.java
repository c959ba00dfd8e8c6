package org.jeroboam.hardware.testkit;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PciBus;
import org.jeroboam.hardware.board.PciFunction;

/** PCI bus 0 of the fake machine. */
final class FakePci {
    private final Map<Integer, Place> places = new TreeMap<>();
    private final Runnable routingChanged;

    private record Place(String owner, PciFunction target) {}

    FakePci(Runnable routingChanged) {
        this.routingChanged = routingChanged;
    }

    int read(int device, int function, int register, int size) {
        Place place = places.get(key(device, function));
        return FakePorts.mask(place == null ? -1 : place.target().readConfig(register, size), size);
    }

    void write(int device, int function, int register, int size, int value) {
        Place place = places.get(key(device, function));
        if (place != null) {
            place.target().writeConfig(register, size, FakePorts.mask(value, size));
        }
    }

    /** Device * 8 + function of some function, or -1 when there is none. */
    int any(Random random) {
        if (places.isEmpty()) {
            return -1;
        }
        int index = random.nextInt(places.size());
        return places.keySet().stream().skip(index).findFirst().orElseThrow();
    }

    PciBus scoped(Scope scope, String owner) {
        return new PciBus() {
            @Override
            public Mapping place(int device, int function, PciFunction target) {
                if (scope.late()) {
                    return () -> {};
                }
                int key = key(device, function);
                Place taken = places.get(key);
                if (taken != null) {
                    throw new IllegalArgumentException("PCI function " + device + "." + function + " of " + owner
                            + " is taken by " + taken.owner());
                }
                Place place = new Place(owner, target);
                places.put(key, place);
                Runnable end = scope.add("PCI function " + device + "." + function, () -> places.remove(key, place));
                return end::run;
            }

            @Override
            public int readConfig(int device, int function, int register, int size) {
                return scope.late() ? FakePorts.mask(-1, size) : read(device, function, register, size);
            }

            @Override
            public void writeConfig(int device, int function, int register, int size, int value) {
                if (!scope.late()) {
                    write(device, function, register, size, value);
                }
            }

            @Override
            public void interruptRoutingChanged() {
                if (!scope.late()) {
                    routingChanged.run();
                }
            }
        };
    }

    private static int key(int device, int function) {
        if (device < 0 || device > 31 || function < 0 || function > 7) {
            throw new IllegalArgumentException("no PCI function " + device + "." + function);
        }
        return device * 8 + function;
    }
}
