package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/** Makes cases from seeds: a mode, a program, and events while it runs. */
final class CaseGenerator {
    private static final int MODES_OF_SYSTEMS = 5;

    /** One program in so many is garbage. */
    private static final int GARBAGE = 16;

    private CaseGenerator() {}

    /** The case of a seed. */
    static Case make(long seed) {
        SplittableRandom r = new SplittableRandom(seed);
        Mode[] modes = Mode.values();
        Mode mode = modes[r.nextInt(3) > 0 ? r.nextInt(MODES_OF_SYSTEMS) : r.nextInt(modes.length)];
        return make(seed, mode);
    }

    /** The case of a seed in a mode. */
    static Case make(long seed, Mode mode) {
        SplittableRandom r = new SplittableRandom(seed ^ 0x2545_F491_4F6C_DD1DL);
        Guest guest = new Guest(mode, seed);
        ProgramGenerator generator = new ProgramGenerator(r, guest);
        Program program = r.nextInt(GARBAGE) == 0 ? generator.garbage() : generator.make();
        long length = 2000 + r.nextInt(8000);
        return new Case(seed, guest, program, List.of(), events(r, program, length, guest.changesTables()), length);
    }

    private static List<Event> events(SplittableRandom r, Program program, long length, boolean tables) {
        List<Event> events = new ArrayList<>();
        int busy = r.nextInt(4);
        int count = busy == 0 ? 6 : 10 * busy + r.nextInt(20);
        for (int i = 0; i < count; i++) {
            long at = 1 + r.nextLong(length);
            events.add(busy == 0 ? new Event(at, Event.Kind.LOOK, 0, 0) : event(r, program, at, tables));
            if (r.nextInt(4) == 0) { // a few short runs
                for (int j = r.nextInt(5); j > 0; j--) {
                    at += 1 + r.nextInt(12);
                    events.add(new Event(Math.min(at, length), Event.Kind.LOOK, 0, 0));
                }
            }
        }
        events.sort(Comparator.comparingLong(Event::at));
        return List.copyOf(events);
    }

    /** Data, or what the processor itself reads and writes. */
    private static int watched(SplittableRandom r) {
        return switch (r.nextInt(8)) {
            case 0 -> Guest.GDT + r.nextInt(0x100);
            case 1 -> Guest.IDT + 8 * Handlers.SERVICES + r.nextInt(0x80);
            case 2 -> Guest.TSS + 4 + r.nextInt(8);
            case 3 -> Guest.KERNEL_STACK - 1 - r.nextInt(0x30);
            default -> Guest.DATA + r.nextInt(0x1000);
        };
    }

    private static Event event(SplittableRandom r, Program program, long at, boolean tables) {
        int bit = r.nextInt(2);
        return switch (r.nextInt(27)) {
            case 0, 1, 2, 3 -> new Event(at, Event.Kind.INTERRUPT, r.nextInt(5) == 0 ? 0x21 : 0x20, 0);
            case 4 -> new Event(at, Event.Kind.WITHDRAW, 0, 0);
            case 5 -> new Event(at, Event.Kind.NMI, 0, 0);
            case 6, 7, 8 -> new Event(at, Event.Kind.DMA, r.nextInt(100), r.nextInt());
            case 9 -> new Event(at, Event.Kind.DMA_ANYWHERE, Guest.DATA + r.nextInt(0x4000 - 4), r.nextInt());
            case 10 ->
                new Event(
                        at,
                        Event.Kind.DMA_ANYWHERE,
                        Guest.WRITTEN + r.nextInt(16) * 16,
                        0xC390_0004 | r.nextInt(256) << 8);
            case 11 -> new Event(at, Event.Kind.A20, bit, 0);
            case 12 -> new Event(at, Event.Kind.READ_ONLY, 0x30 + r.nextInt(4), bit);
            case 13 -> new Event(at, Event.Kind.READ_ONLY, 0x10 + r.nextInt(8), bit);
            case 14, 15 ->
                new Event(at, Event.Kind.SHADOW, (r.nextBoolean() ? Guest.TWO_FACED : Guest.WRITTEN) >> 12, bit);
            case 16 -> new Event(at, Event.Kind.SHADOW, 0x30 + r.nextInt(4), bit);
            case 17 -> new Event(at, Event.Kind.DIRTY_LOG, bit, 0);
            case 18 -> new Event(at, Event.Kind.TAKE_DIRTY, 0, 0);
            case 19 -> new Event(at, Event.Kind.RELOAD, 0, 0);
            case 20 -> new Event(at, Event.Kind.REQUEST, 0, 0);
            case 21 -> new Event(at, Event.Kind.BREAKPOINT, r.nextInt(program.size()), 0);
            case 22 -> new Event(at, Event.Kind.BREAKPOINT, tables ? watched(r) : Guest.DATA + r.nextInt(0x1000), 1);
            case 23, 24 -> new Event(at, Event.Kind.NO_BREAKPOINTS, 0, 0);
            case 25 -> new Event(at, Event.Kind.SWAP, 0, 0);
            default -> new Event(at, Event.Kind.LOOK, 0, 0);
        };
    }
}
