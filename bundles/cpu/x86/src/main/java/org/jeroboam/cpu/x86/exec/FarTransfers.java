package org.jeroboam.cpu.x86.exec;

/**
 * Far JMP, CALL and RET (Intel SDM volume 2; volume 3, 5.8). A method that throws has changed nothing but, after a
 * task switch, the task.
 */
final class FarTransfers {
    private FarTransfers() {}

    /**
     * Far JMP.
     *
     * @param nextEip offset behind the instruction, kept when the task changes
     */
    static void jump(Cpu cpu, int selector, int offset, int nextEip) {
        if (!cpu.protectedNotV86()) {
            requireOffset(cpu, offset, cpu.limit[Cpu.CS]);
            enterReal(cpu, selector, offset);
            return;
        }
        Segmentation segmentation = cpu.segmentation;
        fetchTarget(cpu, selector);
        int low = segmentation.low;
        int high = segmentation.high;
        if (Descriptor.isCode(high)) {
            checkDirectCode(cpu, selector, high);
            requireOffset(cpu, offset, Descriptor.limit(low, high));
            segmentation.touch();
            enter(cpu, selector, low, segmentation.high, offset, cpu.cpl);
            return;
        }
        switch (Descriptor.systemType(high)) {
            case Descriptor.CALL_GATE16, Descriptor.CALL_GATE32 -> {
                checkGate(cpu, selector, high);
                jumpThroughGate(cpu, low, high);
            }
            default -> toTask(cpu, selector, TaskSwitch.Kind.JUMP, nextEip);
        }
    }

    private static void jumpThroughGate(Cpu cpu, int gateLow, int gateHigh) {
        Segmentation segmentation = cpu.segmentation;
        int target = Descriptor.gateSelector(gateLow);
        int entry = Descriptor.gateOffset(gateLow, gateHigh);
        fetchTarget(cpu, target);
        int high = segmentation.high;
        int dpl = Descriptor.dpl(high);
        if (!Descriptor.isCode(high) || (Descriptor.isConforming(high) ? dpl > cpu.cpl : dpl != cpu.cpl)) {
            throw segmentation.selectorFault(GuestFault.GP, target);
        }
        requirePresent(cpu, target, high);
        int low = segmentation.low;
        requireOffset(cpu, entry, Descriptor.limit(low, high));
        segmentation.touch();
        enter(cpu, target, low, segmentation.high, entry, cpu.cpl);
    }

    /**
     * Far CALL.
     *
     * @param size bytes of the pushed items, unless a gate says otherwise
     * @param nextEip return offset
     */
    static void call(Cpu cpu, int selector, int offset, int size, int nextEip) {
        Segmentation segmentation = cpu.segmentation;
        PendingStack stack = segmentation.pending;
        if (!cpu.protectedNotV86()) {
            stack.current();
            stack.reserve(2, size);
            requireOffset(cpu, offset, cpu.limit[Cpu.CS]);
            pushReturn(cpu, stack, size, nextEip);
            enterReal(cpu, selector, offset);
            return;
        }
        fetchTarget(cpu, selector);
        int low = segmentation.low;
        int high = segmentation.high;
        if (Descriptor.isCode(high)) {
            checkDirectCode(cpu, selector, high);
            stack.current();
            stack.reserve(2, size);
            requireOffset(cpu, offset, Descriptor.limit(low, high));
            segmentation.touch();
            pushReturn(cpu, stack, size, nextEip);
            enter(cpu, selector, low, segmentation.high, offset, cpu.cpl);
            return;
        }
        switch (Descriptor.systemType(high)) {
            case Descriptor.CALL_GATE16, Descriptor.CALL_GATE32 -> {
                checkGate(cpu, selector, high);
                callThroughGate(cpu, low, high, nextEip);
            }
            default -> toTask(cpu, selector, TaskSwitch.Kind.CALL, nextEip);
        }
    }

    private static void callThroughGate(Cpu cpu, int gateLow, int gateHigh, int nextEip) {
        Segmentation segmentation = cpu.segmentation;
        int size = (Descriptor.systemType(gateHigh) & Descriptor.WIDE) != 0 ? 4 : 2;
        int entry = Descriptor.gateOffset(gateLow, gateHigh);
        int target = Descriptor.gateSelector(gateLow);
        fetchTarget(cpu, target);
        int low = segmentation.low;
        int high = segmentation.high;
        int address = segmentation.address;
        if (!Descriptor.isCode(high) || Descriptor.dpl(high) > cpu.cpl) {
            throw segmentation.selectorFault(GuestFault.GP, target);
        }
        requirePresent(cpu, target, high);
        PendingStack stack = segmentation.pending;
        int level = Descriptor.dpl(high);
        if (Descriptor.isConforming(high) || level == cpu.cpl) {
            stack.current();
            stack.reserve(2, size);
            requireOffset(cpu, entry, Descriptor.limit(low, high));
            high = segmentation.touched(address, high);
            pushReturn(cpu, stack, size, nextEip);
            enter(cpu, target, low, high, entry, cpu.cpl);
            return;
        }
        int stackSelector = InnerStack.open(cpu, level);
        int stackLow = segmentation.low;
        int count = gateHigh & 31;
        stack.reserve(4 + count, size);
        int[] parameters = new int[count];
        for (int i = 0; i < count; i++) {
            parameters[i] = cpu.stack.peek(size, i * size);
        }
        requireOffset(cpu, entry, Descriptor.limit(low, high));
        segmentation.touch();
        int stackHigh = segmentation.high;
        high = segmentation.touched(address, high);
        stack.push(cpu.selector[Cpu.SS], size);
        stack.push(cpu.gpr[Cpu.ESP], size);
        for (int i = count - 1; i >= 0; i--) {
            stack.push(parameters[i], size);
        }
        segmentation.install(Cpu.SS, stackSelector, stackLow, stackHigh);
        pushReturn(cpu, stack, size, nextEip);
        enter(cpu, target, low, high, entry, level);
    }

    private static void pushReturn(Cpu cpu, PendingStack stack, int size, int nextEip) {
        stack.push(cpu.selector[Cpu.CS], size);
        stack.push(nextEip, size);
        cpu.gpr[Cpu.ESP] = stack.esp();
    }

    /**
     * Far RET.
     *
     * @param size bytes of the popped items
     * @param release bytes of parameters to drop, on both stacks when the level changes
     */
    static void ret(Cpu cpu, int size, int release) {
        int offset = cpu.stack.peek(size, 0);
        int selector = cpu.stack.peek(size, size) & 0xFFFF;
        if (!cpu.protectedNotV86()) {
            requireOffset(cpu, offset, cpu.limit[Cpu.CS]);
            cpu.stack.setPointer(cpu.stack.pointer() + 2 * size + release);
            enterReal(cpu, selector, offset);
            return;
        }
        FarReturn.run(cpu, selector, offset, size, 2 * size + release, release);
        cpu.modeChanged();
    }

    private static void fetchTarget(Cpu cpu, int selector) {
        if (Descriptor.isNull(selector)) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        cpu.segmentation.fetchOrFault(selector, GuestFault.GP);
    }

    private static void checkDirectCode(Cpu cpu, int selector, int high) {
        int dpl = Descriptor.dpl(high);
        boolean allowed = Descriptor.isConforming(high) ? dpl <= cpu.cpl : (selector & 3) <= cpu.cpl && dpl == cpu.cpl;
        if (!allowed) {
            throw cpu.segmentation.selectorFault(GuestFault.GP, selector);
        }
        requirePresent(cpu, selector, high);
    }

    private static void checkGate(Cpu cpu, int selector, int high) {
        int dpl = Descriptor.dpl(high);
        if (dpl < cpu.cpl || dpl < (selector & 3)) {
            throw cpu.segmentation.selectorFault(GuestFault.GP, selector);
        }
        requirePresent(cpu, selector, high);
    }

    private static void requirePresent(Cpu cpu, int selector, int high) {
        if (!Descriptor.isPresent(high)) {
            throw cpu.segmentation.selectorFault(GuestFault.NP, selector);
        }
    }

    private static void requireOffset(Cpu cpu, int offset, int limit) {
        if (Integer.compareUnsigned(offset, limit) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
    }

    /** Through a task gate or a TSS descriptor, which {@link Segmentation} holds; anything else is #GP(selector). */
    private static void toTask(Cpu cpu, int selector, TaskSwitch.Kind kind, int nextEip) {
        Segmentation segmentation = cpu.segmentation;
        int high = segmentation.high;
        int target = selector;
        if (Descriptor.systemType(high) == Descriptor.TASK_GATE) {
            checkGate(cpu, selector, high);
            target = Descriptor.gateSelector(segmentation.low);
            TaskSwitch.checkGateTarget(cpu, target);
        } else {
            if (!Descriptor.isAvailableTss(high) || (selector & 4) != 0) {
                throw segmentation.selectorFault(GuestFault.GP, selector);
            }
            checkGate(cpu, selector, high);
        }
        TaskSwitch.run(cpu, target, kind, nextEip, cpu.eflags());
    }

    private static void enterReal(Cpu cpu, int selector, int offset) {
        cpu.segmentation.installRealOrV86(Cpu.CS, selector);
        cpu.eip = offset;
        cpu.modeChanged();
    }

    private static void enter(Cpu cpu, int selector, int low, int high, int offset, int level) {
        cpu.segmentation.install(Cpu.CS, selector & ~3 | level, low, high);
        cpu.cpl = level;
        cpu.eip = offset;
        cpu.modeChanged();
    }
}
