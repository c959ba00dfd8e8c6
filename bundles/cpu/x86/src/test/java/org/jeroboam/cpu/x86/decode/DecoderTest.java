package org.jeroboam.cpu.x86.decode;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Stream;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.hardware.cpu.CpuFeature;
import org.jeroboam.hardware.cpu.CpuModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DecoderTest {

    /** Mode, bytes, text at offset 100h of the code segment; the bytes are exactly one instruction. */
    private static final String CASES = """
            32 | 01 D8 | add eax, ebx
            16 | 01 D8 | add ax, bx
            32 | 66 01 D8 | add ax, bx
            16 | 66 01 D8 | add eax, ebx
            32 | 02 45 FF | add al, byte [ebp-1]
            32 | 04 FF | add al, 0FFh
            32 | 05 78 56 34 12 | add eax, 12345678h
            16 | 05 34 12 | add ax, 1234h
            32 | 83 C0 FF | add eax, 0FFFFFFFFh
            16 | 83 C0 FF | add ax, 0FFFFh
            32 | 82 F8 05 | cmp al, 5
            32 | 80 3D 10 00 00 00 07 | cmp byte [10h], 7
            32 | F0 01 18 | lock add dword [eax], ebx
            32 | F0 83 24 24 00 | lock and dword [esp], 0
            32 | F0 0F B1 0A | lock cmpxchg dword [edx], ecx
            32 | F0 0F C7 0F | lock cmpxchg8b qword [edi]
            32 | F0 87 03 | lock xchg dword [ebx], eax
            32 | 06 | push es
            32 | 16 | push ss
            32 | 17 | pop ss
            32 | 1F | pop ds
            32 | 0F A1 | pop fs
            32 | 0F A8 | push gs
            32 | 27 | daa
            32 | 37 | aaa
            32 | D4 0A | aam 0Ah
            32 | D5 10 | aad 10h
            32 | D6 | salc
            32 | 40 | inc eax
            16 | 4F | dec di
            32 | FE C4 | inc ah
            32 | 60 | pushad
            16 | 61 | popa
            32 | 62 04 24 | bound eax, qword [esp]
            16 | 62 07 | bound ax, dword [bx]
            32 | 63 C8 | arpl ax, cx
            32 | 68 78 56 34 12 | push 12345678h
            32 | 6A FE | push 0FFFFFFFEh
            16 | 6A FE | push 0FFFEh
            32 | 69 C3 00 01 00 00 | imul eax, ebx, 100h
            32 | 6B C3 F0 | imul eax, ebx, 0FFFFFFF0h
            32 | 0F AF 01 | imul eax, dword [ecx]
            32 | F7 E9 | imul ecx
            32 | F3 6C | rep insb
            16 | F3 6F | rep outsw
            16 | 66 6F | outsd
            32 | 65 6E | gs outsb
            32 | 75 FE | jne 100h
            32 | 0F 84 00 01 00 00 | je 206h
            16 | 0F 84 00 01 | je 204h
            16 | EB 80 | jmp 82h
            32 | 66 E9 00 FF | jmp 4
            32 | E8 FB FE FF FF | call 0
            32 | 84 C9 | test cl, cl
            32 | F6 C8 01 | test al, 1
            32 | F7 08 01 00 00 00 | test dword [eax], 1
            32 | 89 44 8D 10 | mov dword [ebp+ecx*4+10h], eax
            32 | 8A 26 | mov ah, byte [esi]
            32 | 8C D8 | mov eax, ds
            32 | 8C 18 | mov word [eax], ds
            32 | 66 8C D8 | mov ax, ds
            32 | 8E D0 | mov ss, ax
            16 | 8E 06 34 12 | mov es, word [1234h]
            32 | 8D 04 85 08 00 00 00 | lea eax, [eax*4+8]
            32 | 8D 04 A5 08 00 00 00 | lea eax, [8]
            32 | 8D 64 24 04 | lea esp, [esp+4]
            32 | 8F 00 | pop dword [eax]
            32 | 90 | nop
            32 | 91 | xchg ecx, eax
            32 | F3 90 | pause
            32 | 98 | cwde
            16 | 98 | cbw
            32 | 99 | cdq
            16 | 66 99 | cdq
            32 | 9A 78 56 34 12 08 00 | call far 8:12345678h
            16 | EA 00 00 00 F0 | jmp far 0F000h:0
            32 | 9B | fwait
            32 | 9C | pushfd
            16 | 9D | popf
            32 | A0 44 33 22 11 | mov al, byte [11223344h]
            16 | A3 00 80 | mov word [8000h], ax
            32 | 67 A1 34 12 | mov eax, dword [1234h]
            32 | F3 A5 | rep movsd
            32 | F3 A6 | repe cmpsb
            32 | F2 AE | repne scasb
            16 | 2E A4 | cs movsb
            32 | B4 05 | mov ah, 5
            32 | BC 00 00 00 80 | mov esp, 80000000h
            32 | C0 E0 03 | shl al, 3
            32 | C1 F0 03 | shl eax, 3
            32 | D1 F8 | sar eax, 1
            32 | D3 08 | ror dword [eax], cl
            32 | D2 D3 | rcl bl, cl
            32 | C2 08 00 | ret 8
            32 | C3 | ret 0
            32 | CA 04 00 | retf 4
            32 | CF | iretd
            16 | CF | iret
            32 | C4 1E | les ebx, fword [esi]
            16 | C5 36 00 10 | lds si, dword [1000h]
            32 | 0F B2 65 F8 | lss esp, fword [ebp-8]
            32 | C6 40 01 7F | mov byte [eax+1], 7Fh
            32 | C8 20 00 03 | enter 20h, 3
            32 | C9 | leave
            32 | CC | int3
            32 | CD 80 | int 80h
            32 | CE | into
            32 | F1 | icebp
            32 | D7 | xlat
            32 | E2 FE | loop 100h
            32 | E3 00 | jecxz 102h
            32 | 67 E3 00 | jcxz 103h
            32 | E4 60 | in al, 60h
            32 | E7 80 | out 80h, eax
            32 | EC | in al, dx
            16 | EF | out dx, ax
            32 | F4 | hlt
            32 | FF 10 | call dword [eax]
            32 | FF 18 | call far fword [eax]
            32 | FF 25 00 10 00 00 | jmp dword [1000h]
            16 | FF 2E 00 7C | jmp far dword [7C00h]
            32 | FF 34 24 | push dword [esp]
            32 | 0F 00 C8 | str eax
            32 | 0F 00 08 | str word [eax]
            32 | 0F 00 D8 | ltr ax
            32 | 0F 01 15 00 00 00 00 | lgdt fword [0]
            16 | 0F 01 1E 00 00 | lidt fword [0]
            32 | 0F 01 E0 | smsw eax
            32 | 0F 01 F0 | lmsw ax
            32 | 0F 01 38 | invlpg [eax]
            32 | 0F 02 C3 | lar eax, bx
            32 | 0F 06 | clts
            32 | 0F 09 | wbinvd
            32 | 0F 0D 00 | nop [eax]
            32 | 0F 1F 84 00 00 00 00 00 | nop [eax+eax]
            32 | F3 0F 1E FB | nop ebx
            32 | 0F 18 08 | prefetcht0 [eax]
            32 | 0F 20 00 | mov eax, cr0
            32 | 0F 22 E0 | mov cr4, eax
            32 | 0F 23 F8 | mov dr7, eax
            32 | 0F 30 | wrmsr
            32 | 0F 31 | rdtsc
            32 | 0F 34 | sysenter
            32 | 0F 44 C1 | cmove eax, ecx
            32 | 0F 95 C0 | setne al
            32 | 0F A2 | cpuid
            32 | 0F A3 08 | bt dword [eax], ecx
            32 | 0F A4 C2 05 | shld edx, eax, 5
            32 | 0F AD 10 | shrd dword [eax], edx, cl
            32 | 0F BA E8 1F | bts eax, 1Fh
            32 | 0F BC C1 | bsf eax, ecx
            32 | F3 0F BC C1 | bsf eax, ecx
            32 | 0F B6 C4 | movzx eax, ah
            32 | 66 0F BE C4 | movsx ax, ah
            32 | 0F BF 00 | movsx eax, word [eax]
            32 | 0F C1 D8 | xadd eax, ebx
            32 | 0F C8 | bswap eax
            32 | 0F AA | rsm
            16 | 8B 00 | mov ax, word [bx+si]
            16 | 8B 43 7F | mov ax, word [bp+di+7Fh]
            16 | 8B 46 00 | mov ax, word [bp]
            16 | 8B 80 00 80 | mov ax, word [bx+si-8000h]
            16 | 3E 8B 46 00 | mov ax, word [ds:bp]
            16 | 67 8B 04 24 | mov ax, word [esp]
            32 | 67 8B 07 | mov eax, dword [bx]
            32 | 8B 04 60 | mov eax, dword [eax]
            32 | 8B 04 E8 | mov eax, dword [eax+ebp*8]
            32 | 36 64 8B 00 | mov eax, dword [fs:eax]
            32 | D8 00 | fadd st0, dword [eax]
            32 | D8 C1 | fadd st0, st1
            32 | DC C1 | fadd st1, st0
            32 | DC E1 | fsubr st1, st0
            32 | DC E9 | fsub st1, st0
            32 | DE F9 | fdivp st1, st0
            32 | DE D9 | fcompp st0, st1
            32 | DA E9 | fucompp st0, st1
            32 | DB E8 | fucomi st0, st0
            32 | DF F1 | fcomip st0, st1
            32 | DA C9 | fcmove st0, st1
            32 | DB D9 | fcmovnu st0, st1
            32 | D9 C9 | fxch st1
            32 | DD CA | fxch st2
            32 | DF CB | fxch st3
            32 | DC D4 | fcom st0, st4
            32 | DE D5 | fcomp st0, st5
            32 | D9 DE | fstp st6
            32 | DF D6 | fstp st6
            32 | DF C7 | ffreep st7
            32 | DD C3 | ffree st3
            32 | DB 28 | fld tword [eax]
            32 | DF 38 | fistp qword [eax]
            32 | DF 20 | fbld tword [eax]
            32 | DD 30 | fnsave [eax]
            32 | D9 3C 24 | fnstcw word [esp]
            32 | DF E0 | fnstsw ax
            32 | DB E3 | fninit
            32 | DB E0 | fneni
            32 | D9 D0 | fnop
            32 | D9 FA | fsqrt
            32 | 0F AE 00 | fxsave [eax]
            32 | 0F AE 10 | ldmxcsr dword [eax]
            32 | 0F AE F8 | sfence
            32 | 0F AE F0 | mfence
            32 | 0F AE E8 | lfence
            32 | 0F AE 38 | clflush [eax]
            32 | 0F 77 | emms
            32 | 0F FC C1 | paddb mm0, mm1
            32 | 66 0F FC C1 | paddb xmm0, xmm1
            32 | 0F 60 00 | punpcklbw mm0, dword [eax]
            32 | 66 0F 60 00 | punpcklbw xmm0, oword [eax]
            32 | 0F 6E C8 | movd mm1, eax
            32 | 66 0F 7E 00 | movd dword [eax], xmm0
            32 | 0F 71 D1 04 | psrlw mm1, 4
            32 | 66 0F 73 D9 04 | psrldq xmm1, 4
            32 | 0F C4 C8 02 | pinsrw mm1, eax, 2
            32 | 66 0F C4 08 02 | pinsrw xmm1, word [eax], 2
            32 | 0F C5 C1 02 | pextrw eax, mm1, 2
            32 | 0F E7 00 | movntq qword [eax], mm0
            32 | 66 0F E7 00 | movntdq oword [eax], xmm0
            32 | 0F F7 C1 | maskmovq mm0, mm1
            32 | 0F 10 00 | movups xmm0, oword [eax]
            32 | F3 0F 10 00 | movss xmm0, dword [eax]
            32 | F2 0F 10 00 | movsd xmm0, qword [eax]
            32 | 66 F2 0F 10 00 | movsd xmm0, qword [eax]
            32 | F3 F2 0F 10 00 | movsd xmm0, qword [eax]
            32 | 0F 12 00 | movlps xmm0, qword [eax]
            32 | 0F 12 C1 | movhlps xmm0, xmm1
            32 | 0F 16 C1 | movlhps xmm0, xmm1
            32 | F2 0F 2A C1 | cvtsi2sd xmm0, ecx
            32 | F3 0F 2C C1 | cvttss2si eax, xmm1
            32 | 0F 2D C1 | cvtps2pi mm0, xmm1
            32 | 66 0F 2F C1 | comisd xmm0, xmm1
            32 | 0F C2 C1 01 | cmpps xmm0, xmm1, 1
            32 | F3 0F 7E C1 | movq xmm0, xmm1
            32 | 66 0F D6 00 | movq qword [eax], xmm0
            32 | F2 0F D6 C1 | movdq2q mm0, xmm1
            32 | F3 0F D6 C1 | movq2dq xmm0, mm1
            32 | F2 0F 70 C1 1B | pshuflw xmm0, xmm1, 1Bh
            32 | 0F C3 08 | movnti dword [eax], ecx
            """;

    /** Invalid opcodes and forms on every model. */
    private static final String INVALID = """
            0F 05
            0F 07
            0F 0B
            0F 0E
            0F 3F
            0F FF
            0F 04
            0F A6
            0F 38
            0F 3A
            0F 24
            0F B8
            0F B9 C0
            0F C7 C8
            0F C7 00
            0F 01 C0
            0F 01 28
            0F 01 F8
            0F 00 30
            0F 20 C8
            0F 22 E8
            8E C8
            8C F0
            8E F8
            8D C0
            C4 C0
            C5 C0
            62 C0
            8F 08
            C6 08
            C7 C8
            FE 10
            FF 38
            FF D8
            FF E8
            F0 90
            F0 01 C0
            F0 03 00
            F0 39 00
            F0 0F A3 00
            F0 8B 00
            F0 D1 00
            F0 A4
            F0 F4
            D9 08
            D9 D1
            D9 E2
            D9 EF
            DA E8
            DB 08
            DB 20
            DB E5
            DB F8
            DD 08
            DD F0
            DE D8
            DF 08
            DF E1
            DF F8
            0F BA 00
            66 0F 12 C1
            F3 0F 12 C1
            0F 13 C1
            0F 50 00
            0F E7 C0
            66 0F AE F8
            0F 71 C0
            """;

    private static Stream<String> cases() {
        return CASES.lines();
    }

    private static Stream<String> invalid() {
        return INVALID.lines();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void decodes(String line) {
        String[] fields = line.split(" \\| ");
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(fields[1]);
        Instruction i = decode(CpuModel.PM.features(), fields[0].equals("32"), bytes);
        String expected = fields[2];
        assertAll(
                () -> assertEquals(expected, Disassembler.text(i, 0x100)),
                () -> assertEquals(bytes.length, i.length, "length"));
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refuses(String hex) {
        byte[] bytes = HexFormat.ofDelimiter(" ").parseHex(hex);
        for (boolean code32 : new boolean[] {false, true}) {
            Instruction i = decode(CpuModel.PM.features(), code32, bytes);
            assertEquals(Op.UD, i.op);
            assertEquals(bytes.length, i.length);
            assertFalse(i.hasMemory());
            assertTrue(i.endsBlock());
        }
    }

    @Test
    void opcodesNeedTheirFeature() {
        assertGated("0F 44 C1", CpuFeature.CMOV);
        assertGated("DA C1", CpuFeature.CMOV);
        assertGated("DB F1", CpuFeature.CMOV);
        assertGated("0F 34", CpuFeature.SEP);
        assertGated("0F 77", CpuFeature.MMX);
        assertGated("0F 6F C1", CpuFeature.MMX);
        assertGated("0F AE 00", CpuFeature.FXSR);
        assertGated("0F 10 C1", CpuFeature.SSE);
        assertGated("0F E0 C1", CpuFeature.SSE);
        assertGated("0F AE F8", CpuFeature.SSE);
        assertGated("66 0F FC C1", CpuFeature.SSE2);
        assertGated("66 0F E0 C1", CpuFeature.SSE2);
        assertGated("0F D4 C1", CpuFeature.SSE2);
        assertGated("66 0F 6F C1", CpuFeature.SSE2);
        assertGated("F3 0F 7E C1", CpuFeature.SSE2);
        assertGated("0F AE 38", CpuFeature.SSE2);
        assertGated("0F C3 08", CpuFeature.SSE2);
        assertEquals(Op.NOP, decode(Set.of(), true, hex("0F 1F 00")).op);
        assertEquals(Op.PREFETCH, decode(Set.of(), true, hex("0F 18 08")).op);
        assertEquals(Op.PAUSE, decode(Set.of(), true, hex("F3 90")).op);
    }

    @Test
    void memoryFormResolvesSegmentBaseAndIndex() {
        Instruction i = decode(CpuModel.PM.features(), true, hex("89 44 8D F0"));
        assertEquals(OperandKind.MEM, i.kind1);
        assertEquals(2, i.segment, "SS behind EBP");
        assertEquals(5, i.base);
        assertEquals(1, i.index);
        assertEquals(2, i.scale);
        assertEquals(-16, i.displacement);
        assertEquals(4, i.memorySize);
        assertEquals(OperandKind.REG32, i.kind2);
        assertTrue(i.writesMemory());
        assertFalse(i.readsMemory());

        assertEquals(2, decode(CpuModel.PM.features(), true, hex("8B 04 24")).segment, "SS behind ESP");
        assertEquals(3, decode(CpuModel.PM.features(), true, hex("8B 04 2D 00 00 00 00")).segment, "EBP as index only");
        assertEquals(3, decode(CpuModel.PM.features(), false, hex("8B 06 00 00")).segment, "no base");
        assertEquals(2, decode(CpuModel.PM.features(), false, hex("8B 02")).segment, "SS behind BP");
        assertEquals(0, decode(CpuModel.PM.features(), true, hex("2E 26 8B 45 00")).segment, "last override wins");
        assertEquals(5, decode(CpuModel.PM.features(), true, hex("65 D7")).segment, "XLAT");
    }

    @Test
    void sizesOfSpecialMemoryOperands() {
        assertMemorySize(6, true, "0F 01 10");
        assertMemorySize(6, false, "0F 01 10");
        assertMemorySize(6, true, "FF 28");
        assertMemorySize(4, false, "FF 28");
        assertMemorySize(8, true, "62 00");
        assertMemorySize(10, true, "DB 28");
        assertMemorySize(28, true, "D9 30");
        assertMemorySize(14, true, "66 D9 30");
        assertMemorySize(108, true, "DD 20");
        assertMemorySize(94, false, "DD 20");
        assertMemorySize(512, true, "0F AE 08");
        assertMemorySize(0, true, "8D 00");
        assertMemorySize(0, true, "0F 01 38");
        assertMemorySize(2, true, "0F 01 20");
        assertMemorySize(1, true, "0F B6 00");
    }

    @Test
    void farPointerAndFpuOpcode() {
        Instruction far = decode(CpuModel.PM.features(), true, hex("EA 78 56 34 12 10 00"));
        assertEquals(0x12345678, far.imm);
        assertEquals(0x10, far.imm2);
        assertEquals(0x1C8, decode(CpuModel.PM.features(), true, hex("66 D9 C8")).opcode, "FOP");
        assertEquals(0x75D, decode(CpuModel.PM.features(), true, hex("DF 5D 00")).opcode, "FOP");
    }

    @Test
    void conditionAddsItsFlags() {
        Instruction jle = decode(CpuModel.PM.features(), true, hex("7E 00"));
        assertEquals(EFlags.ZF | EFlags.SF | EFlags.OF, jle.flagsRead());
        Instruction fcmovb = decode(CpuModel.PM.features(), true, hex("DA C0"));
        assertEquals(EFlags.CF, fcmovb.flagsRead());
        assertEquals(
                EFlags.STATUS,
                decode(CpuModel.PM.features(), true, hex("01 C0")).flagsKilled());
        assertEquals(0, decode(CpuModel.PM.features(), true, hex("D3 E0")).flagsKilled());
        assertEquals(
                EFlags.STATUS,
                decode(CpuModel.PM.features(), true, hex("D1 E0")).flagsKilled());
        assertEquals(
                EFlags.STATUS,
                decode(CpuModel.PM.features(), true, hex("C1 E0 02")).flagsKilled());
        assertEquals(0, decode(CpuModel.PM.features(), true, hex("C1 E0 20")).flagsKilled(), "by 32 is by 0");
        assertEquals(0, decode(CpuModel.PM.features(), true, hex("C0 D0 09")).flagsKilled(), "full circle");
        assertEquals(
                EFlags.AF, decode(CpuModel.PM.features(), true, hex("D1 E0")).flagsUndefined());
        assertEquals(
                EFlags.AF | EFlags.OF,
                decode(CpuModel.PM.features(), true, hex("C1 E0 02")).flagsUndefined());
    }

    @Test
    void repeatIsOnlyForStrings() {
        assertEquals(Instruction.REP, decode(CpuModel.PM.features(), true, hex("F3 A4")).rep);
        assertEquals(Instruction.REPNE, decode(CpuModel.PM.features(), true, hex("F3 F2 A7")).rep);
        assertEquals(Instruction.REP_NONE, decode(CpuModel.PM.features(), true, hex("F3 C3")).rep);
        assertEquals(Instruction.REP_NONE, decode(CpuModel.PM.features(), true, hex("F3 0F 10 00")).rep);
    }

    @Test
    void fifteenBytesAreLegalSixteenAreNot() {
        byte[] longest = hex("66 66 66 66 66 66 66 66 66 66 66 66 66 66 90");
        Instruction i = decode(CpuModel.PM.features(), true, longest);
        assertEquals(Op.NOP, i.op);
        assertEquals(15, i.length);
        assertEquals(14, i.prefixes);
        Instruction tooLong = decode(CpuModel.PM.features(), true, hex("66 ".repeat(15) + "90"));
        assertEquals(Op.GP_TOO_LONG, tooLong.op);
        assertEquals(15, tooLong.length);
        Instruction cut = decode(CpuModel.PM.features(), true, hex("66 ".repeat(12) + "81 00 34 12"));
        assertEquals(Op.GP_TOO_LONG, cut.op);
    }

    @Test
    void exceptionOfTheFetcherPassesAndTheDecoderRecovers() {
        byte[] bytes = hex("81 84 8D 78 56 34 12 EF BE AD DE");
        Decoder decoder = new Decoder(CpuModel.PM.features());
        Instruction i = new Instruction();
        for (int bad = 0; bad < bytes.length; bad++) {
            int limit = bad;
            CodeFetcher fetcher = offset -> {
                if (offset == limit) {
                    throw new IllegalStateException("fault at " + offset);
                }
                assertTrue(offset < limit, "fetched beyond the fault");
                return bytes[offset];
            };
            Exception e = assertThrows(IllegalStateException.class, () -> decoder.decode(fetcher, true, i));
            assertEquals("fault at " + bad, e.getMessage());
        }
        decoder.decode(offset -> bytes[offset], true, i);
        assertEquals("add dword [ebp+ecx*4+12345678h], 0DEADBEEFh", Disassembler.text(i, 0));
    }

    @Test
    void copyIsIndependent() {
        Decoder decoder = new Decoder(CpuModel.PM.features());
        Instruction i = new Instruction();
        byte[] bytes = hex("F0 81 84 8D 78 56 34 12 EF BE AD DE");
        decoder.decode(offset -> bytes[offset], true, i);
        Instruction copy = i.copy();
        String text = Disassembler.text(i, 0);
        decoder.decode(offset -> 0x90, true, i);
        assertEquals(text, Disassembler.text(copy, 0));
        assertEquals(12, copy.length);
        assertTrue(copy.lock);
    }

    private static void assertGated(String hex, CpuFeature feature) {
        Set<CpuFeature> without = new HashSet<>(CpuModel.PM.features());
        without.remove(feature);
        assertEquals(Op.UD, decode(without, true, hex(hex)).op, hex + " without " + feature);
        assertFalse(decode(Set.of(feature), true, hex(hex)).op == Op.UD, hex + " with " + feature);
    }

    private static void assertMemorySize(int size, boolean code32, String hex) {
        assertEquals(size, decode(CpuModel.PM.features(), code32, hex(hex + " 00 00 00 00")).memorySize, hex);
    }

    private static byte[] hex(String text) {
        return HexFormat.ofDelimiter(" ").parseHex(text);
    }

    private static Instruction decode(Set<CpuFeature> features, boolean code32, byte[] bytes) {
        Instruction i = new Instruction();
        new Decoder(features).decode(offset -> bytes[offset], code32, i);
        return i;
    }
}
