package org.jeroboam.machine;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply.LastSwap;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.machine.part.Offer;

/** Counts and announces replacements, from the machine's making on. Machine thread. */
final class SwapLog {
    private final Outlet outlet;
    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, LastSwap> last = new HashMap<>();
    private long count;
    private long failed;
    private long longest;

    SwapLog(Outlet outlet) {
        this.outlet = outlet;
    }

    /** What made a part, also after it has gone: no reference to a bundle. */
    record Origin(String bundle, String version) {
        static final Origin NONE = new Origin("", "");

        static Origin of(Offer<?> offer) {
            return offer == null ? NONE : new Origin(offer.bundle(), offer.version());
        }

        private String beside(Origin other) {
            return bundle.equals(other.bundle) || bundle.isEmpty() ? version : bundle + "/" + version;
        }
    }

    /** A part was replaced. */
    void replaced(String part, Origin from, Origin to, SwapWay way, long blackout) {
        LastSwap swap = new LastSwap(Instant.now(), from.beside(to), to.beside(from), way, blackout);
        count++;
        longest = Math.max(longest, blackout);
        counts.merge(part, 1, Integer::sum);
        last.put(part, swap);
        outlet.event(new MachineEvent.PartSwapped(part, swap.from(), swap.to(), way, blackout));
    }

    /** A staged swap failed. */
    void failed(String part, Origin from, Origin to, String message) {
        failed++;
        outlet.event(new MachineEvent.SwapFailed(part, from.beside(to), to.beside(from), message));
    }

    /** How often a part was replaced. */
    int count(String part) {
        return counts.getOrDefault(part, 0);
    }

    /** Its last replacement, or null. */
    LastSwap last(String part) {
        return last.get(part);
    }

    /** The machine's counters and those of its parts. */
    Map<String, Long> with(Map<String, Long> counters) {
        Map<String, Long> all = new LinkedHashMap<>(counters);
        all.put("swap.count", count);
        all.put("swap.failed", failed);
        all.put("swap.blackout.max", longest);
        return all;
    }
}
