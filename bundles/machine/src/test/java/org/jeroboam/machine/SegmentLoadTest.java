package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.cpu.SegmentState;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A debugger writes selectors. */
class SegmentLoadTest {
    private static final int GDT = 0x10_0000;
    private static final int LDT = 0x10_1000;

    private Rig rig;

    @BeforeEach
    void start() throws Exception {
        rig = new Rig(new Script().op(ScriptCore.NOP)).build();
        rig.must(new MachineCommand.PowerOn(true));
    }

    @AfterEach
    void stop() {
        rig.close();
    }

    private CpuState cpu() throws Exception {
        MachineReply.Processor reply =
                assertInstanceOf(MachineReply.Processor.class, rig.tell(new MachineCommand.GetProcessor()));
        return CpuState.restore(new StateReader(reply.state()));
    }

    private static MachineCommand set(CpuState state) {
        StateWriter out = new StateWriter();
        state.save(out);
        return new MachineCommand.SetProcessor(out.toBytes());
    }

    private static CpuState with(CpuState state, int register, int selector) {
        SegmentState old = state.segments[register];
        state.gdtBase = GDT; // the core of these tests does not keep it
        state.gdtLimit = 0x4F;
        state.segments[register] = new SegmentState(selector, old.base(), old.limit(), old.attributes());
        return state;
    }

    private SegmentState loaded(int register, int selector) throws Exception {
        rig.must(set(with(cpu(), register, selector)));
        return cpu().segments[register];
    }

    private String refusal(int register, int selector) throws Exception {
        SegmentState before = cpu().segments[register];
        String refusal = rig.refused(set(with(cpu(), register, selector)));
        assertEquals(before, cpu().segments[register]);
        return refusal;
    }

    private void descriptor(int at, int base, int limit, int attributes) {
        int low = limit & 0xFFFF | base << 16;
        int high = base & 0xFF00_0000 | base >>> 16 & 0xFF | limit & 0xF_0000 | attributes << 8;
        byte[] bytes = new byte[8];
        for (int i = 0; i < 8; i++) {
            bytes[i] = (byte) ((i < 4 ? low : high) >> 8 * (i & 3));
        }
        assertEquals(new MachineReply.Accepted(8), rig.tell(new MachineCommand.WriteMemory(at, bytes)));
    }

    private void protectedMode(int level) throws Exception {
        CpuState s = cpu();
        s.cr0 |= 1;
        s.segments[CpuState.LDTR] = new SegmentState(0x48, LDT, 7, 0x82);
        for (int i = CpuState.ES; i <= CpuState.GS; i++) {
            int type = i == CpuState.CS ? 0x9B : 0x93;
            s.segments[i] = new SegmentState(0x100 | level, 0, -1, 0xC000 | type | level << 5);
        }
        rig.must(set(s));
        descriptor(GDT + 0x08, 0x1234_5678, 0xF_FFFF, 0xC092);
        descriptor(GDT + 0x10, 0x10, 0xFFF, 0x409A);
        descriptor(GDT + 0x18, 0x20, 0xFFF, 0x40F2);
        descriptor(GDT + 0x20, 0x30, 0xFFF, 0x4012); // not present
        descriptor(GDT + 0x28, 0x40, 0xFFF, 0x4098); // code, not to be read
        descriptor(GDT + 0x30, 0x50, 0xFFF, 0x409E); // conforming
        descriptor(GDT + 0x38, 0x60, 0xFFF, 0x4090); // data, not to be written
        descriptor(LDT, 0x70, 0xFFF, 0x4092);
    }

    @Test
    void realModeAndV86Mode() throws Exception {
        SegmentState before = cpu().segments[CpuState.DS];
        assertEquals(new SegmentState(0x1234, 0x1_2340, before.limit(), 0x93), loaded(CpuState.DS, 0x1234));
        assertEquals(0xE_0000, loaded(CpuState.CS, 0xE000).base());
        CpuState s = cpu();
        s.cr0 |= 1;
        s.eflags |= 1 << 17;
        rig.must(set(s));
        assertEquals(new SegmentState(0x2000, 0x2_0000, 0xFFFF, 0xF3), loaded(CpuState.GS, 0x2000));
        assertTrue(refusal(CpuState.ES, 0x1_0000).contains("16 bits"));
    }

    @Test
    void protectedModeLoadsDescriptors() throws Exception {
        protectedMode(0);
        assertEquals(new SegmentState(8, 0x1234_5678, -1, 0xC093), loaded(CpuState.DS, 8));
        MachineReply.Memory memory = (MachineReply.Memory) rig.tell(new MachineCommand.ReadMemory(GDT + 8 + 5, 1));
        assertEquals((byte) 0x93, memory.data()[0], "accessed");
        assertEquals(new SegmentState(0x10, 0x10, 0xFFF, 0x409B), loaded(CpuState.CS, 0x10));
        assertEquals(new SegmentState(0x30, 0x50, 0xFFF, 0x409F), loaded(CpuState.CS, 0x33), "RPL becomes CPL");
        assertEquals(new SegmentState(8, 0x1234_5678, -1, 0xC093), loaded(CpuState.SS, 8));
        assertEquals(new SegmentState(4, 0x70, 0xFFF, 0x4093), loaded(CpuState.FS, 4));
        assertEquals(new SegmentState(0, 0, 0, 0), loaded(CpuState.GS, 0));
    }

    @Test
    void whatWouldFaultIsRefused() throws Exception {
        protectedMode(0);
        assertEquals("SS cannot be loaded: selector 0h is the null selector", refusal(CpuState.SS, 0));
        assertTrue(refusal(CpuState.CS, 3).contains("null"));
        assertTrue(refusal(CpuState.DS, 0x50).contains("beyond the descriptor table"));
        assertTrue(refusal(CpuState.DS, 0xC).contains("beyond the descriptor table"), "the local one");
        assertTrue(refusal(CpuState.DS, 0x20).contains("not present"));
        assertTrue(refusal(CpuState.DS, 0x28).contains("kind"));
        assertTrue(refusal(CpuState.SS, 0x38).contains("kind"));
        assertTrue(refusal(CpuState.SS, 0x18).contains("privilege"));
        assertTrue(refusal(CpuState.SS, 0x0B).contains("privilege"));
        assertTrue(refusal(CpuState.CS, 0x13).contains("privilege"));
        assertTrue(refusal(CpuState.ES, 0x13).contains("privilege"), "code that does not conform");
        assertTrue(refusal(CpuState.CS, 8).contains("kind"));
        assertTrue(refusal(CpuState.DS, 0x40).contains("kind"), "an empty descriptor");
        protectedMode(3);
        assertTrue(refusal(CpuState.DS, 8).contains("privilege level 3"));
        assertEquals(new SegmentState(0x1B, 0x20, 0xFFF, 0x40F3), loaded(CpuState.DS, 0x1B));
        assertEquals(new SegmentState(0x33, 0x50, 0xFFF, 0x409F), loaded(CpuState.ES, 0x33));
    }
}
