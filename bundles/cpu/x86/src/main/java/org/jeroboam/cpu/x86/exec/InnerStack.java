package org.jeroboam.cpu.x86.exec;

/**
 * The stack pointers for levels 0 to 2 in the task state segment (Intel SDM volume 3, 5.8.5 and figures 7-2, 7-10).
 */
final class InnerStack {
    private InnerStack() {}

    /**
     * Reads and checks the stack of a level; {@link Segmentation#pending} then stands for it, and {@link
     * Segmentation} holds its descriptor.
     *
     * @return its selector
     * @throws GuestFault #TS, or #SS when the segment is not present
     */
    static int open(Cpu cpu, int level) {
        boolean wide = (cpu.attr[Cpu.TR] & Descriptor.WIDE) != 0;
        int offset = wide ? level * 8 + 4 : level * 4 + 2;
        int last = offset + (wide ? 5 : 3);
        if (Integer.compareUnsigned(last, cpu.limit[Cpu.TR]) > 0) {
            throw cpu.segmentation.selectorFault(GuestFault.TS, cpu.selector[Cpu.TR]);
        }
        int linear = cpu.base[Cpu.TR] + offset;
        int pointer = wide ? cpu.mmu.readSystem32(linear) : cpu.mmu.readSystem16(linear);
        int selector = cpu.mmu.readSystem16(linear + (wide ? 4 : 2));
        cpu.segmentation.checkStack(selector, level, GuestFault.TS);
        cpu.segmentation.pending.inner(selector, pointer, level);
        return selector;
    }
}
