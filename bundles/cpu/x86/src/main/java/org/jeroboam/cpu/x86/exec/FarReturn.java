package org.jeroboam.cpu.x86.exec;

/**
 * What far RET and IRET share: the return to the same or an outer level in protected mode (Intel SDM volume 2, RET).
 */
final class FarReturn {
    private FarReturn() {}

    /**
     * Checks everything, then loads CS, EIP, ESP, SS, CPL; the caller sets flags and calls {@link Cpu#modeChanged}.
     *
     * @param selector popped CS
     * @param offset popped EIP
     * @param size bytes of the popped items
     * @param popped bytes to add to ESP for a return to the same level; to an outer level SS and ESP lie behind them
     * @param release bytes to add to the outer ESP
     */
    static void run(Cpu cpu, int selector, int offset, int size, int popped, int release) {
        Segmentation segmentation = cpu.segmentation;
        if (Descriptor.isNull(selector)) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        segmentation.fetchOrFault(selector, GuestFault.GP);
        int low = segmentation.low;
        int high = segmentation.high;
        int address = segmentation.address;
        int level = selector & 3;
        int dpl = Descriptor.dpl(high);
        if (level < cpu.cpl
                || !Descriptor.isCode(high)
                || (Descriptor.isConforming(high) ? dpl > level : dpl != level)) {
            throw segmentation.selectorFault(GuestFault.GP, selector);
        }
        if (!Descriptor.isPresent(high)) {
            throw segmentation.selectorFault(GuestFault.NP, selector);
        }
        if (level == cpu.cpl) {
            requireOffset(cpu, offset, low, high);
            high = segmentation.touched(address, high);
            cpu.stack.setPointer(cpu.stack.pointer() + popped);
            segmentation.install(Cpu.CS, selector, low, high);
            cpu.eip = offset;
            return;
        }
        int pointer = cpu.stack.peek(size, popped);
        int stackSelector = cpu.stack.peek(size, popped + size) & 0xFFFF;
        segmentation.checkStack(stackSelector, level, GuestFault.GP);
        requireOffset(cpu, offset, low, high);
        segmentation.touch();
        int stackLow = segmentation.low;
        int stackHigh = segmentation.high;
        high = segmentation.touched(address, high);
        segmentation.install(Cpu.SS, stackSelector, stackLow, stackHigh);
        cpu.stack.setPointer(pointer + release);
        segmentation.install(Cpu.CS, selector, low, high);
        cpu.cpl = level;
        cpu.eip = offset;
        segmentation.dropInaccessible();
    }

    private static void requireOffset(Cpu cpu, int offset, int low, int high) {
        if (Integer.compareUnsigned(offset, Descriptor.limit(low, high)) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }
}
