package org.jeroboam.cpu.recompilerx64;

import java.util.function.Consumer;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/** Recompilers from which what concerns segments and stacks of 16 bits is taken away, one mechanism each. */
public final class LosingSegments {
    private static final long NO_LIMIT = 0xFFFF_FFFFL;
    private static final int ES = 0;

    private LosingSegments() {}

    /** All offsets are within their segments. */
    public static CpuCore withoutLimits(CpuBus bus, CpuModel model) {
        return told(bus, model, state -> {
            for (int i = 0; i < 6; i++) {
                state.set(StateBlock.READ_TOP + 8 * i, NO_LIMIT);
                state.set(StateBlock.WRITE_TOP + 8 * i, NO_LIMIT);
            }
        });
    }

    /** The base of ES is the one with which the guest began: as if it were part of the code. */
    public static CpuCore withFixedBase(CpuBus bus, CpuModel model, int base) {
        return told(bus, model, state -> state.set(StateBlock.BASE + 4 * ES, base));
    }

    /** A load in real mode changes selector and base only. */
    public static CpuCore withoutAttributes(CpuBus bus, CpuModel model) {
        return told(bus, model, state -> state.set(StateBlock.PARAGRAPH, 0x0001_0101_0101_0101L));
    }

    /** A region does not look whether CS has the base for which it was made. */
    public static CpuCore withoutCodeBase(CpuBus bus, CpuModel model) {
        return stack(
                bus, model, (asm, flags, memory, cold, links) -> new SegmentedStack(asm, flags, memory, cold, links) {
                    @Override
                    void enter(int eip, int codeBase, int lastOffset) {}
                });
    }

    /** Near returns and indirect jumps go anywhere. */
    public static CpuCore withoutTargets(CpuBus bus, CpuModel model) {
        return stack(
                bus, model, (asm, flags, memory, cold, links) -> new SegmentedStack(asm, flags, memory, cold, links) {
                    @Override
                    void checkTarget() {}
                });
    }

    /** The stack pointer is always ESP. */
    public static CpuCore withoutStackWidth(CpuBus bus, CpuModel model) {
        return stack(
                bus, model, (asm, flags, memory, cold, links) -> new SegmentedStack(asm, flags, memory, cold, links) {
                    @Override
                    void move(int from, int by) {
                        asm.lea(Assembler.R12, Address.of(from, by));
                    }
                });
    }

    /** The table of interrupt vectors is where it always was. */
    public static CpuCore withVectorsAt(CpuBus bus, CpuModel model, int base) {
        return told(bus, model, state -> state.set(StateBlock.IDT_BASE, base));
    }

    /** The table of interrupt vectors has no end. */
    public static CpuCore withoutVectorLimit(CpuBus bus, CpuModel model) {
        return told(bus, model, state -> state.set(StateBlock.IDT_LIMIT, 0xFFFF));
    }

    /** Nobody hears that the last instruction holds interrupts off. */
    public static CpuCore withoutShadow(CpuBus bus, CpuModel model) {
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES)) {
                    @Override
                    void shadow(int left) {}
                });
    }

    private static CpuCore stack(CpuBus bus, CpuModel model, SegmentedStack.Maker maker) {
        return new ProcessorCore(
                bus,
                model,
                engine -> new Recompiler(
                        engine,
                        CodeMemory.allocate(Recompiler.CODE_BYTES),
                        Parts.standard().with(maker)));
    }

    /** A recompiler that is told something else about segments. */
    private static CpuCore told(CpuBus bus, CpuModel model, Consumer<StateBlock> lie) {
        return new ProcessorCore(
                bus, model, engine -> new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES)) {
                    @Override
                    void loadSegments() {
                        super.loadSegments();
                        lie.accept(state);
                    }
                });
    }
}
