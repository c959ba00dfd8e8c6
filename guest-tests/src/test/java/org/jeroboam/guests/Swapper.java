package org.jeroboam.guests;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineEvent.PartSwapped;
import org.jeroboam.hardware.storage.DiskFormat;
import org.jeroboam.hardware.storage.ImageLocks;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.PartInfo;

/**
 * Replaces the parts of a running machine by new versions of the same, and takes old versions away once nothing uses them,
 * as an administrator would uninstall them.
 */
final class Swapper {
    static final String CPU = "cpu";
    private static final String FIRMWARE = "firmware";
    private static final String LOCKS = "locks";
    private static final String DISK = "disk:";

    private final PartVersions versions;
    private final SwapWatch watch;
    private final VirtualMachine machine;
    private SwapFigures figures;
    /** What each part comes from. */
    private final Map<String, Offer<?>> current = new LinkedHashMap<>();

    Swapper(PartVersions versions, SwapWatch watch, VirtualMachine machine, SwapFigures figures) throws Exception {
        this.versions = versions;
        this.watch = watch;
        this.machine = machine;
        this.figures = figures;
        for (PartInfo part : machine.extension().parts()) {
            current.put(part.name(), find(part.name(), part.version()));
        }
    }

    private static Class<?> kind(String part) {
        return switch (part) {
            case CPU -> CpuCoreFactory.class;
            case FIRMWARE -> FirmwareFactory.class;
            case LOCKS -> ImageLocks.class;
            default -> part.startsWith(DISK) ? DiskFormat.class : DeviceFactory.class;
        };
    }

    private Offer<?> find(String part, String version) {
        return versions.offers().stream()
                .filter(o -> o.kind() == kind(part) && o.version().equals(version))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing offers " + part + " in version " + version));
    }

    /** Notes what comes elsewhere. */
    void noteIn(SwapFigures others) {
        figures = others;
    }

    /** The machine's parts. */
    List<String> parts() {
        return List.copyOf(current.keySet());
    }

    /** The cores that there are. */
    List<String> cores() {
        return versions.catalog().all(CpuCoreFactory.class).stream()
                .map(Offer::name)
                .distinct()
                .sorted()
                .toList();
    }

    /** Replaces a part by command. @param core the core to change to, if it is the processor; else not looked at */
    void staged(String part, String core) throws Exception {
        Offer<?> like = part.equals(CPU) ? versions.catalog().best(CpuCoreFactory.class, core) : current.get(part);
        Offer<?> next = versions.next(like);
        versions.catalog().add(next);
        machine.extension().swapPart(part, next.bundle() + "/" + next.version());
        note(watch.take(swaps -> has(swaps, part, next)), false);
        tidy();
    }

    /** Takes the services that a part can come from away and gives a new version of them instead. */
    void inPlace(String part) throws Exception {
        Offer<?> old = current.get(part);
        List<String> users = current.entrySet().stream()
                .filter(e -> same(e.getValue(), old))
                .map(Map.Entry::getKey)
                .toList();
        versions.offers().stream().filter(offer -> same(offer, old)).forEach(versions.catalog()::remove);
        Offer<?> next = versions.next(old);
        versions.catalog().add(next);
        if (part.equals(FIRMWARE) || part.equals(LOCKS)) {
            current.put(part, next); // nobody waits for them now
        } else {
            // Another core takes over at once; everything else ends with the new version.
            Offer<?> wanted = part.equals(CPU) ? null : next;
            note(watch.take(swaps -> users.stream().allMatch(user -> has(swaps, user, wanted))), true);
        }
        tidy();
    }

    private static boolean has(List<PartSwapped> swaps, String part, Offer<?> to) {
        return swaps.stream()
                .anyMatch(s -> s.part().equals(part)
                        && (to == null || SwapWatch.version(s).equals(to.version())));
    }

    private void note(List<PartSwapped> swaps, boolean inPlace) {
        for (PartSwapped swap : swaps) {
            String part = swap.part();
            String way = inPlace ? "in place" : way(part);
            if (part.equals(CPU)) {
                Offer<?> to = find(part, SwapWatch.version(swap));
                figures.add(way, CPU + ": " + current.get(CPU).name() + " to " + to.name(), swap.blackoutNanos());
                current.put(part, to);
            } else if (!part.equals(FIRMWARE) && !part.equals(LOCKS)) { // the guest does not stop for them
                figures.add(way, part, swap.blackoutNanos());
            }
        }
        // A part may have been with another old version for a moment.
        swaps.stream()
                .filter(swap -> !swap.part().equals(CPU))
                .collect(Collectors.toMap(PartSwapped::part, SwapWatch::version, (before, last) -> last))
                .forEach((part, version) -> current.put(part, find(part, version)));
    }

    private static String way(String part) {
        return part.startsWith(CPU) ? "staged, core" : part.startsWith(DISK) ? "staged, format" : "staged, device";
    }

    /** Takes away what nothing uses and a better one is there for. */
    private void tidy() {
        List<Offer<?>> seen = new ArrayList<>();
        for (Offer<?> offer : versions.offers()) {
            boolean used = current.containsValue(offer);
            boolean last = seen.stream().noneMatch(o -> same(o, offer))
                    && current.values().stream().noneMatch(o -> same(o, offer));
            if (used || last) {
                seen.add(offer);
            } else {
                versions.catalog().remove(offer);
            }
        }
    }

    private static boolean same(Offer<?> a, Offer<?> b) {
        return a.kind() == b.kind() && a.name().equals(b.name());
    }
}
