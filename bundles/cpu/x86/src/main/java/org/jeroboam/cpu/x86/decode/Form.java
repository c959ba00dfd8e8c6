package org.jeroboam.cpu.x86.decode;

import java.util.List;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.hardware.cpu.CpuFeature;

/**
 * One parsed opcode row.
 *
 * @param op what it does
 * @param operands in Intel order, at most 3
 * @param condition of a row that names one, else -1
 * @param fixedOperandSize 1, 2 or 4 when prefixes do not decide the operand size, else 0
 * @param feature that the CPU model must have, or null
 */
record Form(Op op, List<OperandCode> operands, int condition, int fixedOperandSize, CpuFeature feature) {

    Form withCondition(int newCondition) {
        return new Form(op, operands, newCondition, fixedOperandSize, feature);
    }
}
