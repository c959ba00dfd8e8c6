package org.jeroboam.cpu.x86.exec;

/**
 * Stands before the instruction at a place that branches lead to: counts, and when the place is hot runs the
 * accelerator's code. Takes no budget itself.
 */
final class Entry extends Insn {
    /** Entries before a place is translated, at first; see {@link CodePage#hot}. */
    static final int HOT = Integer.getInteger("jeroboam.cpu.hot", 50);

    final Place place;
    private int entered;

    Entry(PageCode view, int eip, Insn first) {
        super(eip);
        place = new Place(view, eip);
        next = first;
    }

    @Override
    Insn exec(Cpu cpu) {
        if (place.code() == 0) {
            if (++entered != place.view.home.hot || !cpu.translate(place)) {
                cpu.budget++;
                return next;
            }
        }
        if (place.rests()) {
            cpu.budget++;
            return next;
        }
        return cpu.accelerate(place);
    }

    @Override
    int faultEip(Cpu cpu) {
        return cpu.eip;
    }
}
