package org.jeroboam.cpu.recompilerx64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.decode.Decoder;
import org.jeroboam.cpu.x86.exec.Accelerator;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.memory.HostMemory;

/** Recompilers from which one mechanism each is taken away. */
public final class LosingRecompilers {
    private static final int ECX = StateBlock.REGISTERS + 4;
    private static final int ESP = StateBlock.REGISTERS + 16;

    private LosingRecompilers() {}

    /** The carry is not kept at an access that faults. */
    public static CpuCore withoutFlagsAtFaults(CpuBus bus, CpuModel model) {
        return atFaults(bus, model, state -> state.set(StateBlock.FLAGS, state.get(StateBlock.FLAGS) ^ 0x100));
    }

    /** ESP is moved before the access of a push or pop that faults. */
    public static CpuCore withoutStackAtFaults(CpuBus bus, CpuModel model) {
        return atFaults(bus, model, state -> state.set(ESP, state.get(ESP) - 4));
    }

    /** The count of a repeated instruction changes before the access that faults. */
    public static CpuCore withoutCountAtFaults(CpuBus bus, CpuModel model) {
        return atFaults(bus, model, state -> state.set(ECX, state.get(ECX) - 1));
    }

    private static CpuCore atFaults(CpuBus bus, CpuModel model, Consumer<StateBlock> loss) {
        return core(bus, model, engine -> new Recompiler(engine, memory()) {
            @Override
            boolean fill(int refund, boolean write) {
                boolean filled = super.fill(refund, write);
                if (!filled) {
                    loss.accept(state);
                }
                return filled;
            }
        });
    }

    /** What a page once was is never forgotten, neither by flushes nor for the other privilege. */
    public static CpuCore withoutFlush(CpuBus bus, CpuModel model, int linear) {
        return core(
                bus,
                model,
                engine -> new Recompiler(engine, memory(), Parts.standard().withWalk(LosingWalks::never)) {
                    private final long[] kept = new long[2];

                    @Override
                    boolean fill(int refund, boolean write) {
                        int page = state.get(StateBlock.LINEAR) >>> 12;
                        if (page != linear >>> 12) {
                            return super.fill(refund, write);
                        }
                        int access = write ? 1 : 0;
                        long entry = engine.readTable() + (long) access * Engine.WRITE_TABLE + 8L * page;
                        if (kept[access] != 0) {
                            HostMemory.putLong(entry, kept[access]);
                            return true;
                        }
                        boolean filled = super.fill(refund, write);
                        kept[access] = HostMemory.getLong(entry);
                        return filled;
                    }
                });
    }

    /** An instruction across the end of its page is translated as it was first seen. */
    public static CpuCore withoutPageEnd(CpuBus bus, CpuModel model, int at, int... first) {
        return core(
                bus,
                model,
                engine -> new Recompiler(
                        engine, memory(), Parts.standard().with(any -> new RegionFinder(any, new Repertoire()) {
                            @Override
                            boolean read(Place place, int eip, Instruction in) {
                                if (eip != at) {
                                    return super.read(place, eip, in);
                                }
                                new Decoder(model.features()).decode(offset -> first[offset], true, in);
                                return true;
                            }
                        })));
    }

    /** An instruction across the end of its page is for ever what it was when it was translated. */
    public static CpuCore withoutTails(CpuBus bus, CpuModel model) {
        return core(
                bus,
                model,
                engine -> new Recompiler(
                        engine, memory(), Parts.standard().with(any -> new RegionFinder(any, new Repertoire()) {
                            @Override
                            byte[] tail(Place place, int eip, Instruction in) {
                                return super.tail(place, eip, in) == null ? null : new byte[0];
                            }
                        })));
    }

    /** Code is found by its offset alone, whatever page is there. */
    public static CpuCore withoutPages(CpuBus bus, CpuModel model) {
        return core(bus, model, engine -> new Recompiler(engine, memory()) {
            private final Map<Integer, Long> first = new HashMap<>();

            @Override
            public void translate(Place place) {
                super.translate(place);
                if (place.code() != 0) {
                    first.putIfAbsent(place.eip(), place.code());
                    place.setCode(first.get(place.eip()));
                }
            }

            @Override
            public void forget() {
                first.clear();
                super.forget();
            }
        });
    }

    /** No code at all: the host refuses memory for it when the core is made. */
    public static CpuCore withoutCodeMemory(CpuBus bus, CpuModel model) {
        AtomicBoolean lost = new AtomicBoolean();
        RecompilerCoreFactory factory = new RecompilerCoreFactory(bytes -> {
            if (lost.get()) {
                throw new CodeMemoryException("the host refuses " + bytes + " bytes");
            }
            return CodeMemory.allocate(bytes);
        });
        assertTrue(factory.probe().usable());
        lost.set(true);
        CpuCore core = factory.create(bus, model);
        lost.set(false);
        assertFalse(factory.probe().usable());
        assertEquals(
                "The recompiler cannot run here: the host refuses 50331648 bytes; it is tried again when its bundle is started"
                        + " anew.",
                factory.probe().reason());
        return core;
    }

    private static CodeMemory memory() {
        return CodeMemory.allocate(Recompiler.CODE_BYTES);
    }

    private static CpuCore core(CpuBus bus, CpuModel model, Function<Engine, Accelerator> maker) {
        return new ProcessorCore(bus, model, maker);
    }
}
