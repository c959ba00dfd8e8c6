package org.jeroboam.cpu.x86.decode;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;
import org.junit.jupiter.api.Test;

/** Garbage in, a defined instruction out, whatever was decoded before. */
class FuzzTest {

    private static final int CASES = 300_000;
    private static final int[] FREQUENT = {0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x65, 0x0F, 0xD9, 0xDF, 0xC0};

    @Test
    void everyByteStringIsAnInstructionOfOneToFifteenBytes() {
        Random random = new Random(2005);
        List<Set<CpuFeature>> models =
                List.of(CpuModel.P2.features(), CpuModel.P3.features(), CpuModel.PM.features(), Set.of());
        List<Decoder> decoders = models.stream().map(Decoder::new).toList();
        Instruction reused = new Instruction();
        byte[] bytes = new byte[Decoder.MAX_LENGTH];
        int[] fetched = new int[1];
        CodeFetcher fetcher = offset -> {
            assertEquals(fetched[0]++, offset, "bytes are fetched once and in order");
            return bytes[offset];
        };
        for (int n = 0; n < CASES; n++) {
            fill(random, bytes);
            boolean code32 = random.nextBoolean();
            Decoder decoder = decoders.get(random.nextInt(decoders.size()));
            fetched[0] = 0;
            decoder.decode(fetcher, code32, reused);
            check(reused, fetched[0]);
            if (n % 50 == 0) {
                Instruction fresh = new Instruction();
                fetched[0] = 0;
                decoder.decode(fetcher, code32, fresh);
                assertEquals(Disassembler.text(fresh, 7), Disassembler.text(reused, 7), "left over from before");
            }
        }
    }

    private static void fill(Random random, byte[] bytes) {
        random.nextBytes(bytes);
        int frequent = random.nextInt(16);
        for (int i = 0; i < frequent && i < bytes.length; i++) {
            bytes[i] = (byte) FREQUENT[random.nextInt(FREQUENT.length)];
        }
    }

    private static void check(Instruction i, int fetched) {
        assertEquals(fetched, i.length);
        assertTrue(i.length >= 1 && i.length <= Decoder.MAX_LENGTH);
        assertFalse(Disassembler.text(i, 0x1000).isEmpty());
        boolean decoded = i.op != Op.UD && i.op != Op.GP_TOO_LONG;
        if (decoded) {
            assertTrue(i.operandSize == 1 || i.operandSize == 2 || i.operandSize == 4, () -> Disassembler.text(i, 0));
            assertTrue(i.addressSize == 2 || i.addressSize == 4);
            assertTrue(i.prefixes < i.length);
            assertTrue(!i.lock || i.kind1 == OperandKind.MEM);
        }
        assertTrue(i.segment >= 0 && i.segment <= 5);
        int memoryOperands = count(i.kind1) + count(i.kind2) + count(i.kind3);
        assertTrue(memoryOperands <= 1);
        assertEquals(memoryOperands == 1, i.hasMemory());
        assertTrue(i.base >= -1 && i.base <= 7 && i.index >= -1 && i.index <= 7 && i.index != 4);
    }

    private static int count(OperandKind kind) {
        return kind == OperandKind.MEM ? 1 : 0;
    }
}
