package org.jeroboam.cpu.x86.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.Trait;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The instruction table and the opcode rows agree with each other and with themselves. */
class InstructionTableTest {

    private static final Set<Op> CONDITIONAL = EnumSet.of(Op.JCC, Op.SETCC, Op.CMOVCC, Op.FCMOVCC);

    @Test
    void everyOperationHasAnOpcode() {
        Set<Op> encoded = OpcodeTable.forms().map(Form::op).collect(Collectors.toSet());
        assertEquals(EnumSet.of(Op.GP_TOO_LONG), EnumSet.complementOf(EnumSet.copyOf(encoded)));
    }

    @Test
    void formsHaveTheOperandsOfTheirRow() {
        OpcodeTable.forms().filter(form -> form.op() != Op.UD).forEach(form -> {
            int operands = form.operands().size();
            boolean plainNop = form.op() == Op.NOP && operands == 0;
            assertTrue(plainNop || operands == form.op().operands(), form::toString);
        });
    }

    @Test
    void conditionsBelongToConditionalOperations() {
        OpcodeTable.forms()
                .forEach(form -> assertEquals(CONDITIONAL.contains(form.op()), form.condition() >= 0, form::toString));
    }

    @Test
    void simdFormsNeedAFeature() {
        OpcodeTable.forms().forEach(form -> {
            Op op = form.op();
            if (op.has(Trait.SSE2)) {
                assertEquals(CpuFeature.SSE2, form.feature(), form::toString);
            } else if (op.has(Trait.SSE)) {
                assertEquals(CpuFeature.SSE, form.feature(), form::toString);
            } else if (op.has(Trait.MMX)) {
                boolean wide = form.operands().stream().anyMatch(code -> isXmm(code.source()));
                assertTrue(wide ? form.feature() == CpuFeature.SSE2 : form.feature() != null, form::toString);
            }
        });
    }

    private static boolean isXmm(OperandCode.Source source) {
        return source == OperandCode.Source.REG_XMM
                || source == OperandCode.Source.RM_XMM
                || source == OperandCode.Source.RM_XMM_REGISTER;
    }

    @ParameterizedTest
    @EnumSource
    void rowIsConsistent(Op op) {
        if (op.has(Trait.LOCKABLE)) {
            assertTrue(op.reads(0) && op.writes(0), "LOCK is for read-modify-write");
        }
        if (op.has(Trait.BRANCH)) {
            assertTrue(op.has(Trait.ENDS_BLOCK));
        }
        if (op.has(Trait.CALLS)) {
            assertTrue(op.has(Trait.BRANCH) && op.has(Trait.WRITES_MEMORY));
        }
        if (op.has(Trait.RETURNS)) {
            assertTrue(op.has(Trait.BRANCH) && op.has(Trait.READS_MEMORY));
        }
        if (op.has(Trait.STRING)) {
            assertTrue(op.has(Trait.READS_MEMORY) || op.has(Trait.WRITES_MEMORY));
            assertTrue((op.flagsRead() & EFlags.DF) != 0);
        }
        if (op.has(Trait.CONDITIONAL_FLAGS)) {
            assertEquals(0, op.flagsKilled());
            assertFalse((op.flagsWritten() | op.flagsUndefined()) == 0);
        }
        int units = count(op, Trait.FPU) + count(op, Trait.MMX) + count(op, Trait.SSE) + count(op, Trait.SSE2);
        assertTrue(units <= 1, "one unit");
        assertEquals(0, op.flagsWritten() & op.flagsUndefined(), "defined or undefined, not both");
        assertEquals(0, op.flagsUndefined() & ~EFlags.STATUS);
        assertTrue(op.operands() <= 3);
        for (int operand = op.operands(); operand < 3; operand++) {
            assertFalse(op.reads(operand) || op.writes(operand));
        }
    }

    @Test
    void conditionsHoldAsTheManualSays() {
        assertTrue(EFlags.holds(2, EFlags.CF) && EFlags.holds(3, 0));
        assertTrue(EFlags.holds(6, EFlags.ZF) && EFlags.holds(7, EFlags.SF));
        assertTrue(EFlags.holds(12, EFlags.SF) && EFlags.holds(12, EFlags.OF));
        assertTrue(EFlags.holds(13, EFlags.SF | EFlags.OF) && EFlags.holds(14, EFlags.ZF));
        assertFalse(EFlags.holds(15, EFlags.ZF));
        for (int flags = 0; flags < 0x1000; flags++) {
            for (int condition = 0; condition < 16; condition++) {
                boolean holds = EFlags.holds(condition, flags);
                assertEquals(!holds, EFlags.holds(condition ^ 1, flags));
                int tested = flags & EFlags.tested(condition);
                assertEquals(holds, EFlags.holds(condition, tested), "reads only what it says");
            }
        }
    }

    private static int count(Op op, Trait trait) {
        return op.has(trait) ? 1 : 0;
    }
}
