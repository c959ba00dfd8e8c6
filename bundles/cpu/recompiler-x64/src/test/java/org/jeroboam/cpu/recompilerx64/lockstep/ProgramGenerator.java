package org.jeroboam.cpu.recompilerx64.lockstep;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes programs of hot loops: a ring of loops with random bodies, functions that they call, and a place to start again
 * after a fault at each loop.
 */
final class ProgramGenerator {
    private static final int MOST_CODE = 0x4000;
    private static final int FUNCTIONS = 4;
    private static final int PADS = 3;
    private static final int ECX = 1;

    private final SplittableRandom r;
    private final Guest guest;
    private final Emitter out;
    private final MemoryOperands operands;
    private final Body body;
    private int counters;
    private int pads;

    ProgramGenerator(SplittableRandom r, Guest guest) {
        this.r = r;
        this.guest = guest;
        out = new Emitter(guest);
        operands = new MemoryOperands(r, guest);
        int[] functions = new int[FUNCTIONS];
        for (int i = 0; i < FUNCTIONS; i++) {
            functions[i] = out.newLabel();
        }
        body = new Body(r, guest, out, operands, functions);
    }

    Program make() {
        int start = out.newLabel();
        out.place(start);
        int loops = 2 + r.nextInt(4);
        List<Integer> heads = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            int head = out.newLabel();
            out.place(head);
            heads.add(head);
            stack();
            loop(0, 3 + r.nextInt(14));
        }
        out.put(0xE9).near(start).add();
        for (int i = 0; i < FUNCTIONS; i++) {
            function(i);
        }
        body.finish();
        out.put(0xF4).add();
        return finish(heads);
    }

    private Program finish(List<Integer> places) {
        for (int i = 0; i < Handlers.LANDING_COUNT; i++) {
            out.pointer(Guest.VARS + Handlers.LANDINGS + 4 * i, places.get(r.nextInt(places.size())));
        }
        return out.finish(Guest.CODE + (r.nextBoolean() ? r.nextInt(0x1000) : r.nextInt(0x80)));
    }

    /** Bytes that look like instructions, or do not, with places to start again all over. */
    Program garbage() {
        int count = 20 + r.nextInt(200);
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int label = out.newLabel();
            out.place(label);
            places.add(label);
            body.garbage(places);
        }
        out.put(0xE9).near(places.getFirst()).add();
        return finish(places);
    }

    /** {@code mov esp, n} */
    private void stack() {
        out.put(0xBC).natural(Guest.STACK - guest.base(Guest.SS)).add();
    }

    private void pointers() {
        operands.clearPointers();
        for (int register : new int[] {3, 5, 6, 7}) {
            if (r.nextInt(5) < 2) {
                out.put(0xB8 | register).natural(operands.keep(register)).add();
            }
        }
    }

    /** A loop of one of several kinds. */
    private void loop(int depth, int size) {
        int kind = r.nextInt(6);
        int times = depth == 0 ? 20 + r.nextInt(200) : 2 + r.nextInt(12);
        int counter = Guest.PRIVATE + 4 * counters++ - guest.base(Guest.DS);
        if (depth == 0) {
            pointers();
            body.prepare();
        }
        boolean register = kind > 3;
        boolean already = (body.spared() & 1 << ECX) != 0;
        if (register && already) {
            register = false;
        }
        if (register) {
            out.put(0xB8 | ECX).natural(times).add();
            body.spare(ECX, true);
        } else {
            out.put(0xC7, guest.mode.code32 ? 5 : 6)
                    .natural(counter)
                    .natural(times)
                    .add(); // mov [counter], times
        }
        int top = out.newLabel();
        out.place(top);
        items(depth, size);
        if (!register) {
            out.put(0xFF, guest.mode.code32 ? 0x0D : 0x0E).natural(counter).add(); // dec [counter]
            out.put(0x0F, 0x85).near(top).add(); // jnz
        } else if (kind == 4) {
            out.put(0x48 | ECX).add(); // dec ecx
            out.put(0x0F, 0x85).near(top).add();
        } else {
            out.put(0xE2).shortly(top).add(); // loop
        }
        if (register) {
            body.spare(ECX, false);
        }
    }

    private void items(int depth, int size) {
        for (int i = 0; i < size; i++) {
            if (depth < 2 && r.nextInt(14) == 0 && counters < 60) {
                loop(depth + 1, 1 + r.nextInt(4));
            } else {
                if (pads < PADS && r.nextInt(40) == 0 && out.count() < MOST_CODE / 32) {
                    pads++;
                    out.padTo(0x1000 - 1 - r.nextInt(10));
                }
                body.item();
            }
        }
    }

    private void function(int number) {
        body.enter(number);
        int size = 1 + r.nextInt(8);
        for (int i = 0; i < size; i++) {
            body.item();
        }
        body.leave();
    }
}
