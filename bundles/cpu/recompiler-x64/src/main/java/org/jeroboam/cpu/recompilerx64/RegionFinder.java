package org.jeroboam.cpu.recompilerx64;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.cpu.x86.exec.Engine;
import org.jeroboam.cpu.x86.exec.Place;

/**
 * Collects the code that is worth one translation: what direct jumps reach from a place without leaving its page. Calls
 * and what comes after them are regions of their own.
 */
class RegionFinder {
    private static final int MOST_INSTRUCTIONS = 160;
    private static final int CS = 1;

    private final Engine engine;
    private final Repertoire repertoire;

    private final Map<Integer, Instruction> decoded = new HashMap<>();
    /** Offsets whose instruction cannot be part of the region. */
    private final Set<Integer> foreign = new HashSet<>();

    private final Set<Integer> leaders = new HashSet<>();

    private final Map<Integer, byte[]> tails = new HashMap<>();

    RegionFinder(Engine engine, Repertoire repertoire) {
        this.engine = engine;
        this.repertoire = repertoire;
    }

    /**
     * Finds a region.
     *
     * @return its blocks in the order of emission, the entry first; empty when not even the first instruction can be
     *     translated
     */
    List<Block> find(Place place) {
        decoded.clear();
        foreign.clear();
        leaders.clear();
        tails.clear();
        decode(place);
        if (!decoded.containsKey(place.eip())) {
            return List.of();
        }
        Map<Integer, Block> blocks = new HashMap<>();
        for (int leader : leaders) {
            if (decoded.containsKey(leader)) {
                blocks.put(leader, block(leader));
            }
        }
        for (Block block : blocks.values()) {
            connect(block, blocks);
            if (comesBack(place, block.last())) {
                block.back = blocks.get(block.end);
            }
        }
        return order(blocks.get(place.eip()));
    }

    private void decode(Place place) {
        ArrayDeque<Integer> wanted = new ArrayDeque<>();
        wanted.add(place.eip());
        leaders.add(place.eip());
        while (!wanted.isEmpty()) {
            int eip = wanted.remove();
            while (true) {
                if (decoded.containsKey(eip)) {
                    leaders.add(eip);
                    break;
                }
                if (foreign.contains(eip) || decoded.size() >= MOST_INSTRUCTIONS) {
                    break;
                }
                Instruction in = new Instruction();
                if (!take(place, eip, in) || !translated(place, in) || beyondLimit(in, eip + in.length)) {
                    foreign.add(eip);
                    break;
                }
                decoded.put(eip, in);
                int next = eip + in.length;
                if (hasTarget(in)) {
                    int target = target(in, next);
                    if (samePage(place, target) && leaders.add(target)) {
                        wanted.add(target);
                    }
                }
                if (in.op.has(Trait.BRANCH)) {
                    if ((goesOn(in) || comesBack(place, in)) && samePage(place, next) && leaders.add(next)) {
                        wanted.addFirst(next);
                    }
                    break;
                }
                if (!samePage(place, next)) {
                    break;
                }
                eip = next;
            }
        }
    }

    private boolean take(Place place, int eip, Instruction in) {
        if (read(place, eip, in)) {
            return true;
        }
        byte[] tail = Addressing.of(place.mode()).isFlat32() ? tail(place, eip, in) : null;
        // What repeats may write over itself.
        if (tail == null || in.rep != Instruction.REP_NONE) {
            return false;
        }
        tails.put(eip, tail);
        return true;
    }

    /** Decodes an instruction that ends in the next page. @return its bytes there, or null */
    byte[] tail(Place place, int eip, Instruction in) {
        return engine.decodeTail(place, eip, in);
    }

    /** Decodes an instruction; false when it is not wholly in the page of the place. */
    boolean read(Place place, int eip, Instruction in) {
        return engine.decode(place, eip, in);
    }

    /** Whether a branch is a jump with a target in its immediate. */
    static boolean hasTarget(Instruction in) {
        return in.op == Op.JMP || goesOn(in);
    }

    /** Whether control may pass a branch. */
    static boolean goesOn(Instruction in) {
        return switch (in.op) {
            case JCC, LOOP, LOOPE, LOOPNE, JCXZ -> true;
            default -> false;
        };
    }

    /** Whether control comes back behind a branch by {@link Returns}. */
    static boolean comesBack(Place place, Instruction in) {
        return (in.op == Op.CALL || in.op == Op.CALL_IND)
                && Addressing.of(place.mode()).isFlat32();
    }

    /** Whether a CS offset is in the page of a place. */
    static boolean samePage(Place place, int eip) {
        int base = place.codeBase();
        return (base + place.eip() ^ base + eip) >>> 12 == 0;
    }

    /** Where a direct branch leads. @param next offset behind it */
    static int target(Instruction in, int next) {
        return in.operandSize == 2 ? next + in.imm & 0xFFFF : next + in.imm;
    }

    private boolean translated(Place place, Instruction in) {
        Addressing addressing = Addressing.of(place.mode());
        boolean user = (place.mode() & Engine.USER) != 0;
        return addressing.isFlat32() ? repertoire.has(in, user) : SegmentedRepertoire.has(in, addressing, user);
    }

    /** Whether a direct branch faults when it is taken. */
    private boolean beyondLimit(Instruction in, int next) {
        return (hasTarget(in) || in.op == Op.CALL)
                && Integer.compareUnsigned(target(in, next), engine.segmentLimit(CS)) > 0;
    }

    private Block block(int leader) {
        Block block = new Block(leader);
        int eip = leader;
        while (true) {
            Instruction in = decoded.get(eip);
            if (in == null) {
                block.interpret = foreign.contains(eip);
                break;
            }
            block.instructions.add(in);
            block.offsets.add(eip);
            block.tail = tails.get(eip);
            eip += in.length;
            if (in.op.has(Trait.BRANCH) || leaders.contains(eip) && decoded.containsKey(eip)) {
                break;
            }
        }
        block.end = eip;
        return block;
    }

    private static void connect(Block block, Map<Integer, Block> blocks) {
        Instruction last = block.last();
        if (!last.op.has(Trait.BRANCH) || goesOn(last)) {
            block.following = blocks.get(block.end);
        }
        if (hasTarget(last)) {
            block.taken = blocks.get(target(last, block.end));
        }
    }

    private static List<Block> order(Block entry) {
        List<Block> order = new ArrayList<>();
        ArrayDeque<Block> pending = new ArrayDeque<>();
        pending.add(entry);
        while (!pending.isEmpty()) {
            Block block = pending.remove();
            while (block != null && block.order < 0) {
                block.order = order.size();
                order.add(block);
                boolean jumps = block.following == null && block.back == null && block.taken != null;
                if (block.taken != null && !jumps) {
                    pending.add(block.taken);
                }
                block = jumps ? block.taken : block.back != null ? block.back : block.following;
            }
        }
        entry.header = true;
        for (Block block : order) {
            arrive(block, block.following);
            arrive(block, block.taken);
            if (block.back != null) {
                block.back.header = true;
            }
        }
        for (int i = order.size() - 1; i >= 0; i--) {
            Block block = order.get(i);
            block.longest = block.size() + Math.max(beyond(block.following), beyond(block.taken));
        }
        return order;
    }

    private static void arrive(Block from, Block to) {
        if (to != null) {
            to.predecessors++;
            to.header |= to.order <= from.order;
        }
    }

    private static int beyond(Block to) {
        return to == null || to.header ? 0 : to.longest;
    }
}
