package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R14;
import static org.jeroboam.cpu.recompilerx64.Assembler.RCX;

import java.util.ArrayList;
import java.util.List;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.Place;
import org.jeroboam.hardware.cpu.CpuModel;

/**
 * Makes host code of a region. Registers are those of the host one to one; the budget is paid block by block and looked at
 * where a loop closes and where the region is entered; arithmetic flags are in memory wherever a region begins or ends.
 */
final class Translator {
    private final Assembler asm;
    private final FlagKeeper flags;
    private final ColdPaths cold;
    private final Links links;
    private final Returns returns;
    private final IntegerEmitter integer;
    private final ShiftEmitter shifts;
    private final TransferEmitter transfers;
    private final StringEmitter strings;
    private final CompareEmitter comparisons;
    private final BitStringEmitter bitStrings;
    private final SystemFlagEmitter systemFlags;
    private final SystemEmitter system;
    private final FloatingCode floating;
    private final FpuEmitter fpu;
    private final SimdEmitter simd;
    private final MemoryAccess memory;
    private final SegmentedStack segmented;
    private final SegmentedFlags segmentedFlags;
    private final ParagraphEmitter paragraphs;
    private final VectorEmitter vectors;
    private Addressing addressing = Addressing.FLAT_32;
    private int lastOffset;
    private final Bounds bounds;
    private final Bridges bridges;
    private final List<Edge> edges = new ArrayList<>();
    /** Calls of what R11 says. */
    private final List<Integer> lookups = new ArrayList<>();

    private Place place;
    private Block begin;

    /** A jump that leaves the path which control takes mostly; what it needs is emitted behind the blocks. */
    private record Edge(int jump, FlagState state, Block to, int target) {}

    Translator(
            Assembler asm,
            Exits exits,
            Links links,
            Returns returns,
            FloatingCode floating,
            FloatingState floats,
            PageCrossing crossing,
            PageWalk walk,
            CodeNeighbours neighbours,
            PrivilegeCode privilege,
            Parts parts,
            CpuModel model) {
        this.asm = asm;
        this.links = links;
        this.returns = returns;
        flags = new FlagKeeper(asm);
        cold = new ColdPaths(asm, flags, exits, floating, crossing, walk, neighbours);
        bounds = parts.bounds();
        bridges = parts.bridges();
        memory = new MemoryAccess(asm, flags, cold, bounds);
        integer = new IntegerEmitter(asm, flags, memory, cold);
        shifts = new ShiftEmitter(asm, flags, memory, cold);
        strings = new StringEmitter(asm, memory, cold);
        comparisons = new CompareEmitter(asm, flags, memory, cold);
        bitStrings = new BitStringEmitter(asm, flags, memory);
        systemFlags = new SystemFlagEmitter(asm, flags, memory, cold);
        system = new SystemEmitter(asm, flags, memory, cold, privilege, walk.invalidation(asm, memory, cold));
        transfers = new TransferEmitter(asm, flags, memory, links, returns);
        segmented = parts.stack().make(asm, flags, memory, cold, links);
        segmentedFlags = new SegmentedFlags(asm, flags, memory, cold, segmented);
        paragraphs = new ParagraphEmitter(asm, flags, memory, cold, segmented);
        vectors = new VectorEmitter(asm, flags, memory, cold, segmented, paragraphs);
        this.floating = floating;
        fpu = new FpuEmitter(asm, flags, memory, cold, floats, floats.images(asm, memory, cold));
        simd = new SimdEmitter(asm, flags, memory, cold, model);
    }

    /**
     * Emits a region at the assembler's place.
     *
     * @param entry where it is entered, at its first block
     * @param blocks in the order of emission
     * @param commonExit executable address of the code that leaves
     */
    void emit(Place entry, List<Block> blocks, long commonExit) {
        place = entry;
        cold.start(commonExit);
        addressing = Addressing.of(entry.mode());
        memory.start(addressing);
        segmented.start(addressing, (entry.mode() & Engine.USER) != 0);
        segmentedFlags.start((entry.mode() & Engine.USER) != 0);
        transfers.start((entry.mode() & Engine.USER) != 0);
        systemFlags.start((entry.mode() & Engine.USER) != 0);
        system.start((entry.mode() & Engine.USER) != 0);
        FloatingNeeds.compute(blocks);
        Liveness.compute(blocks);
        begin = blocks.getFirst();
        lastOffset = lastOffset(entry, blocks);
        edges.clear();
        for (int i = 0; i < blocks.size(); i++) {
            emit(blocks.get(i), i + 1 < blocks.size() ? blocks.get(i + 1) : null);
        }
        emitEdges();
        emitLookups();
        for (Block block : blocks) {
            if (block.header) {
                entrance(block);
            }
        }
        cold.emit();
        links.emitCold();
    }

    /** The last offset in CS that a region's code and its direct branches rely on. */
    private static int lastOffset(Place entry, List<Block> blocks) {
        int last = entry.eip() + 0xFFF - (entry.codeBase() + entry.eip() & 0xFFF);
        for (Block block : blocks) {
            Instruction in = block.last();
            if (RegionFinder.hasTarget(in) || in.op == Op.CALL) {
                int target = RegionFinder.target(in, block.end);
                last = Integer.compareUnsigned(target, last) > 0 ? target : last;
            }
        }
        return last;
    }

    /** A loop is entered from outside as from its end, but registers that are loaded there may not be here. */
    private void entrance(Block header) {
        header.entrance = header.at;
        if (header.held != 0 || !addressing.flatCode()) {
            header.entrance = asm.size();
            flags.set(FlagState.IN_MEMORY);
            cold.instruction(header.eip, 0);
            if (!addressing.flatCode()) {
                segmented.enter(header.eip, place.codeBase(), lastOffset);
            }
        }
        if (header.held != 0) {
            cold.floating(floating.check(FloatingNeeds.bit(header.held)), FloatingNeeds.bit(header.held));
        }
        if (header.entrance != header.at) {
            asm.bind(asm.jmp(), header.at);
        }
    }

    private void emit(Block block, Block next) {
        block.at = asm.size();
        for (int jump : block.jumps) {
            asm.bind(jump, block.at);
        }
        flags.set(block.inherited != null ? block.inherited : FlagState.IN_MEMORY);
        pay(block);
        int middle = bridges.middle(block);
        int[] live = Liveness.behind(block);
        if (middle >= 0) {
            instructions(block, 0, middle, live);
            block.middle = asm.size();
            for (int jump : block.bridges) {
                asm.bind(jump, block.middle);
            }
            flags.set(FlagState.IN_MEMORY);
        }
        boolean branches = block.last().op.has(Trait.BRANCH);
        instructions(block, Math.max(middle, 0), branches ? block.size() - 1 : block.size(), live);
        fpu.flush();
        if (branches) {
            cold.instruction(block.offsets.getLast(), 1);
            tail(block, block.size() - 1);
            branch(block, block.last(), next);
        } else {
            if (block.interpret) {
                flags.save();
                cold.interpretNow(block.end, 0);
            } else {
                go(block, block.following, block.end, next);
            }
        }
    }

    /** Emits instructions of a block, not its branch. */
    private void instructions(Block block, int from, int to, int[] live) {
        int i = from;
        while (i < to) {
            cold.instruction(block.offsets.get(i), block.size() - i);
            if (i == block.check) {
                flags.disturb();
                cold.floating(floating.check(block.need), block.need);
            }
            tail(block, i);
            int run = addressing.isFlat32() ? TransferEmitter.runLength(block, i) : 1;
            if (run > 1) {
                stackRun(block.instructions.subList(i, i + run), live[i + run - 1]);
                block.instructions.subList(i, i + run).forEach(bounds::after);
                i += run;
            } else {
                guarded(block, i, live[i]);
                bounds.after(block.instructions.get(i));
                i++;
            }
        }
    }

    /** An instruction that ends in the next page may be another one by now. */
    private void tail(Block block, int index) {
        if (block.crosses(index)) {
            memory.checkCode(block.end & ~0xFFF, block.tail);
        }
    }

    private void pay(Block block) {
        bounds.start();
        if (block.header) {
            flags.disturb();
            asm.rri(0x81, 4, 7, R14, block.longest); // cmp
            cold.instruction(block.eip, 0);
            cold.budget(asm.jcc(Assembler.LESS), block.longest);
        }
        asm.lea(R14, Address.of(R14, -block.size()));
    }

    private void floating(Instruction in, int eip) {
        if (in.op.has(Trait.FPU)) {
            fpu.emit(in, eip);
        } else {
            simd.emit(in);
        }
    }

    private void stackRun(List<Instruction> run, int live) {
        int written = 0;
        for (Instruction in : run) {
            written |= Effects.written(in);
        }
        FlagRecipe before = flags.state().recipe();
        if (live != 0) {
            flags.keepFrom(written, false);
        }
        if (run.getFirst().op == Op.PUSH) {
            transfers.pushes(run);
        } else {
            transfers.pops(run);
        }
        flags.wrote(written, before);
    }

    /** Flags that pass an instruction must not depend on registers that it writes. */
    private void guarded(Block block, int index, int live) {
        Instruction in = block.instructions.get(index);
        int written = Effects.written(in);
        FlagRecipe before = flags.state().recipe();
        if ((live & ~Liveness.killed(in)) != 0) {
            flags.keepFrom(written, Effects.gentle(in));
        }
        if (FloatingNeeds.isFloating(in)) {
            floating(in, block.offsets.get(index));
        } else {
            emit(block, index, in, live);
        }
        flags.wrote(written, before);
    }

    private void emit(Block block, int index, Instruction in, int live) {
        if (!addressing.isFlat32() && segmented(in, block.size() - index - 1)) {
            return;
        }
        switch (in.op) {
            case LODS, STOS, MOVS -> strings.emit(in, block.longest - block.size());
            case SCAS, CMPS -> comparisons.emit(in, block.longest - block.size());
            case MOV_TO_SEG, POP_SEG -> {
                fpu.flush(); // the load looks whether the data pointer refers to the register
                system.emit(in);
            }
            case CLD, STD, MOV_FROM_SEG, PUSH_SEG, MOV_FROM_CR, INVLPG, RDTSC -> system.emit(in);
            case PUSHF, POPF, CLI, STI -> systemFlags.emit(in, block.size() - index - 1);
            case PUSH -> transfers.push(in);
            case POP -> {
                if (in.hasMemory()) {
                    segmented.pop(in);
                } else {
                    transfers.pop(in);
                }
            }
            case LEAVE -> transfers.leave();
            case PUSHA -> segmented.pushAll(in);
            case POPA -> segmented.popAll(in);
            case ENTER -> segmented.enter(in);
            case SHL, SHR, SAR, ROL, ROR, RCL, RCR, SHLD, SHRD -> shifts.emit(in, live);
            default -> {
                if (BitStringEmitter.has(in)) {
                    bitStrings.emit(in, live);
                } else {
                    integer.emit(in, live);
                }
            }
        }
    }

    /** Emits what differs where segments are not flat or 16 bits wide; false when nothing does. */
    private boolean segmented(Instruction in, int behind) {
        switch (in.op) {
            case PUSH -> segmented.push(in);
            case POP -> segmented.pop(in);
            case LEAVE -> segmented.leave(in);
            case PUSH_SEG -> segmented.pushSegment(in);
            case PUSHF -> segmentedFlags.push(in);
            case POPF -> segmentedFlags.pop(in);
            case MOV_TO_SEG, POP_SEG, LES, LDS, LFS, LGS, LSS -> {
                fpu.flush();
                paragraphs.load(in, behind);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private boolean segmentedBranch(Block block, Instruction in) {
        switch (in.op) {
            case CALL -> {
                flags.save();
                segmented.call(in, block.end);
                leave(RegionFinder.target(in, block.end));
            }
            case CALL_IND -> segmented.callIndirect(in, block.end);
            case JMP_IND -> segmented.jumpIndirect(in);
            case RET -> segmented.ret(in);
            case INT -> vectors.interrupt(in.imm & 0xFF, block.end);
            case IRET -> vectors.ret(in);
            case CALL_FAR, CALL_FAR_IND, JMP_FAR, JMP_FAR_IND, RET_FAR -> paragraphs.transfer(in, block.end);
            default -> {
                return false;
            }
        }
        return true;
    }

    private void branch(Block block, Instruction in, Block next) {
        if (!addressing.isFlat32() && segmentedBranch(block, in)) {
            return;
        }
        int target = RegionFinder.target(in, block.end);
        switch (in.op) {
            case JMP -> go(block, block.taken, target, next);
            case JCC -> {
                int condition = flags.condition(in.condition);
                if (block.taken != null && block.taken.at >= 0 && wantsBridge(block.taken)) {
                    FlagState state = flags.state();
                    int over = asm.jcc(condition ^ 1);
                    bridge(block.taken);
                    asm.bind(over);
                    flags.set(state);
                    go(block, block.following, block.end, next);
                } else {
                    conditional(block, asm.jcc(condition), target, next);
                }
            }
            case LOOP -> {
                flags.save();
                flags.set(flags.state().withoutRecipe());
                if (in.addressSize == 2) {
                    flags.disturbed();
                    asm.rri8(0x83, 2, 5, RCX, 1); // sub cx, 1
                    conditional(block, asm.jcc(Assembler.NOT_EQUAL), target, next);
                } else {
                    asm.lea(RCX, Address.of(RCX, -1));
                    counted(block, target, next, true);
                }
            }
            case LOOPE, LOOPNE -> {
                flags.save();
                flags.disturbed();
                asm.rri8(0x83, in.addressSize, 5, RCX, 1); // sub
                int last = asm.jcc(Assembler.EQUAL);
                flags.testZero();
                int jump = asm.jcc(in.op == Op.LOOPE ? Assembler.NOT_EQUAL : Assembler.EQUAL);
                asm.bind(last);
                conditional(block, jump, target, next);
            }
            case JCXZ -> {
                if (in.addressSize == 2) {
                    flags.save();
                    flags.disturbed();
                    asm.rr(0x85, 2, RCX, RCX); // test cx, cx
                    conditional(block, asm.jcc(Assembler.EQUAL), target, next);
                } else {
                    counted(block, target, next, false);
                }
            }
            case CALL -> {
                flags.save();
                transfers.call(block.end);
                if (target == place.eip() && begin.held == 0) {
                    asm.bind(asm.call(), begin.at);
                } else {
                    links.call(place, target);
                }
                back(block, next);
            }
            case CALL_IND -> {
                transfers.callIndirect(in, block.end);
                lookups.add(asm.call());
                back(block, next);
            }
            case JMP_IND -> transfers.jumpIndirect(in);
            case RET -> transfers.ret(in);
            case INT, IRET, SYSENTER, SYSEXIT -> system.transfer(in, block.end);
            default -> throw new IllegalStateException("no translation of " + in.op);
        }
    }

    /** LOOP and JCXZ: JECXZ changes no flags, but reaches only near. */
    private void counted(Block block, int target, Block next, boolean whenNotZero) {
        if (needsMemory(block.taken) || needsMemory(block.following)) {
            flags.save();
        }
        asm.byte1(0x67);
        asm.byte1(0xE3);
        asm.byte1(0);
        int zero = asm.size();
        int taken;
        if (whenNotZero) {
            taken = asm.jmp();
            asm.bindShort(zero);
        } else {
            int over = asm.jmp();
            asm.bindShort(zero);
            taken = asm.jmp();
            asm.bind(over);
        }
        conditional(block, taken, target, next);
    }

    /** The two ways of a conditional branch whose jump was emitted. */
    private void conditional(Block block, int jump, int target, Block next) {
        FlagState state = flags.state();
        if (block.taken == null || needsMemory(block.taken) && !state.memory()) {
            edges.add(new Edge(jump, state, block.taken, target));
        } else {
            lead(block.taken, jump, state);
        }
        go(block, block.following, block.end, next);
    }

    /** Emits where a call comes back to. */
    private void back(Block block, Block next) {
        returns.land(block.end);
        if (block.back == null) {
            links.jump(place, block.end);
        } else if (block.back != next || block.back.at >= 0) {
            lead(block.back, asm.jmp(), FlagState.IN_MEMORY);
        }
    }

    private void emitLookups() {
        for (int call : lookups) {
            asm.bind(call);
            links.lookup((place.mode() & Engine.USER) != 0);
        }
        lookups.clear();
    }

    private void emitEdges() {
        for (Edge edge : edges) {
            asm.bind(edge.jump);
            flags.set(edge.state);
            if (edge.to == null) {
                leave(edge.target);
            } else if (wantsBridge(edge.to)) {
                bridge(edge.to);
            } else {
                flags.save();
                asm.bind(asm.jmp(), edge.to.at);
            }
        }
    }

    /** Whether a block that wants the flags in memory soon does without them. */
    private boolean wantsBridge(Block to) {
        return needsMemory(to) && !flags.state().memory() && bridges.middle(to) >= 0;
    }

    /** Emits the beginning of a block once more, with the flags as they are, and a jump to where they do not matter. */
    private void bridge(Block to) {
        flags.set(bridges.carried(flags.state()));
        pay(to);
        instructions(to, 0, bridges.middle(to), Liveness.behind(to));
        fpu.drop();
        int jump = asm.jmp();
        if (to.middle >= 0) {
            asm.bind(jump, to.middle);
        } else {
            to.bridges.add(jump);
        }
    }

    private void lead(Block to, int jump, FlagState state) {
        if (inherits(to)) {
            to.inherited = state;
        }
        if (to.at >= 0) {
            asm.bind(jump, to.at);
        } else {
            to.jumps.add(jump);
        }
    }

    private void go(Block from, Block to, int target, Block next) {
        if (to == null) {
            leave(target);
            return;
        }
        if (wantsBridge(to) && !(to == next && to.header)) {
            bridge(to);
            return;
        }
        if (needsMemory(to)) {
            flags.save();
        }
        if (to == next && to.at < 0) {
            if (inherits(to)) {
                to.inherited = flags.state();
            }
        } else {
            lead(to, asm.jmp(), flags.state());
        }
    }

    private void leave(int target) {
        flags.save();
        links.jump(place, target);
    }

    /** Whether a block wants to find the flags in memory. */
    private static boolean needsMemory(Block to) {
        return to == null || !inherits(to) && to.live != 0;
    }

    /** Whether a block can go on with the flags as its only predecessor left them. */
    private static boolean inherits(Block to) {
        return to.predecessors == 1 && !to.header;
    }
}
