package org.jeroboam.machine;

import static org.jeroboam.machine.ScriptCore.*;

/** Programs for tests. */
final class Scripts {
    private Scripts() {}

    /**
     * Each tick sends a byte and reads a sector; each sector's first word and a counter of the main loop go to memory
     * from 10000h. After so many ticks the guest powers off.
     */
    static Script workload(int ticks, int periodNanos) {
        Script script = new Script();
        script.op(SET, 3, 0x10000).op(SET, 0, periodNanos).op(OUT_LONG, 0, 0x40).op(STI);
        int loop = script.here();
        for (int i = 0; i < 100; i++) {
            script.op(ADD, 6, 1);
        }
        script.op(HALT).op(JUMP, 0, loop);
        script.handler(32).op(ADD, 5, 1).op(OUT, 5, 0xF8).op(OUT_LONG, 5, 0x1F0);
        script.op(STORE, 5, 0x9000).op(LOAD, 2, 0x9000).op(ADD, 2, -ticks);
        int jump = script.here();
        script.op(JUMP_IF_NOT_ZERO, 2, 0).out(0xF4, 1);
        script.patch(jump).op(RETURN);
        script.handler(46)
                .op(IN, 0, 0x1F0)
                .op(LOAD, 2, 0x8000)
                .op(PUSH, 2, 0)
                .op(PUSH, 6, 0)
                .op(RETURN);
        return script;
    }

    /** Sends A, B, C ... for ever, one per tick. */
    static Script chatter(int periodNanos) {
        Script script = new Script();
        script.op(SET, 1, 'A').op(SET, 0, periodNanos).op(OUT_LONG, 0, 0x40).op(STI);
        int loop = script.here();
        script.op(HALT).op(JUMP, 0, loop);
        script.handler(32).op(OUT, 1, 0xF8).op(ADD, 1, 1).op(SET, 2, 0);
        script.op(STORE, 1, 0x9000).op(LOAD, 2, 0x9000).op(ADD, 2, -('Z' + 1));
        int jump = script.here();
        script.op(JUMP_IF_NOT_ZERO, 2, 0).op(SET, 1, 'A');
        script.patch(jump).op(RETURN);
        return script;
    }

    /** Sends back what comes in. */
    static Script echo() {
        Script script = new Script();
        script.op(STI);
        int loop = script.here();
        script.op(HALT).op(JUMP, 0, loop);
        script.handler(36);
        script.op(IN, 1, 0xF8).op(OUT, 1, 0xF8).op(RETURN);
        return script;
    }
}
