package org.jeroboam.hardware.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Random;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.junit.jupiter.api.Test;

class CpuStateTest {
    /** Fills every field by reflection, so that a field forgotten in save or restore fails here. */
    @Test
    void everyFieldSurvives() throws ReflectiveOperationException, StateException {
        CpuState state = new CpuState();
        Random random = new Random(1);
        for (Field field : CpuState.class.getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                fill(field, state, random);
            }
        }
        StateWriter out = new StateWriter();
        state.save(out);
        CpuState copy = CpuState.restore(new StateReader(out.toBytes()));
        for (Field field : CpuState.class.getFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                Object[] expected = {field.get(state)};
                Object[] actual = {field.get(copy)};
                assertTrue(java.util.Arrays.deepEquals(expected, actual), field.getName());
            }
        }
    }

    private static void fill(Field field, CpuState state, Random random) throws IllegalAccessException {
        switch (field.get(state)) {
            case Boolean _ -> field.set(state, true);
            case Integer _ -> field.set(state, random.nextInt());
            case Long _ -> field.set(state, random.nextLong());
            case byte[] bytes -> random.nextBytes(bytes);
            case int[] _ -> field.set(state, random.ints(8).toArray());
            case long[] longs ->
                field.set(
                        state,
                        random.longs(longs.length == 0 ? 8 : longs.length).toArray());
            case SegmentState[] segments -> {
                for (int i = 0; i < segments.length; i++) {
                    segments[i] = new SegmentState(i, random.nextInt(), random.nextInt(), random.nextInt());
                }
            }
            default -> throw new AssertionError("no sample for " + field);
        }
    }

    @Test
    void resetIsTheManuals() {
        CpuState s = CpuState.afterReset(CpuModel.P3);
        assertEquals(0xFFFF_FFF0, s.segments[CpuState.CS].base() + s.eip);
        assertEquals(0x0686, s.gpr[2]);
        assertEquals(2, s.eflags);
        assertEquals(0x6000_0010, s.cr0);
        assertArrayEquals(new int[] {0, 0, 0, 0, 0, 0, 0xFFFF_0FF0, 0x400}, s.dr);
    }

    @Test
    void modelsReportWhatTheReferenceSays() {
        assertEquals(0x0183_F9FF, CpuModel.P2.featureBits());
        assertEquals(0x0383_F9FF, CpuModel.P3.featureBits());
        assertEquals(0x078B_F9FF, CpuModel.PM.featureBits());
    }
}
