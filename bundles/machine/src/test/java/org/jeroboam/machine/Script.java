package org.jeroboam.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jeroboam.hardware.firmware.BootContext;
import org.jeroboam.hardware.firmware.Firmware;

/** A program for {@link ScriptCore}, and the firmware that puts it at 1000h and starts it. */
final class Script implements Firmware {
    static final int START = 0x1000;

    private final ByteBuffer code = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    private final Map<Integer, Integer> handlers = new HashMap<>();
    private Consumer<BootContext> first = context -> {};
    int boots;

    /** Where the next instruction goes. */
    int here() {
        return START + code.position();
    }

    Script op(int op, int register, int operand) {
        code.putInt(op | register << 8).putInt(operand);
        return this;
    }

    Script op(int op) {
        return op(op, 0, 0);
    }

    /** The next instruction handles an interrupt vector. */
    Script handler(int vector) {
        handlers.put(vector, here());
        return this;
    }

    Script out(int port, int value) {
        return op(ScriptCore.SET, 0, value).op(ScriptCore.OUT, 0, port);
    }

    /** Makes a jump emitted earlier go to the next instruction. */
    Script patch(int jump) {
        code.putInt(jump - START + 4, here());
        return this;
    }

    Script before(Consumer<BootContext> action) {
        first = action;
        return this;
    }

    @Override
    public void boot(BootContext context) {
        boots++;
        first.accept(context);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(code.position());
            MemorySegment.copy(MemorySegment.ofArray(code.array()), 0, bytes, 0, code.position());
            context.board().memory().copyIn(START, bytes, 0, bytes.byteSize());
        }
        handlers.forEach(
                (vector, address) -> context.board().memory().write(ScriptCore.HANDLERS + 4L * vector, 4, address));
        context.cpu().eip = START;
    }
}
