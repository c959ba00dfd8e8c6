package org.jeroboam.cpu.recompilerx64;

import static org.jeroboam.cpu.recompilerx64.Assembler.R11;
import static org.jeroboam.cpu.recompilerx64.Assembler.R12;
import static org.jeroboam.cpu.recompilerx64.Assembler.R13;
import static org.jeroboam.cpu.recompilerx64.Assembler.R14;
import static org.jeroboam.cpu.recompilerx64.Assembler.R15;
import static org.jeroboam.cpu.recompilerx64.Assembler.R8;
import static org.jeroboam.cpu.recompilerx64.Assembler.R9;
import static org.jeroboam.cpu.recompilerx64.Assembler.RBP;
import static org.jeroboam.cpu.recompilerx64.Assembler.RBX;
import static org.jeroboam.cpu.recompilerx64.Assembler.RDI;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSI;
import static org.jeroboam.cpu.recompilerx64.Assembler.RSP;

import java.util.List;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.exec.Accelerator;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.Place;

/**
 * Translates hot places to x86-64 code and runs it: entry, exits, links, and what to do when memory is full. Not final so
 * that tests can take mechanisms away.
 */
class Recompiler implements Accelerator {
    private static final int FLAT_32 = Engine.CODE32 | Engine.STACK32 | Engine.FLAT | Engine.FLAT_CODE;
    private static final int PAGE_FAULT = 14;
    /** What wraps around there is no page fault. */
    private static final int LAST_PAGE = 0xF_FFFF;

    /** Code memory that a recompiler needs. */
    static final long CODE_BYTES = 48L << 20;

    /** More than any region can need. */
    private static final int LARGEST_REGION = 1 << 17;

    private final Engine engine;
    private final CodeMemory memory;
    final StateBlock state = new StateBlock();
    private final Assembler asm = new Assembler();
    private final Exits exits = new Exits();
    private final Returns returns;
    private final Links links = new Links(asm, exits, state);
    private final FloatingCode floatingCode = new FloatingCode(asm);
    private final PrivilegeCode privilege;
    private final KnownDescriptors known;
    private final HostTime time;
    private final FloatingState floating;
    private final PageCrossing crossing = new PageCrossing(asm);
    private final PageWalk walk;
    private final CodeNeighbours neighbours;
    private final Translator translator;
    private final RegionFinder finder;
    private final NativeCall call;

    private long commonExit;
    private long used;
    private int epoch;

    Recompiler(Engine engine, CodeMemory memory) {
        this(engine, memory, Parts.standard());
    }

    Recompiler(Engine engine, CodeMemory memory, Parts parts) {
        this.engine = engine;
        this.memory = memory;
        exits.start(memory.executableBase());
        returns = parts.returns().apply(asm, state);
        privilege = parts.privilege().apply(asm, links);
        finder = parts.finder().apply(engine);
        call = new NativeCall(memory.executableBase());
        floating = parts.floating().make(engine, state, exits);
        known = new KnownDescriptors(engine, state);
        time = parts.time().apply(engine, state);
        walk = parts.walk().apply(asm);
        neighbours = parts.neighbours().apply(asm);
        translator = new Translator(
                asm,
                exits,
                links,
                returns,
                floatingCode,
                floating,
                crossing,
                walk,
                neighbours,
                privilege,
                parts,
                engine.model());
        state.set(StateBlock.WALK_TABLES, engine.walkTables().address);
        state.set(StateBlock.SUPERVISOR_LOOKUP, links.table(FLAT_32));
        state.set(StateBlock.USER_LOOKUP, links.table(FLAT_32 | Engine.USER));
        epoch = engine.modeEpoch() - 1;
        begin();
    }

    /** Emits what all regions share: the way in, at the very beginning, and the way out. */
    private void begin() {
        asm.start(memory.executableBase());
        int[] kept = {RBP, RBX, R12, R13, R14, R15};
        for (int register : kept) {
            asm.push(register);
        }
        asm.rri8(0x83, 8, 5, RSP, 8); // sub: the stack stays aligned
        asm.mov64(R15, RDI);
        asm.mov64(R11, RSI);
        returns.enter();
        asm.load64(R13, Address.of(R15, StateBlock.READ_TABLE));
        asm.load(R14, Address.of(R15, StateBlock.BUDGET));
        for (int guest = 0; guest < 8; guest++) {
            asm.load(Operands.host(guest), Address.of(R15, StateBlock.REGISTERS + 4 * guest));
        }
        floatingCode.enter();
        asm.jmp(R11);
        commonExit = asm.here();
        for (int guest = 0; guest < 8; guest++) {
            asm.store(Address.of(R15, StateBlock.REGISTERS + 4 * guest), Operands.host(guest));
        }
        asm.store(Address.of(R15, StateBlock.BUDGET), R14);
        asm.store(Address.of(R15, StateBlock.EXIT), R9);
        asm.store(Address.of(R15, StateBlock.LINEAR), R8);
        asm.store(Address.of(R15, StateBlock.TARGET), R11);
        floatingCode.leave();
        returns.leave();
        asm.rri8(0x83, 8, 0, RSP, 8); // add
        for (int i = kept.length - 1; i >= 0; i--) {
            asm.pop(kept[i]);
        }
        asm.ret();
        floatingCode.loader(commonExit);
        crossing.routine();
        walk.routines(commonExit);
        neighbours.routine();
        links.start(commonExit);
        returns.routines(links);
        privilege.routines(commonExit, exits.add(Exits.REFUSED, 0, 0, 0));
        finish();
    }

    private void finish() {
        asm.copyTo(memory.writableBase() + used);
        used += asm.size() + 15 & ~15;
    }

    @Override
    public void translate(Place place) {
        if (used + LARGEST_REGION > memory.size() || !state.cellsLeft(1024)) {
            engine.forgetCode(); // the place too: it will come back hot
            return;
        }
        if (inRegion(place)) {
            links.enter(place);
            return;
        }
        List<Block> blocks = finder.find(place);
        if (blocks.isEmpty()) {
            engine.resumeBehind(place, place.eip());
            return;
        }
        long at = memory.executableBase() + used;
        asm.start(at);
        translator.emit(place, blocks, commonExit);
        finish();
        place.setCode(at + blocks.getFirst().entrance);
        links.enter(place);
        for (Block block : blocks) {
            if (block.interpret) {
                engine.resumeBehind(place, block.end);
            }
            if (block.header) {
                links.keep(place, block.eip, at + block.entrance);
            }
        }
    }

    @Override
    public Outcome run(Place place) {
        if (!engine.direct()) {
            engine.setEip(place.eip());
            return Outcome.INTERPRET;
        }
        if (epoch != engine.modeEpoch()) {
            epoch = engine.modeEpoch();
            loadSegments();
            state.set(StateBlock.LOOKUP, links.table(engine.mode()));
            known.refresh();
            returns.change(engine.mode());
        }
        time.check();
        int budget = engine.budget();
        if (budget > Returns.LONGEST) {
            throw new IllegalStateException(
                    "a round of " + budget + " instructions is longer than the stack of returns");
        }
        state.load(engine);
        floating.begin();
        long target = place.code();
        int event = -1;
        while (true) {
            returns.check(engine.stamp(), engine.globalStamp());
            call.call(state.address, target);
            state.pull();
            if (state.get(StateBlock.SEGMENTS_CHANGED) != 0) {
                state.storeSegments(engine);
                epoch = engine.modeEpoch();
                returns.changed(engine.mode());
            }
            int exit = state.get(StateBlock.EXIT);
            byte kind = exits.kind(exit);
            switch (kind) {
                case Exits.MISS_READ, Exits.MISS_WRITE -> {
                    if (fill(exits.refund(exit), kind == Exits.MISS_WRITE)) {
                        target = exits.extra(exit);
                    } else if (deliverable(exit)) {
                        event = exit;
                        target = fault(exit);
                    } else {
                        return leave(exits.eip(exit), exits.refund(exit), Outcome.INTERPRET);
                    }
                }
                case Exits.INTERPRET -> {
                    return leave(exits.eip(exit), exits.refund(exit), Outcome.INTERPRET);
                }
                case Exits.SYSTEM -> {
                    learn((int) exits.extra(exit));
                    return leave(exits.eip(exit), exits.refund(exit), Outcome.INTERPRET);
                }
                case Exits.REFUSED -> {
                    known.learnGate();
                    return leave(exits.eip(event), 1, Outcome.INTERPRET);
                }
                case Exits.TIME -> {
                    engine.setBudget(state.get(StateBlock.BUDGET) + exits.refund(exit));
                    time.read();
                    target = exits.extra(exit);
                }
                case Exits.BUDGET -> {
                    Outcome outcome = leave(exits.eip(exit), 0, Outcome.INTERPRET);
                    boolean progress = engine.budget() < budget;
                    return progress && engine.endRound((int) exits.extra(exit)) ? Outcome.CONTINUE : outcome;
                }
                case Exits.FLOATING -> {
                    if (!floating.load(state.get(StateBlock.LINEAR))) {
                        return leave(exits.eip(exit), exits.refund(exit), Outcome.INTERPRET);
                    }
                    target = exits.extra(exit);
                }
                case Exits.LINK -> {
                    Place next = goOn(exits.eip(exit));
                    if (next == null) {
                        return leave(exits.eip(exit), 0, Outcome.CONTINUE);
                    }
                    state.setCell((int) exits.extra(exit), next.stamp(), next.code());
                    target = next.code();
                }
                default -> {
                    int eip = state.get(StateBlock.TARGET);
                    Place next = goOn(eip);
                    if (next == null) {
                        return leave(eip, 0, Outcome.CONTINUE);
                    }
                    links.enter(next);
                    target = next.code();
                }
            }
        }
    }

    /** Tells generated code of the segments and tables as they are now. */
    void loadSegments() {
        state.loadSegments(engine);
    }

    /** Looks up what the TLB does not have; false when the code cannot go on, for whatever reason. */
    boolean fill(int refund, boolean write) {
        int left = state.get(StateBlock.BUDGET) + refund;
        int stamp = engine.stamp();
        engine.setBudget(left);
        shadow(left);
        boolean filled = engine.fill(state.get(StateBlock.LINEAR), write);
        boolean undisturbed = engine.stamp() == stamp && engine.budget() == left;
        heed(left, refund);
        return filled && undisturbed;
    }

    /** What the engine just did may have made the run loop look up soon: the rest of the round is not this round's any more. */
    private void heed(int left, int refund) {
        int now = engine.budget();
        if (now != left) {
            if (state.get(StateBlock.RESUME) == left) {
                state.set(StateBlock.RESUME, now);
            }
            state.set(StateBlock.BUDGET, now - refund);
        }
    }

    /** Whether the miss of an exit is a page fault that can be delivered without the interpreter. */
    private boolean deliverable(int exit) {
        return Addressing.of(engine.mode()).isFlat32()
                && exits.exact(exit)
                && engine.pageFault() >= 0
                && state.get(StateBlock.LINEAR) >>> 12 != LAST_PAGE
                && exits.floating(exit) == 0
                && (state.get(StateBlock.SYSTEM_FLAGS) & EFlags.TF) == 0;
    }

    /** Prepares the delivery of a page fault, which counts as an instruction. @return the code that does it */
    private long fault(int exit) {
        int linear = state.get(StateBlock.LINEAR);
        engine.setFaultAddress(linear);
        state.set(StateBlock.CONTROL + 8, linear);
        state.set(StateBlock.ERROR, engine.pageFault());
        state.set(StateBlock.RETURN, exits.eip(exit));
        state.set(StateBlock.WANTED, PAGE_FAULT | (engine.level() == 3 ? KnownDescriptors.FROM_USER : 0));
        state.set(StateBlock.BUDGET, state.get(StateBlock.BUDGET) + exits.refund(exit) - 1);
        return privilege.fault();
    }

    /** Finds out about what generated code did not know, for the next time. */
    private void learn(int what) {
        switch (what) {
            case SystemEmitter.RETURN -> known.learnReturn();
            case SystemEmitter.EVENT -> known.learnGate();
            case SystemEmitter.NOTHING -> {}
            default -> known.learnData(engine.level() == 3);
        }
    }

    /** The place at an offset, if it has code. */
    private Place goOn(int eip) {
        int left = state.get(StateBlock.BUDGET);
        engine.setEip(eip);
        engine.setBudget(left);
        shadow(left);
        Place next = engine.here();
        heed(left, 0);
        return next != null && (next.code() != 0 || inRegion(next)) ? next : null;
    }

    /** Whether a place without code is a loop within a region: then it has code now. */
    private boolean inRegion(Place place) {
        place.setCode(links.kept(place));
        return place.code() != 0;
    }

    /** STI or a load of SS was the last instruction: interrupts wait for one more. */
    void shadow(int left) {
        if (left == state.get(StateBlock.SHADOW_OF_SS)) {
            engine.shadow(true);
        } else if (left == state.get(StateBlock.SHADOW)) {
            engine.shadow(false);
        }
    }

    private Outcome leave(int eip, int refund, Outcome outcome) {
        state.store(engine);
        floating.settle();
        engine.setEip(eip);
        int left = state.get(StateBlock.BUDGET) + refund;
        engine.setBudget(left);
        shadow(left);
        if (left == state.get(StateBlock.RESUME)) {
            engine.resume();
            engine.endRound(1);
            return Outcome.CONTINUE;
        }
        return left == 0 ? Outcome.CONTINUE : outcome;
    }

    @Override
    public void releaseFpu() {
        floating.release();
    }

    @Override
    public void forget() {
        if (used > 0) {
            used = 0;
            exits.forget();
            floating.forget();
            state.forgetCells();
            links.forget();
            begin();
        }
    }

    @Override
    public void close() {
        links.close();
        returns.close();
        state.close();
        memory.close();
    }
}
