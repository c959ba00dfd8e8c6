package org.jeroboam.cpu.interpreter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuModel;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.ExitReason;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The bundle's service: cores that work, from reset to halt and over a change of the core at each instruction. */
class InterpreterCoreFactoryTest {
    /** MOV CX, 100; 1003: ADD AX, CX; PUSH AX; POP BX; OUT 80h, AL; DEC CX; JNZ 1003; HLT. */
    private static final byte[] SUM = {
        (byte) 0xB9,
        100,
        0,
        0x01,
        (byte) 0xC8,
        0x50,
        0x5B,
        (byte) 0xE6,
        (byte) 0x80,
        0x49,
        0x75,
        (byte) 0xF7,
        (byte) 0xF4
    };

    private static final int EAX = 0;
    private static final int EBX = 3;
    private static final int INSTRUCTIONS = 1 + 1 + 100 * 6 + 1;

    private final CpuCoreFactory factory = new InterpreterCoreFactory();

    @Test
    void itRunsEverywhereAndGivesWayToWhatIsFaster() {
        CpuCoreFactory.Probe probe = factory.probe();
        assertTrue(probe.usable());
        assertEquals(0, probe.rank());
        assertEquals("The interpreter runs everywhere.", probe.reason());
    }

    @ParameterizedTest
    @EnumSource(CpuModel.class)
    void itsCoresRunFromReset(CpuModel model) {
        FlatMachine machine = new FlatMachine(SUM);
        try (CpuCore core = factory.create(machine, model)) {
            core.load(CpuState.afterReset(model));
            assertEquals(1, core.run(1));
            assertEquals(ExitReason.BUDGET, core.exitReason());
            assertEquals(INSTRUCTIONS - 1, core.run(1_000_000));
            assertEquals(ExitReason.HALT, core.exitReason());
            CpuState end = core.save();
            assertEquals(5050, end.gpr[EAX]);
            assertEquals(5050, end.gpr[EBX]);
            assertEquals(INSTRUCTIONS, end.retired);
            assertTrue(machine.ports.toString().startsWith("128.1=100 128.1=199 "), machine.ports::toString);
        }
        assertEquals(List.of(), machine.listeners, "it leaves the memory map");
    }

    /** The state contract: what one core saved, as bytes, another one goes on from, wherever that was. */
    @Test
    void itsCoresTakeEachOthersState() throws StateException {
        FlatMachine whole = new FlatMachine(SUM);
        byte[] expected;
        try (CpuCore core = factory.create(whole, CpuModel.P3)) {
            core.load(CpuState.afterReset(CpuModel.P3));
            core.run(1_000_000);
            expected = bytes(core.save());
        }
        for (int cut = 1; cut < INSTRUCTIONS; cut += 29) {
            FlatMachine before = new FlatMachine(SUM);
            byte[] state;
            try (CpuCore core = factory.create(before, CpuModel.P3)) {
                core.load(CpuState.afterReset(CpuModel.P3));
                assertEquals(cut, core.run(cut));
                state = bytes(core.save());
            }
            FlatMachine after = new FlatMachine(before);
            try (CpuCore core = factory.create(after, CpuModel.P3)) {
                core.load(CpuState.restore(new StateReader(state)));
                assertArrayEquals(state, bytes(core.save()), "what was loaded is saved");
                assertEquals(INSTRUCTIONS - cut, core.run(1_000_000));
                assertArrayEquals(expected, bytes(core.save()), "cut after " + cut);
            }
            assertEquals(whole.ports.toString(), before.ports.toString() + after.ports);
        }
    }

    private static byte[] bytes(CpuState state) {
        StateWriter out = new StateWriter();
        state.save(out);
        return out.toBytes();
    }

    @Test
    void aClosedCoreMayBeClosedAgainAndOthersGoOn() {
        FlatMachine one = new FlatMachine(SUM);
        FlatMachine other = new FlatMachine(SUM);
        CpuCore first = factory.create(one, CpuModel.P3);
        CpuCore second = factory.create(other, CpuModel.P2);
        first.load(CpuState.afterReset(CpuModel.P3));
        second.load(CpuState.afterReset(CpuModel.P2));
        first.run(50);
        second.run(20);
        first.close();
        first.close();
        assertEquals(INSTRUCTIONS - 20, second.run(1_000_000));
        assertEquals(5050, second.save().gpr[EAX]);
        second.close();
    }
}
