package org.jeroboam.cpu.x86.decode;

/**
 * MMX, SSE and SSE2, chosen by the mandatory prefix: NP none, 66, F3, F2; MX stands for the MMX form without prefix and
 * the XMM form with 66. Source: Intel SDM volume 2, appendix A.
 */
final class SimdRows {

    static final String ROWS = """
            NP 0F AE/0 FXSAVE Mh {FXSR}
            NP 0F AE/1 FXRSTOR Mh {FXSR}
            NP 0F AE/2 LDMXCSR Md
            NP 0F AE/3 STMXCSR Md
            NP 0F AE/5r LFENCE
            NP 0F AE/6r MFENCE
            NP 0F AE/7r SFENCE
            NP 0F AE/7m CLFLUSH Mn
            NP 0F C3 MOVNTI Md Gd

            NP 0F 77 EMMS
            MX 0F 60 PUNPCKLBW P Qd
            MX 0F 61 PUNPCKLWD P Qd
            MX 0F 62 PUNPCKLDQ P Qd
            MX 0F 63 PACKSSWB P Qq
            MX 0F 64 PCMPGTB P Qq
            MX 0F 65 PCMPGTW P Qq
            MX 0F 66 PCMPGTD P Qq
            MX 0F 67 PACKUSWB P Qq
            MX 0F 68 PUNPCKHBW P Qq
            MX 0F 69 PUNPCKHWD P Qq
            MX 0F 6A PUNPCKHDQ P Qq
            MX 0F 6B PACKSSDW P Qq
            MX 0F 6E MOVD P Ed
            NP 0F 6F MOVQ P Qq
            NP 0F 70 PSHUFW P Qq Ib {SSE}
            MX 0F 71/2 PSRLW N Ib
            MX 0F 71/4 PSRAW N Ib
            MX 0F 71/6 PSLLW N Ib
            MX 0F 72/2 PSRLD N Ib
            MX 0F 72/4 PSRAD N Ib
            MX 0F 72/6 PSLLD N Ib
            MX 0F 73/2 PSRLQ N Ib
            MX 0F 73/6 PSLLQ N Ib
            66 0F 73/3 PSRLDQ U Ib
            66 0F 73/7 PSLLDQ U Ib
            MX 0F 74 PCMPEQB P Qq
            MX 0F 75 PCMPEQW P Qq
            MX 0F 76 PCMPEQD P Qq
            MX 0F 7E MOVD Ed P
            NP 0F 7F MOVQ Qq P
            MX 0F C4 PINSRW P Ez Ib {SSE}
            MX 0F C5 PEXTRW Gd N Ib {SSE}
            MX 0F D1 PSRLW P Qq
            MX 0F D2 PSRLD P Qq
            MX 0F D3 PSRLQ P Qq
            MX 0F D4 PADDQ P Qq {SSE2}
            MX 0F D5 PMULLW P Qq
            MX 0F D7 PMOVMSKB Gd N {SSE}
            MX 0F D8 PSUBUSB P Qq
            MX 0F D9 PSUBUSW P Qq
            MX 0F DA PMINUB P Qq {SSE}
            MX 0F DB PAND P Qq
            MX 0F DC PADDUSB P Qq
            MX 0F DD PADDUSW P Qq
            MX 0F DE PMAXUB P Qq {SSE}
            MX 0F DF PANDN P Qq
            MX 0F E0 PAVGB P Qq {SSE}
            MX 0F E1 PSRAW P Qq
            MX 0F E2 PSRAD P Qq
            MX 0F E3 PAVGW P Qq {SSE}
            MX 0F E4 PMULHUW P Qq {SSE}
            MX 0F E5 PMULHW P Qq
            NP 0F E7 MOVNTQ Mq P {SSE}
            MX 0F E8 PSUBSB P Qq
            MX 0F E9 PSUBSW P Qq
            MX 0F EA PMINSW P Qq {SSE}
            MX 0F EB POR P Qq
            MX 0F EC PADDSB P Qq
            MX 0F ED PADDSW P Qq
            MX 0F EE PMAXSW P Qq {SSE}
            MX 0F EF PXOR P Qq
            MX 0F F1 PSLLW P Qq
            MX 0F F2 PSLLD P Qq
            MX 0F F3 PSLLQ P Qq
            MX 0F F4 PMULUDQ P Qq {SSE2}
            MX 0F F5 PMADDWD P Qq
            MX 0F F6 PSADBW P Qq {SSE}
            NP 0F F7 MASKMOVQ P N {SSE}
            MX 0F F8 PSUBB P Qq
            MX 0F F9 PSUBW P Qq
            MX 0F FA PSUBD P Qq
            MX 0F FB PSUBQ P Qq {SSE2}
            MX 0F FC PADDB P Qq
            MX 0F FD PADDW P Qq
            MX 0F FE PADDD P Qq

            NP 0F 10 MOVUPS V Wx
            F3 0F 10 MOVSS V Wd
            NP 0F 11 MOVUPS Wx V
            F3 0F 11 MOVSS Wd V
            NP 0F 12 MOVLPS V Mq
            NP 0F 12 MOVHLPS V U
            NP 0F 13 MOVLPS Mq V
            NP 0F 14 UNPCKLPS V Wx
            NP 0F 15 UNPCKHPS V Wx
            NP 0F 16 MOVHPS V Mq
            NP 0F 16 MOVLHPS V U
            NP 0F 17 MOVHPS Mq V
            NP 0F 28 MOVAPS V Wx
            NP 0F 29 MOVAPS Wx V
            NP 0F 2A CVTPI2PS V Qq
            F3 0F 2A CVTSI2SS V Ed
            NP 0F 2B MOVNTPS Mx V
            NP 0F 2C CVTTPS2PI P Wq
            F3 0F 2C CVTTSS2SI Gd Wd
            NP 0F 2D CVTPS2PI P Wq
            F3 0F 2D CVTSS2SI Gd Wd
            NP 0F 2E UCOMISS V Wd
            NP 0F 2F COMISS V Wd
            NP 0F 50 MOVMSKPS Gd U
            NP 0F 51 SQRTPS V Wx
            F3 0F 51 SQRTSS V Wd
            NP 0F 52 RSQRTPS V Wx
            F3 0F 52 RSQRTSS V Wd
            NP 0F 53 RCPPS V Wx
            F3 0F 53 RCPSS V Wd
            NP 0F 54 ANDPS V Wx
            NP 0F 55 ANDNPS V Wx
            NP 0F 56 ORPS V Wx
            NP 0F 57 XORPS V Wx
            NP 0F 58 ADDPS V Wx
            F3 0F 58 ADDSS V Wd
            NP 0F 59 MULPS V Wx
            F3 0F 59 MULSS V Wd
            NP 0F 5C SUBPS V Wx
            F3 0F 5C SUBSS V Wd
            NP 0F 5D MINPS V Wx
            F3 0F 5D MINSS V Wd
            NP 0F 5E DIVPS V Wx
            F3 0F 5E DIVSS V Wd
            NP 0F 5F MAXPS V Wx
            F3 0F 5F MAXSS V Wd
            NP 0F C2 CMPPS V Wx Ib
            F3 0F C2 CMPSS V Wd Ib
            NP 0F C6 SHUFPS V Wx Ib

            66 0F 10 MOVUPD V Wx
            F2 0F 10 MOVSD V Wq
            66 0F 11 MOVUPD Wx V
            F2 0F 11 MOVSD Wq V
            66 0F 12 MOVLPD V Mq
            66 0F 13 MOVLPD Mq V
            66 0F 14 UNPCKLPD V Wx
            66 0F 15 UNPCKHPD V Wx
            66 0F 16 MOVHPD V Mq
            66 0F 17 MOVHPD Mq V
            66 0F 28 MOVAPD V Wx
            66 0F 29 MOVAPD Wx V
            66 0F 2A CVTPI2PD V Qq
            F2 0F 2A CVTSI2SD V Ed
            66 0F 2B MOVNTPD Mx V
            66 0F 2C CVTTPD2PI P Wx
            F2 0F 2C CVTTSD2SI Gd Wq
            66 0F 2D CVTPD2PI P Wx
            F2 0F 2D CVTSD2SI Gd Wq
            66 0F 2E UCOMISD V Wq
            66 0F 2F COMISD V Wq
            66 0F 50 MOVMSKPD Gd U
            66 0F 51 SQRTPD V Wx
            F2 0F 51 SQRTSD V Wq
            66 0F 54 ANDPD V Wx
            66 0F 55 ANDNPD V Wx
            66 0F 56 ORPD V Wx
            66 0F 57 XORPD V Wx
            66 0F 58 ADDPD V Wx
            F2 0F 58 ADDSD V Wq
            66 0F 59 MULPD V Wx
            F2 0F 59 MULSD V Wq
            NP 0F 5A CVTPS2PD V Wq
            66 0F 5A CVTPD2PS V Wx
            F3 0F 5A CVTSS2SD V Wd
            F2 0F 5A CVTSD2SS V Wq
            NP 0F 5B CVTDQ2PS V Wx
            66 0F 5B CVTPS2DQ V Wx
            F3 0F 5B CVTTPS2DQ V Wx
            66 0F 5C SUBPD V Wx
            F2 0F 5C SUBSD V Wq
            66 0F 5D MINPD V Wx
            F2 0F 5D MINSD V Wq
            66 0F 5E DIVPD V Wx
            F2 0F 5E DIVSD V Wq
            66 0F 5F MAXPD V Wx
            F2 0F 5F MAXSD V Wq
            66 0F 6C PUNPCKLQDQ V Wx
            66 0F 6D PUNPCKHQDQ V Wx
            66 0F 6F MOVDQA V Wx
            F3 0F 6F MOVDQU V Wx
            66 0F 70 PSHUFD V Wx Ib
            F3 0F 70 PSHUFHW V Wx Ib
            F2 0F 70 PSHUFLW V Wx Ib
            F3 0F 7E MOVQ V Wq
            66 0F 7F MOVDQA Wx V
            F3 0F 7F MOVDQU Wx V
            66 0F C2 CMPPD V Wx Ib
            F2 0F C2 CMPSD V Wq Ib
            66 0F C6 SHUFPD V Wx Ib
            66 0F D6 MOVQ Wq V
            F2 0F D6 MOVDQ2Q P U
            F3 0F D6 MOVQ2DQ V N
            66 0F E6 CVTTPD2DQ V Wx
            F2 0F E6 CVTPD2DQ V Wx
            F3 0F E6 CVTDQ2PD V Wq
            66 0F E7 MOVNTDQ Mx V
            66 0F F7 MASKMOVDQU V U
            """;

    private SimdRows() {}
}
