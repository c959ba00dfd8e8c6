package org.jeroboam.cpu.recompilerx64;

import java.util.function.Function;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.cpu.x86.exec.WalkTables;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.memory.HostMemory;

/** Recompilers whose generated code walks page tables without one look, or one note, each. */
public final class LosingWalks {
    private static final int DIRTY = 1 << 6;

    private LosingWalks() {}

    /** Leaves all walks to Java. */
    static PageWalk never(Assembler assembler) {
        return new PageWalk(assembler) {
            private long exit;

            @Override
            void routines(long commonExit) {
                exit = commonExit;
            }

            @Override
            void call(boolean forWrite) {
                assembler.jmpTo(exit);
            }
        };
    }

    /** Level 3 may use the system's pages. */
    public static CpuCore withoutPrivilege(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void userPage() {
                // nothing
            }
        });
    }

    /** All pages may be written. */
    public static CpuCore withoutProtection(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void protect() {
                // nothing
            }
        });
    }

    /** Accessed bits of pages stay as they are. */
    public static CpuCore withoutAccessedBits(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void marked(int bits) {
                super.marked(bits & DIRTY);
            }
        });
    }

    /** Accessed bits of directories stay as they are. */
    public static CpuCore withoutDirectoryBits(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void directoryMarked() {
                // nothing
            }
        });
    }

    /** The dirty bit stays as it is. */
    public static CpuCore withoutDirtyBits(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void marked(int bits) {
                super.marked(bits & ~DIRTY);
            }
        });
    }

    /** Bits are set wherever the tables lie. */
    public static CpuCore withoutLookAtTables(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void writable(int where) {
                // nothing
            }
        });
    }

    /** Who reads a clean page may write it. */
    public static CpuCore withoutCleanPages(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void clean() {
                // nothing
            }
        });
    }

    /** The next flush does not know of what was entered. */
    public static CpuCore withoutList(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void list() {
                // nothing
            }
        });
    }

    /** INVLPG drops but one piece of a large page. */
    public static CpuCore withoutLargePages(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void noteLarge() {
                // nothing
            }
        });
    }

    /** Walks whatever mode the processor is in and whoever watches. */
    public static CpuCore withoutConditions(CpuBus bus, CpuModel model) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            void allowed() {
                // nothing
            }
        });
    }

    /** INVLPG leaves entries alone. */
    public static CpuCore withoutClearing(CpuBus bus, CpuModel model) {
        return invalidating(bus, model, (asm, memory, cold) -> new PageInvalidation(asm, memory, cold) {
            @Override
            void clear() {
                // nothing
            }
        });
    }

    /** INVLPG does not know of large pages. */
    public static CpuCore withoutPieces(CpuBus bus, CpuModel model) {
        return invalidating(bus, model, (asm, memory, cold) -> new PageInvalidation(asm, memory, cold) {
            @Override
            void large() {
                // nothing
            }
        });
    }

    /** INVLPG leaves links to code alone. */
    public static CpuCore withoutUnlinking(CpuBus bus, CpuModel model) {
        return invalidating(bus, model, (asm, memory, cold) -> new PageInvalidation(asm, memory, cold) {
            @Override
            void entered() {
                // nothing
            }
        });
    }

    /** INVLPG leaves translations of device pages alone. */
    public static CpuCore withoutDevices(CpuBus bus, CpuModel model) {
        return invalidating(bus, model, (asm, memory, cold) -> new PageInvalidation(asm, memory, cold) {
            @Override
            void remembered() {
                // nothing
            }
        });
    }

    private interface InvalidationMaker {
        PageInvalidation make(Assembler asm, MemoryAccess memory, ColdPaths cold);
    }

    private static CpuCore invalidating(CpuBus bus, CpuModel model, InvalidationMaker maker) {
        return core(bus, model, asm -> new PageWalk(asm) {
            @Override
            PageInvalidation invalidation(Assembler assembler, MemoryAccess memory, ColdPaths cold) {
                return maker.make(assembler, memory, cold);
            }
        });
    }

    /** What a physical page once was it is for ever. */
    public static CpuCore withoutForgetting(CpuBus bus, CpuModel model) {
        return new ProcessorCore(bus, model, engine -> new Recompiler(engine, memory()) {
            private final long[] kept = new long[0x110];

            @Override
            public Outcome run(Place place) {
                long table = HostMemory.getLong(state.address + StateBlock.WALK_TABLES) + WalkTables.DIRECT;
                for (int page = 0; page < kept.length; page++) {
                    kept[page] |= HostMemory.getLong(table + 8 * page);
                    HostMemory.putLong(table + 8 * page, kept[page]);
                }
                return super.run(place);
            }
        });
    }

    private static CpuCore core(CpuBus bus, CpuModel model, Function<Assembler, PageWalk> maker) {
        Parts parts = Parts.standard().withWalk(maker);
        return new ProcessorCore(bus, model, engine -> new Recompiler(engine, memory(), parts));
    }

    private static CodeMemory memory() {
        return CodeMemory.allocate(Recompiler.CODE_BYTES);
    }
}
