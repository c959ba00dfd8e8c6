package org.jeroboam.cpu.x86.decode;

/**
 * The one-byte and two-byte opcode maps without x87 and SIMD; {@link OpcodeTable} explains the notation.
 * Source: Intel SDM volume 2, appendix A; aliases and undocumented opcodes as P6 processors execute them.
 */
final class IntegerRows {

    static final String ONE_BYTE = """
            00 ADD Eb Gb
            01 ADD Ev Gv
            02 ADD Gb Eb
            03 ADD Gv Ev
            04 ADD AL Ib
            05 ADD eAX Iv
            06 PUSH_SEG ES
            07 POP_SEG ES
            08 OR Eb Gb
            09 OR Ev Gv
            0A OR Gb Eb
            0B OR Gv Ev
            0C OR AL Ib
            0D OR eAX Iv
            0E PUSH_SEG CS
            10 ADC Eb Gb
            11 ADC Ev Gv
            12 ADC Gb Eb
            13 ADC Gv Ev
            14 ADC AL Ib
            15 ADC eAX Iv
            16 PUSH_SEG SS
            17 POP_SEG SS
            18 SBB Eb Gb
            19 SBB Ev Gv
            1A SBB Gb Eb
            1B SBB Gv Ev
            1C SBB AL Ib
            1D SBB eAX Iv
            1E PUSH_SEG DS
            1F POP_SEG DS
            20 AND Eb Gb
            21 AND Ev Gv
            22 AND Gb Eb
            23 AND Gv Ev
            24 AND AL Ib
            25 AND eAX Iv
            27 DAA
            28 SUB Eb Gb
            29 SUB Ev Gv
            2A SUB Gb Eb
            2B SUB Gv Ev
            2C SUB AL Ib
            2D SUB eAX Iv
            2F DAS
            30 XOR Eb Gb
            31 XOR Ev Gv
            32 XOR Gb Eb
            33 XOR Gv Ev
            34 XOR AL Ib
            35 XOR eAX Iv
            37 AAA
            38 CMP Eb Gb
            39 CMP Ev Gv
            3A CMP Gb Eb
            3B CMP Gv Ev
            3C CMP AL Ib
            3D CMP eAX Iv
            3F AAS
            40+r INC Zv
            48+r DEC Zv
            50+r PUSH Zv
            58+r POP Zv
            60 PUSHA
            61 POPA
            62 BOUND Gv Ma
            63 ARPL Ew Gw
            68 PUSH Iv
            69 IMUL3 Gv Ev Iv
            6A PUSH Is
            6B IMUL3 Gv Ev Is
            6C INS .b
            6D INS
            6E OUTS .b
            6F OUTS
            70+c JCC Jb
            80/0 ADD Eb Ib
            80/1 OR Eb Ib
            80/2 ADC Eb Ib
            80/3 SBB Eb Ib
            80/4 AND Eb Ib
            80/5 SUB Eb Ib
            80/6 XOR Eb Ib
            80/7 CMP Eb Ib
            81/0 ADD Ev Iv
            81/1 OR Ev Iv
            81/2 ADC Ev Iv
            81/3 SBB Ev Iv
            81/4 AND Ev Iv
            81/5 SUB Ev Iv
            81/6 XOR Ev Iv
            81/7 CMP Ev Iv
            82/0 ADD Eb Ib
            82/1 OR Eb Ib
            82/2 ADC Eb Ib
            82/3 SBB Eb Ib
            82/4 AND Eb Ib
            82/5 SUB Eb Ib
            82/6 XOR Eb Ib
            82/7 CMP Eb Ib
            83/0 ADD Ev Is
            83/1 OR Ev Is
            83/2 ADC Ev Is
            83/3 SBB Ev Is
            83/4 AND Ev Is
            83/5 SUB Ev Is
            83/6 XOR Ev Is
            83/7 CMP Ev Is
            84 TEST Eb Gb
            85 TEST Ev Gv
            86 XCHG Eb Gb
            87 XCHG Ev Gv
            88 MOV Eb Gb
            89 MOV Ev Gv
            8A MOV Gb Eb
            8B MOV Gv Ev
            8C MOV_FROM_SEG Ey Sw
            8D LEA Gv Mn
            8E MOV_TO_SEG Sw Ew
            8F/0 POP Ev
            90+r XCHG Zv eAX
            90 NOP
            F3 90 PAUSE
            98 CBW
            99 CWD
            9A CALL_FAR Ap
            9B FWAIT
            9C PUSHF
            9D POPF
            9E SAHF
            9F LAHF
            A0 MOV AL Ob
            A1 MOV eAX Ov
            A2 MOV Ob AL
            A3 MOV Ov eAX
            A4 MOVS .b
            A5 MOVS
            A6 CMPS .b
            A7 CMPS
            A8 TEST AL Ib
            A9 TEST eAX Iv
            AA STOS .b
            AB STOS
            AC LODS .b
            AD LODS
            AE SCAS .b
            AF SCAS
            B0+r MOV Zb Ib
            B8+r MOV Zv Iv
            C0/0 ROL Eb Ib
            C0/1 ROR Eb Ib
            C0/2 RCL Eb Ib
            C0/3 RCR Eb Ib
            C0/4 SHL Eb Ib
            C0/5 SHR Eb Ib
            C0/6 SHL Eb Ib
            C0/7 SAR Eb Ib
            C1/0 ROL Ev Ib
            C1/1 ROR Ev Ib
            C1/2 RCL Ev Ib
            C1/3 RCR Ev Ib
            C1/4 SHL Ev Ib
            C1/5 SHR Ev Ib
            C1/6 SHL Ev Ib
            C1/7 SAR Ev Ib
            C2 RET Iw
            C3 RET 0
            C4 LES Gv Mp
            C5 LDS Gv Mp
            C6/0 MOV Eb Ib
            C7/0 MOV Ev Iv
            C8 ENTER Iw I2
            C9 LEAVE
            CA RET_FAR Iw
            CB RET_FAR 0
            CC INT3
            CD INT Ib
            CE INTO
            CF IRET
            D0/0 ROL Eb 1
            D0/1 ROR Eb 1
            D0/2 RCL Eb 1
            D0/3 RCR Eb 1
            D0/4 SHL Eb 1
            D0/5 SHR Eb 1
            D0/6 SHL Eb 1
            D0/7 SAR Eb 1
            D1/0 ROL Ev 1
            D1/1 ROR Ev 1
            D1/2 RCL Ev 1
            D1/3 RCR Ev 1
            D1/4 SHL Ev 1
            D1/5 SHR Ev 1
            D1/6 SHL Ev 1
            D1/7 SAR Ev 1
            D2/0 ROL Eb CL
            D2/1 ROR Eb CL
            D2/2 RCL Eb CL
            D2/3 RCR Eb CL
            D2/4 SHL Eb CL
            D2/5 SHR Eb CL
            D2/6 SHL Eb CL
            D2/7 SAR Eb CL
            D3/0 ROL Ev CL
            D3/1 ROR Ev CL
            D3/2 RCL Ev CL
            D3/3 RCR Ev CL
            D3/4 SHL Ev CL
            D3/5 SHR Ev CL
            D3/6 SHL Ev CL
            D3/7 SAR Ev CL
            D4 AAM Ib
            D5 AAD Ib
            D6 SALC
            D7 XLAT
            E0 LOOPNE Jb
            E1 LOOPE Jb
            E2 LOOP Jb
            E3 JCXZ Jb
            E4 IN AL Ib
            E5 IN eAX Ib
            E6 OUT Ib AL
            E7 OUT Ib eAX
            E8 CALL Jv
            E9 JMP Jv
            EA JMP_FAR Ap
            EB JMP Jb
            EC IN AL DX
            ED IN eAX DX
            EE OUT DX AL
            EF OUT DX eAX
            F1 ICEBP
            F4 HLT
            F5 CMC
            F6/0 TEST Eb Ib
            F6/1 TEST Eb Ib
            F6/2 NOT Eb
            F6/3 NEG Eb
            F6/4 MUL Eb
            F6/5 IMUL1 Eb
            F6/6 DIV Eb
            F6/7 IDIV Eb
            F7/0 TEST Ev Iv
            F7/1 TEST Ev Iv
            F7/2 NOT Ev
            F7/3 NEG Ev
            F7/4 MUL Ev
            F7/5 IMUL1 Ev
            F7/6 DIV Ev
            F7/7 IDIV Ev
            F8 CLC
            F9 STC
            FA CLI
            FB STI
            FC CLD
            FD STD
            FE/0 INC Eb
            FE/1 DEC Eb
            FF/0 INC Ev
            FF/1 DEC Ev
            FF/2 CALL_IND Ev
            FF/3 CALL_FAR_IND Mp
            FF/4 JMP_IND Ev
            FF/5 JMP_FAR_IND Mp
            FF/6 PUSH Ev
            """;

    static final String TWO_BYTE = """
            0F 00/0 SLDT Ey
            0F 00/1 STR Ey
            0F 00/2 LLDT Ew
            0F 00/3 LTR Ew
            0F 00/4 VERR Ew
            0F 00/5 VERW Ew
            0F 01/0 SGDT Ms
            0F 01/1 SIDT Ms
            0F 01/2 LGDT Ms
            0F 01/3 LIDT Ms
            0F 01/4 SMSW Ey
            0F 01/6 LMSW Ew
            0F 01/7 INVLPG Mn
            0F 02 LAR Gv Ew
            0F 03 LSL Gv Ew
            0F 06 CLTS
            0F 08 INVD
            0F 09 WBINVD
            0F 0B UD
            0F 0D NOP En
            0F 18 NOP En
            0F 18/0 PREFETCH Mn
            0F 18/1 PREFETCH Mn
            0F 18/2 PREFETCH Mn
            0F 18/3 PREFETCH Mn
            0F 19 NOP En
            0F 1A NOP En
            0F 1B NOP En
            0F 1C NOP En
            0F 1D NOP En
            0F 1E NOP En
            0F 1F NOP En
            0F 20 MOV_FROM_CR Rd Cd
            0F 21 MOV_FROM_DR Rd Dd
            0F 22 MOV_TO_CR Cd Rd
            0F 23 MOV_TO_DR Dd Rd
            0F 30 WRMSR
            0F 31 RDTSC
            0F 32 RDMSR
            0F 33 RDPMC
            0F 34 SYSENTER {SEP}
            0F 35 SYSEXIT {SEP}
            0F 40+c CMOVCC Gv Ev {CMOV}
            0F 80+c JCC Jv
            0F 90+c SETCC Eb
            0F A0 PUSH_SEG FS
            0F A1 POP_SEG FS
            0F A2 CPUID
            0F A3 BT Ev Gv
            0F A4 SHLD Ev Gv Ib
            0F A5 SHLD Ev Gv CL
            0F A8 PUSH_SEG GS
            0F A9 POP_SEG GS
            0F AA RSM
            0F AB BTS Ev Gv
            0F AC SHRD Ev Gv Ib
            0F AD SHRD Ev Gv CL
            0F AF IMUL2 Gv Ev
            0F B0 CMPXCHG Eb Gb
            0F B1 CMPXCHG Ev Gv
            0F B2 LSS Gv Mp
            0F B3 BTR Ev Gv
            0F B4 LFS Gv Mp
            0F B5 LGS Gv Mp
            0F B6 MOVZX Gv Eb
            0F B7 MOVZX Gv Ew
            0F B9 UD Gv Ev
            0F BA/4 BT Ev Ib
            0F BA/5 BTS Ev Ib
            0F BA/6 BTR Ev Ib
            0F BA/7 BTC Ev Ib
            0F BB BTC Ev Gv
            0F BC BSF Gv Ev
            0F BD BSR Gv Ev
            0F BE MOVSX Gv Eb
            0F BF MOVSX Gv Ew
            0F C0 XADD Eb Gb
            0F C1 XADD Ev Gv
            0F C7/1 CMPXCHG8B Mq
            0F C8+r BSWAP Zv
            """;

    private IntegerRows() {}
}
