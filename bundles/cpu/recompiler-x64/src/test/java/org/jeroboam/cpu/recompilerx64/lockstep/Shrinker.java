package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Makes a case that differs smaller while it still differs. */
final class Shrinker {
    private final Lockstep lockstep;
    private int attempts;

    Shrinker(Lockstep lockstep, int attempts) {
        this.lockstep = lockstep;
        this.attempts = attempts;
    }

    Case shrink(Case failing) {
        Case c = shorten(failing);
        int before;
        do {
            before = c.program().left().cardinality() + c.events().size();
            c = shorten(withoutEvents(withoutItems(c)));
        } while (attempts > 0 && c.program().left().cardinality() + c.events().size() < before);
        return c;
    }

    private boolean differs(Case c) {
        attempts--;
        return lockstep.run(c) != null;
    }

    /** Ends the case where it differs. */
    private Case shorten(Case c) {
        Lockstep.Difference difference = lockstep.run(c);
        if (difference == null || difference.at() >= c.length()) {
            return c;
        }
        Case shorter = c.with(c.events(), Math.max(1, difference.at()));
        return differs(shorter) ? shorter : c;
    }

    private Case withoutItems(Case c) {
        Case best = c;
        for (int size = Math.max(1, best.program().left().cardinality() / 2); size > 0; size /= 2) {
            int[] left = best.program().left().stream().toArray();
            for (int from = 0; from < left.length && attempts > 0; from += size) {
                BitSet kept = best.program().left();
                for (int i = from; i < Math.min(from + size, left.length); i++) {
                    kept.clear(left[i]);
                }
                Case smaller = best.with(best.program().keeping(kept));
                if (kept.cardinality() > 0 && differs(smaller)) {
                    best = smaller;
                }
            }
        }
        return best;
    }

    private Case withoutEvents(Case c) {
        Case best = c;
        for (int size = Math.max(1, best.events().size() / 2); size > 0; size /= 2) {
            for (int from = 0; from < best.events().size() && attempts > 0; ) {
                List<Event> fewer = new ArrayList<>(best.events());
                fewer.subList(from, Math.min(from + size, fewer.size())).clear();
                Case smaller = best.with(fewer, best.length());
                if (differs(smaller)) {
                    best = smaller;
                } else {
                    from += size;
                }
            }
        }
        return best;
    }

    /** What to print about a case that differs. */
    static String report(Case c, Lockstep lockstep) {
        Lockstep.Difference difference = lockstep.run(c);
        StringBuilder text = new StringBuilder();
        text.append("seed ").append(c.seed()).append(", mode ").append(c.guest().mode);
        if (difference != null) {
            text.append(": equal at ").append(difference.from()).append(", at ");
            text.append(difference.at()).append(" differs\n  ").append(difference.text());
        }
        text.append("\nevents ")
                .append(c.events())
                .append("\n")
                .append(c.program().listing());
        return text.toString();
    }
}
