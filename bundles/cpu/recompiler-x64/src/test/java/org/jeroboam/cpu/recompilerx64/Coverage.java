package org.jeroboam.cpu.recompilerx64;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * Counts how often generated code came past one instruction: with a recompiler that emits a counter behind it, or before it when
 * it is a branch.
 */
public final class Coverage implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment counter = arena.allocate(8, 8);
    private final Set<Instruction> marked = Collections.newSetFromMap(new IdentityHashMap<>());
    private int eip;
    private int codeBase;
    private boolean branch;
    private int interpreted;

    /** Whether the recompiler takes an instruction where segments are not flat. */
    public static boolean takes(Instruction in, boolean code32, boolean stack32, boolean paragraphs, boolean user) {
        return SegmentedRepertoire.has(in, new Addressing(code32, stack32, false, false, paragraphs), user);
    }

    /** Begins to count. @param offset of the instruction in a CS of that base */
    public void watch(int base, int offset, boolean isBranch) {
        branch = isBranch;
        codeBase = base;
        eip = offset;
        interpreted = 0;
        marked.clear();
        counter.set(ValueLayout.JAVA_LONG, 0, 0);
    }

    /** How often the instruction ran as generated code since {@link #watch}. */
    public long ran() {
        return counter.get(ValueLayout.JAVA_LONG, 0) - interpreted;
    }

    /** Makes a core that counts. */
    public CpuCore core(CpuBus bus, CpuModel model) {
        return new ProcessorCore(bus, model, this::recompiler);
    }

    private Recompiler recompiler(Engine engine) {
        Assembler[] asm = new Assembler[1];
        RegionFinder finder = new RegionFinder(engine, new Repertoire()) {
            @Override
            boolean read(Place place, int at, Instruction in) {
                boolean whole = super.read(place, at, in);
                if (whole && place.codeBase() == codeBase && (branch ? at + in.length : at) == eip) {
                    marked.add(in);
                }
                return whole;
            }
        };
        Bounds bounds = new Bounds() {
            @Override
            void after(Instruction in) {
                super.after(in);
                if (marked.contains(in)) {
                    count(asm[0]);
                }
            }
        };
        SegmentedStack.Maker stack = (assembler, flags, memory, cold, links) -> {
            asm[0] = assembler;
            return new SegmentedStack(assembler, flags, memory, cold, links);
        };
        Parts parts = Parts.standard().with(any -> finder).with(stack).with(bounds);
        return new Recompiler(engine, CodeMemory.allocate(Recompiler.CODE_BYTES), parts) {
            @Override
            public Outcome run(Place place) {
                Outcome outcome = super.run(place);
                if (outcome == Outcome.INTERPRET && branch && engine.eip() == eip) {
                    interpreted++;
                }
                return outcome;
            }
        };
    }

    /** Leaves the flags and all registers but two that nothing keeps. */
    private void count(Assembler asm) {
        long at = counter.address();
        asm.byte1(0x49);
        asm.byte1(0xBB); // mov r11, n
        asm.bytes4((int) at);
        asm.bytes4((int) (at >>> 32));
        asm.load(Assembler.R10, Address.of(Assembler.R11, 0));
        asm.lea(Assembler.R10, Address.of(Assembler.R10, 1));
        asm.store(Address.of(Assembler.R11, 0), Assembler.R10);
    }

    @Override
    public void close() {
        arena.close();
    }
}
