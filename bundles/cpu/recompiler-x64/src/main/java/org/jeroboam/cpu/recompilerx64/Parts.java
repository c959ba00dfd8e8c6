package org.jeroboam.cpu.recompilerx64;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.jeroboam.cpu.x86.exec.Engine;

/** What a {@link Recompiler} is made of, as far as tests put something else in its place. */
record Parts(
        Function<Engine, RegionFinder> finder,
        BiFunction<Assembler, Links, PrivilegeCode> privilege,
        SegmentedStack.Maker stack,
        BiFunction<Engine, StateBlock, HostTime> time,
        FloatingState.Maker floating,
        Function<Assembler, PageWalk> walk,
        Function<Assembler, CodeNeighbours> neighbours,
        BiFunction<Assembler, StateBlock, Returns> returns,
        Bounds bounds,
        Bridges bridges) {

    /** The real ones. */
    static Parts standard() {
        return new Parts(
                engine -> new RegionFinder(engine, new Repertoire()),
                PrivilegeCode::new,
                SegmentedStack::new,
                HostTime::new,
                FloatingState::new,
                PageWalk::new,
                CodeNeighbours::new,
                Returns::new,
                new Bounds(),
                new Bridges());
    }

    Parts with(Function<Engine, RegionFinder> other) {
        return new Parts(other, privilege, stack, time, floating, walk, neighbours, returns, bounds, bridges);
    }

    Parts withPrivilege(BiFunction<Assembler, Links, PrivilegeCode> other) {
        return new Parts(finder, other, stack, time, floating, walk, neighbours, returns, bounds, bridges);
    }

    Parts with(SegmentedStack.Maker other) {
        return new Parts(finder, privilege, other, time, floating, walk, neighbours, returns, bounds, bridges);
    }

    Parts withTime(BiFunction<Engine, StateBlock, HostTime> other) {
        return new Parts(finder, privilege, stack, other, floating, walk, neighbours, returns, bounds, bridges);
    }

    Parts with(FloatingState.Maker other) {
        return new Parts(finder, privilege, stack, time, other, walk, neighbours, returns, bounds, bridges);
    }

    Parts withWalk(Function<Assembler, PageWalk> other) {
        return new Parts(finder, privilege, stack, time, floating, other, neighbours, returns, bounds, bridges);
    }

    Parts withNeighbours(Function<Assembler, CodeNeighbours> other) {
        return new Parts(finder, privilege, stack, time, floating, walk, other, returns, bounds, bridges);
    }

    Parts withReturns(BiFunction<Assembler, StateBlock, Returns> other) {
        return new Parts(finder, privilege, stack, time, floating, walk, neighbours, other, bounds, bridges);
    }

    Parts with(Bounds other) {
        return new Parts(finder, privilege, stack, time, floating, walk, neighbours, returns, other, bridges);
    }

    Parts with(Bridges other) {
        return new Parts(finder, privilege, stack, time, floating, walk, neighbours, returns, bounds, other);
    }
}
