package org.jeroboam.benchmarks;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.cpu.CpuState;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/** What a processor core takes for one thing of each kind; the unit is said with each benchmark. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class CostCentres {
    private static final int UNROLLED = 100;
    private static final int ROUNDS = 100;
    private static final int TIMES = UNROLLED * ROUNDS;

    /** For JMH. */
    public CostCentres() {}

    /** Instructions on registers. */
    public static class Registers extends Guest {
        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED / 4; i++) {
                code.put(0x01, 0xC8); // add eax, ecx
                code.put(0x31, 0xC2); // xor edx, eax
                code.put(0x8D, 0x4C, 0x10, 5); // lea ecx, [eax + edx + 5]
                code.put(0xC1, 0xC8, 3); // ror eax, 3
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One instruction on registers. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long register(Registers guest) {
        return guest.processor.run(TIMES);
    }

    /** Entering and leaving the core for a single instruction. */
    @Benchmark
    public long enter(Registers guest) {
        return guest.processor.run(1);
    }

    /** The whole architectural state out of the core and in again, as for a change of cores. */
    @Benchmark
    public void state(Registers guest) {
        guest.processor.load(guest.processor.save());
    }

    /** Loads and stores within one page. */
    public static class SamePage extends Guest {
        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED / 2; i++) {
                code.put(0x8B, 0x46, 4 * (i % 16)); // mov eax, [esi + n]
                code.put(0x89, 0x46, 64 + 4 * (i % 15)); // mov [esi + 64 + n], eax
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One load or store whose page's translation is known. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long tlbHit(SamePage guest) {
        return guest.processor.run(TIMES);
    }

    /** Loads of one word of each of many pages. */
    public static class ManyPages extends Guest {
        static final int PAGES = 4096;

        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            for (int i = 0; i < PAGES; i++) {
                code.put(0x8B, 0x86).put32(i * PAGE); // mov eax, [esi + n]
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One load from another of 4096 pages than the one before, all of them known, if the core keeps as many. */
    @Benchmark
    @OperationsPerInvocation(ManyPages.PAGES + 1)
    public long tlbReach(ManyPages guest) {
        return guest.processor.run(ManyPages.PAGES + 1);
    }

    /** A new address space, then loads from its pages. */
    public static class NewSpace extends Guest {
        static final int PAGES = 64;

        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            state.gpr[EBX] = DIRECTORY;
            code.put(0x0F, 0x22, 0xDB); // mov cr3, ebx
            for (int i = 0; i < PAGES; i++) {
                code.put(0x8B, 0x86).put32(i * PAGE); // mov eax, [esi + n]
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One load of a page that is not known since CR3 was loaded; a 64th of that load is in it. */
    @Benchmark
    @OperationsPerInvocation(NewSpace.PAGES)
    public long pageWalk(NewSpace guest) {
        return guest.processor.run(NewSpace.PAGES + 2);
    }

    /** Loading CR3, with nothing touched but the code itself. */
    public static class OnlyFlush extends Guest {
        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            state.gpr[EBX] = DIRECTORY;
            for (int i = 0; i < UNROLLED; i++) {
                code.put(0x0F, 0x22, 0xDB); // mov cr3, ebx
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One load of CR3, and the walk for the code's page. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long flush(OnlyFlush guest) {
        return guest.processor.run(TIMES);
    }

    /** INVLPG and a load of that page. */
    public static class Remapped extends Guest {
        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED; i++) {
                code.put(0x0F, 0x01, 0x3E); // invlpg [esi]
                code.put(0x8B, 0x06); // mov eax, [esi]
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One INVLPG and a load. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long invalidatePage(Remapped guest) {
        return guest.processor.run(2 * TIMES);
    }

    /** Jumps from page to page. */
    public static class Jumps extends Guest {
        private static final int BLOCKS = 64;

        @Override
        void prepare(CpuState state) {
            for (int i = 0; i < BLOCKS; i++) {
                int block = CODE + i * PAGE + 16 * i;
                int next = (i + 1) % BLOCKS;
                load(block, new Code(block).put(0x40).jump(CODE + next * PAGE + 16 * next)); // inc eax
            }
        }
    }

    /** One jump to another page, and an instruction between. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long link(Jumps guest) {
        return guest.processor.run(2 * TIMES);
    }

    /** Jumps through a table. */
    public static class IndirectJumps extends Guest {
        private static final int BLOCKS = 16;

        @Override
        void prepare(CpuState state) {
            for (int i = 0; i < BLOCKS; i++) {
                int block = CODE + 64 * i;
                write32(DATA + 4 * i, block);
                Code code = new Code(block);
                code.put(0x83, 0xC1, 2 * i + 5); // add ecx, n
                code.put(0x83, 0xE1, BLOCKS - 1); // and ecx, 15
                code.put(0xFF, 0x24, 0x8E); // jmp [esi + ecx*4]
                load(block, code);
            }
        }
    }

    /** One indirect jump whose target changes, and two instructions that choose it. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long indirectJump(IndirectJumps guest) {
        return guest.processor.run(3 * TIMES);
    }

    /** Calls of one function from many places. */
    public static class Calls extends Guest {
        @Override
        void prepare(CpuState state) {
            int function = CODE + 2 * PAGE;
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED; i++) {
                code.call(function);
            }
            load(CODE, code.jump(CODE));
            load(function, new Code(function).put(0xC3));
        }
    }

    /** One call and return. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long call(Calls guest) {
        return guest.processor.run(2 * TIMES);
    }

    /** Interrupt gates from a user program. */
    public static class SystemCalls extends Guest {
        @Override
        void prepare(CpuState state) {
            asUser(state);
            handler(0x80, 0xCF); // iret
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED; i++) {
                code.put(0xCD, 0x80);
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One INT from level 3 and IRET. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long systemCall(SystemCalls guest) {
        return guest.processor.run(2 * TIMES);
    }

    /** SYSENTER and SYSEXIT. */
    public static class FastSystemCalls extends Guest {
        @Override
        void prepare(CpuState state) {
            asUser(state);
            int kernel = CODE + 2 * PAGE;
            state.msrNumbers = new int[] {0x174, 0x175, 0x176};
            state.msrValues = new long[] {8, 0x9_0000, kernel};
            load(kernel, new Code(kernel).put(0x0F, 0x35)); // sysexit
            Code code = new Code(CODE);
            code.put(0x89, 0xE1); // mov ecx, esp
            for (int i = 0; i < UNROLLED; i++) {
                code.put(0xBA).put32(code.here() + 6); // mov edx, behind
                code.put(0x0F, 0x34); // sysenter
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One SYSENTER and SYSEXIT, and the load of the return address. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long fastSystemCall(FastSystemCalls guest) {
        return guest.processor.run(3 * TIMES);
    }

    /** Loads of a page that is not there; the handler goes on behind them. */
    public static class Faults extends Guest {
        @Override
        void prepare(CpuState state) {
            asUser(state);
            handler(14, 0x83, 0xC4, 4, 0x83, 0x04, 0x24, 5, 0xCF); // add esp, 4; add dword [esp], 5; iret
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED; i++) {
                code.put(0xA1).put32(ABSENT); // mov eax, [absent]
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One page fault from level 3 and the handler's three instructions. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long pageFault(Faults guest) {
        return guest.processor.run(4 * TIMES);
    }

    /** Instructions on registers, with interrupts on. */
    public static class Interrupted extends Registers {
        @Override
        void prepare(CpuState state) {
            super.prepare(state);
            state.eflags |= 0x200;
            handler(Pins.VECTOR, 0xCF); // iret
        }
    }

    /** One interrupt from outside: the core is entered, the handler returns, a few instructions follow. */
    @Benchmark
    public long interrupt(Interrupted guest) {
        guest.processor.setInterruptLine(true);
        return guest.processor.run(8);
    }

    /** Reads of a port. */
    public static class Ports extends Guest {
        @Override
        void prepare(CpuState state) {
            state.gpr[EDX] = 0x3F8;
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED; i++) {
                code.put(i % 2 == 0 ? 0xEC : 0xEE); // in al, dx; out dx, al
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One access to a port. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long port(Ports guest) {
        return guest.processor.run(TIMES);
    }

    /** Accesses to a page of a device. */
    public static class DevicePage extends Guest {
        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            for (int i = 0; i < UNROLLED / 2; i++) {
                code.put(0xA1).put32(DEVICE + 4 * i); // mov eax, [device]
                code.put(0xA3).put32(DEVICE + 4 * i); // mov [device], eax
            }
            load(CODE, code.jump(CODE));
        }
    }

    /** One access to a page of a device. */
    @Benchmark
    @OperationsPerInvocation(TIMES)
    public long devicePage(DevicePage guest) {
        return guest.processor.run(TIMES);
    }

    /** Copies of a page. */
    public static class Copies extends Guest {
        static final int WORDS = 1024;
        static final int INSTRUCTIONS = WORDS + 4;

        @Override
        void prepare(CpuState state) {
            Code code = new Code(CODE);
            code.put(0xB9).put32(WORDS); // mov ecx, words
            code.put(0xBE).put32(DATA); // mov esi, data
            code.put(0xBF).put32(DATA + MEBIBYTE); // mov edi, data + 1 MiB
            code.put(0xF3, 0xA5); // rep movsd
            load(CODE, code.jump(CODE));
        }
    }

    /** One copy of 4096 bytes by REP MOVSD. */
    @Benchmark
    @OperationsPerInvocation(16)
    public long copyPage(Copies guest) {
        return guest.processor.run(16L * Copies.INSTRUCTIONS);
    }

    /** Code that is replaced by other code before each run. */
    public static class NewCode extends Guest {
        static final int INSTRUCTIONS = 8192;
        private static final int VARIANTS = 4;

        private final MemorySegment[] variants = new MemorySegment[VARIANTS];
        private int next;

        @Override
        void prepare(CpuState state) {
            Random random = new Random(1);
            for (int v = 0; v < VARIANTS; v++) {
                Code code = new Code(CODE);
                for (int i = 1; i < INSTRUCTIONS; i++) {
                    switch (random.nextInt(6)) {
                        case 0 -> code.put(0x05).put32(random.nextInt()); // add eax, n
                        case 1 -> code.put(0x31, 0xC2); // xor edx, eax
                        case 2 -> code.put(0xC1, 0xC0, random.nextInt(1, 31)); // rol eax, n
                        case 3 -> code.put(0x8B, 0x4E, random.nextInt(32) * 4); // mov ecx, [esi + n]
                        case 4 -> code.put(0x89, 0x47, random.nextInt(32) * 4); // mov [edi + n], eax
                        default -> code.put(0x75, 0); // jnz to the next one
                    }
                }
                variants[v] = MemorySegment.ofArray(code.jump(CODE).bytes());
            }
            replace();
        }

        /** Puts the next variant in place of the last one. */
        void replace() {
            MemorySegment variant = variants[next];
            next = (next + 1) % VARIANTS;
            memory.copyIn(CODE, variant, 0, variant.byteSize());
        }
    }

    /** One instruction that was never seen before: decoded, translated if the core does that, executed once. */
    @Benchmark
    @OperationsPerInvocation(NewCode.INSTRUCTIONS)
    public long newInstruction(NewCode guest) {
        guest.replace();
        return guest.processor.run(NewCode.INSTRUCTIONS);
    }
}
