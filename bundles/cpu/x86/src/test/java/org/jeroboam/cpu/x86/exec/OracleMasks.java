package org.jeroboam.cpu.x86.exec;

import static org.jeroboam.cpu.x86.Op.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jeroboam.cpu.x86.EFlags;
import org.jeroboam.cpu.x86.Instruction;
import org.jeroboam.cpu.x86.Op;
import org.jeroboam.cpu.x86.OperandKind;
import org.jeroboam.cpu.x86.Trait;

/**
 * What may differ between the host's processor and ours, each with its reason. Everything that no line here allows must
 * be equal. Flags that the manual leaves undefined come from the instruction table.
 */
final class OracleMasks {
    /** What a comparison overlooks. */
    static final class Tolerance {
        int flags;
        /** Bits of general registers. */
        final int[] gpr = new int[8];
        /** Bits of the x87 status word. */
        int status;
        /** Which of several faults it is, with error code and address. */
        boolean whichFault;
        /** Where it ended. */
        boolean eip;
        /** Contents of changed memory. */
        boolean memory;
        /** Contents of memory: ranges of address and length. */
        final List<int[]> ranges = new ArrayList<>();
        /** x87 registers by one in their last place, and C1, which tells the direction of rounding. */
        boolean lastPlace;
        /** x87 status, tags and registers. */
        boolean x87;
        /** XMM registers by a relative error. */
        boolean approximate;
        /** All of it. */
        boolean everything;
    }

    /** Forms that are not compared at all. */
    private record Excluded(Predicate<OracleForms.Form> forms, String reason) {}

    /** What may differ after some instructions. */
    private record Mask(Set<Op> ops, String reason, Effect effect) {}

    /** Effect of a mask. */
    @FunctionalInterface
    private interface Effect {
        void on(OracleCase c, OracleResult host, Tolerance t);
    }

    /** Linux's selector of 64-bit code. */
    private static final int LONG_CODE = 0x33;

    private static final int WRITE = 2;

    private static final List<Excluded> EXCLUDED = List.of(
            new Excluded(of(SGDT, SIDT, SLDT, STR, SMSW), "Linux refuses or emulates them (UMIP)"),
            new Excluded(of(SYSENTER, SYSEXIT), "a system call"),
            new Excluded(of(CPUID, RDTSC, RDPMC), "tells about the processor"),
            new Excluded(
                    f -> f.twoByte() && f.opcode() == 0x0D && !f.memory(), "AMD: #UD; Intel: a hint without effect"));

    private static final List<Mask> MASKS = List.of(
            new Mask(
                    EnumSet.of(FXSAVE, FXRSTOR, FNSAVE, FRSTOR, FNSTENV, FLDENV),
                    "which of several accesses faults first, and how; ours changes nothing then",
                    (c, host, t) -> {
                        t.whichFault = true;
                        t.memory = isFault(host);
                        t.x87 = isFault(host) && host.trap != GuestFault.MF;
                    }),
            new Mask(
                    EnumSet.of(FXSAVE, FXRSTOR, FNSAVE, FRSTOR, FNSTENV, FLDENV),
                    "with 16-bit addresses AMD goes on at offset 0 behind FFFFh",
                    (c, host, t) ->
                            t.everything |= c.in.addressSize == 2 && address(c) - base(c) + c.in.memorySize > 0x1_0000),
            new Mask(
                    EnumSet.of(CALL, CALL_IND),
                    "AMD looks at the stack before the target",
                    (c, host, t) -> t.whichFault = true),
            new Mask(
                    EnumSet.of(LAR, LSL, VERR, VERW),
                    "a selector in memory that no patch could set may be one of Linux",
                    (c, host, t) -> t.everything |= c.in.hasMemory() && c.patch == null && !isFault(host)),
            new Mask(
                    EnumSet.of(CALL_FAR_IND, JMP_FAR_IND),
                    "the same, and that of 64-bit code leads out of the mode that is compared",
                    (c, host, t) -> t.everything |=
                            c.patch == null && (host.segments[Cpu.CS] == LONG_CODE || isWriteFault(host))),
            new Mask(
                    EnumSet.of(JMP_IND, JMP),
                    "what it leads to may be an instruction of several accesses",
                    (c, host, t) -> t.whichFault |= host.eip != c.eip),
            new Mask(
                    EnumSet.of(IRET, RET_FAR, CALL_FAR, CALL_FAR_IND, POPA, PUSHA, ENTER, CMPS),
                    "which of several accesses faults first; ours writes nothing then, the host what came before",
                    (c, host, t) -> {
                        t.whichFault = true;
                        t.memory = isFault(host);
                    }),
            new Mask(
                    EnumSet.of(POPA),
                    "with a fault the host has loaded some registers",
                    (c, host, t) -> Arrays.fill(t.gpr, isFault(host) ? -1 : 0)),
            new Mask(
                    EnumSet.of(LDMXCSR, FXRSTOR),
                    "bit 17 of MXCSR exists with AMD only",
                    (c, host, t) -> t.everything |= (host.fxsave[26] & 2) != 0),
            new Mask(
                    EnumSet.of(LAR),
                    "bits 16 to 19 of access rights are undefined",
                    (c, host, t) -> t.gpr[c.in.reg1] = 0xF_0000),
            new Mask(
                    EnumSet.of(SHLD, SHRD),
                    "the result of a count above the operand's width is undefined",
                    (c, host, t) -> {
                        if (count(c) > 8 * size(c)) {
                            destination(c, t);
                        }
                    }),
            new Mask(
                    EnumSet.of(CVTPI2PS),
                    "AMD does not enter the MMX state for a source in memory, Intel says it does",
                    (c, host, t) -> {
                        t.x87 = c.in.hasMemory();
                        t.everything |= c.in.hasMemory() && (c.fxsave[2] & 0x80) != 0; // nor waits for exceptions
                    }),
            new Mask(
                    EnumSet.of(CVTPI2PS, CVTPI2PD, CVTPS2PI, CVTTPS2PI, CVTPD2PI, CVTTPD2PI),
                    "whether an instruction that ends in #XM enters the MMX state",
                    (c, host, t) -> t.x87 |= host.trap == GuestFault.XM),
            new Mask(
                    EnumSet.of(FCOMI, FCOMIP, FUCOMI, FUCOMIP),
                    "a P6 clears C1, AMD leaves it",
                    (c, host, t) -> t.status = 0x200),
            new Mask(
                    EnumSet.of(F2XM1, FYL2X, FYL2XP1, FPTAN, FPATAN, FSIN, FCOS, FSINCOS),
                    "transcendental: within one unit in the last place",
                    (c, host, t) -> t.lastPlace = true),
            new Mask(
                    EnumSet.of(MASKMOVQ),
                    "whether an instruction that faults enters the MMX state",
                    (c, host, t) -> t.x87 = isFault(host)),
            new Mask(
                    EnumSet.of(MASKMOVQ, MASKMOVDQU),
                    "which of several accesses faults first",
                    (c, host, t) -> t.whichFault = true),
            new Mask(
                    EnumSet.of(RCPPS, RCPSS, RSQRTPS, RSQRTSS),
                    "approximate: relative error below 1.5 * 2^-12",
                    (c, host, t) -> t.approximate = true),
            new Mask(
                    EnumSet.of(ICEBP),
                    "KVM on AMD gives the address of the instruction itself",
                    (c, host, t) -> t.eip = true),
            new Mask(
                    EnumSet.of(MOVUPS, MOVUPD, MOVDQU),
                    "#AC for 16 bytes at a multiple of 8 is up to the processor",
                    (c, host, t) -> t.everything |= host.trap == GuestFault.AC),
            new Mask(
                    EnumSet.of(INS, OUTS),
                    "AMD checks the port of a repetition of zero elements",
                    (c, host, t) -> t.everything |=
                            c.in.rep != 0 && (c.in.addressSize == 2 ? c.gpr[Cpu.ECX] & 0xFFFF : c.gpr[Cpu.ECX]) == 0),
            new Mask(
                    EnumSet.of(FXSAVE),
                    "AMD stores instruction and data pointers only with a pending exception; other MXCSR mask",
                    (c, host, t) -> {
                        t.ranges.add(new int[] {address(c) + 6, 18});
                        t.ranges.add(new int[] {address(c) + 28, 4});
                    }),
            new Mask(
                    EnumSet.of(FNSAVE, FNSTENV),
                    "AMD stores instruction and data pointers only with a pending exception",
                    (c, host, t) -> {
                        boolean wide = c.in.operandSize == 4;
                        t.ranges.add(new int[] {address(c) + (wide ? 12 : 6), wide ? 16 : 8});
                    }));

    /** Page fault error code of a fetch from a page that is present. */
    private static final int NO_EXECUTE = 0x11;

    private OracleMasks() {}

    private static Predicate<OracleForms.Form> of(Op first, Op... more) {
        Set<Op> set = EnumSet.of(first, more);
        return f -> set.contains(f.op());
    }

    static boolean isExcluded(OracleForms.Form form) {
        return EXCLUDED.stream().anyMatch(e -> e.forms.test(form));
    }

    /** Whether a form always ends in an exception: privileged, or #UD by definition. */
    static boolean neverCompletes(OracleForms.Form form) {
        Op op = form.op();
        return op.has(Trait.PRIVILEGED)
                || op.has(Trait.IO)
                || EnumSet.of(UD, RSM, CLI, STI).contains(op);
    }

    /** What may differ after a case. */
    static Tolerance of(OracleCase c, OracleResult host) {
        Tolerance t = new Tolerance();
        if (c.sequence) {
            int end = host.eip - c.eip - (host.trap == 3 ? 1 : 0);
            t.flags = end >= 0 && end < c.undefined.length ? c.undefined[end] : 0;
            return t;
        }
        t.flags = flags(c);
        for (Mask mask : MASKS) {
            if (mask.ops.contains(c.in.op)) {
                mask.effect.on(c, host, t);
            }
        }
        if (host.trap == GuestFault.PF && (host.error & NO_EXECUTE) == NO_EXECUTE) {
            t.everything = true; // a jump to data: processors without NX execute it
        }
        boolean aligned = c.in.memorySize == 16 && !c.in.op.has(Trait.UNALIGNED);
        if (aligned || c.in.memorySize == 10) {
            t.whichFault = true; // a misaligned operand that is also beyond its segment; ten bytes are two accesses
        }
        return t;
    }

    /** Whether a result is a fault of a memory access. */
    static boolean isFault(OracleResult r) {
        return r.trap >= GuestFault.TS && r.trap <= GuestFault.PF || r.trap == GuestFault.AC;
    }

    private static boolean isWriteFault(OracleResult r) {
        return r.trap == GuestFault.PF && (r.error & WRITE) != 0;
    }

    /** Linear address of the memory operand. */
    private static int address(OracleCase c) {
        Instruction in = c.in;
        int offset =
                in.displacement + (in.base < 0 ? 0 : c.gpr[in.base]) + (in.index < 0 ? 0 : c.gpr[in.index] << in.scale);
        return base(c) + (in.addressSize == 2 ? offset & 0xFFFF : offset);
    }

    private static int base(OracleCase c) {
        return OracleLayout.base(c.segments[c.in.segment]);
    }

    private static int size(OracleCase c) {
        Instruction in = c.in;
        return in.kind1 == OperandKind.MEM ? in.memorySize : in.kind1 == OperandKind.REG8 ? 1 : in.operandSize;
    }

    /** The count of a shift. */
    private static int count(OracleCase c) {
        boolean immediate = c.in.kind2 == OperandKind.IMM || c.in.kind3 == OperandKind.IMM;
        return (immediate ? c.in.imm : c.gpr[Cpu.ECX]) & 31;
    }

    /** Overlooks the first operand. */
    private static void destination(OracleCase c, Tolerance t) {
        if (c.in.kind1 == OperandKind.MEM) {
            t.memory = true;
        } else {
            t.gpr[c.in.reg1] = c.in.operandSize == 4 ? -1 : 0xFFFF;
        }
    }

    /** Undefined flags of a single instruction, sharper than the table where the count of a shift is known. */
    private static int flags(OracleCase c) {
        Instruction in = c.in;
        int undefined = in.flagsUndefined();
        if (!in.op.has(Trait.CONDITIONAL_FLAGS) || in.op.has(Trait.STRING)) {
            return undefined;
        }
        int count = count(c);
        if (count == 0) {
            return 0;
        }
        undefined = count == 1 ? in.op.flagsUndefined() : undefined;
        int width = 8 * size(c);
        boolean shift = in.op == SHL || in.op == SHR;
        if (shift && count >= width) {
            undefined |= EFlags.CF;
        }
        if ((in.op == SHLD || in.op == SHRD) && count > width) {
            undefined |= EFlags.STATUS;
        }
        return undefined;
    }
}
