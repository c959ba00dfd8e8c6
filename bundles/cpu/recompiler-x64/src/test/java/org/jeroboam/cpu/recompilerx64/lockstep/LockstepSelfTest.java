package org.jeroboam.cpu.recompilerx64.lockstep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.exec.ProcessorCore;
import org.jeroboam.hardware.cpu.CpuBus;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.memory.MemoryListener;
import org.jeroboam.hardware.memory.MemoryMap;
import org.junit.jupiter.api.Test;

/** The lock-step comparison finds cores that are wrong in one thing, and shrinks the programs that show it. */
class LockstepSelfTest {
    private static final int CASES = 150;
    private static final long SEED = 7_000_000;
    private static final int WRONG_AT = 1000;

    /** The first case that shows a difference. */
    private static Case found(CoreUnderTest wrong) {
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, wrong, false);
        for (long seed = SEED; seed < SEED + CASES; seed++) {
            Case c = CaseGenerator.make(seed);
            if (lockstep.run(c) != null) {
                return c;
            }
        }
        return null;
    }

    private static void assertFound(CoreUnderTest wrong) {
        assertNotNull(found(wrong), "no difference in " + CASES + " cases");
    }

    /** A core whose state changes once, between two instructions. */
    private static CoreUnderTest corrupted(Consumer<CpuState> damage) {
        return (bus, model) -> new CoreWrapper(new ProcessorCore(bus, model)) {
            private boolean done;

            @Override
            public long run(long budget) {
                if (done || core.retired() + budget <= WRONG_AT) {
                    return super.run(budget);
                }
                long ran = core.retired() < WRONG_AT ? super.run(WRONG_AT - core.retired()) : 0;
                if (core.retired() >= WRONG_AT) {
                    done = true;
                    CpuState state = core.save();
                    damage.accept(state);
                    core.load(state);
                }
                boolean goesOn = exitReason() == ExitReason.BUDGET && ran < budget;
                return goesOn ? ran + super.run(budget - ran) : ran;
            }
        };
    }

    @Test
    void aFlagOfOneInstruction() {
        CoreUnderTest wrong = corrupted(s -> s.eflags ^= EFlags.AF);
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, wrong, false);
        Case c = null;
        for (long seed = SEED; c == null; seed++) {
            Case candidate =
                    CaseGenerator.make(seed).with(List.of(new Event(WRONG_AT + 1L, Event.Kind.LOOK, 0, 0)), 2000);
            Lockstep.Difference difference = lockstep.run(candidate);
            if (difference != null) {
                assertEquals(WRONG_AT + 1, difference.at());
                assertTrue(difference.text().startsWith("eflags "), difference.text());
                c = candidate;
            }
        }
        Case shrunk = new Shrinker(lockstep, 500).shrink(c);
        assertNotNull(lockstep.run(shrunk));
        assertTrue(shrunk.program().left().cardinality() < 5, "any loop shows it");
        assertTrue(Shrinker.report(shrunk, lockstep).contains("eflags "));
    }

    @Test
    void aBitOfAFloatingPointRegister() {
        assertFound(corrupted(s -> s.fxsave[160 + 3] ^= 1));
    }

    @Test
    void aSegmentLimit() {
        assertFound(corrupted(s -> s.segments[Guest.GS] = new SegmentState(
                s.segments[Guest.GS].selector(), s.segments[Guest.GS].base(), 0, s.segments[Guest.GS].attributes())));
    }

    @Test
    void aGateA20ThatDoesNotMove() {
        assertFound((bus, model) -> new CoreWrapper(new ProcessorCore(bus, model)) {
            @Override
            public void setA20(boolean open) {
                // wrong
            }
        });
    }

    @Test
    void anInterruptThatComesOneInstructionLate() {
        assertFound((bus, model) -> new CoreWrapper(new ProcessorCore(bus, model)) {
            private boolean waiting;

            @Override
            public void setInterruptLine(boolean asserted) {
                waiting = asserted && core.exitReason() == ExitReason.BUDGET;
                if (!waiting) {
                    super.setInterruptLine(asserted);
                }
            }

            @Override
            public long run(long budget) {
                if (!waiting || budget < 2) {
                    return super.run(budget);
                }
                waiting = false;
                long ran = super.run(1);
                super.setInterruptLine(true);
                return ran + super.run(budget - ran);
            }
        });
    }

    @Test
    void aLimitThatIsNotKept() {
        assertFound((bus, model) -> new CoreWrapper(new ProcessorCore(bus, model)) {
            @Override
            public void limitRun(long retired) {
                super.limitRun(retired + 1);
            }
        });
    }

    @Test
    void aCoreThatIsNotToldOfChangedCode() {
        assertFound((bus, model) -> new ProcessorCore(deaf(bus), model));
    }

    @Test
    void aCoreThatThrows() {
        Case c = found((bus, model) -> new CoreWrapper(new ProcessorCore(bus, model)) {
            @Override
            public long run(long budget) {
                throw new IllegalStateException("broken");
            }
        });
        assertNotNull(c);
    }

    /** Not about the comparison, but of use to it: thousands of cores come and go. */
    @Test
    void aClosedCoreLeavesNoMemoryForCode() throws IOException {
        long before = codeMappings();
        for (int i = 0; i < 5; i++) {
            assertNull(new Lockstep(CoreUnderTest.INTERPRETER, CoreUnderTest.chosen(), false)
                    .run(CaseGenerator.make(SEED + i, Mode.FLAT)));
        }
        assertEquals(before, codeMappings());
    }

    private static long codeMappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("jeroboam-code")).count();
        }
    }

    /** Chunks of any size give the same: without that no other core could be compared. */
    @Test
    void theInterpreterIsTheSameWhateverTheChunks() {
        Lockstep lockstep = new Lockstep(CoreUnderTest.INTERPRETER, CoreUnderTest.INTERPRETER, true);
        for (long seed = SEED; seed < SEED + 20; seed++) {
            assertNull(lockstep.run(CaseGenerator.make(seed)));
        }
    }

    /** Pins with a memory that keeps news of changes from the core. */
    private static CpuBus deaf(CpuBus bus) {
        MemoryMap memory = new DeafMemory(bus.memory(), new HashMap<>());
        return new CpuBus() {
            @Override
            public MemoryMap memory() {
                return memory;
            }

            @Override
            public int readPort(int port, int size) {
                return bus.readPort(port, size);
            }

            @Override
            public void writePort(int port, int size, int value) {
                bus.writePort(port, size, value);
            }

            @Override
            public int acknowledgeInterrupt() {
                return bus.acknowledgeInterrupt();
            }

            @Override
            public long timeStamp() {
                return bus.timeStamp();
            }

            @Override
            public void setFerr(boolean asserted) {
                bus.setFerr(asserted);
            }
        };
    }

    private record DeafMemory(MemoryMap map, Map<MemoryListener, MemoryListener> listeners) implements MemoryMap {
        @Override
        public void addListener(MemoryListener listener) {
            listeners.put(listener, new MemoryListener() {
                @Override
                public void pagesChanged(long firstPage, long count) {
                    listener.pagesChanged(firstPage, count);
                }

                @Override
                public void codeWritten(long physical, int length) {
                    // wrong
                }
            });
            map.addListener(listeners.get(listener));
        }

        @Override
        public void removeListener(MemoryListener listener) {
            map.removeListener(listeners.remove(listener));
        }

        @Override
        public long readAddress(long page) {
            return map.readAddress(page);
        }

        @Override
        public long writeAddress(long page) {
            return map.writeAddress(page);
        }

        @Override
        public void markCode(long physical, int length) {
            map.markCode(physical, length);
        }

        @Override
        public long codeLines(long page) {
            return map.codeLines(page);
        }

        @Override
        public void clearCode(long page) {
            map.clearCode(page);
        }

        @Override
        public void setDirtyLog(boolean on) {
            map.setDirtyLog(on);
        }

        @Override
        public BitSet takeDirty() {
            return map.takeDirty();
        }

        @Override
        public int read(long physical, int size) {
            return map.read(physical, size);
        }

        @Override
        public void write(long physical, int size, int value) {
            map.write(physical, size, value);
        }

        @Override
        public void copyOut(long physical, MemorySegment target, long offset, long length) {
            map.copyOut(physical, target, offset, length);
        }

        @Override
        public void copyIn(long physical, MemorySegment source, long offset, long length) {
            map.copyIn(physical, source, offset, length);
        }
    }
}
